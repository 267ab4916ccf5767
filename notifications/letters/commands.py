"""Commands: make a batch of the letters that wait, hand it to the post or give it up, enter what came back."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Sum, prefetch_related_objects
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, User
from foundation.refusals import Refused
from foundation.slots import Slot
from notifications.channels import Channel
from notifications.channels.post.enclosures import MEGABYTE, NotPrintable, pages_of
from notifications.delivery import reasons_to_withhold
from notifications.letters.printing import document_of_letters, enclosures_of
from notifications.models import Letter, LetterBatch, Notice, NoticeAttachment
from notifications.moves import move_notices
from notifications.rendering import UnknownWord
from notifications.services import record_came_back
from notifications.services.queueing import email_of

State = Notice.State
MOST_BYTES = 50 * MEGABYTE  # of the files of one batch
# The lines of the envelope where an app further up knows them: to somebody who is no customer, or who gave another address.
# Empty where it knows none; such a letter is printed whatever else reaches the person.
ADDRESSEES: Slot[Callable[[Notice], list[str]]] = Slot("who knows the addressee of a letter")


@dataclass(frozen=True)
class Made:
    """The batch, if there is anything to print, and how many letters remain on the list for each reason."""

    batch: LetterBatch | None
    left: Counter[str]


@transaction.atomic
def make_batch(*, by: User, most: int | None = None) -> Made:
    """Put the letters that wait into a batch, the oldest first, at most `most` or else LETTERS_PER_BATCH.

    Each is asked again: one that is not owed any more is withheld; one whose customer has an e-mail address now, or no postal
    address, or with a file that cannot be printed, remains on the list, and so does one whose files would make the batch larger
    than MOST_BYTES. From here on the texts and addresses are fixed.
    """
    now, left, size = timezone.now(), Counter[str](), 0
    waiting = Notice.objects.by_hand().select_related("customer").select_for_update(skip_locked=True, of=("self",))
    notices = list(waiting[: most or settings.LETTERS_PER_BATCH])
    sizes = _sizes_of_files(notices)
    reasons = reasons_to_withhold(notices, now)
    for pk, reason in reasons.items():
        move_notices([pk], old=State.QUEUED, new=State.WITHHELD, at=now, detail=reason, problem=reason)
        left[str(reason)] += 1
    taken: list[tuple[Notice, str]] = []
    for notice in notices:
        if notice.pk in reasons:
            continue
        too_large = size + sizes.get(notice.pk, 0) > MOST_BYTES
        why = _("its files are for another batch: this one is large enough") if too_large else _why_not(notice)
        if why:
            left[why] += 1
        else:
            taken.append((notice, "\n".join(lines_of(notice))))
            size += sizes.get(notice.pk, 0)
    if not taken:
        return Made(None, left)
    for notice, _recipient in taken:
        if not notice.is_rendered:
            wording = notice.make_wording()
            Notice.objects.filter(pk=notice.pk).update(
                subject=wording.subject, body_text=wording.text, made_of=wording.text_id
            )
            notice.subject, notice.body_text = wording.subject, wording.text
    letters = [
        Letter(notice=notice, number=number, recipient=recipient)
        for number, (notice, recipient) in enumerate(taken, start=1)
    ]
    prefetch_related_objects([notice for notice, _recipient in taken], "attachments")
    document = document_of_letters(letters, on=timezone.localdate(now))
    batch = LetterBatch.objects.create(
        made_at=now, made_by=by, number_of_letters=len(letters), sha256=hashlib.sha256(document.content).hexdigest()
    )
    for letter, pages in zip(letters, document.pages, strict=True):
        letter.batch, letter.pages = batch, pages
    Letter.objects.bulk_create(letters)
    ids = [notice.pk for notice, _recipient in taken]
    why = _("In batch %(number)s of letters.") % {"number": batch.pk}
    move_notices(ids, old=State.QUEUED, new=State.SENDING, at=now, by=by, detail=why, claimed_at=now)
    return Made(batch, left)


def _sizes_of_files(notices: Iterable[Notice]) -> dict[int, int]:
    """How many bytes the files of each notice have together; nothing is read of them."""
    files = NoticeAttachment.objects.filter(notice__in=[notice.pk for notice in notices]).order_by()
    return dict(files.values_list("notice").annotate(size=Sum(Length("content"))))


def _why_not(notice: Notice) -> str:
    """Why a letter cannot be printed here; "" when it can."""
    if not lines_of(notice):
        return _("no postal address is known")
    try:
        pages_of(enclosures_of(notice))
    except NotPrintable as error:
        return str(error)
    if notice.customer is None or _stated_lines(notice):
        return ""  # by post because the person asked for it, or because nothing else is known of them
    ways = Notice.objects.about(notice.matter).filter(customer=notice.customer, channel=Channel.EMAIL)
    tried = set(ways.values_list("address", flat=True))
    if email_of(notice.customer, but=tried):
        return _("an e-mail address is known now")
    if not notice.is_rendered:
        try:
            notice.make_wording()
        except (UnknownWord, ValueError):
            return _("the text cannot be made")
    return ""


def lines_of(notice: Notice) -> list[str]:
    """The lines of the envelope of a letter: those that an app further up knows, or else the customer's own address."""
    return _stated_lines(notice) or (postal_lines(notice.customer) if notice.customer else [])


def _stated_lines(notice: Notice) -> list[str]:
    return next((lines for knows in ADDRESSEES if (lines := knows(notice))), [])


def postal_lines(customer: Customer) -> list[str]:
    """The lines of the envelope; none where street, postal code or place is not known."""
    if not (customer.address and customer.postal_code and customer.city):
        return []
    place = f"{customer.postal_code} {customer.city} {customer.province}".strip()
    country = [] if customer.country in ("", "IT") else [customer.country]
    return [customer.letter_name, customer.address, place, *country]


@transaction.atomic
def send_batch(batch: LetterBatch, *, how: str, by: User) -> LetterBatch:
    """The batch was handed to the post: its letters have gone. Refused when it was ended before."""
    batch = _open(batch)
    now = timezone.now()
    batch.sent_at, batch.how, batch.ended_by = now, how, by
    batch.save(update_fields=["sent_at", "how", "ended_by"])
    by_pages: dict[int | None, list[int]] = {}
    for notice, pages in batch.letters.order_by("number").values_list("notice", "pages"):
        by_pages.setdefault(pages, []).append(notice)
    for pages, ids in by_pages.items():
        receipt = receipt_of(pages, batch=batch.pk)
        move_notices(ids, old=State.SENDING, new=State.SENT, at=now, by=by, detail=how, sent_at=now, receipt=receipt)
    return batch


def receipt_of(pages: int | None, *, batch: int) -> str:
    """What a letter of so many pages was and what it cost: LETTER_PRICE, and LETTER_PAGE_PRICE for each page beyond the first."""
    price = settings.LETTER_PRICE + settings.LETTER_PAGE_PRICE * ((pages or 1) - 1)
    counted = f", {pages} pages" if pages and pages > 1 else ""
    return f"1 letter{counted}" + (f" = {price} EUR" if price else "") + f": batch {batch}"


@transaction.atomic
def give_up_batch(batch: LetterBatch, *, by: User) -> LetterBatch:
    """The batch was not posted: its letters are on the list again. Refused when it was ended before."""
    batch = _open(batch)
    now, ids = timezone.now(), _ids(batch)
    batch.given_up_at, batch.ended_by = now, by
    batch.save(update_fields=["given_up_at", "ended_by"])
    why = _("Batch %(number)s of letters was given up.") % {"number": batch.pk}
    move_notices(ids, old=State.SENDING, new=State.QUEUED, at=now, by=by, detail=why)
    batch.letters.all().delete()
    return batch


@transaction.atomic
def record_returned(codes: Iterable[str], *, detail: str, by: User) -> int:
    """The post brought these letters back; returns how many. Refused, and nothing entered, where a code is no letter's that went."""
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    ids = {
        code: int(code[3:]) for code in wanted if code.startswith("VC-") and code[3:].isascii() and code[3:].isdigit()
    }
    sent = Notice.objects.filter(channel=Channel.POST, state=State.SENT, letter__isnull=False)
    found = sent.filter(pk__in=[pk for pk in ids.values() if pk < 2**63]).in_bulk()
    unknown = [code for code in wanted if ids.get(code) not in found]
    if unknown:
        raise Refused(
            _("These are no letters that went: %(codes)s.") % {"codes": ", ".join(unknown)}, code="unknown_letter"
        )
    fresh = [notice for notice in found.values() if notice.arrival != Notice.Arrival.FAILED]
    for notice in fresh:
        record_came_back(notice, detail=detail, suppress=False, by=by)
    return len(fresh)


def _open(batch: LetterBatch) -> LetterBatch:
    batch = LetterBatch.objects.select_for_update().get(pk=batch.pk)
    if not batch.is_open:
        raise Refused(_("This batch was ended already."), code="batch_ended")
    return batch


def _ids(batch: LetterBatch) -> list[int]:
    return list(batch.letters.values_list("notice", flat=True))
