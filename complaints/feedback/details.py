"""The details of an opinion's event in words, for the history that people read. The database stores codes."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy

from complaints.models import Feedback
from foundation.dates import written_day

NAMES = {
    "from": gettext_lazy("before"),
    "to": gettext_lazy("now"),
    "suggested": gettext_lazy("suggested"),
    "contact": gettext_lazy("request"),
    "complaint": gettext_lazy("complaint"),
    "on": gettext_lazy("on"),
    "before": gettext_lazy("before"),
    "outcome": gettext_lazy("what came of it"),
    "words": gettext_lazy("in words"),
    "text": gettext_lazy("text"),
    "rating": gettext_lazy("rating"),
}
_STATES, _OUTCOMES = dict(Feedback.State.choices), dict(Feedback.Outcome.choices)


def in_words(details: Mapping[str, Any], themes: Mapping[str, str]) -> str:
    """What an event holds beside its kind, in one line; `themes` are the names of themes by their codes."""
    shown = [name for name in NAMES if details.get(name) not in (None, "")]
    return "; ".join(f"{NAMES[name]}: {_plain(details[name], themes)}" for name in shown)


def _plain(value: Any, themes: Mapping[str, str]) -> str:
    if isinstance(value, str):
        if known := themes.get(value) or _STATES.get(value) or _OUTCOMES.get(value):
            return str(known)
        try:
            day = parse_date(value)
        except ValueError:
            day = None
        return written_day(day) if day else value
    return str(value)
