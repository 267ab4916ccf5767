"""Fields of forms that people fill in: they take what is pasted, and refuse what no page or letter could carry."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.amounts import amount_written
from foundation.files.accepted import ACCEPTED, MESSAGE, Limits, check_files
from foundation.text import clean_text, has_line_break

EARLIEST, LATEST = 1900, 2999  # years of a day that somebody means


class LineField(forms.CharField):
    """One line. A line break is refused: it is how headers are smuggled into mail.

    The browser does not get `max_length`: it would cut what is pasted without a word.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The attributes that the browser gets."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        """The line as it is kept."""
        text = super().to_python(value) or ""
        if has_line_break(text):
            raise ValidationError(_("Write this on one line."), code="line_break")
        return clean_text(text)


class TextField(forms.CharField):
    """Several lines, up to `most` characters as the reader counts them."""

    def __init__(self, *, most: int, rows: int = 8, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)
        self.most = most

    def to_python(self, value: Any) -> str:
        """The text with plain line ends."""
        return clean_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse more than fits, and say how much it is."""
        super().validate(value)
        if len(value) > self.most:
            over = len(value) - self.most
            written = {"most": self.most, "n": len(value), "over": over}
            raise ValidationError(
                ngettext(
                    "There is room for %(most)s characters: take one away.",
                    "There is room for %(most)s characters and you wrote %(n)s: take away %(over)s, or send a file.",
                    over,
                ),
                code="text_too_long",
                params={name: formats.number_format(n, force_grouping=True) for name, n in written.items()},
            )


class NormalisedField(LineField):
    """One line in a known form: `normalise` turns what was typed into what is stored, or says what is wrong."""

    def __init__(self, normalise: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.normalise = normalise

    def to_python(self, value: Any) -> str:
        """The stored form."""
        text = super().to_python(value)
        return self.normalise(text) if text else ""


class AmountField(forms.DecimalField):
    """An amount in euro of more than zero, as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # its stubs have that of a whole number
        """The amount to the cent, None where nothing was written."""
        text = str(value or "").strip()
        return amount_written(text) if text else None


class DateInput(forms.DateInput):
    """The browser's own control for a date."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, chosen in the browser's own control; of a year that people live in, as hours are counted from it."""

    widget = DateInput

    def to_python(self, value: Any) -> date | None:
        """The day, None where nothing was written."""
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise ValidationError(
                _("Write the year with four digits, from %(first)s to %(last)s."),
                params={"first": str(EARLIEST), "last": str(LATEST)},
                code="no_such_year",
            )
        return day


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED, "multiple": True})


class FilesField(forms.Field):
    """Files of a message, checked: a list of `CheckedFile`."""

    widget = FilesInput

    def __init__(self, *, limits: Limits = MESSAGE, **options: Any) -> None:
        super().__init__(**options)
        self.limits = limits

    def clean(self, value: Any) -> list[Any]:
        """Check them all; ValidationError lists whatever is wrong."""
        return check_files(value or [], self.limits)


class ChooseAgain(forms.Form):
    """A form with files that says, where something else is wrong, that a browser does not keep them."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the stubs of forms leave this step out
        for name, field in self.fields.items():
            if isinstance(field.widget, FilesInput) and self.errors and self.files.getlist(self.add_prefix(name)):
                words = _("Please choose the files again: a browser does not keep them.")
                self.add_error(name, ValidationError(words, code="files_again"))
