"""Ending somebody's access, as a button on the page of the account."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import ReservedAreaAccount
from foundation.form_fields import TextField
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from foundation.text import CleanedForm
from notifications.people import end_at_desk


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
