"""Commands: write a text, submit it, approve it, send it back, withdraw it, and try it out on oneself."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.models import User
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.channels.sms import length_of
from notifications.channels.sms.segments import PLAIN
from notifications.kinds import KINDS, NoticeKind
from notifications.models import Notice, NoticeText, NoticeTextEvent
from notifications.services import queue_notice
from notifications.texts.checking import check
from notifications.texts.first_version import Source
from notifications.texts.in_force import KEPT
from notifications.texts.kinds import TEXT_TEST
from notifications.texts.mediums import LANGUAGES, is_sms, mediums_of
from notifications.texts.reading import NotAllowed, read
from notifications.texts.words import usual_facts, words_of

State = NoticeText.State
TESTS_PER_DAY = 20  # that one person has sent to themselves, in 24 hours


def kind_of(code: str, medium: str, language: str) -> NoticeKind:
    """The kind whose text this is; Refused where there is no such text."""
    kind = KINDS.get(code)
    if kind is None or medium not in mediums_of(kind) or language not in LANGUAGES:
        raise Refused(_("There is no such text."), code="no_such_text")
    return kind


@transaction.atomic
def write_text(
    *,
    kind: str,
    medium: str,
    language: str,
    subject: str,
    body: str,
    change_note: str,
    wanted_from: datetime | None = None,
    valid_until: datetime | None = None,
    by: User,
) -> NoticeText:
    """Keep a draft as the next version of the text.

    Refused when somebody is writing one already, and with everything that is wrong with it: word, part or sign.
    """
    text = NoticeText(
        kind=kind,
        medium=medium,
        language=language,
        subject=subject,
        body=body,
        change_note=change_note,
        wanted_from=wanted_from,
        valid_until=valid_until,
        written_by=by,
        last_written_by=by,
    )
    _check(text)
    versions = NoticeText.objects.of(kind, medium, language)
    if (other := versions.open().first()) is not None:
        raise Refused(_written_already(other), code="written_already")
    newest = versions.select_for_update().first()
    text.number = newest.number + 1 if newest else 1
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError as error:  # two began it at the same moment
        raise Refused(
            _("Somebody else has begun this text just now: look at the list."), code="written_already"
        ) from error
    return text


@transaction.atomic
def rewrite_text(text: NoticeText, *, by: User, **changes: Any) -> NoticeText:
    """Change a draft. Refused once it was submitted, and as `write_text` is."""
    text = locked(text)
    if text.state != State.DRAFT:
        raise Refused(_("Only a draft can be changed: have it sent back first."), code="wrong_state")
    for name, value in changes.items():
        setattr(text, name, value)
    text.last_written_by = by
    _check(text)
    _save(text)
    return text


@transaction.atomic
def submit_text(text: NoticeText, *, by: User) -> NoticeText:
    """Hand a draft to whoever approves; from here on it remains as it is. What it must have is asked again."""
    text = locked(text)
    _check(text)
    return _move(text, State.SUBMITTED, by=by)


@transaction.atomic
def send_back(text: NoticeText, *, words: str, by: User) -> NoticeText:
    """Give it back to its writer as a draft, with what has to change."""
    return _move(locked(text), State.DRAFT, by=by, words=words)


@transaction.atomic
def approve_text(text: NoticeText, *, other_stays: bool = False, by: User) -> NoticeText:
    """Let it count: from the day that its writer wanted, or from now.

    Refused to whoever wrote any of it; when the other language was not written along and nobody said that it stays
    (`other_stays`); when another version begins at the same moment; and when, asked again, something is wrong with it.
    """
    text, now = locked(text), timezone.now()
    if text.is_own(by):
        raise Refused(_("Somebody else approves what you wrote."), code="own_words")
    _check(text)
    if not other_stays and not is_other_written(text):
        raise Refused(
            _("The other language was not written along: say that it stays as it is, or have it written first."),
            code="other_language",
            field="other_stays",
        )
    if text.valid_until is not None and text.valid_until <= now:
        raise Refused(_("The moment until which it was to count is past: have it sent back."), code="past")
    if text.can_become(State.APPROVED):
        text.approved_by, text.approved_at = by, now
        text.valid_from = max(text.wanted_from or now, now)
        same = NoticeText.objects.of(text.kind, text.medium, text.language).approved()
        if same.filter(valid_from=text.valid_from).exists():
            raise Refused(_("Another version counts from the same moment: withdraw it first."), code="same_moment")
    approved = _move(text, State.APPROVED, by=by)
    transaction.on_commit(KEPT.read_again)
    return approved


@transaction.atomic
def withdraw_text(text: NoticeText, *, words: str, by: User) -> NoticeText:
    """Let it count no more; the version before it counts again, or that of the project's files. A draft is given up."""
    withdrawn = _move(locked(text), State.WITHDRAWN, by=by, words=words)
    transaction.on_commit(KEPT.read_again)
    return withdrawn


@transaction.atomic
def send_test(text: NoticeText, *, by: User) -> Notice:
    """Send the text, made of invented facts, to the address of whoever asks, with TEST before its subject.

    Refused without an address, and beyond TESTS_PER_DAY.
    """
    text = locked(text)
    if not by.email:
        raise Refused(_("Your sign-in has no e-mail address."), code="no_address")
    if (sent := tests_of(by)) >= TESTS_PER_DAY:
        raise Refused(
            _("You have sent yourself %(number)d tests in 24 hours: go on tomorrow.") % {"number": sent},
            code="too_many",
        )
    kind = kind_of(text.kind, text.medium, text.language)
    words, facts = words_of(kind), usual_facts(kind)
    with translation.override(text.language):
        body = read(text.body, words=words).made_of(facts).strip()
        subject = read(text.subject, words=words).made_of(facts) if text.subject else str(text)
        if is_sms(kind, text.medium):
            length = length_of(body.translate(PLAIN))
            given = {"segments": length.segments, "units": length.units, "alphabet": length.alphabet}
            body += "\n\n" + _("(An SMS of %(units)d signs, %(alphabet)s, in %(segments)d parts.)") % given
    number = Notice.objects.filter(once__startswith=f"text-test:{text.pk}:{by.pk}:").count() + 1
    return queue_notice(
        TEXT_TEST,
        once=f"text-test:{text.pk}:{by.pk}:{number}",
        words={"subject": " ".join(subject.split()), "text": body},
        user=by,
        language=text.language,
    )


def tests_of(user: User) -> int:
    """How many tests the person has sent to themselves in 24 hours."""
    since = timezone.now() - timedelta(days=1)
    return Notice.objects.filter(user=user, kind=TEXT_TEST.code, created_at__gt=since).count()


def is_other_written(text: NoticeText) -> bool:
    """Rule: whether the other language waits for approval too, or was approved since this text was begun."""
    other = NoticeText.objects.of(text.kind, text.medium, other_language(text.language))
    return any(
        each.state == State.SUBMITTED
        or (each.state == State.APPROVED and each.approved_at is not None and each.approved_at >= text.created_at)
        for each in other[:5]
    )


def other_language(language: str) -> str:
    """The other of the two languages."""
    return next(each for each in LANGUAGES if each != language)


def locked(text: NoticeText) -> NoticeText:
    """The text as it is now, locked until the end of the transaction."""
    return NoticeText.objects.select_for_update(of=("self",)).get(pk=text.pk)


def _written_already(other: NoticeText) -> str:
    words = {"text": other, "name": other.last_written_by}
    if other.state == State.SUBMITTED:
        return _("“%(text)s” of %(name)s waits for approval: it comes first.") % words
    return _("%(name)s is writing “%(text)s”: go on from there, or have it withdrawn.") % words


def _check(text: NoticeText) -> None:
    """Refuse what is wrong with the text, all of it at once."""
    kind = kind_of(text.kind, text.medium, text.language)
    if text.valid_until is not None and text.valid_until <= max(text.wanted_from or timezone.now(), timezone.now()):
        raise Refused(_("It would end before it begins."), code="valid_until", field="valid_until")
    on = timezone.localdate(text.wanted_from or timezone.now(), ROME)
    try:
        check(kind, Source(text.subject, text.body), medium=text.medium, language=text.language, on=on)
    except NotAllowed as error:
        raise Refused(str(error), code="not_allowed", field="body") from error


def _move(text: NoticeText, to: str, *, by: User, words: str = "") -> NoticeText:
    """Change the state of a locked row as `NEXT` allows, with its event; Refused otherwise."""
    old = text.state
    if not text.can_become(to):
        raise Refused(
            _("This text is %(state)s: this cannot be done any more.") % {"state": text.get_state_display()},
            code="wrong_state",
        )
    text.state = to
    _save(text)
    NoticeTextEvent.objects.create(text=text, old=old, new=to, words=words[:1_000], by=by)
    return text


def _save(text: NoticeText) -> None:
    text.version += 1
    text.save()
