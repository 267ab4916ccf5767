"""The forms of texts of letters: writing one, saying why, setting the last day."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.codes.forms import ReasonsBoxes
from complaints.letters.checking import problems_of, problems_of_reasons
from complaints.letters.codes import PARTICULAR, LetterCode
from complaints.models.letter_text import LONGEST_BODY
from foundation.form_fields import DayField, LineField, TextField
from foundation.text import CleanedForm


class LetterTextForm(CleanedForm, forms.Form):
    """A text of letters: its words, for which complaints, what changes, where the rule is read, and from which day it counts."""

    body = TextField(
        label=gettext_lazy("Words"),
        most=LONGEST_BODY * 2,
        rows=10,
        help_text=gettext_lazy("One paragraph, without line breaks"),
    )
    reason_codes = ReasonsBoxes(
        label=gettext_lazy("Only for complaints about"),
        required=False,
        help_text=gettext_lazy(
            "Letters about any of these reasons say this, in place of the version for all. None chosen: the version for all"
        ),
    )
    change_note = LineField(
        label=gettext_lazy("What changes, and why"),
        max_length=500,
        help_text=gettext_lazy("The person who approves reads it, and whoever looks for the reason later"),
    )
    source = LineField(
        label=gettext_lazy("Where the rule is read"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Law and article, for a paragraph that a law asks for"),
    )
    is_verified = forms.BooleanField(
        label=gettext_lazy("I compared it with the law as it is in force"),
        required=False,
        help_text=gettext_lazy("Without this the text is shown as not verified"),
    )
    wanted_from = DayField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("Letters of that day and later say this. Empty: from the day of the approval"),
    )

    def __init__(self, *args: Any, code: LetterCode, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.language = code, language
        if not code.takes_reasons:
            del self.fields["reason_codes"]
            return
        reasons = self.fields["reason_codes"]
        assert isinstance(reasons, ReasonsBoxes), "declared above"
        reasons.offer(on=timezone.localdate(), beside=self.initial.get("reason_codes") or ())
        if code.code == PARTICULAR:
            reasons.required, reasons.error_messages["required"] = True, problems_of_reasons(code, [])[0]
            reasons.help_text = _("Letters about any of these reasons have this paragraph, whatever the outcome")

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).strip()

    def clean(self) -> dict[str, Any]:
        """Refuse everything that is wrong with the text, each thing beside its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, today = cleaned.get("wanted_from"), timezone.localdate()
        if first is not None and first < today:
            self.add_error(
                "wanted_from", ValidationError(_("The first day is past: letters of that day have been made."))
            )
        if "body" not in self.errors:
            on = max(first or today, today)
            for problem in problems_of(self.code, cleaned.get("body", ""), language=self.language, on=on):
                self.add_error("body", ValidationError(str(problem), code="not_allowed"))
        if "reason_codes" in cleaned:
            for words in problems_of_reasons(self.code, cleaned["reason_codes"]):
                self.add_error("reason_codes", ValidationError(words, code="wrong_reasons"))
        return cleaned


class WhyTextForm(CleanedForm, forms.Form):
    """Why; the writer of the text reads it."""

    words = TextField(label=gettext_lazy("Why"), most=1_000, rows=4)


class LastDayForm(WhyTextForm):
    """The last day of a text, and why."""

    field_order = ("valid_to", "words")
    valid_to = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Letters of that day still say it; on the next day the version before it counts again"),
    )
