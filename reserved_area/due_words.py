"""What is due, in the words of the home and of the room of payments."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.due import Due
from foundation.addresses import address
from foundation.dates import written_day


@dataclass(frozen=True, slots=True)
class ShownDue:
    """A row: how urgent it is as a CSS class, the amount and what it is, the day, its policy, what follows for the cover."""

    due: Due
    urgency: str
    amount: str
    amount_note: str
    day: str
    days: str
    url: str
    number: str
    text: str


def shown_due(due: Due) -> ShownDue:
    """What is due in words; the amount is "" where only the agency knows it."""
    policy = due.policy
    amount = "" if due.amount is None else formats.number_format(due.amount, 2, use_l10n=True, force_grouping=True)
    return ShownDue(
        due=due,
        urgency="is-late" if due.is_late else "is-soon" if due.is_soon else "",
        amount=amount,
        amount_note=_what_the_amount_is(due),
        day=written_day(due.on),
        days=_days(due),
        url=address("portal_policy", policy.pk),
        number=f"{policy.number} · {policy.plate}" if policy.plate else policy.number,
        text=_cover(due),
    )


def _what_the_amount_is(due: Due) -> str:
    if due.amount is None:
        return _("amount from your agency")
    if due.offer_id:
        return _("premium of the renewal")
    return _("yearly premium now") if due.is_expiry else ""


def _days(due: Due) -> str:
    if due.is_late:
        return ngettext("%(days)s day late", "%(days)s days late", due.days_late) % {"days": due.days_late}
    if due.days_left == 0:
        return _("today")
    return ngettext("in %(days)s day", "in %(days)s days", due.days_left) % {"days": due.days_left}


def _cover(due: Due) -> str:
    until = {"until": written_day(due.cover_until, "del")}
    if due.is_expiry and due.policy.tacit_renewal:
        return _("It renews by itself, unless one of us gives notice.")
    if due.is_expiry:
        return _("The policy expires; you are covered until the end of %(until)s.") % until
    if due.is_covered:
        return _("Instalment to pay; you are covered until the end of %(until)s.") % until
    words = _("Instalment to pay. The cover stopped at the end of %(until)s: it starts again the day after you pay.")
    return words % until
