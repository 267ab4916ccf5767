"""Who acts for whom in the demonstration: two people of a firm, a guardian, a power of attorney that has ended, an heir."""

import datetime
import hashlib
import uuid

from django.core.files.base import ContentFile
from django.utils import translation

from customers.models import Customer, Invitation, Mandate, Operation, ReservedAreaAccount, User
from customers.models.account import GRANTABLE, Capacity, Right
from foundation.dates import written_day
from foundation.pdf import printable, typeset

from .operations import Made, Story, keep
from .organisation import Organisation
from .papers import FOOT, TEMPLATE
from .people import FEATURED, TERMS
from .profiles import Plan
from .sign_ins import COLLEAGUE

DAY = datetime.timedelta(days=1)
TITLES = {
    Capacity.GUARDIAN: "Decreto di nomina dell’amministratore di sostegno",
    Capacity.ATTORNEY: "Procura speciale",
    Capacity.HEIR: "Dichiarazione sostitutiva di atto notorio",
}
State = Operation.State


def make_people(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """Give the firm a second person and an invitation that waits, and the other two who sign in somebody to act for."""
    family, camper, firm = customers[:FEATURED]
    _colleague(plan, organisation, firm)
    others = [each for each in customers[FEATURED:] if each.kind == Customer.Kind.PERSON]
    if len(others) < 3:
        return  # a handful of customers, as some tests load
    parent, principal, dead = others[:3]
    maker = _Maker(plan, organisation)
    with translation.override("it"):
        maker.ask(family, parent, Capacity.GUARDIAN, State.DONE, until=plan.today + 300 * DAY)
        maker.ask(camper, principal, Capacity.ATTORNEY, State.DONE, until=plan.today - DAY)
        maker.ask(camper, dead, Capacity.HEIR, State.ASKED, until=None)
        maker.keep()


def _colleague(plan: Plan, organisation: Organisation, firm: Customer) -> None:
    """Somebody who pays and reports for the firm, and a third person who has not accepted yet."""
    chief = ReservedAreaAccount.objects.select_related("user").get(customer=firm)
    at = plan.as_of - 40 * DAY
    _label, address = COLLEAGUE
    user = User.objects.create(
        email=address, password=organisation.password, first_name="Ivana", last_name="Corsi", date_joined=at
    )
    organisation.enrol_groups([user])
    account = ReservedAreaAccount.objects.create(
        user=user,
        customer=firm,
        capacity=Capacity.MEMBER,
        rights=[Right.ASK, Right.PAY, Right.REPORT],
        valid_from=at.date(),
        given_by=chief.user,
        terms_version=TERMS,
        terms_accepted_at=at,
        enrolled_at=at,
        last_used_at=plan.as_of - 2 * DAY,
    )
    rng = plan.stream("invitations")
    for email, sent_at, given in ((address, at, account), ("officina@posta.example", plan.as_of - 2 * DAY, None)):
        Invitation.objects.create(
            submission_key=uuid.UUID(int=rng.getrandbits(128), version=4),
            customer=firm,
            email=email,
            rights=[Right.ASK, Right.PAY, Right.REPORT] if given else [Right.REPORT],
            invited_by=chief.user,
            digest=hashlib.sha256(rng.randbytes(24)).hexdigest(),
            state=Invitation.State.ACCEPTED if given else Invitation.State.SENT,
            account=given,
            created_at=sent_at,
            expires_at=sent_at + 7 * DAY,
            ended_at=sent_at if given else None,
        )


class _Maker:
    """Gathers the operations, then writes them with their documents and the accounts they gave."""

    def __init__(self, plan: Plan, organisation: Organisation):
        self.plan, self.organisation = plan, organisation
        self.made, self.rng = Made(), plan.stream("acting")
        self.asked: list[tuple[Story, Customer, Capacity, datetime.date | None]] = []

    def ask(
        self, asking: Customer, customer: Customer, capacity: Capacity, state: str, *, until: datetime.date | None
    ) -> None:
        """One request by the person of the first customer to act for the second."""
        account = ReservedAreaAccount.objects.select_related("user").get(customer=asking, capacity=Capacity.SELF)
        story = Story(self.plan, self.organisation, self.rng, self.made, asking, account, 0)
        facts = {"capacity": capacity.value, "person": customer.letter_name, "tax_code": customer.tax_code}
        if until is not None:
            facts["valid_until"] = until.isoformat()
        story.write(Operation.Kind.REPRESENTATION, state, facts, None, None)
        self.asked.append((story, customer, capacity, until))

    def keep(self) -> None:
        """Write it all."""
        keep(self.made, self.organisation)
        for operation, (story, customer, capacity, until) in zip(self.made.operations, self.asked, strict=True):
            content = _paper(TITLES[capacity], story.customer, customer, until or self.plan.today + 365 * DAY)
            mandate = Mandate.objects.create(
                operation=operation,
                customer=customer,
                capacity=capacity,
                valid_until=until,
                name="documento.pdf",
                content_type="application/pdf",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                file=ContentFile(content, name="file"),
            )
            if operation.ended_at is None:
                continue
            since = operation.ended_at.date()
            ReservedAreaAccount.objects.create(
                user=story.account.user,
                customer=customer,
                capacity=capacity,
                rights=[right.value for right in GRANTABLE[capacity]],
                mandate=mandate,
                valid_from=min(since, until) if until else since,
                valid_until=until,
                given_by=operation.ended_by,
                terms_version=TERMS,
                terms_accepted_at=operation.ended_at,
                enrolled_at=operation.ended_at,
            )


def _paper(title: str, asking: Customer, customer: Customer, day: datetime.date) -> bytes:
    """A specimen of the document, as a PDF."""
    facts = [("Agisce", asking.letter_name), ("Per", customer.letter_name), ("Fino al", written_day(day))]
    values = {
        "title": printable(title),
        "company": "Tribunale di Milano",
        "about": "Documento",
        "facts": [[printable(name), printable(value)] for name, value in facts],
        "text": ["Esemplare di un documento che dice per chi si agisce."],
        "foot": FOOT,
    }
    return typeset(TEMPLATE, values, on=day)
