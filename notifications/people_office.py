"""Somebody's access to the reserved area: suspended, opened again or ended, as buttons on the page of the account."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.contact_points.commands import Why
from customers.contact_points.forms import WhyForm
from customers.contact_points.rules import reasons_at_desk
from customers.models import ReservedAreaAccount
from foundation.form_fields import TextField
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from foundation.text import CleanedForm
from notifications.people import end_at_desk, reopen_access, suspend_access


class EndForm(CleanedForm, forms.Form):
    """Why."""

    reason = TextField(most=500, rows=3, label=_("The reason, for the person"))


class EndAccess(Command[ReservedAreaAccount]):
    name, icon, tone = "termina", "person_off", "danger"
    label = _("End the access")
    question = _(
        "The person opens nothing of this customer from the next page on. They are informed with the reason, and so is "
        "the customer they acted for."
    )
    permission = "customers.change_reservedareaaccount"
    form_class = EndForm

    def offered(self, request: StaffRequest, row: ReservedAreaAccount) -> bool:
        return row.state != ReservedAreaAccount.State.CLOSED

    def run(self, request: StaffRequest, row: ReservedAreaAccount, data: dict[str, Any]) -> str:
        account = end_at_desk(row, reason=data["reason"], by=request.user)
        return gettext("%(person)s has no access any more.") % {"person": account.user}


class AccessForm(WhyForm):
    """Why the reserved area is closed to a person, or open to them again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(reasons_at_desk(about_access=True))
        self.fields["words"].help_text = _(
            "Needed where somebody else may be using it, or we made an error: say what happened."
        )


class SuspendAccess(Command[ReservedAreaAccount]):
    """For an access that somebody else may be using, or that the person wants to rest."""

    name, icon, tone = "sospendi", "pause_circle", "danger"
    label = _("Suspend the access")
    question = _(
        "The reserved area is closed to the person at once, and their sessions end, those of the app too. They read there, and in "
        "an e-mail, that they are to call us. Their policies and what we send them remain as they are."
    )
    permission = "customers.change_reservedareaaccount"
    form_class = AccessForm

    def offered(self, request: StaffRequest, row: ReservedAreaAccount) -> bool:
        return row.state == ReservedAreaAccount.State.ENROLLED

    def run(self, request: StaffRequest, row: ReservedAreaAccount, data: dict[str, Any]) -> str:
        why = Why(data["reason"], data["words"])
        suspend_access(row, why=why, key=data["key"], by=request.user)
        return gettext("The reserved area is closed to %(person)s until it is opened again.") % {"person": row.user}


class ReopenAccess(Command[ReservedAreaAccount]):
    """For an access that was suspended."""

    name, icon, tone = "riapri", "play_circle", "primary"
    label = _("Open the access again")
    question = _("Make sure first that you speak with the person. They sign in again as before.")
    permission = "customers.change_reservedareaaccount"
    form_class = AccessForm

    def offered(self, request: StaffRequest, row: ReservedAreaAccount) -> bool:
        return row.state == ReservedAreaAccount.State.SUSPENDED

    def run(self, request: StaffRequest, row: ReservedAreaAccount, data: dict[str, Any]) -> str:
        why = Why(data["reason"], data["words"])
        reopen_access(row, why=why, key=data["key"], by=request.user)
        return gettext("%(person)s can sign in again.") % {"person": row.user}
