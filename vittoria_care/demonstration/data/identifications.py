"""Callers of the last days who were identified, and a few who were not; and calls that agents made, some in vain."""

import datetime

from django.utils import timezone

from contact_center.models import Contact, ContactEvent, IdentityEvent, IdentityQuestion, Message, OutgoingCall
from contact_center.models.identity import IdentityStep
from customers.access import AccessReason
from customers.contact_points.queries import numbers_of
from customers.models import Customer

from .organisation import Organisation
from .profiles import Plan, is_working_day

IDENTIFIED, DAYS = 40, 6  # calls, of the last days
ASKED = ("data-nascita", "fine-codice-fiscale", "numero-polizza")
FAILED, WITHOUT = 9, 13  # every so many calls one whose caller was not identified, and one opened for a reason
MADE = 5  # calls of ours
Step = IdentityStep


def make_identifications(plan: Plan) -> int:
    """Write the questions and results of calls of known customers; returns how many calls."""
    questions = list(IdentityQuestion.objects.filter(code__in=ASKED).order_by("position"))
    since = plan.as_of - datetime.timedelta(days=DAYS)
    calls = Contact.objects.filter(
        channel="phone",
        direction="inbound",
        customer__kind=Customer.Kind.PERSON,
        agent__user__isnull=False,
        started_at__gte=since,
        started_at__lt=plan.as_of,
    )
    found = list(calls.select_related("agent").order_by("-started_at", "-pk")[:IDENTIFIED])
    rows = [row for number, call in enumerate(found, 1) for row in _steps(call, number, questions)]
    IdentityEvent.objects.bulk_create(rows)
    return len(found)


def _steps(call: Contact, number: int, questions: list[IdentityQuestion]) -> list[IdentityEvent]:
    """Right answers to two questions, a wrong one now and then; at times two wrong ones, or no question at all."""
    rows: list[IdentityEvent] = []
    assert call.agent is not None, "asked so"
    assert call.customer_id is not None, "asked so"
    customer, agent = call.customer_id, call.agent.user

    def add(step: str, **more: object) -> None:
        at = call.started_at + datetime.timedelta(seconds=20 + 8 * len(rows))
        rows.append(IdentityEvent(contact=call, customer_id=customer, step=step, by=agent, at=at, **more))

    if number % WITHOUT == 0:
        words = "Il figlio, con la delega già nel fascicolo"
        add(Step.REASON, reason_kind=AccessReason.OTHER, reason=words)
        return rows
    fails = number % FAILED == 0
    answers = [False, False] if fails else [True, False, True] if number % 4 == 0 else [True, True]
    for question, is_right in zip(questions, answers, strict=False):
        add(Step.ASKED, question=question)
        add(Step.RIGHT if is_right else Step.WRONG, question=question)
    add(Step.FAILED if fails else Step.PASSED, needed=2)
    return rows


def _at_work(plan: Plan, number: int) -> datetime.datetime:
    """A moment of the last working day before today: the last call of ours was made late in the morning."""
    day = timezone.localdate(plan.as_of) - datetime.timedelta(days=1)
    while not is_working_day(day):
        day -= datetime.timedelta(days=1)
    last = datetime.datetime.combine(day, datetime.time(12, 10), tzinfo=timezone.get_default_timezone())
    return last - datetime.timedelta(minutes=37 * number)


def make_calls_of_ours(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """Write down a few calls to customers, each second one in vain."""
    agents = [each for each in organisation.agents if each.user_id is not None]
    code, topic = organisation.codes.get("risolto"), next(iter(organisation.topics.values()))
    reachable = [(each, numbers_of(each)) for each in customers[30:60]]
    for number, (customer, numbers) in enumerate([each for each in reachable if each[1]][:MADE]):
        at, agent = _at_work(plan, number), agents[number % len(agents)]
        reached = number % 2 == 0
        ended = {"closed_at": at + datetime.timedelta(minutes=4), "state": Contact.State.CLOSED} if reached else {}
        contact = Contact.objects.create(
            channel=Contact.Channel.PHONE,
            direction=Contact.Direction.OUTBOUND,
            customer=customer,
            address=numbers[0],
            subject=topic.name,
            topic=topic,
            agent=agent,
            owner=agent,
            team=agent.team,
            started_at=at,
            **({"outcome": "resolved", "wrap_up": code} | ended if reached else {"state": Contact.State.IN_PROGRESS}),
        )
        ContactEvent.objects.create(
            contact=contact, kind=ContactEvent.Kind.OPENED, by=agent.user, at=at, details={"channel": "phone"}
        )
        Message.objects.create(
            contact=contact,
            direction=Message.Direction.NOTE,
            author=agent.user,
            text="Spiegato il rinnovo, nessun dubbio." if reached else "Richiamare domani in mattinata.",
            written_at=at,
        )
        OutgoingCall.objects.create(
            contact=contact,
            number=numbers[0],
            agent=agent,
            called_at=at,
            reached=reached,
            talk_seconds=90 + 30 * number if reached else None,
        )
