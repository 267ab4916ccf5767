"""What holds for complaints and opinions: `foundation.privacy` explains the words.

The register remains, with its numbers, dates and outcomes, when nobody is named in it any more.
"""

from functools import partial
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from contact_center import privacy as conversations
from customers.privacy import periods
from customers.privacy.rules import COMPLAINT_WAY, NAMES_STAFF
from foundation.privacy import NOBODY, Action, Basis, Obstacle, Rule, Why

COMPLAINTS = _("Your complaints")
OPINIONS = _("Your opinions about the app and the reserved area")
REGISTERED = _("to register and answer the complaint, as the law asks")
IMPROVED = _("to improve the app and the reserved area")

REGULATION = "Reg. ISVAP 24/2008"


def _dash(column: str) -> Any:
    """Nothing where nothing stood, else a dash: what was obligatory remains filled in."""
    return Case(When(**{column: "", "then": Value("")}), default=Value(NOBODY))


REGISTERING = Why(COMPLAINTS, REGISTERED, Basis.LAW, REGULATION)

with_complaint = partial(Rule, why=REGISTERING, customer=("complaint__customer",), follows="complaint")
emptied_opinion = partial(
    Rule,
    "complaints.Feedback",
    personal=("text",),
    plain=("external_id", "platform", "app_version"),
    action=Action.BLANK,
    blank_to={"customer": None},
    blanked=Q(text="", customer__isnull=True),
)

RULES = [
    Rule(
        "complaints.AddedFile",
        REGISTERING,
        customer=("addition__complaint__customer",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="addition",
    ),
    with_complaint(
        "complaints.ComplaintAddition",
        personal=("text",),
    ),
    with_complaint(
        "complaints.ComplaintLetter",
        actors=("by",),
        personal=("pdf",),
        plain=("paragraphs", "language"),
    ),
    with_complaint(
        "complaints.LetterSending",
        actors=("by",),
        personal=("address", "tracking", "problem"),
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
    emptied_opinion(
        REGISTERING.under(OPINIONS),
        customer=("complaint__customer",),
        only=Q(complaint__isnull=False),
        part="complaint",
        actors=("handled_by", "customer"),
        follows="complaint",
    ),
    emptied_opinion(
        Why(OPINIONS, IMPROVED, Basis.INTEREST),
        customer=("customer",),
        actors=("handled_by",),
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
        plain=("intermediary_stated", "intermediary_address", "province", "ramo", "reason"),
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
