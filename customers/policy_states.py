"""Rule and query: when a policy's cover was suspended and reactivated (art. 42, paragraph 3, IVASS Reg. 41/2018)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from customers.models import Policy

MOST_VERSIONS = 500  # of the policy's history: a feed that touches it every night for more than a year


@dataclass(frozen=True)
class Suspension:
    """A suspension of the cover: since when, and until when; None where it lasts. `was_reactivated`, or the contract ended."""

    since: date
    until: date | None = None
    was_reactivated: bool = False


@dataclass(frozen=True)
class Version:
    """A policy as it stood until a day; until today where that is None."""

    state: str
    suspended_on: date | None
    until: date | None = None


def suspensions_in(versions: Iterable[Version]) -> list[Suspension]:
    """The suspensions that successive versions of a policy show, oldest first.

    The first day is the one that the contract states; the last is the day on which the change was recorded.
    """
    found: list[Suspension] = []
    since: date | None = None
    until: date | None = None
    for version in versions:
        if version.state == Policy.State.SUSPENDED and version.suspended_on is not None:
            since, until = version.suspended_on, version.until
        elif since is not None:
            found.append(Suspension(since, until, was_reactivated=version.state == Policy.State.ACTIVE))
            since = None
    if since is not None:
        found.append(Suspension(since))
    return found


def suspensions_of(policy: Policy) -> list[Suspension]:
    """The suspensions of a policy, newest first, by what the database kept of its earlier states. One query."""
    history: Any = getattr(policy, "history")  # noqa: B009 - made by keep_history, which no type checker sees
    earlier = history.order_by("-pgh_created_at", "-pgh_id").values_list("state", "suspended_on", "pgh_created_at")
    versions = [Version(state, on, timezone.localdate(at)) for state, on, at in reversed(earlier[:MOST_VERSIONS])]
    return suspensions_in([*versions, Version(policy.state, policy.suspended_on)])[::-1]
