"""Forms: the public one, and those of the commands of the back office. They read and check; commands decide."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from complaints.by_number import LONGEST as LONGEST_NUMBER
from complaints.by_number import complaint_numbered
from complaints.codes.forms import CodeChoice
from complaints.documents.forms import MANDATE_FILES, OriginalsField
from complaints.documents.mail import ReadMail
from complaints.models import Complaint, LetterSending, Representation
from complaints.models.code import CodeList
from complaints.models.complaint import DOUBLE
from complaints.register import years_of_register
from complaints.representation.entering import INTERESTED, Represented
from complaints.services import Statement
from complaints.services.answering import NEED_REASONS, NO_REASONS
from complaints.services.handling import officers
from complaints.terms import is_far_back
from contact_center.requests.forms import WithFiles
from customers.models import Agency, Claim, ContactPoint, Customer, Policy
from customers.validators import normalise_email, normalise_phone, normalise_tax_code
from foundation.dates import written_day
from foundation.files.accepted import CheckedFile
from foundation.form_fields import ChooseAgain, DayField, FilesField, LineField
from foundation.form_guard import GuardedForm
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
    complainant_kind = CodeChoice(CodeList.COMPLAINANT, label=gettext_lazy("You are"))
    proposer_kind = CodeChoice(
        CodeList.PROPOSER,
        label=gettext_lazy("You write as"),
        help_text=gettext_lazy("“Interested party” if you write for yourself."),
    )
    tax_code = forms.CharField(label=gettext_lazy("Tax code"), max_length=30, required=False)
    represented_name = forms.CharField(
        label=gettext_lazy("Name of the person you write for"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only if you do not write for yourself. You get our letters."),
    )
    represented_tax_code = forms.CharField(label=gettext_lazy("Their tax code"), max_length=30, required=False)
    relation = forms.ChoiceField(
        label=gettext_lazy("They are your"),
        choices=[("", "–"), *Representation.Relation.choices],
        required=False,
    )
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

    def about_another(self) -> list[forms.BoundField]:
        """The fields of whoever writes for somebody else."""
        names = ("represented_name", "represented_tax_code", "relation", "mandate")
        return [self[name] for name in names if name in self.fields]

    def where_to_answer(self) -> list[forms.BoundField]:
        """The fields of its second part."""
        return [self[name] for name in ("email", "postal_address", "phone")]

    def about_the_matter(self) -> list[forms.BoundField]:
        """The fields of its third part."""
        names = ("conduct", "intermediary", "reference", "subject", "text", "files")
        return [self[name] for name in names if name in self.fields]

    def clean_tax_code(self) -> str:
        return _optional(normalise_tax_code, self.cleaned_data["tax_code"])

    def clean_represented_tax_code(self) -> str:
        return _optional(normalise_tax_code, self.cleaned_data["represented_tax_code"])

    def clean_email(self) -> str:
        return _optional(normalise_email, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _optional(normalise_phone, self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if self._for_another() and not cleaned.get("represented_name", "").strip():
            self.add_error(
                "represented_name",
                ValidationError(
                    _("Say for whom you write. If you write for yourself, choose “interested party” above."),
                    code="nobody_represented",
                ),
            )
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

    def _for_another(self) -> bool:
        return self.cleaned_data.get("proposer_kind", INTERESTED) != INTERESTED

    def represented(self) -> Represented | None:
        """For whom it is written, where that is somebody else."""
        return represented_in(self.cleaned_data) if self._for_another() else None

    def statement(self, signed_in: Customer | None = None, *, received_by: str = "site") -> Statement:
        """What was stated, by which way (a code of the channels), and by which customer, if any: the one who signed in, or
        the one whose tax code and e-mail address or phone were both given.

        Somebody who signed in and complains for another person gives another name or tax code, or writes as a lawyer or
        an association: the complaint is then linked to nobody, and an officer says whose contract it is about.
        """
        given = self.cleaned_data
        known = known_of(signed_in)
        own = bool(known) and all(given[name] == value for name, value in known.items())
        customer = signed_in if own else known_customer(given["tax_code"], given["email"], given["phone"])
        if self._for_another():
            customer = None
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
            received_by=received_by,
        )


class ComplaintForm(ComplaintFields, WithFiles, GuardedForm):
    """A complaint on its page, with its documents and, of whoever writes for somebody else, the mandate."""

    mandate = FilesField(
        limits=MANDATE_FILES,
        required=False,
        label=gettext_lazy("Mandate"),
        help_text=gettext_lazy(
            "The document by which they let you act. If you do not have it at hand, send it later on the page of your "
            "complaint."
        ),
    )

    def mandate_files(self) -> list[CheckedFile]:
        """The mandate of whoever writes for somebody else."""
        return self.cleaned_data["mandate"] if self.represented() else []

    def documents(self) -> list[CheckedFile]:
        """The other files; what somebody who writes for themselves sent as a mandate is among them."""
        given = self.cleaned_data
        return given["files"] if self.represented() else [*given["files"], *given["mandate"]]


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
        stated = [name for name in self.changed_data if isinstance(self.fields[name], DayField) and cleaned.get(name)]
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
    complainant_kind = CodeChoice(CodeList.COMPLAINANT, label=gettext_lazy("Kind of complainant"))
    proposer_kind = CodeChoice(CodeList.PROPOSER, label=gettext_lazy("Proposed by"))
    dated_on = DayField(
        label=gettext_lazy("Dated"),
        required=False,
        help_text=gettext_lazy("The day that the complainant wrote on it, if any."),
    )
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
    received_by_intermediary_on = DayField(
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
        max_length=LONGEST_NUMBER,
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
        return complaint_numbered(self.cleaned_data["follows"])

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


# What the mail that came says, where nobody typed it
FROM_MAIL = ("received_on", "received_by", "complainant_name", "subject", "text")


class RegisterForm(ChooseAgain, _EntryForm):
    """A complaint that came on paper, by PEC or by hand, with what came: the mail itself, or a picture of the letter.

    What is left empty is taken from the mail: day and way of receipt from its envelope, writer, subject and words from
    inside it. What somebody typed always counts.
    """

    originals = OriginalsField(
        label=gettext_lazy("What came"),
        required=False,
        help_text=gettext_lazy(
            "The mail or PEC as a file (.eml), or the scanned letter, with its enclosures. From a mail we take the day, the "
            "way, the writer, the subject and the text that you leave empty here."
        ),
    )
    received_on = DayField(
        label=gettext_lazy("Received by the company on"),
        required=False,
        help_text=gettext_lazy("Left empty, the day of the PEC's envelope, or on which the mail came."),
    )
    received_by = CodeChoice(CodeList.CHANNEL, label=gettext_lazy("By way of"), empty=True)
    represented_name = forms.CharField(
        label=gettext_lazy("Represented person"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("If a lawyer, an association or somebody else complains for them."),
    )
    represented_tax_code = forms.CharField(
        label=gettext_lazy("Tax code of the represented person"), max_length=30, required=False
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation"), choices=[("", "–"), *Representation.Relation.choices], required=False
    )
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Customer code or tax code, if they are a customer."),
    )
    policy = forms.CharField(label=gettext_lazy("Policy number"), max_length=30, required=False)
    claim = forms.CharField(label=gettext_lazy("Claim number"), max_length=30, required=False)

    field_order = [
        "originals",
        "received_on",
        "received_by",
        "received_by_intermediary_on",
        "dated_on",
        "complainant_name",
        "complainant_kind",
        "proposer_kind",
        "represented_name",
        "represented_tax_code",
        "relation",
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
        for name in FROM_MAIL:
            self.fields[name].required = False
            self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]  # read by the template of a field

    def clean_received_on(self) -> date | None:
        return not_after_today(self.cleaned_data["received_on"])

    def clean_represented_tax_code(self) -> str:
        return _optional(normalise_tax_code, self.cleaned_data["represented_tax_code"])

    def clean(self) -> dict[str, Any]:
        self._take_from_mail()
        cleaned = super().clean()
        for name in FROM_MAIL:
            if not cleaned.get(name) and name not in self.errors:
                label = self.fields[name].label
                self.add_error(
                    name,
                    ValidationError(
                        _("Fill in “%(label)s”, or add the mail that says it."),
                        code="required",
                        params={"label": label},
                    ),
                )
        if cleaned.get("proposer_kind") == INTERESTED and cleaned.get("represented_name"):
            self.add_error(
                "proposer_kind",
                ValidationError(_("Say as what the writer represents them."), code="nobody_represents"),
            )
        return cleaned

    def _take_from_mail(self) -> None:
        """Fill what was left empty with what the first readable mail says."""
        mail = next((each for each in self.mails() if each.is_readable), None)
        if mail is None:
            return
        cleaned = self.cleaned_data
        reached = timezone.localdate(mail.reached_at) if mail.reached_at else None
        says = {
            "received_on": reached if reached and reached <= timezone.localdate() else None,
            "received_by": mail.way,
            "complainant_name": mail.sender_name or mail.sender,
            "address": mail.sender,
            "subject": mail.subject[:250],
            "text": mail.text[:LONGEST_TEXT],
        }
        for name, value in says.items():
            if value and name not in self.errors and not cleaned.get(name):
                cleaned[name] = value

    def mails(self) -> list[ReadMail]:
        """The mails among what came, as they are read."""
        return self.cleaned_data["originals"].mails if "originals" in self.cleaned_data else []

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


def represented_in(given: Mapping[str, Any]) -> Represented | None:
    """For whom a complaint is made, where the form of an entry says so."""
    if not given.get("represented_name"):
        return None
    return Represented(
        name=given["represented_name"],
        tax_code=given["represented_tax_code"],
        relation=given["relation"] or Representation.Relation.CLIENT,
    )


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

    def __init__(self, *args: Any, but: Collection[int] = (), **kwargs: Any) -> None:
        """`but`: the ids of people who handled the matter, and do not examine it."""
        super().__init__(*args, **kwargs)
        field = self.fields["handler"]
        assert isinstance(field, forms.ModelChoiceField), "declared above"
        field.queryset = officers().exclude(pk__in=but)
        if but:
            field.help_text = _("Whoever handled the matter that is complained of is not among them.")


class TakeOverForm(forms.Form):
    """The rows that were found by what was stated: the officer chooses those that the complaint is about."""

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"] = forms.MultipleChoiceField(
            label=gettext_lazy("What we found"), widget=forms.CheckboxSelectMultiple, choices=choices
        )


class CorrectReceiptForm(_AsksAboutFarBack):
    received_on = DayField(label=gettext_lazy("Received by the company on"))
    received_by_intermediary_on = DayField(
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

    posted_on = DayField(label=gettext_lazy("Posted on"))
    post = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[each for each in LetterSending.Post.choices if each[0]]
    )
    tracking = forms.CharField(label=gettext_lazy("Number of the registered letter"), max_length=60, required=False)

    def clean_posted_on(self) -> date:
        return not_after_today(self.cleaned_data["posted_on"])


class CancelForm(forms.Form):
    """The cause, the entry of which it is a double, and the words."""

    cause = CodeChoice(
        CodeList.CANCELLED,
        label=gettext_lazy("Cause"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What the sender is informed of follows from it."),
    )
    double_of = forms.CharField(
        label=gettext_lazy("Double of"),
        max_length=LONGEST_NUMBER,
        required=False,
        help_text=gettext_lazy("The number of the entry under which it is treated, such as 2026/17."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is not a complaint of its own"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It remains in the register; the sender does not read it."),
    )

    def clean_double_of(self) -> Complaint | None:
        return complaint_numbered(self.cleaned_data["double_of"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("cause") == DOUBLE and "double_of" not in self.errors and not cleaned.get("double_of"):
            self.add_error("double_of", ValidationError(_("Say of which entry it is a double."), code="no_double"))
        return cleaned


class ReinstateForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is a complaint after all"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class _SometimesNeeded(forms.CharField):
    """A text that some values of another field make obligatory: it is not called optional."""

    needed_sometimes = True


def _offer_ways(form: forms.Form, ways: Sequence[tuple[str, str]]) -> None:
    """Offer the ways by which a letter could go, the first of them chosen; where there is one, there is nothing to choose."""
    if len(ways) < 2:
        del form.fields["way"]
        return
    field = form.fields["way"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(ways)
    field.initial = ways[0][0]


class SendAgainForm(forms.Form):
    """Where the kept letter goes now, and how."""

    address = LineField(
        label=gettext_lazy("Address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy(
            "Another one is entered as the address for the answer: an e-mail address (PEC or other), or else a postal address. Empty: the present one"
        ),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Goes out"),
        required=False,
        help_text=gettext_lazy("Only where the address is one for it"),
    )

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = [("", _("as the address says")), *ways]


class AnswerForm(forms.Form):
    """The answer; its reasons are obligatory where the outcome needs them."""

    outcome = CodeChoice(CodeList.OUTCOME, label=gettext_lazy("Outcome"), widget=forms.RadioSelect)
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
    way = forms.ChoiceField(label=gettext_lazy("Goes out"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_ways(self, ways)

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


REGISTER_FILES = [
    ("xlsx", gettext_lazy("spreadsheet (XLSX)")),
    ("csv-excel", gettext_lazy("CSV for Excel (semicolons, decimal commas)")),
    ("csv", gettext_lazy("CSV for programs (commas, decimal points)")),
]


class RegisterFileForm(forms.Form):
    year = forms.TypedChoiceField(
        choices=lambda: [(year, str(year)) for year in years_of_register()], coerce=int, label=gettext_lazy("Year")
    )
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=REGISTER_FILES)
