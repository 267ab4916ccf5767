"""The forms of a customer who asks to be called: at which hour, to which number, about what."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.due.business_time import Stretch
from contact_center.models import Topic
from customers.validators import normalise_phone
from foundation.asked_if import ask_only_if
from foundation.dates import with_weekday
from foundation.form_fields import NormalisedField, TextField
from foundation.form_guard import GuardedForm
from foundation.telephones import shown_number
from foundation.text import CleanedForm

LONGEST_TEXT = 1_000
OTHER = "other"  # in place of one of the customer's own numbers


class HourFields(CleanedForm, forms.Form):
    """An hour among those that are free, whoever chooses it: a page or a program."""

    slot = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("When shall we call you?"))

    def __init__(self, *args: Any, slots: Sequence[Stretch], own: Container[datetime] = (), **kwargs: Any) -> None:
        """`own`: the hours that the customer has already. They are not shown; a page sent twice is understood all the same."""
        super().__init__(*args, **kwargs)
        self.slots, self.own = slots, own
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slot.start.isoformat(), _hour(slot.start)) for slot in slots]
        field.error_messages["invalid_choice"] = _("This hour is not on offer any more: choose another.")

    def clean_slot(self) -> datetime:
        """The moment at which the hour begins."""
        return datetime.fromisoformat(self.cleaned_data["slot"])

    def days(self) -> list[tuple[str, list[Any], bool]]:
        """The hours day by day: its name, its choices, and whether the one that is chosen is among them."""
        chosen = str(self["slot"].value() or "")
        days: dict[str, tuple[list[Any], bool]] = {}
        for slot, choice in zip(self.slots, self["slot"].subwidgets, strict=True):
            if slot.start in self.own:
                continue
            name = with_weekday(slot.start, "l j F")
            choices, is_chosen = days.get(name, ([], False))
            days[name] = ([*choices, choice], is_chosen or slot.start.isoformat() == chosen)
        return [(name, choices, is_chosen) for name, (choices, is_chosen) in days.items()]


def _hour(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M")


class CallBackFields(HourFields):
    """All that is asked to book one: what we know of the customer is chosen, not typed."""

    number = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Which number shall we call?"))
    other_number = NormalisedField(
        normalise_phone, required=False, widget=forms.TelInput, label=gettext_lazy("Another number")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), required=False, label=gettext_lazy("What is it about?"), to_field_name="code"
    )
    text = TextField(most=LONGEST_TEXT, rows=3, required=False, label=gettext_lazy("In a few words"))

    def __init__(self, *args: Any, phones: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number, topic = self.fields["number"], self.fields["topic"]
        assert isinstance(number, forms.ChoiceField)
        assert isinstance(topic, forms.ModelChoiceField)
        number.choices = [*((phone, shown_number(phone)) for phone in phones), (OTHER, _("Another number"))]
        number.initial = phones[0] if phones else OTHER
        self.fields["other_number"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        words = _("only if you chose it above")
        if phones:
            ask_only_if(self.fields["other_number"], "number", OTHER, words=words, required=True)
        else:
            number.widget = forms.HiddenInput()
            self.fields["other_number"].label = number.label
            self.fields["other_number"].needed_sometimes = True  # type: ignore[attr-defined]  # read by field.html
        self.has_phones = bool(phones)
        topic.queryset = Topic.objects.public().valid_on(timezone.localdate())
        topic.empty_label = _("I will say it on the telephone")

    def clean(self) -> dict[str, Any]:
        """The number to call is the one chosen, or the one typed in its place."""
        super().clean()
        cleaned = self.cleaned_data
        chosen = cleaned.get("number")
        if chosen == OTHER and not cleaned.get("other_number") and "other_number" not in self.errors:
            self.add_error(
                "other_number", ValidationError(_("Write the number that we are to call."), code="required")
            )
        cleaned["phone"] = cleaned.get("other_number") if chosen == OTHER else chosen
        return cleaned


class HourForm(HourFields, GuardedForm):
    """An hour, on its page."""


class CallBackForm(CallBackFields, HourForm):
    """A call-back, on its page."""
