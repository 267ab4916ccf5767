"""Opinions about the app, the reserved area and the site, the reviews of the stores, and what became of them."""

import datetime
from collections.abc import Iterable
from operator import attrgetter

from complaints.feedback.commands import record_measure
from complaints.feedback.queries import themed_texts, words_of_the_table
from complaints.feedback.suggesting import accuracy_of
from complaints.models import Complaint, Feedback, FeedbackEvent, FeedbackTheme, StoreRatings
from contact_center.due.targets import Clock
from contact_center.models import Contact
from customers import roles
from customers.models import Customer, User
from foundation.dates import ROME

from .organisation import Organisation
from .people import PREFIX
from .profiles import Plan

State, Outcome, Source = Feedback.State, Feedback.Outcome, Feedback.Source
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
DAYS = 180
TESTED_WEEKS = 4

# Theme, how often, mean stars, as in reviews of the app.
THEMES = (
    ("navigation", 369, 4.21), ("login", 349, 1.77), ("bugs", 262, 1.71), ("service", 261, 4.13), ("payment", 145, 2.79),
    ("updates", 138, 2.29), ("documents", 102, 2.64), ("deadlines", 98, 3.06), ("claims", 39, 2.51),
)  # fmt: skip
# For each theme, what unhappy people write, and what happy people write.
TEXTS = {
    "navigation": (
        (
            "Bella grafica ma troppi passaggi per arrivare alla polizza.",
            "Il menu è cambiato e non trovo più le quietanze.",
        ),
        ("Chiara e veloce, trovo tutto subito.", "Semplice anche per mio padre, che ha 78 anni."),
    ),
    "login": (
        ("Ogni volta devo rifare l'accesso.", "Il codice arriva quando è già scaduto."),
        ("Ora con l'impronta si entra subito, finalmente.", "Accesso rapido e senza intoppi."),
    ),
    "bugs": (
        ("Si blocca sulla schermata iniziale.", "Si chiude da sola quando apro le polizze."),
        ("Dopo l'ultimo aggiornamento non si è più bloccata.", "Il problema che avevo segnalato è risolto, grazie."),
    ),
    "service": (
        (
            "Nessuno risponde e si viene passati da un ufficio all'altro.",
            "Ho aspettato tre giorni per una risposta semplice.",
        ),
        ("L'agenzia risponde sempre con gentilezza.", "Operatrice competente, risolto in cinque minuti."),
    ),
    "payment": (
        ("Pagamento fallito due volte, importo bloccato.", "Manca la possibilità di pagare con bonifico."),
        ("Pagato in un minuto, comodo.", "Rata pagata dal telefono e ricevuta subito disponibile."),
    ),
    "updates": (
        ("Dall'ultimo aggiornamento è più lenta.", "Chiede di aggiornare ogni settimana."),
        ("Aggiornamento utile, bravi.", "La nuova versione è molto più leggibile."),
    ),
    "documents": (
        ("I documenti non si scaricano.", "Trovo la quietanza ma non le condizioni di polizza."),
        ("Finalmente trovo tutti i documenti.", "Certificato scaricato subito, molto utile."),
    ),
    "deadlines": (
        ("L'avviso di scadenza non riporta l'importo.", "L'avviso è arrivato dopo che avevo già pagato."),
        ("Gli avvisi arrivano puntuali.", "Comodo vedere le scadenze in calendario."),
    ),
    "claims": (
        ("Sinistro fermo da settimane, nessuna notizia.", "Non si capisce a che punto sia la pratica."),
        ("Ho seguito il sinistro passo per passo.", "Offerta arrivata in meno di un mese."),
    ),
}
VERSIONS = ("6.2.0", "6.2.1", "6.3.0", "6.4.2")
SOURCES = {Source.APP: 66, Source.PORTAL: 18, Source.SITE: 5, Source.GOOGLE_PLAY: 7, Source.APP_STORE: 4}
ONE_OF_EACH = dict(enumerate(SOURCES, 4))  # whatever chance brings
PLATFORMS = {Source.GOOGLE_PLAY: "Android", Source.APP_STORE: "iOS", Source.PORTAL: "web", Source.SITE: "web"}
UNCLEAR = ("boh", "ok", "…", "mah", "👍")
ANSWERS = {
    True: "Grazie: le Sue parole sono state lette anche da chi sviluppa l'app.",
    False: "Ci dispiace per il disagio. Abbiamo segnalato il problema a chi sviluppa l'app e La informeremo della correzione.",
}
CLOSED = {
    Outcome.CHANGED: "Corretto nella versione 6.4.2.",
    Outcome.PLANNED: "Previsto per la prossima versione.",
    Outcome.PASSED_ON: "Passato a chi sviluppa l'app.",
    Outcome.NOTHING: "Letto: nulla da fare.",
}


def make_feedback(
    plan: Plan,
    organisation: Organisation,
    customers: list[Customer],
    contacts: list[Contact],
    complaints: list[Complaint],
) -> int:
    """Stars and words of the last half year; people who write are harsher than people who only give stars. Returns how many."""
    rng = plan.stream("feedback")
    officer = organisation.staff[roles.COMPLAINT_OFFICER]
    themes = {theme.code: theme for theme in FeedbackTheme.objects.all()}
    free_contacts = [each for each in contacts if each.channel == "app" and each.customer_id]
    by_customer = [
        each
        for each in complaints
        if each.contact_id is None and each.state not in (Complaint.State.WITHDRAWN, Complaint.State.CANCELLED)
    ]
    stories = []
    for number in range(plan.feedback):
        at = plan.as_of - datetime.timedelta(days=rng.random() ** 1.4 * DAYS, seconds=rng.randrange(86_400))
        source = rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        source = ONE_OF_EACH.get(number, source)
        theme, text = "", ""
        rating = rng.choices((5, 4, 3, 2, 1), (62, 18, 8, 4, 8))[0]
        if rng.random() < 0.86:
            theme, _often, stars = rng.choices(THEMES, [each[1] for each in THEMES])[0]
            happy = rng.random() < (stars - 1.25) / 3.4
            rating = rng.choice((5, 5, 4)) if happy else rng.choice((1, 1, 1, 2))
            text = rng.choice(TEXTS[theme][happy])
            if rng.random() < 0.06:
                theme, text = "unintelligible", rng.choice(UNCLEAR)
            if (plan.as_of - at).days < 6 and rng.random() < 0.5:
                theme = ""  # nobody has read it yet
        is_known = source == Source.PORTAL or (source == Source.APP and rng.random() < 0.35)
        customer = customers[0] if number == 3 else rng.choice(customers) if is_known else None
        if number == 3:  # of the customer who signs in, thanked for and not read yet
            at, source, rating, theme = plan.as_of - 2 * DAY, Source.APP, 2, ""
            text = TEXTS["login"][False][0]
        has_version = source in (Source.APP, Source.GOOGLE_PLAY, Source.APP_STORE)
        feedback = Feedback(
            source=source,
            external_id=f"{PREFIX}F{number + 1:05d}" if source != Source.PORTAL else "",
            customer=customer,
            rating=rating,
            text=text,
            theme=themes.get(theme),
            platform=PLATFORMS.get(source) or rng.choice(("Android", "Android", "Android", "iOS", "iOS")),
            app_version=rng.choices(VERSIONS, (1, 2, 4, 5))[0] if has_version else "",
            received_at=at,
            reach=Feedback.Reach.KNOWN if customer else Feedback.Reach.NONE,
        )
        story = _InventedFeedback(plan, organisation, feedback)
        story.receive()
        handled = at + datetime.timedelta(hours=2 + rng.random() * 70)
        if text and theme and rng.random() < 0.88 and handled < plan.as_of:
            story.event(FeedbackEvent.Kind.THEMED, handled, officer, to=theme)
            if rating <= 2 and source == Source.APP and free_contacts and rng.random() < 0.5:
                story.become(free_contacts.pop(), handled, officer)
            elif rating <= 2 and source == Source.APP and by_customer and rng.random() < 0.12:
                story.become(by_customer.pop(), handled, officer)
            elif customer or feedback.is_at_a_store:
                story.answer(ANSWERS[rating > 3], handled, officer, is_posted=rng.random() < 0.8)
            chance = rng.random()
            if not story.is_waited_for or chance < 0.7:
                story.close(rng.choice(list(CLOSED)), handled + datetime.timedelta(hours=1 + chance * 20), officer)
        stories.append(story)
    stories.sort(key=lambda story: story.feedback.received_at)
    made = Feedback.objects.bulk_create(map(attrgetter("feedback"), stories))
    FeedbackEvent.objects.bulk_create(event for story in stories for event in story.events)
    _count_at_stores(plan)
    _measure(plan)
    return len(made)


class _InventedFeedback:
    """An opinion with its history, written as the commands would write it."""

    def __init__(self, plan: Plan, organisation: Organisation, feedback: Feedback) -> None:
        self.plan, self.organisation, self.feedback = plan, organisation, feedback
        self.events: list[FeedbackEvent] = []

    @property
    def is_waited_for(self) -> bool:
        """Whether it was answered or became something, and may remain open."""
        return self.feedback.state not in Feedback.UNANSWERED

    def receive(self) -> None:
        """It comes: what has words waits for an answer by its target, and a customer is thanked."""
        feedback, at = self.feedback, self.feedback.received_at
        self.event(FeedbackEvent.Kind.RECEIVED, at, None)
        if not feedback.text:
            feedback.state, feedback.outcome, feedback.closed_at = State.CLOSED, Outcome.ONLY_STARS, at
            return
        feedback.due_at = Clock(at, 1, self.organisation.book.target(Contact.Kind.FEEDBACK, 1, at)).due_at
        if feedback.customer is not None:
            feedback.acknowledged_at = min(at + MINUTE, self.plan.as_of)
            self._move(FeedbackEvent.Kind.ACKNOWLEDGED, State.ACKNOWLEDGED, feedback.acknowledged_at, None)

    def answer(self, text: str, at: datetime.datetime, by: User, *, is_posted: bool) -> None:
        """It is answered; at a store the answer is posted the same day, or not yet."""
        feedback = self.feedback
        feedback.answer, feedback.answered_at, feedback.answered_by = text, at, by
        self._move(FeedbackEvent.Kind.ANSWERED, State.ANSWERED, at, by, text=text)
        if feedback.is_at_a_store and is_posted:
            feedback.posted_on = at.astimezone(ROME).date()
            self.event(FeedbackEvent.Kind.POSTED, at, by, on=feedback.posted_on.isoformat())

    def become(self, what: Contact | Complaint, at: datetime.datetime, by: User) -> None:
        """It becomes a request or a complaint, and is its customer's."""
        self.feedback.customer = what.customer
        self.feedback.reach = Feedback.Reach.KNOWN
        if isinstance(what, Contact):
            self.feedback.contact = what
            self._move(FeedbackEvent.Kind.CONTACT, State.CONTACT, at, by, contact=what.number)
        else:
            self.feedback.complaint = what
            self._move(FeedbackEvent.Kind.COMPLAINT, State.COMPLAINT, at, by, complaint=what.number)

    def close(self, otherwise: str, at: datetime.datetime, by: User) -> None:
        """It is closed with what came of it, as its facts have it, or else as given."""
        feedback, at = self.feedback, min(at, self.plan.as_of)
        if feedback.theme is not None and feedback.theme.is_unclear:
            outcome, words = str(Outcome.UNCLEAR), ""
        elif feedback.contact or feedback.complaint:
            outcome, words = str(Outcome.WENT_ON), "Seguito come richiesta o reclamo."
        else:
            outcome, words = otherwise, CLOSED[Outcome(otherwise)]
        feedback.outcome, feedback.outcome_words = outcome, words
        feedback.closed_at, feedback.closed_by = at, by
        self._move(FeedbackEvent.Kind.CLOSED, State.CLOSED, at, by, outcome=outcome, words=words)

    def _move(self, kind: str, to: str, at: datetime.datetime, by: User | None, **details: str) -> None:
        before, self.feedback.state = self.feedback.state, to
        self.event(kind, at, by, **details, **{"from": str(before), "to": str(to)})

    def event(self, kind: str, at: datetime.datetime, by: User | None, **details: str) -> None:
        """One line of its history."""
        stated = {name: value for name, value in details.items() if value}
        self.events.append(FeedbackEvent(feedback=self.feedback, kind=kind, by=by, details=stated, at=at))


def _count_at_stores(plan: Plan) -> None:
    """What the stores count each week for the versions of the time: eleven ratings for each that has words."""
    rng = plan.stream("store ratings")
    rows = []
    for week in range(DAYS // 7):
        day = (plan.as_of - week * 7 * DAY).astimezone(ROME).date()
        for source in Feedback.STORES:
            for version in _versions_of(week):
                fives = rng.randrange(12, 40)
                rows.append(
                    StoreRatings(
                        source=source,
                        day=day,
                        app_version=version,
                        ones=rng.randrange(1, 7),
                        twos=rng.randrange(3),
                        threes=rng.randrange(4),
                        fours=fives // 4,
                        fives=fives,
                        loaded_at=plan.as_of,
                    )
                )
    StoreRatings.objects.bulk_create(rows, ignore_conflicts=True)


def _versions_of(week: int) -> Iterable[str]:
    """The two versions that most people had so many weeks ago."""
    newest = max(0, len(VERSIONS) - 1 - week // 7)
    return VERSIONS[max(0, newest - 1) : newest + 1]


def _measure(plan: Plan) -> None:
    """How well themes are suggested here, as `measure_feedback_themes` works it out."""
    since = plan.as_of - datetime.timedelta(weeks=TESTED_WEEKS)
    earlier, later = themed_texts(before=since), themed_texts(since=since)
    if not earlier or not later:
        return
    listed, unclear = words_of_the_table()
    found = accuracy_of(earlier, later, listed=listed, unclear=unclear)
    record_measure(
        tested_from=since.astimezone(ROME).date(),
        learnt_from=found.learnt_from,
        tested=found.tested,
        suggested=found.suggested,
        right=found.right,
        commonest_right=found.commonest_right,
    )
