"""Commands on who acts for a customer: invite, accept, change rights, end. Whom it informs is decided further up.

Lock order: the customer, the invitation, the accounts. Each command asks under the lock whether the person may still decide: of
two people who remove each other at the same moment the second is refused.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import roles
from customers.contact_points.commands import Why
from customers.contact_points.rules import why_not_reason
from customers.models import Customer, DataChange, Invitation, Mandate, ReservedAreaAccount, User
from customers.models.account import OF_THE_COMPANY, AccountQuerySet, Capacity, Right
from customers.models.data_change import LOCKED, ChangeKind, ChangeReason
from customers.people.rules import in_order, may_be_ended_by_the_customer, why_not_without
from customers.sessions import end_other_sessions
from foundation.refusals import Refused

LINK_LASTS = timedelta(days=7)
INVITED_PER_DAY = 20  # by one company
State = ReservedAreaAccount.State


@dataclass(frozen=True)
class Invited:
    """An invitation, the secret of its link where this call made it ("" where it was there)."""

    invitation: Invitation
    secret: str = ""


@dataclass(frozen=True)
class Accepted:
    """The account that an invitation gave, and whether this call made it."""

    account: ReservedAreaAccount
    is_new: bool


def digest_of(secret: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- Inviting -------------------------------------------------------------------------------------------------------
@transaction.atomic
def invite(customer: Customer, *, email: str, rights: Iterable[str], submission_key: uuid.UUID, by: User) -> Invited:
    """Invite the reader of a mailbox to act for a company. The same `submission_key` again invites nobody.

    One that waits in the same mailbox loses its link to the new one. Refused for a customer who is a person, for somebody
    who acts for the company already, for whoever may not decide, and beyond INVITED_PER_DAY.
    """
    customer = _locked(customer)
    before = Invitation.objects.filter(submission_key=submission_key, customer=customer).first()
    if before is not None:
        return Invited(before)
    _may_decide(customer, by)
    if customer.kind != Customer.Kind.COMPANY:
        raise Refused(_("Only a company invites further people."), code="not_a_company")
    now = timezone.now()
    if Invitation.objects.filter(customer=customer, created_at__gt=now - timedelta(days=1)).count() >= INVITED_PER_DAY:
        raise Refused(
            _("%(most)d people were invited in a day: wait until tomorrow, or call us.") % {"most": INVITED_PER_DAY},
            code="too_many",
        )
    if ReservedAreaAccount.objects.not_closed().filter(customer=customer, user__email=email).exists():
        raise Refused(
            _("%(email)s has access already: change what the person may do in the list.") % {"email": email},
            code="has_access",
            field="email",
        )
    _sent(customer).filter(email=email).update(state=Invitation.State.WITHDRAWN, ended_at=now)
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        submission_key=submission_key,
        customer=customer,
        email=email,
        rights=in_order(rights, Capacity.MEMBER),
        invited_by=by,
        digest=digest_of(secret),
        created_at=now,
        expires_at=now + LINK_LASTS,
    )
    return Invited(invitation, secret)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Take it back: its link opens nothing any more. Twice is once; Refused where it was accepted meanwhile."""
    customer = _locked(invitation.customer)
    _may_decide(customer, by)
    invitation = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
    if invitation.state == Invitation.State.ACCEPTED:
        raise Refused(_("The person has accepted already: end the access in the list."), code="accepted")
    if invitation.state == Invitation.State.SENT:
        invitation.state, invitation.ended_at = Invitation.State.WITHDRAWN, timezone.now()
        invitation.save(update_fields=["state", "ended_at"])
    return invitation


def invitation_by_link(secret: str) -> Invitation:
    """The invitation that a link opens; Refused where it is none of ours, was taken back, or its day is over.

    One that was accepted is found: its own person is led on.
    """
    found = Invitation.objects.select_related("customer", "invited_by").filter(digest=digest_of(secret)).first()
    if found is None or found.state == Invitation.State.WITHDRAWN or _is_over(found):
        raise Refused(_("This invitation is no longer valid. Ask whoever sent it for a new one."), code="link_invalid")
    return found


def _is_over(invitation: Invitation) -> bool:
    return invitation.state == Invitation.State.SENT and invitation.expires_at <= timezone.now()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User, terms_version: str) -> Accepted:
    """Let the person act for the company, with the rights that the invitation gives. Twice, or two at once, is once.

    Refused for anybody but the reader of its mailbox, after its end, where whoever invited may not decide any more, and
    for a person who acts for the company already.
    """
    customer = _locked(invitation.customer)
    invitation = Invitation.objects.select_for_update(of=["self"]).select_related("account").get(pk=invitation.pk)
    if by.email != invitation.email:
        raise Refused(_("This invitation was sent to another address."), code="another_address")
    if invitation.account is not None:
        return Accepted(invitation.account, is_new=False)
    if by.is_staff:
        raise Refused(
            _("This is your sign-in as a colleague: ask to be invited at an address of your own."), code="staff"
        )
    if invitation.state != Invitation.State.SENT or _is_over(invitation):
        raise Refused(_("This invitation is no longer valid. Ask whoever sent it for a new one."), code="link_invalid")
    _may_decide(customer, invitation.invited_by)
    account = _let_in(
        customer,
        by,
        capacity=Capacity.MEMBER,
        rights=invitation.rights,
        given_by=invitation.invited_by,
        terms_version=terms_version,
    )
    invitation.state, invitation.account, invitation.ended_at = Invitation.State.ACCEPTED, account, timezone.now()
    invitation.save(update_fields=["state", "account", "ended_at"])
    return Accepted(account, is_new=True)


@transaction.atomic
def join_with_password(
    invitation: Invitation, *, first_name: str, last_name: str, password: str, terms_version: str
) -> Accepted:
    """Make the sign-in of somebody who has none, and accept: the link proves the mailbox. Refused where there is one."""
    Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
    if User.objects.filter(email=invitation.email).exists():
        raise Refused(_("This address has a sign-in already: sign in, then accept."), code="has_sign_in")
    user = User.objects.create_user(
        invitation.email,
        password,
        first_name=first_name,
        last_name=last_name,
        language=invitation.customer.language,
    )
    return accept_invitation(invitation, by=user, terms_version=terms_version)


# --- Who is in ------------------------------------------------------------------------------------------------------
@transaction.atomic
def change_rights(
    account: ReservedAreaAccount, *, rights: Iterable[str], by: User
) -> tuple[ReservedAreaAccount, bool]:
    """Let a person of a company do other things from now on; returns the account, and whether anything changed.

    Refused for whoever may not decide, for people who act by a document, and where nobody would be left to decide.
    """
    customer = _locked(account.customer)
    _may_decide(customer, by)
    account = _locked_account(account)
    if account.capacity not in OF_THE_COMPANY:
        raise Refused(_("What this person may do follows from a document: write to us about it."), code="by_document")
    wanted = in_order(rights, account.capacity)
    if wanted == in_order(account.rights, account.capacity):
        return account, False
    if Right.PEOPLE not in wanted:
        _somebody_decides_without(account)
    account.rights = wanted
    account.save(update_fields=["rights"])
    return account, True


@transaction.atomic
def end_access(account: ReservedAreaAccount, *, by: User) -> tuple[ReservedAreaAccount, bool]:
    """End at once that a person acts for the customer; returns the account, and whether this call ended it.

    By whoever decides for the customer, or by the person themself. Refused for one's own file, for what a court or a death
    has decided, and where nobody would be left to decide.
    """
    customer = _locked(account.customer)
    account = (
        ReservedAreaAccount.objects.select_for_update(of=["self"])
        .select_related("user", "customer")
        .get(pk=account.pk)
    )
    if account.state == State.CLOSED:
        return account, False
    if account.is_own:
        raise Refused(_("Your own file stays open to you: write to us to close the reserved area."), code="own_file")
    if account.user_id != by.pk:
        _may_decide(customer, by)
        if not may_be_ended_by_the_customer(account.capacity):
            raise Refused(
                _("This follows from a decision of a court, or from the law: write to us about it."),
                code="by_document",
            )
    _somebody_decides_without(account)
    return _close(account, by=by, reason=""), True


@transaction.atomic
def end_at_desk(account: ReservedAreaAccount, *, reason: str, by: User) -> tuple[ReservedAreaAccount, bool]:
    """End it from here, for a reason that the person reads; returns the account, and whether this call ended it."""
    if not reason.strip():
        raise Refused(_("Write the reason: the person reads it."), code="no_reason", field="reason")
    _locked(account.customer)
    account = (
        ReservedAreaAccount.objects.select_for_update(of=["self"])
        .select_related("user", "customer")
        .get(pk=account.pk)
    )
    if account.state == State.CLOSED:
        return account, False
    return _close(account, by=by, reason=reason.strip()), True


@transaction.atomic
def suspend_access(account: ReservedAreaAccount, *, why: Why, key: uuid.UUID, by: User) -> tuple[DataChange, bool]:
    """Close the reserved area to a person until it is opened again, and end their sessions, of the app too.

    Returns the change, and whether this call made it. Refused for an access that is suspended or ended already, and without
    a reason.
    """
    return _switch(account, to=State.SUSPENDED, why=why, key=key, by=by)


@transaction.atomic
def reopen_access(account: ReservedAreaAccount, *, why: Why, key: uuid.UUID, by: User) -> tuple[DataChange, bool]:
    """Open it again. Refused for an access that is not suspended, and without a reason."""
    return _switch(account, to=State.ENROLLED, why=why, key=key, by=by)


@transaction.atomic
def note_unlocking(account: ReservedAreaAccount, *, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Write down that a sign-in that took no password takes them again. Refused without a reason; the same `key` again is once."""
    customer = _locked(account.customer)
    before = DataChange.objects.filter(key=key, customer=customer).first()
    if before is not None:
        return before
    if lacking := why_not_reason(why.reason, why.words):
        raise Refused(lacking, code="no_reason", field="words")
    return _note(_locked_account(account), old=LOCKED, new=account.state, why=why, key=key, by=by)


FROM = {State.SUSPENDED: State.ENROLLED, State.ENROLLED: State.SUSPENDED}


def _switch(account: ReservedAreaAccount, *, to: str, why: Why, key: uuid.UUID, by: User) -> tuple[DataChange, bool]:
    customer = _locked(account.customer)
    before = DataChange.objects.filter(key=key, customer=customer).first()
    if before is not None:
        return before, False
    if lacking := why_not_reason(why.reason, why.words):
        raise Refused(lacking, code="no_reason", field="words")
    account = _locked_account(account)
    if account.state != FROM[State(to)]:
        raise Refused(
            _("The access of this person is “%(state)s” now.") % {"state": account.get_state_display()},
            code="not_in_this_state",
        )
    old, account.state = account.state, to
    account.save(update_fields=["state"])
    if to == State.SUSPENDED:
        end_other_sessions(account.user)
    return _note(account, old=old, new=to, why=why, key=key, by=by), True


def _note(account: ReservedAreaAccount, *, old: str, new: str, why: Why, key: uuid.UUID, by: User) -> DataChange:
    return DataChange.objects.create(
        key=key,
        customer=account.customer,
        kind=ChangeKind.ACCESS,
        about=account.pk,
        old=f"{old} {account.user.email}",
        new=f"{new} {account.user.email}",
        reason=ChangeReason(why.reason),
        words=why.words.strip(),
        by=by,
    )


# --- By a document --------------------------------------------------------------------------------------------------
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
    """Let a person act for the customer as the document says, until its day. One who does already goes on by the new one.

    Refused for a day that is past, for somebody's own file, and where the person is of the company already.
    """
    customer = _locked(customer)
    if valid_until is not None and valid_until < timezone.localdate():
        raise Refused(_("This day is past: write the last day, or leave it empty."), code="past", field="valid_until")
    capacity = Capacity(mandate.capacity)
    before = (
        ReservedAreaAccount.objects.select_for_update(of=["self"])
        .not_closed()
        .filter(customer=customer, user=user)
        .first()
    )
    if before is not None and before.mandate_id is None:
        raise Refused(
            _("%(person)s has access to this file already.") % {"person": user}, code="has_access", field="customer"
        )
    if before is not None:
        _close(before, by=by, reason=_("A newer document takes its place."))
    return _let_in(
        customer,
        user,
        capacity=capacity,
        rights=in_order(rights, capacity),
        given_by=by,
        terms_version=terms_version,
        mandate=mandate,
        valid_until=valid_until,
    )


# --- Shared ---------------------------------------------------------------------------------------------------------
def _locked(customer: Customer) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def _locked_account(account: ReservedAreaAccount) -> ReservedAreaAccount:
    """The row as it is now, locked; Refused where it was ended."""
    rows = ReservedAreaAccount.objects.select_for_update(of=["self"]).select_related("user", "customer")
    account = rows.get(pk=account.pk)
    if account.state == State.CLOSED:
        raise Refused(_("The access of this person was ended meanwhile."), code="ended")
    return account


def _sent(customer: Customer) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(customer=customer, state=Invitation.State.SENT)


def deciding(customer: Customer) -> AccountQuerySet:
    """The accounts by which people may decide today who has access to the customer's file."""
    decides = models.Q(capacity=Capacity.SELF) | models.Q(rights__contains=[Right.PEOPLE])
    open_today = ReservedAreaAccount.objects.open_on(timezone.localdate())
    return open_today.filter(decides, customer=customer, user__is_active=True)


def _may_decide(customer: Customer, by: User) -> None:
    """Refused for a person who may not decide who has access; asked under the lock of the customer."""
    if not deciding(customer).filter(user=by).exists():
        raise Refused(_("You cannot decide who has access for %(name)s.") % {"name": customer}, code="not_allowed")


def _somebody_decides_without(account: ReservedAreaAccount) -> None:
    others = deciding(account.customer).filter(valid_until__isnull=True).exclude(pk=account.pk)
    reason = why_not_without(
        decides=account.state == State.ENROLLED and Right.PEOPLE in account.rights,
        is_of_company=account.capacity in OF_THE_COMPANY,
        others_decide=others.exists(),
    )
    if reason:
        raise Refused(reason, code="last_person")


def _let_in(
    customer: Customer,
    user: User,
    *,
    capacity: Capacity,
    rights: Iterable[str],
    given_by: User,
    terms_version: str,
    mandate: Mandate | None = None,
    valid_until: date | None = None,
) -> ReservedAreaAccount:
    if ReservedAreaAccount.objects.not_closed().filter(customer=customer, user=user).exists():
        raise Refused(_("You act for %(name)s already.") % {"name": customer}, code="has_access")
    user.groups.add(Group.objects.get(name=roles.CUSTOMER))
    now = timezone.now()
    return ReservedAreaAccount.objects.create(
        user=user,
        customer=customer,
        capacity=capacity,
        rights=list(rights),
        mandate=mandate,
        valid_from=timezone.localdate(now),
        valid_until=valid_until,
        given_by=given_by,
        terms_version=terms_version,
        terms_accepted_at=now,
        enrolled_at=now,
    )


def _close(account: ReservedAreaAccount, *, by: User, reason: str) -> ReservedAreaAccount:
    account.state, account.ended_at, account.ended_by = State.CLOSED, timezone.now(), by
    account.end_reason = reason[:500]
    account.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    return account
