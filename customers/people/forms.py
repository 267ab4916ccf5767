"""The forms of the people of a company: inviting one, and what one may do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from customers.models.account import Right
from customers.validators import normalise_email
from foundation.form_fields import NormalisedField
from foundation.form_guard import GuardedForm
from foundation.text import CleanedForm


class RightsField(forms.MultipleChoiceField):
    """What a person may do; nothing ticked is to look alone."""

    needed_sometimes = True  # no box is an answer too

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=Right.choices,
            required=False,
            label=gettext_lazy("What the person may do"),
            help_text=gettext_lazy("Everybody with access sees policies, claims, documents and what was written."),
            widget=forms.CheckboxSelectMultiple,
            **options,
        )


class RightsForm(CleanedForm, forms.Form):
    """What a person may do from now on."""

    rights = RightsField()


class InvitationFields(CleanedForm, forms.Form):
    """Whom to invite, and what they may do."""

    email = NormalisedField(
        normalise_email,
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("We send the invitation there, and only whoever reads it can accept."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    rights = RightsField(initial=[Right.ASK, Right.REPORT])


class InvitationForm(InvitationFields, GuardedForm):
    """The same on a page."""

    field_order = ("email", "rights")
