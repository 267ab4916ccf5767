"""Written requests of the last year: site form (open, guided, consideration), reserved area, app, e-mail, post."""

import datetime
import hashlib
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

from contact_center.contacts.opening import digest_of, tracking_secret
from contact_center.contacts.reopening import NOT_RESOLVED
from contact_center.due.targets import clock_of
from contact_center.models import (
    Agent,
    Contact,
    ContactEntry,
    ContactEvent,
    Message,
    SatisfactionSurvey,
    WebFormRequest,
)
from customers.models import Customer, User
from foundation.dates import ROME

from . import profiles
from .organisation import Organisation
from .people import FEATURED, TERMS
from .profiles import TOPICS, Plan, TopicShape, is_working_day


@dataclass(frozen=True, slots=True)
class Words:
    """A topic in words: what people write, and what the answer is."""

    subject: str
    text: str
    reply: str
    questions: dict[str, str] = field(default_factory=dict)


TEXTS = {
    "claims-report": Words(
        "Denuncia di sinistro",
        "Buongiorno, ieri sera ho urtato un paletto in retromarcia e devo denunciare il danno. Come procedo?",
        "La Sua denuncia è stata registrata. Entro domani La contatterà il liquidatore incaricato.",
        {"targa": "in polizza", "data dell'evento": "ieri", "modulo firmato da entrambi": "no"},
    ),
    "claims-status": Words(
        "Stato del sinistro",
        "Vorrei sapere a che punto è la mia pratica: ho inviato tutti i documenti tre settimane fa e non ho più notizie.",
        "La pratica è completa e in valutazione. Il termine per l'offerta è di trenta giorni dalla documentazione completa.",
        {"numero del sinistro": "nella denuncia", "che cosa vuole sapere": "i tempi"},
    ),
    "claims-documents": Words(
        "Documenti per il sinistro",
        "Allego le fotografie del danno e il preventivo. Mi confermate che basta così?",
        "Abbiamo ricevuto quanto inviato. Manca la copia del modulo di constatazione: può rispondere a questo messaggio.",
    ),
    "claims-payment": Words(
        "Offerta per il danno",
        "L'offerta ricevuta non copre la fattura del carrozziere. È possibile una nuova valutazione?",
        "Abbiamo chiesto al liquidatore di riesaminare la stima. Le risponderemo per iscritto.",
    ),
    "policy-expiry": Words(
        "Rinnovo della polizza auto",
        "La mia polizza scade a fine mese. Per quanti giorni resto coperto se passo in agenzia la settimana dopo?",
        "La copertura resta operante fino al quindicesimo giorno dopo la scadenza. Per il preventivo si rivolga all'agenzia.",
        {"targa": "in polizza", "che cosa desidera": "rinnovo"},
    ),
    "policy-documents": Words(
        "Copia di polizza",
        "Mi serve una copia della polizza casa con le condizioni, da consegnare in banca.",
        "La copia Le arriva per posta elettronica; se Le serve firmata, la chieda all'agenzia.",
    ),
    "policy-risk-certificate": Words(
        "Attestato di rischio",
        "Sto acquistando un'auto usata: dove trovo il mio attestato di rischio?",
        "L'attestato si chiede all'agenzia o al servizio clienti, ed è valido cinque anni.",
    ),
    "policy-change": Words(
        "Cambio di targa",
        "Ho sostituito l'auto. Vorrei trasferire la polizza sul nuovo veicolo dalla prossima settimana.",
        "Per il trasferimento occorre il libretto del nuovo veicolo: lo alleghi qui e prepareremo la variazione.",
        {"targa attuale": "in polizza", "da quando": "lunedì prossimo"},
    ),
    "policy-cancellation": Words(
        "Disdetta",
        "Vorrei disdire la polizza infortuni alla prossima scadenza. Vale questa comunicazione?",
        "La disdetta è registrata con effetto dalla scadenza. Riceverà conferma scritta.",
    ),
    "policy-life": Words(
        "Valore di riscatto",
        "Chiedo il valore di riscatto della mia polizza vita e i tempi di liquidazione.",
        "Il valore aggiornato è in allegato. La liquidazione avviene entro trenta giorni dalla documentazione completa.",
    ),
    "payments-online": Words(
        "Pagamento non riuscito",
        "Il pagamento con carta si ferma all'ultimo passaggio. Ho provato due volte, non vorrei pagare doppio.",
        "Nessun addebito risulta registrato. Può riprovare ora: il servizio è di nuovo regolare.",
    ),
    "payments-not-shown": Words(
        "Rata pagata ma non registrata",
        "Ho pagato la rata con bonifico dieci giorni fa e risulta ancora da pagare.",
        "Abbiamo abbinato il bonifico alla polizza: la rata ora risulta pagata dalla data del bonifico.",
    ),
    "payments-refund": Words(
        "Rimborso",
        "Ho venduto il veicolo e chiedo il rimborso della parte di premio non goduta.",
        "Il rimborso è stato disposto sul conto indicato; l'accredito richiede circa dieci giorni.",
    ),
    "area-sign-in": Words(
        "Accesso all'area riservata",
        "Non riesco a entrare: il codice arriva dopo dieci minuti e a quel punto è scaduto.",
        "Abbiamo aggiornato il Suo numero di telefono e inviato un nuovo collegamento per la password.",
        {"messaggio di errore": "codice scaduto", "dispositivo": "telefono"},
    ),
    "area-app": Words(
        "L'app si chiude",
        "Dopo l'aggiornamento l'app si chiude quando apro le polizze.",
        "Il difetto è noto e corretto nella versione in uscita. Intanto può entrare nell'area riservata dal sito.",
    ),
    "commercial-quote": Words(
        "Preventivo casa",
        "Vorrei un preventivo per la casa dove ci trasferiamo in primavera, circa cento metri quadri.",
        "L'agenzia di riferimento La contatterà con due proposte entro due giorni lavorativi.",
    ),
    "data-change": Words(
        "Cambio di indirizzo",
        "Abbiamo cambiato casa: vi prego di aggiornare l'indirizzo per la corrispondenza.",
        "L'indirizzo è aggiornato per tutte le Sue polizze.",
    ),
    "data-privacy": Words(
        "Revoca del consenso",
        "Non desidero più ricevere offerte dall'agenzia. Confermate la revoca?",
        "La revoca è registrata da oggi. Continuerà a ricevere le sole comunicazioni di servizio.",
    ),
    "other-information": Words(
        "Informazioni",
        "Vorrei sapere in quali giorni si può telefonare al numero verde.",
        "Il numero verde risponde dal lunedì al venerdì dalle 8.30 alle 19, il sabato fino alle 13.",
    ),
}
CONSIDERATIONS = (
    ("Un grazie", "Volevo ringraziare l'operatrice che mi ha aiutato ieri con la denuncia: gentile e molto chiara."),
    ("Un suggerimento", "Sarebbe utile vedere nell'app, accanto alla scadenza, anche l'importo della rata."),
    ("Attese al telefono", "Il lunedì mattina si aspetta troppo. Una richiamata automatica aiuterebbe."),
    ("Buona esperienza", "Il carrozziere convenzionato ha restituito l'auto nei tempi promessi. Complimenti."),
    (
        "Documenti nell'area riservata",
        "Vorrei trovare nell'area riservata anche i documenti di polizza: oggi li devo chiedere all'agenzia.",
    ),
)
STILL_MISSING = "Mi è stato risposto, ma il documento non è ancora arrivato."
FACT_MISSING = (
    "Manca la data in cui il cliente ha inviato i documenti: senza non possiamo decidere. Chiederla e rimandare qui."
)
FACT_FOUND = "Chiesto per telefono: inviati il mese scorso per raccomandata, la ricevuta è nel fascicolo."
NOT_YET_WORKED = datetime.timedelta(days=10)  # since a customer said no
NUDGE = "Buongiorno, avete novità? Resto in attesa di un riscontro."
ASK_BACK = "Per proseguire ci occorre il numero di polizza: può rispondere a questo messaggio."
AGAIN = "Ci scusiamo per l'attesa e confermiamo quanto Le abbiamo scritto. "
THANKS = "Perfetto, vi ringrazio."
# What the second level notes while it waits for somebody else, by the area of the topic.
NOTES = {"claims": "Sollecitato il liquidatore: risponde entro domani."}
NOTE = "Verificato con l'ufficio: la pratica è in lavorazione."
NOTE_BY_REASON = {
    "authority": "Oltre i limiti del primo livello: serve l'autorizzazione del responsabile.",
    "other_office": "Passato all'ufficio che decide, con i documenti.",
    "knowledge": "Il caso non è nelle guide: chiesto parere al secondo livello.",
    "system_down": "Sistema delle polizze non disponibile: da riprendere appena torna.",
}

Channel, State = Contact.Channel, Contact.State
ENTERED = (Channel.POST, Channel.VISIT)  # by hand

# The states of the requests of the customers who sign in, one after the other, and how many days ago they wrote.
OF_THOSE_WHO_SIGN_IN = (
    *((State.OPEN, 0.4), (State.OPEN, 0.6), (State.OPEN, 0.9)),
    *((State.WAITING, 6), (State.IN_PROGRESS, 4), (State.CLOSED, 9)),
    *((State.CLOSED, 40), (State.WAITING, 7), (State.IN_PROGRESS, 3)),
    *((State.CLOSED, 150), (State.CLOSED, 210), (State.CLOSED, 75)),
)


def make_written(
    plan: Plan, organisation: Organisation, customers: list[Customer], emails: dict[int, str]
) -> list[Contact]:
    """Create the written contacts with their threads; returns them, oldest first.

    The customers who sign in come first, so that their pages show requests in several states.
    """
    rng = plan.stream("written")
    shapes = [shape for shape in TOPICS if shape.written and shape.code in TEXTS]
    weights = [shape.written for shape in shapes]
    made: list[_Thread] = []
    for number in range(plan.written):
        # A third in the last two weeks, the rest over the year: the queue has work and the year has a history.
        days = rng.random() * 14 if number % 3 == 0 else 14 + rng.random() ** 1.3 * 350
        customer = rng.choice(customers) if rng.random() < 0.9 else None
        wanted = ""
        if number < len(OF_THOSE_WHO_SIGN_IN):
            wanted, days = OF_THOSE_WHO_SIGN_IN[number]
            customer = customers[number % FEATURED]
        at = _in_daytime(plan.as_of - datetime.timedelta(days=days), rng)
        shape = rng.choices(shapes, weights)[0]
        made.append(_Thread(plan, organisation, rng, number, min(at, plan.as_of), customer, shape, wanted))
    made.sort(key=lambda thread: (thread.contact.started_at, thread.number))
    for thread in made:
        thread.write(emails)
        thread.set_due()
    contacts = Contact.objects.bulk_create([thread.contact for thread in made])
    WebFormRequest.objects.bulk_create(form for thread in made for form in thread.forms)
    ContactEntry.objects.bulk_create(entry for thread in made for entry in thread.entries)
    Message.objects.bulk_create(message for thread in made for message in thread.messages)
    ContactEvent.objects.bulk_create(event for thread in made for event in thread.events)
    SatisfactionSurvey.objects.bulk_create(survey for thread in made for survey in thread.surveys)
    return contacts


def _in_daytime(at: datetime.datetime, rng: Random) -> datetime.datetime:
    """The same day at an hour of Italy at which people write."""
    at = at.astimezone(ROME)
    hour = rng.choices(range(6, 24), (1, 3, 6, 9, 10, 10, 8, 6, 7, 8, 8, 8, 7, 7, 8, 7, 4, 2))[0]
    return at.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)


def _awake(at: datetime.datetime) -> datetime.datetime:
    """That moment, or where it is night in Italy the morning after."""
    local = at.astimezone(ROME)
    if 7 <= local.hour < 23:
        return at
    morning = local.date() + datetime.timedelta(days=local.hour >= 23)
    return datetime.datetime.combine(morning, datetime.time(8, local.minute, local.second), tzinfo=ROME)


def _at_work(at: datetime.datetime, rng: Random) -> datetime.datetime:
    """That moment, or where the office is closed one in the first hours of the next working day."""
    local = at.astimezone(ROME)
    if is_working_day(local.date()) and 9 <= local.hour < 18:
        return at
    day = local.date() + datetime.timedelta(days=local.hour >= 9)
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    opens = datetime.datetime.combine(day, datetime.time(9), tzinfo=ROME)
    return opens + datetime.timedelta(minutes=rng.random() * 150)


class _Thread:
    """One written contact with its messages, events and surveys."""

    def __init__(
        self,
        plan: Plan,
        organisation: Organisation,
        rng: Random,
        number: int,
        at: datetime.datetime,
        customer: Customer | None,
        shape: TopicShape,
        wanted: str,
    ):
        self.plan, self.organisation, self.rng, self.number, self.shape = plan, organisation, rng, number, shape
        self.wanted = wanted
        channels = (Channel.SITE_FORM, Channel.PORTAL, Channel.APP, Channel.EMAIL, Channel.POST)
        channel = rng.choices(channels, (56, 20, 9, 13, 2))[0] if number >= 5 else channels[number]
        if customer is None and channel in (Channel.PORTAL, Channel.APP):
            channel = Channel.SITE_FORM
        if channel == Channel.EMAIL and number % 5 == 0:
            channel = Channel.VISIT
        self.form = ""
        if channel == Channel.SITE_FORM:
            self.form = rng.choices(("open", "guided", "consideration"), (55, 31, 14))[0]
            if number % 97 in (0, 6, 7):
                self.form = {0: "open", 6: "guided", 7: "consideration"}[number % 97]
        self.words = TEXTS[shape.code]
        self.is_consideration = self.form == "consideration"
        self.forms: list[WebFormRequest] = []
        self.entries: list[ContactEntry] = []
        self.surveys: list[SatisfactionSurvey] = []
        self.messages: list[Message] = []
        self.events: list[ContactEvent] = []
        kind = Contact.Kind.CONSIDERATION if self.is_consideration else Contact.Kind.REQUEST
        if shape.code == "claims-report" and not self.is_consideration:
            kind = Contact.Kind.CLAIM_REPORT
        self.topic = organisation.topics["other-information" if self.is_consideration else shape.code]
        subject, self.text = (
            rng.choice(CONSIDERATIONS) if self.is_consideration else (self.words.subject, self.words.text)
        )
        self.contact = Contact(
            channel=channel,
            kind=kind,
            customer=customer,
            subject=subject,
            topic=self.topic,
            team=organisation.teams["primo-livello"],
            started_at=at,
        )

    def write(self, emails: dict[int, str]) -> None:
        """Write the story: received, taken, perhaps escalated, answered, perhaps reopened, closed; as far as time allows."""
        rng, contact, now = self.rng, self.contact, self.plan.as_of
        customer = contact.customer
        contact.address = emails.get(customer.pk, "") if customer else f"visitatore.{self.number}@posta.example"
        if contact.channel in ENTERED or not contact.address:
            contact.address = f"lettera.{self.number}@posta.example" if contact.channel not in ENTERED else ""
        if contact.channel in ENTERED:
            self._enter()
        self._say(Message.Direction.INBOUND, self.text, contact.started_at)
        self._note(ContactEvent.Kind.OPENED, None, contact.started_at, channel=str(contact.channel))
        if self.form or contact.channel in (Channel.PORTAL, Channel.APP):
            self._fill_form(customer)
        age = (now - contact.started_at).total_seconds() / 86_400
        agent = rng.choice(self.organisation.agents[:12])
        # Not everything old is closed: some is waiting for the customer, a little is simply late.
        chance, wanted = rng.random(), self.wanted
        taken_at = _at_work(contact.started_at + datetime.timedelta(hours=0.3 + rng.random() ** 2 * 20), rng)
        untaken = wanted == State.OPEN if wanted else (age < 2.5 and chance < 0.45) or (age < 12 and chance < 0.07)
        if taken_at >= now or untaken:
            return
        contact.agent = contact.owner = agent
        contact.state = State.IN_PROGRESS
        contact.version = 2
        self._note(ContactEvent.Kind.TAKEN, agent.user, taken_at)
        at = _at_work(taken_at + datetime.timedelta(minutes=4 + rng.random() * 50), rng)
        escalated = (0.055 * self.shape.hardness + 0.02) * (3 if age < 6 else 1)
        if wanted == State.IN_PROGRESS or (not wanted and rng.random() < escalated):
            at = self._escalate(agent, at)
        in_hand = wanted == State.IN_PROGRESS if wanted else (age < 4 and chance < 0.6) or (age < 11 and chance < 0.12)
        if at >= now or in_hand:
            return
        if wanted == State.WAITING or (not wanted and contact.level == 1 and rng.random() < 0.13):
            self._say(Message.Direction.OUTBOUND, ASK_BACK, at, by=contact.owner)
            self._note(ContactEvent.Kind.REPLIED, contact.owner, at)
            back = _awake(at + datetime.timedelta(hours=3 + rng.random() * 60))
            if back >= now or wanted or (age < 16 and rng.random() < 0.35):
                contact.state = State.WAITING
                self._note(ContactEvent.Kind.PAUSED, contact.owner, at)
                return
            self._note(ContactEvent.Kind.PAUSED, contact.owner, at)
            self._note(ContactEvent.Kind.RECEIVED, None, back)
            self._note(ContactEvent.Kind.RESUMED, None, back)
            self._say(
                Message.Direction.INBOUND, "Il numero di polizza è quello indicato nella mia area riservata.", back
            )
            at = _at_work(back + datetime.timedelta(hours=1 + rng.random() * 6), rng)
            if at >= now:
                return
        self._close(at)

    def set_due(self) -> None:
        """Set the due time as the product does, from the events."""
        self.events.sort(key=lambda event: event.at)
        clock = clock_of(self.contact, self.events, self.organisation.book)
        self.contact.due_at = clock.due_at

    def _escalate(self, agent: Agent, at: datetime.datetime) -> datetime.datetime:
        """Hand it to the second level; returns when that answers."""
        rng, contact = self.rng, self.contact
        reason = rng.choices(profiles.REASONS, (41, 30, 18, 11))[0]
        code = profiles.SECOND_LEVEL_TEAM[self.topic.area]
        specialist = rng.choice(self.organisation.specialists[code])
        contact.level, contact.escalation, contact.escalated_at = 2, reason, at
        contact.team, contact.owner = self.organisation.teams[code], specialist
        contact.outcome = Contact.Outcome.UNRESOLVED
        contact.version += 1
        self._note(ContactEvent.Kind.ESCALATED, agent, at, reason=reason, team=code)
        self._say(Message.Direction.NOTE, NOTE_BY_REASON[reason], at, by=agent)
        if self.number % 12 == 4:
            at = self._send_back(agent, specialist, code, at)
        if rng.random() < 0.25:
            nudged = _awake(at + datetime.timedelta(hours=20))
            noted = _at_work(nudged + datetime.timedelta(hours=2), rng)
            self._say(Message.Direction.INBOUND, NUDGE, nudged)
            self._say(Message.Direction.NOTE, NOTES.get(self.topic.area, NOTE), noted, by=specialist)
            at = noted
        return _at_work(at + datetime.timedelta(hours=6 + rng.random() ** 2 * 130), rng)

    def _send_back(self, agent: Agent, specialist: Agent, code: str, at: datetime.datetime) -> datetime.datetime:
        """The second level lacked a fact: it goes back, and comes once more with it; returns when."""
        back = _at_work(at + datetime.timedelta(hours=3), self.rng)
        again = _at_work(back + datetime.timedelta(hours=2), self.rng)
        if again >= self.plan.as_of:
            return at
        reason = self.contact.escalation
        self.contact.sent_back_count = 1
        self._note(
            ContactEvent.Kind.SENT_BACK,
            specialist,
            back,
            from_team=code,
            team="",
            sent_back="facts_missing",
            to_level=1,
        )
        self._say(Message.Direction.NOTE, FACT_MISSING, back, by=specialist)
        self._say(Message.Direction.NOTE, FACT_FOUND, again, by=agent)
        self._note(ContactEvent.Kind.ESCALATED, agent, again, reason=reason, team=code)
        self.contact.escalated_at = again
        return again

    def _close(self, at: datetime.datetime) -> None:
        rng, contact, now = self.rng, self.contact, self.plan.as_of
        answered = not self.is_consideration or rng.random() < 0.7
        if answered:
            reply = (
                "La ringraziamo: abbiamo riferito le Sue parole ai colleghi."
                if self.is_consideration
                else self.words.reply
            )
            self._say(Message.Direction.OUTBOUND, reply, at, by=contact.owner)
            self._note(ContactEvent.Kind.REPLIED, contact.owner, at)
        back = _awake(at + datetime.timedelta(hours=5 + rng.random() * 90))
        again = _at_work(back + datetime.timedelta(hours=1 + rng.random() * 7), rng)
        if rng.random() < 0.06 and again < now:
            contact.reopened_count = 1
            self._say(Message.Direction.INBOUND, NUDGE, back)
            self._note(ContactEvent.Kind.CLOSED, contact.owner, at, outcome=str(Contact.Outcome.RESOLVED))
            self._note(ContactEvent.Kind.REOPENED, None, back)
            at = again
            self._say(Message.Direction.OUTBOUND, AGAIN + self.words.reply, at, by=contact.owner)
        elif rng.random() < 0.12 and back < now:
            self._say(Message.Direction.INBOUND, THANKS, back)
        contact.state, contact.closed_at = State.CLOSED, at
        contact.outcome = Contact.Outcome.RESOLVED
        if contact.reopened_count or rng.random() < 0.012:
            contact.outcome = Contact.Outcome.UNRESOLVED
        contact.version += 2
        contact.wrap_up = self.organisation.code_for(contact.outcome, self.number)
        if contact.wrap_up:
            self._note(ContactEvent.Kind.CODED, contact.owner, at, code=contact.wrap_up.code)
        self._note(ContactEvent.Kind.CLOSED, contact.owner, at, outcome=str(contact.outcome))
        if rng.random() < 0.2:
            contact.confirmed = rng.random() < (0.93 if contact.outcome == "resolved" else 0.35)
            contact.satisfaction = rng.choices(
                (5, 4, 3, 2, 1), (55, 28, 9, 4, 4) if contact.confirmed else (3, 8, 20, 29, 40)
            )[0]
        if self.number % 8 == 5 and now - at < NOT_YET_WORKED:
            contact.confirmed, contact.satisfaction = False, 2
        if contact.kind != Contact.Kind.CONSIDERATION and contact.address:
            self._ask(at)

    def _ask(self, at: datetime.datetime) -> None:
        """Ask whether it was resolved, at the closing; some answer some hours later."""
        contact, answered_at = self.contact, None
        if contact.confirmed is not None:
            answered_at = min(_awake(at + datetime.timedelta(hours=5)), self.plan.as_of)
            answers: dict[str, Any] = {"resolved": contact.confirmed, "rating": contact.satisfaction}
            if contact.confirmed is False and self.plan.as_of - answered_at < NOT_YET_WORKED:
                answers["comment"] = STILL_MISSING
                self._come_back(answered_at)
            self._note(ContactEvent.Kind.CONFIRMED, None, answered_at, **answers)
        self.surveys.append(
            SatisfactionSurvey(
                contact=contact,
                token_digest=hashlib.sha256(f"survey:{self.plan.seed}:{self.number}".encode()).hexdigest(),
                asked_at=at,
                answered_at=answered_at,
                resolved=contact.confirmed,
                rating=contact.satisfaction,
            )
        )

    def _come_back(self, at: datetime.datetime) -> None:
        """The customer answered that it was not resolved: it is open again, with whoever had it."""
        contact, closed_at = self.contact, f"{self.contact.closed_at}"
        former = {
            "outcome": str(contact.outcome),
            "code": contact.wrap_up_id,
            "confirmed": None,
            "closed_at": closed_at,
        }
        contact.state, contact.closed_at, contact.wrap_up = State.OPEN, None, None
        contact.outcome, contact.reopened_count = Contact.Outcome.UNRESOLVED, contact.reopened_count + 1
        self._note(ContactEvent.Kind.REOPENED, None, at, why=NOT_RESOLVED, came_back=True, former=former)

    def _enter(self) -> None:
        """An agent entered what came by post, or was said at an office, soon after."""
        contact = self.contact
        by = self.organisation.agents[self.number % 12].user
        assert by is not None, "the agents of the first level sign in"
        self.entries.append(
            ContactEntry(
                contact=contact,
                submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"demonstration:{self.number}"),
                name="" if contact.customer else "Giulia Serra",
                postal_address="" if contact.customer else "Via dei Mille 4, 27100 Pavia",
                place="Agenzia di Pavia" if contact.channel == Channel.VISIT else "",
                entered_by=by,
                entered_at=min(contact.started_at + datetime.timedelta(minutes=40), self.plan.as_of),
            )
        )

    def _fill_form(self, customer: Customer | None) -> None:
        rng, contact = self.rng, self.contact
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        asked = self.words.questions.items() if self.form == "guided" else ()
        answers = [{"code": "", "label": label, "kind": "text", "value": text, "text": text} for label, text in asked]
        self.forms.append(
            WebFormRequest(
                contact=contact,
                form=self.form or WebFormRequest.Form.OPEN,
                name=str(customer) if customer else "Visitatore del sito",
                email=contact.address,
                tax_code=customer.tax_code if customer else "",
                answers=answers,
                submission_key=key,
                tracking_digest=digest_of(tracking_secret(key)),
                privacy_version=TERMS,
            )
        )

    def _say(self, direction: str, text: str, at: datetime.datetime, by: Agent | None = None) -> None:
        if at <= self.plan.as_of:
            author = by.user if by else None
            self.messages.append(
                Message(contact=self.contact, direction=direction, author=author, text=text, written_at=at)
            )

    def _note(self, kind: str, by: Agent | User | None, at: datetime.datetime, **details: Any) -> None:
        user = by.user if isinstance(by, Agent) else by
        self.events.append(ContactEvent(contact=self.contact, kind=kind, by=user, details=details, at=at))
