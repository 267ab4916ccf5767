"""The forms of the operations: what each kind asks for, and its facts as they are stored, read back and shown.

Facts are JSON: a day as 2026-12-31, an amount as "1234.50". `typed` reads them back, `shown` puts them in words.
"""

from collections.abc import Iterable
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.cells import italian_postal_code, read_province
from customers.models import ContactPoint, Customer
from customers.models.mandate import BY_DOCUMENT
from customers.operations.checks import owner_fits, why_not_amount, why_not_this_offer
from customers.operations.frequency import LABELS
from customers.operations.subjects import Subject
from customers.validators import normalise_email, normalise_iban, normalise_phone, normalise_tax_code
from foundation.dates import written_day
from foundation.form_fields import AmountField, DateInput, LineField, NormalisedField, TextField
from foundation.office.read_only import euro
from foundation.telephones import shown_number
from foundation.text import CleanedForm, fold

FARTHEST = timedelta(days=30)  # how far ahead a cover is suspended or reactivated
LONGEST = 2_000


class IbanField(NormalisedField):
    """The account to be paid to."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(
            normalise_iban,
            label=gettext_lazy("IBAN"),
            max_length=50,
            widget=forms.TextInput(attrs=attributes),
            **options,
        )


class DayField(forms.DateField):
    """A day, by the browser's own control."""

    widget = DateInput


class PointField(forms.ChoiceField):
    """One of the customer's numbers or addresses, or none of them: an answer too, so it is not called optional."""

    needed_sometimes = True


class FactsForm(CleanedForm, forms.Form):
    """What is asked for one kind of operation. `subject` is what it is about."""

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        self.subject = subject
        super().__init__(*args, **kwargs)

    def facts(self) -> dict[str, Any]:
        """The facts of a valid form, as they are stored; what was left empty is left out."""
        given = ((name, self.cleaned_data.get(name)) for name in self.names())
        return {name: stored(value) for name, value in given if value not in (None, "")}

    @classmethod
    def names(cls) -> list[str]:
        """The names of the facts, in the order in which they are asked."""
        return list(FactsForm.own_fields(cls))

    @staticmethod
    def own_fields(form_class: type["FactsForm"]) -> dict[str, forms.Field]:
        """The fields that the kind asks, without those of a guard."""
        asked: dict[str, forms.Field] = {}
        for each in reversed(form_class.__mro__):
            if issubclass(each, FactsForm):
                asked |= {name: field for name, field in each.declared_fields.items() if name not in GUARD}
        return asked


GUARD = {"submission_key", "opened", "website"}


def stored(value: Any) -> Any:
    """A value of a form as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def typed(form_class: type[FactsForm], facts: dict[str, Any]) -> dict[str, Any]:
    """Stored facts in their own types; what the form does not know is left out."""
    fields = FactsForm.own_fields(form_class)
    return {name: _typed(field, facts[name]) for name, field in fields.items() if name in facts}


def _typed(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.DateField):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(field, forms.DecimalField) else value


def shown(form_class: type[FactsForm], facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts as labels and values, for every page, message and list: there is one place that puts them in words."""
    fields, values = FactsForm.own_fields(form_class), typed(form_class, facts)
    return [_in_words(fields[name], value) for name, value in values.items()]


def _in_words(field: forms.Field, value: Any) -> tuple[str, str]:
    """Label and value; of a box that was ticked, what the person declared by it."""
    if value is True:
        return _("Declared"), str(field.label)
    return str(field.label), _shown(field, value)


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, date):
        return written_day(value)
    if isinstance(value, Decimal):
        return euro(value)
    if isinstance(field, IbanField):
        return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
    if isinstance(field, PointField) or (isinstance(field, NormalisedField) and value.startswith("+")):
        return shown_number(value) if value.startswith("+") else value
    if isinstance(field, forms.ChoiceField) and not callable(field.choices):
        return str(dict(field.choices).get(value, value))
    return str(value)


# --- One's own data -------------------------------------------------------------------------------------------------
class _PointFacts(FactsForm):
    """A new number or address, and which one it takes the place of."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = ContactPoint.objects.filter(customer=self.subject.customer, kind=self.kind).order_by("pk")
        known = [(point.value, str(point)) for point in points]
        field = self.fields["replaces"]
        assert isinstance(field, forms.ChoiceField), "it is declared so"
        field.choices = [*known, ("", _("None: keep the others"))]
        field.initial = known[0][0] if known else ""
        if not known:
            del self.fields["replaces"]
        self.verified = {point.value for point in points if point.verified_at}

    def _new(self, value: str) -> str:
        if value in self.verified:
            raise ValidationError(_("We have it already: it is verified."), code="known_already")
        return value


class PhoneFacts(_PointFacts):
    """Another telephone number."""

    kind = ContactPoint.Kind.PHONE
    phone = NormalisedField(
        normalise_phone,
        label=gettext_lazy("New telephone number"),
        max_length=40,
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )
    replaces = PointField(label=gettext_lazy("In place of"), required=False)

    def clean_phone(self) -> str:
        return self._new(self.cleaned_data["phone"])


class EmailFacts(_PointFacts):
    """Another e-mail address."""

    kind = ContactPoint.Kind.EMAIL
    email = NormalisedField(
        normalise_email,
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    replaces = PointField(label=gettext_lazy("In place of"), required=False)

    def clean_email(self) -> str:
        return self._new(self.cleaned_data["email"])


class AddressFacts(FactsForm):
    """Where the customer lives, in Italy."""

    address = LineField(
        label=gettext_lazy("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = NormalisedField(
        italian_postal_code,
        label=gettext_lazy("Postal code"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = LineField(
        label=gettext_lazy("Town"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    province = LineField(
        label=gettext_lazy("Province"),
        max_length=40,
        help_text=gettext_lazy("Two letters, or its name. For an address abroad, write to us."),
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )

    def clean_province(self) -> str:
        return read_province(self.cleaned_data["province"], timezone.localdate())


class RepresentationFacts(FactsForm):
    """For whom one asks to act, and what the document that goes with it says."""

    capacity = forms.ChoiceField(
        label=gettext_lazy("As what you act"),
        choices=[(each.value, each.label) for each in BY_DOCUMENT],
        widget=forms.RadioSelect,
    )
    person = LineField(
        label=gettext_lazy("Name of the person or company you act for"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tax_code = NormalisedField(
        normalise_tax_code,
        label=gettext_lazy("Tax code of that person, or VAT number of the company"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    valid_until = DayField(
        label=gettext_lazy("Last day, if the document has one"),
        required=False,
        help_text=gettext_lazy("Your access ends by itself on that day."),
    )
    text = TextField(most=LONGEST, rows=3, required=False, label=gettext_lazy("Anything to add"))

    def clean_tax_code(self) -> str:
        code = self.cleaned_data["tax_code"]
        if code in (self.subject.customer.tax_code, self.subject.customer.vat_number):
            raise ValidationError(_("This is the file you see now: write the code of the other one."), code="own_code")
        return code

    def clean_valid_until(self) -> date | None:
        day = self.cleaned_data["valid_until"]
        if day is not None and day < self.subject.today:
            raise ValidationError(
                _("This document has ended already: send us the one that is in force now."), code="document_over"
            )
        return day


class LanguageFacts(FactsForm):
    """Which language we write in."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=Customer._meta.get_field("language").flatchoices,
        widget=forms.RadioSelect,
    )


# --- The account to be paid to ------------------------------------------------------------------------------------
class _PaidFacts(FactsForm):
    """Where the money goes: an account of the customer's own."""

    iban = IbanField()
    owner = LineField(
        label=gettext_lazy("Owner of the account"),
        max_length=200,
        help_text=gettext_lazy("We pay to an account in your own name; for another one, write to us."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].initial = self.subject.customer.letter_name
        last = [name for name in ("iban", "owner") if name in self.fields]
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean_owner(self) -> str:
        owner = self.cleaned_data["owner"]
        if not owner_fits(owner, self.subject.customer.letter_name, fold):
            raise ValidationError(
                _("This is not the name that the contract is in: write to us to be paid to somebody else's account."),
                code="another_owner",
            )
        return owner


# --- Policies -----------------------------------------------------------------------------------------------------
class _FromDay(FactsForm):
    """From which day."""

    day = DayField(label=gettext_lazy("From which day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, policy = self.subject.today, self.subject.policy
        assert policy is not None, "it is about a policy"
        self.last = min(today + FARTHEST, policy.ends_on)  # a cover that has ended neither rests nor lasts again
        self.fields["day"].initial = today
        self.fields["day"].widget.attrs |= {"min": today.isoformat(), "max": self.last.isoformat()}

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not self.subject.today <= day <= self.last:
            raise ValidationError(
                _("Choose a day from today until %(day)s."),
                code="day_out_of_reach",
                params={"day": written_day(self.last, "al")},
            )
        return day


class SuspensionFacts(_FromDay):
    """From when the cover rests."""

    understood = forms.BooleanField(
        label=gettext_lazy("I know that from that day the vehicle is not covered, and must not be on a public road.")
    )


class ReactivationFacts(_FromDay):
    """From when the cover lasts again."""


class SettlementFacts(_PaidFacts):
    """What to settle, and where to pay it."""

    text = TextField(most=LONGEST, rows=4, required=False, label=gettext_lazy("Anything to add"))


class SurrenderFacts(_PaidFacts):
    """All of the value or a part of it."""

    WHOLE, PART = "whole", "part"

    extent = forms.ChoiceField(
        label=gettext_lazy("How much"),
        choices=[(WHOLE, gettext_lazy("the whole value: the policy ends")), (PART, gettext_lazy("a part of it"))],
        widget=forms.RadioSelect,
        initial=WHOLE,
    )
    amount = AmountField(label=gettext_lazy("Amount of the part (euro)"), required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("extent") == self.PART and "amount" not in self.errors:
            value = self.subject.value.amount if self.subject.value else None
            if reason := why_not_amount(given.get("amount"), value=value):
                self.add_error("amount", ValidationError(reason, code="amount"))
        elif given.get("extent") == self.WHOLE:
            given["amount"] = None
        return given


class FrequencyFacts(FactsForm):
    """How often the premium is paid."""

    frequency = forms.ChoiceField(
        label=gettext_lazy("How often you would like to pay"),
        choices=list(LABELS.items()),
        widget=forms.RadioSelect,
    )

    def clean_frequency(self) -> str:
        frequency = self.cleaned_data["frequency"]
        if frequency == self.subject.frequency:
            raise ValidationError(_("You pay so already: choose another frequency."), code="no_change")
        return frequency


class WithdrawalFacts(_PaidFacts):
    """Where the premium is paid back."""

    text = TextField(most=LONGEST, rows=3, required=False, label=gettext_lazy("Anything to add"))


class CancellationFacts(FactsForm):
    """That the contract is not to be renewed."""

    understood = forms.BooleanField(label=gettext_lazy("I know that the cover ends on the day of expiry."))
    text = TextField(most=LONGEST, rows=3, required=False, label=gettext_lazy("Would you like to tell us why?"))


class RefundFacts(_PaidFacts):
    """What to pay back, and why."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[
            ("paid_twice", gettext_lazy("I paid twice")),
            ("sold", gettext_lazy("the vehicle was sold or scrapped")),
            ("ended", gettext_lazy("the contract ended before its time")),
            ("other", gettext_lazy("another reason")),
        ],
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=gettext_lazy("Amount (euro)"))
    text = TextField(most=LONGEST, rows=3, required=False, label=gettext_lazy("Anything to add"))


class CopyFacts(FactsForm):
    """Which document is missing."""

    document = forms.ChoiceField(
        label=gettext_lazy("Which document"),
        choices=[
            ("contract", gettext_lazy("contract and conditions")),
            ("certificate", gettext_lazy("insurance certificate")),
            ("receipt", gettext_lazy("receipt of a payment")),
            ("risk", gettext_lazy("risk certificate")),
            ("statement", gettext_lazy("yearly statement")),
            ("other", gettext_lazy("another document")),
        ],
        widget=forms.RadioSelect,
    )
    text = TextField(
        most=LONGEST, rows=3, required=False, label=gettext_lazy("Which one exactly, if there are several")
    )


class PaymentFacts(FactsForm):
    """What was paid. No page asks it: the payment writes it."""

    due_on = DayField(label=gettext_lazy("due on"))
    amount = AmountField(label=gettext_lazy("amount (euro)"))
    reference = LineField(label=gettext_lazy("reference of the payment"), max_length=100, required=False)


# --- Claims -------------------------------------------------------------------------------------------------------
class _OfferFacts(FactsForm):
    """The offer as the page showed it: what is answered is kept, and never another offer that came meanwhile."""

    offered_amount = forms.DecimalField(
        label=gettext_lazy("Amount of the offer"),
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=forms.HiddenInput,
    )
    offered_on = forms.DateField(label=gettext_lazy("Day of the offer"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claim = self.subject.claim
        assert claim is not None, "it is about a claim"
        self.fields["offered_amount"].initial = claim.offered_amount
        self.fields["offered_on"].initial = claim.offered_on

    def clean(self) -> dict[str, Any]:
        super().clean()
        given, claim = self.cleaned_data, self.subject.claim
        assert claim is not None, "it is about a claim"
        standing = (claim.offered_amount, claim.offered_on)
        seen = (given.get("offered_amount"), given.get("offered_on"))
        if reason := why_not_this_offer(seen=seen, standing=standing):
            self._show_the_standing_offer()
            raise ValidationError(reason, code="offer_changed")
        return given | {"offered_amount": standing[0], "offered_on": standing[1]}

    def _show_the_standing_offer(self) -> None:
        """The form is shown again with the offer of now, to be looked at, and the box to be ticked again."""
        data: Any = copy(self.data)  # what came by a request is not changed in place
        for name in ("offered_amount", "offered_on"):
            self.errors.pop(name, None)
            data[self.add_prefix(name)] = stored(self.fields[name].initial) or ""
        data.pop(self.add_prefix("understood"), None)
        self.data = data


class OfferAcceptedFacts(_PaidFacts, _OfferFacts):
    """Where the money of the offer goes."""

    understood = forms.BooleanField(label=gettext_lazy("I accept the offer that was made to me for this claim."))


class OfferRefusedFacts(_OfferFacts):
    """Why the offer is not accepted."""

    text = TextField(most=LONGEST, rows=6, label=gettext_lazy("Why you do not accept it"))


def as_lines(pairs: Iterable[tuple[str, str]]) -> str:
    """Labels and values as the lines of a message."""
    return "\n".join(f"{label}{'' if label.endswith('?') else ':'} {value}" for label, value in pairs)
