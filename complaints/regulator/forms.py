"""Forms of the commands on requests of IVASS."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.forms import LONGEST_TEXT
from complaints.models import ProcedureLetter, RegulatorRequest
from complaints.procedures.forms import ComplaintField, PastDay, Text
from complaints.procedures.letters import IVASS_PEC
from complaints.procedures.sending import ways_to_ivass
from complaints.services import Statement
from contact_center.requests.forms import WithFiles
from customers.models import Customer, Policy
from customers.validators import normalise_email

HALVED = gettext_lazy("It is about a breach of the duty to contract (art. 132 CAP): the term is halved")


class RegisterRequestForm(WithFiles):
    """A request of IVASS, about a complaint of the register or about one that is registered with it."""

    field_order = (
        *("protocol", "channel", "received_on", "is_halved", "asked", "complaint"),
        *("complainant_name", "customer", "policy", "address", "subject", "text", "files"),
    )

    protocol = forms.CharField(label=gettext_lazy("Number given by IVASS"), max_length=60)
    channel = forms.ChoiceField(label=gettext_lazy("Channel of receipt"), choices=RegulatorRequest.Channel.choices)
    received_on = PastDay(
        label=gettext_lazy("Received on"), help_text=gettext_lazy("The term counts from the day after.")
    )
    is_halved = forms.BooleanField(label=HALVED, required=False)
    asked = Text(label=gettext_lazy("What IVASS asks"), rows=6, most=LONGEST_TEXT)
    complaint = ComplaintField(
        label=gettext_lazy("Complaint it is about"),
        required=False,
        help_text=gettext_lazy("Its number, such as 2026/17. Empty: a complaint is registered with what follows."),
    )
    complainant_name = forms.CharField(
        label=gettext_lazy("Complainant, if it is not in the register"), max_length=200, required=False
    )
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Customer code or tax code, if they are a customer."),
    )
    policy = forms.CharField(label=gettext_lazy("Policy number"), max_length=30, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address for the answer"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address or PEC; a postal address if the answer is to go by post."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject of the complaint"), max_length=250, required=False)
    text = Text(
        label=gettext_lazy("Text of the complaint"),
        rows=6,
        most=LONGEST_TEXT,
        required=False,
        help_text=gettext_lazy("In the complainant's own words, as IVASS passed them on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = timezone.localdate()

    def clean_customer(self) -> Customer | None:
        text = self.cleaned_data["customer"].strip()
        known = Customer.objects.filter(code=text) | Customer.objects.filter(tax_code=text.upper()).exclude(
            tax_code=""
        )
        return self._found(known.first(), text)

    def clean_policy(self) -> Policy | None:
        text = self.cleaned_data["policy"].strip()
        return self._found(Policy.objects.filter(number=text).first(), text)

    def _found(self, row: Any, text: str) -> Any:
        if text and row is None:
            raise ValidationError(_("There is none with “%(value)s”."), code="unknown", params={"value": text[:40]})
        return row if text else None

    def clean_address(self) -> str:
        address = " ".join(self.cleaned_data["address"].split())
        return normalise_email(address) if "@" in address and " " not in address else address

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if "complaint" in cleaned and cleaned["complaint"] is None:
            for name in ("complainant_name", "subject", "text"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(
                        name,
                        ValidationError(
                            _("Give the number of the complaint above, or what is needed to register it."),
                            code="no_complaint",
                        ),
                    )
        return cleaned


def statement_of(given: dict[str, Any]) -> Statement | None:
    """The complaint to be registered, of what the form found; None where one of the register was named."""
    if given["complaint"] is not None:
        return None
    customer, policy = given["customer"], given["policy"]
    return Statement(
        complainant_name=given["complainant_name"],
        subject=given["subject"],
        text=given["text"],
        received_on=given["received_on"],
        address=given["address"],
        customer=customer,
        policy=policy,
        ramo=policy.ramo if policy else "",
        province=customer.province if customer else "",
    )


class AnswerRequestForm(forms.Form):
    """The answer, and how it goes to IVASS."""

    answer = Text(
        label=gettext_lazy("Answer"),
        rows=14,
        most=LONGEST_TEXT,
        help_text=gettext_lazy("An empty line begins a new paragraph. The heading and the enclosures are added."),
    )
    way = forms.ChoiceField(label=gettext_lazy("How it goes"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=gettext_lazy("Certified address of IVASS"),
        max_length=254,
        required=False,
        initial=IVASS_PEC,
        help_text=gettext_lazy("For a PEC: the address that the request came from, if it names one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField), "declared above"
        field.choices = ways_to_ivass()
        field.initial = field.choices[0][0]

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("way") == ProcedureLetter.Way.PEC and cleaned.get("address") is not None:
            try:
                cleaned["address"] = normalise_email(cleaned["address"])
            except ValidationError as error:
                self.add_error("address", error)
        elif cleaned.get("way") == ProcedureLetter.Way.POST:
            cleaned["address"] = ""
        return cleaned


class SendAgainForm(AnswerRequestForm):
    """Another way, or another address, for the answer that is kept."""

    answer = None  # type: ignore[assignment]  # it is kept as it is


class CorrectRequestForm(forms.Form):
    """Day of receipt and halving, with the reason."""

    received_on = PastDay(label=gettext_lazy("Received on"))
    is_halved = forms.BooleanField(label=HALVED, required=False)
    reason = Text(label=gettext_lazy("Why it is another"))


class CloseRequestForm(forms.Form):
    """What IVASS made of it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome at IVASS"),
        choices=[each for each in RegulatorRequest.Outcome.choices if each[0]],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("These words are ours: the supervisor's own list was not found (not verified)."),
    )
    closed_on = PastDay(label=gettext_lazy("Closed on"))
    outcome_text = Text(label=gettext_lazy("What IVASS wrote"), rows=5, most=LONGEST_TEXT, required=False)
