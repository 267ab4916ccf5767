"""Forms of codes, and the fields by which other forms choose one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models.code import CLOSED_LISTS, LONGEST_WORD, CodeList, codes_of
from foundation.form_fields import DayField

NOT_CHOSEN = ("", "–")


def choices_of(code_list: str, *, on: date | None = None, beside: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Words and names of a list, to choose from: those valid on the day, and those `beside` that a row has already."""
    return [(each.word, each.shown_name) for each in codes_of(code_list, on=on, beside=beside)]


def reasons_by_area(*, on: date | None = None, beside: Iterable[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """The reasons to choose from, in groups by their area."""
    areas = {each.word: each.shown_name for each in codes_of(CodeList.AREA)}
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in codes_of(CodeList.REASON, on=on, beside=beside):
        groups.setdefault(areas.get(each.area, "–"), []).append((each.word, each.shown_name))
    return [*groups.items()]


def _reasons_of_today() -> list[tuple[str, list[tuple[str, str]]]]:
    return reasons_by_area(on=timezone.localdate())


def _main_reasons_of_today() -> list[Any]:
    return [NOT_CHOSEN, *_reasons_of_today()]


class CodeChoice(forms.ChoiceField):
    """A choice among the codes of a list: those valid for a complaint received today, or as `offer` says."""

    def __init__(self, code_list: str, *, empty: bool = False, **kwargs: Any) -> None:
        self.code_list, self.empty = code_list, empty
        super().__init__(**{"choices": self._of_today, "required": not empty, **kwargs})

    def _of_today(self) -> list[tuple[str, str]]:
        return self._with_none(choices_of(self.code_list, on=timezone.localdate()))

    def offer(self, *, on: date, beside: Iterable[str] = ()) -> None:
        """Offer the codes valid for a complaint received on the day, and those that it has already."""
        self.choices = self._with_none(choices_of(self.code_list, on=on, beside=beside))

    def _with_none(self, codes: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [NOT_CHOSEN, *codes] if self.empty else codes


class ReasonsWidget(forms.MultiWidget):
    """The main reason, and the boxes of further ones, folded and by their area."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "main": forms.Select(attrs={"aria-label": gettext_lazy("main reason")}),
                "more": forms.CheckboxSelectMultiple(),
            },
            attrs,
        )

    def decompress(self, value: Sequence[str] | None) -> list[Any]:
        return [value[0], [*value[1:]]] if value else ["", []]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Drawn by a template of ours, among which the renderer of forms does not look."""
        widget = self.get_context(name, value, attrs)["widget"]
        main, more = widget["subwidgets"]
        offered = (option for _area, options, _place in more["optgroups"] for option in options)
        chosen = [option["label"] for option in offered if option["selected"]]
        return render_to_string(
            "office/complaint_reasons.html", {"widget": widget, "main": main, "more": more, "chosen": chosen}
        )


class ReasonsChoice(forms.MultiValueField):
    """The reasons of a complaint: a list of words, the main one first. Those valid for one received today, or as `offer` says."""

    def __init__(self, **kwargs: Any) -> None:
        main = forms.ChoiceField(required=False)
        more = forms.MultipleChoiceField(required=False)
        kwargs.setdefault("widget", ReasonsWidget())
        super().__init__((main, more), require_all_fields=False, required=False, **kwargs)
        self._offer(_main_reasons_of_today, _reasons_of_today)

    def offer(self, *, on: date, beside: Iterable[str] = ()) -> None:
        """Offer the reasons valid for a complaint received on the day, and those that it has already."""
        groups = reasons_by_area(on=on, beside=beside)
        self._offer([NOT_CHOSEN, *groups], groups)

    def _offer(self, main: Any, more: Any) -> None:
        for field, widget, choices in zip(self.fields, self.widget.widgets, (main, more), strict=True):
            field.choices = widget.choices = choices  # type: ignore[attr-defined]  # both are choices, see above

    def prepare_value(self, value: Any) -> Any:
        """What the widget shows: words that are stored are the main one and the others, what was sent is so already."""
        if value and all(isinstance(each, str) for each in value):
            return [value[0], [*value[1:]]]
        return value

    def compress(self, data_list: list[Any]) -> list[str]:
        main, more = data_list or ["", []]
        further = [each for each in more or [] if each != main]
        if further and not main:
            raise ValidationError(_("Choose the main reason as well."), code="no_main_reason")
        return [main, *further] if main else []

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other reasons, or another main one, are chosen; boxes have no order."""
        main, more = data or ["", []]
        first, *others = initial or [""]
        return (main or "") != first or {*(more or [])} - {main} != {*others}


class ReasonsBoxes(forms.MultipleChoiceField):
    """Any of the reasons, a box for each: those valid for a complaint received today, or as `offer` says."""

    def __init__(self, **kwargs: Any) -> None:
        boxes = forms.CheckboxSelectMultiple(attrs={"class": "vc-boxes"})
        super().__init__(**{"choices": self._of_today, "widget": boxes, **kwargs})

    def _of_today(self) -> list[tuple[str, str]]:
        return choices_of(CodeList.REASON, on=timezone.localdate())

    def offer(self, *, on: date, beside: Iterable[str] = ()) -> None:
        """Offer the reasons valid for a complaint received on the day, and those that are chosen already."""
        self.choices = choices_of(CodeList.REASON, on=on, beside=beside)


class CodeFacts(forms.Form):
    """What is changeable of a code."""

    name = forms.CharField(label=gettext_lazy("Name, in Italian"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name, in English"), max_length=120)
    area = CodeChoice(
        CodeList.AREA,
        empty=True,
        label=gettext_lazy("Business area"),
        help_text=gettext_lazy("Of a reason: the area within which it is chosen."),
    )
    from_euro = forms.DecimalField(
        label=gettext_lazy("Begins at (euro)"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("Of a value band."),
    )
    return_line = forms.CharField(
        label=gettext_lazy("Line in the return"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Codes with the same words here are counted together. The supervisor's own codes were not to be had: they "
            "are entered here once they are known."
        ),
    )
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=10_000, initial=1_000)
    valid_from = DayField(label=gettext_lazy("For complaints received from"), required=False)
    valid_to = DayField(
        label=gettext_lazy("to"),
        required=False,
        help_text=gettext_lazy("Complaints that have the code keep it."),
    )


class AddCodeForm(CodeFacts):
    """A new code."""

    list = forms.ChoiceField(
        label=gettext_lazy("List"), choices=[each for each in CodeList.choices if each[0] not in CLOSED_LISTS]
    )
    word = forms.CharField(
        label=gettext_lazy("Word"),
        max_length=LONGEST_WORD,
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9_]*$", gettext_lazy("Lower-case letters, digits and underscores: late_payment.")
            )
        ],
        help_text=gettext_lazy("What is stored and what files hold. It never changes."),
    )
    field_order = ("list", "word")
