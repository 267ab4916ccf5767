"""Commands: ask for a place in the reserved area, and take it. Nobody learns from the page whether a customer exists."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from customers import roles
from customers.models import ContactPoint, Customer, Enrolment, ReservedAreaAccount, User
from customers.models.account import OF_THE_COMPANY, Capacity, Right
from foundation.refusals import Refused
from notifications.account_kinds import ADDRESS_CODE, ENROLMENT_KNOWN, ENROLMENT_LINK, ENROLMENT_UNKNOWN
from notifications.services import queue_notice

LINK_LASTS = timedelta(hours=24)
CODE_DIGITS = 6
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
    theirs that we know already, also where that address signs in for somebody else; otherwise that there is a sign-in for
    this customer, or that the data do not match. Every case asks the
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
            account = enrolled_by(number)
            user = User.objects.filter(email=email).first()
            is_theirs = is_theirs or (account is not None and account.user == user)
            if customer is None or not is_theirs:
                return _answer_unknown(email, language, submission_key)
            # The sign-in of work is nobody's own: it ends with the work.
            is_closed = user is not None and (user.is_staff or not user.is_active)
            known = account.user if account is not None else user if is_closed else None
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


def enrolled_by(customer_id: int) -> ReservedAreaAccount | None:
    """The account of the customer in person, or of who has decided for a company for longest; None where nobody enrolled.

    A guardian or the holder of a power of attorney takes nobody's place.
    """
    own = ReservedAreaAccount.objects.filter(customer=customer_id, capacity__in=(Capacity.SELF, *OF_THE_COMPANY))
    is_over = Case(When(state=ReservedAreaAccount.State.CLOSED, then=1), default=0)
    decides = Case(When(Q(capacity=Capacity.SELF) | Q(rights__contains=[Right.PEOPLE]), then=0), default=1)
    return own.select_related("user").order_by(is_over, decides, "pk").first()


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


# --- Who proved who they are -----------------------------------------------------------------------------------------
def is_proved_address(customer: Customer, email: str, *, claimed: str) -> bool:
    """Whether the customer is known to read the address, and nobody signs in with it: by a provider's word or by ours before."""
    if User.objects.filter(email=email).exists():
        return False
    points = ContactPoint.objects.filter(customer=customer, kind__in=ADDRESSES, value=email, verified_at__isnull=False)
    return email == claimed or points.exists()


@transaction.atomic
def send_enrolment_code(customer: Customer, *, email: str, language: str, submission_key: uuid.UUID) -> str:
    """Send a code to an address that a customer who proved who they are typed; returns the digest that it is compared with.

    To the owner of an address that somebody signs in with goes that, and no code is ever right: whoever asks reads the
    same. A link would not do: it would open the customer's file to whoever reads a mailbox that was mistyped.
    """
    owner = User.objects.filter(email=email).first()
    if owner is not None:
        if not Enrolment.objects.filter(submission_key=submission_key).exists():
            _answer_known(customer, owner, owner.is_active, email, language, submission_key)
        return code_digest(submission_key, secrets.token_hex())
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    queue_notice(
        ADDRESS_CODE,
        once=f"enrolment-code:{submission_key}",
        words={"code": code, "minutes": settings.PROOF_CODE_MINUTES, "by_desk": False},
        customer=customer,
        address=email,
        language=language,
        expires_at=timezone.now() + timedelta(minutes=settings.PROOF_CODE_MINUTES),
        is_typed=True,
    )
    return code_digest(submission_key, code)


def code_digest(submission_key: uuid.UUID, code: str) -> str:
    """What is kept of a code: it cannot be found by trying all million without our key."""
    return salted_hmac("notifications.enrolment.code", f"{submission_key}:{code}", algorithm="sha256").hexdigest()


# --- Taking the place ----------------------------------------------------------------------------------------------
def enrolment_by_link(secret: str) -> Enrolment:
    """The enrolment a link opens; Refused when it is none of ours or its day is over."""
    found = Enrolment.objects.select_related("customer").filter(digest=digest_of(secret)).first()
    if found is None or (found.used_at is None and _is_over(found, timezone.now())):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    return found


def signs_in_already(enrolment: Enrolment) -> bool:
    """Whether the address of the link has a sign-in, to which the customer's file can be added."""
    assert enrolment.customer_id is not None, "only a customer is sent a link"
    return User.objects.filter(email=enrolment.email).exists() and enrolled_by(enrolment.customer_id) is None


@transaction.atomic
def enrol(enrolment: Enrolment, *, password: str, terms_version: str) -> Enrolled:
    """Make the user and the account, and know that the address is the customer's. Twice, or two at once, make one.

    A link that was used returns what it made, and changes no password. Refused when the link is over, or when the
    customer or the address got a sign-in by another way meanwhile.
    """
    enrolment, customer, made = _taken_up(enrolment)
    if made is not None:
        return made
    if signs_in_already(enrolment):
        raise _enrolled_already()
    user = _make_user(customer, enrolment.email, password)
    return _enrolled(enrolment, customer, user, terms_version)


@transaction.atomic
def enrol_identified(customer: Customer, *, email: str, terms_version: str) -> Enrolled:
    """Make the user and the account of a customer who proved who they are, with an address that is proved too.

    There is no password: they sign in as they proved it, or have one made by e-mail. Twice, or two at once, make one.
    Refused where the address is somebody's sign-in.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if (account := enrolled_by(customer.pk)) is not None:
        return Enrolled(account, is_new=False)
    return Enrolled(_make_account(customer, _make_user(customer, email, None), email, terms_version), is_new=True)


def _make_user(customer: Customer, email: str, password: str | None) -> User:
    """A sign-in with the customer's name; Refused where the address has one."""
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email,
                password,
                first_name=customer.first_name,
                last_name=customer.last_name or customer.company_name[:100],
                language=customer.language,
            )
    except IntegrityError:  # before, or at the same moment
        raise _enrolled_already() from None


@transaction.atomic
def enrol_with_sign_in(enrolment: Enrolment, *, by: User, terms_version: str) -> Enrolled:
    """Add the customer's file to a sign-in that there is. Twice is once.

    Refused for anybody but the owner of the address that the link went to, and as `enrol`.
    """
    if by.email != enrolment.email:
        raise Refused(_("This link was sent to another address."), code="another_address")
    enrolment, customer, made = _taken_up(enrolment)
    return made or _enrolled(enrolment, customer, by, terms_version)


def _taken_up(enrolment: Enrolment) -> tuple[Enrolment, Customer, Enrolled | None]:
    """The link and its customer, locked, and what the link made before; Refused where it is over, or somebody enrolled."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    assert enrolment.customer_id is not None, "only a customer is sent a link"
    customer = Customer.objects.select_for_update().get(pk=enrolment.customer_id)
    account = enrolled_by(customer.pk)
    if enrolment.used_at is not None and account is not None:
        return enrolment, customer, Enrolled(account, is_new=False)
    if _is_over(enrolment, timezone.now()):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    if account is not None:
        raise _enrolled_already()
    return enrolment, customer, None


def _enrolled(enrolment: Enrolment, customer: Customer, user: User, terms_version: str) -> Enrolled:
    account = _make_account(customer, user, enrolment.email, terms_version)
    enrolment.used_at = account.enrolled_at
    enrolment.save(update_fields=["used_at"])
    return Enrolled(account, is_new=True)


def _make_account(customer: Customer, user: User, email: str, terms_version: str) -> ReservedAreaAccount:
    """The role and the account, and the address known as verified."""
    now = timezone.now()
    user.groups.add(Group.objects.get(name=roles.CUSTOMER))
    is_company = customer.kind == Customer.Kind.COMPANY
    points = ContactPoint.objects.filter(customer=customer, kind__in=ADDRESSES, value=email)
    points.filter(verified_at__isnull=True).update(verified_at=now)
    return ReservedAreaAccount.objects.create(
        user=user,
        customer=customer,
        capacity=Capacity.MEMBER if is_company else Capacity.SELF,
        rights=[right.value for right in Right]
        if is_company
        else [],  # the first person of a company invites the others
        terms_version=terms_version,
        terms_accepted_at=now,
        enrolled_at=now,
    )


def _is_over(link: Enrolment, now: datetime) -> bool:
    return link.expires_at is None or link.expires_at <= now


def _enrolled_already() -> Refused:
    return Refused(_("You are enrolled already: sign in, or ask for a new password."), code="enrolled_already")
