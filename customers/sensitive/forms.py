"""The forms of files that ask a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import FileRestriction
from customers.models.access import AccessReason


class ReasonForm(forms.Form):
    """Why one opens a file, or sees values whole: from the list, in words where the list says too little."""

    kind = forms.ChoiceField(
        label=_("Reason"),
        choices=AccessReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason from the list.")},
    )
    words = forms.CharField(
        label=_("In words"),
        max_length=200,
        required=False,
        help_text=_(
            "For a check, who ordered it; for something else, what. The person can read which reason you chose."
        ),
    )


class RestrictForm(forms.Form):
    """Why a file is to ask a reason from now on."""

    ground = forms.ChoiceField(label=_("Ground"), choices=FileRestriction.Ground.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class LiftForm(forms.Form):
    """Why the mark ends."""

    reason = forms.CharField(label=_("Reason of the lifting"), max_length=300)


class ExamineForm(forms.Form):
    """What was found."""

    note = forms.CharField(label=_("What you found"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
