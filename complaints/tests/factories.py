"""One valid row of each model of `complaints`, and no story."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from complaints.letters.codes import FRAME
from complaints.models import (
    AddedFile,
    AnswerApproval,
    AnswerDraft,
    ApprovalRule,
    ArbitratorAppeal,
    BranchFigure,
    CauseAction,
    ChecklistItem,
    ChecklistTick,
    Code,
    Complaint,
    ComplaintAddition,
    ComplaintDocument,
    ComplaintEvent,
    ComplaintHint,
    ComplaintLetter,
    Enquiry,
    EnquiryFile,
    Feedback,
    FeedbackEvent,
    FeedbackTheme,
    HalfYearReturn,
    HintMeasurement,
    HintPhrase,
    Intermediary,
    IntermediaryRule,
    LegalFigure,
    LetterSending,
    LetterText,
    LetterTextEvent,
    MarketFigure,
    PastEntry,
    ProcedureFile,
    ProcedureLetter,
    Proceeding,
    PublicStatement,
    RegisterYear,
    RegulatorRequest,
    Representation,
    ReturnRow,
    StoreRatings,
    Suspension,
    TermStop,
    ThemeMeasure,
    TriageDecision,
)
from complaints.models.code import KNOWN
from complaints.returns import rules
from complaints.returns.halves import half_named
from contact_center.tests.factories import ContactFactory, MessageFactory
from customers import roles
from customers.tests.factories import AgencyFactory, CustomerFactory, UserFactory


class RegisterYearFactory(factory.django.DjangoModelFactory):
    """A year of the register."""

    class Meta:
        model = RegisterYear
        django_get_or_create = ("year",)

    year = 2026


class ComplaintFactory(factory.django.DjangoModelFactory):
    """A complaint received and not yet looked at; `answered=True` has its answer, `cancelled=True` is none.

    `past_open=True` is of a past register, and open there.
    """

    class Meta:
        model = Complaint

    class Params:
        answered = factory.Trait(
            state=Complaint.State.ANSWERED,
            outcome=Complaint.Outcome.REJECTED,
            answer="Gentile Cliente, il conteggio è corretto per i motivi che seguono.",
            answered_at=datetime(2026, 2, 10, 9, tzinfo=UTC),
        )
        past_open = factory.Trait(
            year=None,
            sequence=None,
            old_number="2016/7",
            state=Complaint.State.PAST_OPEN,
            received_on=date(2016, 9, 12),
        )
        cancelled = factory.Trait(state=Complaint.State.CANCELLED, cancelled_as="mistake")

    year = factory.SubFactory(RegisterYearFactory)
    sequence = factory.Sequence(lambda n: n + 1)
    customer = factory.SubFactory(CustomerFactory)
    complainant_name = "Maria Rossi"
    subject = "Conteggio del premio"
    text = "Il premio richiesto non corrisponde al preventivo."
    received_on = date(2026, 1, 10)


class IntermediaryFactory(factory.django.DjangoModelFactory):
    """A broker with a certified address; `ours=True` is an agency of ours."""

    class Meta:
        model = Intermediary

    class Params:
        ours = factory.Trait(agency=factory.SubFactory(AgencyFactory), kind="agent", name="", pec="", rui_number="")

    kind = "broker"
    name = factory.Sequence(lambda n: f"Broker di prova {n}")
    rui_number = factory.Sequence(lambda n: f"B{n:09d}")
    pec = factory.Sequence(lambda n: f"broker{n}@pec.example.it")


def _new_type() -> str:
    """A type of intermediary that no rule speaks of yet."""
    word = f"type_{Code.objects.count()}"
    Code.objects.create(list="intermediary", word=word, name=f"tipo {word}", name_en=f"type {word}")
    KNOWN.forget()
    return word


class IntermediaryRuleFactory(factory.django.DjangoModelFactory):
    """A rule for a type of intermediary that has no other."""

    class Meta:
        model = IntermediaryRule

    kind = factory.LazyFunction(_new_type)
    article = "art. 10-quater"


class EnquiryFactory(factory.django.DjangoModelFactory):
    """An enquiry that waits for an agency; `answered=True` has its position."""

    class Meta:
        model = Enquiry

    class Params:
        answered = factory.Trait(
            state=Enquiry.State.ANSWERED,
            position="Abbiamo consegnato il set informativo il 3 gennaio.",
            answered_on=date(2026, 1, 25),
            answered_at=datetime(2026, 1, 25, 9, tzinfo=UTC),
            through=Enquiry.Through.OFFICE,
        )

    complaint = factory.SubFactory(ComplaintFactory)
    intermediary = factory.SubFactory(IntermediaryFactory, ours=True)
    kind = Enquiry.Kind.ENQUIRY
    asked = "Chiediamo chiarimenti sul preventivo."
    article = "art. 10-ter Reg. ISVAP 24/2008"
    way = Enquiry.Way.EMAIL
    address = "agenzia@example.it"
    sent_on = date(2026, 1, 20)
    answer_due_on = date(2026, 2, 4)
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class EnquiryFileFactory(factory.django.DjangoModelFactory):
    """A document that came with a position."""

    class Meta:
        model = EnquiryFile

    enquiry = factory.SubFactory(EnquiryFactory, answered=True)
    name = "proposta.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    file = "complaints/2026/05/0001"


def _enquiry_of(suspension: Any) -> Enquiry:
    """The enquiry from which a suspension follows: closed with it, or still waiting."""
    ended = (
        {}
        if suspension.ended_on is None
        else {
            "state": Enquiry.State.CLOSED,
            "closed_at": datetime(2026, 1, 25, 9, tzinfo=UTC),
            "closed_why": "Non è più attesa.",
        }
    )
    day = suspension.started_on
    return EnquiryFactory.create(
        complaint=suspension.complaint, sent_on=day, answer_due_on=day + timedelta(days=15), **ended
    )


class CodeFactory(factory.django.DjangoModelFactory):
    """A reason that is given."""

    class Meta:
        model = Code

    list = Code.List.REASON
    word = factory.Sequence(lambda n: f"reason_{n}")
    name = "motivo"
    name_en = "reason"


class ApprovalRuleFactory(factory.django.DjangoModelFactory):
    """Settled complaints of any area and value."""

    class Meta:
        model = ApprovalRule

    outcome = "settled"


class AnswerApprovalFactory(factory.django.DjangoModelFactory):
    """A rejection that waits for a second person."""

    class Meta:
        model = AnswerApproval

    class Params:
        decided = factory.Trait(
            state=AnswerApproval.State.APPROVED,
            decided_by=factory.SubFactory(UserFactory, role=roles.MANAGER),
            decided_at=datetime(2026, 2, 9, 9, tzinfo=UTC),
        )

    complaint = factory.SubFactory(ComplaintFactory, state=Complaint.State.UNDER_REVIEW, ramo="8")
    outcome = "rejected"
    answer = "Il conteggio è corretto."
    reasons = "Le condizioni lo prevedono."
    submitted_by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class ChecklistItemFactory(factory.django.DjangoModelFactory):
    """One thing to look at, for all complaints."""

    class Meta:
        model = ChecklistItem

    name = "Firma sul modulo?"
    name_en = "Is the form signed?"


class ChecklistTickFactory(factory.django.DjangoModelFactory):
    """Somebody looked at it."""

    class Meta:
        model = ChecklistTick

    complaint = factory.SubFactory(ComplaintFactory)
    item = factory.SubFactory(ChecklistItemFactory)
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class ProceedingFactory(factory.django.DjangoModelFactory):
    """A mediation that was begun."""

    class Meta:
        model = Proceeding

    complaint = factory.SubFactory(ComplaintFactory)
    kind = Proceeding.Kind.MEDIATION
    begun_on = date(2026, 1, 15)
    body = "Organismo di mediazione di Milano"


class PastEntryFactory(factory.django.DjangoModelFactory):
    """Where an entry of a past register came from."""

    class Meta:
        model = PastEntry

    complaint = factory.SubFactory(ComplaintFactory, past_open=True)
    source = "old"
    old_number = "2016/7"
    received_on = date(2016, 9, 12)
    place = factory.Sequence(lambda n: n + 1)
    stated = factory.LazyFunction(lambda: {"Esito": "in corso"})
    digest = "0" * 32


class SuspensionFactory(factory.django.DjangoModelFactory):
    """Five days in which the intermediary was heard."""

    class Meta:
        model = Suspension

    complaint = factory.SubFactory(ComplaintFactory)
    enquiry = factory.LazyAttribute(_enquiry_of)
    started_on = date(2026, 1, 20)
    ended_on = date(2026, 1, 25)
    reason = "Chiarimenti chiesti all'agenzia sul preventivo."
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class ComplaintEventFactory(factory.django.DjangoModelFactory):
    """The registration of a complaint."""

    class Meta:
        model = ComplaintEvent

    complaint = factory.SubFactory(ComplaintFactory)
    kind = ComplaintEvent.Kind.REGISTERED


class ComplaintLetterFactory(factory.django.DjangoModelFactory):
    """The letter of an answered complaint."""

    class Meta:
        model = ComplaintLetter

    complaint = factory.SubFactory(ComplaintFactory, answered=True)
    pdf = b"%PDF-1.4"
    paragraphs = ["remedies@1", "ivass@1"]


class LetterSendingFactory(factory.django.DjangoModelFactory):
    """A letter that waits to be posted."""

    class Meta:
        model = LetterSending

    complaint = factory.SubFactory(ComplaintFactory, answered=True)
    way = LetterSending.Way.POST
    address = "Via Roma 1, 27100 Pavia"


class LetterTextFactory(factory.django.DjangoModelFactory):
    """A draft of a later version of a text; `submitted`, `approved` have come further."""

    class Meta:
        model = LetterText

    class Params:
        submitted = factory.Trait(state=LetterText.State.SUBMITTED)
        approved = factory.Trait(
            state=LetterText.State.APPROVED,
            approved_by=factory.SubFactory(UserFactory, role=roles.MANAGER),
            approved_at=datetime(2026, 1, 2, 9, tzinfo=UTC),
            valid_from=date(2026, 1, 2),
        )

    code = factory.Sequence(lambda n: FRAME[n % len(FRAME)])  # of one text there is one draft
    language = "it"
    number = factory.Sequence(lambda n: n + 2)
    body = "Egregio {{ name }},"
    change_note = "Un saluto più formale."
    written_by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)
    last_written_by = factory.SelfAttribute("written_by")


class LetterTextEventFactory(factory.django.DjangoModelFactory):
    """A draft that was submitted."""

    class Meta:
        model = LetterTextEvent

    text = factory.SubFactory(LetterTextFactory)
    old = LetterText.State.DRAFT
    new = LetterText.State.SUBMITTED
    by = factory.SelfAttribute("text.written_by")


class AnswerDraftFactory(factory.django.DjangoModelFactory):
    """An answer that somebody began."""

    class Meta:
        model = AnswerDraft

    complaint = factory.SubFactory(ComplaintFactory, state=Complaint.State.UNDER_REVIEW)
    outcome = Complaint.Outcome.REJECTED
    answer = "Abbiamo riesaminato la pratica."
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class FeedbackFactory(factory.django.DjangoModelFactory):
    """Two stars given in the app, with a few words, which wait for an answer."""

    class Meta:
        model = Feedback

    class Params:
        answered = factory.Trait(
            state="answered",
            answer="Grazie, provvediamo.",
            answered_at=factory.LazyFunction(timezone.now),
            answered_by=factory.SubFactory(UserFactory),
        )
        closed = factory.Trait(
            state="closed",
            outcome="nothing",
            outcome_words="Nulla da fare.",
            closed_at=factory.LazyAttribute(lambda row: max(row.received_at, timezone.now())),
        )
        at_store = factory.Trait(
            source="google_play", customer=None, external_id=factory.Sequence(lambda number: f"gp-{number}")
        )

    source = Feedback.Source.APP
    customer = factory.SubFactory(CustomerFactory)
    rating = 2
    text = "L'accesso è lento."
    received_at = factory.LazyFunction(timezone.now)


class FeedbackEventFactory(factory.django.DjangoModelFactory):
    """That it was received."""

    class Meta:
        model = FeedbackEvent

    feedback = factory.SubFactory(FeedbackFactory)
    kind = FeedbackEvent.Kind.RECEIVED


class FeedbackThemeFactory(factory.django.DjangoModelFactory):
    """A theme beside those that every installation begins with."""

    class Meta:
        model = FeedbackTheme

    code = factory.Sequence(lambda number: f"theme-{number}")
    name = "Polizze"
    name_en = "Policies"


class StoreRatingsFactory(factory.django.DjangoModelFactory):
    """What a store counted on a day."""

    class Meta:
        model = StoreRatings

    source = "google_play"
    day = date(2026, 5, 1)
    app_version = factory.Sequence(lambda n: f"4.12.{n}")
    fives = 3


class ThemeMeasureFactory(factory.django.DjangoModelFactory):
    """Six of ten right, where the commonest theme is right for four."""

    class Meta:
        model = ThemeMeasure

    tested_from = date(2026, 4, 1)
    learnt_from = 100
    tested = 10
    suggested = 9
    right = 6
    commonest_right = 4


class ComplaintAdditionFactory(factory.django.DjangoModelFactory):
    """A few words that the complainant sent later."""

    class Meta:
        model = ComplaintAddition

    complaint = factory.SubFactory(ComplaintFactory)
    text = "Aggiungo la ricevuta."
    submission_key = factory.LazyFunction(uuid.uuid4)


class AddedFileFactory(factory.django.DjangoModelFactory):
    """A receipt that came with it."""

    class Meta:
        model = AddedFile

    addition = factory.SubFactory(ComplaintAdditionFactory)
    name = "ricevuta.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    file = "complaints/2026/05/0000"


class LegalFigureFactory(factory.django.DjangoModelFactory):
    """The days to answer IVASS, as they might be changed one day."""

    class Meta:
        model = LegalFigure

    kind = LegalFigure.Kind.IVASS_ANSWER
    amount = 20
    valid_from = factory.Sequence(lambda n: date(2090, 1, 1) + timedelta(days=n))
    source = "Gazzetta Ufficiale 1/2090"


class TermStopFactory(factory.django.DjangoModelFactory):
    """A week of spring that might stop the Arbiter's terms one day."""

    class Meta:
        model = TermStop

    first_month, first_day, last_month, last_day = 4, 1, 4, 7
    valid_from = factory.Sequence(lambda n: date(2090, 1, 1) + timedelta(days=n))
    source = "Gazzetta Ufficiale 1/2090"


class RegulatorRequestFactory(factory.django.DjangoModelFactory):
    """A request of IVASS just received; `answered=True` has an answer that has not gone."""

    class Meta:
        model = RegulatorRequest

    class Params:
        answered = factory.Trait(
            state=RegulatorRequest.State.ANSWERED,
            answer="Si trasmette quanto richiesto.",
            answered_at=datetime(2026, 3, 10, 9, tzinfo=UTC),
        )

    protocol = factory.Sequence(lambda n: f"{n + 1:07}/26")
    complaint = factory.SubFactory(ComplaintFactory)
    channel = RegulatorRequest.Channel.PEC
    received_on = date(2026, 3, 2)
    due_on = date(2026, 4, 1)
    asked = "Si chiede copia della polizza e della risposta al reclamo."


class ArbitratorAppealFactory(factory.django.DjangoModelFactory):
    """An appeal just notified; `preparing=True` has a complete file, `upheld=True` a decision to comply with."""

    class Meta:
        model = ArbitratorAppeal

    class Params:
        preparing = factory.Trait(
            state=ArbitratorAppeal.State.PREPARING,
            complete_on=date(2026, 3, 10),
            counter_due_on=date(2026, 4, 19),
            due_on=date(2026, 4, 19),
        )
        upheld = factory.Trait(
            state=ArbitratorAppeal.State.DECIDED,
            decision=ArbitratorAppeal.Decision.UPHELD,
            decided_on=date(2026, 4, 20),
            comply_by=date(2026, 5, 20),
            due_on=date(2026, 5, 20),
        )

    number = factory.Sequence(lambda n: f"AAS-2026-{n + 1:05}")
    complaint = factory.SubFactory(ComplaintFactory, answered=True)
    kind = ArbitratorAppeal.Kind.NON_LIFE
    asked = "Il rimborso della franchigia."
    value = Decimal("1200.00")
    facts_on = date(2025, 11, 3)
    filed_on = date(2026, 3, 1)
    notified_on = date(2026, 3, 5)


class ProcedureFileFactory(factory.django.DjangoModelFactory):
    """The request itself, as it came."""

    class Meta:
        model = ProcedureFile

    request = factory.SubFactory(RegulatorRequestFactory)
    direction = ProcedureFile.Direction.RECEIVED
    name = "richiesta.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    file = "complaints/2026/05/0001"
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class ProcedureLetterFactory(factory.django.DjangoModelFactory):
    """The answer to a request, which waits to be posted."""

    class Meta:
        model = ProcedureLetter

    request = factory.SubFactory(RegulatorRequestFactory, answered=True)
    pdf = b"%PDF-1.4"
    way = ProcedureLetter.Way.POST
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class HalfYearReturnFactory(factory.django.DjangoModelFactory):
    """The frozen return of a half in which nothing happened."""

    class Meta:
        model = HalfYearReturn

    half = factory.Sequence(lambda n: f"20{n // 2 % 100:02}H{n % 2 + 1}")
    rows_number = 0
    rows_checksum = "0" * 64
    checksum = "1" * 64
    rules_version = "2026-11"
    code_version = "2" * 64
    tables = factory.LazyAttribute(
        lambda row: rules.tables_of([], half_named(row.half), {table: [] for table in rules.TABLES})
    )
    csv = xlsx = pdf = xml = b"-"


class ReturnRowFactory(factory.django.DjangoModelFactory):
    """A complaint about a motor claim, open at the end of the half; `past=True` is an entry of a past register."""

    class Meta:
        model = ReturnRow

    class Params:
        past = factory.Trait(year=None, sequence=None, old_number="7/2026")

    half_year_return = factory.SubFactory(HalfYearReturnFactory)
    complaint_id = factory.Sequence(lambda n: n + 1)
    year = 2026
    sequence = factory.Sequence(lambda n: n + 1)
    received_on = date(2026, 1, 10)
    ramo = "10"
    area = "settlement"
    reason = "settlement_delay"
    channel = "site"
    distribution = "agency"
    has_intermediary = False
    is_treatable = True
    is_repeated = False


class BranchFigureFactory(factory.django.DjangoModelFactory):
    """Motor liability in a year."""

    class Meta:
        model = BranchFigure

    year = factory.Sequence(lambda n: 2000 + n % 100)
    ramo = "10"
    premium = 480_000_000
    contracts = 1_200_000
    source = "Bilancio d'esercizio"


class MarketFigureFactory(factory.django.DjangoModelFactory):
    """A year of the market."""

    class Meta:
        model = MarketFigure

    period = "2022"
    name = factory.Sequence(lambda n: f"gruppo {n}")
    name_en = "some companies"
    complaints = 96_976
    source = "IVASS"


class PublicStatementFactory(factory.django.DjangoModelFactory):
    """The statement of a year."""

    class Meta:
        model = PublicStatement

    year = 2025
    first = factory.SubFactory(HalfYearReturnFactory)
    second = factory.SubFactory(HalfYearReturnFactory)
    by = factory.SubFactory(UserFactory, role=roles.MANAGER)


class CauseActionFactory(factory.django.DjangoModelFactory):
    """An action about late settlements, not yet done."""

    class Meta:
        model = CauseAction

    title = "Liquidazioni in ritardo"
    plan = "Un secondo liquidatore nelle settimane di punta."
    reason = "settlement_delay"
    owner = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)
    opened_by = factory.SelfAttribute("owner")
    opened_on = date(2026, 1, 10)
    due_on = date(2026, 3, 10)


class ComplaintDocumentFactory(factory.django.DjangoModelFactory):
    """A scan that came with a complaint by post."""

    class Meta:
        model = ComplaintDocument

    complaint = factory.SubFactory(ComplaintFactory)
    name = "lettera.pdf"
    content_type = "application/pdf"
    size = 2_048
    sha256 = "b" * 64
    file = "complaints/2026/01/lettera"
    giver = ComplaintDocument.Giver.COMPLAINANT
    way = "post"
    given_on = date(2026, 1, 10)


class RepresentationFactory(factory.django.DjangoModelFactory):
    """A lawyer's client; the mandate has not come."""

    class Meta:
        model = Representation

    complaint = factory.SubFactory(ComplaintFactory, proposer_kind="lawyer")
    name = "Bruno Neri"
    relation = Representation.Relation.CLIENT


class TriageDecisionFactory(factory.django.DjangoModelFactory):
    """A question, that somebody looked at."""

    class Meta:
        model = TriageDecision

    contact = factory.SubFactory(ContactFactory)
    written_on = date(2026, 1, 10)
    is_complaint = False
    reason = "È una domanda."
    by = factory.SubFactory(UserFactory)


class HintPhraseFactory(factory.django.DjangoModelFactory):
    """Words that speak for a complaint."""

    class Meta:
        model = HintPhrase

    phrase = factory.Sequence(lambda n: f"mai visto {n}")
    language = HintPhrase.Language.ITALIAN
    weight = 2


class ComplaintHintFactory(factory.django.DjangoModelFactory):
    """A message that may be a complaint, on which nobody has decided."""

    class Meta:
        model = ComplaintHint

    message = factory.SubFactory(MessageFactory)
    contact = factory.SelfAttribute("message.contact")
    written_at = factory.SelfAttribute("message.written_at")
    score = 4
    words = [["reclamo", 3], ["contest*", 1]]
    is_likely = True


class HintMeasurementFactory(factory.django.DjangoModelFactory):
    """Eight later weeks."""

    class Meta:
        model = HintMeasurement

    first = date(2025, 9, 1)
    split = date(2026, 3, 2)
    last = date(2026, 4, 26)
    threshold = 3
    messages = 400
    complaints = 12
    marked = 15
    found = 10
    learnt_from = 1_200
    learnt_complaints = 40
