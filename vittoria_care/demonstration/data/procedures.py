"""Requests of IVASS and appeals to the Arbiter: one late, one halved, one across August, one decision not complied with."""

import datetime
from decimal import Decimal
from typing import Any

from complaints.arbitrator.rules import published_until
from complaints.models import ArbitratorAppeal, Complaint, ComplaintEvent, ProcedureLetter, RegulatorRequest
from complaints.models.procedure import FigureKind
from complaints.procedures.figures import Book, open_book
from complaints.procedures.letters import answer_to_ivass, counter_arguments_to, pdf_of
from customers import roles
from customers.models import User
from foundation.dates import ROME

from .organisation import Organisation
from .profiles import Plan

DAY = datetime.timedelta(days=1)
ASKED_BY_IVASS = (
    "Si chiede di trasmettere copia della polizza e della risposta data al reclamante, con i chiarimenti sui tempi della pratica.",
    "Il reclamante lamenta il rifiuto di una proposta di r.c. auto. Si chiede di chiarire se l'obbligo a contrarre sia stato rispettato.",
    "Si chiede di precisare le ragioni del mancato pagamento e la data in cui la documentazione è stata completata.",
    "Si chiede copia della corrispondenza intercorsa con l'intermediario.",
)
ANSWER = (
    "La pratica è stata riesaminata: la documentazione è stata completata dal cliente dopo la prima risposta, e il pagamento è stato "
    "disposto.\n\nRestiamo a disposizione per ogni chiarimento."
)
ASKED_OF_ARBITER = (
    "Il pagamento dell'indennizzo negato, con gli interessi.",
    "Il rimborso della parte di premio non goduta.",
    "Il risarcimento del danno da ritardo.",
    "Il riconoscimento della garanzia esclusa.",
)
ARGUMENTS = (
    "Il ricorso va respinto: l'articolo 12 delle condizioni, consegnate alla firma, esclude il caso descritto.\n\nSi allega la "
    "documentazione contrattuale."
)


def make_procedures(plan: Plan, organisation: Organisation, complaints: list[Complaint]) -> None:
    """Enter four requests and four appeals about complaints that were answered, each at another step of its way."""
    officer, book = organisation.staff[roles.COMPLAINT_OFFICER], open_book()
    answered = sorted(
        (each for each in complaints if each.answered_at is not None and each.answered_at < plan.as_of - 5 * DAY),
        key=lambda each: (each.answered_at, each.pk),
        reverse=True,
    )
    if answered:
        _make_requests(plan, book, officer, answered)
        _make_appeals(plan, book, officer, answered)


# --- IVASS ----------------------------------------------------------------------------------------------------------
def _make_requests(plan: Plan, book: Book, officer: User, answered: list[Complaint]) -> None:
    State, Outcome = RegulatorRequest.State, RegulatorRequest.Outcome
    stories: tuple[tuple[int, bool, dict[str, Any]], ...] = (
        (36, False, {"state": State.IN_PROGRESS, "handler": officer, "draft": "La pratica è stata riesaminata: "}),
        (9, True, {"state": State.RECEIVED}),
        (95, False, {"state": State.CLOSED, "handler": officer, "outcome": Outcome.NO_REMARKS, "closed_after": 70}),
        (40, False, {"state": State.ANSWERED, "handler": officer}),
    )
    for number, (age, is_halved, told) in enumerate(stories):
        received_on, complaint = plan.today - age * DAY, answered[number * 2 % len(answered)]
        kind = FigureKind.IVASS_HALVED if is_halved else FigureKind.IVASS_ANSWER
        due_on = book.term(kind, received_on)
        story = dict(told)
        closed_after = story.pop("closed_after", None)
        row = RegulatorRequest(
            protocol=f"{41_200 + number * 317:07}/{received_on:%y}",
            complaint=complaint,
            channel=RegulatorRequest.Channel.PEC,
            received_on=received_on,
            is_halved=is_halved,
            asked=ASKED_BY_IVASS[number],
            due_on=due_on,
            registered_at=_moment(received_on, 10),
            **story,
        )
        if row.state in (State.ANSWERED, State.CLOSED):
            row.sent_on = due_on - 8 * DAY
            row.answer, row.answered_at = ANSWER, _moment(row.sent_on, 11)
        if closed_after is not None:
            row.closed_on = received_on + closed_after * DAY
        row.save()
        _step(row, "registered", row.registered_at, officer, due_on=due_on.isoformat())
        if row.handler_id:
            _step(row, "assigned", _moment(received_on + DAY, 9), officer, handler=str(officer))
        if row.answered_at is not None and row.sent_on is not None:
            text = answer_to_ivass(row, answer=ANSWER, enclosed=(), on=row.sent_on, signed_by=officer.get_full_name())
            _letter(
                text, row, officer, {"request": row, "way": "post", "post": "receipt", "tracking": f"RA{number:011}"}
            )
            _step(row, "answered", row.answered_at, officer, way="post")
            _step(row, "gone", _moment(row.sent_on, 16), officer, sent_on=row.sent_on.isoformat())
        if row.closed_on is not None:
            _step(row, "closed", _moment(row.closed_on, 12), officer, ivass_outcome=row.outcome)


# --- The Arbiter ----------------------------------------------------------------------------------------------------
def _make_appeals(plan: Plan, book: Book, officer: User, answered: list[Complaint]) -> None:
    """The complaints are older than their appeals: the next one that was answered before."""
    State, Kind = ArbitratorAppeal.State, ArbitratorAppeal.Kind
    last_july = plan.today.year if plan.today >= datetime.date(plan.today.year, 7, 2) else plan.today.year - 1
    across_august = datetime.date(last_july, 7, 1)
    free, since = iter(answered[9:]), min(each.valid_from for each in book.figures if each.kind == FigureKind.DECISION)
    waits = {"handler": officer, "counter_arguments": ARGUMENTS, "state": State.WAITING}
    stories: tuple[tuple[datetime.date, dict[str, Any]], ...] = (
        (across_august, waits | {"kind": Kind.NON_LIFE, "value": Decimal("4800.00")}),
        (plan.today - 150 * DAY, waits | {"kind": Kind.INJURED, "value": Decimal("1950.00"), "decided_after": 90}),
        (plan.today - 12 * DAY, {"kind": Kind.LIFE, "value": Decimal("18000.00"), "state": State.PREPARING}),
        (plan.today - 4 * DAY, {"kind": Kind.NON_LIFE, "value": Decimal("31000.00"), "state": State.INCOMPLETE}),
    )
    for number, (day, told) in enumerate(stories):
        story = dict(told)
        filed_on, decided_after = day - 14 * DAY, story.pop("decided_after", None)
        before = (each for each in free if each.answered_at and each.answered_at < _moment(filed_on, 0))
        if (complaint := next(before, None)) is None or filed_on < since:
            continue  # few complaints, or a day before there was an Arbiter
        row = ArbitratorAppeal(
            number=f"AAS-{filed_on:%Y}-{210 + number * 37:05}",
            complaint=complaint,
            asked=ASKED_OF_ARBITER[number],
            facts_on=complaint.first_received_on - 90 * DAY,
            filed_on=filed_on,
            notified_on=day - 6 * DAY,
            registered_at=_moment(day - 6 * DAY, 10),
            decision_due_on=book.term(FigureKind.DECISION, filed_on),
            **story,
        )
        if row.state == State.INCOMPLETE:
            row.completion_asked_on = day
            row.completion_due_on = book.term(FigureKind.COMPLETION, day)
        else:
            row.complete_on = day
            row.counter_due_on = book.term(FigureKind.COUNTER_ARGUMENTS, day)
            row.due_on = row.counter_due_on
        if row.state == State.WAITING and row.counter_due_on is not None:
            sent_on = row.counter_due_on - 5 * DAY
            if sent_on <= plan.today:
                row.sent_on, row.due_on = sent_on, None
            else:  # in summer the counter-arguments are still being written
                row.state, row.counter_arguments = State.PREPARING, ""
        if decided_after is not None:
            _decide(row, plan.today - (150 - decided_after) * DAY, book)
        row.save()
        _step(row, "registered", row.registered_at, officer, filed_on=filed_on.isoformat())
        if row.complete_on and row.counter_due_on:
            _step(row, "complete", _moment(day, 15), officer, counter_due_on=row.counter_due_on.isoformat())
        if row.sent_on is not None:
            text = counter_arguments_to(
                row, text=ARGUMENTS, enclosed=(), on=row.sent_on, signed_by=officer.get_full_name()
            )
            _letter(text, row, officer, {"appeal": row, "way": "portal", "tracking": f"RIC-{number:06}"})
            _step(row, "gone", _moment(row.sent_on, 12), officer, sent_on=row.sent_on.isoformat())
        if row.decided_on is not None:
            _step(row, "decided", _moment(row.decided_on, 12), officer, decision=row.decision)
        if row.published_on is not None:
            _step(row, "compliance", _moment(row.published_on, 12), officer, compliance=row.compliance)


def _decide(row: ArbitratorAppeal, decided_on: datetime.date, book: Book) -> None:
    """Upheld in part, and not complied with by its day: it stands on our site."""
    row.state, row.decision, row.decided_on = row.State.DECIDED, row.Decision.IN_PART, decided_on
    row.amount, row.comply_by, row.due_on = Decimal("1200.00"), decided_on + 30 * DAY, None
    row.compliance = row.Compliance.NONE
    row.published_on = published_on = decided_on + 35 * DAY
    row.published_by_us_until, row.published_by_arbiter_until = (
        published_until(published_on, book.amount(kind, published_on))
        for kind in (FigureKind.PUBLISHED_BY_US, FigureKind.PUBLISHED_BY_ARBITER)
    )


# --- Both -----------------------------------------------------------------------------------------------------------
def _letter(text: Any, row: Any, officer: User, fields: dict[str, Any]) -> None:
    ProcedureLetter.objects.create(pdf=pdf_of(text), by=officer, made_at=_moment(row.sent_on, 11), **fields)


def _step(row: Any, step: str, at: datetime.datetime, by: User, **details: str) -> None:
    is_request = isinstance(row, RegulatorRequest)
    ComplaintEvent.objects.create(
        complaint_id=row.complaint_id,
        request=row if is_request else None,
        appeal=None if is_request else row,
        kind=ComplaintEvent.Kind.REGULATOR if is_request else ComplaintEvent.Kind.ARBITRATOR,
        by=by,
        details={"step": step, "procedure": str(row), **details},
        at=at,
    )


def _moment(day: datetime.date, hour: int) -> datetime.datetime:
    """An hour of a day in Rome."""
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=ROME)
