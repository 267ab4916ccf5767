"""What an agent's desk shows: the calls to code, who may be calling, the card of the person, the agent's own day.

Everything is asked as the agent: a desk shows the calls that the agent answered, and nobody else's.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, Prefetch, Q, QuerySet, Sum
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.agents import signal as desk_signal
from contact_center.contacts.candidates import Candidate
from contact_center.desk.suggestions import Signs, Suggestion, suggestion
from contact_center.models import Agent, Call, Contact, DailyFigures, Topic
from customers.claim_terms import offer_due_on, payment_due_on
from customers.models import Claim, Consent, Customer, Instalment, Policy, User
from customers.search import search_customers
from foundation.dates import written_day
from foundation.office.links import change_address
from foundation.office.read_only import euro
from foundation.telephones import shown_number
from foundation.text import search_words
from notifications.models import Notice

MOST_FOUND = 8
MOST_POLICIES = 6
MOST_ROWS = 5
NOTICE_DAYS = 14


# --- The calls of the agent -------------------------------------------------------------------------------------
def calls_to_code(agent: Agent) -> QuerySet[Contact]:
    """The calls that the agent answered and has still to code, the newest first."""
    waiting = Contact.objects.to_code().filter(owner=agent)
    return waiting.select_related("line", "customer", "call", "topic").order_by("-pk")


def version_of(user: User) -> str:
    """A word that is another as soon as the desk has something else to show."""
    key = desk_signal.key_of(user.pk)
    if (word := cache.get(key)) is None:
        waiting = calls_to_code_of(user).values_list("pk", "version", "owner", "call__ended_at", "customer")
        word = hashlib.blake2b(repr(list(waiting)).encode(), digest_size=6).hexdigest()
        cache.add(key, word, desk_signal.KEPT_SECONDS)  # whoever changed it meanwhile was first
    return word


def calls_to_code_of(user: User) -> QuerySet[Contact]:
    """As `calls_to_code`, in one question from the user."""
    return Contact.objects.to_code().filter(owner__user=user).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Today:
    """The agent's own day so far."""

    answered: int
    talk_seconds: int | None  # the mean
    coded: int
    first_level: int
    latest: list[Call]


def today_of(agent: Agent) -> Today:
    """Calls answered since midnight, how long they took, and how many were resolved at first level."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.filter(agent=agent, queued_at__gte=midnight)
    counts = calls.aggregate(
        answered=Count("pk"),
        talk=Avg("talk_seconds", filter=Q(ended_at__isnull=False)),
        coded=Count("pk", filter=Q(contact__handled=True)),
        first_level=Count("pk", filter=Q(contact__first_level=True)),
    )
    latest = calls.select_related("line", "contact__customer", "contact__topic").order_by("-queued_at", "-pk")
    return Today(
        counts["answered"],
        round(counts["talk"]) if counts["talk"] is not None else None,
        counts["coded"],
        counts["first_level"],
        list(latest[:MOST_ROWS]),
    )


# --- Who is calling ---------------------------------------------------------------------------------------------
def found(text: str, user: User) -> list[Candidate]:
    """The people that a search names."""
    text = search_words(text)
    people = Customer.objects.visible_to(user).for_list()
    return [Candidate(each, "found") for each in search_customers(people, text, MOST_FOUND)] if text else []


# --- The card of a person ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a panel. `tone` is "", "good", "warn" or "bad", and is said in words as well."""

    text: str
    hint: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CardPanel:
    """A panel of the card; `position` orders them, `empty` is what it says without rows ("" leaves it out)."""

    title: str
    rows: list[CardRow]
    empty: str = ""
    position: int = 50


# Apps further up add panels of their own: a function of the customer and of who looks, which gives a panel or None.
CARD_PANELS: list[Callable[[Customer, User], CardPanel | None]] = []


@dataclass(slots=True)
class Card:
    """All that an agent should know of a person before the second sentence."""

    customer: Customer
    panels: list[CardPanel]
    signs: dict[str, Any] = field(default_factory=dict)


def card_of(customer: Customer, contact: Contact, user: User, today: date) -> Card:
    """The card of the customer, for the call of `contact`."""
    policies, claims = _policies(customer, user), _claims(customer, user)
    earlier = _earlier(customer, contact, user)
    own = [
        _policy_panel(policies, customer, today),
        _claim_panel(claims, today),
        _open_panel(customer, contact, user),
        _earlier_panel(earlier[:MOST_ROWS], today),
        _notice_panel(customer, user),
        _consent_panel(customer, user),
    ]
    more = [panel for each in CARD_PANELS if (panel := each(customer, user)) is not None]
    shown = [panel for panel in sorted([*own, *more], key=lambda each: each.position) if panel.rows or panel.empty]
    due = [first.due_on for policy in policies if policy.holder_id == customer.pk for first in policy.owed[:1]]
    ends = [policy.ends_on for policy in policies if policy.state == Policy.State.ACTIVE]
    last = next((each for each in earlier if each.topic), None)
    signs = {
        "open_claims": len(claims),
        "last_topic": last.topic.code if last else "",
        "last_days_ago": (today - timezone.localdate(last.started_at)).days if last else None,
        "due_in_days": min((each - today).days for each in due) if due else None,
        "expires_in_days": min(((each - today).days for each in ends if each >= today), default=None),
    }
    return Card(customer, shown, signs)


def open_matters(customer: Customer, user: User) -> list[CardPanel]:
    """The same panels for the customer's file, where no call is in hand: what is due, and what is open."""
    today, of_no_call = timezone.localdate(), Contact()
    shown = (
        [_policy_panel(_policies(customer, user), customer, today)] if user.has_perm("customers.view_policy") else []
    )
    if user.has_perm("customers.view_claim"):
        shown.append(_claim_panel(_claims(customer, user), today))
    if user.has_perm("contact_center.view_contact"):
        shown.append(_open_panel(customer, of_no_call, user))
    shown += [panel for each in CARD_PANELS if (panel := each(customer, user)) is not None]
    return [panel for panel in sorted(shown, key=lambda each: each.position) if panel.rows or panel.empty]


def _policies(customer: Customer, user: User) -> list[Policy]:
    owed = Instalment.objects.unpaid().order_by("due_on")
    kept = Policy.objects.visible_to(user).covering(customer, timezone.localdate()).select_related("holder")
    kept = kept.filter(state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED])
    kept = kept.order_by("ends_on", "pk").prefetch_related(Prefetch("instalments", queryset=owed, to_attr="owed"))
    return list(kept[:MOST_POLICIES])


def _policy_panel(policies: list[Policy], customer: Customer, today: date) -> CardPanel:
    rows = []
    for policy in policies:
        parts, tone = [_("until %(day)s") % {"day": written_day(policy.ends_on, "al")}], ""
        if policy.holder_id != customer.pk:
            parts.insert(0, _("covered by the contract of %(holder)s") % {"holder": policy.holder})
        elif policy.owed:
            first = policy.owed[0]
            late = first.due_on < today
            sentence = _("%(amount)s overdue since %(day)s") if late else _("%(amount)s due on %(day)s")
            parts.insert(0, sentence % {"amount": euro(first.amount), "day": _day(first.due_on)})
            tone = "bad" if late else "warn" if (first.due_on - today).days <= 15 else ""
        if policy.state == Policy.State.SUSPENDED:
            parts.insert(0, _("suspended"))
            tone = tone or "warn"
        parts.append(policy.number)
        name = " · ".join(filter(None, [policy.product, policy.plate]))
        rows.append(CardRow(name, " · ".join(parts), change_address(policy), tone))
    return CardPanel(_("Policies"), rows, _("No policy in force."), position=10)


def _claims(customer: Customer, user: User) -> list[Claim]:
    return list(
        Claim.objects.visible_to(user).open().of_customer(customer).order_by("-reported_on", "-pk")[:MOST_ROWS]
    )


def _claim_panel(claims: list[Claim], today: date) -> CardPanel:
    rows = []
    for claim in claims:
        due, clock = _clock_of(claim)
        tone = "" if due is None else "bad" if due < today else "warn" if (due - today).days <= 10 else ""
        if due is not None and due < today:
            clock = _("%(what)s – term passed") % {"what": clock}
        adjuster = ", ".join(
            filter(None, [claim.adjuster, shown_number(claim.adjuster_phone) if claim.adjuster_phone else ""])
        )
        parts = [claim.get_state_display(), clock, _("adjuster: %(who)s") % {"who": adjuster or _("not yet named")}]
        what = _("%(number)s of %(day)s") % {"number": claim.number, "day": _day(claim.occurred_on)}
        rows.append(CardRow(what, " · ".join(filter(None, parts)), change_address(claim), tone))
    return CardPanel(_("Open claims"), rows, position=20)


def _clock_of(claim: Claim) -> tuple[date | None, str]:
    """What the law's clock waits for, and until when."""
    if claim.state == Claim.State.ACCEPTED and claim.accepted_on:
        due = payment_due_on(claim.accepted_on)
        return due, _("payment due by %(day)s") % {"day": _day(due)}
    if claim.offered_on:
        return None, _("offer made on %(day)s") % {"day": _day(claim.offered_on)}
    if claim.complete_on is None:
        return None, _("file not complete yet: the term has not begun")
    due = offer_due_on(claim.complete_on, kind=claim.kind, signed_by_both=claim.signed_by_both)
    return due, _("offer due by %(day)s") % {"day": _day(due)}


def _open_panel(customer: Customer, contact: Contact, user: User) -> CardPanel:
    waiting = Contact.objects.visible_to(user).open().filter(customer=customer).exclude(pk=contact.pk)
    now = timezone.now()
    rows = []
    for each in waiting.select_related("topic", "team", "owner").defer("notes").order_by("-started_at")[:MOST_ROWS]:
        late = each.due_at is not None and each.due_at < now
        parts = [each.get_state_display(), str(each.owner or each.team or "")]
        if each.due_at:
            parts.append((_("late since %(at)s") if late else _("due %(at)s")) % {"at": _moment(each.due_at)})
        what = f"{each.number} · {each.subject or each.topic or each.get_channel_display()}"
        rows.append(CardRow(what, " · ".join(filter(None, parts)), change_address(each), "bad" if late else "warn"))
    return CardPanel(_("Open contacts"), rows, position=30)


def _earlier(customer: Customer, contact: Contact, user: User) -> list[Contact]:
    earlier = Contact.objects.visible_to(user).filter(customer=customer).exclude(pk=contact.pk)
    return list(earlier.select_related("topic").defer("notes").order_by("-started_at")[:MOST_ROWS])


def _earlier_panel(earlier: Iterable[Contact], today: date) -> CardPanel:
    rows = []
    for each in earlier:
        outcome = each.get_outcome_display() if each.outcome else each.get_state_display()
        if each.level == 2:
            outcome = f"{outcome}, {_('second level')}"
        tone = {"resolved": "good", "unresolved": "warn"}.get(each.outcome, "")
        what = f"{_day(timezone.localdate(each.started_at))} · {each.topic or each.subject or _('no topic')}"
        rows.append(CardRow(what, f"{each.get_channel_display()} · {outcome}", change_address(each), tone))
    return CardPanel(_("Last contacts"), rows, _("No earlier contact."), position=40)


def _notice_panel(customer: Customer, user: User) -> CardPanel:
    since = timezone.now() - timedelta(days=NOTICE_DAYS)
    sent = Notice.objects.visible_to(user).filter(customer=customer, created_at__gte=since).for_list()
    rows = [
        CardRow(
            str(each),  # an alert has no subject of its own until it leaves
            f"{_moment(each.created_at)} · {each.get_channel_display()} · {each.get_state_display()}",
            change_address(each),
            "bad" if each.state in (Notice.State.REFUSED, Notice.State.IN_DOUBT) else "",
        )
        for each in sent.order_by("-created_at")[:MOST_ROWS]
    ]
    return CardPanel(_("Notices of the last two weeks"), rows, position=60)


def _consent_panel(customer: Customer, user: User) -> CardPanel:
    allowed: dict[str, list[str]] = {}
    for each in Consent.objects.visible_to(user).filter(customer=customer).in_force():
        if each.event != Consent.Event.WITHDRAWN:
            allowed.setdefault(each.get_purpose_display(), []).append(each.get_channel_display())
    rows = [CardRow(purpose, ", ".join(channels), tone="good") for purpose, channels in allowed.items()]
    return CardPanel(_("Consents"), rows, _("No consent to offers: do not propose any."), position=70)


# --- What it may be about ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Guess:
    """The suggested topic, and why, in words."""

    topic: Topic | None
    area: str
    why: str


def guess(contact: Contact, card: Card | None, today: date) -> Guess | None:
    """What the call may be about, from the line and what is known of the person."""
    signs = Signs(line=contact.line.code if contact.line else "", **(card.signs if card else {}))
    proposed = suggestion(signs)
    if proposed is None:
        return None
    topic = _topic_of(proposed, today)
    if topic is None:
        return None
    return Guess(topic, topic.get_area_display(), _why(proposed, signs))


def _topic_of(proposed: Suggestion, today: date) -> Topic | None:
    """The topic named, or of the area the one that was most asked about in the last month."""
    topics = Topic.objects.valid_on(today)
    if proposed.topic:
        return topics.filter(code=proposed.topic).first()
    known = list(topics.filter(area=proposed.area))
    counted = DailyFigures.objects.filter(
        cut=DailyFigures.Cut.TOPIC, day__gte=today - timedelta(days=30), topic__in=known
    )
    asked = dict(counted.order_by().values_list("topic").annotate(Sum("handled")))
    return max(known, key=lambda topic: asked.get(topic.pk, 0), default=None)


def _why(proposed: Suggestion, signs: Signs) -> str:
    if proposed.why == "same_as_before":
        days = signs.last_days_ago or 0
        if days == 0:
            return _("already asked today")
        return ngettext("asked about it yesterday", "asked about it %(days)d days ago", days) % {"days": days}
    if proposed.why == "instalment_due":
        days = signs.due_in_days or 0
        if days < 0:
            return ngettext("an instalment is %(days)d day late", "an instalment is %(days)d days late", -days) % {
                "days": -days
            }
        if days == 0:
            return _("an instalment is due today")
        return ngettext("an instalment is due tomorrow", "an instalment is due in %(days)d days", days) % {
            "days": days
        }
    return {
        "claims_line_and_claim": _("called the claims line, and has an open claim"),
        "policy_expires": _("a policy expires within a month"),
        "open_claim": _("has an open claim"),
        "claims_line": _("called the claims line"),
    }[proposed.why]


# --- Words ------------------------------------------------------------------------------------------------------
def _day(day: date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
