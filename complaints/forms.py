"""Forms: the public one, and those of the commands of the back office. They read and check; commands decide."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from complaints.models import Complaint, Feedback, LetterSending, RegisterYear
from complaints.services import Statement
from complaints.services.answering import NEED_REASONS, NO_REASONS
from complaints.services.handling import officers
from complaints.terms import is_far_back
from contact_center.requests.forms import WithFiles
from customers.models import Agency, Claim, ContactPoint, Customer, Policy
from customers.validators import normalise_email, normalise_phone, normalise_tax_code
from foundation.dates import written_day
from foundation.form_guard import GuardedForm
from foundation.numbers import whole_number
from foundation.text import CleanedForm

LONGEST_TEXT = 20_000


def _optional(read: Callable[[str], str], text: str) -> str:
    """The text of a field in its stored form, by `read`; "" for an empty one."""
    return read(text) if text.strip() else ""


# --- The public form ------------------------------------------------------------------------------------------------
class ComplaintFields(CleanedForm, forms.Form):
    """A complaint as its author writes it, on a page or by a program. `statement()` is what goes into the register."""

    COMPANY, INTERMEDIARY = "company", "intermediary"
    CONDUCT = (
        (COMPANY, gettext_lazy("Vittoria Assicurazioni")),
        (INTERMEDIARY, gettext_lazy("an agency or another intermediary")),
    )

    complainant_name = forms.CharField(
        label=gettext_lazy("First and last name, or name of the company or association"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    complainant_kind = forms.ChoiceField(label=gettext_lazy("You are"), choices=Complaint.Complainant.choices)
    proposer_kind = forms.ChoiceField(
        label=gettext_lazy("You write as"),
        choices=Complaint.Proposer.choices,
        help_text=gettext_lazy("“Interested party” if you write for yourself."),
    )
    tax_code = forms.CharField(label=gettext_lazy("Tax code"), max_length=30, required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail address for the answer"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Ordinary or certified (PEC). Leave it empty to have the answer by post."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy(
            "Street and number, postal code, city and province. Needed only without an e-mail address."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the policy or of the claim, or number plate"), max_length=60, required=False
    )
    conduct = forms.ChoiceField(
        label=gettext_lazy("Whose conduct do you complain of?"),
        choices=CONDUCT,
        initial=COMPANY,
        widget=forms.RadioSelect,
    )
    intermediary = forms.CharField(
        label=gettext_lazy("Which agency or intermediary"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Name and city, if the complaint is about their conduct."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    text = forms.CharField(
        label=gettext_lazy("What happened, and why you complain"),
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("Facts with their dates, the reasons of your complaint, and what you ask for."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def about_you(self) -> list[forms.BoundField]:
        """The fields of the page's first part."""
        return [self[name] for name in ("complainant_name", "complainant_kind", "proposer_kind", "tax_code")]

    def where_to_answer(self) -> list[forms.BoundField]:
        """The fields of its second part."""
        return [self[name] for name in ("email", "postal_address", "phone")]

    def about_the_matter(self) -> list[forms.BoundField]:
        """The fields of its third part."""
        return [self[name] for name in ("conduct", "intermediary", "reference", "subject", "text")]

    def clean_tax_code(self) -> str:
        return _optional(normalise_tax_code, self.cleaned_data["tax_code"])

    def clean_email(self) -> str:
        return _optional(normalise_email, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _optional(normalise_phone, self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if "email" in cleaned and not cleaned["email"] and not cleaned.get("postal_address", "").strip():
            self.add_error(
                "email",
                ValidationError(
                    _("Give an e-mail address or a postal address: without one we cannot answer you."),
                    code="no_address",
                ),
            )
        if cleaned.get("conduct") == self.INTERMEDIARY and not cleaned.get("intermediary", "").strip():
            self.add_error(
                "intermediary", ValidationError(_("Say which agency or intermediary."), code="no_intermediary")
            )
        return cleaned

    def statement(self, signed_in: Customer | None = None) -> Statement:
        """What was stated, and by which customer, if any: the one who signed in, or the one whose tax code and e-mail
        address or phone were both given.

        Somebody who signed in and complains for another person gives another name or tax code: the complaint is then
        not linked to the one who signed in.
        """
        given = self.cleaned_data
        known = known_of(signed_in)
        own = bool(known) and all(given[name] == value for name, value in known.items())
        customer = signed_in if own else known_customer(given["tax_code"], given["email"], given["phone"])
        about_conduct = given["conduct"] == self.INTERMEDIARY
        return Statement(
            complainant_name=given["complainant_name"],
            complainant_kind=given["complainant_kind"],
            proposer_kind=given["proposer_kind"],
            subject=given["subject"],
            text=given["text"],
            received_on=timezone.localdate(),
            address=given["email"] or given["postal_address"],
            language=get_language() or "it",
            phone=given["phone"],
            tax_code=given["tax_code"],
            reference=given["reference"],
            intermediary_stated=given["intermediary"] if about_conduct else "",
            about_conduct=about_conduct,
            customer=customer,
            province=customer.province if customer else "",
        )


class ComplaintForm(ComplaintFields, GuardedForm):
    """A complaint on its page."""


class AdditionFields(WithFiles):
    """What a complainant adds: words, files, or both, on a page or by a program."""

    field_order = ("text", "files")

    text = forms.CharField(
        label=gettext_lazy("What you want to add"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AdditionForm(AdditionFields, GuardedForm):
    """What a complainant adds, on its page."""


def known_of(customer: Customer | None) -> dict[str, str]:
    """What the form knows already of a customer who has signed in."""
    if customer is None:
        return {}
    return {
        "complainant_name": customer.company_name or f"{customer.first_name} {customer.last_name}".strip(),
        "tax_code": customer.tax_code or customer.vat_number,
    }


def known_customer(tax_code: str, *values: str) -> Customer | None:
    """The customer with the tax code who is reached at one of the values; a tax code alone proves nothing."""
    points = ContactPoint.objects.filter(value__in=[value for value in values if value])
    if not tax_code or not any(values):
        return None
    return Customer.objects.filter(tax_code=tax_code, pk__in=points.values("customer")).first()


# --- The back office: registering -----------------------------------------------------------------------------------
class _Day(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class _AsksAboutFarBack(forms.Form):
    """Asks again about a day of receipt so long ago that it is probably a slip of the pen."""

    far_back_is_right = forms.BooleanField(
        label=gettext_lazy("The day of receipt is right, though it is more than a year ago"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["far_back_is_right"] = self.fields.pop("far_back_is_right")  # the last one, where it is asked

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        stated = [name for name in self.changed_data if isinstance(self.fields[name], _Day) and cleaned.get(name)]
        far = [name for name in stated if is_far_back(cleaned[name], timezone.localdate())]
        if far:
            self.fields["far_back_is_right"].widget = forms.CheckboxInput()
        if not cleaned.get("far_back_is_right"):
            problem = _("This is more than a year ago. If the day is right, say so below and send the page again.")
            for name in far:
                self.add_error(name, ValidationError(problem, code="far_back"))
        return cleaned


class _EntryForm(_AsksAboutFarBack):
    """The fields of an entry of the register, but for the day on which the complaint was received."""

    complainant_name = forms.CharField(label=gettext_lazy("Complainant"), max_length=200)
    complainant_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of complainant"), choices=Complaint.Complainant.choices
    )
    proposer_kind = forms.ChoiceField(label=gettext_lazy("Proposed by"), choices=Complaint.Proposer.choices)
    address = forms.CharField(
        label=gettext_lazy("Address for the answer"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address or PEC; a postal address if the answer is to go by post."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the answer"),
        choices=Complaint._meta.get_field("language").flatchoices,
        help_text=gettext_lazy("A customer is written to in their own."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("In the complainant's own words."),
    )
    received_by_intermediary_on = _Day(
        label=gettext_lazy("Received by the intermediary on"),
        required=False,
        help_text=gettext_lazy("If the agency had it earlier: the term counts from that day."),
    )
    about_conduct = forms.BooleanField(
        label=gettext_lazy("It is about the conduct of an intermediary"), required=False
    )
    agency = forms.CharField(
        label=gettext_lazy("Code of the agency"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Left empty, it is the customer's own agency, unless another intermediary is named."),
    )
    intermediary_stated = forms.CharField(
        label=gettext_lazy("Another intermediary"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Name and city of a broker, a bank or another intermediary that is no agency of ours."),
    )
    intermediary_address = forms.CharField(
        label=gettext_lazy("Its address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address or PEC; a postal address if it is to be written to by post."),
    )
    follows = forms.CharField(
        label=gettext_lazy("Earlier complaint on the same matter"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Its number, such as 2026/17."),
    )

    def clean_address(self) -> str:
        address = " ".join(self.cleaned_data["address"].split())
        return normalise_email(address) if "@" in address else address

    def clean_intermediary_address(self) -> str:
        address = " ".join(self.cleaned_data["intermediary_address"].split())
        return normalise_email(address) if "@" in address and " " not in address else address

    def clean_agency(self) -> Agency | None:
        return _found(Agency.objects.filter(code=self.cleaned_data["agency"].strip()), self.cleaned_data["agency"])

    def clean_follows(self) -> Complaint | None:
        text = self.cleaned_data["follows"].replace(" ", "")
        year, _slash, sequence = (whole_number(part, most_digits=9) for part in text.partition("/"))
        known = Complaint.objects.none()
        if year is not None and sequence is not None:
            known = Complaint.objects.filter(year=year, sequence=sequence)
        return _found(known, text)

    def clean_received_by_intermediary_on(self) -> date | None:
        return not_after_today(self.cleaned_data["received_by_intermediary_on"])


class FromContactForm(_EntryForm):
    """What an officer or an agent states about a contact that is a complaint, and which message is the complaint."""

    received_on = forms.TypedChoiceField(
        label=gettext_lazy("The message that is the complaint"),
        coerce=date.fromisoformat,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The term counts from its day."),
    )

    field_order = ["received_on"]

    def __init__(self, *args: Any, days: Mapping[date, str], **kwargs: Any) -> None:
        """`days` on which the person wrote, each with the words it began with; where there is only one, it is that."""
        super().__init__(*args, **kwargs)
        field = self.fields["received_on"]
        assert isinstance(field, forms.TypedChoiceField), "declared above"
        field.choices = [
            (day.isoformat(), f"{written_day(day)} – {words}" if words else written_day(day))
            for day, words in days.items()
        ]
        if len(days) == 1:
            field.required, field.widget = False, forms.HiddenInput()
            field.empty_value = next(iter(days))  # type: ignore[assignment]  # the stubs allow texts only


class RegisterForm(_EntryForm):
    """A complaint that came on paper, by PEC or by hand."""

    received_on = _Day(label=gettext_lazy("Received by the company on"))
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Customer code or tax code, if they are a customer."),
    )
    policy = forms.CharField(label=gettext_lazy("Policy number"), max_length=30, required=False)
    claim = forms.CharField(label=gettext_lazy("Claim number"), max_length=30, required=False)

    field_order = [
        "received_on",
        "received_by_intermediary_on",
        "complainant_name",
        "complainant_kind",
        "proposer_kind",
        "customer",
        "policy",
        "claim",
        "address",
        "language",
        "subject",
        "text",
        "about_conduct",
        "agency",
        "intermediary_stated",
        "intermediary_address",
        "follows",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = "it"
        self.fields["received_on"].initial = timezone.localdate()

    def clean_received_on(self) -> date:
        return not_after_today(self.cleaned_data["received_on"])

    def clean_customer(self) -> Customer | None:
        text = self.cleaned_data["customer"].strip()
        known = Customer.objects.filter(code=text) | Customer.objects.filter(tax_code=text.upper()).exclude(
            tax_code=""
        )
        return _found(known, text)

    def clean_policy(self) -> Policy | None:
        text = self.cleaned_data["policy"].strip()
        return _found(Policy.objects.filter(number=text), text)

    def clean_claim(self) -> Claim | None:
        text = self.cleaned_data["claim"].strip()
        return _found(Claim.objects.filter(number=text), text)


DayT = TypeVar("DayT", bound="date | None")
RowT = TypeVar("RowT", bound=Model)


def not_after_today(day: DayT) -> DayT:
    """The day; ValidationError when it is still to come."""
    if day is not None and day > timezone.localdate():
        raise ValidationError(_("That day is still to come."), code="in_the_future")
    return day


def _found(rows: QuerySet[RowT], text: str) -> RowT | None:
    """The one row that the text names, None for no text; ValidationError when there is none."""
    if not text.strip():
        return None
    if (row := rows.first()) is None:
        raise ValidationError(_("There is none with “%(value)s”."), code="unknown", params={"value": text[:40]})
    return row


# --- The back office: working on it ---------------------------------------------------------------------------------
class AssignForm(forms.Form):
    handler = forms.ModelChoiceField(officers(), label=gettext_lazy("Handler"))


class TakeOverForm(forms.Form):
    """The rows that were found by what was stated: the officer chooses those that the complaint is about."""

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"] = forms.MultipleChoiceField(
            label=gettext_lazy("What we found"), widget=forms.CheckboxSelectMultiple, choices=choices
        )


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is asked of the intermediary"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("It goes to the intermediary as written here, with the text of the complaint."),
    )


class CorrectReceiptForm(_AsksAboutFarBack):
    received_on = _Day(label=gettext_lazy("Received by the company on"))
    received_by_intermediary_on = _Day(
        label=gettext_lazy("Received by the intermediary on"),
        required=False,
        help_text=gettext_lazy("If the agency had it earlier: the term counts from that day."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the day is another"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What shows it: the postmark, the agency's stamp, the receipt of the PEC."),
    )


class ParticularsForm(forms.Form):
    """Name, address, phone and subject, and the reason for the correction."""

    complainant_name = forms.CharField(label=gettext_lazy("Complainant"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Address for the answer"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An e-mail address or PEC; a postal address if the answer is to go by post."),
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    reason = forms.CharField(
        label=gettext_lazy("Why it is another"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It remains in the history, with what was there before."),
    )

    def clean_address(self) -> str:
        address = " ".join(self.cleaned_data["address"].split())
        return normalise_email(address) if "@" in address and " " not in address else address

    def clean_phone(self) -> str:
        return _optional(normalise_phone, self.cleaned_data["phone"])


class PostingForm(forms.Form):
    """The day on which the printed letter was posted, and how."""

    posted_on = _Day(label=gettext_lazy("Posted on"))
    post = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[each for each in LetterSending.Post.choices if each[0]]
    )
    tracking = forms.CharField(label=gettext_lazy("Number of the registered letter"), max_length=60, required=False)

    def clean_posted_on(self) -> date:
        return not_after_today(self.cleaned_data["posted_on"])


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is not a complaint"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A test, a double of another number, a question, advertising …"),
    )


class ReinstateForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is a complaint after all"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class _SometimesNeeded(forms.CharField):
    """A text that some values of another field make obligatory: it is not called optional."""

    needed_sometimes = True


class AnswerForm(forms.Form):
    """The answer; its reasons are obligatory where the outcome needs them."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[each for each in Complaint.Outcome.choices if each[0]],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("In plain words. An empty line begins a new paragraph."),
    )
    reasons = _SometimesNeeded(
        label=gettext_lazy("Reasons"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Obligatory unless the complaint is upheld in full."),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("outcome") in NEED_REASONS and not cleaned.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", ValidationError(NO_REASONS, code="no_reasons"))
        return cleaned


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("How and when the complainant withdrew it"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )


class ForwardForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("A word to the intermediary"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


REGISTER_FILES = [
    ("xlsx", gettext_lazy("spreadsheet (XLSX)")),
    ("csv-excel", gettext_lazy("CSV for Excel (semicolons, decimal commas)")),
    ("csv", gettext_lazy("CSV for programs (commas, decimal points)")),
]


class RegisterFileForm(forms.Form):
    year = forms.ModelChoiceField(RegisterYear.objects.order_by("-year"), label=gettext_lazy("Year"), empty_label=None)
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=REGISTER_FILES)


class HandleFeedbackForm(forms.Form):
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=Feedback.Theme.choices, required=False)
