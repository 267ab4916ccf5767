"""A customer's deadlines as iCalendar (RFC 5545), for the calendar of a phone or of a mail program.

Such calendars are often shared, and copied to other companies: what is in there is the day, the product, the amount to
pay, and a link that asks for the sign-in. No name, no plate, no number of a policy or a claim.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from customers.deadlines import Deadline, DeadlineKind

PRODUCT = "-//Vittoria Care//Scadenze//IT"
REFRESH = timedelta(hours=12)
# Before and after the midnight with which the day begins: at nine, a week and a day before; or at nine of the day itself.
A_WEEK_BEFORE, THE_DAY_BEFORE, ON_THE_DAY = timedelta(days=-7, hours=9), timedelta(hours=-15), timedelta(hours=9)
TO_DO = (DeadlineKind.INSTALMENT, DeadlineKind.EXPIRY)


def calendar_of(deadlines: Iterable[Deadline], *, language: str) -> bytes:
    """The calendar's text. The same deadlines make the same bytes, so that whoever has it already is sent nothing."""
    with translation.override(language):
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        name = _("Insurance deadlines")
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT12H")
        for deadline in deadlines:
            calendar.add_component(_event(deadline))
        return calendar.to_ical()


def _event(deadline: Deadline) -> Event:
    event, words, place = Event(), _words(deadline), _place(deadline)
    event.add("uid", f"{deadline.key}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", deadline.changed_at)
    event.add("dtstart", deadline.on)
    event.add("dtend", deadline.on + timedelta(days=1))
    event.add("summary", words)
    event.add("description", _("What it is about, and what you can do: %(url)s") % {"url": place})
    event.add("url", place)
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    event.add("class", "PRIVATE")
    for moment in (A_WEEK_BEFORE, THE_DAY_BEFORE) if deadline.kind in TO_DO else (ON_THE_DAY,):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", moment)
        event.add_component(alarm)
    return event


def _words(deadline: Deadline) -> str:
    facts: dict[str, Any] = {"product": deadline.product}
    match deadline.kind:
        case DeadlineKind.INSTALMENT:
            facts["amount"] = formats.number_format(deadline.amount or 0, 2, use_l10n=True, force_grouping=True)
            return _("Instalment to pay: %(product)s, %(amount)s €") % facts
        case DeadlineKind.EXPIRY if deadline.renews:
            return _("The policy renews by itself: %(product)s") % facts
        case DeadlineKind.EXPIRY:
            return _("The policy expires: %(product)s") % facts
        case DeadlineKind.CERTIFICATE:
            return _("By today the risk certificate is in the reserved area: %(product)s") % facts
        case DeadlineKind.CLAIM_ANSWER:
            return _("By today our offer, or a refusal with its reasons: claim under %(product)s") % facts
        case DeadlineKind.CLAIM_PAYMENT:
            return _("By today our payment: claim under %(product)s") % facts


def _place(deadline: Deadline) -> str:
    if deadline.claim_id is not None:
        return settings.SITE_URL + reverse("portal_claim", args=[deadline.claim_id])
    return settings.SITE_URL + reverse("portal_policy", args=[deadline.policy_id])
