"""What legal holds keep, as conditions over the rows of a rule."""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from customers.models import LegalHold
from foundation.privacy import Rule


@dataclass(frozen=True)
class Held:
    """The customers whose whole file is held, and the matters held by the model's name (`customers.Claim`)."""

    customers: frozenset[int] = frozenset()
    matters: dict[str, frozenset[int]] = field(default_factory=dict)

    def rows(self, rule: Rule) -> Q | None:
        """The rows of the rule that a hold keeps; None where no hold can reach them."""
        found = [Q(**{f"{way}__in": self.customers}) for way in rule.customer if self.customers]
        for model, ways in rule.matters.items():
            found += [Q(**{f"{way}__in": self.matters[model]}) for way in ways if model in self.matters]
        return reduce(or_, found) if found else None


def holds_in_force(*, using: str | None = None) -> Held:
    """All holds that nobody has lifted; there are few."""
    customers, matters = set(), dict[str, set[int]]()
    for customer, matter in LegalHold.objects.using(using).in_force().values_list("customer", "matter"):
        if not matter:
            customers.add(customer)
            continue
        model, key = matter.split(":")
        matters.setdefault(model, set()).add(int(key))
    return Held(frozenset(customers), {model: frozenset(keys) for model, keys in matters.items()})
