"""How many days each period has now: as the rules say, or as somebody lengthened it; and the command that does so."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from foundation.models import RetentionPeriod
from foundation.privacy import Period
from foundation.refusals import Refused

from .rules import periods

LONGEST = 100 * 365  # days


def days_in_force(*, using: str | None = None) -> dict[str, int]:
    """Days of every period, by its key."""
    changed = RetentionPeriod.objects.using(using).order_by("key", "-pk").distinct("key").values_list("key", "days")
    known = {period.key: period.days for period in periods()}
    return known | {key: days for key, days in changed if key in known}


def period_called(key: str) -> Period | None:
    """The period of that key; None where there is none."""
    return next((each for each in periods() if each.key == key), None)


@transaction.atomic
def change_period(period: Period, *, days: int, reason: str, by: User) -> RetentionPeriod:
    """Keep rows for another number of days from the next night on.

    Refused below what the law asks, where nobody says why, and beyond a hundred years.
    """
    if not reason.strip():
        raise Refused(_("Say why the period changes: the reason is shown to whoever asks."), field="reason")
    if days < max(period.least, 1):
        raise Refused(
            _("The law asks for at least %(days)d days here: enter as many, or more.")
            % {"days": max(period.least, 1)},
            field="days",
        )
    if days > LONGEST:
        raise Refused(_("That is more than a hundred years: enter the number in days."), field="days")
    return RetentionPeriod.objects.create(key=period.key, days=days, reason=reason.strip(), by=by)
