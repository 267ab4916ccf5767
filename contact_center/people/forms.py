"""The forms of a card: what is known of somebody who is no customer, and which customer they have become."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.contacts.wrap_up_forms import field_of
from contact_center.models import Contact, KnownPerson
from contact_center.models.known_person import LONGEST_NAME, LONGEST_TIE
from contact_center.people.commands import FACTS, Facts
from customers.models import Claim, Customer, User
from customers.validators import normalise_email, normalise_phone
from foundation.form_fields import LineField
from foundation.text import CleanedForm


class CardForm(CleanedForm, forms.Form):
    """What a card says. `user` is the person who writes it: only claims and customers within their reach may be named."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Write the name: ask who is calling.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = LineField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("In any form: 333 1234567, +44 20 …"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    email = LineField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    tie = LineField(
        label=gettext_lazy("What they have to do with us"),
        max_length=LONGEST_TIE,
        required=False,
        help_text=gettext_lazy(
            "In a few words: asks for a quote, other party of the accident, daughter of the holder."
        ),
    )
    claim = LineField(
        label=gettext_lazy("Number of the claim"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Where they turn to us because of one."),
    )
    related = LineField(
        label=gettext_lazy("Code of the customer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Whose affair it is about: of a relative, of an insured driver."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=KnownPerson.Language.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_phone(self) -> str:
        """The number in E.164."""
        text: str = self.cleaned_data["phone"]
        return normalise_phone(text) if text else ""

    def clean_email(self) -> str:
        """The address in lower case."""
        text: str = self.cleaned_data["email"]
        return normalise_email(text) if text else ""

    def clean_claim(self) -> Claim | None:
        """The claim of the number."""
        text: str = self.cleaned_data["claim"]
        if not text:
            return None
        found = list(Claim.objects.visible_to(self.user).with_number(text)[:2])
        claim = next((each for each in found if each.number == text.upper()), found[0] if len(found) == 1 else None)
        if claim is None:
            raise ValidationError(
                _("There is no claim “%(number)s”: look at the number once more, or leave it empty."),
                code="no_claim",
                params={"number": text},
            )
        return claim

    def clean_related(self) -> Customer | None:
        """The customer of the code."""
        text: str = self.cleaned_data["related"]
        if not text:
            return None
        customer = Customer.objects.visible_to(self.user).filter(code=text.upper()).first()
        if customer is None:
            raise ValidationError(
                _("There is no customer “%(code)s”: look at the code once more, or leave it empty."),
                code="no_customer",
                params={"code": text},
            )
        return customer

    def clean(self) -> dict[str, Any]:
        """One way to reach them at least."""
        super().clean()
        given = self.cleaned_data
        if "phone" in given and "email" in given and not given["phone"] and not given["email"]:
            self.add_error(
                "phone",
                ValidationError(
                    _("Write a telephone number or an e-mail address: without one nobody is known again."),
                    code="no_address",
                ),
            )
        return given


class CallerForm(CardForm):
    """Who a contact is with: somebody who has a card (`person`, by the button beside it), or a new card."""

    person = forms.ModelChoiceField(
        KnownPerson.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("This card is not found any more: search again.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field_of(self, "person", forms.ModelChoiceField).queryset = KnownPerson.objects.visible_to(user)

    def clean(self) -> dict[str, Any]:
        """Of a card that was chosen nothing else is asked."""
        given = super().clean()
        if given.get("person") is not None:
            for name in [name for name in self.errors if name != "person"]:
                del self.errors[name]
        return given


def facts_of(given: dict[str, Any]) -> Facts:
    """What was written in a form of a card, for the command."""
    return Facts(**{name: given[name] for name in FACTS})


def begun_with(contact: Contact) -> dict[str, Any]:
    """What a contact says already of the person whom it is with."""
    form = getattr(contact, "web_form", None)
    stated = [contact.address, *([form.phone, form.email] if form is not None else [])]
    return {
        "name": contact.stated_name,
        "phone": next((each for each in stated if each and "@" not in each), ""),
        "email": next((each for each in stated if "@" in each), ""),
    }


class JoinForm(CleanedForm, forms.Form):
    """Which customer somebody has become."""

    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Choose the customer."),
            "invalid_choice": gettext_lazy("Choose the customer."),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "customer", forms.ModelChoiceField).queryset = Customer.objects.visible_to(user).not_joined()
