"""Letting somebody act for another, as a button on the page of the operation and on that of its contact."""

from typing import Any, TypeVar

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center.acting.commands import let_act
from contact_center.models import Contact
from contact_center.operations.office import EndForm, EndOfOperation, contact_beside, waits
from customers.models import Customer, Mandate, Operation
from customers.models.account import GRANTABLE, Capacity, Right
from foundation.dates import written_day
from foundation.form_fields import DateInput, LineField
from foundation.requests import StaffRequest

RowT = TypeVar("RowT", Operation, Contact)


class LetActForm(EndForm):
    """For whom, what the person may do, and until when."""

    customer = LineField(
        label=_("Customer acted for"),
        max_length=30,
        help_text=_("The customer code, as in the file. It stands here where the tax code that was typed is known."),
    )
    rights = forms.MultipleChoiceField(
        label=_("What the person may do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("As far as the document says. Whoever has access sees what can be seen."),
    )
    valid_until = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput, help_text=_("Empty where the document has no end")
    )

    field_order = ("customer", "rights", "valid_until", "answer", "code")

    def __init__(self, *args: Any, mandate: Mandate | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mandate is None:
            return
        grantable = GRANTABLE[Capacity(mandate.capacity)]
        rights = self.fields["rights"]
        assert isinstance(rights, forms.MultipleChoiceField), "it is declared so"
        rights.choices = [(right.value, Right(right).label) for right in grantable]
        rights.initial = [right.value for right in grantable]
        self.fields["customer"].initial = mandate.customer.code if mandate.customer else ""
        self.fields["valid_until"].initial = mandate.valid_until

    def clean_customer(self) -> Customer:
        found = Customer.objects.filter(code=self.cleaned_data["customer"].strip()).first()
        if found is None:
            raise forms.ValidationError(
                _("No customer has this code: look for the file and copy its code."), code="no_such_customer"
            )
        return found


class LetAct(EndOfOperation[RowT]):
    name, icon, tone = "autorizza", "how_to_reg", "primary"
    label = _("Let act")
    form_class = LetActForm

    def offered(self, request: StaffRequest, row: RowT) -> bool:
        operation = self.operation(row)
        return waits(operation) and _mandate_of(operation) is not None

    def asks(self, request: StaffRequest, row: RowT) -> Any:
        """What was asked, with the document to be read before anything is decided."""
        mandate = _mandate_of(self.operation(row))
        assert mandate is not None, "it is offered only where there is one"
        until = written_day(mandate.valid_until, "al") if mandate.valid_until else gettext("without an end")
        return format_html(
            gettext(
                "Read the document first: {file}. {person} asks to act as {capacity}, {until}. The person is informed, and so "
                "is the customer; the access ends by itself on its last day."
            ),
            file=format_html(
                '<a href="{}">{}</a>', reverse("admin:customers_mandate_file", args=[mandate.pk]), mandate.name
            ),
            person=mandate.operation.begun_by,
            capacity=mandate.get_capacity_display(),
            until=until,
        )

    def form_arguments(self, request: StaffRequest, row: RowT) -> dict[str, Any]:
        mandate = _mandate_of(self.operation(row))
        return {"contact": contact_beside(row), "suggested": self.suggested, "mandate": mandate}

    def run(self, request: StaffRequest, row: RowT, data: dict[str, Any]) -> str:
        account = let_act(
            self.asked(row),
            customer=data["customer"],
            rights=data["rights"],
            valid_until=data["valid_until"],
            by=request.user,
            answer=data["answer"],
            code=data.get("code"),
        )
        return gettext("%(person)s acts for %(customer)s from now on.") % {
            "person": account.user,
            "customer": account.customer,
        }


def _mandate_of(operation: Operation | None) -> Mandate | None:
    """The document of an operation that asks to act for another; None of every other operation."""
    if operation is None or operation.kind != Operation.Kind.REPRESENTATION:
        return None
    mandates = Mandate.objects.select_related("operation__begun_by", "customer")
    return mandates.filter(operation=operation).first()
