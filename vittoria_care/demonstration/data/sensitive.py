"""Files that ask a reason, and a day on which some were opened in an unusual way."""

import datetime

from customers import roles
from customers.access import AccessReason
from customers.models import AccessLog, Customer, FileRestriction, ReservedAreaAccount, UnusualAccess
from customers.sensitive.commands import examine_access
from customers.sensitive.unusual import find_unusual
from foundation.dates import ROME

from .organisation import Organisation
from .profiles import Plan

PUBLIC, PROTECTED, COLLEAGUE = 20, 21, 22  # places among the customers of the story; those who sign in come before
FIRST_OF_MANY, MANY = 40, 23
DAYS_AGO = 2


def make_sensitive_files(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """A public person, somebody protected, a colleague who is a customer; then what the rules find of the day before yesterday."""
    officer = organisation.staff[roles.DATA_OFFICER]
    marks = (
        (customers[PUBLIC], FileRestriction.Ground.PUBLIC, "Volto noto della televisione"),
        (customers[PROTECTED], FileRestriction.Ground.PROTECTED, "Denuncia per atti persecutori, protocollo 118"),
    )
    since = plan.as_of - datetime.timedelta(days=90)
    for customer, ground, reason in marks:
        FileRestriction.objects.create(
            customer=customer, ground=ground, reason=reason, marked_by=officer, marked_at=since
        )
    _make_colleague(plan, organisation, customers[COLLEAGUE])
    day = plan.today - datetime.timedelta(days=DAYS_AGO)
    AccessLog.objects.bulk_create(sorted(_looks(organisation, customers, day), key=lambda look: look.at))
    find_unusual(day)
    first = UnusualAccess.objects.filter(day=day, rule=UnusualAccess.Rule.HOURS).first()
    if first is not None:
        examine_access(first, note="Turno di reperibilità confermato dal responsabile del servizio", by=officer)


def _make_colleague(plan: Plan, organisation: Organisation, customer: Customer) -> None:
    """The specialist is a customer too, where the customer has no sign-in yet."""
    specialist = organisation.staff[roles.SPECIALIST]
    if ReservedAreaAccount.objects.filter(customer=customer).exists():
        reason = f"{specialist} lavora al secondo livello"
        FileRestriction.objects.create(
            customer=customer,
            ground=FileRestriction.Ground.COLLEAGUE,
            reason=reason,
            marked_by=organisation.staff[roles.DATA_OFFICER],
            marked_at=plan.as_of - datetime.timedelta(days=60),
        )
        return
    ReservedAreaAccount.objects.create(
        user=specialist, customer=customer, terms_version="2026-01", terms_accepted_at=plan.as_of
    )


def _looks(organisation: Organisation, customers: list[Customer], day: datetime.date) -> list[AccessLog]:
    """Many files within one hour, one late in the evening, and a restricted one with a reason that says little."""

    def at(hour: int, minute: int) -> datetime.datetime:
        return datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME)

    agent, manager = organisation.agents[-1].user or organisation.staff[roles.AGENT], organisation.staff[roles.MANAGER]
    many = customers[FIRST_OF_MANY : FIRST_OF_MANY + MANY]
    looks = [
        AccessLog(user=agent, customer=customer, what="customer", at=at(15, minute))
        for minute, customer in enumerate(many)
    ]
    looks.append(AccessLog(user=manager, customer=customers[PUBLIC + 5], what="customer", at=at(22, 40)))
    vague = {"reason_kind": AccessReason.OTHER, "reason": "verifica dei dati"}
    looks.append(AccessLog(user=manager, customer=customers[PUBLIC], what="customer", at=at(11, 5), **vague))
    return looks
