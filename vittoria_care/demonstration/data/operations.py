"""What customers asked to have done in the last months: settled alone, carried out, refused, taken back, and waiting.

Each that a person acts on has its contact, in the state that goes with it. What was carried out fits the records: the
suspended policies are those of the portfolio.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.utils import translation

from contact_center.due.targets import clock_of
from contact_center.models import Contact, ContactEvent, Message
from contact_center.operations.commands import text_of
from customers.models import Claim, Customer, Operation, OperationEvent, Policy, ReservedAreaAccount
from customers.operations.kinds import KINDS
from foundation.dates import ROME

from .organisation import Organisation
from .profiles import Plan, is_working_day

Kind, State = Operation.Kind, Operation.State
MOST = 90  # customers who asked for something
IBAN = "IT60X0542811101000000123456"
DAYS = 150
REFUSALS = {
    Kind.REFUND: "Dai nostri archivi risulta un solo pagamento per questa rata: se ha una seconda ricevuta ce la invii.",
    Kind.COPY: "Il documento chiesto non è stato emesso da noi: lo trova presso la Sua agenzia.",
}
ANSWERS = {
    Kind.SUSPENSION: "La copertura è sospesa dal giorno richiesto. Per riattivarla basta chiederlo qui.",
    Kind.REFUND: "Il rimborso è stato disposto e arriva sul conto indicato entro pochi giorni.",
    Kind.COPY: "Il documento è stato inviato al Suo indirizzo e-mail.",
}


@dataclass
class Made:
    """The rows, in the order in which they are written."""

    operations: list[Operation] = field(default_factory=list)
    events: list[OperationEvent] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    happened: list[ContactEvent] = field(default_factory=list)


def make_operations(plan: Plan, organisation: Organisation, customers: list[Customer]) -> int:
    """Make them for the customers who can sign in, those of the demonstration first; returns how many."""
    rng, made = plan.stream("operations"), Made()
    chosen = customers[:MOST]
    accounts = {each.customer_id: each for each in ReservedAreaAccount.objects.filter(customer__in=chosen)}
    policies: dict[int, list[Policy]] = {}
    for policy in Policy.objects.filter(holder__in=chosen).select_related("holder").order_by("pk"):
        policies.setdefault(policy.holder_id, []).append(policy)
    accepted = Claim.objects.filter(customer__in=chosen, state=Claim.State.ACCEPTED).select_related("customer")
    answered = {claim.customer_id: claim for claim in accepted.order_by("pk")}
    with translation.override("it"):
        for place, customer in enumerate(chosen):
            account = accounts.get(customer.pk)
            if account is None:
                continue
            story = Story(plan, organisation, rng, made, customer, account, place)
            for wanted in _wanted(story, policies.get(customer.pk, []), answered.get(customer.pk)):
                story.write(*wanted)
    keep(made, organisation)
    return len(made.operations)


Wanted = tuple[str, str, dict[str, Any], Policy | None, Claim | None]


def _wanted(story: "Story", policies: list[Policy], claim: Claim | None) -> Iterator[Wanted]:
    """What the customer asked for: kind, state, facts, and what it is about."""
    rng, customer, place = story.rng, story.customer, story.place
    if place < 3 or place % 3 == 0:
        address = {name: getattr(customer, name) for name in ("address", "postal_code", "city", "province")}
        if all(address.values()):
            yield Kind.ADDRESS, State.DONE, address, None, None
    if place % 4 == 1:
        yield Kind.LANGUAGE, State.DONE, {"language": customer.language}, None, None
    suspended = [each for each in policies if each.state == Policy.State.SUSPENDED and each.suspended_on]
    alive = [each for each in policies if each.state == Policy.State.ACTIVE]
    for policy in suspended[:1]:
        assert policy.suspended_on is not None, "it is among the suspended ones"
        facts = {"day": policy.suspended_on.isoformat(), "understood": True}
        yield Kind.SUSPENSION, State.DONE, facts, policy, None
    if alive and (place < 3 or place % 5 == 2):
        reason = rng.choice(("paid_twice", "sold", "ended", "other"))
        amount = f"{rng.randint(20, 240)}.{rng.choice(('00', '50'))}"
        facts = {"reason": reason, "amount": amount, "iban": IBAN, "owner": customer.letter_name}
        state = State.REFUSED if place == 1 else rng.choice((State.DONE, State.IN_PROGRESS, State.REFUSED))
        yield Kind.REFUND, state, facts, alive[-1], None
    if alive and (place < 3 or place % 6 == 4):
        state = State.ASKED if place == 0 else rng.choice((State.ASKED, State.DONE, State.WITHDRAWN))
        yield Kind.COPY, state, {"document": rng.choice(("contract", "receipt"))}, alive[0], None
    if claim is not None:
        facts = {"understood": True, "iban": IBAN, "owner": customer.letter_name}
        if claim.offered_amount is not None and claim.offered_on is not None:
            facts |= {"offered_amount": str(claim.offered_amount), "offered_on": claim.offered_on.isoformat()}
        yield Kind.OFFER_ACCEPTED, State.IN_PROGRESS, facts, None, claim


@dataclass
class Story:
    """The operations of one customer."""

    plan: Plan
    organisation: Organisation
    rng: Random
    made: Made
    customer: Customer
    account: ReservedAreaAccount
    place: int

    def write(self, kind: str, state: str, facts: dict[str, Any], policy: Policy | None, claim: Claim | None) -> None:
        """Write one operation with its steps, and its contact where a person acts."""
        entry, is_open = KINDS[kind], state in Operation.OPEN_STATES
        asked_at = self._moment(3 if is_open else DAYS)
        if kind == Kind.SUSPENSION:
            day = datetime.date.fromisoformat(facts["day"])
            asked_at = datetime.datetime.combine(day - datetime.timedelta(days=1), datetime.time(11), tzinfo=ROME)
        ended_at = min(_next_working_day(asked_at), self.plan.as_of) if entry.needs_person else asked_at
        agent = self.rng.choice(self.organisation.agents[:8])
        answer = (REFUSALS if state == State.REFUSED else ANSWERS).get(Kind(kind), "")
        operation = Operation(
            submission_key=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            kind=kind,
            customer=self.customer,
            policy=policy,
            claim=claim,
            facts=facts,
            state=state,
            is_self_service=not entry.needs_person,
            begun_by=self.account.user,
            ended_by=None if is_open else agent.user if entry.needs_person else self.account.user,
            answer=answer if state in (State.DONE, State.REFUSED) and entry.needs_person else "",
            asked_at=asked_at,
            ended_at=None if is_open else ended_at,
        )
        if state == State.WITHDRAWN:
            operation.ended_by = self.account.user
        self.made.operations.append(operation)
        self._step(operation, "", State.ASKED, self.account.user, asked_at)
        if state != State.ASKED:
            self._step(operation, State.ASKED, state, operation.ended_by or agent.user, ended_at)
        if entry.needs_person:
            self._contact(operation, agent)

    def _moment(self, days: int) -> datetime.datetime:
        """A moment of office hours in the last days."""
        day = self.plan.today - datetime.timedelta(days=1 + self.rng.randrange(days))
        while not is_working_day(day):
            day -= datetime.timedelta(days=1)
        minutes = 9 * 60 + self.rng.randrange(8 * 60)
        return datetime.datetime.combine(day, datetime.time(minutes // 60, minutes % 60), tzinfo=ROME)

    def _step(self, operation: Operation, old: str, new: str, by: Any, at: datetime.datetime) -> None:
        detail = operation.answer if new == operation.state else ""
        self.made.events.append(OperationEvent(operation=operation, old=old, new=new, by=by, detail=detail, at=at))

    def _contact(self, operation: Operation, agent: Any) -> None:
        topic = self.organisation.topics.get(KINDS[operation.kind].topic)
        contact = Contact(
            channel=Contact.Channel.PORTAL,
            customer=self.customer,
            address=self.account.user.email,
            subject=str(KINDS[operation.kind].action),
            topic=topic,
            operation=operation,
            claim=operation.claim,
            team=self.organisation.teams["primo-livello"],
            started_at=operation.asked_at,
        )
        self._note(contact, ContactEvent.Kind.OPENED, None, operation.asked_at)
        ended_at = operation.ended_at
        if operation.state == State.IN_PROGRESS:
            contact.state, contact.owner, contact.agent = Contact.State.IN_PROGRESS, agent, agent
            self._note(contact, ContactEvent.Kind.TAKEN, agent.user, operation.asked_at)
        elif ended_at is not None:
            contact.state, contact.closed_at = Contact.State.CLOSED, ended_at
            if operation.state == State.WITHDRAWN:
                contact.outcome = Contact.Outcome.WITHDRAWN
            else:
                contact.owner = contact.agent = agent
                contact.outcome = Contact.Outcome.RESOLVED
                contact.wrap_up = self.organisation.codes.get("risolto")
                self._note(contact, ContactEvent.Kind.TAKEN, agent.user, ended_at)
            by = contact.owner.user if contact.owner else None
            self._note(contact, ContactEvent.Kind.CLOSED, by, ended_at, outcome=str(contact.outcome))
        self.made.contacts.append(contact)

    def _note(self, contact: Contact, kind: str, by: Any, at: datetime.datetime, **details: Any) -> None:
        self.made.happened.append(ContactEvent(contact=contact, kind=kind, by=by, at=at, details=details))


def _next_working_day(at: datetime.datetime) -> datetime.datetime:
    """The same time of the next day on which people work here."""
    local = at.astimezone(ROME)
    day = local.date() + datetime.timedelta(days=1)
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    return datetime.datetime.combine(day, local.time(), tzinfo=ROME)


def keep(made: Made, organisation: Organisation) -> None:
    """Write the rows, each table at once."""
    Operation.objects.bulk_create(made.operations)
    OperationEvent.objects.bulk_create(made.events)
    for contact in made.contacts:
        events = [each for each in made.happened if each.contact is contact]
        contact.due_at = clock_of(contact, events, organisation.book).due_at
    Contact.objects.bulk_create(made.contacts)
    for contact in made.contacts:
        assert contact.operation is not None, "each carries one"
        made.messages.append(
            Message(
                contact=contact,
                direction=Message.Direction.INBOUND,
                text=text_of(contact.operation),
                written_at=contact.started_at,
            )
        )
        if contact.operation.answer and contact.owner is not None:
            made.messages.append(
                Message(
                    contact=contact,
                    direction=Message.Direction.OUTBOUND,
                    author=contact.owner.user,
                    text=contact.operation.answer,
                    written_at=contact.closed_at or contact.started_at,
                )
            )
    Message.objects.bulk_create(made.messages)
    ContactEvent.objects.bulk_create(made.happened)
