"""What the page of a claim, the list of claims and the home show of reports: drafts, answers, files, documents, conversation."""

from typing import Any

from contact_center.claims.conversation import conversation_of, thread_about
from contact_center.requests.forms import AnotherMessageForm
from contact_center.requests.thread import standing_of
from customers.claim_reports.forms import PhotographsForm
from customers.claim_reports.lines import GUIDES, shown_steps
from customers.claim_terms import offer_days
from customers.models import Claim, ClaimDraft, ClaimFile, ClaimReport, Customer
from customers.rami import MOTOR_LIABILITY
from foundation.written_once import ObjectsWrittenOnce

MOST_FILES = 100  # shown on one page
NOBODY = -1  # the id of no customer


def drafts_of(customer: Customer) -> list[ClaimDraft]:
    """The reports that the customer has begun, or an agent for them, the latest first. One query."""
    return _DRAFTS.objects(customer.pk)


_DRAFTS = ObjectsWrittenOnce(lambda customer: ClaimDraft.objects.filter(customer=customer).for_list(), NOBODY)


def days_for_offer(claim: Claim) -> int | None:
    """How many days the law gives us from the complete file, for motor liability (art. 148 CAP)."""
    if claim.policy.ramo != MOTOR_LIABILITY:
        return None
    return offer_days(kind=claim.kind, signed_by_both=claim.signed_by_both)


def report_of(claim: Claim, customer: Customer, *, before: str = "") -> dict[str, Any]:
    """The report of a claim and what followed, for its reporter alone; the policyholder of somebody else's claim sees nothing of it."""
    if claim.customer_id != customer.pk:
        return {"is_reporter": False}
    report = ClaimReport.objects.filter(claim=claim).first()
    files = ClaimFile.objects.filter(claim=claim).order_by("pk")[:MOST_FILES]
    conversation = conversation_of(claim)
    return {
        "is_reporter": True,
        "report": report,
        "reported": shown_steps(GUIDES[report.guide], report.answers) if report else [],
        "claim_files": files,
        "asked_documents": claim.asked_documents.prefetch_related("files").order_by("state", "due_on", "pk"),
        "conversation": conversation,
        "conversation_standing": standing_of(conversation) if conversation else None,
        "message_form": AnotherMessageForm(),
        "photographs_form": PhotographsForm(),
        **thread_about(claim, before=before),
    }
