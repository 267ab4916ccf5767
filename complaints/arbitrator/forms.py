"""Forms of the commands on appeals to the Arbiter."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from complaints.forms import LONGEST_TEXT
from complaints.models import ArbitratorAppeal
from complaints.procedures.forms import ComplaintField, Day, PastDay, Text
from contact_center.requests.forms import WithFiles
from foundation.form_fields import AmountField

FACTS = gettext_lazy("Day of the facts")
COMPLETE = gettext_lazy("File complete on")
COMPLETE_HELP = gettext_lazy(
    "As the secretariat notified it: the term of the counter-arguments counts from the day after."
)


class RegisterAppealForm(WithFiles):
    """An appeal that was notified to us."""

    field_order = (
        *(
            "number",
            "complaint",
            "kind",
            "value",
            "facts_on",
            "filed_on",
            "notified_on",
            "complete_on",
            "asked",
            "files",
        ),
    )

    number = forms.CharField(label=gettext_lazy("Number of the appeal"), max_length=60)
    complaint = ComplaintField(
        label=gettext_lazy("Complaint it follows"), help_text=gettext_lazy("Its number, such as 2026/17.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of dispute"), choices=ArbitratorAppeal.Kind.choices)
    value = AmountField(label=gettext_lazy("Value of what is asked, in euro"), required=False)
    facts_on = PastDay(label=FACTS, required=False)
    filed_on = PastDay(label=gettext_lazy("Filed on"))
    notified_on = PastDay(label=gettext_lazy("Notified to us on"))
    complete_on = PastDay(label=COMPLETE, required=False, help_text=COMPLETE_HELP)
    asked = Text(label=gettext_lazy("What is asked"), rows=6, most=LONGEST_TEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notified_on"].initial = timezone.localdate()


class CorrectAppealForm(forms.Form):
    """Kind, value and days, with the reason."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of dispute"), choices=ArbitratorAppeal.Kind.choices)
    value = AmountField(label=gettext_lazy("Value of what is asked, in euro"), required=False)
    facts_on = PastDay(label=FACTS, required=False)
    filed_on = PastDay(label=gettext_lazy("Filed on"))
    notified_on = PastDay(label=gettext_lazy("Notified to us on"))
    complete_on = PastDay(label=COMPLETE, required=False, help_text=COMPLETE_HELP)
    reason = Text(label=gettext_lazy("Why it is another"))


class CompletionForm(forms.Form):
    """When the applicant was asked to complete the file."""

    asked_on = PastDay(label=gettext_lazy("Asked on"))


class CompleteFileForm(forms.Form):
    """When the file was complete."""

    complete_on = PastDay(label=COMPLETE, help_text=COMPLETE_HELP)


class CounterArgumentsForm(forms.Form):
    """Our counter-arguments."""

    text = Text(
        label=gettext_lazy("Counter-arguments"),
        rows=14,
        most=LONGEST_TEXT,
        help_text=gettext_lazy("An empty line begins a new paragraph. The heading and the enclosures are added."),
    )


class ExtensionForm(forms.Form):
    """When the Arbiter took more time."""

    extended_on = PastDay(label=gettext_lazy("Extended on"))


class DecisionForm(forms.Form):
    """How the appeal ended."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[each for each in ArbitratorAppeal.Decision.choices if each[0]],
        widget=forms.RadioSelect,
    )
    decided_on = PastDay(label=gettext_lazy("Decided on"))
    amount = AmountField(
        label=gettext_lazy("Sum awarded, in euro"), required=False, help_text=gettext_lazy("Where there is one.")
    )
    comply_by = Day(
        label=gettext_lazy("To be complied with by"),
        required=False,
        help_text=gettext_lazy("As the decision says. Obligatory where it is upheld, wholly or in part."),
    )


class ComplianceForm(forms.Form):
    """What was done about the decision."""

    compliance = forms.ChoiceField(
        label=gettext_lazy("Compliance"),
        choices=[each for each in ArbitratorAppeal.Compliance.choices if each[0]],
        widget=forms.RadioSelect,
    )
    complied_on = PastDay(
        label=gettext_lazy("Done on"), required=False, help_text=gettext_lazy("Where something was done.")
    )
    published_on = PastDay(
        label=gettext_lazy("Published on"),
        required=False,
        help_text=gettext_lazy(
            "The first day of the publication of what was not complied with in full. From then on it stands on our site, "
            "and may be entered later."
        ),
    )
