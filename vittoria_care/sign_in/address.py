"""The links of a change of sign-in address: the one that proves the new address, and the one that undoes the change."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contact_center.contacts.reports import report_about
from customers.models import SignInAddressChange
from foundation.refusals import Refused
from notifications.enrolment import masked
from notifications.sign_in_address import change_by_link, change_to_undo, confirm_by_link, put_address_back

LOOKED = ("GET", "HEAD", "POST")
GONE = 410


@transaction.atomic
def undo_address_change(secret: str) -> SignInAddressChange:
    """Put the old address back and shut everybody out: sessions, the password, and each way in that was added since.

    The desk gets it as a contact, because somebody may have been inside. A second time changes nothing. Refused for a link
    that is not ours or whose days are over, and where somebody else signs in with the old address by now.
    """
    change = change_to_undo(secret)
    if not put_address_back(change):
        return change
    Authenticator.objects.filter(user=change.user, created_at__gte=change.created_at).delete()
    SocialAccount.objects.filter(user=change.user, date_joined__gte=change.created_at).delete()
    with override("it"):  # for the people who work it
        report_about(
            change.customer,
            subject=_("The sign-in address was put back: somebody else may have been inside"),
            text=_(
                "From the earlier address (%(old)s) the customer undid the change to %(new)s. Everybody was signed out, the "
                "password was taken away, and so was each way to sign in that was added since. Call the customer at a "
                "number that we had before, and look with them at what was asked for and changed meanwhile."
            )
            % {"old": change.old, "new": masked(change.new)},
            address=change.old,
            key=change.key,
        )
    return change


@never_cache
@require_http_methods(LOOKED)
def confirm_view(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm an address that the desk was asked for: the page asks, the button does, so that no mail scanner confirms."""
    try:
        change = confirm_by_link(secret) if request.method == "POST" else change_by_link(secret)
    except Refused as refusal:
        return render(request, "account/address_refused.html", {"refusal": refusal}, status=GONE)
    return render(request, "account/address_confirm.html", {"change": change})


@never_cache
@require_http_methods(LOOKED)
def undo_view(request: HttpRequest, secret: str) -> HttpResponse:
    """Put the old address back: the page asks, the button does."""
    try:
        change = undo_address_change(secret) if request.method == "POST" else change_to_undo(secret)
    except Refused as refusal:
        return render(request, "account/address_refused.html", {"refusal": refusal}, status=GONE)
    change.refresh_from_db()
    return render(request, "account/address_undo.html", {"change": change, "new": masked(change.new)})
