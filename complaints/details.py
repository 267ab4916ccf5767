"""The details of an event in words, for the history that people read. The database stores codes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Complaint, LetterSending
from complaints.services.moves import EMAIL, POST

NAMES = {
    "contact": gettext_lazy("from the contact"),
    "handler": gettext_lazy("handler"),
    "before": gettext_lazy("before"),
    "until": gettext_lazy("until at the latest"),
    "intermediary": gettext_lazy("intermediary"),
    "intermediary_told": gettext_lazy("informed"),
    "days": gettext_lazy("days"),
    "due_on": gettext_lazy("answer due on"),
    "by_itself": gettext_lazy("by itself, after 15 days"),
    "outcome": gettext_lazy("outcome"),
    "days_late": gettext_lazy("days late"),
    "days_left": gettext_lazy("days left"),
    "sent": gettext_lazy("sent"),
    "copy_to": gettext_lazy("copy to"),
    "copy_sent": gettext_lazy("copy sent"),
    "reason": gettext_lazy("reason"),
    "address": gettext_lazy("address"),
    "problem": gettext_lazy("problem"),
    "posted_on": gettext_lazy("posted on"),
    "post": gettext_lazy("how"),
    "tracking": gettext_lazy("number of the registered letter"),
    "told": gettext_lazy("informed"),
    "files": gettext_lazy("files"),
    "privacy_version": gettext_lazy("version of the privacy notice shown"),
}
WAYS = {
    EMAIL: gettext_lazy("by e-mail"),
    POST: gettext_lazy("by post"),
    "inbox": gettext_lazy("in the reserved area"),
    **{code: label for code, label in LetterSending.Post.choices if code},
}
NOT_SHOWN = {"from", "to", "sha256", "agency"}  # the kind of the event, the letter and the name show them
_FIELDS = {field.name: field for field in Complaint._meta.fields}
_ORDER = {name: place for place, name in enumerate(NAMES)}
_OUTCOMES = dict(Complaint.Outcome.choices)


def in_words(details: Mapping[str, Any]) -> str:
    """What an event holds beside its kind, in one line; "" where it holds nothing."""
    if set(details) == {"text"}:
        return str(details["text"])
    shown = [name for name, value in details.items() if name not in NOT_SHOWN or isinstance(value, list)]
    shown.sort(key=lambda name: _ORDER.get(name, -1))  # in the order of NAMES: the database does not keep any
    return "; ".join(_one(name, details[name]) for name in shown)


def _one(name: str, value: Any) -> str:
    field = _FIELDS.get(name)
    label = NAMES.get(name) or (field.verbose_name if field else name)
    choices = {str(code): words for code, words in field.flatchoices} if field and name not in NAMES else {}
    if name == "by_itself":
        return str(label)
    if not isinstance(value, list):
        return f"{label}: {_plain(value, choices)}"
    if field:  # before and after
        before, after = (_plain(each, choices) for each in value)
        return f"{label}: {before} → {after}"
    return f"{label}: {', '.join(map(str, value))}"


def _plain(value: Any, choices: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "", "None"):
        return "–"
    if known := choices.get(value) or WAYS.get(value) or _OUTCOMES.get(value):
        return str(known)
    day = _day(value)
    return date_format(day, "SHORT_DATE_FORMAT") if day else str(value)


def _day(value: Any) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
