"""An agent begins an operation for a customer: about what, what to do, and the form of its kind.

Whether the caller is the customer is the agent's matter; that the file was opened is written down.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contact_center.models import Contact
from contact_center.operations.commands import begin_operation
from customers.access import record_access, require_open
from customers.models import Claim, Customer, Operation, Policy
from customers.models.operation import OperationChannel
from customers.operations.forms import FactsForm
from customers.operations.kinds import KINDS, Kind, offers_about
from customers.operations.notes import notes_before
from customers.operations.subjects import Subject, subject_of
from foundation.numbers import whole_number
from foundation.office.links import change_address
from foundation.refusals import Refused
from foundation.requests import StaffRequest

MOST = 20  # policies and claims to choose from, the latest
CONFLICT = 409
OWN, POLICY, CLAIM = "customer", "policy", "claim"


class AskedByForm(forms.Form):
    """How the customer asked: of a contact in hand its channel tells, and of nothing else anything does."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How did the customer ask?"),
        choices=[
            (Operation.Channel.PHONE.value, gettext_lazy("by telephone")),
            (Operation.Channel.WRITTEN.value, gettext_lazy("in writing")),
        ],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def _begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Three steps in one address: choose what it is about (`about`), what to do (`kind`), and fill in the form."""
    if not request.user.has_perms(["customers.add_operation", "customers.view_customer"]):
        raise PermissionDenied
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    contact = _contact(request, customer)
    subject = _subject(request, customer)
    if request.method == "POST":
        require_open(request.user, customer.pk)
    else:
        record_access(request.user, customer.pk, what="operation")
    if subject is None:
        return _page(request, customer, contact, choices=_choices(request, customer))
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None or not kind.is_asked or subject.about not in kind.about:
        if request.method == "POST":
            raise Http404
        return _page(request, customer, contact, subject=subject, offers=_offers(request, subject))
    if request.method != "POST":
        form = kind.form(subject=subject)
        asked_by = AskedByForm() if contact is None else None
        return _page(request, customer, contact, subject=subject, kind=kind, form=form, asked_by=asked_by)
    return _send(request, customer, contact, subject, kind)


begin_view = admin.site.admin_view(never_cache(_begin))


def _send(
    request: StaffRequest, customer: Customer, contact: Contact | None, subject: Subject, kind: Kind
) -> HttpResponse:
    form = kind.form(request.POST, subject=subject)
    asked_by = AskedByForm(request.POST) if contact is None else None
    shown: dict[str, Any] = {"subject": subject, "kind": kind, "form": form, "asked_by": asked_by}
    try:
        key = uuid.UUID(request.POST.get("submission_key", ""))
    except ValueError:
        form.add_error(None, _("The page that was sent was not whole, so nothing was done. Send it again."))
        return _page(request, customer, contact, status=CONFLICT, **shown)
    is_whole = form.is_valid() and (asked_by is None or asked_by.is_valid())
    if not is_whole:
        return _page(request, customer, contact, key=key, **shown)
    try:
        begun = begin_operation(
            kind.code,
            customer=customer,
            policy=subject.policy,
            claim=subject.claim,
            facts=form.facts(),
            submission_key=key,
            by=request.user,
            channel=asked_by.cleaned_data["channel"] if asked_by is not None else _channel_of(contact),
            contact=contact if kind.needs_person else None,
        )
    except Refused as refusal:
        return _page(request, customer, contact, key=key, refusal=refusal, status=CONFLICT, **shown)
    messages.success(request, _("%(number)s was begun.") % {"number": begun.operation.number})
    return redirect(change_address(begun.contact or begun.operation))


def _channel_of(contact: Contact | None) -> OperationChannel:
    by_phone = contact is not None and contact.channel == Contact.Channel.PHONE
    return OperationChannel.PHONE if by_phone else OperationChannel.WRITTEN


def _contact(request: StaffRequest, customer: Customer) -> Contact | None:
    """The contact in hand, where the address names one of this customer's."""
    number = whole_number(request.GET.get("contact", ""))
    if number is None or not request.user.has_perm("contact_center.view_contact"):
        return None
    return get_object_or_404(Contact.objects.visible_to(request.user).filter(customer=customer), pk=number)


def _subject(request: StaffRequest, customer: Customer) -> Subject | None:
    """What the address names: `customer`, `policy-17` or `claim-17` of this customer; None where it names nothing yet."""
    what, _dash, written = request.GET.get("about", "").partition("-")
    number, today = whole_number(written), timezone.localdate()
    if what == OWN:
        return subject_of(customer, today=today)
    if what == POLICY:
        policy = get_object_or_404(Policy.objects.visible_to(request.user).filter(holder=customer), pk=number)
        return subject_of(customer, policy=policy, today=today)
    if what == CLAIM:
        claims = Claim.objects.visible_to(request.user).filter(customer=customer).for_list()
        return subject_of(customer, claim=get_object_or_404(claims, pk=number), today=today)
    return None


def _choices(request: StaffRequest, customer: Customer) -> list[dict[str, str]]:
    """What an operation may be about: the customer's data, the policies they hold, the claims they reported."""
    policies = Policy.objects.visible_to(request.user).filter(holder=customer).order_by("-ends_on", "-pk")[:MOST]
    claims = Claim.objects.visible_to(request.user).filter(customer=customer).open()[:MOST]
    found = [(OWN, _("Their own data"), _("telephone, e-mail, address, language"))]
    found += [
        (f"{POLICY}-{each.pk}", f"{each.product} {each.number}", f"{each.plate} {each.get_state_display()}".strip())
        for each in policies
    ]
    found += [
        (f"{CLAIM}-{each.pk}", _("Claim %(number)s") % {"number": each}, each.get_state_display()) for each in claims
    ]
    return [{"url": _url(request, about=about), "text": text, "hint": hint} for about, text, hint in found]


def _offers(request: StaffRequest, subject: Subject) -> list[dict[str, Any]]:
    """What can be done about it, with the reason where the law names it and it is not possible."""
    about = request.GET["about"]
    return [
        {
            "text": offer.kind.action,
            "hint": offer.why_not,
            "url": change_address(offer.waiting)
            if offer.waiting
            else ""
            if offer.why_not
            else _url(request, about=about, kind=offer.kind.code.value),
            "waiting": offer.waiting,
        }
        for offer in offers_about(subject)
    ]


def _url(request: StaffRequest, **chosen: str) -> str:
    kept = {"contact": contact} if (contact := request.GET.get("contact")) else {}
    return f"{request.path}?{urlencode(kept | chosen)}"


def _page(
    request: StaffRequest,
    customer: Customer,
    contact: Contact | None,
    *,
    key: uuid.UUID | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    kind, subject = shown.get("kind"), shown.get("subject")
    form: forms.Form | FactsForm | None = shown.get("form")
    context = {
        **admin.site.each_context(request),
        "title": kind.action if kind else _("Begin an operation"),
        "subtitle": str(customer),
        "customer": customer,
        "contact": contact,
        "notes": notes_before(kind, subject) if kind and subject else [],
        "why_not": kind.why_not(subject) if kind and subject and request.method != "POST" else "",
        "submission_key": key or uuid.uuid4(),
        "back_url": change_address(contact or customer),
        "media": form.media if form is not None else "",
        **shown,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "office/operation_begin.html", context, status=status)
