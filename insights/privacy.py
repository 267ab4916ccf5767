"""What holds for the managers' own tables: `foundation.privacy` explains the words."""

from django.utils.translation import gettext_lazy as _

from customers.privacy.rules import WORKING
from foundation.privacy import Rule

RULES: list[Rule] = [
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
]
