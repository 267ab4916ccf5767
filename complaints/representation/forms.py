"""Forms about the represented person and the mandate."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from complaints.models import Representation
from customers.validators import normalise_tax_code
from foundation.form_fields import DateInput


class RepresentedForm(forms.Form):
    """For whom the complaint is made."""

    name = forms.CharField(label=gettext_lazy("Represented person"), max_length=200)
    tax_code = forms.CharField(label=gettext_lazy("Tax code of the represented person"), max_length=30, required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), choices=Representation.Relation.choices)

    def clean_tax_code(self) -> str:
        text = self.cleaned_data["tax_code"].strip()
        return normalise_tax_code(text) if text else ""


class AcceptMandateForm(forms.Form):
    """Which of the complaint's documents is the mandate, and when it came."""

    document = forms.ChoiceField(label=gettext_lazy("Document"), widget=forms.RadioSelect)
    on = forms.DateField(label=gettext_lazy("Received on"), widget=DateInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ChoiceField), "declared above"
        field.choices = choices
        self.fields["on"].initial = timezone.localdate()
