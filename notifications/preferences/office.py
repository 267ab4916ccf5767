"""In a customer's file: how the person wants to be written to, each change of it, and why they were not written to."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from customers.models import Claim, Customer, Policy
from foundation.masking import seen_text
from foundation.office.base import Panel
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest
from notifications.models import PreferenceChange
from notifications.preferences.commands import change_preferences
from notifications.preferences.forms import DeskPreferencesForm
from notifications.preferences.queries import chosen_by
from notifications.preferences.words import in_words
from notifications.why.why_not import alerts_asked, is_about_claims, why_not

CHOOSES = "notifications.change_noticepreference"


class ChangePreferences(Command[Customer]):
    """With the person on the telephone: how they want to be written to."""

    name, icon = "preferenze-avvisi", "tune"
    label = gettext_lazy("Change preferences")
    permission = CHOOSES
    form_class = DeskPreferencesForm
    question = gettext_lazy(
        "Make sure that you speak with the person. What the law or the contract asks for cannot be switched off: there the "
        "preference chooses the channel. Offers are not here: they have their consents."
    )

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row, "chosen": chosen_by(row)}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        form = DeskPreferencesForm(customer=row, chosen=chosen_by(row))
        form.cleaned_data = data
        change = change_preferences(
            row,
            **form.preferences,
            source=PreferenceChange.Source.DESK,
            reason=data["reason"],
            by=request.user,
        )
        return _("The preferences are changed.") if change else _("All of it was so already: nothing is changed.")


class PreferencePanel(Panel):
    """Each change of how the person wants to be written to, the newest first: it holds."""

    model = PreferenceChange
    fields = ("at", "source", "by", "changed_shown", "reason")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")

    @display(description=gettext_lazy("what changed"))
    def changed_shown(self, change: PreferenceChange) -> str:
        return "; ".join(in_words(change))


# --- Find out why nothing was written -----------------------------------------------------------------------------
MOST_OFFERED = 200  # policies or claims of one person, the latest first


class WhyNotForm(forms.Form):
    """About which policy or claim, and which alert."""

    about = forms.ChoiceField(label=gettext_lazy("Policy or claim"))
    kind = forms.ChoiceField(label=gettext_lazy("Which notice"))

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policies = Policy.objects.filter(holder=customer).order_by("-ends_on", "-pk")[:MOST_OFFERED]
        claims = Claim.objects.filter(customer=customer).order_by("-reported_on", "-pk")[:MOST_OFFERED]
        self.rows: dict[str, Policy | Claim] = {f"policy:{each.pk}": each for each in policies}
        self.rows |= {f"claim:{each.pk}": each for each in claims}
        about, kind = self.fields["about"], self.fields["kind"]
        assert isinstance(about, forms.ChoiceField)
        assert isinstance(kind, forms.ChoiceField)
        about.choices = [(key, _named(row)) for key, row in self.rows.items()]
        kind.choices = [(each.code, each.name) for each in alerts_asked()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        row = self.rows.get(cleaned.get("about", ""))
        kind = next((each for each in alerts_asked() if each.code == cleaned.get("kind")), None)
        if row is not None and kind is not None and isinstance(row, Claim) != is_about_claims(kind):
            sentence = (
                _("This notice is about a claim: choose one.")
                if is_about_claims(kind)
                else _("This notice is about a policy: choose one.")
            )
            self.add_error("about", sentence)
        return cleaned | {"row": row, "notice_kind": kind}


def _named(row: Policy | Claim) -> str:
    if isinstance(row, Claim):
        return _("Claim %(number)s") % {"number": row.number}
    return _("Policy %(number)s – %(product)s %(plate)s") % {
        "number": row.number,
        "product": row.product,
        "plate": row.plate,
    }


class WhyNotWritten(Command[Customer]):
    """The answer to “nobody warned me”."""

    name, icon = "perche-non-scritto", "help"
    label = gettext_lazy("Find out why nothing was written")
    permission = "notifications.view_notice"
    form_class = WhyNotForm
    changes_nothing = True
    question = gettext_lazy("Choose what it is about: the answer is one sentence, which you may read out.")

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return Policy.objects.filter(holder=row).exists() or Claim.objects.filter(customer=row).exists()

    def why_not(self, request: StaffRequest, row: Customer) -> str:
        return _("The person has neither a policy nor a claim: there is nothing to be warned of.")

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        answer = why_not(row, data["notice_kind"], data["row"], timezone.localdate())
        seen = seen_text(request.user, answer)  # a number in it is masked for who sees numbers masked
        return Done(seen, goes_to=reverse("admin:customers_customer_command", args=[row.pk, self.name]))
