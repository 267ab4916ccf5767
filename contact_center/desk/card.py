"""What an agent's desk shows: the calls to code, who may be calling, the card of the person, the agent's own day.

Everything is asked as the agent: a desk shows the calls that the agent answered, and nobody else's.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F, Prefetch, Q, QuerySet, Sum
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.agents import signal as desk_signal
from contact_center.contacts.candidates import Candidate
from contact_center.desk.suggestions import Signs, Suggestion, suggestion
from contact_center.models import Agent, AgentState, Call, CallBack, Contact, DailyFigures, Topic
from contact_center.models.contact import ContactQuerySet
from customers.claim_steps import answer_due_on, money_due_on
from customers.models import Claim, Consent, Customer, Instalment, Policy, RenewalOffer, User
from customers.rami import MOTOR_LIABILITY
from customers.search import search_customers
from foundation.dates import written_day
from foundation.masking import Kind, seen
from foundation.office.links import change_address
from foundation.office.read_only import euro
from foundation.slots import Slot
from foundation.telephones import shown_number
from foundation.text import search_words
from notifications.models import Notice

MOST_FOUND = 8
MOST_POLICIES = 6
MOST_ROWS = 5
NOTICE_DAYS = 14


# --- The calls of the agent -------------------------------------------------------------------------------------
_SHOWN = (
    "line",
    "customer",
    "person",
    "call",
    "call_back",
    "topic",
    "web_form",
    "entry",
)  # with each call on the desk


def calls_to_code(agent: Agent) -> QuerySet[Contact]:
    """The calls that the agent answered and has still to code, the newest first."""
    waiting = Contact.objects.to_code().filter(owner=agent)
    return waiting.select_related(*_SHOWN).order_by("-pk")


def version_of(user: User) -> str:
    """A word that is another as soon as the desk has something else to show."""
    key = desk_signal.key_of(user.pk)
    if (word := cache.get(key)) is None:
        waiting = calls_to_code_of(user).values_list("pk", "version", "owner", "call__ended_at", "customer", "person")
        state = AgentState.objects.open().filter(agent__user=user).values_list("pk")
        word = hashlib.blake2b(repr([*waiting, *state]).encode(), digest_size=6).hexdigest()
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
    latest = calls.select_related("line", "contact__customer", "contact__person", "contact__topic").order_by(
        "-queued_at", "-pk"
    )
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
    return (
        [Candidate(each, "found") for each in search_customers(people, text, MOST_FOUND, reader=user)] if text else []
    )


# --- The card of a person ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a panel. `tone` is "", "good", "warn" or "bad", and appears in words as well.

    `joins` names the open matter that a call can be joined to: "claim:17" or "contact:71489".
    """

    text: str
    hint: str = ""
    url: str = ""
    tone: str = ""
    joins: str = ""


@dataclass(frozen=True, slots=True)
class CardPanel:
    """A panel of the card; `empty` is what it says without rows ("" leaves it out)."""

    title: str
    rows: list[CardRow]
    empty: str = ""


@dataclass
class CardSubject:
    """The customer of a card and its reader; what several panels look at is asked once."""

    customer: Customer
    reader: User
    today: date
    contact: Contact | None = None  # the one in hand, which is not shown among the others

    @cached_property
    def policies(self) -> list[Policy]:
        """Those in force that cover the customer, each with its instalments that are still to be paid (`owed_for`)."""
        owed = Instalment.objects.unpaid().order_by("due_on")
        covering = Policy.objects.visible_to(self.reader).covering(self.customer, self.today)
        in_force = covering.filter(state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED]).select_related("holder")
        paid = RenewalOffer.objects.filter(paid_on__isnull=False, starts_on__gte=F("policy__ends_on"))
        shown = in_force.prefetch_related(
            Prefetch("instalments", queryset=owed), Prefetch("renewal_offers", queryset=paid)
        )
        return list(shown.order_by("ends_on", "pk")[:MOST_POLICIES])

    def owed_for(self, policy: Policy) -> list[Instalment]:
        """What is still to be paid for one of `policies`, the earliest first; nothing where somebody else pays."""
        return list(policy.instalments.all()) if policy.holder_id == self.customer.pk else []

    def renewed_until(self, policy: Policy) -> date | None:
        """Until when one of `policies` covers by a renewal that was accepted and paid; None where none was."""
        return max((offer.ends_on for offer in policy.renewal_offers.all()), default=None)

    @cached_property
    def claims(self) -> list[Claim]:
        """The customer's open claims, the newest first."""
        waiting = Claim.objects.visible_to(self.reader).open().filter(customer=self.customer)
        return list(waiting.select_related("policy").order_by("-reported_on", "-pk")[:MOST_ROWS])

    @property
    def contacts(self) -> ContactQuerySet:
        """The customer's contacts but the one in hand, the newest first."""
        others = Contact.objects.visible_to(self.reader).filter(customer=self.customer)
        if self.contact is not None:
            others = others.exclude(pk=self.contact.pk)
        return others.defer("notes").order_by("-started_at")

    @cached_property
    def last_contacts(self) -> list[Contact]:
        return list(self.contacts.select_related("topic")[:MOST_ROWS])


# The panels of the card at the desk, and those at the head of a customer's file, where no call is in hand. Each gives
# None where it has nothing to say to this reader.
DESK_CARD: Slot[Callable[[CardSubject], CardPanel | None]] = Slot("the panels of the desk's card")
FILE_HEAD: Slot[Callable[[CardSubject], CardPanel | None]] = Slot("the panels at the head of a customer's file")


@dataclass(slots=True)
class Card:
    """All that an agent should know of a person before the second sentence."""

    customer: Customer
    panels: list[CardPanel]
    signs: dict[str, Any]


def card_of(customer: Customer, contact: Contact, user: User, today: date) -> Card:
    """The card of the customer, for the call of `contact`."""
    subject = CardSubject(customer, user, today, contact)
    panels = _shown(DESK_CARD, subject)
    owed = [instalments[0].due_on for policy in subject.policies if (instalments := subject.owed_for(policy))]
    ends = [
        policy.ends_on
        for policy in subject.policies
        if policy.state == Policy.State.ACTIVE and subject.renewed_until(policy) is None
    ]
    last = next((each for each in subject.last_contacts if each.topic), None)
    signs = {
        "open_claims": len(subject.claims),
        "last_topic": last.topic.code if last and last.topic else "",
        "last_days_ago": (today - timezone.localdate(last.started_at)).days if last else None,
        "due_in_days": min((each - today).days for each in owed) if owed else None,
        "expires_in_days": min(((each - today).days for each in ends if each >= today), default=None),
    }
    return Card(customer, panels, signs)


def head_of_file(customer: Customer, user: User) -> list[CardPanel]:
    """What is due and what is open, for the head of the customer's file."""
    return _shown(FILE_HEAD, CardSubject(customer, user, timezone.localdate()))


def _shown(panels: Iterable[Callable[[CardSubject], CardPanel | None]], subject: CardSubject) -> list[CardPanel]:
    made = [panel for make in panels if (panel := make(subject)) is not None]
    return [panel for panel in made if panel.rows or panel.empty]


def policies_panel(subject: CardSubject) -> CardPanel | None:
    """The policies with what is due; None for a reader who may not see policies."""
    if not subject.reader.has_perm("customers.view_policy"):
        return None
    rows, today = [], subject.today
    for policy in subject.policies:
        renewed, tone = subject.renewed_until(policy), ""
        until = _("until %(day)s") if renewed is None else _("renewal paid, cover until %(day)s")
        parts = [until % {"day": written_day(renewed or policy.ends_on, "al")}]
        if policy.holder_id != subject.customer.pk:
            parts.insert(0, _("covered by the contract of %(holder)s") % {"holder": policy.holder})
        elif owed := subject.owed_for(policy):
            first = owed[0]
            late = first.due_on < today
            sentence = _("%(amount)s overdue since %(day)s") if late else _("%(amount)s due on %(day)s")
            parts.insert(0, sentence % {"amount": euro(first.amount), "day": _day(first.due_on)})
            tone = "bad" if late else "warn" if (first.due_on - today).days <= 15 else ""
        if renewed is not None:
            tone = tone or "good"
        if policy.state == Policy.State.SUSPENDED:
            parts.insert(0, _("suspended"))
            tone = "bad" if tone == "bad" else "warn"
        parts.append(policy.number)
        name = " · ".join(filter(None, [policy.product, policy.plate]))
        rows.append(CardRow(name, " · ".join(parts), change_address(policy), tone))
    return CardPanel(_("Policies"), rows, _("No policy in force."))


def claims_panel(subject: CardSubject) -> CardPanel | None:
    """The open claims with the clock of the law; None for a reader who may not see claims."""
    if not subject.reader.has_perm("customers.view_claim"):
        return None
    rows, today = [], subject.today
    for claim in subject.claims:
        due, clock = _clock_of(claim)
        tone = "" if due is None else "bad" if due < today else "warn" if (due - today).days <= 10 else ""
        if due is not None and due < today:
            clock = _("%(what)s – term passed") % {"what": clock}
        adjuster = ", ".join(
            filter(None, [claim.adjuster, shown_number(claim.adjuster_phone) if claim.adjuster_phone else ""])
        )
        parts = [claim.get_state_display(), clock, _("adjuster: %(who)s") % {"who": adjuster or _("not yet named")}]
        what = _("%(number)s of %(day)s") % {"number": claim.number, "day": _day(claim.occurred_on)}
        rows.append(
            CardRow(what, " · ".join(filter(None, parts)), change_address(claim), tone, joins=f"claim:{claim.pk}")
        )
    return CardPanel(_("Open claims"), rows)


def _clock_of(claim: Claim) -> tuple[date | None, str]:
    """What the claim waits for, and until when where the law sets a term."""
    if (due := money_due_on(claim)) is not None:
        return due, _("payment due by %(day)s") % {"day": _day(due)}
    if claim.accepted_on:
        return None, _("offer accepted on %(day)s") % {"day": _day(claim.accepted_on)}
    if claim.offered_on:
        return None, _("offer made on %(day)s") % {"day": _day(claim.offered_on)}
    if (due := answer_due_on(claim)) is not None:
        return due, _("offer due by %(day)s") % {"day": _day(due)}
    if claim.policy.ramo == MOTOR_LIABILITY and claim.complete_on is None:
        return None, _("file not complete yet: the term has not begun")
    return None, ""


def call_backs_panel(subject: CardSubject) -> CardPanel | None:
    """The calls that the customer was promised; None for a reader who may not see contacts."""
    if not subject.reader.has_perm("contact_center.view_contact"):
        return None
    promised = CallBack.objects.visible_to(subject.reader).to_make().filter(customer__in=subject.customer.file_ids)
    rows = []
    for each in promised.select_related("contact__topic").order_by("starts_at", "pk")[:MOST_ROWS]:
        parts = [seen(subject.reader, Kind.TELEPHONE, each.phone), str(each.contact.topic or "")]
        if each.tries:
            parts.append(ngettext("%(tries)d try", "%(tries)d tries", each.tries) % {"tries": each.tries})
        tone = "bad" if each.ends_at < timezone.now() else "warn"
        what = f"{_moment(each.starts_at)} · {each.contact.number}"
        address, joins = change_address(each.contact), f"contact:{each.contact_id}"
        rows.append(CardRow(what, " · ".join(filter(None, parts)), address, tone, joins=joins))
    return CardPanel(_("Call-backs promised"), rows)


def open_contacts_panel(subject: CardSubject) -> CardPanel | None:
    """The contacts still to be worked; None for a reader who may not see contacts."""
    if not subject.reader.has_perm("contact_center.view_contact"):
        return None
    rows, now = [], timezone.now()
    for each in subject.contacts.open().select_related("topic", "team", "owner")[:MOST_ROWS]:
        late = each.due_at is not None and each.due_at < now
        parts = [each.get_state_display(), str(each.owner or each.team or "")]
        if each.due_at:
            parts.append((_("late since %(at)s") if late else _("due %(at)s")) % {"at": _moment(each.due_at)})
        what = f"{each.number} · {each.subject or each.topic or each.get_channel_display()}"
        tone = "bad" if late else "warn"
        rows.append(
            CardRow(what, " · ".join(filter(None, parts)), change_address(each), tone, joins=f"contact:{each.pk}")
        )
    return CardPanel(_("Open contacts"), rows)


def last_contacts_panel(subject: CardSubject) -> CardPanel:
    """How the last contacts ended."""
    rows = []
    for each in subject.last_contacts:
        outcome = each.get_outcome_display() if each.outcome else each.get_state_display()
        if each.level == 2:
            level = _("second level")
            outcome = f"{outcome}, {level}"
        tone = {"resolved": "good", "unresolved": "warn"}.get(each.outcome, "")
        about = each.topic or each.subject or _("no topic")
        what = f"{_day(timezone.localdate(each.started_at))} · {about}"
        rows.append(CardRow(what, f"{each.get_channel_display()} · {outcome}", change_address(each), tone))
    return CardPanel(_("Last contacts"), rows, _("No earlier contact."))


def notices_panel(subject: CardSubject) -> CardPanel:
    """What we wrote to the customer lately."""
    since = timezone.now() - timedelta(days=NOTICE_DAYS)
    sent = (
        Notice.objects.visible_to(subject.reader)
        .filter(customer__in=subject.customer.file_ids, created_at__gte=since)
        .for_list()
    )
    rows = [
        CardRow(
            str(each),  # an alert has no subject of its own until it leaves
            f"{_moment(each.created_at)} · {each.get_channel_display()} · {each.get_state_display()}",
            change_address(each),
            "bad" if each.state in (Notice.State.REFUSED, Notice.State.IN_DOUBT) else "",
        )
        for each in sent.order_by("-created_at")[:MOST_ROWS]
    ]
    return CardPanel(_("Notices of the last two weeks"), rows)


def consents_panel(subject: CardSubject) -> CardPanel:
    """What the customer allows us to propose."""
    allowed: dict[str, list[str]] = {}
    for each in Consent.objects.visible_to(subject.reader).filter(customer=subject.customer).in_force():
        if each.event != Consent.Event.WITHDRAWN:
            allowed.setdefault(each.get_purpose_display(), []).append(each.get_channel_display())
    rows = [CardRow(purpose, ", ".join(channels), tone="good") for purpose, channels in allowed.items()]
    return CardPanel(_("Consents"), rows, _("No consent to offers: do not propose any."))


# --- What it may be about ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Guess:
    """The suggested topic, and why, in words."""

    topic: Topic | None
    area: str
    why: str


def guess(contact: Contact, card: Card | None, today: date) -> Guess | None:
    """What the call may be about, from the line and what is known of the person."""
    signs = Signs(
        line=contact.line.code if contact.line else "",
        about_claim=contact.claim_id is not None,
        **(card.signs if card else {}),
    )
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
        "about_claim": _("the call is about a claim"),
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
