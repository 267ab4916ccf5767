"""The reserved area's room about requests: one's own conversations on every channel, and messages in written ones."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.satisfaction import answer_survey
from contact_center.models import Contact, SatisfactionSurvey, Topic, WebFormRequest
from contact_center.requests.answers import asks_policy
from contact_center.requests.beforehand import answers_for, record_answered
from contact_center.requests.forms import (
    AnotherMessageForm,
    CustomersGuidedForm,
    CustomersRequestForm,
    EnoughForm,
    PublicForm,
    SurveyForm,
    known_of,
)
from contact_center.requests.thread import said_of, thread_page
from contact_center.requests.views import guided, take_request
from customers.models import Customer, Policy
from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.files.keeping import FilesNotKept
from foundation.files.uploads import no_room, too_large
from foundation.refusals import Refused
from foundation.written_once import ObjectsWrittenOnce, WrittenOnce
from reserved_area.records import SHELL, customer_page, one_page

MOST_POLICIES = 100  # offered to choose from; a customer who has more names the policy in words
PURPOSES = {
    "dati": gettext_lazy("Change of my data"),
    "copia": gettext_lazy("Copy of a document"),
}  # what a link from another room is about


@customer_page
@require_safe
def requests_view(request: CustomerRequest) -> HttpResponse:
    """Everything one asked, by writing or by telephone, newest first."""
    asked = Contact.objects.visible_to(request.user).for_list().select_related("call_back")
    contacts, pages = one_page(request, asked)
    return render(request, "reserved_area/requests.html", {"contacts": contacts, "page": pages, "now": timezone.now()})


@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def write_view(request: CustomerRequest) -> HttpResponse:
    """Write a request in free words; `?per=dati` begins one about one's own data, `?polizza=` one about a policy."""
    kind = WebFormRequest.Form.OPEN
    return _write(request, CustomersRequestForm, kind, "contact_center/request_open.html")


@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def write_guided_view(request: CustomerRequest) -> HttpResponse:
    """Choose a topic, which leads to what we can answer about it already; then answer its questions."""
    ways = {
        "guided_url": reverse("portal_write_guided"),
        "topic_url": reverse("portal_answer"),
        "open_url": reverse("portal_write"),
        "ways_url": reverse("portal_requests"),
        "policy_chosen": _chosen_number(request),
        "shell": SHELL,
    }
    return guided(request, CustomersGuidedForm, _write, ways)


def _write(
    request: CustomerRequest,
    form_class: type[PublicForm],
    kind: str,
    template: str,
    arguments: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    customer = request.customer
    policies = Policy.objects.visible_to(request.user).order_by("-ends_on", "-pk")  # those that cover them too
    arguments = (arguments or {}) | {"customer": customer, "policies": list(policies[:MOST_POLICIES])}
    initial = known_of(request.user, customer) | {
        "subject": PURPOSES.get(request.GET.get("per", ""), ""),
        "policy_number": _chosen_number(request),
    }
    form, opened, status = take_request(
        request, form_class, kind, arguments, customer=customer, initial=initial, channel=Contact.Channel.PORTAL
    )
    if form is not None:
        return render(request, template, {"form": form, "shell": SHELL, **arguments, **(more or {})}, status=status)
    if opened is None:
        return redirect("portal_requests")
    number = {"number": opened.contact.number}
    messages.success(request, _("We have received your request: its number is %(number)s.") % number)
    return redirect("portal_request", pk=opened.contact.pk)


# --- What can be answered before anything is written -----------------------------------------------------------------
@customer_page(right=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_view(request: CustomerRequest) -> HttpResponse:
    """What we can tell at once about the topic (`?argomento=`), of all policies or of one (`&polizza=`): before the form.

    “This is what I needed” ends it here, “I still want to write” goes on to the form; either press is counted. Where
    there is nothing to say, the form comes at once.
    """
    topics = _TOPIC.objects(timezone.localdate(), _word(request, "argomento"))
    if not topics:
        return redirect("portal_write_guided")
    topic, chosen = topics[0], _chosen_number(request)
    policy = request.customer.policies.filter(number=chosen).first() if chosen else None
    to_form = f"{reverse('portal_write_guided')}?{_asked(topic, policy)}"
    form = EnoughForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        helped = form.cleaned_data["helped"] == EnoughForm.ENOUGH
        key = form.cleaned_data["submission_key"]
        record_answered(topic=topic, policy=policy, helped=helped, submission_key=key)
        if not helped:
            return redirect(to_form)
        messages.success(request, _("We are glad that this was enough. If something is missing, write to us."))
        return redirect("reserved_area")
    now = timezone.now()
    answers = answers_for(request.user, request.customer, topic=topic, policy=policy, now=now)
    if not answers and policy is None and not form.is_bound:
        return redirect(to_form)
    context = {
        "topic": topic,
        "policy": policy,
        "policies": _to_choose_from(request.customer) if asks_policy(topic) else [],
        "answers": answers,
        "form": form,
        "to_form": to_form,
    }
    return render(request, "reserved_area/answer.html", context, status=422 if form.is_bound else 200)


def _to_choose_from(customer: Customer) -> list[tuple[str, str]]:
    """The policies that the customer pays for, by number: for a select."""
    return [
        (number, " · ".join(filter(None, (product, plate, number))))
        for number, product, plate in _HELD.rows(customer.pk)
    ]


_TOPIC = ObjectsWrittenOnce(
    lambda day, code: Topic.objects.public().valid_on(day).filter(code=code).order_by("pk")[:1], date.min, "a topic"
)
_HELD = WrittenOnce(
    lambda customer: (
        Policy.objects.filter(holder=customer)
        .order_by("-ends_on", "-pk")
        .values_list("number", "product", "plate")[:MOST_POLICIES]
    ),
    -1,
)


def _asked(topic: Topic, policy: Policy | None) -> str:
    """What was chosen, for the next address."""
    return urlencode({"argomento": topic.code, **({"polizza": policy.number} if policy else {})})


def _chosen_number(request: CustomerRequest) -> str:
    return _word(request, "polizza")


def _word(request: CustomerRequest, name: str) -> str:
    """A word of the address, as far as a database can take it."""
    return request.GET.get(name, "").replace("\0", "")


# --- One request ----------------------------------------------------------------------------------------------------
@customer_page
@require_safe
def request_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One request with its thread, without internal notes."""
    return _request_page(request, _mine(request, pk), AnotherMessageForm())


@customer_page(right=Right.ASK)
@require_POST
def message_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Write once more about it; what was typed is shown again where it cannot be sent."""
    contact = _written(request, pk)
    form = AnotherMessageForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return _request_page(request, contact, form, status=422)
    if form.is_trapped:
        return redirect("portal_request", pk=contact.pk)
    given = form.cleaned_data
    try:
        added = add_customer_message(contact, text=given["text"], files=given["files"], key=given["submission_key"])
    except FilesNotKept as refusal:
        form.add_error("files", str(refusal))
        return _request_page(request, contact, form, status=503)
    messages.success(request, said_of(added, contact))
    return redirect("portal_request", pk=added.contact.pk)


@customer_page(right=Right.ASK)
@require_POST
def survey_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Answer whether it was resolved, once."""
    contact = _written(request, pk)
    survey = get_object_or_404(SatisfactionSurvey, contact=contact)
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _request_page(request, contact, AnotherMessageForm(), survey_form=form, status=422)
    given = form.cleaned_data
    try:
        answer_survey(survey, resolved=given["resolved"] == "yes", rating=given["rating"], comment=given["comment"])
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Thank you for telling us."))
    return redirect("portal_request", pk=contact.pk)


def _mine(request: CustomerRequest, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).for_list().select_related("call_back")
    return get_object_or_404(rows, pk=pk)


def _written(request: CustomerRequest, pk: int) -> Contact:
    """One's own written request; a call has no thread, and its page no form."""
    contact = _mine(request, pk)
    if contact.channel == Contact.Channel.PHONE:
        raise Http404
    return contact


def _request_page(
    request: CustomerRequest,
    contact: Contact,
    form: AnotherMessageForm,
    *,
    survey_form: SurveyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if contact.channel == Contact.Channel.PHONE:
        return render(request, "reserved_area/request.html", {"contact": contact, "is_call": True})
    call_back = getattr(contact, "call_back", None)
    context = thread_page(contact, before=request.GET.get("prima", "")) | {"form": form, "call_back": call_back}
    if survey_form is not None and context["survey_form"] is not None:
        context["survey_form"] = survey_form
    return render(request, "reserved_area/request.html", context, status=status)
