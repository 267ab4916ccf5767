"""What the page of a contact shows: the due time, the person and what is open about them, the thread, what happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Case, Exists, ExpressionWrapper, OuterRef, QuerySet, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contact_center.contacts.candidates import candidates_for
from contact_center.contacts.commands import can_be_answered
from contact_center.contacts.correspondence import Point, choices_for, is_only_stated, points_of, stated_address
from contact_center.contacts.mentions import see_mentions
from contact_center.contacts.presence import ASK_EVERY, others_present
from contact_center.contacts.priority import cared_for, priority_words
from contact_center.contacts.rungs import warnings_of
from contact_center.contacts.sending_back import SentBack
from contact_center.contacts.twins import MayHaveTwins, twins_of
from contact_center.contacts.wrap_up_forms import LONGEST_TEXT
from contact_center.due.targets import Book, Clock, clock_of
from contact_center.due.words import due_shown, length_in_words
from contact_center.models import (
    Contact,
    ContactEvent,
    IdentityEvent,
    MessageAttachment,
    RaisedRung,
    Team,
    WebFormRequest,
    WrapUpCode,
)
from contact_center.office.answering import NO_ADDRESS, posting_note, reply_context, warning_of, words_of
from contact_center.office.links import links_of
from contact_center.office.mass_events import events_for
from contact_center.office.queue import agent_on, channel_icon, channel_words
from contact_center.operations.office import begin_url
from contact_center.people.queries import cards_for
from customers.contact_points.office import links_to_data
from customers.models import Claim, Customer, Policy, User
from customers.operations.kinds import facts_shown
from customers.payments.renewals import with_renewed_until
from customers.sensitive.restricted import closed_to
from foundation.dates import written_day, written_moment
from foundation.masking import names_hidden, seen_text
from foundation.naming import name_in_language
from foundation.numbers import whole_number
from foundation.office.changes import Change
from foundation.office.closed import RESTRICTED
from foundation.office.links import change_address
from foundation.requests import StaffRequest
from foundation.slots import Slot

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    NamedEvent = WithAnnotations[ContactEvent, "EventNames"]
    ContactOfPage = WithAnnotations[Contact, MayHaveTwins]

PER_PAGE = 50  # messages of the thread
MOST_EVENTS = 60
MOST_ASIDE = 5
MOST_CONTINUED = 10  # contacts that go on from this one
EXCERPT = 300
WHY = {
    "customer_wrote": gettext_lazy("the customer wrote"),
    "not_resolved": gettext_lazy("the customer said that it was not resolved"),
    "called_off": gettext_lazy("the call-back was called off"),
    "not_made": gettext_lazy("the call-back was not begun in time"),
    "gave_up": gettext_lazy("the caller gave up waiting"),
    "by_policy": gettext_lazy("by the policy of the line"),
    "reached_us": gettext_lazy("the caller has reached us meanwhile"),
}


@dataclass(frozen=True)
class Matter:
    """Something open about the person: what it is, how it stands, where its page is."""

    title: str
    hint: str
    url: str = ""


@dataclass(frozen=True)
class Remark:
    """A word about the contact itself, at the top of its page: the sentence, what explains it, and its tone."""

    title: str
    hint: str = ""
    tone: str = "info"


# What the side of the page shows of policies and of earlier contacts: whole rows would take the longer part of asking.
OF_POLICIES = (
    *("number", "product", "plate", "ends_on", "state"),
    *("holder__code", "holder__company_name", "holder__last_name", "holder__first_name"),
)
OF_CONTACTS = ("subject", "channel", "state", "started_at", "topic__name", "topic__name_en")

# What is open about a customer beside their contacts: each gives the matters that the user may see.
MATTERS: Slot[Callable[[Customer, User], list[Matter]]] = Slot("the open matters of a person")

# What apps further up remark about a contact, for those who may act on it.
REMARKS: Slot[Callable[[Contact, User], list[Remark]]] = Slot("the remarks about a contact")


def page_context(request: StaffRequest, contact: Contact, *, works: bool, answers: bool = False) -> dict[str, Any]:
    """All that the page shows; its queries are as many for a long thread as for a short one.

    `answers`: with the form of an answer. Who is mentioned in a note has seen it then.
    """
    now = timezone.now()
    events = list(named(contact.events.select_related("by").order_by("at", "pk")))
    clock = clock_of(contact, events, Book())
    calendar = clock.target.calendar if clock.target else None
    due = due_shown(contact, now, calendar)
    form = getattr(contact, "web_form", None)
    names = names_hidden(request.user, contact)
    person, points = _person(request, contact, works=works)
    return {
        "contact": contact,
        "names": names,
        "remarks": [
            *_mentions(request, contact, lambda text: seen_text(request.user, text, names=names)),
            *_remarks(contact, events, lambda text: seen_text(request.user, text, names=names)),
            *(remark for ask in REMARKS for remark in ask(contact, request.user)),
        ],
        "channel_icon": channel_icon(contact),
        "channel_words": channel_words(contact, contact.get_channel_display()),
        "urgency": _urgency(contact, events, lambda text: seen_text(request.user, text, names=names)),
        "due": due,
        "warnings": warnings_of(contact) if getattr(contact, "has_warnings", False) else [],
        "due_used": clock_used(contact, clock, now),
        "form_carried": form,
        "entry": getattr(contact, "entry", None),
        "past": getattr(contact, "past", None),
        "stated_name": contact.stated_name,
        "twins": _twins(request, contact, form),
        **events_for(contact, works=works),
        **links_of(contact, request.user),
        "call": getattr(contact, "call", None),
        "outgoing": getattr(contact, "outgoing", None),
        "continued_by": _continued_by(request, contact),
        "identity": _identity(request, contact),
        "operation_facts": [
            (label, seen_text(request.user, text, names=names))
            for label, text in (facts_shown(contact.operation) if contact.operation is not None else [])
        ],
        "begin_operation_url": begin_url(contact) if request.user.has_perm("customers.add_operation") else "",
        "call_back": getattr(contact, "call_back", None),
        "events": events_told(events[-MOST_EVENTS:][::-1]),
        "longest_text": LONGEST_TEXT,
        "others_here": others_present(contact, request.user) if works else [],
        "ask_every": ASK_EVERY,
        **_thread(request, contact),
        **person,
        "reply": reply_context(request, contact, points, answers=answers) if works else {},
    }


def beside_it() -> dict[str, Exists | ExpressionWrapper]:
    """Whether there is anything that the page of a contact would ask for: almost none has any."""
    return {
        "is_continued": Exists(Contact.objects.filter(continues=OuterRef("pk"))),
        "has_warnings": Exists(RaisedRung.objects.filter(contact=OuterRef("pk"), due_at=OuterRef("due_at"))),
        "has_identity": Exists(IdentityEvent.objects.filter(contact=OuterRef("pk"))),
        "has_care": cared_for(timezone.localdate()),
    }


def _continued_by(request: StaffRequest, contact: Contact) -> list[Contact]:
    """The contacts that go on from this one, calls among them, the newest first."""
    if not getattr(contact, "is_continued", False):
        return []
    following = Contact.objects.visible_to(request.user).filter(continues=contact)
    return list(following.only("channel", "direction", "started_at").order_by("-started_at", "-pk")[:MOST_CONTINUED])


def _identity(request: StaffRequest, contact: Contact) -> list[tuple[IdentityEvent, Any]]:
    """How the caller was identified, in the order in which it was written, and as whom; a file that asks a reason names nobody."""
    if not getattr(contact, "has_identity", False):
        return []
    results = IdentityEvent.objects.filter(contact=contact).results().select_related("by", "customer").order_by("pk")
    found = list(results)
    others = [each.customer_id for each in found if each.customer_id != contact.customer_id]
    closed = closed_to(request.user, others)
    return [(each, RESTRICTED if each.customer_id in closed else each.customer) for each in found]


def _urgency(contact: Contact, events: Sequence[ContactEvent], seen: Callable[[str], str]) -> str:
    """Why it comes before others, with what the colleague wrote who set it."""
    by_hand = [each for each in events if each.kind == ContactEvent.Kind.PRIORITY]
    why = by_hand[-1].details.get("why", "") if by_hand and contact.priority_by_hand is not None else ""
    return priority_words(contact, seen(why) if why else "")


def _mentions(request: StaffRequest, contact: Contact, seen: Callable[[str], str]) -> list[Remark]:
    """The notes that mention the reader and that they had not seen; from now on they have."""
    agent = agent_on(request)
    if agent is None or request.method != "GET" or not getattr(contact, "has_mention", False):  # ContactAdmin asks
        return []
    return [
        Remark(
            _("%(name)s mentions you in a note.") % {"name": mention.message.author},
            f"“{_excerpt(seen(mention.message.text))}”",
        )
        for mention in see_mentions(contact, agent)
    ]


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _remarks(contact: Contact, events: "list[NamedEvent]", seen: Callable[[str], str]) -> list[Remark]:
    """What the reader should know before anything else: the customer said no, the second level sent it back."""
    if contact.state == Contact.State.CLOSED:
        return []
    remarks = []
    if contact.confirmed is False:
        said = next((each for each in reversed(events) if each.kind == ContactEvent.Kind.CONFIRMED), None)
        comment = said.details.get("comment", "") if said else ""
        title = _("The customer answered that it was not resolved.")
        remarks.append(Remark(title, f"“{seen(comment)}”" if comment else "", "warn"))
    last = next(
        (each for each in reversed(events) if each.kind in (ContactEvent.Kind.SENT_BACK, ContactEvent.Kind.ESCALATED)),
        None,
    )
    if last is not None and last.kind == ContactEvent.Kind.SENT_BACK:
        title = _("Sent back by %(team)s: %(reason)s.") % {
            "team": last.from_team_name or _("the second level"),
            "reason": dict(SentBack.choices).get(last.details["sent_back"], last.details["sent_back"]),
        }
        remarks.append(Remark(title, _("What is to be done is in the note.")))
    return remarks


def _twins(request: StaffRequest, contact: Contact, form: WebFormRequest | None) -> list[Contact]:
    """The requests that repeat this one, as far as the reader may see them; asked for where there may be some."""
    if form is None or not cast("ContactOfPage", contact).has_twins:  # ContactAdmin asks
        return []
    return list(twins_of(form, Contact.objects.visible_to(request.user))[:MOST_ASIDE])


def _addresses(contact: Contact, customer: Customer, points: Sequence[Point]) -> dict[str, Any]:
    """The customer's numbers and addresses; where the writer's own is none of them, the warning and the choices."""
    shown: dict[str, Any] = {"contact_points": points[:MOST_ASIDE]}
    choices = choices_for(contact, points)
    shown["reply_note"] = posting_note(contact, choices)
    if is_only_stated(contact, choices):
        shown |= {
            "stated_address": stated_address(contact),
            "address_warning": warning_of(contact, choices),
            "recipients": [(each.address, words_of(each)) for each in choices],
        }
    return shown


def clock_used(contact: Contact, clock: Clock, now: datetime) -> dict[str, Any] | None:
    """How much of the time promised has been used, for the bar beside the due time."""
    if clock.target is None or clock.agreed_at is not None or contact.state == Contact.State.CLOSED:
        return None
    used, promised = clock.used_seconds(now), clock.target.minutes * 60
    return {
        "used": length_in_words(used),
        "promised": length_in_words(promised),
        "percent": min(100, round(100 * used / promised)),
    }


def _thread(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """A page of the thread, the newest first page, each in the order of time."""
    page = whole_number(request.GET.get("thread", ""), most_digits=5) or 1
    files = MessageAttachment.objects.filter(message=OuterRef("pk")).order_by("pk")
    messages = contact.messages.select_related("author").order_by("-written_at", "-pk")
    messages = messages.annotate(files=ArraySubquery(files.values(json=JSONObject(key="key", name="name"))))
    start = (page - 1) * PER_PAGE
    found = list(messages[start : start + PER_PAGE + 1])
    return {
        "thread": found[:PER_PAGE][::-1],
        "thread_older": page + 1 if len(found) > PER_PAGE else None,
        "thread_newer": page - 1 if page > 1 else None,
    }


def _person(request: StaffRequest, contact: Contact, *, works: bool) -> tuple[dict[str, Any], Sequence[Point]]:
    """What is shown of the person, and their numbers and addresses."""
    customer, user = contact.customer, request.user
    if customer is None:
        note = "" if can_be_answered(contact) else str(NO_ADDRESS)
        candidates = candidates_for(contact, user, limit=3) if works else []
        closed = closed_to(user, [each.customer.pk for each in candidates])
        open_to_reader = [each for each in candidates if each.customer.pk not in closed]
        cards = cards_for(contact, user) if works else []
        return {"candidates": open_to_reader, "cards": cards, "reply_note": note}, []
    others = Contact.objects.visible_to(user).filter(customer=customer).exclude(pk=contact.pk)
    points = points_of(customer)
    shown = _addresses(contact, customer, points)
    if user.has_perm("customers.view_policy"):
        covering = with_renewed_until(Policy.objects.covering(customer, timezone.localdate()))
        policies = covering.select_related("holder").only(*OF_POLICIES)
        shown["policies"] = list(policies.order_by("-ends_on", "-pk")[:MOST_ASIDE])
    shown["last_contacts"] = list(others.select_related("topic").only(*OF_CONTACTS)[:MOST_ASIDE])
    back = change_address(contact)
    shown["data_links"] = links_to_data(request, customer, back=back, adds_points=True, contatto=contact.number)
    shown["matters"] = [matter for ask in MATTERS for matter in ask(customer, user)]
    return shown, points


def open_claims(customer: Customer, user: User) -> list[Matter]:
    """The open claims under the customer's policies; none for a user who may not see claims."""
    if not user.has_perm("customers.view_claim"):
        return []
    claims = Claim.objects.visible_to(user).open().of_customer(customer)
    return [
        Matter(_("Claim %(number)s") % {"number": claim.number}, claim.get_state_display(), change_address(claim))
        for claim in claims.only("number", "state").order_by("-reported_on", "-pk")[:MOST_ASIDE]
    ]


class EventNames(TypedDict):
    """The names of what an event's details mention by their codes."""

    team_name: str | None
    from_team_name: str | None
    code_name: str | None
    from_code_name: str | None
    customer_code: str | None


# --- What happened ------------------------------------------------------------------------------------------------
def named(events: QuerySet[ContactEvent]) -> "QuerySet[NamedEvent]":
    """The events with the names of what their details mention, in the same query: each is found by a unique key."""

    def name_of(model: type[Team] | type[WrapUpCode], key: str) -> Subquery:
        return Subquery(model.objects.filter(code=OuterRef(key)).values(shown=name_in_language())[:1])

    customer = Case(When(_customer__regex=r"^[0-9]{1,18}$", then=Cast(KT("details__customer"), BigIntegerField())))
    return events.alias(
        _team=KT("details__team"),
        _from_team=KT("details__from_team"),
        _code=KT("details__code"),
        _from_code=KT("details__from_code"),
        _customer=KT("details__customer"),
        _customer_id=customer,
    ).annotate(
        team_name=name_of(Team, "_team"),
        from_team_name=name_of(Team, "_from_team"),
        code_name=name_of(WrapUpCode, "_code"),
        from_code_name=name_of(WrapUpCode, "_from_code"),
        customer_code=Subquery(Customer.objects.filter(pk=OuterRef("_customer_id")).values("code")[:1]),
    )


def events_told(events: "Iterable[NamedEvent]") -> list[dict[str, Any]]:
    """Each event with its author, its moment and its details in words; the events are those of `named`."""
    return [
        {"at": event.at, "by": event.by, "what": event.get_kind_display(), "details": _details(event)}
        for event in events
    ]


def _details(event: "NamedEvent") -> str:
    details, words = event.details, []
    if number := details.get("complaint"):
        words.append(_("%(number)s, cancelled") % {"number": number} if details.get("cancelled") else str(number))
    if claim := details.get("claim"):
        words.append(str(claim))
    if event_name := details.get("event"):
        words.append(str(event_name))
    if number := details.get("other_contact"):
        words.append(str(number))
    if number := details.get("joined"):
        words.append(str(number))
    if details.get("team"):
        words.append(event.team_name or details["team"])
    if event.kind == ContactEvent.Kind.SENT_BACK:
        words.append(str(dict(SentBack.choices).get(details["sent_back"], details["sent_back"])))
        if details.get("from_team"):
            words.append(_("before: %(code)s") % {"code": event.from_team_name or details["from_team"]})
    if details.get("reason"):
        words.append(str(dict(Contact.Escalation.choices).get(details["reason"], details["reason"])))
    if details.get("code"):
        words.append(event.code_name or details["code"])
    if details.get("outcome"):
        words.append(str(dict(Contact.Outcome.choices).get(details["outcome"], details["outcome"])))
    for code in (details.get("agent"), event.customer_code or details.get("customer"), details.get("person")):
        if isinstance(code, str) and code:  # by their codes: a bare id says nothing to anybody
            words.append(code)
    if isinstance(details.get("resolved"), bool):
        words.append(_("resolved") if details["resolved"] else _("not resolved"))
    if details.get("rating"):
        words.append(_("%(rating)s out of 5") % {"rating": details["rating"]})
    if details.get("from_code"):
        words.append(_("before: %(code)s") % {"code": event.from_code_name or details["from_code"]})
    if call_at := details.get("call_at"):
        words.append(written_moment(datetime.fromisoformat(call_at)))
    if tries := details.get("tries"):
        words.append(ngettext("%(tries)d time so far", "%(tries)d times so far", tries) % {"tries": tries})
    if details.get("way"):
        words.append(str(dict(Contact.Channel.choices).get(details["way"], details["way"])))
    if received_at := details.get("received_at"):
        words.append(_("received on %(when)s") % {"when": written_moment(datetime.fromisoformat(received_at), "il")})
    if details.get("word"):
        words.append(f"“{details['word']}”")
    if details.get("to"):
        words.append(_("to %(address)s") % {"address": details["to"]})
    if files := details.get("files"):
        words.append(ngettext("with %(n)d file", "with %(n)d files", files) % {"n": files})
    if details.get("copy_to"):
        words.append(_("copy to agency %(code)s") % {"code": details["copy_to"]})
    if event.kind == ContactEvent.Kind.FOLLOW_UP:
        day = parse_date(details["day"]) if details["day"] else None
        words.append(
            _("to be taken up again on %(day)s") % {"day": written_day(day, "il")} if day else _("taken away")
        )
    if event.kind == ContactEvent.Kind.PRIORITY:
        to = details.get("priority")
        words.append(str(Contact.Priority(to).label) if to is not None else _("as the rules have it"))
    if why := details.get("why"):
        words.append(str(WHY.get(why, why)))
    if comment := details.get("comment"):
        words.append(f"“{comment}”")
    return ", ".join(words)


def changes_since(contact: Contact, since: datetime) -> list[Change]:
    """What was written and what happened since the page was shown, newest first, for the person who comes second."""
    messages = contact.messages.filter(written_at__gt=since).select_related("author").order_by("-written_at")[:20]
    changes = [
        Change(
            at=message.written_at,
            by=str(message.author or _("the customer")),
            field=message.get_direction_display(),
            old="–",
            new=_excerpt(message.text),
        )
        for message in messages
    ]
    events = named(contact.events.filter(at__gt=since).select_related("by").order_by("-at"))[:20]
    changes += [
        Change(at=each["at"], by=str(each["by"] or _("the system")), field=_("event"), old="–", new=_event_words(each))
        for each in events_told(events)
    ]
    return changes


def _event_words(event: dict[str, Any]) -> str:
    return f"{event['what']}: {event['details']}" if event["details"] else str(event["what"])
