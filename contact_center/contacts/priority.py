"""Rule and commands: how urgent an open contact is, and why. docs/decisions/priorities.md has the sources.

A reason has one level, and a contact the highest of its reasons; a priority set by a person stands in place of them. What
the rules look at changes with commands (`recompute_priority`, with every event) and with time (`sweep_priorities`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import Contact, Message
from contact_center.models.contact import SPOKEN, ContactQuerySet, Priority
from contact_center.models.contact import PriorityReason as Reason
from customers.claim_terms import offer_due_on
from customers.models import CareNeed, Claim, Customer
from customers.rami import MOTOR_LIABILITY

ILLNESS = "2"  # the branch of illness insurance: every claim of it is an “injury”, and none of them is an accident
TERM_IS_NEAR = timedelta(days=10)  # before the last day for the offer (art. 148 CAP)
LONG_WAIT = timedelta(days=5)  # days of the calendar without any answer; ours, no law has it
CHUNK = 500  # contacts whose priority is worked out again in one transaction

LEVELS: dict[str, Priority] = {
    Reason.INJURED: Priority.URGENT,
    Reason.TERM: Priority.URGENT,
    Reason.COMPLAINT: Priority.HIGH,
    Reason.CARE: Priority.HIGH,
    Reason.CAME_BACK: Priority.HIGH,
    Reason.LONG_WAIT: Priority.HIGH,
}
# Found by those who read what was written, further up: it holds until they decide, or the contact is closed.
MARKED = frozenset({Reason.COMPLAINT})


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `claim_kind` is "" without an open claim; `offer_by` the last day for its offer, if it has one."""

    came_back: bool = False
    needs_care: bool = False
    reports_claim: bool = False
    claim_kind: str = ""
    is_illness: bool = False
    offer_by: date | None = None
    waits_since: datetime | None = None  # nothing was answered since; None where something was, or we wait
    marked: Collection[str] = ()


def reasons_of(facts: Facts, now: datetime) -> list[str]:
    """Why a contact is urgent, the weightiest reason first; empty where nothing makes it so."""
    hurt = facts.claim_kind in (Claim.Kind.INJURY, Claim.Kind.MIXED) and not facts.is_illness
    holds = {
        Reason.INJURED: facts.reports_claim and hurt,
        Reason.TERM: facts.offer_by is not None and timezone.localdate(now) >= facts.offer_by - TERM_IS_NEAR,
        Reason.COMPLAINT: Reason.COMPLAINT in facts.marked,
        Reason.CARE: facts.needs_care,
        Reason.CAME_BACK: facts.came_back,
        Reason.LONG_WAIT: facts.waits_since is not None and now - facts.waits_since >= LONG_WAIT,
    }
    return [reason.value for reason in Reason if holds[reason]]


def priority_of(reasons: Iterable[str], by_hand: int | None = None) -> int:
    """The highest level of the reasons, or what a person set in place of it."""
    if by_hand is not None:
        return by_hand
    return max((LEVELS[reason] for reason in reasons), default=Priority.NORMAL).value


# --- One contact --------------------------------------------------------------------------------------------------
def recompute_priority(contact: Contact, *, mark: str = "", unmark: str = "") -> Contact:
    """Set the priority and its reasons from the contact as it is; the caller saves. A closed contact has none.

    `mark` adds one of the reasons in MARKED, `unmark` takes it away.
    """
    if contact.state == Contact.State.CLOSED:
        contact.priority, contact.priority_reasons, contact.priority_by_hand = Priority.NORMAL.value, [], None
        return contact
    now = timezone.now()
    marked = {*MARKED.intersection(contact.priority_reasons), mark} - {"", unmark}
    contact.priority_reasons = reasons_of(_facts(contact, now, marked), now)
    contact.priority = priority_of(contact.priority_reasons, contact.priority_by_hand)
    return contact


def cared_for(today: date) -> ExpressionWrapper:
    """Whether the customer of a contact asked for particular attention, in whichever of their files it is written.

    Two questions, each by an index: joined by OR in one, the planner would read the whole table.
    """
    needs = CareNeed.objects.in_force(today)
    own, joined = needs.filter(customer=OuterRef("customer")), needs.filter(customer__merged_into=OuterRef("customer"))
    return ExpressionWrapper(Q(Exists(own)) | Q(Exists(joined)), output_field=BooleanField())


def _facts(contact: Contact, now: datetime, marked: Collection[str]) -> Facts:
    """The facts of one contact, with a query only where the answer could matter."""
    waits_since = None
    if _counts_as_waiting(contact.state, contact.channel, contact.direction) and now - contact.started_at >= LONG_WAIT:
        answered = Message.objects.filter(contact=contact, direction=Message.Direction.OUTBOUND).exists()
        waits_since = None if answered else contact.started_at
    claim: dict[str, Any] = {}
    if contact.claim_id is not None:
        claim = _claim_facts(Claim.objects.filter(pk=contact.claim_id).values(*_CLAIM).get())
    needs_care = contact.customer is not None and (
        CareNeed.objects.filter(customer__in=contact.customer.file_ids).in_force(timezone.localdate(now)).exists()
    )
    return Facts(
        came_back=_came_back(contact.reopened_count, contact.confirmed),
        needs_care=needs_care,
        reports_claim=contact.kind == Contact.Kind.CLAIM_REPORT,
        waits_since=waits_since,
        marked=marked,
        **claim,
    )


_CLAIM = ("kind", "state", "complete_on", "offered_on", "signed_by_both", "policy__ramo")


def _claim_facts(claim: dict[str, Any]) -> dict[str, Any]:
    if claim["state"] not in Claim.OPEN_STATES:
        return {}
    owes_offer = claim["complete_on"] and not claim["offered_on"] and claim["policy__ramo"] == MOTOR_LIABILITY
    return {
        "claim_kind": claim["kind"],
        "is_illness": claim["policy__ramo"] == ILLNESS,
        "offer_by": offer_due_on(claim["complete_on"], kind=claim["kind"], signed_by_both=claim["signed_by_both"])
        if owes_offer
        else None,
    }


def _came_back(reopened_count: int, confirmed: bool | None) -> bool:
    return reopened_count > 0 or confirmed is False


def _counts_as_waiting(state: str, channel: str, direction: str) -> bool:
    """Whether the person waits for a first answer in writing: they came to us, and it is not we who wait for them."""
    ours = direction == Contact.Direction.OUTBOUND
    return state != Contact.State.WAITING and channel not in SPOKEN and not ours


# --- Many contacts ------------------------------------------------------------------------------------------------
def sweep_priorities(after: int = 0, *, chunk: int = CHUNK) -> int | None:
    """Work out the priorities of the next open contacts again, by their ids; returns the last id, None at the end.

    For what changes with time alone, and for what reached the tables by another way than our commands. A contact keeps
    its version: nobody who has it open is disturbed.
    """
    ids = list(Contact.objects.open().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:chunk])
    if not ids:
        return None
    _recompute(Contact.objects.filter(pk__in=ids))
    return ids[-1]


def recompute_for(customer: Customer) -> int:
    """Work out the priorities of a customer's open contacts again; returns how many changed.

    One that somebody works on at this moment is left to the sweep: to wait for it while the customer's file is locked would
    make two commands wait for each other.
    """
    return _recompute(Contact.objects.filter(customer__in=customer.file_ids), waits=False)


def mark_contacts(ids: Iterable[int], reason: str) -> int:
    """Give open contacts a reason that is found further up (one of MARKED); returns how many were given it."""
    return _recompute(Contact.objects.filter(pk__in=list(ids)), mark=reason)


def unmark_contacts(ids: Iterable[int], reason: str) -> int:
    """Take such a reason away again; returns from how many."""
    return _recompute(Contact.objects.filter(pk__in=list(ids)), unmark=reason)


@transaction.atomic
def _recompute(contacts: ContactQuerySet, *, mark: str = "", unmark: str = "", waits: bool = True) -> int:
    """Write the priorities that differ from what they are now. Two queries, and one for each contact that differs."""
    now = timezone.now()
    rows_locked = contacts.open().order_by("pk").select_for_update(skip_locked=not waits)
    locked = list(rows_locked.values_list("pk", flat=True))
    answered = Message.objects.filter(contact=OuterRef("pk"), direction=Message.Direction.OUTBOUND)
    rows = (
        Contact.objects.filter(pk__in=locked)
        .order_by("pk")
        .annotate(
            **{f"of_{name}": F(f"claim__{name}") for name in _CLAIM},
            was_answered=Exists(answered),
            needs_care=cared_for(timezone.localdate(now)),
        )
        .values(
            *("pk", "kind", "state", "channel", "direction", "started_at", "reopened_count", "confirmed", "claim"),
            *("priority", "priority_reasons", "priority_by_hand", "was_answered", "needs_care"),
            *(f"of_{name}" for name in _CLAIM),
        )
    )
    changed = 0
    for row in rows:
        waits = _counts_as_waiting(row["state"], row["channel"], row["direction"]) and not row["was_answered"]
        facts = Facts(
            came_back=_came_back(row["reopened_count"], row["confirmed"]),
            needs_care=row["needs_care"],
            reports_claim=row["kind"] == Contact.Kind.CLAIM_REPORT,
            waits_since=row["started_at"] if waits else None,
            marked={*MARKED.intersection(row["priority_reasons"]), mark} - {"", unmark},
            **(_claim_facts({name: row[f"of_{name}"] for name in _CLAIM}) if row["claim"] else {}),
        )
        reasons = reasons_of(facts, now)
        priority = priority_of(reasons, row["priority_by_hand"])
        if (priority, reasons) != (row["priority"], row["priority_reasons"]):
            changed += Contact.objects.filter(pk=row["pk"]).update(priority=priority, priority_reasons=reasons)
    return changed


# --- In words -----------------------------------------------------------------------------------------------------
def priority_words(contact: Contact, why: str = "") -> str:
    """Why the contact comes before others, such as “urgent: people were hurt”; empty for a normal one.

    `why` is what a person wrote who set it, as its reader may see it.
    """
    if contact.priority_by_hand is not None:
        level = Priority(contact.priority_by_hand).label
        if why:
            return _("%(level)s, set by a colleague: %(why)s") % {"level": level, "why": why}
        return _("%(level)s: set by a colleague") % {"level": level}
    if contact.priority == Priority.NORMAL:
        return ""
    why = ", ".join(str(Reason(reason).label) for reason in contact.priority_reasons)
    return f"{Priority(contact.priority).label}: {why}"
