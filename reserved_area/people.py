"""The reserved area's room about the people of a customer: who acts for it, who is invited, what each may do."""

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.acting import ACTING_FOR
from customers.models import Customer, Invitation, ReservedAreaAccount, User
from customers.models.account import OF_THE_COMPANY, Capacity, Right
from customers.people.commands import invitation_by_link
from customers.people.forms import InvitationForm, RightsForm
from customers.people.rules import in_words, may_be_ended_by_the_customer
from customers.requests import CustomerRequest
from foundation.form_fields import LineField
from foundation.refusals import Refused
from notifications import people
from notifications.enrolment import masked
from reserved_area.enrolment import TERMS_VERSION, PasswordForm, TermsForm
from reserved_area.records import customer_page, one_page

CONFLICT, UNPROCESSABLE = 409, 422
LOOKED = ("GET", "HEAD", "POST")
MOST_INVITED = 50  # open invitations: more than a company sends in a week


# --- Who is in ------------------------------------------------------------------------------------------------------
@customer_page(right=Right.PEOPLE)
@require_safe
def people_view(request: CustomerRequest) -> HttpResponse:
    """Who acts for the customer, what each may do and when they last came; and who is invited."""
    rows = ReservedAreaAccount.objects.not_closed().filter(customer=request.customer).select_related("user")
    accounts, pages = one_page(request, rows.order_by("user__last_name", "user__email", "pk"))
    today = timezone.localdate()
    sent = Invitation.objects.filter(customer=request.customer, state=Invitation.State.SENT)
    return render(
        request,
        "reserved_area/people.html",
        {
            "people": [(each, in_words(each.rights, each.capacity), each.is_open_on(today)) for each in accounts],
            "page": pages,
            "invitations": [
                (each, in_words(each.rights, Capacity.MEMBER), each.expires_at <= timezone.now())
                for each in sent.select_related("invited_by").order_by("-created_at", "-pk")[:MOST_INVITED]
            ],
            "is_company": request.customer.kind == Customer.Kind.COMPANY,
        },
    )


@customer_page(right=Right.PEOPLE)
@require_http_methods(LOOKED)
def person_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One person: what they may do, to be changed; and the end of their access."""
    account = _of_customer(request, pk)
    form = RightsForm(request.POST or None, initial={"rights": account.rights})
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        form = RightsForm(request.POST)
        if form.is_valid():
            try:
                people.change_rights(account, rights=form.cleaned_data["rights"], by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = CONFLICT
            else:
                messages.success(request, _("The permissions are as you chose them. We have written to the person."))
                return redirect("portal_people")
    return _person_page(request, account, form, status=status)


@customer_page(right=Right.PEOPLE)
@require_POST
def end_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """End a person's access at once."""
    account = _of_customer(request, pk)
    try:
        people.end_access(account, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _person_page(request, account, RightsForm(initial={"rights": account.rights}), status=CONFLICT)
    messages.success(request, _("The access of %(person)s has ended.") % {"person": account.user})
    if account.user_id == request.user.pk:
        request.session.pop(ACTING_FOR, None)
        return redirect("reserved_area")
    return redirect("portal_people")


def _of_customer(request: CustomerRequest, pk: int) -> ReservedAreaAccount:
    rows = ReservedAreaAccount.objects.not_closed().filter(customer=request.customer)
    return get_object_or_404(rows.select_related("user", "customer", "given_by"), pk=pk)


def _person_page(
    request: CustomerRequest, account: ReservedAreaAccount, form: RightsForm, *, status: int
) -> HttpResponse:
    return render(
        request,
        "reserved_area/person.html",
        {
            "account": account,
            "rights": in_words(account.rights, account.capacity),
            "form": form if account.capacity in OF_THE_COMPANY else None,
            "may_be_ended": may_be_ended_by_the_customer(account.capacity),
            "is_me": account.user_id == request.user.pk,
        },
        status=status,
    )


# --- Inviting -------------------------------------------------------------------------------------------------------
@customer_page(right=Right.PEOPLE)
@require_http_methods(LOOKED)
def invite_view(request: CustomerRequest) -> HttpResponse:
    """Invite somebody to act for the company."""
    form = InvitationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        form = InvitationForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                people.invite(
                    request.customer,
                    email=typed["email"],
                    rights=typed["rights"],
                    submission_key=typed["submission_key"],
                    by=request.user,
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
                status = CONFLICT
            else:
                messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": typed["email"]})
                return redirect("portal_people")
    return render(request, "reserved_area/people_invite.html", {"form": form}, status=status)


@customer_page(right=Right.PEOPLE)
@require_POST
def withdraw_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Take back an invitation that nobody has accepted yet."""
    rows = Invitation.objects.select_related("customer").filter(customer=request.customer)
    invitation = get_object_or_404(rows, pk=pk)
    try:
        people.withdraw_invitation(invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is taken back: its link opens nothing any more."))
    return redirect("portal_people")


# --- Accepting ------------------------------------------------------------------------------------------------------
class JoinForm(PasswordForm):
    """Who the person is, a password and the terms, for somebody who has no sign-in yet."""

    first_name = LineField(
        label=gettext_lazy("First name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = LineField(
        label=gettext_lazy("Last name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )

    field_order = ("first_name", "last_name", "username", "password1", "password2", "terms")


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(LOOKED)
def join_view(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: by signing in where the address has a sign-in, else by choosing a password."""
    try:
        invitation = invitation_by_link(secret)
    except Refused as refusal:
        return render(request, "reserved_area/invitation_over.html", {"refusal": refusal}, status=410)
    if invitation.state == Invitation.State.ACCEPTED:
        messages.info(request, _("This invitation was accepted already: sign in to act for the company."))
        return redirect("after_sign_in")
    if User.objects.filter(email=invitation.email).exists():
        return _accept_signed_in(request, invitation)
    page = {**_page_of(invitation), "email": invitation.email}
    form = JoinForm(request.POST or None, user=User(email=invitation.email))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            accepted = people.join_with_password(
                invitation,
                first_name=typed["first_name"],
                last_name=typed["last_name"],
                password=typed["password1"],
                terms_version=TERMS_VERSION,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return render(request, "reserved_area/join.html", {**page, "form": form}, status=CONFLICT)
        messages.success(request, _("You now act for %(name)s.") % {"name": invitation.customer.letter_name})
        return perform_login(request, accepted.account.user, email_verification="none")
    return render(request, "reserved_area/join.html", {**page, "form": form})


def _accept_signed_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    is_theirs = request.user.is_authenticated and request.user.email == invitation.email
    form = TermsForm(request.POST or None)
    if request.method == "POST" and is_theirs and form.is_valid():
        assert request.user.is_authenticated, "the page is theirs"
        try:
            accepted = people.accept_invitation(invitation, by=request.user, terms_version=TERMS_VERSION)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("after_sign_in")
        request.session[ACTING_FOR] = accepted.account.pk
        messages.success(request, _("You now act for %(name)s.") % {"name": invitation.customer.letter_name})
        return redirect("reserved_area")
    page = {**_page_of(invitation), "is_theirs": is_theirs, "form": form}
    return render(request, "reserved_area/one_more.html", page)


def _page_of(invitation: Invitation) -> dict[str, Any]:
    return {
        "customer": invitation.customer,
        "sent_to": masked(invitation.email),
        "who": str(invitation.invited_by),
        "rights": in_words(invitation.rights, Capacity.MEMBER),
        "terms_version": TERMS_VERSION,
    }
