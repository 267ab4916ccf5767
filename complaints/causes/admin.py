"""The back office of causes: actions with their effect, and the page of causes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.causes import commands
from complaints.causes.naming import cause_name
from complaints.causes.office import DropAction, FinishAction, MeasureAction, OpenAction
from complaints.causes.queries import cause_of
from complaints.causes.views import behind_view, causes_view
from complaints.models import CauseAction
from complaints.models.cause import CauseActionQuerySet
from foundation.office.base import OfficeAdmin, WorkFilter, badge
from foundation.requests import StaffRequest

State = CauseAction.State
TONES = {State.OPEN: "warning", State.DONE: "info", State.MEASURED: "success"}


class ActionFilter(WorkFilter[CauseActionQuerySet]):
    """Those that wait for somebody at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Going on")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: CauseActionQuerySet, chosen: str) -> CauseActionQuerySet:
        return queryset.going_on() if chosen == "open" else queryset


@admin.register(CauseAction)
class CauseActionAdmin(OfficeAdmin[CauseAction]):
    """Actions about causes, the nearest due first. Everything is done by commands."""

    list_display = ("title", "cause_shown", "owner", "due_on", "state_shown")
    list_select_related = ("owner", "agency")
    list_filter = (ActionFilter,)
    search_help_text = _("A word of what is done")
    list_commands = [OpenAction()]
    own_commands = [FinishAction(), MeasureAction(), DropAction()]
    empty_words = _("No action is open. The page of causes leads to one.")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("title", "state_shown"),
                    "cause_shown",
                    "plan",
                    ("owner", "due_on"),
                    ("opened_by", "opened_on"),
                    ("done_on", "words"),
                    ("measured_on", "effect_shown"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[CauseAction]:
        return super().get_queryset(request).select_related("owner", "agency", "opened_by")

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("due_on", "pk")

    def find(self, queryset: QuerySet[CauseAction], text: str) -> QuerySet[CauseAction]:
        return queryset.filter(title__icontains=text)

    def get_urls(self) -> list[Any]:
        causes, behind = self.admin_site.admin_view(causes_view), self.admin_site.admin_view(behind_view)
        return [
            path("cause/", causes, name="complaints_causeaction_causes"),
            path("cause/reclami/", behind, name="complaints_causeaction_behind"),
            *super().get_urls(),
        ]

    @display(description=_("cause"))
    def cause_shown(self, action: CauseAction) -> str:
        known = {action.agency.code: action.agency.name} if action.agency else {}
        return cause_name(cause_of(action), known)

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, action: CauseAction) -> tuple[str, str]:
        return action.state, action.get_state_display()

    @display(description=_("effect"))
    def effect_shown(self, action: CauseAction) -> str | None:
        return effect_in_words(action.effect)


def effect_in_words(effect: dict[str, Any]) -> str | None:
    """What came of an action, in a sentence that is true for none, one and many; None while it is not measured."""
    if not effect:
        return None
    verdicts = {
        commands.FEWER: _now("Fewer, more than by chance."),
        commands.MORE: _now("More, beyond chance."),
        commands.CHANCE: _now("The difference may be chance."),
    }
    low = number_format(round(effect["low"], 2), 2)
    high = "∞" if effect["high"] is None else number_format(round(effect["high"], 2), 2)
    return _now(
        "%(verdict)s In %(days)d days before it was opened: %(before)d; in as many after it was done: %(after)d "
        "(rate × %(low)s–%(high)s, 95%%). All others: %(others_before)d and %(others_after)d. A cause is chosen when it is high: "
        "part of a fall would have come by itself."
    ) % {**effect, "verdict": verdicts[effect["verdict"]], "low": low, "high": high}
