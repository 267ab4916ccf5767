"""Carrying out and refusing, as buttons on the page of an operation and on that of the contact that carries it."""

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.wrap_up_forms import field_of, text_field
from contact_center.models import Contact, WrapUpCode
from contact_center.operations.commands import DONE_CODE, REFUSED_CODE, carry_out, codes_that_close, contact_of, refuse
from customers.models import Operation
from foundation.office.commands import Command
from foundation.requests import StaffRequest

RowT = TypeVar("RowT", Operation, Contact)
ANSWER_HELP = _("The customer reads it, in the notice and in the reserved area.")

REASON_HELP = _("The customer reads the reason, in the notice and in the reserved area.")


class EndForm(forms.Form):
    """What the customer reads, and by which code the contact is closed."""

    answer = text_field(_("Answer to the customer"), required=False, rows=5, help_text=ANSWER_HELP)
    code = forms.ModelChoiceField(
        label=_("Outcome of the contact"),
        queryset=WrapUpCode.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, contact: Contact | None, suggested: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if contact is None:
            del self.fields["code"]
            return
        field = field_of(self, "code", forms.ModelChoiceField)
        field.queryset = codes_that_close(contact)
        field.initial = field.queryset.filter(code=suggested).values_list("pk", flat=True).first()


class RefusalForm(EndForm):
    """The reason is obligatory."""

    answer = text_field(_("The reason, for the customer"), rows=5, help_text=REASON_HELP)


def waits(operation: Operation | None) -> bool:
    """Whether there is an operation, and it has not ended."""
    return operation is not None and operation.state in Operation.OPEN_STATES


def contact_beside(row: Operation | Contact) -> Contact | None:
    """The contact that is ended with the operation."""
    return contact_of(row) if isinstance(row, Operation) else row


class EndOfOperation(Command[RowT]):
    """The end of an operation, from its own page or from its contact's."""

    permission = "customers.change_operation"
    suggested = DONE_CODE

    def operation(self, row: RowT) -> Operation | None:
        """The operation that the row is, or carries."""
        return row if isinstance(row, Operation) else row.operation

    def prepare(self, queryset: QuerySet) -> QuerySet:
        return queryset.select_related("operation") if queryset.model is Contact else queryset

    def offered(self, request: StaffRequest, row: RowT) -> bool:
        return waits(self.operation(row))

    def form_arguments(self, request: StaffRequest, row: RowT) -> dict[str, Any]:
        return {"contact": contact_beside(row), "suggested": self.suggested}

    def asked(self, row: RowT) -> Operation:
        """The operation that is ended."""
        operation = self.operation(row)
        assert operation is not None, "it is offered only where there is one"
        return operation


class CarryOut(EndOfOperation[RowT]):
    name, icon, tone = "esegui", "task_alt", "primary"
    label = _("Carry out")
    question = _("Our records change as was asked, the customer is informed, and the contact is closed.")
    form_class = EndForm

    def offered(self, request: StaffRequest, row: RowT) -> bool:
        """Not for what has a button of its own (`contact_center.acting.office`)."""
        operation = self.operation(row)
        is_own_affair = operation is not None and operation.kind == Operation.Kind.REPRESENTATION
        return waits(operation) and not is_own_affair

    def run(self, request: StaffRequest, row: RowT, data: dict[str, Any]) -> str:
        operation = carry_out(self.asked(row), by=request.user, answer=data["answer"], code=data.get("code"))
        return gettext("%(number)s is carried out.") % {"number": operation.number}


class Refuse(EndOfOperation[RowT]):
    name, icon, tone = "rifiuta", "block", "danger"
    label = _("Refuse")
    question = _("The customer is informed with the reason, and the contact is closed.")
    form_class = RefusalForm
    suggested = REFUSED_CODE

    def run(self, request: StaffRequest, row: RowT, data: dict[str, Any]) -> str:
        operation = refuse(self.asked(row), by=request.user, answer=data["answer"], code=data.get("code"))
        return gettext("%(number)s is refused.") % {"number": operation.number}


def begin_url(contact: Contact) -> str:
    """Where an agent begins an operation for the person of a contact; "" where it carries one, or nobody is named."""
    if contact.customer_id is None or contact.operation_id is not None or contact.state == Contact.State.CLOSED:
        return ""
    return f"{reverse('begin_operation', args=[contact.customer_id])}?contact={contact.pk}"
