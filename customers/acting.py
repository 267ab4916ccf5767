"""For whom a person acts. A request acts for exactly one customer, and every door finds out here for which.

On a page the choice is in the session, in the app's API in a header. Whatever was chosen is asked again at each request:
an account that was ended, suspended or is past its last day opens nothing from that moment on.
"""

from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.utils import timezone

from customers.models import Customer, ReservedAreaAccount, User
from customers.models.account import AccountQuerySet, Right
from foundation.numbers import whole_number
from foundation.written_once import ObjectsWrittenOnce

ACTING_FOR = "acting_for"  # in the session, and in a form: the account it was opened by
HEADER = "X-Acting-For"
NOBODY = -1  # the id of no user


def account_for(user: User | AnonymousUser, chosen: str | int | None = None) -> ReservedAreaAccount | None:
    """The account by which the person acts, with its customer; None where they have none that is open today.

    With `chosen` (the key of an account) that one and never another in its place: None where it is somebody else's, was
    ended or is no number. Without, their own file, or else the one they used last.
    """
    found = accounts_for(user, chosen)
    return found[0] if found and (chosen is None or found[0].pk == _key_in(chosen)) else None


def accounts_for(user: User | AnonymousUser, chosen: str | int | None = None) -> list[ReservedAreaAccount]:
    """At most two of the person's open accounts in one query: the chosen one first, then the usual one.

    A page needs no more: which one it acts by, and whether there is another to change to.
    """
    if not user.is_authenticated or not user.is_active:
        return []
    key, today = None if chosen is None else _key_in(chosen), timezone.localdate()
    return _MINE.objects(user.pk, today) if key is None else _MINE_CHOSEN_FIRST.objects(user.pk, today, key)


def _mine(user_id: int, today: date, key: int | None = None) -> AccountQuerySet:
    mine = ReservedAreaAccount.objects.filter(user=user_id).open_on(today).usual_first()
    if key is not None:
        mine = mine.order_by(Case(When(pk=key, then=Value(0)), default=Value(1)), *mine.query.order_by)
    return mine.select_related("customer__agency")[:2]


# Every page of the reserved area asks one of the two.
_MINE = ObjectsWrittenOnce(_mine, NOBODY, date.min)
_MINE_CHOSEN_FIRST = ObjectsWrittenOnce(_mine, NOBODY, date.min, NOBODY - 1)


def _key_in(chosen: str | int) -> int | None:
    return chosen if isinstance(chosen, int) else whole_number(chosen.strip())


def chosen_in(request: HttpRequest) -> int | None:
    """The account that the person chose on a page; None where they chose none."""
    chosen = request.session.get(ACTING_FOR)
    return chosen if isinstance(chosen, int) else None


def account_of(request: HttpRequest) -> ReservedAreaAccount | None:
    """The account by which a page outside the reserved area acts, where somebody with one is signed in."""
    return account_for(request.user, chosen_in(request))


def acting_customer(request: HttpRequest, right: Right) -> Customer | None:
    """The customer for whom a person signed in may do this, on a page that is open to everybody; else None."""
    account = account_of(request)
    return account.customer if account is not None and account.may(right) else None


def note_use(account: ReservedAreaAccount, *, now: datetime) -> None:
    """Write down that the person acted by it today: others of the customer see when they last came. Once a day."""
    used = account.last_used_at
    if used is None or timezone.localdate(used) < timezone.localdate(now):
        ReservedAreaAccount.objects.filter(pk=account.pk).update(last_used_at=now)
        account.last_used_at = now
