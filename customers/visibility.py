"""Rule: whose files a user may see. Every queryset that a person can reach starts from it (`visible_to`).

The answer is a handful of ids, found once per request, so that the querysets compare indexed columns with values and
remain fast on tables of any size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from customers import roles
from foundation.requests import Person, Reader


@dataclass(frozen=True)
class Reach:
    """Whose files are within reach: everybody's, those of some agencies, one's own; or nobody's.

    `joined_ids` are the files of the same person that were joined to one's own: what was written in them is read as well.
    """

    everything: bool = False
    agency_ids: tuple[int, ...] = ()
    customer_id: int | None = None
    joined_ids: tuple[int, ...] = ()

    @property
    def customer_ids(self) -> tuple[int, ...]:
        """One's own files; none for whoever has none."""
        return () if self.customer_id is None else (self.customer_id, *self.joined_ids)

    def over(self, *, customer: str | Iterable[str], agency: str) -> Q:
        """The condition on rows whose `customer` paths lead to the customer, and `agency` to whose files these are.

        Rows of nobody in particular (an unknown caller's) are in nobody's reach but the company staff's, who need no
        condition: a missing customer is never compared with a missing reach.
        """
        within = Q(pk__in=[])
        if self.agency_ids:
            within |= Q(**{f"{agency}__in": self.agency_ids})
        if self.customer_id is not None:
            for path in [customer] if isinstance(customer, str) else customer:
                within |= Q(**{f"{path}__in": self.customer_ids}) if self.joined_ids else Q(**{path: self.customer_id})
        return within


def reach_of(user: Reader | None) -> Reach:
    """The reach of a user (or of an anonymous visitor: nothing), remembered on the user object."""
    if user is None or isinstance(user, AnonymousUser) or not user.is_active:
        return Reach()
    if (known := user.__dict__.get("_reach")) is None:
        known = user.__dict__["_reach"] = _find_reach(user)
    return known


def _find_reach(user: Person) -> Reach:
    if user.has_role(roles.COMPANY_WIDE):
        return Reach(everything=True)
    return Reach(
        agency_ids=user.active_agency_ids() if user.has_role([roles.AGENCY_MEMBER]) else (),
        **_own(user.enrolled_files()),
    )


def _own(files: tuple[int, ...]) -> dict[str, Any]:
    return {"customer_id": files[0], "joined_ids": files[1:]} if files else {}


def look_as_customer(user: Reader, customer_id: int, joined_ids: Iterable[int] = ()) -> None:
    """For the rest of this request the user sees one's own file and nothing else, whatever their work lets them see.

    `joined_ids` are the files that were joined to it.
    """
    user.__dict__["_reach"] = Reach(customer_id=customer_id, joined_ids=tuple(joined_ids))


class _ReaderOfOneFile:
    is_active = True


def reader_of_file(customer_id: int) -> Reader:
    """Somebody who sees one customer's file and nothing else, to begin a statement with that is written once.

    Its values come with each request; a door that asks it has narrowed the reach of its user to that customer
    (`look_as_customer`).
    """
    reader = _ReaderOfOneFile()
    reader.__dict__["_reach"] = Reach(customer_id=customer_id)
    return cast("Reader", reader)


def sees_one_file(user: Reader, customer_id: int) -> bool:
    """Whether the user sees this customer's file on this request, and nothing else."""
    reach = reach_of(user)
    return reach == Reach(customer_id=customer_id, joined_ids=reach.joined_ids)
