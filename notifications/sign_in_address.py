"""Commands: another address to sign in with. Asked for, proved by a code from the new one, undone from the old one.

The same commands serve the reserved area, the app and the desk. Lock order: the user, then their change.
"""

import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from customers import roles
from customers.models import Customer, ReservedAreaAccount, SignInAddressChange, User
from customers.models.sign_in_address import MOST_TRIES, AddressChangeChannel
from customers.validators import normalise_email
from foundation.dates import moment_in_full
from foundation.refusals import Refused
from notifications import account_kinds as kinds
from notifications.enrolment import masked
from notifications.kinds import NoticeKind
from notifications.operations import line_to_call
from notifications.services import queue_notice

DIGITS = 6
FEWEST_QUESTIONS = 2  # asked of somebody who lost their address, before they are helped


def digest_of(salt: str, secret: str) -> str:
    """What is stored of a code or link: it cannot be found by trying without our key."""
    return salted_hmac(f"notifications.sign_in_address.{salt}", secret, algorithm="sha256").hexdigest()


# --- Asking --------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_address_change(
    account: ReservedAreaAccount,
    *,
    new: str,
    key: uuid.UUID,
    by: User,
    channel: str,
    reason: str = "",
    questions: Iterable[str] = (),
) -> SignInAddressChange:
    """Send a code to the new address of the account's user; nothing is changed before it comes back.

    For the person themselves an address that another sign-in has looks like any other: its owner gets an e-mail, and no
    code is ever right. At the desk (`channel`) it is refused in words, and `reason` and at least two `questions` are
    wanted. The same `key` again sends nothing and returns what is there. Refused for staff, whose address an
    administrator changes, for the address of now, and where too many codes were sent in the last hour.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=account.user_id)
    if (before := SignInAddressChange.objects.filter(key=key, user=user).first()) is not None:
        return before
    by_desk = channel == AddressChangeChannel.DESK
    new, asked = normalise_email(new), list(dict.fromkeys(questions))
    owner = User.objects.filter(email=new).exclude(pk=user.pk).first()
    _refuse(user, account, new, owner, by_desk=by_desk, reason=reason, asked=asked)
    now = timezone.now()
    _refuse_too_many(user, new, since=now - timedelta(hours=1))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    link = secrets.token_urlsafe(24) if by_desk else ""
    change = SignInAddressChange.objects.create(
        key=key,
        user=user,
        customer_id=account.customer_id,
        by=by,
        channel=channel,
        old=user.email,
        new=new,
        reason=reason,
        questions=asked,
        # Of an address that is taken no code is right: the digest is of nothing that anybody can type.
        code_digest=digest_of("code", f"{key}:{code if owner is None else secrets.token_hex()}"),
        link_digest=digest_of("link", link) if link else "",
        created_at=now,
        expires_at=now + timedelta(minutes=settings.PROOF_CODE_MINUTES),
    )
    if owner is not None:
        _inform_owner(change, owner)
    else:
        _send_code(change, code, link)
    if by_desk:
        _write(change, kinds.ADDRESS_ASKED, change.old, {"line": line_to_call()})
    return change


def _refuse(
    user: User,
    account: ReservedAreaAccount,
    new: str,
    owner: User | None,
    *,
    by_desk: bool,
    reason: str,
    asked: list[str],
) -> None:
    if user.is_staff or user.has_role(roles.STAFF):
        raise Refused(_("The address of a colleague is changed by an administrator."), code="staff_address")
    if account.state != ReservedAreaAccount.State.ENROLLED:
        raise Refused(_("This reserved area is not open: its address cannot be changed."), code="not_enrolled")
    if new == user.email:
        raise Refused(_("This is the address of now: write the new one."), code="same_address", field="new")
    if by_desk and owner is not None:
        raise Refused(_("Another person signs in with this address."), code="address_taken", field="new")
    if by_desk and len(asked) < FEWEST_QUESTIONS:
        raise Refused(
            _("Ask at least %(fewest)d things before you help, and say which.") % {"fewest": FEWEST_QUESTIONS},
            code="not_identified",
            field="questions",
        )
    if by_desk and not reason.strip():
        raise Refused(_("Say why the address is changed."), code="no_reason", field="reason")


def _refuse_too_many(user: User, new: str, *, since: object) -> None:
    lately, most = SignInAddressChange.objects.filter(created_at__gt=since), settings.PROOF_CODES_PER_HOUR
    if lately.filter(user=user).count() >= most or lately.filter(new=new).count() >= most:
        raise Refused(
            _("Too many codes were sent in the last hour: wait a while, then try again."), code="too_many_codes"
        )


def _send_code(change: SignInAddressChange, code: str, link: str) -> None:
    words: dict[str, object] = {"code": code, "minutes": settings.PROOF_CODE_MINUTES, "by_desk": bool(link)}
    if link:
        with translation.override(change.user.language):
            label = _("Confirm this address")
        words |= {
            "action_url": settings.SITE_URL + reverse("sign_in_address_confirm", args=[link]),
            "action_label": label,
        }
    queue_notice(
        kinds.ADDRESS_CODE,
        once=f"address-code:{change.pk}",
        words=words,
        user=change.user,
        address=change.new,
        expires_at=change.expires_at,
        is_typed=True,
    )


def _inform_owner(change: SignInAddressChange, owner: User) -> None:
    queue_notice(
        kinds.ADDRESS_TAKEN,
        once=f"address-taken:{change.pk}",
        words={},
        user=owner,
        address=owner.email,
        is_typed=True,
    )


# --- Proving -------------------------------------------------------------------------------------------------------
def confirm_address_change(change: SignInAddressChange, *, code: str) -> SignInAddressChange:
    """Change the address for the code that came to it, which ends the sessions; both addresses are written to.

    The same code again returns what was changed. Refused for a code that is wrong, too old or was tried five times (a
    wrong try is counted all the same), and where the address of the sign-in is another by now, or somebody else's.
    """
    done = try_code(change, code=code)
    if isinstance(done, Refused):
        raise done
    return done


@transaction.atomic
def try_code(change: SignInAddressChange, *, code: str) -> SignInAddressChange | Refused:
    """As `confirm_address_change`; a refusal is returned, so that a caller in a transaction stores the wrong try."""
    change = _locked(change)
    given = digest_of("code", f"{change.key}:{''.join(code.split())}")
    is_right = constant_time_compare(change.code_digest, given)
    if change.changed_at is not None and is_right:
        return change
    if (refusal := _why_not(change)) is not None:
        return refusal
    return _change(change) if is_right else _counted(change)


def change_by_link(secret: str) -> SignInAddressChange:
    """The change whose new address a link of ours was sent to; Refused for another link, or one that is over."""
    digest = digest_of("link", secret)
    change = SignInAddressChange.objects.select_related("user").filter(link_digest=digest).first()
    if change is None or (change.changed_at is None and not change.may_be_proved):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    return change


@transaction.atomic
def confirm_by_link(secret: str) -> SignInAddressChange:
    """As `confirm_address_change`, by the link that came to the new address."""
    change = _locked(change_by_link(secret))
    if change.changed_at is not None:
        return change
    if (refusal := _why_not(change)) is not None:
        raise refusal
    return _change(change)


def _locked(change: SignInAddressChange) -> SignInAddressChange:
    """The change as it is now, its user locked first."""
    user = User.objects.select_for_update().get(pk=change.user_id)
    change = SignInAddressChange.objects.select_for_update().get(pk=change.pk)
    change.user = user
    return change


def _why_not(change: SignInAddressChange) -> Refused | None:
    if change.changed_at is not None:
        return Refused(_("This code was used already."), code="code_used")
    if timezone.now() >= change.expires_at:
        return Refused(_("This code is too old: have another one sent."), code="code_too_late")
    if change.tries >= MOST_TRIES:
        return _tried_too_often()
    if change.user.email != change.old or not change.user.is_active:
        return Refused(_("The address of this sign-in was changed meanwhile: begin again."), code="changed_meanwhile")
    return None


def _tried_too_often() -> Refused:
    return Refused(_("Too many wrong codes: have another one sent."), code="code_tried_too_often")


def _counted(change: SignInAddressChange) -> Refused:
    """One more wrong try. The refusal is raised by the caller when this is stored."""
    change.tries += 1
    change.save(update_fields=["tries"])
    if change.tries >= MOST_TRIES:
        return _tried_too_often()
    return Refused(_("This is not the code that we sent: look at it once more."), code="code_wrong")


def _change(change: SignInAddressChange) -> SignInAddressChange:
    _put(change.user, change.new)
    undo = secrets.token_urlsafe(24)
    change.changed_at = timezone.now()
    change.undo_until = change.changed_at + timedelta(days=settings.ADDRESS_UNDO_DAYS)
    change.undo_digest = digest_of("undo", undo)
    change.save(update_fields=["changed_at", "undo_until", "undo_digest"])
    with translation.override(change.user.language):
        until, label = moment_in_full(change.undo_until), _("It was not me: put it back")
    by_desk = change.channel == AddressChangeChannel.DESK
    words = {
        "new": masked(change.new),
        "until": until,
        "by_desk": by_desk,
        "line": line_to_call(),
        "action_url": settings.SITE_URL + reverse("sign_in_address_undo", args=[undo]),
        "action_label": label,
    }
    _write(change, kinds.ADDRESS_CHANGED, change.old, words)
    _write(change, kinds.ADDRESS_NEW, change.new, {"old": masked(change.old), "until": until})
    return change


def _put(user: User, address: str) -> None:
    """Let the user sign in with the address; Refused where it is somebody else's."""
    user.email = address
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:
        raise Refused(
            _("Another person signs in with this address by now: write another one."), code="address_taken"
        ) from None
    forget_listed_addresses(user)


def forget_listed_addresses(user: User) -> None:
    """Delete what allauth lists of the user's addresses: it would go on taking an earlier one for theirs."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


# --- Undoing -------------------------------------------------------------------------------------------------------
def change_to_undo(secret: str) -> SignInAddressChange:
    """The change that a link to the old address undoes; Refused for another link, or one whose days are over."""
    digest = digest_of("undo", secret)
    change = SignInAddressChange.objects.select_related("user", "customer").filter(undo_digest=digest).first()
    if change is None or (change.undone_at is None and not _may_be_undone(change)):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    return change


def _may_be_undone(change: SignInAddressChange) -> bool:
    return change.undo_until is not None and timezone.now() < change.undo_until


@transaction.atomic
def put_address_back(change: SignInAddressChange) -> bool:
    """Put the old address back, whatever it was changed to since, and let nobody in by the password of now.

    Every address that the sign-in had meanwhile is informed. False where it was put back already. Refused once its days
    are over, or where somebody else signs in with the old address by now. What else an intruder left behind, and the
    word to the desk, are the caller's (vittoria_care/sign_in/address.py).
    """
    change = _locked(change)
    if change.undone_at is not None:
        return False
    if not _may_be_undone(change):
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    user, now = change.user, timezone.now()
    later = SignInAddressChange.objects.filter(
        user=user, changed_at__gte=change.changed_at, undone_at__isnull=True
    ).select_for_update()
    meanwhile = {user.email, *(each.new for each in later)} - {change.old}
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _put(user, change.old)
    later.update(undone_at=now)
    with translation.override(user.language):
        label = _("Choose a new password")
    words = {
        "line": line_to_call(),
        "action_url": settings.SITE_URL + reverse("account_reset_password"),
        "action_label": label,
    }
    _write(change, kinds.ADDRESS_BACK, change.old, words)
    for address in sorted(meanwhile):
        _write(change, kinds.ADDRESS_UNDONE, address, {"line": line_to_call()})
    return True


def _write(change: SignInAddressChange, kind: NoticeKind, address: str, words: dict[str, object]) -> None:
    once = f"{kind.code}:{change.pk}:{digest_of('address', address)[:12]}"
    queue_notice(kind, once=once, words=words, user=change.user, address=address)


def accounts_of(customer: Customer) -> list[ReservedAreaAccount]:
    """The open accounts of the people who sign in for a customer."""
    accounts = ReservedAreaAccount.objects.filter(customer=customer, user__is_active=True)
    return list(accounts.open_on(timezone.localdate()).select_related("user").order_by("pk"))
