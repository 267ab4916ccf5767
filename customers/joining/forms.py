"""What a colleague says of two files of one person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.joining.queries import Differing
from customers.models import Customer

FIRST, SECOND = "first", "second"
LONGEST_REASON = 500


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}), required=True
    )


class OtherFileForm(forms.Form):
    """The other file of the person."""

    code = forms.CharField(
        label=_("Customer code of the other file"), max_length=30, help_text=_("As it stands at the head of that file")
    )

    def clean_code(self) -> Customer:
        """The customer."""
        found = Customer.objects.filter(code=self.cleaned_data["code"].strip()).first()
        if found is None:
            raise ValidationError(gettext("There is no customer with this code."), code="unknown")
        return found


class JoinForm(ReasonForm):
    """Which file remains, whose value counts where the two differ, and why they are one person."""

    kept = forms.ChoiceField(label=_("File that remains"), widget=forms.RadioSelect)
    field_order = ("kept",)

    def __init__(
        self, *args: Any, first: Customer, second: Customer, values: list[Differing], remains: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kept = self.fields["kept"]
        assert isinstance(kept, forms.ChoiceField)
        kept.choices = [(FIRST, f"{first} · {first.code}"), (SECOND, f"{second} · {second.code}")]
        kept.initial = remains
        reason = self.fields.pop("reason")
        for each in values:
            has_none = {FIRST: not each.first, SECOND: not each.second}[remains]
            other = SECOND if remains == FIRST else FIRST
            self.fields[each.name] = forms.ChoiceField(
                label=capfirst(each.label),
                choices=[(FIRST, each.first or "–"), (SECOND, each.second or "–")],
                initial=other if has_none else remains,
                widget=forms.RadioSelect,
            )
        self.fields["reason"] = reason
