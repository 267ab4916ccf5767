"""The public pages of a request: choose how to write, write, follow what was written, say whether it was resolved.

No page needs a sign-in or a script. The person who holds the secret of a request is its writer: those pages are not stored, not
indexed, and tell no other site where the reader came from.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contact_center.contacts import satisfaction
from contact_center.contacts.attachments import attachment_for
from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.opening import Opened, as_text, digest_of, open_request, tracking_url
from contact_center.contacts.satisfaction import answer_survey
from contact_center.contacts.twins import sent_before
from contact_center.due.line_hours import telephone
from contact_center.models import (
    Contact,
    Message,
    MessageAttachment,
    SatisfactionSurvey,
    Topic,
    TopicQuestion,
    WebFormRequest,
)
from contact_center.requests.forms import (
    AnotherMessageForm,
    ConsiderationForm,
    GuidedRequestForm,
    OpenRequestForm,
    PublicForm,
    SurveyForm,
    known_of,
)
from contact_center.requests.thread import said_of, thread_page
from customers.access import record_access
from customers.acting import account_of, acting_customer
from customers.models import Customer
from customers.models.account import Right
from foundation.files.keeping import FilesNotKept, attachment_response
from foundation.files.uploads import no_room, too_large
from foundation.form_guard import allowed
from foundation.refusals import Refused

SENT_PER_HOUR = 30  # written from one address: an office behind one router writes, a machine floods
WRONG_PER_TEN_MINUTES = 60  # wrong secrets from one address

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)


# --- Choosing, and writing ----------------------------------------------------------------------------------------
@require_safe
def contacts_view(request: HttpRequest) -> HttpResponse:
    """The ways to reach us."""
    return render(request, "contact_center/contacts.html", vars(telephone(timezone.now())))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def open_request_view(request: HttpRequest) -> HttpResponse:
    """A request in free words."""
    return _write(request, OpenRequestForm, WebFormRequest.Form.OPEN, "contact_center/request_open.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def consideration_view(request: HttpRequest) -> HttpResponse:
    """A thought that asks for no answer."""
    kind = WebFormRequest.Form.CONSIDERATION
    return _write(request, ConsiderationForm, kind, "contact_center/request_consideration.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guided_request_view(request: HttpRequest) -> HttpResponse:
    """First the topic (`?argomento=`), then its questions."""
    ways = {
        "guided_url": reverse("guided_request"),
        "open_url": reverse("open_request"),
        "ways_url": reverse("contacts"),
    }
    return guided(request, GuidedRequestForm, _write, ways)


def guided(
    request: HttpRequest,
    form_class: type[PublicForm],
    write: Callable[..., HttpResponse],
    ways: dict[str, str],
) -> HttpResponse:
    """The two steps of a guided request: `write` shows and takes the form; `ways` are the addresses that lead on from here."""
    template = "contact_center/request_guided.html"
    code = request.GET.get("argomento", "").replace("\0", "")
    if not code and request.method != "POST":
        topics = Topic.objects.public().valid_on(timezone.localdate())
        return render(request, template, {"areas": _by_area(topics), **ways})
    today = timezone.localdate()
    questions = list(TopicQuestion.objects.valid_on(today).filter(topic__code=code).select_related("topic"))
    topic = questions[0].topic if questions else Topic.objects.filter(code=code).first()
    if topic is None:
        return redirect(ways["guided_url"])
    is_current = topic.is_public and topic.is_valid_on(today)
    if not is_current and request.method != "POST":
        messages.info(request, _("We no longer take requests on this topic here: choose another."))
        return redirect(ways["guided_url"])
    asked = {"topic": topic, "questions": questions, "is_current": is_current}
    return write(request, form_class, WebFormRequest.Form.GUIDED, template, asked, ways)


def _by_area(topics: Any) -> list[tuple[str, list[Topic]]]:
    """The topics under the names of their areas, in the order in which areas are declared."""
    listed = list(topics)
    areas = ((str(label), [each for each in listed if each.area == area]) for area, label in Topic.Area.choices)
    return [(label, found) for label, found in areas if found]


def _write(
    request: HttpRequest,
    form_class: type[PublicForm],
    kind: str,
    template: str,
    arguments: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    customer = acting_customer(request, Right.ASK)
    arguments = arguments or {}
    initial = known_of(request.user, customer) if request.user.is_authenticated and request.method != "POST" else {}
    form, opened, status = take_request(request, form_class, kind, arguments, customer=customer, initial=initial)
    if form is None:
        if opened is None:
            return redirect("request_thanks")
        return redirect("request_sent", opened.contact.number, opened.secret)
    return render(request, template, {"form": form, "customer": customer, **arguments, **(more or {})}, status=status)


def take_request(
    request: HttpRequest,
    form_class: type[PublicForm],
    kind: str,
    arguments: dict[str, Any],
    *,
    customer: Customer | None,
    initial: dict[str, Any],
    channel: str = Contact.Channel.SITE_FORM,
) -> tuple[PublicForm | None, Opened | None, int]:
    """The form as it is shown, with its status; or none, and the request that was opened (none for a machine's)."""
    if request.method != "POST":
        return form_class(initial=initial, **arguments), None, 200
    form = form_class(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request), **arguments)
    if not form.is_valid():
        return form, None, 200
    if form.is_trapped:
        return None, None, 302
    if not allowed(request, "request", SENT_PER_HOUR, 3600):
        form.add_error(None, _too_many())
        return form, None, 429
    words = form.request_words()
    try:
        opened = open_request(form=kind, channel=channel, customer=customer, language=get_language() or "it", **words)
        if not opened.is_new:
            _keep_what_differs(opened.contact, words)
    except FilesNotKept as refusal:
        form.add_error("files", str(refusal))
        return form, None, 503
    return None, opened, 302


def _keep_what_differs(contact: Contact, words: dict[str, Any]) -> None:
    """The same page sent again with other words (by the browser's way back) is one more message, not a loss."""
    text = as_text(words.get("answers", ()), words["text"])
    if text != contact.messages.values_list("text", flat=True).first():
        key = uuid.uuid5(words["submission_key"], text)
        add_customer_message(contact, text=text, key=key, files=words["files"])


def _too_many() -> str:
    return _(
        "Many messages have come from where you are. What you wrote is still here: please send it again in an hour."
    )


@require_safe
@never_cache
def request_thanks_view(request: HttpRequest) -> HttpResponse:
    """What a machine that fell into the trap is shown."""
    return render(request, "contact_center/request_thanks.html")


# --- Pages of the person who holds a secret ------------------------------------------------------------------------
def private(response: ResponseT) -> ResponseT:
    """The response, to be kept by nobody. The header keeps the address to itself; the pages' own meta element lets their
    forms name the site they come from, without which a browser's post is refused (docs/decisions/tracking-by-secret.md).
    """
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def miss(request: HttpRequest) -> HttpResponse:
    """A wrong secret: 404, and after many of them 429."""
    if not allowed(request, "secret", WRONG_PER_TEN_MINUTES, 600):
        return private(render(request, "429.html", status=429))
    raise Http404


class TrackedRequest(HttpRequest):
    """A request whose address carries a number and its secret: `tracking` are the two, for addresses beside this one."""

    tracking: dict[str, str]


def by_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the request whose number and secret are in the address; wrong ones are not found, both alike."""

    @wraps(view)
    def found(request: TrackedRequest, number: str, secret: str, **more: Any) -> HttpResponseBase:
        form = WebFormRequest.objects.select_related("contact").filter(tracking_digest=digest_of(secret)).first()
        if form is None or form.contact.number != number:
            return miss(request)
        request.tracking = {"number": number, "secret": secret}
        return private(view(request, form, **more))

    return found


@require_safe
@by_secret
def request_sent_view(request: TrackedRequest, form: WebFormRequest) -> HttpResponse:
    """The number, by when we answer, how to follow it, and what happens next."""
    context = {
        "contact": form.contact,
        "form_sent": form,
        "tracking_url": _tracking(request),
        "sent_before": sent_before(form),
    }
    return render(request, "contact_center/request_sent.html", context)


def _tracking(request: TrackedRequest) -> str:
    return reverse("request_tracking", kwargs=request.tracking)


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
def tracking_view(request: TrackedRequest, form: WebFormRequest) -> HttpResponse:
    """Where the request stands and its thread (GET); one more message (POST)."""
    contact = form.contact
    status = 200
    if request.method == "POST":
        sent = AnotherMessageForm(request.POST, request.FILES, given_up=too_large(request), no_room=no_room(request))
        if sent.is_valid():
            if sent.is_trapped:
                return redirect(_tracking(request))
            if allowed(request, "message", SENT_PER_HOUR, 3600):
                try:
                    return _add(request, contact, sent)
                except FilesNotKept as refusal:
                    sent.add_error("files", str(refusal))
                    status = 503
            else:
                sent.add_error(None, _too_many())
                status = 429
    else:
        sent = AnotherMessageForm()
    before = request.GET.get("prima", "")
    context = {"form_sent": form, "form": sent, **_thread(form, before), **request.tracking}
    return render(request, "contact_center/tracking.html", context, status=status)


def _thread(form: WebFormRequest, before: str) -> dict[str, Any]:
    """The thread as far as it concerns the mailbox of the form: whoever holds the link has that, and perhaps no more."""
    return thread_page(form.contact, before=before, mailbox=form.email)


def _add(request: TrackedRequest, contact: Contact, sent: AnotherMessageForm) -> HttpResponse:
    given = sent.cleaned_data
    added = add_customer_message(contact, text=given["text"], files=given["files"], key=given["submission_key"])
    messages.success(request, said_of(added, contact))
    if added.contact.pk == contact.pk:
        return HttpResponseRedirect(_tracking(request))
    return HttpResponseRedirect(tracking_url(added.contact.web_form))


@require_safe
@by_secret
def tracked_attachment_view(request: TrackedRequest, form: WebFormRequest, key: uuid.UUID) -> HttpResponseBase:
    """A file of the thread, for the person who holds the secret."""
    shown = Message.objects.filter(contact=form.contact, sent_to__in=["", form.email])
    shown = shown.exclude(direction=Message.Direction.NOTE)
    attachment = MessageAttachment.objects.filter(key=key, message__in=shown.order_by().values("pk")).first()
    if attachment is None:
        raise Http404
    return attachment_response(attachment)


@require_safe
@never_cache
def attachment_view(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """A file of a thread, for staff who may read it and for the customer whose it is; staff's look is written down."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    attachment = attachment_for(request.user, key, account=account_of(request))
    customer = attachment.message.contact.customer_id
    if customer is not None and request.user.has_perm("contact_center.view_message"):
        record_access(request.user, customer, what=f"attachment {attachment.message.contact.number}"[:60])
    return attachment_response(attachment)


# --- Was it resolved? -------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
def tracked_survey_view(request: TrackedRequest, form: WebFormRequest) -> HttpResponse:
    """The answer given on the tracking page (POST); a person who only looks is led back there."""
    if request.method != "POST":
        return HttpResponseRedirect(_tracking(request))
    survey = SatisfactionSurvey.objects.select_related("contact").filter(contact=form.contact).first()
    if survey is None:
        raise Http404
    return _answer(request, survey, then=_tracking(request))


@require_http_methods(["GET", "HEAD", "POST"])
def survey_view(request: HttpRequest, token: str) -> HttpResponse:
    """The question (GET changes nothing: programs that check mail open every link) and its answer (POST)."""
    surveys = SatisfactionSurvey.objects.select_related("contact__web_form")
    survey = surveys.filter(token_digest=satisfaction.digest_of(token)).first()
    if survey is None:
        return miss(request)
    if request.method == "POST":
        return private(_answer(request, survey, then=request.path))
    return private(_survey_page(request, survey, None if survey.answered_at else SurveyForm()))


def _answer(request: HttpRequest, survey: SatisfactionSurvey, *, then: str) -> HttpResponse:
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _survey_page(request, survey, form)
    given = form.cleaned_data
    try:
        answer_survey(survey, resolved=given["resolved"] == "yes", rating=given["rating"], comment=given["comment"])
    except Refused as refusal:
        survey.refresh_from_db()
        return _survey_page(request, survey, None, refusal=refusal)
    messages.success(request, _("Thank you for telling us."))
    return HttpResponseRedirect(then)


def _survey_page(
    request: HttpRequest, survey: SatisfactionSurvey, form: SurveyForm | None, *, refusal: Refused | None = None
) -> HttpResponse:
    written = getattr(survey.contact, "web_form", None)
    context = {
        "survey": survey,
        "contact": survey.contact,
        "form": form,
        "refusal": refusal,
        "tracking_url": tracking_url(written) if written else "",
    }
    return render(request, "contact_center/survey.html", context, status=409 if refusal else 200)
