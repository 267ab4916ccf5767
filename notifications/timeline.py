"""What a customer's timeline shows of notices."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.timeline.queries import Entry, TimelineSource
from foundation.masking import names_hidden, seen_text
from foundation.office.links import change_address
from foundation.requests import Reader
from notifications.models import Notice
from notifications.models.notice import IN_TROUBLE


def notice_rows(ids: Sequence[int], reader: Reader) -> QuerySet[Notice]:
    """What was written to them."""
    return Notice.objects.visible_to(reader).filter(customer__in=ids)


def notice_entry(notice: Notice, reader: Reader) -> Entry:
    """The subject; the channel, how far it came and whether it was read."""
    subject = seen_text(reader, str(notice), names=names_hidden(reader, notice))
    result = _("read") if notice.read_at else notice.get_arrival_display() if notice.arrival else ""
    parts = [notice.get_channel_display(), notice.get_state_display(), result]
    failed = notice.state in IN_TROUBLE or notice.arrival == Notice.Arrival.FAILED
    return Entry(subject, " · ".join(filter(None, parts)), change_address(notice), "bad" if failed else "")


NOTICES = TimelineSource(
    "avvisi",
    gettext_lazy("notices"),
    Notice,
    F("created_at"),
    notice_rows,
    notice_entry,
    prepare=lambda rows: rows.select_related("customer").defer("body_text", "body_html"),
)
