"""The register of complaints with its clock."""

import datetime
from operator import itemgetter
from random import Random

from complaints.letters import compose, pdf_of
from complaints.models import (
    Complaint,
    ComplaintEvent,
    ComplaintLetter,
    Enquiry,
    Intermediary,
    PastEntry,
    RegisterYear,
    Suspension,
)
from complaints.past.entries import noon_of
from contact_center.models import Contact
from customers import roles
from customers.models import Customer, Policy, User
from foundation.dates import ROME

from .intermediaries import asked_before, make_intermediaries, make_other_enquiries
from .organisation import Organisation
from .profiles import Plan
from .sign_ins import CUSTOMERS

State, Outcome, Area = Complaint.State, Complaint.Outcome, Complaint.Area
DAY = datetime.timedelta(days=1)

# Ramo, area, reason, subject, text; as often as the market has them (motor 43 %, other non-life 40 %, life 17 %).
MATTERS = (
    (20, "10", Area.SETTLEMENT, "Ritardo nella liquidazione", "Sinistro auto: nessuna offerta nei termini",
     "Sono trascorsi più di sessanta giorni dalla denuncia e non ho ricevuto né un'offerta né un rifiuto motivato."),
    (12, "10", Area.SETTLEMENT, "Valutazione del danno", "Stima del danno non condivisa",
     "Il perito ha visto il veicolo per cinque minuti e la stima è la metà della fattura del carrozziere."),
    (8, "10", Area.SETTLEMENT, "Attribuzione della responsabilità", "Concorso di colpa contestato",
     "Mi è stato attribuito un concorso di colpa che il modulo firmato esclude. Chiedo il riesame."),
    (5, "10", Area.ADMINISTRATIVE, "Attestato e classe di merito", "Classe di merito errata",
     "L'attestato di rischio riporta una classe che non corrisponde alla mia storia assicurativa."),
    (12, "8", Area.SETTLEMENT, "Garanzia contestata", "Danni da acqua respinti",
     "Il danno da acqua è stato respinto richiamando un'esclusione che in agenzia nessuno mi aveva illustrato."),
    (8, "2", Area.SETTLEMENT, "Ritardo nel pagamento", "Rimborso delle spese mediche in ritardo",
     "Attendo da tre mesi il rimborso delle spese mediche già autorizzate."),
    (7, "13", Area.COMMERCIAL, "Condotta dell'intermediario", "Informazioni inesatte in agenzia",
     "L'agenzia mi ha assicurato che la franchigia non si applicava. La polizza dice il contrario."),
    (6, "1", Area.ADMINISTRATIVE, "Disdetta non recepita", "Polizza rinnovata nonostante la disdetta",
     "Ho inviato la disdetta nei termini, ma mi è stata chiesta la rata dell'anno nuovo."),
    (6, "8", Area.IT, "Area riservata e app", "Impossibile pagare dall'area riservata",
     "Da due settimane il pagamento on line si interrompe e la polizza risulta non in regola."),
    (9, "I", Area.SETTLEMENT, "Ritardo nella liquidazione della prestazione", "Capitale ai beneficiari non pagato",
     "I documenti richiesti sono stati consegnati due mesi fa e il capitale non è stato ancora pagato."),
    (7, "III", Area.COMMERCIAL, "Condotta della rete di vendita", "Costi del riscatto non spiegati",
     "Le penali di riscatto non mi erano state spiegate al momento della firma."),
)  # fmt: skip
TWICE = "Registrato due volte: lo stesso scritto era arrivato anche per posta."
OTHER_OFFICE = "La questione riguarda un'impresa diversa dalla nostra."
ANSWERS = {
    Outcome.UPHELD: "Abbiamo riesaminato la Sua pratica e Le diamo ragione: provvediamo entro quindici giorni a quanto "
    "richiesto.\n\nCi scusiamo per il disagio.",
    Outcome.UPHELD_IN_PART: "Abbiamo riesaminato la Sua pratica: riconosciamo le spese documentate, che pagheremo entro quindici "
    "giorni, e non possiamo accogliere il resto della richiesta.",
    Outcome.SETTLED: "Le proponiamo una definizione che tiene conto di quanto ci ha scritto. Se la accetta, il pagamento "
    "seguirà entro quindici giorni.",
    Outcome.REJECTED: "Abbiamo riesaminato la Sua pratica con l'ufficio che l'ha trattata, e non possiamo accogliere la "
    "richiesta.",
}
REASONS = {
    Outcome.UPHELD: "",
    Outcome.UPHELD_IN_PART: "Le condizioni del contratto coprono le spese documentate; per la parte restante non risultano "
    "documenti che provino il danno.",
    Outcome.SETTLED: "Le valutazioni fatte restano corrette, ma i tempi della pratica non sono stati quelli dovuti.",
    Outcome.REJECTED: "Le condizioni del contratto, consegnate alla firma, escludono il caso descritto: gli articoli "
    "richiamati nella nostra prima risposta non lasciano spazio a un'altra lettura.",
}
PAST_SOURCE = "registro cartaceo"
# Of the register before this one: number, outcome in its words, days to the answer where it had them.
PAST = (
    (101, "accolto", 31), (102, "respinto", 44), (102, "respinto", 52), (103, "evaso", None), (104, "accolto", 60),
    (105, "transatto", 38), (106, "evaso", None), (107, "in corso", None), (108, "respinto", 45), (109, "in corso", None),
)  # fmt: skip
PAST_ENDINGS = {
    "accolto": (Outcome.UPHELD, State.ANSWERED),
    "respinto": (Outcome.REJECTED, State.ANSWERED),
    "transatto": (Outcome.SETTLED, State.ANSWERED),
    "evaso": ("", State.ANSWERED),
    "in corso": ("", State.PAST_OPEN),
}
LETTERS = 12  # of the latest answers, beside those of the customers who sign in: as they were sent
AGAIN = "La Vostra risposta non mi convince, e Vi chiedo di riesaminarla. "  # before what was written the first time
HEARING = "Chiesta all'agenzia la sua posizione sui fatti esposti, con i documenti, entro quindici giorni."


def make_complaints(
    plan: Plan, organisation: Organisation, customers: list[Customer], contacts: list[Contact]
) -> list[Complaint]:
    """Register three years of complaints, numbered by year without gaps; the open ones are the latest.

    Of the open ones some are just received, some under review, some suspended while the agency is heard, and a few are
    past their term. One open and one answered are of the first customer who signs in.
    """
    rng = plan.stream("complaints")
    policies = {policy.holder_id: policy for policy in Policy.objects.filter(holder__in=customers).order_by("-pk")}
    officer = organisation.staff[roles.COMPLAINT_OFFICER]
    ages = sorted((_age(rng, number, plan.complaints) for number in range(plan.complaints)), reverse=True)
    promoted = _promotable(contacts, rng)
    stories = []
    wanted = {  # at least one of each state, whatever chance brings
        1: State.WITHDRAWN,
        2: State.CANCELLED,
        next(number for number, age in enumerate(ages) if age < 58): State.UNDER_REVIEW,
        next(number for number, age in enumerate(ages) if age < 14): State.SUSPENDED,
        len(ages) - 1: State.RECEIVED,
    }
    for left in (0, 3):  # and one on each of the last rungs of alerts
        wanted.setdefault(next(number for number, age in enumerate(ages) if age <= 45 - left), State.UNDER_REVIEW)
    answered = next(number for number, age in enumerate(ages) if age < 100)
    wanted.setdefault(answered, State.ANSWERED)
    for number, age in enumerate(ages):
        received = plan.today - age * DAY
        own = number in (answered, len(ages) - 8)
        customer = customers[0] if own else rng.choice(customers)
        began_as = [] if own or number in wanted else promoted
        policy = policies.get(customer.pk)
        stories.append(
            _InventedComplaint(plan, rng, received, customer, policy, officer, began_as, number, wanted.get(number))
        )
    stories.sort(key=lambda story: story.complaint.registered_at)
    known = {each.year: each for each in RegisterYear.objects.all()}
    for story in stories:
        year = story.complaint.registered_at.astimezone(ROME).year
        entry = known.setdefault(year, RegisterYear(year=year))
        entry.last_number += 1
        story.complaint.year, story.complaint.sequence = entry, entry.last_number
    RegisterYear.objects.bulk_create(
        known.values(), update_conflicts=True, unique_fields=["year"], update_fields=["last_number"]
    )
    made = Complaint.objects.bulk_create([story.complaint for story in stories])
    others = make_intermediaries(organisation.agencies)
    rows = {row.agency_id: row for row in Intermediary.objects.exclude(agency=None).select_related("agency")}
    suspensions = [each for story in stories for each in story.suspensions]
    asking = plan.stream("enquiries")
    for each, enquiry in zip(
        suspensions,
        Enquiry.objects.bulk_create([asked_before(each, rows, asking) for each in suspensions]),
        strict=True,
    ):
        each.enquiry = enquiry
    Suspension.objects.bulk_create(suspensions)
    ComplaintEvent.objects.bulk_create(each for story in stories for each in story.events)
    _second_letters(made, plan, rng)
    make_other_enquiries(plan, made, others, officer)
    _make_letters(made, officer, who_sign_in={customer.pk for customer in customers[: len(CUSTOMERS)]})
    _past_register(plan, customers[len(CUSTOMERS) :])
    return made


def _past_register(plan: Plan, customers: list[Customer]) -> None:
    """Some entries of the register before this one, as its file had them: a number used twice, answers without text or day."""
    rng = plan.stream("past register")
    entries: list[PastEntry] = []
    for place, (number, ending, days) in enumerate(PAST):
        received = datetime.date(plan.today.year - 4, 3, 1) + (place * 9) * DAY
        _weight, ramo, area, reason, subject, text = MATTERS[place % len(MATTERS)]
        outcome, state = PAST_ENDINGS[ending]
        customer = rng.choice(customers) if customers else None
        complaint = Complaint(
            old_number=f"{number}/{received.year}",
            customer=customer,
            complainant_name=str(customer or "Anna Bianchi"),
            received_by="post" if place % 3 else "email",
            ramo=ramo,
            area=area,
            reason=reason,
            subject=subject,
            text=text,
            received_on=received,
            registered_at=noon_of(received),
            state=state,
            outcome=outcome,
            answer=ANSWERS[Outcome(outcome)] if outcome and days is not None else "",
            answered_at=None if days is None else noon_of(received + days * DAY),
        )
        entries.append(
            PastEntry(
                complaint=complaint,
                source=PAST_SOURCE,
                old_number=complaint.old_number,
                received_on=received,
                disputed={"respinto": True, "accolto": False}.get(ending),
                stated={"Esito": ending, "Motivo": reason},
                digest=f"{place:032d}",
                imported_at=_moment(plan.today - 200 * DAY, 18),
            )
        )
    Complaint.objects.bulk_create(each.complaint for each in entries)
    PastEntry.objects.bulk_create(entries)
    ComplaintEvent.objects.bulk_create(
        ComplaintEvent(
            complaint=each.complaint,
            kind=ComplaintEvent.Kind.IMPORTED,
            details={"source": PAST_SOURCE},
            at=each.imported_at,
        )
        for each in entries
    )


def _make_letters(made: list[Complaint], officer: User, *, who_sign_in: set[int]) -> None:
    """Make the letters of the latest answers, and all those of the customers who sign in."""
    answered = sorted(((each.answered_at, each) for each in made if each.answered_at), key=itemgetter(0))
    latest = {complaint.pk for _at, complaint in answered[-LETTERS:]}
    letters = []
    for answered_at, complaint in answered:
        if complaint.pk not in latest and complaint.customer_id not in who_sign_in:
            continue
        letter = compose(
            complaint,
            outcome=complaint.outcome,
            answer=complaint.answer,
            reasons=complaint.reasons,
            on=answered_at.astimezone(ROME).date(),
            signed_by=str(officer),
        )
        letters.append(
            ComplaintLetter(
                complaint=complaint,
                pdf=pdf_of(letter),
                paragraphs=letter.versions,
                frame=list(letter.frame),
                language=letter.language,
                by=officer,
                made_at=answered_at,
            )
        )
    ComplaintLetter.objects.bulk_create(letters)


def _age(rng: Random, number: int, total: int) -> int:
    """How many days ago: a sixth in the last two months, where complaints are open, the rest over three years."""
    recent = total // 6
    return number * 57 // recent if number < recent else 46 + int(rng.random() ** 1.2 * 940)


def _promotable(contacts: list[Contact], rng: Random) -> list[Contact]:
    """Choose written contacts that turn out to be complaints; their first receipt counts. Oldest first."""
    old = [each for each in contacts if each.customer_id and each.kind in ("request", "consideration")]
    return sorted(rng.sample(old, min(len(old) // 8, 12)), key=lambda each: each.started_at)


def _second_letters(made: list[Complaint], plan: Plan, rng: Random) -> None:
    """Let two people who were refused write again on the same matter: a new complaint, linked to the first."""
    refused = [each for each in made if each.outcome == Outcome.REJECTED]
    open_ones = [each for each in made if each.state == State.UNDER_REVIEW and each.contact_id is None]
    for earlier, later in zip(refused[-2:], open_ones[-2:], strict=False):
        if earlier.pk < later.pk:
            Complaint.objects.filter(pk=later.pk).update(
                follows=earlier,
                customer=earlier.customer_id,
                complainant_name=earlier.complainant_name,
                policy=earlier.policy_id,
                ramo=earlier.ramo,
                area=earlier.area,
                reason=earlier.reason,
                subject=earlier.subject,
                text=AGAIN + earlier.text,
            )


class _InventedComplaint:
    """One complaint from its receipt to where it stands today."""

    def __init__(
        self,
        plan: Plan,
        rng: Random,
        received: datetime.date,
        customer: Customer,
        policy: Policy | None,
        officer: User,
        promoted: list[Contact],
        number: int,
        wanted: str | None,
    ):
        self.plan, self.rng, self.officer, self.wanted = plan, rng, officer, wanted
        self.suspensions: list[Suspension] = []
        self.events: list[ComplaintEvent] = []
        contact = None
        if (
            wanted is None
            and promoted
            and promoted[0].started_at.astimezone(ROME).date() <= received
            and received <= plan.today
        ):
            contact = promoted.pop(0)
            assert contact.customer is not None  # _promotable takes those of a customer
            customer = contact.customer
            policy = None
            received_first = contact.started_at.astimezone(ROME).date()
        else:
            received_first = received
        self.customer = customer
        weights = [matter[0] for matter in MATTERS]
        _weight, ramo, area, reason, subject, text = rng.choices(MATTERS, weights)[0]
        about_conduct = "Condotta" in reason
        at_agency = received_first - rng.randint(1, 6) * DAY if rng.random() < 0.12 else None
        registered = _moment(max(received, received_first), 9 + rng.random() * 7)
        person = customer.kind == "person"
        kind, proposer = rng.choices(
            (("policyholder", "interested"), ("insured", "interested"), ("injured", "lawyer"), ("beneficiary", "interested"),
             ("association", "association")),
            (70, 9, 11, 6, 4) if person else (90, 5, 5, 0, 0),
        )[0]  # fmt: skip
        treatable = number % 29 != 7
        self.complaint = Complaint(
            contact=contact,
            customer=customer,
            policy=policy if policy and policy.ramo == ramo else None,
            agency_id=customer.agency_id if about_conduct or at_agency else None,
            complainant_name=str(customer),
            complainant_kind=kind,
            proposer_kind=proposer,
            address=f"reclamo.{number}@posta.example",
            province=customer.province,
            ramo=ramo,
            area=area,
            reason=reason,
            subject=subject,
            text=text,
            about_conduct=about_conduct,
            treatable=treatable,
            not_treatable_reason="" if treatable else OTHER_OFFICE,
            economic_value=rng.choice((None, None, 350, 780, 1_200, 2_600, 5_400)),
            received_on=received_first,
            received_by_intermediary_on=at_agency,
            registered_at=min(registered, plan.as_of),
        )
        self._event(ComplaintEvent.Kind.REGISTERED, registered, officer)
        self._go(min(received_first, at_agency or received_first), about_conduct or bool(at_agency))

    def _go(self, first: datetime.date, hearing: bool) -> None:
        """Review, suspend, answer or withdraw, as the days allow: the clock counts from the earlier receipt."""
        complaint, rng, today = self.complaint, self.rng, self.plan.today
        registered_on = complaint.registered_at.astimezone(ROME).date()
        age = (today - first).days
        wanted = self.wanted
        if wanted == State.CANCELLED:
            complaint.state, complaint.cancelled_as = State.CANCELLED, "mistake"  # data/intake.py names the double
            self._event(ComplaintEvent.Kind.CANCELLED, _moment(registered_on + DAY, 10), self.officer, reason=TWICE)
            return
        if wanted == State.RECEIVED or ((today - registered_on).days < 3 and rng.random() < 0.8):
            return  # just received, nobody has it yet
        complaint.state, complaint.handler = State.UNDER_REVIEW, self.officer
        self._event(ComplaintEvent.Kind.ASSIGNED, _moment(registered_on + DAY, 9.5), self.officer)
        self._event(
            ComplaintEvent.Kind.CLASSIFIED, _moment(registered_on + DAY, 10), self.officer, area=complaint.area
        )
        hearing = wanted == State.SUSPENDED or (hearing and rng.random() < 0.85)
        if hearing and self._suspend(registered_on + (1 if wanted else rng.randint(2, 5)) * DAY):
            return
        if wanted == State.UNDER_REVIEW:
            return
        answer_after = min(rng.gauss(22, 7.5), 41) + complaint.suspended_days
        late = rng.random() < 0.05 and wanted != State.ANSWERED
        answered_on = first + round(max(4, answer_after + (32 if late else 0))) * DAY
        answered_on = max(answered_on, registered_on + 2 * DAY)
        if complaint.suspended_days:
            answered_on = max(answered_on, max(each.ended_on for each in self.suspensions if each.ended_on) + DAY)
        if wanted == State.WITHDRAWN or (rng.random() < 0.04 and wanted != State.ANSWERED):
            self._withdraw(registered_on)
            return
        if answered_on >= today or (age < 62 and rng.random() < 0.3):
            return  # still open; a few of these are past their term
        outcomes = (Outcome.UPHELD, Outcome.UPHELD_IN_PART, Outcome.SETTLED, Outcome.REJECTED)
        outcome = rng.choices(outcomes, (26, 8, 8, 58))[0]
        if wanted == State.ANSWERED:
            outcome = Outcome.REJECTED  # its letter has the paragraphs that the law adds
        complaint.state, complaint.outcome = State.ANSWERED, outcome
        complaint.answer, complaint.reasons = ANSWERS[outcome], REASONS[outcome]
        complaint.answered_at = _moment(answered_on, 11 + rng.random() * 5)
        self._event(ComplaintEvent.Kind.ANSWERED, complaint.answered_at, self.officer, outcome=str(outcome))

    def _suspend(self, start: datetime.date) -> bool:
        """Stop the clock while the agency is heard, at most 15 days; returns whether it still stands still."""
        complaint, today = self.complaint, self.plan.today
        if start > today:
            return False
        days = 15 if self.wanted else self.rng.randint(7, 15)
        complaint.about_conduct, complaint.agency_id = True, complaint.agency_id or self.customer.agency_id
        self._event(ComplaintEvent.Kind.SUSPENDED, _moment(start, 12), self.officer)
        self.suspensions.append(Suspension(complaint=complaint, started_on=start, reason=HEARING, by=self.officer))
        if start + days * DAY >= today:
            complaint.state = State.SUSPENDED
            return True
        self.suspensions[-1].ended_on = start + days * DAY
        complaint.suspended_days = days
        self._event(ComplaintEvent.Kind.RESUMED, _moment(start + days * DAY, 12), self.officer, days=days)
        return False

    def _withdraw(self, registered_on: datetime.date) -> None:
        self.complaint.state = State.WITHDRAWN
        on = min(registered_on + self.rng.randint(2, 9) * DAY, self.plan.today)
        self._event(ComplaintEvent.Kind.WITHDRAWN, _moment(on, 15), self.officer)

    def _event(self, kind: str, at: datetime.datetime, by: User, **details: object) -> None:
        at = min(at, self.plan.as_of)
        self.events.append(ComplaintEvent(complaint=self.complaint, kind=kind, by=by, details=details, at=at))


def _moment(day: datetime.date, hour: float) -> datetime.datetime:
    """An hour of a day in Rome."""
    return datetime.datetime.combine(day, datetime.time(int(hour), int(hour % 1 * 60)), tzinfo=ROME)
