"""What holds for complaints and opinions: `foundation.privacy` explains the words.

The register remains, with its numbers, dates and outcomes, when nobody is named in it any more.
"""

from functools import partial
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.models.complaint import CODED
from contact_center import privacy as conversations
from customers.privacy import periods
from customers.privacy.rules import COMPLAINT_WAY, NAMES_STAFF
from foundation.privacy import NOBODY, Action, Basis, Obstacle, Rule, Why

COMPLAINTS = _("Your complaints")
OPINIONS = _("Your opinions about the app and the reserved area")
REGISTERED = _("to register and answer the complaint, as the law asks")
COUNTED = _("to report to the supervisor how many complaints there are, and to remove their causes")
IMPROVED = _("to improve the app and the reserved area")

DECIDED = _("to find out which writings are complaints, which the law has us register")

REGULATION = "Reg. ISVAP 24/2008"


def _dash(column: str) -> Any:
    """Nothing where nothing stood, else a dash: what was obligatory remains filled in."""
    return Case(When(**{column: "", "then": Value("")}), default=Value(NOBODY))


REGISTERING = Why(COMPLAINTS, REGISTERED, Basis.LAW, REGULATION)
LETTER_TEXTS = Why(COMPLAINTS, _("to show which words were approved, by whom and since when"), Basis.LAW)

SUPERVISED = REGISTERING.citing("Reg. ISVAP 24/2008; art. 7 CAP")
APPEALED = REGISTERING.citing("D.M. 215/2024; art. 187.1 CAP")

DECIDING = Why(conversations.CONVERSATIONS, DECIDED, Basis.LAW, REGULATION)

with_complaint = partial(Rule, why=REGISTERING, customer=("complaint__customer",), follows="complaint")
emptied_opinion = partial(
    Rule,
    "complaints.Feedback",
    personal=("text", "address", "answer", "outcome_words"),
    plain=("external_id", "platform", "app_version", "privacy_version"),
    action=Action.BLANK,
    blank_to={"customer": None, "answer": _dash("answer")},
    blanked=Q(text="", address="", answer__in=["", NOBODY], outcome_words="", customer__isnull=True),
)
FEEDBACK_ACTORS = ("answered_by", "closed_by")

# What the company counts and does about its complaints: nobody is named in it but those who work on it.
COUNTING = Why(COMPLAINTS, COUNTED, Basis.LAW, f"{REGULATION}, art. 9")

RULES = [
    Rule(
        "complaints.HalfYearReturn",
        COUNTING,
        actors=("by",),
        plain=(
            *("half", "reason", "rows_checksum", "checksum", "rules_version", "code_version", "tables"),
            *("differences", "csv", "xlsx", "pdf", "xml"),
        ),
    ),
    Rule(
        "complaints.ReturnRow",
        COUNTING,
        plain=(
            *("old_number", "ending", "outcome", "ramo", "area", "reason", "product", "channel", "distribution"),
            *("intermediary_kind", "agency", "not_treatable_cause"),
        ),
    ),
    Rule("complaints.PublicStatement", COUNTING, actors=("by",)),
    Rule(
        "complaints.CauseAction",
        COUNTING,
        actors=("owner", "opened_by"),
        plain=("title", "plan", "area", "reason", "product", "words", "effect"),
    ),
    Rule(
        "complaints.AddedFile",
        REGISTERING,
        customer=("addition__complaint__customer",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="addition",
    ),
    with_complaint(
        "complaints.ComplaintDocument",
        actors=("by",),
        personal=("name", "file"),
        plain=("content_type", "sha256", "giver", "way"),
    ),
    with_complaint(
        "complaints.Representation",
        actors=("asked_by",),
        personal=("name", "tax_code", "relation"),
    ),
    Rule(
        "complaints.TriageDecision",
        REGISTERING,
        customer=("complaint__customer",),
        only=Q(complaint__isnull=False),
        part="complaint",
        actors=("by",),
        personal=("reason",),
        kept_back={"reason": NAMES_STAFF},
        follows="complaint",
    ),
    Rule(
        "complaints.TriageDecision",
        DECIDING,
        customer=("feedback__customer",),
        only=Q(feedback__isnull=False),
        part="opinion",
        actors=("by",),
        personal=("reason",),
        kept_back={"reason": NAMES_STAFF},
        follows="feedback",
    ),
    Rule(
        "complaints.TriageDecision",
        DECIDING,
        customer=("contact__customer",),
        part="contact",
        actors=("by",),
        personal=("reason",),
        kept_back={"reason": NAMES_STAFF},
        follows="contact",
    ),
    Rule(
        "complaints.ComplaintHint",
        DECIDING,
        customer=("contact__customer",),
        plain=("words",),
        follows="contact",
    ),
    with_complaint(
        "complaints.ComplaintAddition",
        personal=("text",),
    ),
    with_complaint(
        "complaints.ComplaintLetter",
        actors=("by",),
        personal=("pdf",),
        plain=("paragraphs", "frame", "language"),
    ),
    with_complaint(
        "complaints.AnswerDraft",
        actors=("by",),
        personal=("answer", "reasons"),
    ),
    Rule(
        "complaints.LetterTextEvent",
        LETTER_TEXTS,
        actors=("by",),
        plain=("old", "new", "words"),
    ),
    Rule(
        "complaints.LetterText",
        LETTER_TEXTS,
        actors=("written_by", "last_written_by", "approved_by"),
        plain=("code", "language", "body", "reason_codes", "change_note", "source"),
    ),
    with_complaint(
        "complaints.PastEntry",
        personal=("stated",),
        plain=("source", "old_number", "digest"),
        action=Action.BLANK,
        blanked=Q(stated={}),
    ),
    with_complaint(
        "complaints.LetterSending",
        actors=("by",),
        personal=("address", "tracking", "problem"),
    ),
    Rule(
        "complaints.EnquiryFile",
        REGISTERING,
        customer=("enquiry__complaint__customer",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="enquiry",
    ),
    with_complaint(
        "complaints.Enquiry",
        actors=("by", "answered_by", "closed_by"),
        personal=("asked", "position", "draft", "closed_why"),
        plain=("article", "address"),
        action=Action.BLANK,
        blank_to={**{name: _dash(name) for name in ("asked", "position", "draft", "closed_why")}, "notice": None},
        blanked=Q(
            asked__in=["", NOBODY],
            position__in=["", NOBODY],
            draft__in=["", NOBODY],
            closed_why__in=["", NOBODY],
            notice__isnull=True,
        ),
    ),
    with_complaint(
        "complaints.AnswerApproval",
        actors=("submitted_by", "decided_by"),
        personal=("answer", "reasons", "remark"),
        plain=("outcome", "way"),
    ),
    with_complaint(
        "complaints.ChecklistTick",
        actors=("by",),
    ),
    with_complaint(
        "complaints.Proceeding",
        actors=("by",),
        personal=("body", "result"),
    ),
    with_complaint(
        "complaints.Suspension",
        actors=("by",),
        personal=("reason",),
        action=Action.BLANK,
        blank_to={"reason": NOBODY},
        blanked=Q(reason=NOBODY),
    ),
    with_complaint(
        "complaints.ComplaintEvent",
        actors=("by",),
        personal=("details",),
        kept_back={"details": NAMES_STAFF},
        action=Action.BLANK,
        blank_to={"notice": None},
        blanked=Q(details={}, notice__isnull=True),
    ),
    Rule(
        "complaints.FeedbackEvent",
        Why(OPINIONS, IMPROVED, Basis.INTEREST),
        customer=("feedback__customer", "feedback__complaint__customer"),
        actors=("by",),
        personal=("details",),
        follows="feedback",
        action=Action.BLANK,
        blank_to={"notice": None},
        blanked=Q(details={}, notice__isnull=True),
    ),
    Rule(
        "complaints.ProcedureFile",
        SUPERVISED,
        customer=("request__complaint__customer",),
        only=Q(request__isnull=False),
        part="request",
        actors=("by",),
        personal=("name", "file"),
        plain=("direction", "content_type", "sha256"),
        follows="request",
    ),
    Rule(
        "complaints.ProcedureFile",
        APPEALED,
        customer=("appeal__complaint__customer",),
        part="appeal",
        actors=("by",),
        personal=("name", "file"),
        plain=("direction", "content_type", "sha256"),
        follows="appeal",
    ),
    Rule(
        "complaints.ProcedureLetter",
        SUPERVISED,
        customer=("request__complaint__customer",),
        only=Q(request__isnull=False),
        part="request",
        actors=("by",),
        personal=("pdf", "address", "tracking", "problem"),
        follows="request",
    ),
    Rule(
        "complaints.ProcedureLetter",
        APPEALED,
        customer=("appeal__complaint__customer",),
        part="appeal",
        actors=("by",),
        personal=("pdf", "address", "tracking", "problem"),
        follows="appeal",
    ),
    Rule(
        "complaints.RegulatorRequest",
        SUPERVISED,
        customer=("complaint__customer",),
        actors=("handler",),
        personal=("asked", "draft", "answer", "outcome_text"),
        plain=("protocol",),
        action=Action.BLANK,
        blank_to={name: _dash(name) for name in ("asked", "answer")},
        blanked=Q(asked__in=["", NOBODY], answer__in=["", NOBODY], draft="", outcome_text=""),
        follows="complaint",
    ),
    Rule(
        "complaints.ArbitratorAppeal",
        APPEALED,
        customer=("complaint__customer",),
        actors=("handler",),
        personal=("asked", "draft", "counter_arguments"),
        plain=("number",),
        action=Action.BLANK,
        blank_to={name: _dash(name) for name in ("asked", "counter_arguments")},
        blanked=Q(asked__in=["", NOBODY], counter_arguments__in=["", NOBODY], draft=""),
        follows="complaint",
    ),
    emptied_opinion(
        REGISTERING.under(OPINIONS),
        customer=("complaint__customer",),
        only=Q(complaint__isnull=False),
        part="complaint",
        actors=(*FEEDBACK_ACTORS, "customer"),
        follows="complaint",
    ),
    emptied_opinion(
        Why(OPINIONS, IMPROVED, Basis.INTEREST),
        customer=("customer",),
        found_by=lambda person: Q(address__in=person.addresses),
        actors=FEEDBACK_ACTORS,
        part="opinion",
        period=periods.OPINION,
        since="received_at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "complaints.Complaint",
        REGISTERING,
        customer=("customer",),
        actors=("handler",),
        personal=(
            "complainant_name",
            "address",
            "phone",
            "tax_code",
            "reference",
            "not_treatable_reason",
            "subject",
            "text",
            "answer",
            "reasons",
        ),
        plain=(
            *(
                "intermediary_stated",
                "intermediary_address",
                "province",
                "ramo",
                "reason",
                "reason_codes",
                "old_number",
            ),
            *CODED,
        ),
        action=Action.BLANK,
        blank_to={
            **{
                name: _dash(name) for name in ("complainant_name", "not_treatable_reason", "subject", "text", "answer")
            },
            "customer": None,
            "policy": None,
            "claim": None,
            "contact": None,
            "submission_key": None,
        },
        blanked=Q(customer__isnull=True, text__in=["", NOBODY], complainant_name__in=["", NOBODY]),
        period=periods.COMPLAINT,
        since="registered_at",
        running=Q(state__in=Complaint.OPEN_STATES),
        running_why=_("the complaint is open"),
        matters={COMPLAINT_WAY: ("pk",), "customers.Claim": ("claim",)},
    ),
    # The conversation in which a complaint began lasts as long as the complaint.
    conversations.emptied_contact(
        REGISTERING.under(conversations.CONVERSATIONS),
        customer=("customer", "complaints__customer"),
        only=Q(complaints__isnull=False),
        part="complaint",
        period=periods.COMPLAINT,
        running=Q(complaints__state__in=Complaint.OPEN_STATES),
        running_why=_("the complaint is open"),
        matters={COMPLAINT_WAY: ("complaints",)},
    ),
]

OBSTACLES = [
    Obstacle(
        "complaint",
        _("a complaint is open: it has to be answered first"),
        lambda customer: Complaint.objects.open().filter(customer=customer),
    ),
]
