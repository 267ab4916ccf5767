"""One valid row of each model of `contact_center`, and no story."""

import hashlib
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from contact_center.models import (
    Agent,
    AgentLine,
    AgentSkill,
    AgentState,
    AnsweredBeforehand,
    Call,
    CallBack,
    CallEvent,
    CallLeg,
    Contact,
    ContactEntry,
    ContactEvent,
    ContactLink,
    DailyFigures,
    DraftFile,
    EndedState,
    FiguresBasis,
    HalfHourFigures,
    IdentityEvent,
    IdentityQuestion,
    JoinedContact,
    KnownPerson,
    LineTarget,
    MassAnswer,
    MassEvent,
    Mention,
    Message,
    MessageAttachment,
    OpeningPeriod,
    OutgoingCall,
    PastContact,
    PauseReason,
    QualityCriterion,
    QualityForm,
    QualityMark,
    QualityRemark,
    QualityReview,
    QualitySample,
    QueueTally,
    QueueView,
    RaisedRung,
    ReplyDraft,
    SatisfactionSurvey,
    ServiceCalendar,
    ServiceTarget,
    Skill,
    SpecialDay,
    StaleDay,
    StalePerson,
    Team,
    TermRung,
    TollFreeLine,
    Topic,
    TopicQuestion,
    WebFormRequest,
    WrapUpCode,
)
from customers.tests.factories import CustomerFactory, UserFactory

STARTED_AT = datetime(2026, 5, 4, 8, tzinfo=UTC)  # ten o'clock of a Monday in Italy


class TollFreeLineFactory(factory.django.DjangoModelFactory):
    """A line beside the three that every installation has."""

    class Meta:
        model = TollFreeLine

    code = factory.Sequence(lambda n: f"prova-{n}")
    name = factory.Sequence(lambda n: f"Linea di prova {n}")
    number = factory.Sequence(lambda n: f"+39800{900_000 + n}")


class TeamFactory(factory.django.DjangoModelFactory):
    """A team of the first level."""

    class Meta:
        model = Team

    code = factory.Sequence(lambda n: f"squadra-{n}")
    name = factory.Sequence(lambda n: f"Squadra {n}")


class AgentFactory(factory.django.DjangoModelFactory):
    """An agent known to the telephones; `user` makes it one who signs in."""

    class Meta:
        model = Agent

    code = factory.Sequence(lambda n: f"op{n}")
    name = factory.Sequence(lambda n: f"Operatore {n}")


class SkillFactory(factory.django.DjangoModelFactory):
    """A skill, valid on any day."""

    class Meta:
        model = Skill

    code = factory.Sequence(lambda n: f"competenza-{n}")
    name = factory.Sequence(lambda n: f"Competenza {n}")


class AgentLineFactory(factory.django.DjangoModelFactory):
    """That an agent serves a line."""

    class Meta:
        model = AgentLine

    agent = factory.SubFactory(AgentFactory)
    line = factory.SubFactory(TollFreeLineFactory)


class AgentSkillFactory(factory.django.DjangoModelFactory):
    """That an agent has a skill."""

    class Meta:
        model = AgentSkill

    agent = factory.SubFactory(AgentFactory)
    skill = factory.SubFactory(SkillFactory)


class PauseReasonFactory(factory.django.DjangoModelFactory):
    """A reason for a pause, valid on any day."""

    class Meta:
        model = PauseReason

    code = factory.Sequence(lambda n: f"pausa-{n}")
    name = factory.Sequence(lambda n: f"Pausa {n}")


class AgentStateFactory(factory.django.DjangoModelFactory):
    """An agent who is ready since STARTED_AT."""

    class Meta:
        model = AgentState

    agent = factory.SubFactory(AgentFactory)
    reported = AgentState.Reported.READY
    cause = AgentState.Cause.AGENT
    reported_at = factory.SelfAttribute("began_at")
    began_at = STARTED_AT


class EndedStateFactory(factory.django.DjangoModelFactory):
    """A state that was forgotten until the evening."""

    class Meta:
        model = EndedState

    agent = factory.SubFactory(AgentFactory)
    state = AgentState.Reported.READY
    began_at = STARTED_AT
    reason = "È andata via senza chiudere."
    by = factory.SubFactory(UserFactory)
    at = factory.LazyAttribute(lambda ended: ended.began_at + timedelta(hours=9))


class TopicFactory(factory.django.DjangoModelFactory):
    """A reason for contact, valid on any day."""

    class Meta:
        model = Topic

    code = factory.Sequence(lambda n: f"motivo-{n}")
    area = Topic.Area.POLICIES
    name = factory.Sequence(lambda n: f"Motivo {n}")


class ContactFactory(factory.django.DjangoModelFactory):
    """A request by the site form, still to be taken; `by_phone=True` gives it a line."""

    class Meta:
        model = Contact

    class Params:
        by_phone = factory.Trait(
            channel=Contact.Channel.PHONE, line=factory.SubFactory(TollFreeLineFactory), address="+393331234567"
        )
        closed = factory.Trait(
            state=Contact.State.CLOSED,
            outcome=Contact.Outcome.RESOLVED,
            closed_at=factory.LazyAttribute(lambda contact: contact.started_at + timedelta(minutes=5)),
        )
        escalated = factory.Trait(
            level=2,
            escalation=Contact.Escalation.AUTHORITY,
            escalated_at=factory.LazyAttribute(lambda contact: contact.started_at + timedelta(minutes=5)),
        )

    channel = Contact.Channel.SITE_FORM
    address = "maria.rossi@example.it"
    subject = "Copia della polizza"
    started_at = STARTED_AT


class QueueViewFactory(factory.django.DjangoModelFactory):
    """A view of one's own: what is one's own in the queue."""

    class Meta:
        model = QueueView

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Vista {n}")
    parameters = factory.LazyFunction(lambda: {"work": "open"})


class CallFactory(factory.django.DjangoModelFactory):
    """A call answered after ten seconds, with its contact closed but not coded; `abandoned=True` is one that nobody answered."""

    class Meta:
        model = Call

    class Params:
        abandoned = factory.Trait(
            disposition=Call.Disposition.ABANDONED,
            contact=None,
            agent=None,
            answered_at=None,
            wait_seconds=30,
            talk_seconds=0,
            ended_at=factory.LazyAttribute(lambda call: call.queued_at + timedelta(seconds=30)),
        )

    source = "prova"
    external_id = factory.Sequence(lambda n: f"{n}.1")
    line = factory.SubFactory(TollFreeLineFactory)
    caller = "+393331234567"
    agent = factory.SubFactory(AgentFactory)
    contact = factory.SubFactory(
        ContactFactory,
        channel=Contact.Channel.PHONE,
        line=factory.SelfAttribute("..line"),
        address=factory.SelfAttribute("..caller"),
        started_at=factory.SelfAttribute("..queued_at"),
        state=Contact.State.CLOSED,
        closed_at=factory.LazyAttribute(lambda contact: contact.started_at + timedelta(minutes=5)),
    )
    queued_at = STARTED_AT
    answered_at = factory.LazyAttribute(lambda call: call.queued_at + timedelta(seconds=10))
    ended_at = factory.LazyAttribute(lambda call: call.queued_at + timedelta(seconds=190))
    wait_seconds = 10
    talk_seconds = 180
    disposition = Call.Disposition.ANSWERED


class CallLegFactory(factory.django.DjangoModelFactory):
    """The one leg of a call in a queue."""

    class Meta:
        model = CallLeg

    call = factory.SubFactory(CallFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    line = factory.SelfAttribute("call.line")
    entered_at = factory.SelfAttribute("call.queued_at")
    disposition = Call.Disposition.ANSWERED


class QualityFormFactory(factory.django.DjangoModelFactory):
    """A form from a day of its own on, without criteria."""

    class Meta:
        model = QualityForm

    name = factory.Sequence(lambda n: f"Scheda {n}")
    valid_from = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    channels = factory.LazyFunction(lambda: ["phone", "site_form"])


class QualityCriterionFactory(factory.django.DjangoModelFactory):
    """Something that is scored from 0 to 4."""

    class Meta:
        model = QualityCriterion

    form = factory.SubFactory(QualityFormFactory)
    code = factory.Sequence(lambda n: f"criterio-{n}")
    name = factory.Sequence(lambda n: f"Criterio {n}")


class QualitySampleFactory(factory.django.DjangoModelFactory):
    """The draw of a week of its own."""

    class Meta:
        model = QualitySample

    week = factory.Sequence(lambda n: date(2020, 1, 6) + timedelta(weeks=n))
    form = factory.SubFactory(QualityFormFactory)
    seed = "seme"


class QualityReviewFactory(factory.django.DjangoModelFactory):
    """A contact that was drawn and waits; `scored=True` gives it a result."""

    class Meta:
        model = QualityReview

    class Params:
        scored = factory.Trait(
            form=factory.SelfAttribute("sample.form"),
            reviewer=factory.SubFactory(UserFactory),
            scored_at=STARTED_AT,
            result=Decimal("75.00"),
        )

    sample = factory.SubFactory(QualitySampleFactory)
    agent = factory.SubFactory(AgentFactory)
    contact = factory.SubFactory(ContactFactory, closed=True, agent=factory.SelfAttribute("..agent"))


class QualityMarkFactory(factory.django.DjangoModelFactory):
    """Three points."""

    class Meta:
        model = QualityMark

    criterion = factory.SubFactory(QualityCriterionFactory)
    review = factory.SubFactory(QualityReviewFactory)
    points = 3


class QualityRemarkFactory(factory.django.DjangoModelFactory):
    """What the reviewer, or the agent, wrote."""

    class Meta:
        model = QualityRemark

    review = factory.SubFactory(QualityReviewFactory, scored=True)
    author = factory.SubFactory(UserFactory)
    text = "Il cliente aveva già chiamato."


class CallEventFactory(factory.django.DjangoModelFactory):
    """A call entering a queue, as its platform reported it."""

    class Meta:
        model = CallEvent

    source = "prova"
    external_id = factory.Sequence(lambda n: f"c{n}")
    key = factory.Sequence(lambda n: f"e{n}")
    kind = CallEvent.Kind.QUEUED
    at = STARTED_AT
    facts = factory.LazyFunction(lambda: {"line": "customers", "caller": "+393331234567"})


class WebFormRequestFactory(factory.django.DjangoModelFactory):
    """An open request from the site."""

    class Meta:
        model = WebFormRequest

    contact = factory.SubFactory(ContactFactory)
    form = WebFormRequest.Form.OPEN
    name = "Maria Rossi"
    email = "maria.rossi@example.it"
    submission_key = factory.LazyFunction(uuid.uuid4)
    tracking_digest = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    privacy_version = "2026-01"


class MessageFactory(factory.django.DjangoModelFactory):
    """What a customer wrote."""

    class Meta:
        model = Message

    contact = factory.SubFactory(ContactFactory)
    direction = Message.Direction.INBOUND
    text = "Vorrei ricevere una copia della mia polizza."
    written_at = STARTED_AT


class ContactEventFactory(factory.django.DjangoModelFactory):
    """The opening of a contact."""

    class Meta:
        model = ContactEvent

    contact = factory.SubFactory(ContactFactory)
    kind = ContactEvent.Kind.OPENED
    at = STARTED_AT


class DailyFiguresFactory(factory.django.DjangoModelFactory):
    """The counts of one day of one line, all zero."""

    class Meta:
        model = DailyFigures

    cut = DailyFigures.Cut.LINE
    day = date(2026, 5, 4)
    channel = Contact.Channel.PHONE
    line = factory.SubFactory(TollFreeLineFactory)


class HalfHourFiguresFactory(factory.django.DjangoModelFactory):
    """The counts of one half hour of one line, all zero."""

    class Meta:
        model = HalfHourFigures

    begins_at = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    channel = Contact.Channel.PHONE
    line = factory.SubFactory(TollFreeLineFactory)


class QueueTallyFactory(factory.django.DjangoModelFactory):
    """One open contact more."""

    class Meta:
        model = QueueTally

    tab = "open"
    change = 1


class StaleDayFactory(factory.django.DjangoModelFactory):
    """A day to count again."""

    class Meta:
        model = StaleDay

    day = factory.Sequence(lambda n: date(2026, 5, 4) + timedelta(days=n % 3000))


class StalePersonFactory(factory.django.DjangoModelFactory):
    """A person whose contacts changed."""

    class Meta:
        model = StalePerson

    person_key = factory.Sequence(lambda n: f"from:persona{n}@example.it")


class FiguresBasisFactory(factory.django.DjangoModelFactory):
    """The one row of thresholds, as the settings have them."""

    class Meta:
        model = FiguresBasis
        django_get_or_create = ("id",)

    id = 1
    service_level_seconds = 20
    short_abandon_seconds = 5
    repeat_contact_days = 7
    computed_at = STARTED_AT


class ServiceCalendarFactory(factory.django.DjangoModelFactory):
    """A calendar without any opening period yet."""

    class Meta:
        model = ServiceCalendar

    code = factory.Sequence(lambda n: f"calendario-{n}")
    name = factory.Sequence(lambda n: f"Calendario {n}")


class OpeningPeriodFactory(factory.django.DjangoModelFactory):
    """The morning of a Monday."""

    class Meta:
        model = OpeningPeriod

    calendar = factory.SubFactory(ServiceCalendarFactory)
    weekday = OpeningPeriod.Weekday.MONDAY
    opens = time(8, 30)
    closes = time(13)


class SpecialDayFactory(factory.django.DjangoModelFactory):
    """A day on which the service is closed."""

    class Meta:
        model = SpecialDay

    calendar = factory.SubFactory(ServiceCalendarFactory)
    day = date(2026, 12, 24)
    name = "Vigilia di Natale"


class ServiceTargetFactory(factory.django.DjangoModelFactory):
    """A day of service, from a day of its own on."""

    class Meta:
        model = ServiceTarget

    kind = Contact.Kind.REQUEST
    level = 1
    calendar = factory.SubFactory(ServiceCalendarFactory)
    minutes = 480
    valid_from = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))


class TermRungFactory(factory.django.DjangoModelFactory):
    """An hour of service before the term, for the owner of any contact."""

    class Meta:
        model = TermRung

    moment = TermRung.Moment.MINUTES_BEFORE
    amount = 60
    warns = TermRung.Warned.OWNER


class LineTargetFactory(factory.django.DjangoModelFactory):
    """Four calls in five within twenty seconds, on any day."""

    class Meta:
        model = LineTarget

    line = factory.SubFactory(TollFreeLineFactory)
    share = 80
    seconds = 20


class WrapUpCodeFactory(factory.django.DjangoModelFactory):
    """A code for what was resolved, on every line."""

    class Meta:
        model = WrapUpCode

    code = factory.Sequence(lambda n: f"esito-{n}")
    name = factory.Sequence(lambda n: f"Esito {n}")
    outcome = Contact.Outcome.RESOLVED


class MessageAttachmentFactory(factory.django.DjangoModelFactory):
    """A note of a few words that came with a message; nothing is written to the folder of files."""

    class Meta:
        model = MessageAttachment

    message = factory.SubFactory(MessageFactory)
    name = "nota.txt"
    content_type = "text/plain"
    size = 5
    sha256 = hashlib.sha256(b"prova").hexdigest()
    file = factory.Sequence(lambda n: f"messages/2026/05/{n:032x}")


class TopicQuestionFactory(factory.django.DjangoModelFactory):
    """A short question, to be answered."""

    class Meta:
        model = TopicQuestion

    topic = factory.SubFactory(TopicFactory)
    code = factory.Sequence(lambda n: f"domanda-{n}")
    kind = TopicQuestion.Kind.TEXT
    label = factory.Sequence(lambda n: f"Domanda {n}")


class SatisfactionSurveyFactory(factory.django.DjangoModelFactory):
    """A survey that nobody has answered yet."""

    class Meta:
        model = SatisfactionSurvey

    contact = factory.SubFactory(ContactFactory, closed=True)
    token_digest = factory.Sequence(lambda n: hashlib.sha256(f"survey {n}".encode()).hexdigest())
    asked_at = STARTED_AT


class CallBackFactory(factory.django.DjangoModelFactory):
    """A call that a customer is to get tomorrow, in the half hour from now."""

    class Meta:
        model = CallBack

    submission_key = factory.LazyFunction(uuid.uuid4)
    customer = factory.SubFactory(CustomerFactory)
    contact = factory.SubFactory(
        ContactFactory, channel=Contact.Channel.PORTAL, customer=factory.SelfAttribute("..customer")
    )
    phone = "+393331234567"
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(second=0, microsecond=0) + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda call_back: call_back.starts_at + timedelta(minutes=30))


class AnsweredBeforehandFactory(factory.django.DjangoModelFactory):
    """An answer that was enough, today."""

    class Meta:
        model = AnsweredBeforehand

    submission_key = factory.LazyFunction(uuid.uuid4)
    topic = factory.SubFactory(TopicFactory)
    helped = True


class KnownPersonFactory(factory.django.DjangoModelFactory):
    """Somebody who asked for a quote."""

    class Meta:
        model = KnownPerson

    name = factory.Sequence(lambda n: f"Nora Conoscente {n}")
    phone = factory.Sequence(lambda n: f"+39333700{n:04d}")
    tie = "chiede un preventivo"
    created_by = factory.SubFactory(UserFactory)
    created_at = STARTED_AT
    last_contact_at = STARTED_AT

    class Params:
        joined = factory.Trait(customer=factory.SubFactory(CustomerFactory), joined_at=STARTED_AT)


class IdentityQuestionFactory(factory.django.DjangoModelFactory):
    """A question about the date of birth, valid on any day."""

    class Meta:
        model = IdentityQuestion

    code = factory.Sequence(lambda n: f"domanda-{n}")
    name = factory.Sequence(lambda n: f"Domanda {n}?")
    fact = IdentityQuestion.Fact.BIRTH_DATE


class IdentityEventFactory(factory.django.DjangoModelFactory):
    """A caller who was identified with two right answers."""

    class Meta:
        model = IdentityEvent

    customer = factory.SubFactory(CustomerFactory)
    contact = factory.SubFactory(ContactFactory, by_phone=True, customer=factory.SelfAttribute("..customer"))
    step = IdentityEvent.Step.PASSED
    needed = 2
    by = factory.SubFactory(UserFactory)
    at = STARTED_AT

    class Params:
        asked = factory.Trait(
            step=IdentityEvent.Step.ASKED, needed=None, question=factory.SubFactory(IdentityQuestionFactory)
        )
        explained = factory.Trait(step=IdentityEvent.Step.REASON, needed=None, reason_kind="calls")


class OutgoingCallFactory(factory.django.DjangoModelFactory):
    """A call of ours that somebody answered, written down by hand."""

    class Meta:
        model = OutgoingCall

    contact = factory.SubFactory(
        ContactFactory, channel=Contact.Channel.PHONE, direction=Contact.Direction.OUTBOUND, address="+393331234567"
    )
    number = "+393331234567"
    agent = factory.SubFactory(AgentFactory)
    called_at = STARTED_AT
    reached = True


class ContactEntryFactory(factory.django.DjangoModelFactory):
    """A letter of somebody unknown, entered by hand."""

    class Meta:
        model = ContactEntry

    contact = factory.SubFactory(ContactFactory, channel=Contact.Channel.POST, address="")
    submission_key = factory.LazyFunction(uuid.uuid4)
    name = "Anna Bianchi"
    phone = "+393331234567"
    postal_address = "Via Roma 1, 20121 Milano"
    entered_by = factory.SubFactory(UserFactory)
    entered_at = STARTED_AT


class PastContactFactory(factory.django.DjangoModelFactory):
    """A ticket that an earlier help desk closed."""

    class Meta:
        model = PastContact

    contact = factory.SubFactory(
        ContactFactory, closed=True, channel=Contact.Channel.EMAIL, outcome=Contact.Outcome.NOT_KNOWN
    )
    source = "prova"
    key = factory.Sequence(lambda n: f"T{n}")
    rows = factory.LazyFunction(lambda: [1])
    imported_at = STARTED_AT


class ReplyDraftFactory(factory.django.DjangoModelFactory):
    """Half an answer."""

    class Meta:
        model = ReplyDraft

    user = factory.SubFactory(UserFactory)
    contact = factory.SubFactory(ContactFactory)
    text = "Gentile Cliente, la copia"
    seen_version = 1
    page = factory.LazyFunction(uuid.uuid4)


class DraftFileFactory(factory.django.DjangoModelFactory):
    """A note of a few words that was chosen for an answer; nothing is written to the folder of files."""

    class Meta:
        model = DraftFile

    draft = factory.SubFactory(ReplyDraftFactory)
    name = "nota.txt"
    content_type = "text/plain"
    size = 5
    sha256 = hashlib.sha256(b"prova").hexdigest()
    file = factory.Sequence(lambda n: f"drafts/2026/05/{n:032x}")


class MentionFactory(factory.django.DjangoModelFactory):
    """Somebody who is named in a note, and has not seen it."""

    class Meta:
        model = Mention

    message = factory.SubFactory(MessageFactory, direction=Message.Direction.NOTE, text="@qualcuno, puoi guardare?")
    agent = factory.SubFactory(AgentFactory)


class RaisedRungFactory(factory.django.DjangoModelFactory):
    """That the owner of a contact was warned, an hour before the term."""

    class Meta:
        model = RaisedRung

    contact = factory.SubFactory("contact_center.tests.factories.ContactFactory")
    rung = factory.SubFactory(TermRungFactory)
    due_at = factory.LazyAttribute(lambda raised: raised.contact.due_at or STARTED_AT + timedelta(hours=9))
    warned = RaisedRung.Warned.OWNER
    raised_at = STARTED_AT + timedelta(hours=8)


class MassEventFactory(factory.django.DjangoModelFactory):
    """Hail that was declared, without an end; `draft=True` is one that nobody declared yet."""

    class Meta:
        model = MassEvent

    class Params:
        draft = factory.Trait(state=MassEvent.State.DRAFT, declared_by=None, declared_at=None)
        over = factory.Trait(state=MassEvent.State.OVER, over_at=STARTED_AT + timedelta(days=2))

    name = factory.Sequence(lambda n: f"Grandine {n}")
    name_en = factory.Sequence(lambda n: f"Hail {n}")
    words = "Rispondiamo a tutte le denunce di grandine."
    words_en = "We answer all reports of hail."
    guidance = "Chiedere le fotografie; non promettere date."
    begins_at = STARTED_AT
    state = MassEvent.State.ACTIVE
    declared_by = factory.SubFactory(UserFactory)
    declared_at = STARTED_AT


class JoinedContactFactory(factory.django.DjangoModelFactory):
    """A contact that is about an event."""

    class Meta:
        model = JoinedContact

    event = factory.SubFactory(MassEventFactory)
    contact = factory.SubFactory(ContactFactory)
    joined_by = factory.SubFactory(UserFactory)
    joined_at = STARTED_AT


class MassAnswerFactory(factory.django.DjangoModelFactory):
    """An answer that is being prepared."""

    class Meta:
        model = MassAnswer

    event = factory.SubFactory(MassEventFactory)
    text = "Gentile {name}, abbiamo ricevuto {number}."
    text_en = "Dear {name}, we have received {number}."
    code = factory.SubFactory(WrapUpCodeFactory)
    written_by = factory.SubFactory(UserFactory)
    written_at = STARTED_AT


class ContactLinkFactory(factory.django.DjangoModelFactory):
    """A contact that follows another."""

    class Meta:
        model = ContactLink

    main = factory.SubFactory(ContactFactory)
    other = factory.SubFactory(ContactFactory)
    is_same_person = True
    linked_by = factory.SubFactory(UserFactory)
    linked_at = STARTED_AT
