"""Commands: which person of ours an identity is, and the identities that are linked to a sign-in.

A customer is found by their tax code alone, a colleague by an address of the company's domains that the provider has
verified. Nobody is found by anything else, and no provider gives anybody a role.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Customer, User
from customers.validators import normalise_email, normalise_tax_code
from foundation.refusals import Refused
from notifications.enrolment import enrolled_by

from ..mail import mail_about_sign_in
from ..second_factor import is_staff
from .calls import NotTrusted
from .providers import CUSTOMERS, OpenIDProvider

COUNTRY = "TINIT-"  # before an Italian tax code in the attributes of SPID and CIE


@dataclass(frozen=True)
class Identity:
    """A person as a provider vouches for them."""

    provider: OpenIDProvider
    sub: str
    tax_code: str = ""
    email: str = ""  # verified by the provider, or nothing
    has_second_factor: bool = False  # what the provider did stands for ours


class NotEnrolled(Refused):
    """The customer is known, and has no sign-in yet: they can have one, with the identity as proof."""

    code = "not_enrolled"

    def __init__(self, customer: Customer):
        super().__init__(_("You have no sign-in yet."))
        self.customer = customer


@dataclass(frozen=True)
class LinkedIdentity:
    """An identity by which somebody signs in, as a page shows it."""

    pk: int
    name: str
    since: datetime
    last_used: datetime


def identity_in(provider: OpenIDProvider, claims: Mapping[str, Any]) -> Identity:
    """Read the claims; NotTrusted where what identifies the person is missing or no such thing."""
    levels = {claims.get("acr")} | set(claims["amr"] if isinstance(claims.get("amr"), list) else ())
    strong = not provider.second_factor.isdisjoint(each for each in levels if isinstance(each, str))
    is_verified = claims.get(provider.verified_claim) in (True, "true")
    if provider.serves == CUSTOMERS:
        email = claims.get("email") if is_verified else ""
        return Identity(provider, claims["sub"], _tax_code(claims.get(provider.claim)), _address(email), strong)
    email = _address(claims.get(provider.claim))
    if not email:
        raise NotTrusted("no_address")
    if not is_verified:
        raise NotTrusted("address_not_verified")
    return Identity(provider, claims["sub"], email=email, has_second_factor=strong)


def _tax_code(value: object) -> str:
    try:
        return normalise_tax_code(str(value or "").strip().upper().removeprefix(COUNTRY))
    except ValidationError:
        raise NotTrusted("no_tax_code") from None


def _address(value: object) -> str:
    try:
        return normalise_email(value) if isinstance(value, str) and value else ""
    except ValidationError:
        return ""


# --- Who it is -----------------------------------------------------------------------------------------------------
def user_of(identity: Identity) -> User:
    """The person of ours. NotEnrolled for a customer without a sign-in; Refused, with why, for anybody else."""
    return _customer(identity) if identity.provider.serves == CUSTOMERS else _colleague(identity)


def _customer(identity: Identity) -> User:
    customer = Customer.objects.filter(tax_code=identity.tax_code, kind=Customer.Kind.PERSON).first()
    if customer is None:
        raise Refused(_("We have no customer with your tax code."), code="no_customer")
    account = enrolled_by(customer.pk)
    if account is None:
        raise NotEnrolled(customer)
    if not account.user.is_active:
        raise Refused(_("Your sign-in is closed: contact us, and we look at it with you."), code="closed")
    return account.user


def _colleague(identity: Identity) -> User:
    if identity.email.rpartition("@")[2] not in identity.provider.domains:
        raise Refused(_("This address is not one of the company's."), code="other_domain")
    user = User.objects.filter(email=identity.email, is_active=True).first()
    if user is None or not is_staff(user):
        raise Refused(
            _("No colleague signs in with %(address)s: ask whoever manages access.") % {"address": identity.email},
            code="no_colleague",
        )
    return user


# --- Links ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def link_identity(user: User, identity: Identity) -> SocialAccount:
    """The row that links the identity to the user; made, and reported by e-mail, at the first sign-in with it.

    A colleague's link is to one person at the provider: Refused where the address came to another person there, or the
    person has another colleague's sign-in. Of customers no number of the provider is stored, because the tax code decides.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    of_customer = identity.provider.serves == CUSTOMERS
    uid = f"user:{user.pk}" if of_customer else identity.sub
    linked = SocialAccount.objects.filter(provider=identity.provider.id)
    row = linked.filter(uid=uid).first()
    if not of_customer and ((row and row.user_id != user.pk) or linked.filter(user=user).exclude(uid=uid).exists()):
        raise Refused(
            _("At %(provider)s this address was another person's before: whoever manages access looks at it.")
            % {"provider": identity.provider.name},
            code="another_person",
        )
    if row is not None:
        row.save(update_fields=["last_login"])
        return row
    row = SocialAccount.objects.create(provider=identity.provider.id, uid=uid, user=user)
    with override(user.language):
        mail_about_sign_in(
            user,
            subject=_("A new way to sign in"),
            text=_(
                "From now on you also sign in with %(provider)s. If it was not you, contact us at once; under “How you sign "
                "in” you can take this way away."
            )
            % {"provider": identity.provider.name},
        )
    return row


def linked_identities(user: User) -> list[LinkedIdentity]:
    """The identities that are linked to the user, the oldest first, those of providers of the past included."""
    names = {each.id: each.name for each in settings.OPENID_PROVIDERS}
    rows = SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")
    return [
        LinkedIdentity(row.pk, names.get(row.provider, row.provider), row.date_joined, row.last_login) for row in rows
    ]


@transaction.atomic
def unlink_identity(user: User, *, pk: int) -> bool:
    """Take a linked identity away, which is reported by e-mail; False where it is gone already or is not theirs.

    A customer who signs in with their digital identity again links it again, and is written to again.
    """
    row = SocialAccount.objects.select_for_update().filter(user=user, pk=pk).first()
    if row is None:
        return False
    name = next((each.name for each in settings.OPENID_PROVIDERS if each.id == row.provider), row.provider)
    row.delete()
    with override(user.language):
        mail_about_sign_in(
            user,
            subject=_("A way to sign in was taken away"),
            text=_("%(provider)s is no longer linked to your sign-in. If it was not you, contact us at once.")
            % {"provider": name},
        )
    return True
