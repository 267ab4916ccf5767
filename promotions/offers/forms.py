"""The form under an offer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.call_backs.forms import HourFields
from customers.validators import normalise_phone
from foundation.form_fields import NormalisedField, TextField
from foundation.form_guard import GuardedForm


class AskForm(HourFields, GuardedForm):
    """What a person wants to know, and at which hour they want to be called; all of it may be empty.

    The number is typed, never shown: whoever holds the link need not be the customer.
    """

    text = TextField(label=gettext_lazy("What you would like to know"), most=1_000, rows=4, required=False)
    phone = NormalisedField(
        normalise_phone,
        label=gettext_lazy("Telephone, if you would rather be called"),
        required=False,
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slot = self.fields["slot"]
        assert isinstance(slot, forms.ChoiceField)
        slot.required = False
        slot.label = _("At an hour of your choice")

    def clean_slot(self) -> Any:
        """The moment at which the hour begins; None without one."""
        return super().clean_slot() if self.cleaned_data.get("slot") else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("slot") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", ValidationError(_("Write the number that we are to call."), code="required"))
        return cleaned
