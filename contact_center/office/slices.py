"""A filter of the queue for parts that only a second level asks for; their figures stand on its first page."""

from datetime import datetime, time, timedelta
from typing import cast

from django.db.models import DateTimeField, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.rungs import warned_of
from contact_center.models.contact import ContactQuerySet

EVENING = time(19)  # what came since then came overnight


def since_evening(now: datetime) -> datetime:
    """Yesterday's evening in Italy."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    return timezone.make_aware(datetime.combine(yesterday, EVENING))


def sliced(contacts: ContactQuerySet | QuerySet, name: str, now: datetime) -> QuerySet:
    """The contacts of a part: taken by nobody, sent back before, come to us or handed over since yesterday's evening; or those of
    whose term somebody was warned."""
    if name == "nobody":
        return contacts.filter(owner__isnull=True)
    if name == "sent_back":
        return contacts.filter(sent_back_count__gt=0)
    if name == "warned":
        return warned_of(cast("ContactQuerySet", contacts))
    came = Coalesce("escalated_at", "started_at", output_field=DateTimeField())
    return contacts.alias(came=came).filter(came__gte=since_evening(now))


PARTS = (
    ("nobody", _("taken by nobody")),
    ("sent_back", _("sent back before")),
    ("overnight", _("since yesterday evening")),
    ("warned", _("somebody was warned of the term")),
)
