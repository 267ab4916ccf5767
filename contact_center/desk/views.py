"""The desk of an agent: one page that shows the call as soon as it is answered, and asks for news all the time.

Why it asks rather than being notified: docs/decisions/desk-by-polling.md.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contact_center.agents.words import as_json, choices, shown_state
from contact_center.call_backs.queries import of_the_day, ringing_for
from contact_center.claims.office import REPORTS, ReportClaimOfContact
from contact_center.contacts.candidates import Candidate, candidates_for
from contact_center.contacts.correspondence import recipient_of
from contact_center.contacts.wrap_up_forms import CodeForm, PassOnForm
from contact_center.desk import card as desk
from contact_center.desk.commands import (
    code_call,
    complaint_form_url,
    confirm_person,
    join_call,
    name_caller,
    open_caller,
    pass_on,
    write_caller_card,
)
from contact_center.desk.identity import asking_of
from contact_center.desk.identity_commands import (
    accept_number,
    ask_question,
    give_general_information,
    judge_answer,
    open_without_identification,
)
from contact_center.models import Agent, AgentState, CallBack, Contact, IdentityQuestion, PauseReason
from contact_center.models.identity import OF_A_QUESTION, IdentityStep
from contact_center.people.forms import CallerForm, begun_with, facts_of
from contact_center.people.queries import cards_for
from customers.access import AccessReason, ReasonRefused, record_access
from customers.contact_points.office import Link, links_to_data, shown_points
from customers.models import Claim, Customer, User
from customers.sensitive.commands import note_search
from customers.sensitive.forms import ReasonForm
from customers.sensitive.restricted import closed_to
from foundation.masking import Kind, seen
from foundation.numbers import whole_number
from foundation.office.closed import RESTRICTED
from foundation.office.doors import for_staff
from foundation.office.drafts import taken
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.telephones import shown_number
from foundation.text import cleaned_data_of

LOOK, WORK = "contact_center.view_contact", "contact_center.change_contact"
WRITES_CARDS = "contact_center.add_knownperson"
CONFLICT = 409
WITHOUT = "without"  # begins the names of the form that opens the data without identification
MOST_CALLS = 20  # still to code
MOST_ANNOUNCED = 3  # in words, for those that were hidden
CALL_NOW = "chiama-ora"  # the command that a call-back leads to (contact_center/office/call_backs.py)


# --- Looking ----------------------------------------------------------------------------------------------------
@for_staff(LOOK)
@require_safe
def desk_page(request: StaffRequest) -> HttpResponse:
    """The desk; for staff who answer no calls, the page says what it is and how to become one who does."""
    agent = Agent.objects.of_user(request.user) if request.user.has_perm(WORK) else None
    if agent is None:
        return TemplateResponse(request, "office/desk/none.html", _page(request))
    return _shown(request, agent)


@require_safe
@never_cache
def desk_state(request: HttpRequest) -> HttpResponse:
    """204 while nothing has changed since the version that the page has; else what to show now, as JSON.

    Asked every 0.7 seconds by one worker for all pages that an agent has open (`brief`: the calls and the state in words), and by the
    desk when there is news; so what usually happens costs one look at the cache. `v` is the version that is known.
    """
    if not request.user.is_authenticated or not request.user.is_active or not request.user.is_staff:
        return HttpResponse(status=401)
    version = desk.version_of(request.user)
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    return _news(request, version)


@for_staff(WORK)
def _news(request: StaffRequest, version: str) -> HttpResponse:
    agent = Agent.objects.of_user(request.user)
    if agent is None:
        raise PermissionDenied
    if "brief" in request.GET:
        return _brief(agent, version, request.user)
    context = _context(request, agent)
    newest = context["calls"][0] if context["calls"] else None
    return JsonResponse(
        {
            "version": version,
            "contact": context["contact"].pk if context["contact"] else None,
            "newest": newest.pk if newest else None,
            "waiting": len(context["calls"]),
            "announce": _announced(newest, request.user) if newest else "",
            "calls": render_to_string("office/desk/calls.html", context, request),
            "main": render_to_string("office/desk/main.html", context, request),
        }
    )


def _brief(agent: Agent, version: str, user: User) -> HttpResponse:
    """For every page: the calls that wait for their code, the newest in words, and the agent's state with what they may report."""
    calls = list(desk.calls_to_code(agent)[:MOST_CALLS])
    now, state = timezone.now(), AgentState.objects.open().select_related("pause").filter(agent=agent).first()
    reasons = list(PauseReason.objects.valid_on(timezone.localdate()))
    call_backs = list(ringing_for(agent, state, now)[:MOST_ANNOUNCED])
    closed = closed_to(user, [each.customer_id for each in call_backs])
    return JsonResponse(
        {
            "version": version,
            "user": user.pk,
            "newest": calls[0].pk if calls else 0,
            "waiting": len(calls),
            "calls": [
                {"pk": each.pk, "words": _announced(each, user) if place < MOST_ANNOUNCED else ""}
                for place, each in enumerate(calls)
            ],
            "call_backs": [
                {
                    "key": f"{each.pk}-{each.starts_at:%Y%m%d%H%M}",
                    "words": _("Call back now: %(who)s") % {"who": _whom(each, user, closed)},
                    "url": reverse("admin:contact_center_contact_command", args=[each.contact_id, CALL_NOW]),
                }
                for each in call_backs
            ],
            "state": as_json(shown_state(state, now)),
            "choices": choices(reasons, state),
        }
    )


def _announced(contact: Contact, user: User) -> str:
    person = contact.customer or _only(candidates_for(contact, user))
    who = str(person) if person else _known(contact, user) or shown_number(contact.address) or _("number withheld")
    if person is not None and closed_to(user, [person.pk]):
        who = str(RESTRICTED)
    live = contact.call.ended_at is None
    words = _("New call on %(line)s: %(who)s") if live else _("Call to code on %(line)s: %(who)s")
    return words % {"line": contact.line, "who": who}


def _known(contact: Contact, user: User) -> str:
    """The name on the card of somebody who is no customer; nothing where there is none, or more than one."""
    if contact.person is not None:
        return str(contact.person)
    cards = cards_for(contact, user)
    return str(cards[0]) if len(cards) == 1 else ""


def _whom(call_back: CallBack, user: User, closed: set[int]) -> str:
    """The person to call as this reader may see them: the name, or else the number."""
    if call_back.customer_id in closed:
        return str(RESTRICTED)
    return str(call_back.customer) if call_back.customer else seen(user, Kind.TELEPHONE, call_back.phone)


def _call_backs(agent: Agent, user: User) -> list[dict[str, Any]]:
    """The agent's call-backs of today, beside the calls to code."""
    now, rows = timezone.now(), of_the_day(agent, timezone.now())
    closed = closed_to(user, [each.customer_id for each in rows])
    return [
        {
            "contact": each.contact_id,
            "at": each.starts_at,
            "who": _whom(each, user, closed),
            "is_mine": each.contact.owner_id == agent.pk,
            "is_begun": each.begun_at is not None,
            "tone": "bad" if each.ends_at < now else "warn" if each.starts_at <= now else "",
            "tries": each.tries,
        }
        for each in rows
    ]


def _only(candidates: list[Candidate]) -> Customer | None:
    """The person that the call is from as far as anybody can tell: the one whom its number names."""
    return candidates[0].customer if len(candidates) == 1 else None


# --- Doing ------------------------------------------------------------------------------------------------------
@for_staff(WORK)
@require_POST
def desk_person(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm who is calling."""
    contact, customer = _contact(request, pk), _posted_customer(request)
    return _done(request, contact, lambda: confirm_person(contact, customer=customer, by=request.user))


@for_staff(WRITES_CARDS)
@require_POST
def desk_card(request: StaffRequest, pk: int) -> HttpResponse:
    """Name the caller who is no customer: by the card that was chosen, or by a new one."""
    contact = _contact(request, pk)
    form = CallerForm(request.POST, user=request.user)
    if not form.is_valid():
        return _again(request, contact, caller_form=form)
    person = form.cleaned_data["person"]
    if person is not None:
        return _done(request, contact, lambda: name_caller(contact, person=person, by=request.user))
    facts = facts_of(form.cleaned_data)
    return _done(request, contact, lambda: write_caller_card(contact, facts, by=request.user), caller_form=form)


@for_staff(WORK)
@require_POST
def desk_reason(request: StaffRequest, pk: int) -> HttpResponse:
    """Say why the file of the person on the line is opened; its card follows."""
    contact, customer = _contact(request, pk), _posted_customer(request)
    form = ReasonForm(cleaned_data_of(request.POST))
    if not form.is_valid():
        return _again(request, contact, reason_form=form, person=customer)
    try:
        open_caller(contact, customer=customer, by=request.user, **form.cleaned_data)
    except ReasonRefused as refusal:
        return _again(request, contact, refusal=refusal, reason_form=form, person=customer)
    except Refused as refusal:
        return _again(request, contact, refusal=refusal)
    return taken(request, redirect(f"{reverse('desk')}?contact={contact.pk}&person={customer.pk}"))


@for_staff(WORK)
@require_POST
def desk_identity(request: StaffRequest, pk: int) -> HttpResponse:
    """One step of identifying the caller: a question asked, its answer judged, or how it ended."""
    contact, customer, step = _contact(request, pk), _posted_customer(request), request.POST.get("step", "")
    whom: dict[str, Any] = {"customer": customer, "by": request.user}
    if step in OF_A_QUESTION:
        question = get_object_or_404(IdentityQuestion, pk=whole_number(request.POST.get("question", "")) or 0)
        if step == IdentityStep.ASKED:
            return _done_with(request, contact, customer, lambda: ask_question(contact, question=question, **whom))
        is_right = step == IdentityStep.RIGHT
        return _done_with(
            request,
            contact,
            customer,
            lambda: judge_answer(contact, question=question, is_right=is_right, **whom),
        )
    if step == IdentityStep.REASON:
        form = ReasonForm(cleaned_data_of(request.POST), prefix=WITHOUT)
        if not form.is_valid():
            return _again(request, contact, without_form=form, person=customer)
        given = form.cleaned_data
        return _done_with(
            request,
            contact,
            customer,
            lambda: open_without_identification(contact, **given, **whom),
            without_form=form,
        )
    commands: dict[str, Callable[[], Any]] = {
        IdentityStep.KNOWN_NUMBER: lambda: accept_number(contact, **whom),
        IdentityStep.GENERAL: lambda: give_general_information(contact, **whom),
    }
    if step not in commands:
        raise Http404
    return _done_with(request, contact, customer, commands[step])


def _posted_customer(request: StaffRequest) -> Customer:
    number = whole_number(request.POST.get("customer", ""))
    customer: Customer | None = Customer.objects.visible_to(request.user).filter(pk=number).first()
    if customer is None:
        raise Http404
    return customer


def _done_with(
    request: StaffRequest, contact: Contact, customer: Customer, command: Callable[[], Any], **forms: Any
) -> HttpResponse:
    """As `_done`, and on with the same person, whom nobody may have confirmed yet."""
    answer = _done(request, contact, command, person=customer, **forms)
    if isinstance(answer, HttpResponseRedirect):
        return taken(request, redirect(f"{reverse('desk')}?contact={contact.pk}&person={customer.pk}"))
    return answer


@for_staff(WORK)
@require_POST
def desk_join(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the call be about an open matter of the person."""
    contact = _contact(request, pk)
    kind, _colon, text = request.POST.get("matter", "").partition(":")
    found: Claim | Contact | None = None
    if (number := whole_number(text)) is not None:
        if kind == "claim":
            found = Claim.objects.visible_to(request.user).filter(pk=number).first()
        elif kind == "contact":
            found = Contact.objects.visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise Http404
    matter = found
    return _done(request, contact, lambda: join_call(contact, matter=matter, by=request.user))


@for_staff(WORK)
@require_POST
def desk_code(request: StaffRequest, pk: int) -> HttpResponse:
    """Record what came of the call."""
    contact = _contact(request, pk)
    form = CodeForm(request.POST, contact=contact)
    if not form.is_valid():
        return _again(request, contact, code_form=form)
    given = form.cleaned_data
    answer = _done(request, contact, lambda: code_call(contact, by=request.user, **given), code_form=form)
    if answer.status_code == 302:
        code, words = given["code"], {"number": contact.number, "code": given["code"]}
        sentence = _("%(number)s: %(code)s.") % words
        if code.hints_complaint and given["invite"] and contact.customer and recipient_of(contact).address:
            sentence += " " + _("The address of the complaint form leaves by e-mail.")
        messages.success(request, sentence)
    return answer


@for_staff(WORK)
@require_POST
def desk_pass_on(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand the call to the second level."""
    contact = _contact(request, pk)
    form = PassOnForm(request.POST, prefix="to")
    if not form.is_valid():
        return _again(request, contact, pass_form=form)
    answer = _done(request, contact, lambda: pass_on(contact, by=request.user, **form.cleaned_data), pass_form=form)
    if answer.status_code == 302:
        words = {"number": contact.number, "team": form.cleaned_data["team"]}
        messages.success(request, _("%(number)s: handed to %(team)s.") % words)
    return answer


def _contact(request: StaffRequest, pk: int) -> Contact:
    contact = (
        Contact.objects.visible_to(request.user)
        .select_related("line", "customer", "person", "claim")
        .filter(pk=pk)
        .first()
    )
    if contact is None or contact.channel != Contact.Channel.PHONE:
        raise Http404
    return contact


def _done(request: StaffRequest, contact: Contact, command: Callable[[], Any], **forms: Any) -> HttpResponse:
    """Carry the command out and go on with the desk; a refusal is shown with what was typed."""
    try:
        command()
    except Refused as refusal:
        return _again(request, contact, refusal=refusal, **forms)
    return taken(request, redirect(f"{reverse('desk')}?contact={contact.pk}"))


def _again(request: StaffRequest, contact: Contact, **more: Any) -> HttpResponse:
    agent = Agent.objects.of_user(request.user)
    if agent is None:
        context = _page(request) | more
        return TemplateResponse(request, "office/desk/none.html", context, status=CONFLICT)
    return _shown(request, agent, contact.pk, status=CONFLICT if "refusal" in more else 400, **more)


# --- What the page is made of -----------------------------------------------------------------------------------
def _page(request: StaffRequest) -> dict[str, Any]:
    request.current_app = admin.site.name
    return {**admin.site.each_context(request), "title": _("My desk"), "is_fullwidth": "1"}


def _shown(
    request: StaffRequest, agent: Agent, wanted: int | None = None, *, status: int = 200, **more: Any
) -> TemplateResponse:
    version = desk.version_of(request.user)  # before the rest is read: what changes meanwhile is news
    context = _page(request) | _context(request, agent, wanted, **more) | {"version": version}
    return TemplateResponse(request, "office/desk/page.html", context, status=status)


def _context(request: StaffRequest, agent: Agent, wanted: int | None = None, **more: Any) -> dict[str, Any]:
    calls = list(desk.calls_to_code(agent)[:MOST_CALLS])
    if wanted is None:
        wanted = whole_number(request.GET.get("contact", ""))
    contact = next((each for each in calls if each.pk == wanted), calls[0] if calls else None)
    context: dict[str, Any] = {
        "agent": agent,
        "calls": calls,
        "call_backs": _call_backs(agent, request.user),
        "contact": contact,
        "waiting_said": ngettext("%(count)d call to code", "%(count)d calls to code", len(calls))
        % {"count": len(calls)},
        "complaint_form": complaint_form_url(),
        **more,
    }
    if contact is None:
        context["day"] = desk.today_of(agent)
        return context
    return context | _call(request, contact, more)


def _call(request: StaffRequest, contact: Contact, more: dict[str, Any]) -> dict[str, Any]:
    """The caller, the person if one is chosen, the suggestion, and the forms."""
    text = request.GET.get("q", "").strip()
    may_be = [] if contact.customer else candidates_for(contact, request.user)
    found = desk.found(text, request.user) if text else []
    person = contact.customer or more.get("person") or _chosen(request) or (_only(may_be) if not text else None)
    shown = [each.customer.pk for each in (*may_be, *found)]
    closed = closed_to(request.user, [*shown, person.pk if person else None])
    if searched := closed & {each.customer.pk for each in found}:
        note_search(request.user, found=len(found), closed=searched)
    today = timezone.localdate()
    asks_reason = person is not None and person.pk in closed
    card = points = asking = None
    data_links: list[Link] = []
    if person is not None and not asks_reason:
        record_access(request.user, person.pk, what=f"call {contact.number}")
        card = desk.card_of(person, contact, request.user, today)
        asking = asking_of(contact, person)
        if contact.customer_id is not None and asking.is_open:  # until then nobody knows whether it is them
            back = f"{reverse('desk')}?contact={contact.pk}"
            points = shown_points(request, person, back=back)
            data_links = links_to_data(request, person, back=back, contatto=contact.number)
    guess = desk.guess(contact, card, today)
    topic = contact.topic_id or (guess.topic.pk if guess and guess.topic else None)
    call = getattr(contact, "call", None)
    return {
        "call": call,
        "caller_number": shown_number(contact.address),
        "candidates": may_be,
        "cards": cards_for(contact, request.user) if not person else [],
        "caller_form": more.get("caller_form") or CallerForm(initial=begun_with(contact), user=request.user),
        "how": next((each.how for each in may_be if person is not None and each.customer.pk == person.pk), "found"),
        "found": found,
        "closed": closed,
        "restricted": RESTRICTED,
        "asks_reason": asks_reason,
        "asks_identity": contact.line is not None and contact.line.asks_identity,
        "asking": asking,
        "without_form": more.get("without_form") or ReasonForm(prefix=WITHOUT, initial={"kind": AccessReason.CALLS}),
        "hides_guess": asking is not None and not asking.is_open,
        "joined": {
            "claim": f"claim:{contact.claim_id}",
            "contact": f"contact:{contact.continues_id}",
            "by_key": _joined_by_key(contact, card),
        },
        "can_report": _can_report(request, contact),
        "reason_form": more.get("reason_form") or ReasonForm(initial={"kind": AccessReason.CALLS}),
        "q": text[:200],
        "person": person,
        "card": card,
        "points": points,
        "data_links": data_links,
        "guess": guess,
        "person_email": recipient_of(contact).address if contact.customer else "",
        "code_form": more.get("code_form") or CodeForm(contact=contact, initial={"topic": topic}),
        "pass_form": more.get("pass_form") or PassOnForm(prefix="to", initial={"topic": topic}),
    }


def _joined_by_key(contact: Contact, card: desk.Card | None) -> str:
    """The matter that one key joins to the call: the first; none once the call is joined, for the key would replace what it is about."""
    if card is None or contact.claim_id or contact.continues_id:
        return ""
    return next((row.joins for panel in card.panels for row in panel.rows if row.joins), "")


def _can_report(request: StaffRequest, contact: Contact) -> bool:
    """Whether a claim can be reported in this call."""
    return request.user.has_perm(REPORTS) and ReportClaimOfContact().offered(request, contact)


def _chosen(request: StaffRequest) -> Customer | None:
    number = whole_number(request.GET.get("person", ""))
    return Customer.objects.visible_to(request.user).for_list().filter(pk=number).first()
