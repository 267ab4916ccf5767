"""The reserved area's room about operations: the form of each kind, its confirmation, the receipt, and the list."""

import uuid
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact_center.operations.commands import begin_operation, contact_of, withdraw
from customers.models import Claim, Operation, Policy, ProofCode
from customers.models.account import Right
from customers.operations.commands import AskedAlready
from customers.operations.forms import FactsForm, shown
from customers.operations.kinds import KINDS, Kind, facts_shown, kind_of, may_be_withdrawn
from customers.operations.notes import notes_before
from customers.operations.subjects import Subject, subject_of
from customers.requests import CustomerRequest
from foundation.form_guard import GuardedForm
from foundation.refusals import Refused
from foundation.telephones import shown_number
from foundation.text import CleanedForm
from notifications.operations import can_be_proved, change_proved, send_code
from reserved_area.records import customer_page, one_page

CHECK, CORRECT, SEND = "check", "correct", "send"
CONFLICT, UNPROCESSABLE = 409, 422
LOOKED = ("GET", "HEAD", "POST")


@cache
def guarded(form_class: type[FactsForm]) -> type[FactsForm]:
    """The form of a kind on a page of customers: with the key of its submission."""
    return type(form_class.__name__, (form_class, GuardedForm), {})


# --- Asking ---------------------------------------------------------------------------------------------------------
@customer_page(right=Right.ASK)
@require_http_methods(LOOKED)
def policy_operation_view(request: CustomerRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for something about a policy that one holds."""
    policy = get_object_or_404(Policy.objects.visible_to(request.user).filter(holder=request.customer), pk=pk)
    return _asking(request, kind, policy=policy)


@customer_page(right=Right.ASK)
@require_http_methods(LOOKED)
def claim_operation_view(request: CustomerRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for something about a claim that one reported."""
    claims = Claim.objects.visible_to(request.user).filter(customer=request.customer)
    return _asking(request, kind, claim=get_object_or_404(claims.for_list(), pk=pk))


@customer_page(right=Right.ASK)
@require_http_methods(LOOKED)
def own_operation_view(request: CustomerRequest, kind: str) -> HttpResponse:
    """Change one's own data."""
    return _asking(request, kind)


def _asking(
    request: CustomerRequest, code: str, *, policy: Policy | None = None, claim: Claim | None = None
) -> HttpResponse:
    """The form; then what was written, to be confirmed; then the receipt. A new number or address has its code instead."""
    kind, customer = KINDS.get(code), request.customer
    subject = subject_of(customer, policy=policy, claim=claim, today=timezone.localdate())
    if kind is None or not kind.is_asked or subject.about not in kind.about:
        raise Http404
    form_class = guarded(kind.form)
    if request.method != "POST":
        if (waiting := subject.open_of([kind.code])) is not None:
            return redirect("portal_operation", pk=waiting.pk)
        return _form_page(request, kind, subject, form_class(subject=subject, initial=_known(kind, subject)))
    form = form_class(request.POST, subject=subject)
    step = request.POST.get("step", CHECK)
    if step == CORRECT or not form.is_valid():
        return _form_page(request, kind, subject, form, status=200 if step == CORRECT else UNPROCESSABLE)
    assert isinstance(form, GuardedForm), "`guarded` makes it one"
    if form.is_trapped:
        return redirect("portal_operations")
    try:
        if kind.needs_proof:
            key = form.cleaned_data["submission_key"]
            proof = send_code(kind.code, facts=form.facts(), key=key, customer=customer, by=request.user)
            return redirect("portal_operation_code", key=proof.key)
        if step != SEND:
            return _confirmation_page(request, kind, subject, form)
        return _begin(request, kind, subject, form)
    except AskedAlready as refusal:
        messages.info(request, str(refusal))
        return redirect("portal_operation", pk=refusal.operation.pk)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, kind, subject, form, status=CONFLICT)


def _begin(request: CustomerRequest, kind: Kind, subject: Subject, form: FactsForm) -> HttpResponse:
    begun = begin_operation(
        kind.code,
        customer=request.customer,
        policy=subject.policy,
        claim=subject.claim,
        facts=form.facts(),
        submission_key=form.cleaned_data["submission_key"],
        by=request.user,
        channel=Operation.Channel.PORTAL,
    )
    if begun.is_new and begun.operation.state in Operation.OPEN_STATES:
        received = _("We have received it: its number is %(number)s.") % {"number": begun.operation.number}
        messages.success(request, received)
    return redirect("portal_operation", pk=begun.operation.pk)


def _known(kind: Kind, subject: Subject) -> dict[str, Any]:
    """What the form need not ask again: the address and the language as they are."""
    if subject.about != "customer":
        return {}
    return {name: getattr(subject.customer, name) for name in kind.form.names() if hasattr(subject.customer, name)}


def _page_of(kind: Kind, subject: Subject) -> dict[str, Any]:
    back_url = (
        reverse("portal_claim", args=[subject.claim.pk])
        if subject.claim
        else reverse("portal_policy", args=[subject.policy.pk])
        if subject.policy
        else reverse("portal_profile")
    )
    why_not = kind.why_not(subject)
    if kind.needs_proof and not can_be_proved(kind.code):
        why_not = _("We cannot send a code by SMS just now: call us or write to us to change the number.")
    return {
        "kind": kind,
        "subject": subject,
        "notes": notes_before(kind, subject) if not why_not else [],
        "why_not": why_not,
        "back_url": back_url,
        "back_label": subject.title or _("Profile"),
    }


def _form_page(
    request: CustomerRequest, kind: Kind, subject: Subject, form: FactsForm, *, status: int = 200
) -> HttpResponse:
    context = {**_page_of(kind, subject), "form": form}
    return render(request, "reserved_area/operation_form.html", context, status=status)


def _confirmation_page(request: CustomerRequest, kind: Kind, subject: Subject, form: FactsForm) -> HttpResponse:
    page = _page_of(kind, subject)
    if page["why_not"]:
        return _form_page(request, kind, subject, form, status=CONFLICT)
    context = {**page, "form": form, "facts": shown(kind.form, form.facts())}
    return render(request, "reserved_area/operation_check.html", context)


# --- The code -------------------------------------------------------------------------------------------------------
class CodeForm(CleanedForm, forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "size": 8}
        ),
        error_messages={"required": gettext_lazy("Write the code that we sent.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@customer_page(right=Right.ASK)
@require_http_methods(LOOKED)
def code_view(request: CustomerRequest, key: uuid.UUID) -> HttpResponse:
    """Write the code that came to the new number or address, which changes it."""
    proof = get_object_or_404(ProofCode, key=key, customer=request.customer)
    done = Operation.objects.filter(submission_key=key, customer=request.customer).first()
    if done is not None:
        return redirect("portal_operation", pk=done.pk)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                operation = change_proved(
                    proof, code=form.cleaned_data["code"], by=request.user, channel=Operation.Channel.PORTAL
                )
            except Refused as refusal:
                form.add_error("code", str(refusal))
            else:
                return redirect("portal_operation", pk=operation.pk)
    proof.refresh_from_db()
    is_over = proof.used_at is not None or proof.expires_at <= timezone.now() or not proof.has_tries_left
    context = {
        "kind": KINDS[proof.kind],
        "form": form,
        "sent_to": shown_number(proof.value) if proof.kind == Operation.Kind.PHONE else proof.value,
        "is_over": is_over,
        "expires_at": proof.expires_at,
        "again_url": reverse("portal_own_operation", args=[proof.kind]),
    }
    return render(request, "reserved_area/operation_code.html", context, status=status)


# --- What was asked -------------------------------------------------------------------------------------------------
@customer_page
@require_safe
def operations_view(request: CustomerRequest) -> HttpResponse:
    """Everything one asked to have done, newest first."""
    rows = Operation.objects.visible_to(request.user).for_list()
    operations, pages = one_page(request, rows)
    found = [(each, kind_of(each)) for each in operations]
    return render(request, "reserved_area/operations.html", {"operations": found, "page": pages})


@customer_page
@require_safe
def operation_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """The receipt of an operation: its number, what was asked, its steps, and what happens next."""
    operation = _mine(request, pk)
    contact = contact_of(operation)
    context = {
        "operation": operation,
        "kind": kind_of(operation),
        "facts": facts_shown(operation),
        "steps": operation.events.order_by("at", "pk"),
        "now": timezone.now(),
        "is_open": operation.state in Operation.OPEN_STATES,
        "may_be_withdrawn": may_be_withdrawn(operation),
        # A call has no thread to write in, and one that an agent opened is theirs to read all the same.
        "contact": contact if contact is not None and contact.channel != contact.Channel.PHONE else None,
    }
    return render(request, "reserved_area/operation.html", context)


@customer_page(right=Right.ASK)
@require_POST
def withdraw_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Take back what one asked for, while nothing has come of it."""
    operation = _mine(request, pk)
    try:
        withdraw(operation, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("You have taken it back: nothing is changed."))
    return redirect("portal_operation", pk=operation.pk)


def _mine(request: CustomerRequest, pk: int) -> Operation:
    return get_object_or_404(Operation.objects.visible_to(request.user).for_list(), pk=pk)
