"""Rule: which promotions a user may see, and for which agencies they may write one."""

from dataclasses import dataclass

from django.db.models import Q

from customers import roles
from customers.models import Agency, User
from customers.visibility import reach_of
from foundation.requests import Reader


@dataclass(frozen=True)
class Ground:
    """The agencies whose promotions are within reach. `whole`: those of every agency, and those of the company itself."""

    whole: bool = False
    agency_ids: frozenset[int] = frozenset()

    def over_promotions(self, path: str = "agency") -> Q:
        """The condition on rows whose `path` leads to the agency of a promotion; the company's own have none."""
        return Q() if self.whole else Q(**{f"{path}__in": self.agency_ids})


def ground_of(user: Reader) -> Ground:
    """What the user may see: all for the company's staff, their agency's for its members, those on the record of an author."""
    if reach_of(user).everything:
        return Ground(whole=True)
    return writes_for(user)


def writes_for(user: Reader) -> Ground:
    """For whom the user may write a promotion: their own agency, or what stands on the record of a campaign author."""
    if not isinstance(user, User) or not user.is_active:
        return Ground()
    agency_ids = set(reach_of(user).agency_ids)
    whole = False
    if user.has_role([roles.CAMPAIGN_AUTHOR]):
        named = user.campaign_agencies.filter(is_active=True)
        rows = list(named.filter(Q(agency__isnull=True) | Q(agency__is_active=True)).values_list("agency", flat=True))
        whole = None in rows
        agency_ids |= {each for each in rows if each is not None}
    return Ground(whole, frozenset(agency_ids))


def agencies_to_write_for(user: User) -> list[Agency]:
    """The working agencies that a new promotion of the user can be of."""
    ground = writes_for(user)
    working = Agency.objects.filter(is_active=True)
    return list(working if ground.whole else working.filter(pk__in=ground.agency_ids))
