"""The pages of enrolment: ask for a place in the reserved area, and take it by the link in the e-mail."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from customers.acting import ACTING_FOR
from customers.models import Enrolment, User
from customers.validators import normalise_email, normalise_tax_code
from foundation.form_guard import GuardedForm, allowed
from foundation.refusals import Refused
from notifications.enrolment import (
    ask_to_enrol,
    enrol,
    enrol_with_sign_in,
    enrolment_by_link,
    masked,
    signs_in_already,
)

TERMS_VERSION = "2026-01"  # of templates/reserved_area/terms.html; a new wording is a new version
PER_ADDRESS, HOUR = 10, 3600
TOO_MANY = 429


class AskFields(forms.Form):
    """The three things that are compared."""

    tax_code = forms.CharField(
        label=gettext_lazy("Tax code, or VAT number of a company"),
        max_length=40,
        help_text=gettext_lazy("16 letters and digits, or 11 digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    policy_number = forms.CharField(
        label=gettext_lazy("Number of one of your policies"),
        max_length=30,
        help_text=gettext_lazy("At the top of the policy, and in each of our letters about it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address that you gave us"),
        max_length=254,
        help_text=gettext_lazy("We write there only, and you will sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_tax_code(self) -> str:
        return normalise_tax_code(self.cleaned_data["tax_code"].strip().upper().removeprefix("IT"))

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


class AskForm(AskFields, GuardedForm):
    """The same on a page."""

    field_order = ("tax_code", "policy_number", "email")


class PasswordForm(forms.Form):
    """A password, twice, and the terms."""

    username = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "username"}))
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    terms = forms.BooleanField(label=gettext_lazy("I have read the terms of the reserved area and accept them."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """`user` is the one to be made, whose name and address the password must not be."""
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["username"].initial = user.email

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self._user)
        return self.cleaned_data["password1"]

    def clean_password2(self) -> str:
        again = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and again != self.cleaned_data["password1"]:
            raise forms.ValidationError(_("The two passwords are not the same: write it again."), code="not_the_same")
        return again


class TermsForm(forms.Form):
    """The terms, where there is a sign-in already."""

    terms = forms.BooleanField(label=gettext_lazy("I have read the terms of the reserved area and accept them."))


@never_cache
def ask_view(request: HttpRequest) -> HttpResponse:
    """The form. Whatever is typed, the answer is the same page: only the mailbox learns more."""
    if request.user.is_authenticated:
        return redirect("after_sign_in")
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.is_trapped:
            return redirect("enrolment_sent")
        if not within_limits(request, form.cleaned_data):
            form.add_error(None, _("Too many attempts: wait an hour, or call one of the toll-free numbers."))
            return render(request, "reserved_area/enrolment.html", {"form": form}, status=TOO_MANY)
        ask_to_enrol(
            tax_code=form.cleaned_data["tax_code"],
            policy_number=form.cleaned_data["policy_number"],
            email=form.cleaned_data["email"],
            language=get_language() or "it",
            submission_key=form.cleaned_data["submission_key"],
        )
        return redirect("enrolment_sent")
    return render(request, "reserved_area/enrolment.html", {"form": form})


def within_limits(request: HttpRequest, typed: dict[str, Any]) -> bool:
    """Attempts count by network address, tax code and e-mail address, whether they match a customer or not."""
    return (
        allowed(request, "enrolment", PER_ADDRESS, HOUR)
        and ratelimit.consume(request, action="enrol_code", key=typed["tax_code"])
        and ratelimit.consume(request, action="enrol_mailbox", key=typed["email"])
    )


@require_safe
def sent_view(request: HttpRequest) -> HttpResponse:
    """What everybody reads after asking."""
    return render(request, "reserved_area/enrolment_sent.html")


@require_safe
def terms_view(request: HttpRequest) -> HttpResponse:
    """The terms of the reserved area."""
    return render(request, "reserved_area/terms.html", {"version": TERMS_VERSION})


@sensitive_post_parameters("password1", "password2")
@never_cache
def finish_view(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password and accept the terms, which signs the person in. A link that was used leads to the sign-in."""
    try:
        enrolment = enrolment_by_link(secret)
    except Refused as refusal:
        return render(request, "reserved_area/enrolment_over.html", {"refusal": refusal}, status=410)
    if enrolment.used_at is not None:
        messages.info(request, _("You are enrolled: sign in with your e-mail address and the password you chose."))
        return redirect("account_login")
    if signs_in_already(enrolment):
        return _add_to_sign_in(request, enrolment)
    form = PasswordForm(request.POST or None, user=user_of(enrolment))
    if request.method == "POST" and form.is_valid():
        try:
            enrolled = enrol(enrolment, password=form.cleaned_data["password1"], terms_version=TERMS_VERSION)
        except Refused as refusal:
            messages.info(request, str(refusal))
            return redirect("account_login")
        if not enrolled.is_new:
            messages.info(request, _("You are enrolled: sign in with your e-mail address and the password you chose."))
            return redirect("account_login")
        messages.success(request, _("Welcome: your reserved area is open."))
        return perform_login(request, enrolled.account.user, email_verification="none")
    return render(
        request,
        "reserved_area/enrolment_finish.html",
        {"form": form, "enrolment": enrolment, "terms_version": TERMS_VERSION},
    )


def user_of(enrolment: Enrolment) -> User:
    """The user that the link would make, not stored."""
    customer = enrolment.customer
    assert customer is not None, "an enrolment with a link has one (enrolment_link_has_customer_digest_and_end)"
    last_name = customer.last_name or customer.company_name
    return User(email=enrolment.email, first_name=customer.first_name, last_name=last_name)


def _add_to_sign_in(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The address signs in already: its owner accepts the terms, and acts for one customer more."""
    customer = enrolment.customer
    assert customer is not None, "an enrolment with a link has one (enrolment_link_has_customer_digest_and_end)"
    page: dict[str, Any] = {
        "customer": customer,
        "sent_to": masked(enrolment.email),
        "is_theirs": request.user.is_authenticated and request.user.email == enrolment.email,
        "terms_version": TERMS_VERSION,
    }
    form = TermsForm(request.POST or None)
    if request.method == "POST" and page["is_theirs"] and form.is_valid():
        assert request.user.is_authenticated, "the page is theirs"
        try:
            enrolled = enrol_with_sign_in(enrolment, by=request.user, terms_version=TERMS_VERSION)
        except Refused as refusal:
            messages.info(request, str(refusal))
            return redirect("after_sign_in")
        request.session[ACTING_FOR] = enrolled.account.pk
        messages.success(request, _("You now act for %(name)s.") % {"name": customer.letter_name})
        return redirect("reserved_area")
    return render(request, "reserved_area/one_more.html", {**page, "form": form})
