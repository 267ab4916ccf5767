"""Claims that the first customer reported in the reserved area: a draft, one that waits for its number, documents asked for."""

import datetime
import uuid

from django.db.models import QuerySet
from django.utils import translation

from contact_center.claims.reporting import OF_A_REPORT
from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message
from customers import roles
from customers.claim_reports.lines import HOME, MOTOR, Answers, as_text, kind_of, occurred_on
from customers.models import AskedDocument, Claim, ClaimDraft, ClaimReport, Customer, Policy, ReportYear, User
from customers.models.claim import report_number
from foundation.dates import ROME

from .organisation import Organisation
from .profiles import Plan

DAY = datetime.timedelta(days=1)
CAR, HOUSE = "10", "8"


def make_reports(plan: Plan, organisation: Organisation, customer: Customer) -> None:
    """A handful of rows about the first of the customers who sign in."""
    user = User.objects.get(reserved_area_accounts__customer=customer)
    own = Policy.objects.filter(holder=customer).order_by("pk")
    with translation.override("it"):  # whatever the terminal speaks
        _make(plan, organisation, customer, user, own)


def _make(plan: Plan, organisation: Organisation, customer: Customer, user: User, own: QuerySet[Policy]) -> None:
    car, house = own.filter(ramo=CAR).first(), own.filter(ramo=HOUSE).first()
    if car is not None:
        _draft(plan, customer, car, user)
    if house is not None:
        _reported(plan, organisation, customer, house, user)
    followed = Claim.objects.filter(customer=customer, state=Claim.State.TAKEN_IN_CHARGE).order_by("pk").first()
    if followed is not None:
        _documents(plan, followed, organisation.staff[roles.SPECIALIST], user)


def _moment(day: datetime.date, hour: int, minute: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), ROME)


def _draft(plan: Plan, customer: Customer, policy: Policy, user: User) -> None:
    """Begun yesterday evening on a telephone: the event and the vehicle are answered, the rest is still to come."""
    yesterday = plan.today - DAY
    ClaimDraft.objects.create(
        key=uuid.UUID(int=plan.stream("reports").getrandbits(128), version=4),
        customer=customer,
        policy=policy,
        answers={
            MOTOR.steps[0].key: {
                "occurred_on": yesterday.isoformat(),
                "occurred_time": "18:40",
                "place": "Viale Certosa all'altezza del civico 40, Milano",
                "description": "Ero ferma al semaforo e sono stata tamponata da un furgone bianco.",
            },
            MOTOR.steps[1].key: {
                "driver": "me",
                "damage": "Paraurti posteriore e portellone",
                "drivable": "yes",
                "seen_at": "Sotto casa, in via Mac Mahon",
            },
        },
        begun_by=user,
        saved_by=user,
        begun_at=_moment(yesterday, 19, 5),
        saved_at=_moment(yesterday, 19, 12),
        version=3,
    )


def _reported(plan: Plan, organisation: Organisation, customer: Customer, policy: Policy, user: User) -> None:
    """Sent this week, known by the number of the report until the file of the night brings the repertory number."""
    day = plan.today - 2 * DAY
    at = _moment(day, 21, 17)
    answers: Answers = {
        HOME.steps[0].key: {
            "occurred_on": day.isoformat(),
            "place": "A casa, nel bagno grande",
            "description": "Si è rotto il flessibile del lavandino mentre eravamo fuori: l'acqua ha raggiunto il corridoio.",
        },
        HOME.steps[1].key: {
            "cause": "water",
            "damage": "Parquet del corridoio, circa sei metri quadri\nUn mobile del bagno",
            "reported": "no",
            "others_damaged": "yes",
            "others_who": "Il soffitto del signor Oriani, al piano di sotto",
            "seen_at": "Nei giorni feriali dopo le 17",
        },
    }
    year, _made = ReportYear.objects.get_or_create(year=day.year)
    number = report_number(year.year, year.take_number())
    claim = Claim.objects.create(
        number=number,
        report_number=number,
        policy=policy,
        customer=customer,
        kind=kind_of(HOME, answers),
        description=answers[HOME.steps[0].key]["description"],
        place=answers[HOME.steps[0].key]["place"],
        occurred_on=occurred_on(answers) or day,
        reported_on=day,
        created_at=at,
    )
    ClaimReport.objects.create(
        submission_key=uuid.UUID(int=plan.stream("report").getrandbits(128), version=4),
        claim=claim,
        year=year,
        sequence=year.last_number,
        guide=HOME.key,
        answers=answers,
        channel=ClaimReport.Channel.PORTAL,
        sent_by=user,
        sent_at=at,
    )
    kind = Contact.Kind.CLAIM_REPORT
    contact = Contact.objects.create(
        channel=Contact.Channel.PORTAL,
        kind=kind,
        customer=customer,
        claim=claim,
        address=user.email,
        subject=f"Denuncia di sinistro {number} – {policy.product}",
        topic=organisation.topics["claims-report"],
        team=organisation.teams["primo-livello"],
        started_at=at,
        due_at=due_at(kind=kind, level=1, since=at),
    )
    with translation.override("it"):  # whatever the terminal speaks
        text = as_text(HOME, answers)
    Message.objects.create(
        contact=contact,
        direction=Message.Direction.INBOUND,
        text=text,
        external_id=f"{OF_A_REPORT}{number}",
        written_at=at,
    )
    ContactEvent.objects.create(contact=contact, kind=ContactEvent.Kind.OPENED, details={"channel": "portal"}, at=at)


def _documents(plan: Plan, claim: Claim, by: User, user: User) -> None:
    """One that is waited for, one that came."""
    asked_at = _moment(plan.today - 6 * DAY, 10, 25)
    AskedDocument.objects.create(
        claim=claim,
        name="Preventivo del riparatore",
        why="Ci serve per stimare il danno prima che il veicolo sia riparato.",
        due_on=plan.today + 9 * DAY,
        asked_by=by,
        asked_at=asked_at,
    )
    AskedDocument.objects.create(
        claim=claim,
        name="Fotografia della targa dell'altro veicolo",
        due_on=plan.today - DAY,
        state=AskedDocument.State.RECEIVED,
        asked_by=by,
        asked_at=asked_at,
        ended_by=user,
        ended_at=_moment(plan.today - 4 * DAY, 20, 2),
    )
