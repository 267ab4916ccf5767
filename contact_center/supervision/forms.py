"""What the pages of supervision ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contact_center.models import Agent, Team
from contact_center.supervision.commands import LONGEST
from customers.models import User
from foundation.text import CleanedForm


def reason_field(help_text: Any) -> forms.CharField:
    """Why it is done."""
    return forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text
    )


class GiveOutForm(CleanedForm, forms.Form):
    """To whom the contacts go, and why."""

    to = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=Agent.objects.none(),
        required=False,
        empty_label=_("back to the queue of their teams"),
    )
    reason = reason_field(_("It is a note of each contact, which mentions both agents."))

    def __init__(self, *args: Any, agent: Agent, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        others = Agent.objects.filter(
            team__in=Team.objects.supervised_by(user), is_active=True, user__is_active=True
        ).exclude(pk=agent.pk)
        self.fields["to"].queryset = others.select_related("team").order_by("team", "name")  # type: ignore[attr-defined]


class EndStateForm(CleanedForm, forms.Form):
    """Why a state is ended, and which one was seen."""

    reason = reason_field(_("The agent reads it."))
    seen_since = forms.DateTimeField(widget=forms.HiddenInput)
