"""Commands: ask for a place in the reserved area, and take it. Nobody learns from the page whether a customer exists."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers import roles
from customers.models import ContactPoint, Customer, Enrolment, ReservedAreaAccount, User
from foundation.refusals import Refused
from notifications.account_kinds import ENROLMENT_KNOWN, ENROLMENT_LINK, ENROLMENT_UNKNOWN
from notifications.services import queue_notice

LINK_LASTS = timedelta(hours=24)
ADDRESSES = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.PEC)

Outcome = Enrolment.Outcome


@dataclass(frozen=True)
class Enrolled:
    """A place in the reserved area, and whether this call made it."""

    account: ReservedAreaAccount
    is_new: bool


def digest_of(secret: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- Asking --------------------------------------------------------------------------------------------------------
def ask_to_enrol(
    *, tax_code: str, policy_number: str, email: str, language: str, submission_key: uuid.UUID
) -> Enrolment:
    """Compare what was typed with what we hold, and owe the result to the mailbox that was typed.

    A link when the tax code (or VAT number) is of the holder or an adherent of the policy, and the address one of
    theirs that we know already; otherwise that there is a sign-in, or that the data do not match. Every case asks the
    database the same questions, writes one row and one notice: nobody can distinguish them by the page's words or
    time. The same `submission_key` again writes nothing.
    """
    try:
        with transaction.atomic():
            before = Enrolment.objects.filter(submission_key=submission_key).first()
            if before is not None:
                return before
            customer = _customer_of(tax_code, policy_number)
            number = customer.pk if customer else 0
            points = ContactPoint.objects.filter(customer=number, kind__in=ADDRESSES, value=email)
            is_theirs = points.exists()
            account = ReservedAreaAccount.objects.select_related("user").filter(customer=number).first()
            user = User.objects.filter(email=email).first()
            is_theirs = is_theirs or (account is not None and account.user == user)
            if customer is None or not is_theirs:
                return _answer_unknown(email, language, submission_key)
            known = account.user if account is not None else user
            if known is not None:
                is_open = account is None or account.state == ReservedAreaAccount.State.ENROLLED
                return _answer_known(customer, known, is_open and known.is_active, email, language, submission_key)
            return _send_link(customer, email, language, submission_key)
    except IntegrityError:
        # The same submission, sent twice at the same moment: the other one was first.
        before = Enrolment.objects.filter(submission_key=submission_key).first()
        if before is None:
            raise
        return before


def _customer_of(code: str, policy_number: str) -> Customer | None:
    """The customer that the code and the policy agree on: its holder or an adherent. The number is taken as typed or tidied."""
    numbers = [policy_number, "".join(policy_number.split()).upper()]
    theirs = Q(policies__number__in=numbers) | Q(adherences__policy__number__in=numbers)
    return Customer.objects.filter(Q(tax_code=code) | Q(vat_number=code), theirs).order_by("pk").first()


def _answer_unknown(email: str, language: str, key: uuid.UUID) -> Enrolment:
    asked = Enrolment.objects.create(email=email, outcome=Outcome.UNKNOWN, submission_key=key)
    words = {"contact_url": settings.SITE_URL + reverse("contacts")}
    queue_notice(ENROLMENT_UNKNOWN, once=f"enrolment:{asked.pk}", words=words, address=email, language=language)
    return asked


def _answer_known(
    customer: Customer, known: User, is_open: bool, email: str, language: str, key: uuid.UUID
) -> Enrolment:
    asked = Enrolment.objects.create(customer=customer, email=email, outcome=Outcome.KNOWN, submission_key=key)
    with translation.override(language):
        door, label = ("account_login", _("Sign in")) if is_open else ("contacts", _("Contact us"))
    words = {
        "is_open": is_open,
        "sign_in_with": known.email if known.email == email else masked(known.email),
        "action_url": settings.SITE_URL + reverse(door),
        "action_label": label,
    }
    queue_notice(
        ENROLMENT_KNOWN,
        once=f"enrolment:{asked.pk}",
        words=words,
        customer=customer,
        address=email,
        language=language,
    )
    return asked


def _send_link(customer: Customer, email: str, language: str, key: uuid.UUID) -> Enrolment:
    secret = secrets.token_urlsafe(24)
    asked = Enrolment.objects.create(
        customer=customer,
        email=email,
        outcome=Outcome.LINK,
        submission_key=key,
        digest=digest_of(secret),
        expires_at=timezone.now() + LINK_LASTS,
    )
    with translation.override(language):
        label = _("Choose my password")
    words = {
        "name": customer.letter_name,
        "hours": int(LINK_LASTS.total_seconds() // 3600),
        "action_url": settings.SITE_URL + reverse("enrolment_finish", args=[secret]),
        "action_label": label,
    }
    queue_notice(
        ENROLMENT_LINK,
        once=f"enrolment:{asked.pk}",
        words=words,
        customer=customer,
        address=email,
        language=language,
        expires_at=asked.expires_at,
    )
    return asked


def masked(email: str) -> str:
    """An address as its owner recognises it and nobody else can use it: m•••@posta.example."""
    mailbox, _at, domain = email.partition("@")
    return f"{mailbox[:1]}•••@{domain}"


# --- Taking the place ----------------------------------------------------------------------------------------------
def enrolment_by_link(secret: str) -> Enrolment:
    """The enrolment a link opens; Refused when it is none of ours or its day is over."""
    found = Enrolment.objects.select_related("customer").filter(digest=digest_of(secret)).first()
    if found is None or (found.used_at is None and _is_over(found, timezone.now())):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    return found


@transaction.atomic
def enrol(enrolment: Enrolment, *, password: str, terms_version: str) -> Enrolled:
    """Make the user and the account, and know that the address is the customer's. Twice, or two at once, make one.

    A link that was used returns what it made, and changes no password. Refused when the link is over, or when the
    customer or the address got a sign-in by another way meanwhile.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    assert enrolment.customer_id is not None, "only a customer is sent a link"
    customer = Customer.objects.select_for_update().get(pk=enrolment.customer_id)
    account = ReservedAreaAccount.objects.filter(customer=customer).first()
    if enrolment.used_at is not None and account is not None:
        return Enrolled(account, is_new=False)
    now = timezone.now()
    if _is_over(enrolment, now):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    if account is not None or User.objects.filter(email=enrolment.email).exists():
        raise _enrolled_already()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                enrolment.email,
                password,
                first_name=customer.first_name,
                last_name=customer.last_name or customer.company_name[:100],
                language=customer.language,
            )
    except IntegrityError:  # somebody with the same address, at the same moment
        raise _enrolled_already() from None
    user.groups.add(Group.objects.get(name=roles.CUSTOMER))
    account = ReservedAreaAccount.objects.create(
        user=user, customer=customer, terms_version=terms_version, terms_accepted_at=now, enrolled_at=now
    )
    points = ContactPoint.objects.filter(customer=customer, kind__in=ADDRESSES, value=enrolment.email)
    points.filter(verified_at__isnull=True).update(verified_at=now)
    enrolment.used_at = now
    enrolment.save(update_fields=["used_at"])
    return Enrolled(account, is_new=True)


def _is_over(link: Enrolment, now: datetime) -> bool:
    return link.expires_at is None or link.expires_at <= now


def _enrolled_already() -> Refused:
    return Refused(_("You are enrolled already: sign in, or ask for a new password."), code="enrolled_already")
