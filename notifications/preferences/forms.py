"""The form of preferences: the same fields for the person in the reserved area and for an agent with them on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from foundation.text import CleanedForm
from notifications.preferences.queries import Chosen, GroupChoice, groups_for, keys_offered

LANGUAGES = Customer._meta.get_field("language").flatchoices


class HourInput(forms.TimeInput):
    """An hour, as browsers and telephones let one choose it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": 300})


class PreferencesForm(CleanedForm, forms.Form):
    """What a person wants: which channels for what, quiet hours of their own, one message for several deadlines, the language."""

    on = forms.MultipleChoiceField(
        label=_("How we write to you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the law or the contract asks for goes all the same where nothing else reaches you."),
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=HourInput)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=HourInput)
    quiet_email = forms.BooleanField(label=_("E-mails too wait until the quiet hours end"), required=False)
    digest = forms.BooleanField(label=_("One message for several deadlines"), required=False)
    language = forms.ChoiceField(label=_("Language of what we write"), choices=LANGUAGES)

    def __init__(self, *args: Any, customer: Customer, chosen: Chosen, **kwargs: Any) -> None:
        self.chosen, self.groups = chosen, groups_for(chosen)
        offered = [channel for group in self.groups for channel in group.channels]
        kwargs["initial"] = {
            "on": [channel.key for channel in offered if channel.is_on],
            "quiet_from": chosen.quiet_from,
            "quiet_until": chosen.quiet_until,
            "quiet_email": chosen.quiet_email,
            "digest": chosen.digest,
            "language": customer.language,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        field = self.fields["on"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (channel.key, self._label(group, channel.label)) for group in self.groups for channel in group.channels
        ]

    def _label(self, group: GroupChoice, channel: str) -> str:
        return f"{group.group.label}: {channel}"

    @property
    def ticked(self) -> set[str]:
        """What is ticked now: as it was sent, or as it is in force."""
        return set(self["on"].value() or ())

    @property
    def preferences(self) -> dict[str, Any]:
        """The arguments of `change_preferences` that the valid form holds. What is not offered here remains as it is."""
        cleaned, offered = self.cleaned_data, set(keys_offered())
        off = (offered - set(cleaned["on"])) | (self.chosen.off - offered)
        names = ("quiet_from", "quiet_until", "quiet_email", "digest", "language")
        return {"off": off} | {name: cleaned[name] for name in names}


class DeskPreferencesForm(PreferencesForm):
    """The same, with what the person asked for."""

    reason = forms.CharField(
        label=_("What the person asked for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the change, for whoever reads it later."),
    )
