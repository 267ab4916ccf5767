"""The reserved area's rooms about reporting a claim: choose the policy, the guide, what was sent, and what follows."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact_center.claims import guide
from contact_center.claims.conversation import write_about_claim
from contact_center.claims.documents import receive_document
from contact_center.claims.guide import Place, kept_in_words, refusals_of_reading
from contact_center.requests.forms import AnotherMessageForm
from customers.claim_reports.commands import begin_draft
from customers.claim_reports.queries import policies_to_report
from customers.models import AskedDocument, Claim, ClaimDraft, ClaimFile, ClaimReport, Policy
from customers.models.account import Right
from customers.payments.renewals import with_renewed_until
from customers.rami import ramo
from customers.requests import CustomerRequest
from foundation.files.accepted import CLAIM
from foundation.files.keeping import FilesNotKept, attachment_response
from foundation.files.uploads import no_room, takes_files, too_large
from foundation.form_guard import name_what_is_missing
from foundation.refusals import Refused
from foundation.text import CleanedForm
from reserved_area.claim_page import days_for_offer, drafts_of
from reserved_area.records import SHELL, claim_page, customer_page

MOST_POLICIES = 100  # to choose from; who has more finds the button on the policy's own page
CONFLICT = 409


class ChooseForm(CleanedForm, forms.Form):
    """The policy under which it is reported. The key makes a second press the same report."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    policy = forms.ModelChoiceField(
        Policy.objects.none(), label=gettext_lazy("Policy"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, policies: list[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["policy"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Policy.objects.filter(pk__in=[each.pk for each in policies])

    def full_clean(self) -> None:
        """Check what was sent; what is missing is named."""
        name_what_is_missing(self.fields)
        super().full_clean()


# --- Beginning ----------------------------------------------------------------------------------------------------
@customer_page(right=Right.REPORT, for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def start_view(request: CustomerRequest) -> HttpResponse:
    """The reports under way, and a new one: under which policy."""
    policies = list(with_renewed_until(policies_to_report(request.customer, timezone.localdate()))[:MOST_POLICIES])
    sent = request.POST if request.method == "POST" else None
    form = ChooseForm(sent, policies=policies, initial={"key": uuid.uuid4()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                draft = begin_draft(customer=request.customer, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = CONFLICT
            else:
                return redirect("portal_report_draft", draft.key)
    chosen = request.GET.get("polizza", "")
    context = {
        "form": form,
        "policies": [(each, ramo(each.ramo).label, str(each.pk) == chosen) for each in policies],
        "drafts": drafts_of(request.customer),
    }
    return render(request, "reserved_area/report_start.html", context, status=status)


# --- The guide ------------------------------------------------------------------------------------------------------
def _place(request: CustomerRequest) -> Place:
    return Place(SHELL, "portal_report", "portal_claim", request.user, reverse("portal_report"))


def _draft(request: CustomerRequest, key: uuid.UUID) -> ClaimDraft:
    drafts = ClaimDraft.objects.visible_to(request.user).filter(customer=request.customer)
    return get_object_or_404(drafts.select_related("policy", "customer"), key=key)


def _shown(page: Any, request: CustomerRequest, key: uuid.UUID, *arguments: Any) -> HttpResponseBase:
    """A page of the guide; of a report that was sent meanwhile, by another press or device, what was sent."""
    sent = ClaimReport.objects.filter(submission_key=key, claim__customer=request.customer).first()
    if sent is not None:
        return redirect("portal_report_sent", sent.claim_id)
    return guide.serve(page, request, _draft(request, key), _place(request), *arguments)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_safe
def draft_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponseBase:
    """On to where the work on the draft goes on."""
    return _shown(lambda _request, draft, place: redirect(guide.next_url(draft, place)), request, key)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def step_view(request: CustomerRequest, key: uuid.UUID, step: str) -> HttpResponseBase:
    """The questions of a step."""
    return _shown(guide.step_page, request, key, step)


@takes_files(CLAIM)
@customer_page(right=Right.REPORT, for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def files_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponseBase:
    """Photographs and documents."""
    return _shown(guide.files_page, request, key)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_safe
def file_view(request: CustomerRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """A file of one's draft."""
    return guide.file_response(_draft(request, key), file)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_POST
def file_remove_view(request: CustomerRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """Take a file away."""
    return _shown(guide.remove_page, request, key, file)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponseBase:
    """Everything once more, and sending it."""
    return _shown(guide.review_page, request, key)


@customer_page(right=Right.REPORT, for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def discard_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponseBase:
    """Give the draft up."""
    return _shown(guide.discard_page, request, key)


@customer_page(for_heirs=True)
@require_safe
def sent_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """The number, the legal days, what happens next and what to keep."""
    claim = _reported(request, pk)
    report = get_object_or_404(ClaimReport, claim=claim)
    return render(
        request,
        "reserved_area/report_sent.html",
        {
            "claim": claim,
            "report": report,
            "offer_days": days_for_offer(claim),
            "files": claim.files.count(),
            "email": request.user.email,
        },
    )


def _reported(request: CustomerRequest, pk: int) -> Claim:
    """A claim that one reported oneself: what was answered is nobody else's affair."""
    claims = Claim.objects.visible_to(request.user).for_list().filter(customer=request.customer)
    return get_object_or_404(claims, pk=pk)


# --- What follows -------------------------------------------------------------------------------------------------
@customer_page(right=Right.REPORT, for_heirs=True)
@require_POST
def message_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Write about the claim; what was typed is shown again where it cannot be sent."""
    claim = _reported(request, pk)
    form = AnotherMessageForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return claim_page(request, claim, {"message_form": form}, status=422)
    if form.is_trapped:
        return redirect("portal_claim", pk=claim.pk)
    given = form.cleaned_data
    try:
        write_about_claim(
            claim, text=given["text"], files=given["files"], key=given["submission_key"], by=request.user
        )
    except FilesNotKept as refusal:
        form.add_error("files", str(refusal))
        return claim_page(request, claim, {"message_form": form}, status=503)
    messages.success(request, _("We have received your message."))
    return redirect("portal_claim", pk=claim.pk)


@takes_files(CLAIM)
@customer_page(right=Right.REPORT, for_heirs=True)
@require_POST
def document_view(request: CustomerRequest, pk: int, asked: int) -> HttpResponse:
    """Send a document that was asked for; files that cannot be kept are named."""
    claim = _reported(request, pk)
    document = get_object_or_404(AskedDocument, claim=claim, pk=asked)
    try:
        added = receive_document(document, request.FILES.getlist("files"), by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("portal_claim", pk=claim.pk)
    added.refused += refusals_of_reading(request)
    if added.kept:
        messages.success(request, _("We have received “%(name)s”: thank you.") % {"name": document.name})
    if not added.refused and added.kept:
        return redirect("portal_claim", pk=claim.pk)
    wrong = added.refused or [_("Choose the file first: none was sent.")]
    context = {
        "refused_of": document.pk,
        "refused": wrong,
        "kept_in_words": kept_in_words(added) if added.kept else "",
    }
    return claim_page(request, claim, context, status=422)


@customer_page(for_heirs=True)
@require_safe
def file_of_claim_view(request: CustomerRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
    """A file of a claim that one reported."""
    files = ClaimFile.objects.visible_to(request.user).filter(claim=pk, claim__customer=request.customer)
    if (file := files.filter(key=key).first()) is None:
        raise Http404
    return attachment_response(file)
