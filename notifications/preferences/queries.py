"""Queries: what a person chose, as everybody who asks reads it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.conf import settings

from customers.models import Customer
from notifications.channels import Channel
from notifications.kinds import KINDS, NoticeKind
from notifications.models import NoticePreference
from notifications.preferences.groups import SWITCHED, Group, key_of
from notifications.preferences.rules import Span


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for a customer: as they chose, or as everybody has it."""

    off: frozenset[str] = frozenset()
    quiet_from: time | None = None
    quiet_until: time | None = None
    quiet_email: bool = False
    digest: bool = True

    @property
    def own_span(self) -> Span | None:
        """The person's own quiet hours, if they have any."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return self.quiet_from, self.quiet_until

    @property
    def spans(self) -> list[Span]:
        """All quiet hours that hold for the person: the company's, and their own."""
        return [*company_hours(), *([self.own_span] if self.own_span else [])]

    def as_stored(self) -> dict[str, Any]:
        """As the ledger of changes keeps it."""
        return {
            "off": sorted(self.off),
            "quiet_from": self.quiet_from.strftime("%H:%M") if self.quiet_from else None,
            "quiet_until": self.quiet_until.strftime("%H:%M") if self.quiet_until else None,
            "quiet_email": self.quiet_email,
            "digest": self.digest,
        }


NOTHING_CHOSEN = Chosen()


def company_hours() -> list[Span]:
    """The quiet hours that hold for everybody (NOTICE_QUIET_FROM, NOTICE_QUIET_UNTIL); none where both are the same."""
    start, end = settings.NOTICE_QUIET_FROM, settings.NOTICE_QUIET_UNTIL
    return [] if start == end else [(start, end)]


def chosen_by(customer: Customer) -> Chosen:
    """What holds for the customer."""
    return chosen_by_each([customer.pk]).get(customer.pk, NOTHING_CHOSEN)


def chosen_by_each(customers: Collection[int]) -> dict[int, Chosen]:
    """What those of the customers chose who chose anything, by their ids."""
    if not customers:
        return {}
    rows = NoticePreference.objects.filter(customer__in=customers)
    return {row.customer_id: as_chosen(row) for row in rows}


def as_chosen(row: NoticePreference) -> Chosen:
    """A stored preference as a value."""
    return Chosen(frozenset(row.off), row.quiet_from, row.quiet_until, row.quiet_email, row.digest)


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """A channel of a group, as a page offers it."""

    key: str
    channel: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group as a page shows it: its channels, and its kinds with what asks for them."""

    group: Group
    channels: list[ChannelChoice]
    free: list[NoticeKind] = field(default_factory=list)
    required: list[NoticeKind] = field(default_factory=list)

    @property
    def duties(self) -> list[tuple[str, list[str]]]:
        """Each reason why something cannot be switched off, with the names of the kinds it holds for."""
        found: dict[str, list[str]] = {}
        for kind in self.required:
            found.setdefault(str(kind.required_by), []).append(str(kind.name))
        return list(found.items())


def groups_for(chosen: Chosen, groups: Iterable[Group] = Group) -> list[GroupChoice]:
    """Every group in order. Only channels that some kind of it goes by are offered; of what is locked there are none."""
    found = []
    for group in groups:
        kinds = [kind for kind in KINDS.values() if kind.group == group and not kind.gathers]
        used = {channel for kind in kinds if kind.is_chosen for channel in (*kind.channels, *kind.rungs)}
        if any(kind.is_chosen and kind.is_announced for kind in kinds):
            used.add(Channel.PUSH)
        channels = [
            ChannelChoice(key, channel.value, str(channel.label), key not in chosen.off)
            for channel in SWITCHED
            if channel in used and (key := key_of(group, channel))
        ]
        free = [kind for kind in kinds if not kind.required_by]
        found.append(GroupChoice(group, channels, free, [kind for kind in kinds if kind.required_by]))
    return found


def keys_offered() -> list[str]:
    """What may be switched off, as it is stored."""
    return [channel.key for group in groups_for(NOTHING_CHOSEN) for channel in group.channels]
