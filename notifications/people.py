"""Commands on who acts for a customer that write to everybody concerned. The rows are `customers.people.commands`' affair."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.contact_points.commands import Why
from customers.models import Customer, DataChange, Invitation, Mandate, ReservedAreaAccount, User
from customers.models.account import OF_THE_COMPANY, Capacity
from customers.models.data_change import ChangeReason
from customers.people import commands
from customers.people.commands import LINK_LASTS, Accepted, Invited
from customers.people.rules import in_words
from foundation.dates import written_day
from notifications import data_change_kinds
from notifications import people_kinds as kinds
from notifications.kinds import NoticeKind
from notifications.operations import line_to_call
from notifications.services import queue_notice, tell_customer

REMINDED_BEFORE = timedelta(days=30)


# --- People of a company --------------------------------------------------------------------------------------------
@transaction.atomic
def invite(customer: Customer, *, email: str, rights: Iterable[str], submission_key: uuid.UUID, by: User) -> Invited:
    """Invite somebody, and owe the mailbox its link. Refused as `customers.people.commands` refuses."""
    invited = commands.invite(customer, email=email, rights=rights, submission_key=submission_key, by=by)
    if invited.secret:
        invitation, language = invited.invitation, customer.language
        with translation.override(language):
            words = {
                "customer": customer.letter_name,
                "who": _name_of(by),
                "rights": in_words(invitation.rights, Capacity.MEMBER),
                "days": LINK_LASTS.days,
                "action_url": settings.SITE_URL + reverse("people_join", args=[invited.secret]),
                "action_label": _("Accept the invitation"),
            }
        queue_notice(
            kinds.PEOPLE_INVITATION,
            once=f"people-invitation:{invitation.pk}",
            words=words,
            address=invitation.email,
            language=language,
            expires_at=invitation.expires_at,
        )
    return invited


def withdraw_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Take it back; whoever was invited learns it by the link alone."""
    return commands.withdraw_invitation(invitation, by=by)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User, terms_version: str) -> Accepted:
    """Accept it, and inform whoever decides for the company."""
    accepted = commands.accept_invitation(invitation, by=by, terms_version=terms_version)
    return _inform_of_joining(accepted)


@transaction.atomic
def join_with_password(
    invitation: Invitation, *, first_name: str, last_name: str, password: str, terms_version: str
) -> Accepted:
    """Make the sign-in of somebody who has none, accept, and inform whoever decides for the company."""
    accepted = commands.join_with_password(
        invitation, first_name=first_name, last_name=last_name, password=password, terms_version=terms_version
    )
    return _inform_of_joining(accepted)


def _inform_of_joining(accepted: Accepted) -> Accepted:
    if accepted.is_new:
        account = accepted.account
        for other in _deciding_beside(account):
            words = {"email": account.user.email, "rights": _rights_of(account, other.language)}
            _tell(kinds.PEOPLE_JOINED, account, to=other, who=account.user, words=words)
    return accepted


@transaction.atomic
def change_rights(account: ReservedAreaAccount, *, rights: Iterable[str], by: User) -> ReservedAreaAccount:
    """Change what a person may do, and inform them."""
    account, is_changed = commands.change_rights(account, rights=rights, by=by)
    if is_changed:
        user = account.user
        _tell(kinds.PEOPLE_CHANGED, account, to=user, who=by, words={"rights": _rights_of(account, user.language)})
    return account


@transaction.atomic
def end_access(account: ReservedAreaAccount, *, by: User) -> ReservedAreaAccount:
    """End at once that a person acts for the customer, and inform the person and whoever decides beside them."""
    account, is_ended = commands.end_access(account, by=by)
    if is_ended:
        _inform_of_end(account, by=by, reason="")
    return account


@transaction.atomic
def end_at_desk(account: ReservedAreaAccount, *, reason: str, by: User) -> ReservedAreaAccount:
    """End it from here for a reason, and inform the person, whoever decides, and whom they acted for."""
    account, is_ended = commands.end_at_desk(account, reason=reason, by=by)
    if is_ended:
        _inform_of_end(account, by=None, reason=account.end_reason)
    return account


@transaction.atomic
def suspend_access(account: ReservedAreaAccount, *, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Close the reserved area to a person until it is opened again; they are informed at the address they sign in with."""
    change, is_new = commands.suspend_access(account, why=why, key=key, by=by)
    if is_new:
        with translation.override(account.user.language):
            reason = ChangeReason(change.reason).label
            words = {"customer": account.customer.letter_name, "reason": str(reason), "line": line_to_call()}
        once = f"{data_change_kinds.ACCESS_SUSPENDED.code}:{change.pk}"
        queue_notice(data_change_kinds.ACCESS_SUSPENDED, once=once, words=words, user=account.user)
    return change


@transaction.atomic
def reopen_access(account: ReservedAreaAccount, *, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Open it again, and inform the person."""
    change, is_new = commands.reopen_access(account, why=why, key=key, by=by)
    if is_new:
        words = {"customer": account.customer.letter_name, "line": line_to_call()}
        once = f"{data_change_kinds.ACCESS_REOPENED.code}:{change.pk}"
        queue_notice(data_change_kinds.ACCESS_REOPENED, once=once, words=words, user=account.user)
    return change


def _inform_of_end(account: ReservedAreaAccount, *, by: User | None, reason: str) -> None:
    if by is None or by.pk != account.user_id:
        _tell(kinds.PEOPLE_ENDED, account, to=account.user, who=by, words={"reason": reason})
    if account.capacity in OF_THE_COMPANY:
        for other in _deciding_beside(account):
            _tell(kinds.PEOPLE_LEFT, account, to=other, who=account.user, words={"email": account.user.email})
    else:
        _tell_represented(kinds.NOBODY_ACTS_FOR_YOU, account, {})


# --- Acting for another -----------------------------------------------------------------------------------------------
@transaction.atomic
def give_access(
    mandate: Mandate,
    *,
    customer: Customer,
    user: User,
    rights: Iterable[str],
    valid_until: date | None,
    terms_version: str,
    by: User,
) -> ReservedAreaAccount:
    """Let a person act for the customer as a document says, and inform the two of them; of a dead customer nobody."""
    account = commands.give_access(
        mandate,
        customer=customer,
        user=user,
        rights=rights,
        valid_until=valid_until,
        terms_version=terms_version,
        by=by,
    )
    with translation.override(user.language):
        words = {
            "customer": account.customer.letter_name,
            "capacity": account.get_capacity_display(),
            "rights": in_words(account.rights, account.capacity),
            "until": _until(account),
            "action_url": settings.SITE_URL + reverse("portal_acting"),
            "action_label": _("Choose for whom I act"),
        }
    once = f"{kinds.ACTING_GRANTED.code}:{account.pk}"
    queue_notice(kinds.ACTING_GRANTED, once=once, words=words, user=user)
    with translation.override(account.customer.language):
        told = {"rights": in_words(account.rights, account.capacity), "until": _until(account)}
    _tell_represented(kinds.ACTING_FOR_YOU, account, told)
    return account


def remind_of_ends(today: date) -> int:
    """Write to those whose access ends within REMINDED_BEFORE, once for each day of end; returns how many accounts these are.

    Called inside a transaction.
    """
    ending = (
        ReservedAreaAccount.objects.open_on(today)
        .filter(valid_until__lte=today + REMINDED_BEFORE, user__is_active=True)
        .select_related("user", "customer")
        .order_by("valid_until", "pk")
    )
    reminded = 0
    for account in ending.iterator(chunk_size=500):
        user = account.user
        assert account.valid_until is not None, "the query asks for it"
        with translation.override(user.language):
            words = {
                "customer": account.customer.letter_name,
                "until": written_day(account.valid_until, "il"),
                "action_url": settings.SITE_URL + reverse("portal_acting_ask"),
                "action_label": _("Send the new document"),
            }
        once = f"{kinds.ACTING_ENDING.code}:{account.pk}:{account.valid_until}"
        queue_notice(kinds.ACTING_ENDING, once=once, words=words, user=user)
        reminded += 1
    return reminded


# --- Shared -----------------------------------------------------------------------------------------------------------
def _deciding_beside(account: ReservedAreaAccount) -> list[User]:
    """The people who decide for the customer, but the one the account is of."""
    others = commands.deciding(account.customer).exclude(user=account.user_id).select_related("user").order_by("pk")
    return [each.user for each in others]


def _name_of(user: User) -> str:
    name = user.get_full_name()
    return f"{name} ({user.email})" if name else user.email


def _rights_of(account: ReservedAreaAccount, language: str) -> str:
    with translation.override(language):
        return in_words(account.rights, account.capacity)


def _until(account: ReservedAreaAccount) -> str:
    return written_day(account.valid_until, "al") if account.valid_until is not None else ""


def _tell(
    kind: NoticeKind, account: ReservedAreaAccount, *, to: User, who: User | None, words: dict[str, str]
) -> None:
    """Owe a notice to one person, at the address they sign in with, in their language."""
    known = {"customer": account.customer.letter_name, "who": _name_of(who) if who is not None else ""} | words
    once = f"{kind.code}:{account.pk}:{to.pk}"
    if kind is kinds.PEOPLE_CHANGED:  # as often as they change
        once += f":{timezone.now():%Y%m%d%H%M%S%f}"
    queue_notice(kind, once=once, words=known, user=to)


def _tell_represented(kind: NoticeKind, account: ReservedAreaAccount, words: dict[str, str]) -> None:
    """Owe a notice to the customer who is acted for; the dead are not written to."""
    if account.capacity == Capacity.HEIR:
        return
    with translation.override(account.customer.language):
        known = {"who": _name_of(account.user), "capacity": account.get_capacity_display()} | words
    tell_customer(kind, once=f"{kind.code}:{account.pk}", words=known, customer=account.customer)
