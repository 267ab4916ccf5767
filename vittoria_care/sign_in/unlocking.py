"""A sign-in that takes no password because too many were wrong is unlocked from the page of the account, before its minutes are over."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.contact_points.commands import Why
from customers.models import ReservedAreaAccount, User
from customers.people.commands import note_unlocking
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from notifications.people_office import AccessForm

from .accounts import AccountAdapter


def adapter_of(request: HttpRequest) -> AccountAdapter:
    """The project's own adapter."""
    adapter = get_adapter(request)
    assert isinstance(adapter, AccountAdapter), "the settings name it"
    return adapter


def is_locked(request: HttpRequest, user: User) -> bool:
    """Whether no password is taken for the person's sign-in just now, except on devices they signed in from before."""
    return adapter_of(request).takes_no_password(user.email)


class UnlockSignIn(Command[ReservedAreaAccount]):
    """For a person who typed wrong passwords and is on the telephone."""

    name, icon = "sblocca", "lock_open_right"
    label = _("Unlock the sign-in")
    question = _(
        "Too many wrong passwords were typed for this sign-in. Make sure first that you speak with the person, and that it was "
        "them: somebody else's guesses begin again too."
    )
    permission = "customers.change_reservedareaaccount"
    form_class = AccessForm

    def offered(self, request: StaffRequest, row: ReservedAreaAccount) -> bool:
        return row.state == ReservedAreaAccount.State.ENROLLED and is_locked(request, row.user)

    def why_not(self, request: StaffRequest, row: ReservedAreaAccount) -> Any:
        return _("This sign-in takes passwords: nothing is to be unlocked.")

    def run(self, request: StaffRequest, row: ReservedAreaAccount, data: dict[str, Any]) -> str:
        note_unlocking(row, why=Why(data["reason"], data["words"]), key=data["key"], by=request.user)
        adapter_of(request).forget_wrong_passwords(row.user.email)
        return gettext("%(person)s can try again at once.") % {"person": row.user}
