"""The texts of the alert rules beside the first ones: what lapses when, what it costs, where it is paid; and the steps of a claim."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers import claim_terms
from customers.rami import MOTOR_LIABILITY
from notifications.kinds import (
    PAYS,
    POLICY,
    STILL_OWED,
    TELEPHONE_FIRST,
    NoticeKind,
    claim_button,
    expiry_terms,
    instalment_terms,
)
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations
from notifications.texts.parts import Part

PREMIUM = Part(_("the premium of the next period"), source="art. 42 Reg. IVASS 41/2018", word="premium")
VALID_UNTIL = Part(_("until when the offer may be accepted"), word="valid_until")
ENDS_ON = Part(_("the day on which the contract ends"), word="ends_on")
VISIT_ON = Part(_("the day of the visit"), word="visit_on")
DOCUMENT = Part(_("the document that is missing"), word="document")
WHY_REFUSED = Part(_("why the claim was refused"), source="art. 148 cod. ass.", word="reason")
COMPLAIN = Part(_("where a complaint is sent"), source="Reg. ISVAP 24/2008", word="complaint_url")


def _failed(words: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the cover lasts while it is unpaid: of an instalment, or of a policy whose renewal was being paid."""
    if words["offer_id"]:
        return expiry_terms(words) | {"is_renewal": True, "is_life": False}
    return instalment_terms(words) | {"is_renewal": False}


def _offered(words: Mapping[str, Any]) -> dict[str, Any]:
    """By when the law expects an answer to an offer for a motor claim, and by when what was accepted is paid."""
    is_motor, offered_on, accepted_on = words["line"] == MOTOR_LIABILITY, words["offered_on"], words["accepted_on"]
    return claim_button(words) | {
        "answer_by": claim_terms.answer_expected_by(offered_on) if is_motor and offered_on else None,
        "answer_days": claim_terms.ANSWER_DAYS if is_motor else None,
        "paid_by": claim_terms.payment_due_on(accepted_on) if is_motor and accepted_on else None,
    }


def _refused(words: Mapping[str, Any]) -> dict[str, Any]:
    """Where a complaint is sent to."""
    return claim_button(words) | {"complaint_url": settings.SITE_URL + reverse("complaint_form")}


# --- Policies and payments ------------------------------------------------------------------------------------------
ENDING = POLICY | {"ends_on", "premium", "annual", "line", "grace_days"}
POLICY_EXPIRY_REMINDER = NoticeKind(
    "policy-expiry-reminder",
    _("Reminder: policy about to expire"),
    ENDING,
    dates=frozenset({"ends_on"}),
    amounts=frozenset({"premium"}),
    derive=expiry_terms,
    may=PAYS,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="ends_on",
    parts=(obligations.POLICY, ENDS_ON, obligations.COVER_UNTIL),
)
GRACE_ENDING = NoticeKind(
    "grace-ending",
    _("Days of grace about to end"),
    ENDING,
    dates=frozenset({"ends_on"}),
    amounts=frozenset({"premium"}),
    derive=expiry_terms,
    may=PAYS,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="cover_ends_on",
    parts=(obligations.POLICY, obligations.COVER_UNTIL),
)
RENEWAL_OFFERED = NoticeKind(
    "renewal-offered",
    _("Renewal offered"),
    ENDING | {"number", "starts_on", "until", "valid_until", "offer_id"},
    dates=frozenset({"ends_on", "starts_on", "until", "valid_until"}),
    amounts=frozenset({"premium"}),
    derive=expiry_terms,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="valid_until",
    parts=(obligations.POLICY, PREMIUM, VALID_UNTIL),
)
PAYMENT_FAILED = NoticeKind(
    "payment-failed",
    _("Payment failed"),
    POLICY
    | {"number", "amount", "due_on", "reason", "failed_on", "line", "is_first", "instalment_id", "offer_id"}
    | {"ends_on", "annual", "grace_days"},
    dates=frozenset({"due_on", "failed_on", "ends_on"}),
    amounts=frozenset({"amount"}),
    derive=_failed,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    is_bulk=True,
    group=Group.PAYMENTS,
    parts=(obligations.POLICY, obligations.AMOUNT),
)
# Its text says that rights lapse in ten years (art. 2952, paragraph 2, c.c.) and where the sums go then: docs/decisions/terms-and-their-sources.md
LIFE_MATURITY = NoticeKind(
    "life-maturity",
    _("Life policy about to mature"),
    POLICY | {"ends_on", "sum_insured", "value", "valued_on"},
    dates=frozenset({"ends_on", "valued_on"}),
    amounts=frozenset({"sum_insured", "value"}),
    still_owed=STILL_OWED,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="ends_on",
    parts=(obligations.POLICY, ENDS_ON),
)

# --- The steps of a claim -------------------------------------------------------------------------------------------
CLAIM = POLICY | {"number", "occurred_on", "claim_id"}
PEOPLE = frozenset({"adjuster", "adjuster_phone", "assessor", "repairer"})
CLAIM_VISIT = NoticeKind(
    "claim-visit",
    _("Visit of the assessor"),
    CLAIM | PEOPLE | {"visit_on", "visit_place"},
    dates=frozenset({"occurred_on", "visit_on"}),
    derive=claim_button,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
    parts=(obligations.NUMBER, VISIT_ON),
)
CLAIM_DOCUMENT_MISSING = NoticeKind(
    "claim-document-missing",
    _("Document of a claim missing"),
    POLICY | {"number", "document", "why", "due_on", "claim_id"},
    dates=frozenset({"due_on"}),
    derive=claim_button,
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM_FILE,
    parts=(obligations.NUMBER, DOCUMENT, obligations.DUE_ON),
)
CLAIM_OFFERED = NoticeKind(
    "claim-offered",
    _("Offer for a claim"),
    CLAIM | PEOPLE | {"line", "offered_on", "amount", "accepted_on", "skipped_taken"},
    dates=frozenset({"occurred_on", "offered_on", "accepted_on"}),
    amounts=frozenset({"amount"}),
    derive=_offered,
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
    parts=(obligations.NUMBER, obligations.AMOUNT),
)
CLAIM_PAID = NoticeKind(
    "claim-paid",
    _("Claim paid"),
    CLAIM | {"paid_on", "amount", "offered_on", "offered_amount", "skipped_taken", "skipped_offer"},
    dates=frozenset({"occurred_on", "paid_on", "offered_on"}),
    amounts=frozenset({"amount", "offered_amount"}),
    derive=claim_button,
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
    parts=(obligations.NUMBER, obligations.AMOUNT),
)
CLAIM_REFUSED = NoticeKind(
    "claim-refused",
    _("Claim refused"),
    CLAIM | {"refused_on", "reason", "adjuster", "adjuster_phone", "skipped_taken"},
    dates=frozenset({"occurred_on", "refused_on"}),
    derive=_refused,
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
    parts=(obligations.NUMBER, WHY_REFUSED, COMPLAIN),
)
