"""The guide of a claim report in the back office: an agent writes what a caller says, an agency what its customer does."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact_center.claims import guide
from contact_center.claims.guide import Place
from contact_center.claims.office import SEES_CONTACTS
from contact_center.models import Contact
from customers.access import record_access
from customers.claim_reports.office import REPORTS
from customers.models import Claim, ClaimDraft
from foundation.files.accepted import CLAIM
from foundation.files.uploads import takes_files
from foundation.numbers import whole_number
from foundation.office.doors import for_staff
from foundation.office.drafts import taken
from foundation.requests import StaffRequest

SHELL = "office/claim_report.html"


def _draft(request: StaffRequest, key: uuid.UUID) -> tuple[ClaimDraft, Place]:
    """The draft within reach, the frame of its pages, and the contact in hand; that the file was opened is written down."""
    drafts = ClaimDraft.objects.visible_to(request.user).select_related("policy", "customer")
    draft = get_object_or_404(drafts, key=key)
    record_access(request.user, draft.customer_id, what="claim report")
    number = whole_number(request.GET.get("contatto", ""))
    contacts = Contact.objects.visible_to(request.user).filter(customer=draft.customer_id)
    is_ours = request.user.has_perm(SEES_CONTACTS)  # an agency joins its report to no contact of ours
    contact = contacts.filter(pk=number).first() if number is not None and is_ours else None
    start = reverse("admin:customers_customer_change", args=[draft.customer_id])
    frame = admin.site.each_context(request)
    return draft, Place(SHELL, "office_report", "admin:customers_claim_change", request.user, start, contact, frame)


def _shown(page: Any, request: StaffRequest, key: uuid.UUID, *arguments: Any) -> HttpResponseBase:
    draft, place = _draft(request, key)
    request.current_app = admin.site.name
    answer = guide.serve(page, request, draft, place, *arguments)
    return taken(request, answer) if isinstance(answer, HttpResponseRedirect) else answer


@for_staff(REPORTS)
@require_safe
def draft_view(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """On to where the work on the draft goes on."""
    return HttpResponseRedirect(guide.next_url(*_draft(request, key)))


@for_staff(REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def step_view(request: StaffRequest, key: uuid.UUID, step: str) -> HttpResponseBase:
    """The questions of a step."""
    return _shown(guide.step_page, request, key, step)


@takes_files(CLAIM)
@for_staff(REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def files_view(request: StaffRequest, key: uuid.UUID) -> HttpResponseBase:
    """Photographs and documents."""
    return _shown(guide.files_page, request, key)


@for_staff(REPORTS)
@require_safe
def file_view(request: StaffRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """A file of the draft."""
    return guide.file_response(_draft(request, key)[0], file)


@for_staff(REPORTS)
@require_POST
def file_remove_view(request: StaffRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """Take a file away."""
    return _shown(guide.remove_page, request, key, file)


@for_staff(REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def review_view(request: StaffRequest, key: uuid.UUID) -> HttpResponseBase:
    """Everything once more, and sending it."""
    return _shown(guide.review_page, request, key)


@for_staff(REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def discard_view(request: StaffRequest, key: uuid.UUID) -> HttpResponseBase:
    """Give the draft up."""
    return _shown(guide.discard_page, request, key)


@for_staff(REPORTS)
@require_safe
def sent_view(request: StaffRequest, pk: int) -> HttpResponse:
    """On to the claim's page, with the number for the customer; during a call back to the desk, where it has still to be coded."""
    claim = get_object_or_404(Claim.objects.visible_to(request.user), pk=pk)
    messages.success(request, _("The claim is reported: its number is %(number)s.") % {"number": claim.report_number})
    number = whole_number(request.GET.get("contatto", ""))
    if number is not None and Contact.objects.to_code().filter(pk=number, owner__user=request.user).exists():
        return HttpResponseRedirect(f"{reverse('desk')}?contact={number}")
    return HttpResponseRedirect(reverse("admin:customers_claim_change", args=[claim.pk]))
