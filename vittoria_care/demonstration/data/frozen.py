"""The last whole year, frozen for its report; and one contact of it whose code was corrected afterwards."""

from datetime import date

from contact_center.contacts.commands import correct_code
from contact_center.figures.freezing import freeze_period
from contact_center.figures.period import Period
from contact_center.models import Contact, FrozenPeriod, WrapUpCode
from customers import roles

from .organisation import Organisation
from .profiles import Plan

NOTE = "Bilancio di sostenibilità {year}"
WHY = "Riascoltata la registrazione: il cliente aveva già avuto la risposta completa."


def make_frozen_year(plan: Plan, organisation: Organisation) -> FrozenPeriod:
    """Freeze the last whole year, then correct the code of its latest call of a stranger that was coded as not resolved, if there is one."""
    manager, year = organisation.staff[roles.MANAGER], plan.today.year - 1
    period = Period(date(year, 1, 1), date(year, 12, 31))
    frozen = freeze_period(period, by=manager, note=NOTE.format(year=year), though_provisional=True)
    missed = Contact.objects.filter(
        channel=Contact.Channel.PHONE,
        level=1,
        outcome=Contact.Outcome.UNRESOLVED,
        state=Contact.State.CLOSED,
        wrap_up__isnull=False,
        topic__isnull=False,
        customer=None,  # so that nobody is asked about a call of long ago
        started_at__year=year,
    )
    code = WrapUpCode.objects.filter(outcome=Contact.Outcome.RESOLVED, keeps_open=False).first()
    if (contact := missed.order_by("-started_at", "-pk").first()) is not None and code is not None:
        correct_code(contact, code=code, by=manager, why=WHY)
    return frozen
