"""What the search over everything finds of the outbox: notices."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.utils import formats, timezone

from customers.models import ContactPoint
from customers.validators import normalise_phone
from foundation.masking import Kind, seen, seen_text_of, show_to
from foundation.numbers import whole_number
from foundation.office.finding import Finder, on_one_line
from foundation.requests import Reader
from notifications.kinds import name_of
from notifications.models import Notice

MOST_SUBJECT = 90  # characters
PART_OF_KEY = ":"  # in every unique key, such as complaint-answer:17
MOST_PEOPLE = 20  # of one address


def _notices(text: str, reader: Reader, limit: int) -> list[Notice]:
    """By their number, by their unique key, or to whom a whole address or telephone number belongs, the newest first."""
    within = Notice.objects.visible_to(reader)
    ids: list[int] = []
    if PART_OF_KEY in text:
        ids += within.filter(once=text).values_list("pk", flat=True)
    if (number := whole_number(text)) is not None:
        ids += within.filter(pk=number).values_list("pk", flat=True)
    if stated := _address(text):
        people = list(ContactPoint.objects.filter(value=stated).values_list("customer", flat=True)[:MOST_PEOPLE])
        for sent in (within.filter(customer__in=people), within.filter(mailbox=stated)):
            ids += sent.order_by("-created_at").values_list("pk", flat=True)[:limit]
    found = Notice.objects.for_list().select_related("user").in_bulk(ids)
    return sorted(found.values(), key=lambda notice: notice.pk, reverse=True)[:limit]


def _address(text: str) -> str:
    """The text as an address or a telephone number is stored; "" for what is neither."""
    if "@" in text:
        return text.lower()
    with suppress(ValidationError):
        return normalise_phone(text)
    return ""


def _subject(notice: Notice, reader: Reader) -> str:
    show_to(notice, reader)
    return seen_text_of(notice, str(notice), most=MOST_SUBJECT)


def _notice_line(notice: Notice, reader: Reader) -> str:
    return on_one_line(
        notice.pk,
        name_of(notice.kind),
        notice.customer or notice.user or seen(reader, Kind.TELEPHONE, notice.address),
        notice.get_channel_display(),
        formats.date_format(timezone.localtime(notice.sent_at or notice.created_at), "SHORT_DATE_FORMAT"),
        notice.get_state_display(),
    )


NOTICES = Finder(Notice, "notifications", _notices, _subject, _notice_line)
