"""Classifying a complaint in the back office: the command, beside the complaint's own words."""

from copy import copy
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.classification.forms import ClassificationForm
from complaints.classification.queries import classified_as_of
from complaints.models import Complaint
from complaints.services import classify
from foundation.masking import seen_text_of
from foundation.numbers import whole_number
from foundation.office.commands import Command
from foundation.requests import StaffRequest


class Classify(Command[Complaint]):
    """Say what it is about, at any time; after the answer, what its letter does not rest on."""

    name = "classifica"
    label = gettext_lazy("Classify")
    icon = "category"
    permission = "complaints.change_complaint"
    form_class = ClassificationForm  # type: ignore[assignment]  # a form of a model does all that one of fields does
    template = "office/complaint_classify.html"

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        """The form gets a row of its own: it writes into it what was sent, whether that is taken or not."""
        arguments: dict[str, Any] = {"instance": copy(row)}
        seen = whole_number(request.POST.get("seen_version", ""), most_digits=9)
        if seen is not None and seen != row.version:
            arguments["shown"] = classified_as_of(row, seen)
        return arguments

    def context(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"words": seen_text_of(row, row.text)}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        if not data:
            return _("Nothing was changed.")
        classify(row, by=request.user, changes=data)
        return _("Classified.")
