"""Queries about reports: the policies that a claim can be reported under, and how a draft stands."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When

from customers.claim_reports.lines import Guide, Step, Text, clashes, guide_for, lacking, occurred_on
from customers.due import cover_of
from customers.models import Claim, ClaimDraft, Customer, Policy, PolicyAdherent
from customers.models.policy import PolicyQuerySet

OFFERED_DAYS = 731  # a policy that ended longer ago is not offered: for what happened then the customer calls


def policies_to_report(customer: Customer, today: date) -> PolicyQuerySet:
    """The policies that the customer holds, or is or was covered by, and that ended two years ago at most: those alive first."""
    held = Policy.objects.filter(holder=customer).order_by()
    adherences = PolicyAdherent.objects.filter(customer=customer).order_by()
    alive = [Policy.State.ACTIVE, Policy.State.SUSPENDED]
    return (
        Policy.objects.filter(
            # One index for each half: joined by OR, the planner would read the whole table.
            pk__in=held.values("pk").union(adherences.values("policy")),
            ends_on__gte=today - timedelta(days=OFFERED_DAYS),
        )
        .annotate(over=Case(When(state__in=alive, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .order_by("over", "-ends_on", "-pk")
    )


@dataclass(frozen=True)
class Standing:
    """How a draft stands: what is still to be answered, and what speaks against sending it.

    `clashes`: what has to be answered again because of another answer, by question, in words.
    `is_theirs`: the customer holds the policy, or is or was covered by it. `is_outside`: the day of the event is outside the
    period of the cover. `twin`: a claim of the same policy and day that the customer knows.
    """

    guide: Guide
    lacking: list[Step]
    clashes: dict[str, Text]
    is_theirs: bool
    is_outside: bool
    twin: Claim | None

    @property
    def is_complete(self) -> bool:
        """Whether every obligatory question is answered."""
        return not self.lacking


def standing_of(draft: ClaimDraft) -> Standing:
    """How the draft stands now; two queries at most. The draft has its policy and customer."""
    guide, day = guide_for(draft.policy.ramo), occurred_on(draft.answers)
    cover = _cover_of(draft)
    is_outside = bool(day and cover and not cover[0] <= day <= cover[1])
    twin = twins_of(draft, day).first() if day else None
    return Standing(
        guide, lacking(guide, draft.answers), clashes(guide, draft.answers), cover is not None, is_outside, twin
    )


def _cover_of(draft: ClaimDraft) -> tuple[date, date] | None:
    """The first and last day on which the policy covers the customer; None where it is no affair of theirs."""
    policy = draft.policy
    first, last = policy.starts_on, cover_of(policy)
    if policy.holder_id == draft.customer_id:
        return first, last
    adherence = PolicyAdherent.objects.filter(policy=policy, customer=draft.customer_id).first()
    if adherence is None:
        return None
    return max(first, adherence.starts_on), min(last, adherence.ends_on or last)


def twins_of(draft: ClaimDraft, day: date) -> QuerySet[Claim]:
    """Claims of the same policy and day that the customer may see: never those of others under a collective contract."""
    claims = Claim.objects.filter(policy=draft.policy_id, occurred_on=day)
    if draft.policy.holder_id != draft.customer_id:
        claims = claims.filter(customer=draft.customer_id)
    return claims.order_by("pk")
