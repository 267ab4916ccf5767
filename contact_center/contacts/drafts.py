"""Commands: keep what an agent has begun to write about a contact, with its files. It is there after a new sign-in, and elsewhere.

Each page has a key of its own. What the same page keeps follows from what it kept before; another page that began from an
earlier version is refused, so that nobody overwrites unawares what they wrote on another machine.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.models import Contact, DraftFile, Message, ReplyDraft, Topic, WrapUpCode
from customers.models import User
from foundation.dates import written_moment
from foundation.files.accepted import MESSAGE, CheckedFile
from foundation.files.keeping import FilesNotKept, keep_files
from foundation.refusals import Refused

LONGEST_TEXT = 10_000
FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True)
class Page:
    """The page on which something is written: its key, and the version of the draft that it began from (0: none)."""

    key: uuid.UUID
    seen: int = 0


@dataclass(frozen=True)
class Begun:
    """An answer as far as it is written, with what was chosen; what is chosen wrongly is kept as nothing."""

    text: str = ""
    sent_to: str = ""
    then: str = ""
    code: WrapUpCode | None = None
    topic: Topic | None = None
    documents: tuple[int, ...] = ()
    copies_agency: bool = False


def draft_of(user: User, contact: Contact) -> ReplyDraft | None:
    """What the user has begun to write about the contact; None where that is nothing."""
    return ReplyDraft.objects.of(user, contact)


def is_newer(draft: ReplyDraft | None, page: Page) -> bool:
    """Rule: whether the draft has something that was kept from another page since this one began."""
    return draft is not None and draft.page != page.key and draft.version != page.seen


def newer_draft(draft: ReplyDraft) -> Refused:
    """The refusal of a page that does not know the newest draft."""
    return Refused(
        _(
            "You kept another draft from another page, %(moment)s: open this page again to see it. What you wrote here is not lost."
        )
        % {"moment": written_moment(draft.kept_at, "il")},
        code="newer_draft",
    )


def refuse_newer(contact: Contact, *, page: Page | None, by: User, text: str) -> None:
    """Refused where the person has kept another text from another page since this one was opened: it would go with the draft."""
    draft = draft_of(by, contact)
    if page is not None and draft is not None and is_newer(draft, page) and draft.text not in ("", text):
        raise newer_draft(draft)


@transaction.atomic
def keep_answer(
    contact: Contact,
    begun: Begun,
    *,
    page: Page,
    by: User,
    files: Sequence[CheckedFile] = (),
    kept: Collection[str] | None = None,
) -> ReplyDraft | None:
    """Keep the answer as the next version of the person's draft, with new `files`; None where nothing is left of it.

    `kept` are the keys of the files that remain, None for all of them. Refused when another page has kept a later version, for a text that is too long, and for more files than go with a message.
    """
    _refuse_too_long(begun.text)
    draft = _locked(contact, by)
    if draft is not None and is_newer(draft, page):
        raise newer_draft(draft)
    if draft is None:
        if (begun == Begun() and not files) or _was_sent(contact, begun.text, by):
            return None
        draft = _begin(contact, page, by)
    _set(draft, begun)
    _take_away(draft, [each for each in draft.files.all() if kept is not None and str(each.key) not in kept])
    _add(draft, files)
    return _kept(draft, contact, page)


@transaction.atomic
def keep_note(contact: Contact, text: str, *, page: Page, by: User) -> ReplyDraft | None:
    """Keep the note of the draft, in the same way; the answer in it is left as it is."""
    _refuse_too_long(text)
    draft = _locked(contact, by)
    if draft is not None and is_newer(draft, page) and draft.note != text:
        raise newer_draft(draft)
    if draft is None:
        if not text:
            return None
        draft = _begin(contact, page, by)
    draft.note = text
    return _kept(draft, contact, page)


def _refuse_too_long(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("The draft is not kept: there is room for %(most)d characters.") % {"most": LONGEST_TEXT},
            code="too_long",
        )


def _locked(contact: Contact, by: User) -> ReplyDraft | None:
    return ReplyDraft.objects.select_for_update(of=("self",)).filter(user=by, contact=contact).first()


def _begin(contact: Contact, page: Page, by: User) -> ReplyDraft:
    """The person's draft, begun now; where another page of theirs begins one at the same moment, the first is kept."""
    new = ReplyDraft(user=by, contact=contact, page=page.key, seen_version=contact.version)
    ReplyDraft.objects.bulk_create([new], ignore_conflicts=True)
    draft = ReplyDraft.objects.select_for_update(of=("self",)).get(user=by, contact=contact)
    if is_newer(draft, page):
        raise newer_draft(draft)
    return draft


def _was_sent(contact: Contact, text: str, by: User) -> bool:
    """Whether the person has sent this very answer: what a page kept by itself may arrive after it."""
    sent = Message.objects.filter(contact=contact, direction=Message.Direction.OUTBOUND, author=by)
    return bool(text) and sent.filter(text=text).exists()


def _set(draft: ReplyDraft, begun: Begun) -> None:
    draft.text, draft.sent_to, draft.then = begun.text, begun.sent_to, begun.then
    draft.code, draft.topic = begun.code, begun.topic
    draft.documents, draft.copies_agency = list(begun.documents), begun.copies_agency


def _kept(draft: ReplyDraft, contact: Contact, page: Page) -> ReplyDraft | None:
    if not draft.note and _is_empty(draft) and not draft.files.exists():
        draft.delete()
        return None
    draft.version, draft.page = draft.version + 1, page.key
    draft.seen_version, draft.kept_at = contact.version, timezone.now()
    draft.save()
    return draft


def _is_empty(draft: ReplyDraft) -> bool:
    return not (draft.text or draft.code_id or draft.topic_id or draft.documents or draft.copies_agency)


def _add(draft: ReplyDraft, files: Sequence[CheckedFile]) -> None:
    """Keep more files; the same one twice is one."""
    there = {each.sha256: each for each in draft.files.all()}
    new = {each.sha256: each for each in files if each.sha256 not in there}
    if len(there) + len(new) > MESSAGE.files:
        raise Refused(
            ngettext(
                "Up to %(most)d files go with a message: you chose %(n)d.",
                "Up to %(most)d files go with a message: you chose %(n)d.",
                len(there) + len(new),
            )
            % {"most": MESSAGE.files, "n": len(there) + len(new)},
            code="too_many_files",
            field="files",
        )
    if sum(each.size for each in there.values()) + sum(each.size for each in new.values()) > MESSAGE.together:
        raise Refused(
            _("Together the files may take %(most)s: send some of them with a second message.")
            % {"most": MESSAGE.together_in_words},
            code="files_too_large",
            field="files",
        )
    keep_files(DraftFile, new.values(), draft=draft)


def _take_away(draft: ReplyDraft, files: Sequence[DraftFile]) -> None:
    """Delete rows and, once that is certain, what they kept on disk."""
    if files:
        draft.files.filter(pk__in=[each.pk for each in files]).delete()
        transaction.on_commit(partial(_discard, [each.file.name or "" for each in files]), robust=True)


def _discard(names: Sequence[str]) -> None:
    for name in names:
        with suppress(OSError):
            default_storage.delete(name)


@transaction.atomic
def discard_answer(contact: Contact, *, by: User) -> None:
    """Forget the person's answer about the contact, with its files: it was sent, or given up. A note in the draft remains."""
    draft = _locked(contact, by)
    if draft is None:
        return
    _take_away(draft, list(draft.files.all()))
    if draft.note:
        _set(draft, Begun())
        draft.save()
    else:
        draft.delete()


@transaction.atomic
def discard_note(contact: Contact, *, by: User) -> None:
    """Forget the person's note about the contact: it was added, or given up. An answer in the draft remains."""
    draft = _locked(contact, by)
    if draft is None:
        return
    if _is_empty(draft) and not draft.files.exists():
        draft.delete()
    else:
        draft.note = ""
        draft.save(update_fields=["note"])


@contextmanager
def files_of(contact: Contact, keys: Collection[str], *, by: User) -> Iterator[list[CheckedFile]]:
    """The files of the person's draft that have these keys, open as long as the block lasts."""
    found = DraftFile.objects.filter(draft__user=by, draft__contact=contact, key__in=list(keys)) if keys else []
    with ExitStack() as opened:
        yield [_opened(each, opened) for each in found]


def _opened(each: DraftFile, opened: ExitStack) -> CheckedFile:
    try:
        content = opened.enter_context(each.file.open("rb"))
    except OSError as error:
        raise FilesNotKept(_("“%(name)s” cannot be read just now: try again later.") % {"name": each.name}) from error
    return CheckedFile(each.name, each.content_type, each.size, each.sha256, content)


def forget_drafts(now: datetime) -> int:
    """Delete the drafts that nobody went on with for REPLY_DRAFT_DAYS days, FORGOTTEN_AT_ONCE of them; returns how many."""
    old = ReplyDraft.objects.kept_before(now - timedelta(days=settings.REPLY_DRAFT_DAYS)).order_by("kept_at", "pk")
    forgotten = [each.pk for each in old[:FORGOTTEN_AT_ONCE]]
    with transaction.atomic():
        drafts = ReplyDraft.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=forgotten)
        gone = list(drafts.kept_before(now - timedelta(days=settings.REPLY_DRAFT_DAYS)))
        names = list(DraftFile.objects.filter(draft__in=gone).values_list("file", flat=True))
        ReplyDraft.objects.filter(pk__in=[each.pk for each in gone]).delete()
        transaction.on_commit(partial(_discard, names), robust=True)
    return len(gone)
