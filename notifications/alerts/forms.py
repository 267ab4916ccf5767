"""Forms of the commands about alert rules. They read and check; commands decide."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import rami
from customers.models.claim import ClaimKind
from foundation.form_fields import DateInput, LineField, TextField
from foundation.text import CleanedForm
from notifications.alerts.events import BY_CODE, EVENTS
from notifications.alerts.simulating import MOST_DAYS, month_before
from notifications.models import AlertRule
from notifications.models.alert_rule import LADDER

LINES = [(code, f"{code} – {label}") for code, label in rami.CHOICES]
WAYS = [("", "–"), *((each.value, each.label) for each in LADDER)]
PLACES = {
    "way_1": gettext_lazy("First way"),
    "way_2": gettext_lazy("Second way"),
    "way_3": gettext_lazy("Third way"),
    "way_4": gettext_lazy("Fourth way"),
    "way_5": gettext_lazy("Fifth way"),
}


def _texts() -> list[tuple[Any, Any]]:
    return [(event.code.label, [(kind.code, kind.name) for kind in event.kinds]) for event in EVENTS]


class RuleForm(CleanedForm, forms.Form):
    """All that a rule says; whom it tells is seen by simulating it."""

    name = LineField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For the people who work on it.")
    )
    name_en = LineField(
        label=gettext_lazy("Name, in English"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For colleagues who work in English; empty: the same name."),
    )
    event = forms.ChoiceField(label=gettext_lazy("Event"), choices=AlertRule.Event.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Text"), choices=_texts)
    number = forms.IntegerField(
        label=gettext_lazy("Which announcement"),
        min_value=1,
        max_value=9,
        initial=1,
        help_text=gettext_lazy("1 is the announcement; 2 and more are reminders, each of which is told once more."),
    )
    from_days = forms.IntegerField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy(
            "In days from the day of the event, and before it with a minus: -30 is thirty days before, 5 five days after."
        ),
    )
    until_days = forms.IntegerField(
        label=gettext_lazy("Until"), initial=0, help_text=gettext_lazy("Counted alike; 0 is the day itself.")
    )
    waits_days = forms.IntegerField(
        label=gettext_lazy("Waits for facts (days)"),
        min_value=0,
        max_value=60,
        initial=0,
        help_text=gettext_lazy("For facts that are not known yet; after these days they are said to be unknown."),
    )
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Lines of business"),
        choices=LINES,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("None chosen: all that the event is about."),
    )
    claim_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of claim"),
        choices=ClaimKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all. Only for events of claims."),
    )
    patience_days = forms.IntegerField(
        label=gettext_lazy("Patience (days)"),
        min_value=1,
        max_value=30,
        required=False,
        help_text=gettext_lazy(
            "How long the reserved area may stay unopened before the next way, where proof is owed; empty: that of the text."
        ),
    )
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), required=False, widget=DateInput)
    valid_until = forms.DateField(label=gettext_lazy("Valid until"), required=False, widget=DateInput)
    is_legal = forms.BooleanField(
        label=gettext_lazy("Owed by law"),
        required=False,
        help_text=gettext_lazy(
            "Switched on, it takes the place of the rule that the law owes now. It cannot be switched off."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PLACES.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=WAYS, required=False)

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings, in the order in which one thinks of them."""
        parts = (
            (_("What is announced"), ("name", "name_en", "event", "kind", "number")),
            (_("When"), ("from_days", "until_days", "waits_days", "valid_from", "valid_until")),
            (_("About what"), ("lines", "claim_kinds", "is_legal")),
            (_("By which ways; none chosen: those of the text"), (*PLACES, "patience_days")),
        )
        return [(heading, [self[name] for name in names]) for heading, names in parts]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ways = [cleaned.get(place, "") for place in PLACES]
        for place, way in zip(PLACES, ways, strict=True):
            if way and ways.count(way) > 1:
                self.add_error(place, ValidationError(_("Choose each way once."), code="twice"))
                break
        event, kind = cleaned.get("event"), cleaned.get("kind")
        if event and kind and kind not in {each.code for each in BY_CODE[event].kinds}:
            names = ", ".join(str(each.name) for each in BY_CODE[event].kinds)
            words = _("This event does not have this text: choose among %(names)s.") % {"names": names}
            self.add_error("kind", ValidationError(words, code="kind"))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What was said, as the columns of a rule."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in PLACES}
        return given | {"ladder": [self.cleaned_data[place] for place in PLACES if self.cleaned_data[place]]}


def initial_of(rule: AlertRule) -> dict[str, Any]:
    """A rule as its form shows it."""
    shown = {name: getattr(rule, name) for name in RuleForm.base_fields}
    return shown | dict(zip(PLACES, rule.ladder, strict=False))


class SimulationForm(CleanedForm, forms.Form):
    """The days over which the rule is simulated."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DateInput,
        help_text=gettext_lazy("Days that are over, or days from today on; at most %(days)d of them.")
        % {"days": MOST_DAYS},
    )

    @staticmethod
    def usual(today: date) -> dict[str, date]:
        """The month before."""
        first, last = month_before(today)
        return {"first": first, "last": last}


class RemarkForm(CleanedForm, forms.Form):
    """What has to change."""

    remark = TextField(label=gettext_lazy("What has to change"), most=500, rows=4)
