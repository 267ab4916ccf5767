"""What holds for what managers keep, which is about no customer: `foundation.privacy` explains the words."""

from django.utils.translation import gettext_lazy as _

from customers.privacy.rules import WORKING
from foundation.privacy import Basis, Rule, Why

MEASURED = Why(
    _("Measures of the service"), _("to raise the share of contacts resolved at first level"), Basis.INTEREST
)

RULES: tuple[Rule, ...] = (
    Rule(
        "insights.Measure",
        MEASURED,
        actors=("owner", "written_by", "ended_by"),
        plain=("title", "words", "result_words"),
    ),
    Rule("insights.MeasureGroup", MEASURED),
    Rule(
        "insights.AlertNote",
        WORKING,
        actors=("by",),
        plain=("text",),
    ),
    Rule(
        "insights.WatchSubscription",
        WORKING,
        user=("user",),
        not_exported=_("it says which messages about the figures somebody who works here gets"),
        follows="user",
    ),
    Rule(
        "insights.FigureTarget",
        WORKING,
        actors=("set_by",),
        plain=("figure",),
    ),
)
