"""The details of an event in words, for the history that people read. The database stores codes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import (
    ArbitratorAppeal,
    Complaint,
    LetterSending,
    ProcedureFile,
    ProcedureLetter,
    Proceeding,
    RegulatorRequest,
)
from complaints.models.code import CodeList, code_of
from complaints.services.moves import EMAIL, NOWHERE, POST

NAMES = {
    "step": gettext_lazy("step"),
    "procedure": gettext_lazy("number"),
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
    "answered_on": gettext_lazy("position received on"),
    "posted_on": gettext_lazy("posted on"),
    "post": gettext_lazy("how"),
    "tracking": gettext_lazy("number of the registered letter"),
    "told": gettext_lazy("informed"),
    "files": gettext_lazy("files"),
    "proceeding": gettext_lazy("what"),
    "begun_on": gettext_lazy("begun on"),
    "ended_on": gettext_lazy("ended on"),
    "body": gettext_lazy("before whom"),
    "result": gettext_lazy("result"),
    "direction": gettext_lazy("direction"),
    "way": gettext_lazy("sent"),
    "ivass_outcome": gettext_lazy("outcome at IVASS"),
    "sent_on": gettext_lazy("gone on"),
    "source": gettext_lazy("past register"),
    "privacy_version": gettext_lazy("version of the privacy notice shown"),
}
WAYS = {
    EMAIL: gettext_lazy("by e-mail"),
    "pec": gettext_lazy("by certified e-mail (PEC)"),
    POST: gettext_lazy("by post"),
    NOWHERE: gettext_lazy("not sent: no address is known"),
    "inbox": gettext_lazy("in the reserved area"),
    **{code: label for code, label in LetterSending.Post.choices if code},
    **dict(Proceeding.Kind.choices),
}
# What a line of the history says of a request of IVASS or of an appeal to the Arbiter
STEPS = {
    "registered": gettext_lazy("entered"),
    "assigned": gettext_lazy("assigned"),
    "documents": gettext_lazy("documents added"),
    "corrected": gettext_lazy("corrected"),
    "answered": gettext_lazy("answered"),
    "sent_again": gettext_lazy("letter sent again"),
    "gone": gettext_lazy("the letter has gone"),
    "returned": gettext_lazy("the letter did not arrive"),
    "alerted": gettext_lazy("alert about the term"),
    "closed": gettext_lazy("closed by IVASS"),
    "cancelled": gettext_lazy("entered by mistake"),
    "completion": gettext_lazy("completion asked of the applicant"),
    "complete": gettext_lazy("the file is complete"),
    "counter_arguments": gettext_lazy("counter-arguments made"),
    "extended": gettext_lazy("term of the decision extended"),
    "decided": gettext_lazy("decided"),
    "compliance": gettext_lazy("compliance entered"),
}
CHOICES: dict[str, dict[str, Any]] = {
    "step": STEPS,
    "ivass_outcome": dict(RegulatorRequest.Outcome.choices),
    "direction": dict(ProcedureFile.Direction.choices),
    "way": dict(ProcedureLetter.Way.choices),
}
NOT_SHOWN = {"from", "to", "sha256", "agency"}  # the kind of the event, the letter and the name show them
_FIELDS = {
    field.name: field for model in (RegulatorRequest, ArbitratorAppeal, Complaint) for field in model._meta.fields
}
_ORDER = {name: place for place, name in enumerate(NAMES)}


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
    choices = CHOICES.get(name, choices)
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
    if known := choices.get(value) or WAYS.get(value) or _reasons(value) or _outcome(value):
        return str(known)
    day = _day(value)
    return date_format(day, "SHORT_DATE_FORMAT") if day else str(value)


def _outcome(value: Any) -> str:
    code = code_of(CodeList.OUTCOME, value) if isinstance(value, str) else None
    return code.shown_name if code else ""


def _reasons(value: Any) -> str:
    """The names of reasons, as they are kept: their words, with commas between; "" for anything else."""
    codes = [code_of(CodeList.REASON, word) for word in value.split(", ")] if isinstance(value, str) else []
    return ", ".join(each.shown_name for each in codes if each) if codes and all(codes) else ""


def _day(value: Any) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
