"""Query: whether a promotion in the outbox may still go to its person, just before it is sent.

It was asked when its chunk was handed over, seconds or, after a fault, hours ago. What a person decided since then is seen
here, and so are a pause, a stop and the hours of the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.consents import is_in_force
from customers.models import Consent, ErasureRequest
from notifications.models import Notice
from promotions.audience.query import CONSENT_CHANNELS
from promotions.models import ContactPause, Promotion, Recipient
from promotions.sending.hours import next_opening

Event = Consent.Event
PUT_OFF = timedelta(minutes=5)  # while it is paused, it is asked again as often


@dataclass(frozen=True, slots=True)
class Asked:
    """A person whose message is about to go: on which consent (none: a similar product), and how its promotion stands."""

    customer_id: int
    consent_id: int | None
    promotion_state: str


def no_longer_allowed(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of the notices may not go after all, by their ids.

    One that may go, but not now (its promotion is paused, or the day is over), is put off in the outbox: whoever tries to
    claim it finds that its time has not come.
    """
    asked = list(notices)
    rows = Recipient.objects.filter(notice__in=[each.pk for each in asked])
    recipients = {
        notice: Asked(customer, consent, state)
        for notice, customer, consent, state in rows.values_list(
            "notice_id", "customer_id", "consent_id", "promotion__state"
        )
    }
    customers = {each.customer_id for each in asked if each.customer_id}
    last = _last_events(customers)
    left_alone = set(
        ContactPause.objects.in_force(timezone.localdate(now))
        .filter(customer__in=customers)
        .values_list("customer", flat=True)
    )
    gone = set(
        ErasureRequest.objects.filter(customer__in=customers)
        .exclude(state__in=[ErasureRequest.State.WITHDRAWN, ErasureRequest.State.REFUSED])
        .values_list("customer", flat=True)
    )
    opening = next_opening(now)
    reasons: dict[int, str] = {}
    later: dict[datetime, list[int]] = {}
    for notice in asked:
        recipient = recipients.get(notice.pk)
        if recipient is None:
            reasons[notice.pk] = _("Nobody knows any more which promotion this is.")
        elif recipient.promotion_state == Promotion.State.STOPPED:
            reasons[notice.pk] = _("The promotion was stopped.")
        elif not _is_allowed(recipient, notice, last):
            reasons[notice.pk] = _("The customer does not consent to promotions on this channel.")
        elif notice.customer_id in left_alone or notice.customer_id in gone:
            reasons[notice.pk] = _("The customer is not to hear of promotions now.")
        elif recipient.promotion_state == Promotion.State.PAUSED:
            later.setdefault(now + PUT_OFF, []).append(notice.pk)
        elif opening > now:
            later.setdefault(opening, []).append(notice.pk)
    for moment, ids in later.items():
        Notice.objects.filter(pk__in=ids, state=Notice.State.QUEUED).update(send_after=moment)
    return reasons


def _last_events(customers: set[int]) -> dict[tuple[int, str, str], str]:
    """What was said last of each purpose and channel."""
    if not customers:
        return {}
    events = Consent.objects.filter(customer__in=customers).in_force()
    return {
        (customer, purpose, channel): event
        for customer, purpose, channel, event in events.values_list("customer_id", "purpose", "channel", "event")
    }


def _is_allowed(recipient: Asked, notice: Notice, last: dict[tuple[int, str, str], str]) -> bool:
    """By a consent in force, or without one (a similar product) where the person never refused."""
    purpose = (notice.words or {}).get("purpose", "")
    event = last.get((recipient.customer_id, purpose, CONSENT_CHANNELS[notice.channel]))
    if recipient.consent_id is None:
        return event != Event.WITHDRAWN
    return is_in_force(event, purpose=purpose)
