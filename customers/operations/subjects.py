"""Query: what an operation is about, with all that its checks need to know: at most three queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from customers.models import Claim, Customer, Instalment, Operation, Policy, PolicyValue
from customers.operations.frequency import frequency_of
from customers.rami import Business, ramo


@dataclass(frozen=True)
class Subject:
    """A customer's own data, a policy or a claim on a day. `open_kinds` are the kinds already asked for and not ended."""

    customer: Customer
    today: date
    policy: Policy | None = None
    claim: Claim | None = None
    has_overdue: bool = False
    frequency: str = ""  # how often the policy is paid (customers.operations.frequency), "" where it is not known
    value: PolicyValue | None = None
    open_operations: tuple[Operation, ...] = ()

    @property
    def is_life(self) -> bool:
        """Whether it is about a life policy."""
        return self.policy is not None and ramo(self.policy.ramo).business == Business.LIFE

    @property
    def about(self) -> str:
        """ "customer", "policy" or "claim"."""
        return "claim" if self.claim else "policy" if self.policy else "customer"

    @property
    def title(self) -> str:
        """The number that names it; nothing for a customer's own data."""
        return str(self.claim or self.policy or "")

    def open_of(self, kinds: Iterable[str]) -> Operation | None:
        """The open operation of one of the kinds, if there is one."""
        return next((each for each in self.open_operations if each.kind in set(kinds)), None)

    def belongs_to(self, customer: Customer) -> bool:
        """Whether the customer may ask: they hold the policy, or reported the claim."""
        if self.claim is not None:
            return self.claim.customer_id == customer.pk
        return self.policy is None or self.policy.holder_id == customer.pk


def subject_of(
    customer: Customer, *, policy: Policy | None = None, claim: Claim | None = None, today: date
) -> Subject:
    """The subject with what its checks look at."""
    overdue, frequency, value = False, "", None
    if policy is not None:
        instalments = list(Instalment.objects.filter(policy=policy).order_by("-due_on"))
        overdue = any(each.paid_on is None and each.due_on < today for each in instalments)
        frequency = frequency_of([(each.due_on, each.amount) for each in instalments[:2]], premium=policy.premium)
        if ramo(policy.ramo).business == Business.LIFE:
            values = PolicyValue.objects.filter(policy=policy, kind=PolicyValue.Kind.SURRENDER)
            value = values.order_by("-valued_on", "-pk").first()
    waiting = Operation.objects.open().filter(customer=customer, policy=policy, claim=claim).order_by("pk")
    return Subject(customer, today, policy, claim, overdue, frequency, value, tuple(waiting))
