"""What the page of a contact shows: the due time, the person and what is open about them, the thread, what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.candidates import candidates_for
from contact_center.contact_commands import LONGEST_TEXT
from contact_center.due_words import due_shown, spoken
from contact_center.models import Contact, ContactEvent, Message, Team, WrapUpCode
from contact_center.presence import ASK_EVERY, here
from contact_center.queue_list import CHANNEL_ICONS
from contact_center.targets import Book, Clock, clock_of
from contact_center.twins import twins_of
from customers.changes import Change
from customers.models import Claim, Customer, Policy

PER_PAGE = 50  # messages of the thread
MOST_EVENTS = 60
MOST_ASIDE = 5
EXCERPT = 300


@dataclass(frozen=True)
class Matter:
    """Something open about the person: what it is, how it stands, where its page is."""

    title: str
    hint: str
    url: str = ""


# What else is open about a customer, from the apps further up: each gives the matters that the user may see.
MATTERS: list[Callable[[Customer, Any], list[Matter]]] = []


def page_context(request: HttpRequest, contact: Contact, *, works: bool) -> dict[str, Any]:
    """All that the page shows; its queries are as many for a long thread as for a short one."""
    now = timezone.now()
    events = list(contact.events.select_related("by").order_by("at", "pk"))
    clock = clock_of(contact, events, Book())
    calendar = clock.target.calendar if clock.target else None
    due = due_shown(contact, now, calendar)
    form = getattr(contact, "web_form", None)
    return {
        "contact": contact,
        "channel_icon": CHANNEL_ICONS[contact.channel],
        "due": due,
        "due_used": clock_used(contact, clock, now),
        "form_carried": form,
        "twins": list(twins_of(form, Contact.objects.visible_to(request.user))[:MOST_ASIDE]) if form else [],
        "call": getattr(contact, "call", None),
        "events": events_told(events[-MOST_EVENTS:][::-1]),
        "longest_text": LONGEST_TEXT,
        "others_here": here(contact, request.user) if works else [],
        "ask_every": ASK_EVERY,
        **_thread(request, contact),
        **_person(request, contact, works=works),
    }


def clock_used(contact: Contact, clock: Clock, now: datetime) -> dict[str, Any] | None:
    """How much of the time promised has been used, for the bar beside the due time."""
    if clock.target is None or contact.state == Contact.State.CLOSED:
        return None
    used, promised = clock.used_seconds(now), clock.target.minutes * 60
    return {
        "used": spoken(used),
        "promised": spoken(promised),
        "percent": min(100, round(100 * used / promised)),
    }


def _thread(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """A page of the thread, the newest first page, each in the order of time."""
    asked = request.GET.get("thread", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 and int(asked) else 1
    messages = contact.messages.select_related("author").order_by("-written_at", "-pk")
    if hasattr(Message, "attachments"):
        messages = messages.prefetch_related("attachments")
    start = (page - 1) * PER_PAGE
    found = list(messages[start : start + PER_PAGE + 1])
    return {
        "thread": found[:PER_PAGE][::-1],
        "thread_older": page + 1 if len(found) > PER_PAGE else None,
        "thread_newer": page - 1 if page > 1 else None,
    }


def _person(request: HttpRequest, contact: Contact, *, works: bool) -> dict[str, Any]:
    customer, user = contact.customer, request.user
    if customer is None:
        return {"candidates": candidates_for(contact, user, limit=3) if works else []}
    others = Contact.objects.visible_to(user).filter(customer=customer).exclude(pk=contact.pk)
    shown: dict[str, Any] = {"contact_points": list(customer.contact_points.all()[:MOST_ASIDE])}
    if user.has_perm("customers.view_policy"):
        policies = Policy.objects.filter(holder=customer).order_by("-ends_on", "-pk")
        shown["policies"] = list(policies[:MOST_ASIDE])
    shown["last_contacts"] = list(others.select_related("topic").defer("notes")[:MOST_ASIDE])
    shown["matters"] = _matters(customer, user)
    return shown


def _matters(customer: Customer, user: Any) -> list[Matter]:
    found = []
    if user.has_perm("customers.view_claim"):
        claims = Claim.objects.visible_to(user).filter(policy__holder=customer, state__in=Claim.OPEN_STATES)
        for claim in claims.order_by("-reported_on", "-pk")[:MOST_ASIDE]:
            title = _("Claim %(number)s") % {"number": claim.number}
            found.append(Matter(title, claim.get_state_display(), page_of(claim)))
    for ask in MATTERS:
        found += ask(customer, user)
    return found


def page_of(row: Any) -> str:
    """The row's page in the back office, or nothing."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


# --- What happened ------------------------------------------------------------------------------------------------
def events_told(events: list[ContactEvent]) -> list[dict[str, Any]]:
    """Each event with who, when, and its details in words. Three queries at most, for the names they mention."""
    names = (_names(events, "team", Team), _names(events, "code", WrapUpCode), _customer_codes(events))
    return [
        {"at": event.at, "by": event.by, "what": event.get_kind_display(), "details": _details(event, *names)}
        for event in events
    ]


def _names(events: list[ContactEvent], key: str, model: type) -> dict[str, str]:
    wanted = {event.details[key] for event in events if isinstance(event.details.get(key), str)}
    return dict(model.objects.filter(code__in=wanted).values_list("code", "name")) if wanted else {}


def _customer_codes(events: list[ContactEvent]) -> dict[int, str]:
    wanted = {event.details["customer"] for event in events if isinstance(event.details.get("customer"), int)}
    return dict(Customer.objects.filter(pk__in=wanted).values_list("pk", "code")) if wanted else {}


def _details(event: ContactEvent, teams: dict[str, str], codes: dict[str, str], customer_codes: dict[int, str]) -> str:
    told, words = event.details, []
    if told.get("team"):
        words.append(teams.get(told["team"], told["team"]))
    if told.get("reason"):
        words.append(str(dict(Contact.Escalation.choices).get(told["reason"], told["reason"])))
    if told.get("code"):
        words.append(codes.get(told["code"], told["code"]))
    if told.get("outcome"):
        words.append(str(dict(Contact.Outcome.choices).get(told["outcome"], told["outcome"])))
    for named in (told.get("agent"), customer_codes.get(told.get("customer"), told.get("customer"))):
        if isinstance(named, str) and named:  # by their codes: a bare id says nothing to anybody
            words.append(named)
    if why := told.get("why"):
        words.append(_("the customer wrote") if why == "customer_wrote" else str(why))
    return ", ".join(words)


def changes_since(contact: Contact, since: datetime) -> list[Change]:
    """What was written and what happened since the page was shown, newest first, for who comes second."""
    messages = contact.messages.filter(written_at__gt=since).select_related("author").order_by("-written_at")[:20]
    told = [
        Change(
            at=message.written_at,
            by=str(message.author or _("the customer")),
            field=message.get_direction_display(),
            old="–",
            new=message.text if len(message.text) <= EXCERPT else message.text[: EXCERPT - 1] + "…",
        )
        for message in messages
    ]
    events = list(contact.events.filter(at__gt=since).select_related("by").order_by("-at")[:20])
    told += [
        Change(at=each["at"], by=str(each["by"] or _("the system")), field=_("event"), old="–", new=_event_words(each))
        for each in events_told(events)
    ]
    return told


def _event_words(event: dict[str, Any]) -> str:
    return f"{event['what']}: {event['details']}" if event["details"] else str(event["what"])
