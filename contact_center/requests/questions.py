"""The questions of a guided request: a form field for each kind, and the answer as it is kept and read."""

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.models import TopicQuestion
from customers.validators import normalise_phone, normalise_plate
from foundation.amounts import amount_written
from foundation.form_fields import DateInput, LineField, NormalisedField, TextField

Kind = TopicQuestion.Kind
EARLIEST = datetime.date(1900, 1, 1)
LATEST_YEARS = 10
_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{2,29}")


def normalise_number(text: str) -> str:
    """A policy or claim number in capitals without spaces: 3 to 30 letters, digits, dots, dashes and slashes, one digit at least."""
    number = "".join(text.split()).upper()
    if not number.isascii() or not _NUMBER.fullmatch(number):
        raise ValidationError(
            _(
                "“%(value)s” is not a number of ours: copy the letters and digits as you see them, such as 112.014.0000123456."
            ),
            code="number_shape",
            params={"value": text.strip()[:40]},
        )
    return number


def read_amount(text: str) -> str:
    """An amount in euro as people write it, as "1250.00"; more than zero."""
    return str(amount_written(text))


class DayField(forms.DateField):
    """A day between 1900 and ten years from now; not in the future where that makes no sense."""

    def __init__(self, *, past: bool = False, **options: Any) -> None:
        super().__init__(
            widget=DateInput,
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
            error_messages={"invalid": gettext_lazy("Write a day such as 24/11/2026.")},
            **options,
        )
        self.past = past

    def validate(self, value: Any) -> None:
        """Refuse a day that cannot be meant."""
        super().validate(value)
        today = timezone.localdate()
        if value and self.past and value > today:
            raise ValidationError(_("This day has not come yet: write one up to today."), code="date_in_future")
        if value and not EARLIEST <= value <= today.replace(year=today.year + LATEST_YEARS, day=min(today.day, 28)):
            raise ValidationError(_("Look at the year again: it cannot be meant."), code="date_too_far")


def field_for(question: TopicQuestion) -> forms.Field:
    """The form field that asks a question in the reader's language."""
    options: dict[str, Any] = {
        "label": question.shown_label,
        "help_text": question.shown_help,
        "required": question.required,
    }
    match question.kind:
        case Kind.LONG_TEXT:
            return TextField(most=2_000, rows=4, **options)
        case Kind.DATE | Kind.PAST_DATE:
            return DayField(past=question.kind == Kind.PAST_DATE, **options)
        case Kind.CHOICE:
            return _choice(question.shown_choices, **options)
        case Kind.YES_NO:
            return _choice([("yes", _("Yes")), ("no", _("No"))], **options)
        case Kind.TEXT:
            return LineField(max_length=250, **options)
    normalise: dict[str, Callable[[str], str]] = {
        Kind.PLATE: normalise_plate,
        Kind.PHONE: normalise_phone,
        Kind.AMOUNT: read_amount,
    }
    in_capitals = {"autocapitalize": "characters", "autocomplete": "off"}
    attributes: dict[str, dict[str, str]] = {
        Kind.PHONE: {"autocomplete": "tel"},
        Kind.AMOUNT: {"inputmode": "decimal", "autocomplete": "off"},
    }
    widget_class = forms.TelInput if question.kind == Kind.PHONE else forms.TextInput
    widget = widget_class(attrs=attributes.get(question.kind, in_capitals))
    return NormalisedField(normalise.get(question.kind, normalise_number), max_length=60, widget=widget, **options)


def _choice(choices: Sequence[tuple[str, str]], **options: Any) -> forms.ChoiceField:
    offered = list(choices) if options["required"] else [("", _("No answer")), *choices]
    messages = {"invalid_choice": gettext_lazy("This is not one of the answers: choose one of those shown.")}
    return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, error_messages=messages, **options)


def answer_to(question: TopicQuestion, value: Any) -> dict[str, str]:
    """One answer as it is kept: with the words it was asked in, and as a person reads it."""
    shown = str(value)
    if isinstance(value, datetime.date):
        shown = formats.date_format(value, "SHORT_DATE_FORMAT")
    elif question.kind == Kind.CHOICE:
        shown = dict(question.shown_choices)[value]
    elif question.kind == Kind.YES_NO:
        shown = _("Yes") if value == "yes" else _("No")
    elif question.kind == Kind.AMOUNT:
        shown = f"{formats.number_format(Decimal(value), 2, use_l10n=True, force_grouping=True)} €"
    return {
        "code": question.code,
        "label": question.shown_label,
        "kind": question.kind,
        "value": value.isoformat() if isinstance(value, datetime.date) else str(value),
        "text": shown,
    }
