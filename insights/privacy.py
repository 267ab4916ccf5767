"""What holds for what managers keep: `foundation.privacy` explains the words. Measures are about topics and teams, and about no customer."""

from django.utils.translation import gettext_lazy as _

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
)
