"""From the list of claims and an agency's first page: find whose claim it is, and lead to where it is reported."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.claim_reports.queries import policies_to_report
from customers.models import Customer, Policy
from customers.search import by_parts, ids_for
from foundation.form_fields import LineField
from foundation.office.commands import Done, ListCommand
from foundation.refusals import Refused
from foundation.requests import Reader, StaffRequest
from foundation.text import CleanedForm

REPORTS = "customers.add_claimreport"
REPORT_COMMAND = "sinistro"  # of a customer's file, an app further up
POLICY = "polizza"  # of its address: the policy that is chosen already


class WhoseForm(CleanedForm, forms.Form):
    """Whatever names the policy or the customer."""

    text = LineField(
        label=_("Policy number, plate or customer"),
        max_length=100,
        help_text=_("Or the name, tax code, telephone or e-mail address of the customer."),
    )


class ReportClaimFor(ListCommand):
    """Report a claim for a customer who is there or has written: who it is, then the page in their file that begins it."""

    permission = REPORTS
    name, icon = "denuncia", "car_crash"
    label = _("Report a claim for a customer")
    question = _(
        "Write the number of the policy or the plate: the next page names the customer before anything is begun."
    )
    form_class = WhoseForm
    changes_nothing = True  # it finds, and the page that it leads to begins

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        return _led_to(request, data["text"])


def _led_to(request: StaffRequest, text: str) -> Done:
    """To the file that the text means, or to the list of those that it may mean; Refused where it means nobody's."""
    customers = Customer.objects.visible_to(request.user).not_joined()
    found = ids_for(request.user, customers, text, 2, partly=by_parts(request.user))
    if not found:
        raise Refused(
            gettext("Nobody was found: look at the number again, or write the name of the customer."),
            code="nobody_found",
            field="text",
        )
    if len(found) > 1:
        messages.info(
            request,
            gettext("Several customers are meant. Open the file of the right one: the claim is reported from there."),
        )
        return Done(goes_to=f"{reverse('admin:customers_customer_changelist')}?{urlencode({'q': text})}")
    address = reverse("admin:customers_customer_command", args=[found[0], REPORT_COMMAND])
    policy = _policy_meant(Customer(pk=found[0]), text, reader=request.user)
    return Done(goes_to=f"{address}?{POLICY}={policy.pk}" if policy else address)


def _policy_meant(customer: Customer, text: str, *, reader: Reader) -> Policy | None:
    """The customer's policy with this number or plate, one that is alive first; None where the text names something else."""
    code = "".join(text.split()).upper()
    policies = policies_to_report(customer, timezone.localdate()).visible_to(reader)
    by_number = policies.filter(number=code).first()
    return by_number or policies.filter(plate=code).first()
