"""A customer's contact points in the back office: what can be done to one, where pages draw it, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.contact_points.queries import points_of
from customers.models import ContactPoint, Customer, DataChange
from customers.models.account import AccountState
from customers.models.data_change import LOCKED, ChangeKind
from foundation.masking import Kind, names_hidden, seen, seen_text
from foundation.office.base import Panel, badge
from foundation.office.commands import COMMANDS_FROM_ABOVE, Command
from foundation.office.leading_back import leading_back
from foundation.requests import Reader, StaffRequest

TONES = {
    ChangeKind.ADDED: "info",
    ChangeKind.CORRECTED: "info",
    ChangeKind.VERIFIED: "success",
    ChangeKind.RETIRED: "warning",
    ChangeKind.ADDRESS: "info",
    ChangeKind.LANGUAGE: "info",
    ChangeKind.ACCESS: "warning",
}


class PointCommand(Command[Customer]):
    """What can be done to one contact point; a page draws it beside that one, which `?recapito=` names."""

    is_button = False
    is_about_none = False  # True for what adds one

    def suits(self, point: ContactPoint) -> bool:
        """Whether it can be done to this one."""
        return True


class DataCommand(Command[Customer]):
    """What else is changed of a customer's data; the desk leads to it during a call."""


@dataclass(frozen=True)
class Link:
    """A link to the page of a command."""

    label: Any
    url: str
    icon: str


@dataclass(frozen=True)
class ShownPoint:
    """A contact point as the head of a file and the desk show it, with what the reader can do to it."""

    point: ContactPoint
    is_shared: bool
    links: list[Link]


@dataclass(frozen=True)
class ShownPoints:
    """The contact points of a customer, and what can be done beside them."""

    points: list[ShownPoint]
    links: list[Link]


POINT = "recapito"


def shown_points(
    request: StaffRequest, customer: Customer, *, back: str | None = None, most: int | None = None
) -> ShownPoints:
    """The customer's contact points with the links to what this reader may do; their pages lead back to `back`."""
    commands = [each for each in _commands_on_points() if each.allowed(request, customer)]
    points = points_of(customer, reader=request.user)

    def links(point: ContactPoint | None) -> list[Link]:
        suiting = [
            each
            for each in commands
            if (each.is_about_none if point is None else not each.is_about_none and each.suits(point))
        ]
        more = {} if point is None else {POINT: str(point.pk)}
        return [Link(each.label, leading_back(_url(customer, each), back, **more), each.icon) for each in suiting]

    shown = [ShownPoint(each, each.is_shared, links(each)) for each in points[:most]]  # type: ignore[attr-defined]  # an annotation
    return ShownPoints(shown, links(None))


def links_to_data(
    request: StaffRequest, customer: Customer, *, back: str, adds_points: bool = False, **more: str
) -> list[Link]:
    """The links to what else this reader may change of the customer's data; their pages lead back to `back`.

    With `adds_points` also to what adds a number or address, for a page that draws no links beside them.
    """
    adding = [each for each in _commands_on_points() if adds_points and each.is_about_none]
    others = [each for each in COMMANDS_FROM_ABOVE.get(Customer, ()) if isinstance(each, DataCommand)]
    commands: list[Command[Customer]] = [*adding, *others]
    return [
        Link(each.label, leading_back(_url(customer, each), back, **more), each.icon)
        for each in commands
        if each.allowed(request, customer)
    ]


def _commands_on_points() -> Sequence[PointCommand]:
    return [each for each in COMMANDS_FROM_ABOVE.get(Customer, ()) if isinstance(each, PointCommand)]


def _url(customer: Customer, command: Command[Customer]) -> str:
    return reverse("admin:customers_customer_command", args=[customer.pk, command.name])


def value_seen(reader: Reader, change: DataChange, value: str) -> str:
    """The value of before or of after, in words, as the reader sees it."""
    if change.point_kind:
        return seen(reader, Kind.TELEPHONE, value)
    if change.kind == ChangeKind.LANGUAGE:
        return str(dict(Customer._meta.get_field("language").flatchoices).get(value, value))
    state, _space, address = value.partition(" ")
    if change.kind == ChangeKind.ACCESS and state == LOCKED:
        locked = gettext("locked")
        return f"{locked} · {address}"
    if change.kind == ChangeKind.ACCESS and state in AccountState.values:
        return f"{AccountState(state).label} · {address}"
    return value


class DataChangePanel(Panel):
    """Each change of the contact points, the address, the language and the access: what it was, who changed it, and why."""

    model = DataChange
    fields = (
        "at",
        "number_shown",
        "kind_shown",
        "point_kind",
        "old_shown",
        "new_shown",
        "reason",
        "words_shown",
        "by",
    )
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user  # a panel is made for one page
        return super().get_queryset(request).select_related("by")

    @display(description=_("number"))
    def number_shown(self, change: DataChange) -> str:
        return change.number

    @badge(description=_("what was done"), tones=TONES)
    def kind_shown(self, change: DataChange) -> tuple[str, str]:
        return change.kind, change.get_kind_display()

    @display(description=_("before"))
    def old_shown(self, change: DataChange) -> str:
        return self._shown(change, change.old)

    @display(description=_("after"))
    def new_shown(self, change: DataChange) -> str:
        return self._shown(change, change.new)

    @display(description=_("in words"))
    def words_shown(self, change: DataChange) -> str:
        return seen_text(self.reader, change.words, names=names_hidden(self.reader, change.customer)) or "–"

    def _shown(self, change: DataChange, value: str) -> str:
        return value_seen(self.reader, change, value) if value else "–"
