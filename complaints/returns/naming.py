"""What people read for the tables, numbers and columns of a return."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.naming import in_language

TABLE_NAMES = {
    "whole": gettext_lazy("All complaints"),
    "business": gettext_lazy("By segment"),
    "ramo": gettext_lazy("By line of business (ramo)"),
    "area": gettext_lazy("By business area"),
    "reason": gettext_lazy("By main reason"),
    "outcome": gettext_lazy("By outcome, of the treatable ones"),
    "treatability": gettext_lazy("By treatability"),
    "channel": gettext_lazy("By channel of receipt"),
    "distribution": gettext_lazy("By channel of distribution"),
    "intermediary": gettext_lazy("By type of intermediary"),
    "bank_area": gettext_lazy("Intermediaries of section D, by business area (art. 9 c. 4-bis)"),
}
MEASURES = {
    "open_at_start": gettext_lazy("open at the beginning"),
    "received": gettext_lazy("complaints received"),
    "closed": gettext_lazy("complaints closed"),
    "open_at_end": gettext_lazy("open at the end"),
    "repeated": gettext_lazy("of those received, repeated"),
    "not_treatable": gettext_lazy("of those received, not treatable"),
    "treatable": gettext_lazy("of those received, treatable"),
    "answered": gettext_lazy("answers that went out"),
    "days": gettext_lazy("days together"),
    "days_mean": gettext_lazy("days, mean"),
    "days_p50": gettext_lazy("days, median"),
    "days_p75": gettext_lazy("days, 75th percentile"),
    "days_p90": gettext_lazy("days, 90th percentile"),
}
COLUMN_NAMES = {
    "received_on": gettext_lazy("first receipt"),
    "closed_on": gettext_lazy("closed on"),
    "ending": gettext_lazy("ending"),
    "outcome": gettext_lazy("outcome"),
    "ramo": gettext_lazy("line of business (ramo)"),
    "area": gettext_lazy("business area"),
    "reason": gettext_lazy("main reason"),
    "product": gettext_lazy("product"),
    "channel": gettext_lazy("received by way of"),
    "distribution": gettext_lazy("channel of distribution"),
    "intermediary_kind": gettext_lazy("type of intermediary"),
    "has_intermediary": gettext_lazy("an intermediary is concerned"),
    "agency": gettext_lazy("agency concerned"),
    "is_treatable": gettext_lazy("can be treated"),
    "not_treatable_cause": gettext_lazy("cause of non-treatability"),
    "is_repeated": gettext_lazy("repeated"),
}


def line_name(line: Mapping[str, Any]) -> str:
    """The name of a line in the reader's language, as it was when the return was made."""
    return in_language(line["name"], line["name_en"])


def measure_name(tables: Mapping[str, Any], key: str) -> str:
    """The name of a number in the reader's language; of an outcome, that of its line."""
    if key in MEASURES:
        return str(MEASURES[key])
    found = key.removeprefix("result_")
    line = next((each for each in tables["tables"]["outcome"] if each["key"] == found), None)
    return line_name(line) if line else found


def columns_named(names: Any) -> str:
    """Names of columns in a sentence."""
    return ", ".join(str(COLUMN_NAMES[each]) for each in names)


def yes_no(value: bool) -> str:
    """A claim in words."""
    return _("yes") if value else _("no")
