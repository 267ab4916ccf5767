"""Call-backs that customers booked, made lately and still to be made, and the answers that were enough before they wrote."""

import datetime
import uuid
from random import Random
from typing import Any

from django.utils import translation

from contact_center.call_backs.slots import slots_from
from contact_center.due.business_time import Stretch
from contact_center.models import Agent, AnsweredBeforehand, CallBack, Contact, ContactEvent, Message
from customers.models import ContactPoint, Customer, User
from foundation.dates import ROME, written_moment

from .organisation import Organisation
from .profiles import TOPICS, Plan, is_working_day

AHEAD, MADE, CALLED_OFF = 14, 10, 2  # call-backs of the next days, of the last ones, and called off
SHOWN = 240  # times that an answer was shown in the last two months
ENOUGH = 0.42  # the share for whom it was enough
REASONS = {
    "policy-expiry": "Vorrei capire fino a quando sono coperto e che cosa devo fare per rinnovare.",
    "payments-online": "Il pagamento con carta non va a buon fine: mi aiutate al telefono?",
    "claims-status": "Ho ricevuto una proposta per il danno e vorrei che qualcuno me la spiegasse.",
    "policy-change": "Ho cambiato auto, vorrei sapere quali documenti servono.",
    "policy-life": "Chiedo come funziona il riscatto della polizza vita.",
    "data-change": "",
}

Kind, State = ContactEvent.Kind, Contact.State


def make_call_backs(plan: Plan, organisation: Organisation, customers: list[Customer]) -> list[Contact]:
    """Create the call-backs with their contacts; the customers who sign in have one each ahead of them."""
    rng = plan.stream("call-backs")
    points = ContactPoint.objects.filter(customer__in=customers, kind=ContactPoint.Kind.PHONE).order_by("-pk")
    phones = dict(points.values_list("customer", "value"))
    reachable = [each for each in customers if each.pk in phones]
    target = organisation.book.target(Contact.Kind.REQUEST, 1, plan.as_of)
    if target is None or len(reachable) < AHEAD:
        return []
    ahead = slots_from(plan.as_of, target.calendar)
    past = [
        each
        for each in slots_from(plan.as_of - datetime.timedelta(days=9), target.calendar)
        if each.end < plan.as_of - datetime.timedelta(hours=1)
    ]
    made: list[_Call] = []
    # The hours of today and tomorrow fill up first; a customer has one call-back here.
    for number, slot in enumerate(_spread(ahead[: AHEAD * 3], AHEAD, rng)):
        call = _Call(plan, organisation, rng, reachable[number], phones, slot)
        if number == 0:
            call.give_up(plan.as_of - datetime.timedelta(minutes=12))
        elif number % 4 == 2:
            call.agree(organisation.agents[number % 3], _at_work(plan.as_of, rng))
        made.append(call)
    for number, slot in enumerate(_spread(past, MADE + CALLED_OFF, rng)):
        call = _Call(plan, organisation, rng, reachable[AHEAD + number], phones, slot)
        if number >= CALLED_OFF and number % 3 == 2:
            call.give_up(slot.start - datetime.timedelta(minutes=7))
        call.call_off() if number < CALLED_OFF else call.make(number)
        made.append(call)
    contacts = Contact.objects.bulk_create([call.contact for call in made])
    CallBack.objects.bulk_create(call.call_back for call in made)
    Message.objects.bulk_create(call.message for call in made)
    ContactEvent.objects.bulk_create(event for call in made for event in call.events)
    return contacts


def _spread(slots: list[Stretch], number: int, rng: Random) -> list[Stretch]:
    """So many of the hours, in order."""
    return sorted(rng.sample(slots, min(number, len(slots))))


def _awake(at: datetime.datetime) -> datetime.datetime:
    """That moment, or where it is night in Italy the evening before."""
    local = at.astimezone(ROME)
    if 7 <= local.hour < 23:
        return at
    evening = local.replace(hour=20)
    return evening - datetime.timedelta(days=1) if local.hour < 7 else evening


def _at_work(before: datetime.datetime, rng: Random) -> datetime.datetime:
    """A moment of the last working day before the present, while the office works."""
    day = before.astimezone(ROME).date() - datetime.timedelta(days=1)
    while not is_working_day(day):
        day -= datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(9 + rng.randrange(8), rng.randrange(60)), ROME)


def _subject(slot: Stretch) -> str:
    with translation.override("it"):
        return f"Richiamare {written_moment(slot.start, 'il')}"


class _Call:
    """A call-back with its contact, the words of the customer and what happened."""

    def __init__(
        self,
        plan: Plan,
        organisation: Organisation,
        rng: Random,
        customer: Customer,
        phones: dict[int, str],
        slot: Stretch,
    ) -> None:
        self.organisation, self.rng = organisation, rng
        code = rng.choice(list(REASONS))
        booked_at = _awake(min(slot.start, plan.as_of) - datetime.timedelta(minutes=40 + rng.randrange(1_400)))
        self.contact = Contact(
            channel=Contact.Channel.PORTAL,
            customer=customer,
            address=phones[customer.pk],
            subject=_subject(slot),
            topic=organisation.topics[code],
            team=organisation.teams["primo-livello"],
            started_at=booked_at,
            due_at=slot.start,
        )
        self.call_back = CallBack(
            submission_key=uuid.UUID(int=rng.getrandbits(128), version=4),
            contact=self.contact,
            customer=customer,
            phone=phones[customer.pk],
            starts_at=slot.start,
            ends_at=slot.end,
            booked_at=booked_at,
        )
        self.message = Message(
            contact=self.contact,
            direction=Message.Direction.INBOUND,
            text=REASONS[code] or "Vi prego di richiamarmi: dirò al telefono di che cosa si tratta.",
            written_at=booked_at,
        )
        self.events = [
            ContactEvent(contact=self.contact, kind=Kind.OPENED, details={"channel": "portal"}, at=booked_at),
            ContactEvent(
                contact=self.contact, kind=Kind.AGREED, details={"call_at": slot.start.isoformat()}, at=booked_at
            ),
        ]

    def agree(self, agent: Agent, at: datetime.datetime) -> None:
        """It was agreed at that moment with an agent, who calls."""
        self._at(at)
        self._ours(CallBack.Source.AGENT, "Ne abbiamo parlato al telefono: richiamare con la risposta.", agent.user)
        self.contact.agent = self.contact.owner = agent
        self.contact.state, self.contact.version = State.IN_PROGRESS, 2
        self._note(Kind.TAKEN, agent.user, at, agent=agent.code)

    def give_up(self, at: datetime.datetime) -> None:
        """The caller gave up waiting at that moment."""
        self._ours(CallBack.Source.GAVE_UP, "Ha rinunciato all’attesa.", None)
        self.contact.line_id = self.organisation.lines["customers"]
        self.contact.subject = "Ha rinunciato all’attesa: richiamare"
        self._at(at)
        self.contact.due_at = self.call_back.ends_at
        self.call_back.gave_up_on, self.call_back.gave_up_at = at.astimezone(ROME).date(), at
        self.call_back.gave_up_count = self.rng.randrange(1, 4)
        self.call_back.longest_wait_seconds = self.rng.randrange(45, 400)
        self.events[1].details = {"call_at": self.call_back.ends_at.isoformat(), "why": "by_policy"}

    def _at(self, moment: datetime.datetime) -> None:
        self.contact.started_at = self.call_back.booked_at = self.message.written_at = moment
        for event in self.events:
            event.at = moment

    def _ours(self, source: str, note: str, author: User | None) -> None:
        """A contact that we began, with a note in place of the customer's words."""
        self.call_back.source = source
        self.contact.channel, self.contact.direction = Contact.Channel.PHONE, Contact.Direction.OUTBOUND
        self.message.direction, self.message.text, self.message.author = Message.Direction.NOTE, note, author
        self.events[0].by, self.events[0].details = author, {"channel": "phone"}

    def make(self, number: int) -> None:
        """An agent called in time; some answered at the second try."""
        contact, rng = self.contact, self.rng
        agent = rng.choice(self.organisation.agents[:12])
        at = self.call_back.starts_at + datetime.timedelta(minutes=rng.randrange(1, 12))
        contact.agent = contact.owner = agent
        self._note(Kind.TAKEN, agent.user, at, agent=agent.code)
        if number % 4 == 0:
            self.call_back.tries = 1
            self._note(Kind.TRIED, agent.user, at, agent=agent.code, tries=1)
            at += datetime.timedelta(minutes=15)
        at += datetime.timedelta(minutes=rng.randrange(3, 14))
        contact.state, contact.closed_at = State.CLOSED, at
        contact.outcome = Contact.Outcome.RESOLVED
        contact.wrap_up = self.organisation.code_for(contact.outcome, number)
        contact.version = 3
        if contact.wrap_up:
            self._note(Kind.CODED, agent.user, at, code=contact.wrap_up.code)
        self._note(Kind.CLOSED, agent.user, at, outcome=str(contact.outcome))

    def call_off(self) -> None:
        """The customer needed it no more."""
        at = self.call_back.booked_at + datetime.timedelta(minutes=20)
        self.call_back.cancelled_at = at
        self.contact.state, self.contact.closed_at = State.CLOSED, at
        self.contact.outcome = Contact.Outcome.DROPPED
        self._note(Kind.CLOSED, None, at, outcome=str(self.contact.outcome), why="called_off")

    def _note(self, kind: str, by: User | None, at: datetime.datetime, **details: Any) -> None:
        self.events.append(ContactEvent(contact=self.contact, kind=kind, by=by, details=details, at=at))


def make_answered_beforehand(plan: Plan, organisation: Organisation) -> None:
    """Create the count of the answers shown in the last two months: dues and claims are enough more often than the rest."""
    rng = plan.stream("beforehand")
    codes = [
        shape.code for shape in TOPICS if shape.written and shape.code.startswith(("policy", "payments", "claims"))
    ]
    rows = []
    for _number in range(SHOWN):
        topic = organisation.topics[rng.choice(codes)]
        share = ENOUGH + (0.12 if topic.area in ("payments", "claims") else 0)
        rows.append(
            AnsweredBeforehand(
                submission_key=uuid.UUID(int=rng.getrandbits(128), version=4),
                topic=topic,
                ramo=rng.choice(("10", "10", "10", "8", "1", "")),
                helped=rng.random() < share,
                day=plan.as_of.date() - datetime.timedelta(days=rng.randrange(60)),
            )
        )
    AnsweredBeforehand.objects.bulk_create(sorted(rows, key=lambda row: row.day))
