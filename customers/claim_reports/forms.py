"""The forms of a claim report: one for each step, made of its questions; the files; and the last page."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.claim_reports.lines import Answers, Guide, Kind, Question, Step, clashes, is_asked, is_needed
from customers.validators import normalise_phone, normalise_plate
from foundation.asked_if import ask_only_if
from foundation.files.accepted import ACCEPTED, CLAIM, KINDS
from foundation.form_fields import DateInput, FilesInput, LineField, NormalisedField, TextField
from foundation.form_guard import name_what_is_missing
from foundation.text import CleanedForm

EARLIEST = datetime.date(1980, 1, 1)  # a day before it is a slip of the keyboard


class TimeInput(forms.TimeInput):
    """The browser's own control for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DayField(forms.DateField):
    """A day in the past, or today."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DateInput({"max": timezone.localdate().isoformat()}), **options)

    def validate(self, value: datetime.date | None) -> None:
        """Refuse what has not happened yet, and what can only be a slip."""
        super().validate(value)
        if value is not None and value > timezone.localdate():
            raise ValidationError(_("This day is still to come: write the day on which it happened."), code="future")
        if value is not None and value < EARLIEST:
            raise ValidationError(_("This day is too long ago: look at the year."), code="too_long_ago")


def field_for(question: Question) -> forms.Field:
    """The form field of a question."""
    options: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.required and question.only_if is None,
    }
    match question.kind:
        case Kind.TEXT:
            return TextField(most=question.most, rows=6 if question.most > 5_000 else 4, **options)
        case Kind.DAY:
            return DayField(**options)
        case Kind.TIME:
            return forms.TimeField(widget=TimeInput(), **options)
        case Kind.YES_NO | Kind.CHOICE:
            return forms.ChoiceField(choices=question.options, widget=forms.RadioSelect, **options)
        case Kind.PHONE:
            return NormalisedField(normalise_phone, widget=forms.TelInput, **options)
        case Kind.PLATE:
            return NormalisedField(normalise_plate, max_length=15, **options)
        case _:
            return LineField(max_length=question.most, **options)


class StepForm(CleanedForm, forms.Form):
    """The questions of one step. `answers()` is what is kept of them.

    `seen_version` is the version of the draft that the page showed: what was saved from another device meanwhile is not
    overwritten.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        guide: Guide,
        step: Step,
        answers: Answers,
        version: int,
        **kwargs: Any,
    ) -> None:
        given = answers.get(step.key, {})
        super().__init__(*args, initial={**given, "seen_version": version}, **kwargs)
        self.guide, self.step, self.other_answers = guide, step, answers
        labels = {each.name: each for each in step.questions}
        for question in step.questions:
            field = self.fields[question.name] = field_for(question)
            if question.only_if is not None:
                name, value = question.only_if
                words = {"question": labels[name].label, "answer": dict(labels[name].options)[value]}
                ask_only_if(
                    field,
                    name,
                    value,
                    words=_("only if you answered “%(answer)s” to “%(question)s”") % words,
                    required=question.required,
                )

    def full_clean(self) -> None:
        """Check what was sent; what is missing is named."""
        name_what_is_missing(self.fields)
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Ask for what another answer makes necessary, and again for what another one rules out."""
        cleaned = super().clean() or self.cleaned_data
        labels = {each.name: each.label for each in self.step.questions}
        for question in self.step.questions:
            if question.only_if is None or question.name in self.errors or question.only_if[0] in self.errors:
                continue
            if is_needed(question, cleaned) and not cleaned.get(question.name):
                self.add_error(
                    question.name,
                    ValidationError(_("Fill in “%(label)s”."), code="required", params={"label": question.label}),
                )
            elif cleaned.get(question.name) and not is_asked(question, cleaned):
                self.add_error(
                    question.name,
                    ValidationError(
                        _("“%(label)s” does not go with your answer to “%(other)s”: correct one of the two."),
                        code="contradiction",
                        params={"label": question.label, "other": labels[question.only_if[0]]},
                    ),
                )
        for name, words in self.clashes().items():
            self.add_error(name, ValidationError(words, code="contradiction"))
        return cleaned

    def clashes(self) -> dict[str, Any]:
        """What is to be asked again in this step, in words, because of an answer in another."""
        own = self.answers() if self.is_bound else self.other_answers.get(self.step.key, {})
        found = clashes(self.guide, {**self.other_answers, self.step.key: own})
        return {name: words for name, words in found.items() if name in self.fields}

    def answers(self) -> dict[str, str]:
        """The answers given, as they are kept: dates and times as ISO texts."""
        found = ((each.name, self.cleaned_data.get(each.name)) for each in self.step.questions)
        return {name: _kept(value) for name, value in found if value not in (None, "")}

    def question_fields(self) -> list[forms.BoundField]:
        """The fields in the order asked."""
        return [self[each.name] for each in self.step.questions]

    def show_version(self, version: int) -> None:
        """Let what was typed be sent again over the version given."""
        assert isinstance(self.data, dict), "what was sent is a QueryDict"
        data = self.data.copy()
        data[self.add_prefix("seen_version")] = str(version)
        self.data = data


def _kept(value: Any) -> str:
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


class PhotographsForm(forms.Form):
    """Photographs and documents, one or several at once. Each is looked at by itself, by `add_files`."""

    # Django takes declared fields out of the class: `self.files` remains what was sent.
    files = forms.Field(required=False, widget=FilesInput, label=gettext_lazy("Photographs and documents"))  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = ACCEPTED
        self.fields["files"].help_text = _(
            "Up to %(most)d files (%(kinds)s), %(size)s each, %(together)s in all. Of pictures we do not keep the place "
            "where they were taken."
        ) % {
            "most": CLAIM.files,
            "kinds": KINDS,
            "size": CLAIM.each_in_words,
            "together": CLAIM.together_in_words,
        }


class SendForm(CleanedForm, forms.Form):
    """The last page: what has to be said yes to before it is sent. Only what applies is asked."""

    declared = forms.BooleanField(label=gettext_lazy("What I wrote is true and complete as far as I know."))
    another = forms.BooleanField(label=gettext_lazy("Yes, this is another event than the one of the same day."))
    outside = forms.BooleanField(
        label=gettext_lazy("I know that the day is outside the period of the policy: send it all the same.")
    )

    def __init__(self, *args: Any, is_twin: bool, is_outside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_twin:
            del self.fields["another"]
        if not is_outside:
            del self.fields["outside"]

    def full_clean(self) -> None:
        """Check what was sent; what is missing is named."""
        name_what_is_missing(self.fields)
        super().full_clean()
