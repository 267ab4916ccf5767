"""Policies and their instalments, as the app reads them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.due import Due, instalment_due, with_attempts
from customers.models import Instalment, Payment, Policy, PolicyAdherent, RenewalOffer
from customers.payments.configured import can_pay_online
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView, MoneyField
from reserved_area.api.reading.offers import OfferShape
from reserved_area.api.reading.shapes import AgencyShape
from reserved_area.policies import ALIVE_STATES, ShownPolicy, facts_of_policy, policies_of, shown_policy


# --- What an answer looks like ------------------------------------------------------------------------------------------
class DueShape(serializers.Serializer):
    """What is to be paid, or a contract that comes to its end."""

    kind = serializers.SerializerMethodField()
    policy = serializers.IntegerField(source="policy.pk")
    policy_number = serializers.CharField(source="policy.number")
    product = serializers.CharField(source="policy.product")
    on = serializers.DateField()
    amount = MoneyField(allow_null=True)
    cover_until = serializers.DateField(help_text="Last day of cover if nothing is paid")
    is_covered = serializers.BooleanField()
    days_left = serializers.IntegerField(help_text="Below 0: it is late")
    instalment = serializers.IntegerField(source="instalment.pk", default=None, allow_null=True)
    offer = serializers.IntegerField(source="offer_id", allow_null=True, help_text="Renewal offer that can be paid")
    payment = serializers.IntegerField(source="attempt", allow_null=True, help_text="Payment not confirmed yet")
    policy_url = LinkField("me_policy", source="policy.pk")

    def get_kind(self, due: Due) -> str:
        """Instalment or expiry."""
        return "expiry" if due.is_expiry else "instalment"


class PeriodShape(serializers.Serializer):
    """Days of cover; without the last, it goes on."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class PolicyRow(serializers.Serializer):
    """A contract in the list."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    product = serializers.CharField()
    line = serializers.CharField(source="ramo", help_text="Line of business, art. 2 of the insurance code")
    line_label = serializers.CharField()
    plate = serializers.CharField()
    state = serializers.ChoiceField(Policy.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    suspended_on = serializers.DateField(allow_null=True)
    renewed_until = serializers.DateField(allow_null=True, help_text="By a renewal that was paid")
    is_mine = serializers.BooleanField(help_text="Held; where false, only covered by it")
    own_cover = PeriodShape(allow_null=True, help_text="Of somebody who is covered by another's contract")
    next_due = DueShape(allow_null=True)
    url = LinkField("me_policy")


class InstalmentRow(serializers.Serializer):
    """A premium due on a day."""

    id = serializers.IntegerField(source="pk")
    policy = serializers.IntegerField(source="policy_id")
    policy_number = serializers.CharField(source="policy.number")
    product = serializers.CharField(source="policy.product")
    due_on = serializers.DateField()
    amount = MoneyField()
    paid_on = serializers.DateField(allow_null=True)
    cover_until = serializers.DateField(allow_null=True, help_text="Of one that is not paid")
    can_be_paid = serializers.BooleanField(help_text="Here and now")
    payment = serializers.IntegerField(source="attempt", allow_null=True, help_text="Payment not confirmed yet")
    policy_url = LinkField("me_policy", source="policy_id")


class AdherentShape(PeriodShape):
    """Somebody covered by the contract."""

    name = serializers.CharField(source="customer")


class SuspensionShape(serializers.Serializer):
    """A time in which the cover was suspended."""

    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    was_reactivated = serializers.BooleanField()


class RenewalOfferShape(serializers.Serializer):
    """The offer of the next period."""

    id = serializers.IntegerField(source="pk")
    premium = MoneyField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    valid_until = serializers.DateField()
    paid_on = serializers.DateField(allow_null=True)


class HoldingShape(serializers.Serializer):
    """What is held in one fund or index."""

    fund = serializers.CharField()
    amount = MoneyField()
    units = serializers.CharField(help_text="As people read it; empty where it is not known")
    unit_price = serializers.CharField()


class PositionShape(serializers.Serializer):
    """What is held in funds or indices on a day."""

    on = serializers.DateField()
    total = MoneyField()
    rows = HoldingShape(many=True)


class ValueShape(serializers.Serializer):
    """A value of a life policy on a day."""

    amount = MoneyField()
    valued_on = serializers.DateField()


class NamedPersonShape(serializers.Serializer):
    """Somebody whom the holder of a life policy named."""

    role = serializers.CharField()
    role_label = serializers.CharField(source="get_role_display")
    name = serializers.CharField()


class LifeShape(serializers.Serializer):
    """What the holder of a life policy reads (art. 42, paragraph 3, IVASS Reg. 41/2018). A value that has not come is null."""

    is_linked = serializers.BooleanField()
    surrender = ValueShape(allow_null=True)
    position = PositionShape(allow_null=True)
    people = NamedPersonShape(many=True)


class PolicyClaimShape(serializers.Serializer):
    """A claim on the policy."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    occurred_on = serializers.DateField()
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")


class PolicyFacts(serializers.Serializer):
    """What is shown of one contract beside its row. What concerns the holder alone is null or empty for somebody it covers."""

    holder = serializers.CharField()
    sum_insured = MoneyField(allow_null=True)
    premium = MoneyField(allow_null=True, help_text="Of a year")
    tacit_renewal = serializers.BooleanField()
    has_grace = serializers.BooleanField()
    cover_until = serializers.DateField()
    agency = AgencyShape()
    instalments = InstalmentRow(many=True)
    adherents = AdherentShape(many=True)
    has_more_adherents = serializers.BooleanField()
    claims = PolicyClaimShape(many=True)
    expiry = DueShape(allow_null=True)
    suspensions = SuspensionShape(many=True)
    renewal_offer = RenewalOfferShape(allow_null=True)
    renewal_paid = RenewalOfferShape(allow_null=True)
    renewal_payment = serializers.IntegerField(allow_null=True, help_text="Payment of the offer, not confirmed yet")
    can_pay_online = serializers.BooleanField()
    life = LifeShape(allow_null=True)
    offers = OfferShape(many=True, help_text="What can be done about it, and why not")


class PolicyShape(PolicyFacts, PolicyRow):
    """A contract with all that its page shows."""


# --- The doors ------------------------------------------------------------------------------------------------------------
@extend_schema_view(get=extend_schema(operation_id="list_policies", summary="Policies held, and those that cover one"))
class PoliciesView(ListView):
    """Every policy one holds or is covered by, with the amount that is due next."""

    serializer, order = PolicyRow, ("-ends_on", "-pk")
    for_heirs = True

    def rows(self) -> QuerySet:
        """With what a row shows."""
        return policies_of(self.request)

    def shown_with(self) -> dict[str, QuerySet]:
        """A paid instalment, an offer that was paid and a cover of one's own change a row."""
        user = self.request.user
        return {
            "instalments": Instalment.objects.visible_to(user),
            "renewal_offers": RenewalOffer.objects.visible_to(user),
            "adherents": PolicyAdherent.objects.filter(customer=self.request.customer),
        }

    def shown(self, rows: list[Policy]) -> list[Policy]:
        """Each with whether it is one's own, and what is due next."""
        today = timezone.localdate()
        return [_marked(shown_policy(each, self.request.customer, today=today)) for each in rows]


def _marked(row: ShownPolicy) -> Policy:
    policy: Any = row.policy
    policy.line_label, policy.is_mine, policy.next_due = row.line_name, row.is_mine, row.next_due
    policy.own_cover = next(iter(policy.own_covers), None)
    return policy


class PolicyView(MeView):
    """One policy."""

    for_heirs = True

    @extend_schema(operation_id="get_policy", summary="One policy with all about it", responses=PolicyShape)
    def get(self, request: MeRequest, pk: int) -> Response:
        """The contract, what is paid and due, who is covered, its values, and what can be done about it."""
        policy = get_object_or_404(policies_of(request).select_related("holder", "agency"), pk=pk)
        today = timezone.localdate()
        facts = facts_of_policy(request, policy, today=today)
        shown = PolicyRow(_marked(shown_policy(policy, request.customer, today=today))).data
        return Response({**shown, **PolicyFacts(_about(policy, facts)).data})


def _about(policy: Policy, facts: dict[str, Any]) -> dict[str, Any]:
    """The page's facts under the names of the API."""
    attempt, is_mine = facts.get("attempt"), facts["is_mine"]
    return {
        "holder": policy.holder,
        "sum_insured": policy.sum_insured,
        "premium": policy.premium if is_mine else None,
        "tacit_renewal": policy.tacit_renewal,
        "agency": policy.agency,
        "instalments": [instalment_row(each, due, can_pay=can_pay_online()) for each, due in facts["payments"]],
        **{name: facts[name] for name in ("has_grace", "cover_until", "adherents", "has_more_adherents", "claims")},
        **{name: facts[name] for name in ("expiry", "suspensions")},
        "renewal_offer": facts.get("offer"),
        "renewal_paid": facts.get("paid_renewal"),
        "renewal_payment": attempt.pk if attempt is not None else None,
        "can_pay_online": can_pay_online(),
        "life": facts if facts.get("is_life") else None,
        "offers": facts.get("offers", []),
    }


def instalment_row(instalment: Instalment, due: Due | None, *, can_pay: bool) -> Instalment:
    """An instalment with until when it covers, and whether it can be paid here and now."""
    shown: Any = instalment
    shown.cover_until = due.cover_until if due is not None else None
    shown.can_be_paid = (
        can_pay and due is not None and instalment.policy.state in ALIVE_STATES and shown.attempt is None
    )
    return instalment


@extend_schema_view(get=extend_schema(operation_id="list_instalments", summary="Premiums of one's own policies"))
class InstalmentsView(ListView):
    """Every premium of the policies one holds, the latest first, paid or not."""

    serializer, order = InstalmentRow, ("-due_on", "-pk")

    def rows(self) -> QuerySet:
        """With the policy, and the payment that is not confirmed yet."""
        held = Instalment.objects.filter(policy__holder=self.request.customer)
        return with_attempts(held).select_related("policy")

    def shown_with(self) -> dict[str, QuerySet]:
        """A payment that begins or ends, and the policy, change a row."""
        customer = self.request.customer
        return {
            "payments": Payment.objects.filter(customer__in=customer.file_ids),
            "policy": Policy.objects.filter(holder=customer),
        }

    def shown(self, rows: list[Instalment]) -> list[Instalment]:
        """Each with until when it covers."""
        today, can_pay = timezone.localdate(), can_pay_online()
        dues = [None if each.paid_on else instalment_due(each, today=today) for each in rows]
        return [instalment_row(each, due, can_pay=can_pay) for each, due in zip(rows, dues, strict=True)]
