"""The back office of payments: what was paid, what differs, what goes back, and what is offered for renewal."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.decorators import display

from customers.models import Payment, PaymentEvent, PaymentIncident, RefundDue, RenewalOffer
from customers.models.payment import EURO, PaymentIncidentQuerySet, PaymentQuerySet, RefundQuerySet
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.office.read_only import NOTHING, euro
from foundation.requests import StaffRequest

MOST_FOUND = 200
State, Outcome = Payment.State, PaymentEvent.Outcome

PAYMENT_TONES = {State.PAID: "success", State.OPEN: "info", State.REFUSED: "danger"}
OUTCOME_TONES = {Outcome.BOOKED: "success", Outcome.REFUND: "warning", Outcome.INCIDENT: "danger"}
OPEN, CLOSED = "open", "closed"
WORK_TONES = {OPEN: "warning", CLOSED: "success"}


def payments_called(queryset: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """The payments that a search box means: by our number, the provider's reference, or the number of the policy."""
    code = "".join(text.split())
    number = whole_number(code.upper().removeprefix("PG-"), most_digits=12)
    ids = set(queryset.filter(pk=number).values_list("pk", flat=True)) if number else set()
    for question in ({"provider_reference": code}, {"policy__number": code.upper()}):
        ids.update(queryset.filter(**question).order_by().values_list("pk", flat=True)[:MOST_FOUND])
    return queryset.filter(pk__in=ids)


# --- Payments -------------------------------------------------------------------------------------------------------
class NewsPanel(Panel):
    """What the provider reported of the payment, as it came, and what was made of it."""

    model = PaymentEvent
    fields = ("received_at", "word", "source", "amount_shown", "provider_reference", "outcome_shown")
    show_change_link = False

    @display(description=gettext_lazy("amount"))
    def amount_shown(self, event: PaymentEvent) -> str:
        if event.amount is None or event.currency == EURO:
            return euro(event.amount)
        return f"{number_format(event.amount, 2, use_l10n=True, force_grouping=True)} {event.currency}"

    @badge(description=gettext_lazy("what we made of it"), tones=OUTCOME_TONES)
    def outcome_shown(self, event: PaymentEvent) -> tuple[str, str] | None:
        return (event.outcome, event.get_outcome_display()) if event.outcome else None


class PaymentPanel(Panel):
    """The customer's payments, or those of a policy."""

    model = Payment
    fields = ("number_shown", "policy", "due_on", "amount", "state_shown", "begun_at")
    ordering = ("-begun_at", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("policy")

    @display(description=gettext_lazy("payment"))
    def number_shown(self, payment: Payment) -> str:
        return payment.number

    @badge(description=gettext_lazy("state"), tones=PAYMENT_TONES)
    def state_shown(self, payment: Payment) -> tuple[str, str]:
        return payment.state, payment.get_state_display()


class PaymentWorkFilter(WorkFilter[PaymentQuerySet]):
    """All payments, or those that are not confirmed yet."""

    title = gettext_lazy("payments shown")
    default = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("all", _("All")), ("open", _("Not confirmed yet")))

    def narrowed(self, request: HttpRequest, queryset: PaymentQuerySet, chosen: str) -> PaymentQuerySet:
        return queryset.open() if chosen == "open" else queryset


class PaymentAdmin(OfficeAdmin[Payment]):
    """Found by its number, the provider's reference or the policy. Nothing of it is written by hand."""

    list_display = ("__str__", "customer", "policy", "due_on", "amount", "state_shown", "begun_at")
    list_select_related = ("customer", "policy")
    list_filter = (PaymentWorkFilter,)
    search_help_text = gettext_lazy("Number of the payment, reference of the provider, or number of the policy")
    customer_path = "customer_id"
    inlines = (NewsPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer", "policy"),
                    ("amount", "due_on"),
                    ("state_shown", "settles"),
                    ("offer", "payer_name"),
                    ("provider", "provider_reference"),
                    "reason",
                    ("begun_at", "begun_by"),
                    ("ended_at", "paid_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("customer", "policy", "offer", "begun_by")

    def find(self, queryset: QuerySet[Payment], text: str) -> QuerySet[Payment]:
        return payments_called(queryset, text)

    @badge(description=gettext_lazy("state"), tones=PAYMENT_TONES)
    def state_shown(self, payment: Payment) -> tuple[str, str]:
        return payment.state, payment.get_state_display()


# --- Incidents ------------------------------------------------------------------------------------------------------
class IncidentFilter(WorkFilter[PaymentIncidentQuerySet]):
    """What nobody has looked at yet, at first."""

    title = gettext_lazy("incidents shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("all", _("All")))

    def narrowed(
        self, request: HttpRequest, queryset: PaymentIncidentQuerySet, chosen: str
    ) -> PaymentIncidentQuerySet:
        return queryset.open() if chosen == "open" else queryset


class PaymentIncidentAdmin(OfficeAdmin[PaymentIncident]):
    """What a provider says and we do not know, or the other way round."""

    list_display = ("kind", "payment", "expected_shown", "stated_shown", "found_at", "state_shown")
    list_select_related = ("payment", "event")
    list_filter = (IncidentFilter,)
    search_help_text = gettext_lazy("Number of the payment, reference of the provider, or number of the policy")
    customer_path = "payment.customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("kind", "state_shown"),
                    "payment",
                    ("expected_shown", "stated_shown"),
                    "found_at",
                    "as_it_came",
                    ("closed_at", "closed_by"),
                    "decision",
                    "closed_because",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[PaymentIncident]:
        return super().get_queryset(request).select_related("payment__customer", "event", "closed_by")

    def find(self, queryset: QuerySet[PaymentIncident], text: str) -> QuerySet[PaymentIncident]:
        return queryset.filter(payment__in=payments_called(Payment.objects.all(), text).values("pk"))

    @display(description=gettext_lazy("as it came"))
    def as_it_came(self, incident: PaymentIncident) -> str:
        """What the provider sent, whole; what is JSON one thing a line."""
        body = incident.event.body if incident.event is not None else ""
        return format_html('<pre class="vc-as-it-came" tabindex="0">{}</pre>', _in_lines(body)) if body else NOTHING

    @display(description=gettext_lazy("as we know it"))
    def expected_shown(self, incident: PaymentIncident) -> str:
        return _in_words(incident, incident.expected)

    @display(description=gettext_lazy("as the provider says"))
    def stated_shown(self, incident: PaymentIncident) -> str:
        return _in_words(incident, incident.stated)

    @badge(description=gettext_lazy("state"), tones=WORK_TONES)
    def state_shown(self, incident: PaymentIncident) -> tuple[str, str]:
        return (CLOSED, pgettext("incident", "closed")) if incident.closed_at else (OPEN, _("to be looked at"))


def _in_words(incident: PaymentIncident, text: str) -> str:
    """Amounts as people write them; everything else as it is."""
    if incident.kind != PaymentIncident.Kind.AMOUNT:
        return text or NOTHING
    try:
        return euro(Decimal(text))
    except InvalidOperation:  # the provider stated none
        return text or NOTHING


def _in_lines(body: str) -> str:
    """JSON with a line for each thing in it; what is none remains as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


# --- Refunds --------------------------------------------------------------------------------------------------------
class RefundFilter(WorkFilter[RefundQuerySet]):
    """What is still to be given back, at first."""

    title = gettext_lazy("refunds shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: RefundQuerySet, chosen: str) -> RefundQuerySet:
        return queryset.open() if chosen == "open" else queryset


class RefundDueAdmin(OfficeAdmin[RefundDue]):
    """Every second real payment of the same thing, and money for what is not owed any more."""

    list_display = ("payment", "customer_shown", "amount_shown", "reason", "booked_at", "state_shown")
    list_select_related = ("payment__customer",)
    list_filter = (RefundFilter,)
    search_help_text = gettext_lazy("Number of the payment, reference of the provider, or number of the policy")
    customer_path = "payment.customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("payment", "state_shown"),
                    ("customer_shown", "amount_shown"),
                    ("reason", "booked_at"),
                    ("refunded_on", "way"),
                    ("recorded_by", "recorded_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[RefundDue]:
        return super().get_queryset(request).select_related("payment__customer", "recorded_by")

    def find(self, queryset: QuerySet[RefundDue], text: str) -> QuerySet[RefundDue]:
        return queryset.filter(payment__in=payments_called(Payment.objects.all(), text).values("pk"))

    @display(description=gettext_lazy("customer"))
    def customer_shown(self, refund: RefundDue) -> str:
        return str(refund.payment.customer)

    @display(description=gettext_lazy("amount"))
    def amount_shown(self, refund: RefundDue) -> str:
        return euro(refund.amount)

    @badge(description=gettext_lazy("state"), tones=WORK_TONES)
    def state_shown(self, refund: RefundDue) -> tuple[str, str]:
        return (CLOSED, _("given back")) if refund.refunded_on else (OPEN, _("to be given back"))


# --- Renewal offers -------------------------------------------------------------------------------------------------
class RenewalOfferAdmin(OfficeAdmin[RenewalOffer]):
    """What the company's system offers for the next period of policies."""

    list_display = ("number", "policy", "holder_shown", "premium", "starts_on", "valid_until", "paid_on")
    list_select_related = ("policy__holder",)
    search_help_text = gettext_lazy("Number of the offer or of the policy")
    customer_path = "policy.holder_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number", "policy"),
                    ("premium", "valid_until"),
                    ("starts_on", "ends_on"),
                    "terms",
                    ("accepted_at", "paid_on"),
                    "withdrawn_on",
                    ("created_at", "updated_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[RenewalOffer]:
        return super().get_queryset(request).select_related("policy__holder")

    def find(self, queryset: QuerySet[RenewalOffer], text: str) -> QuerySet[RenewalOffer]:
        code = "".join(text.split()).upper()
        ids: set[int] = set()
        for question in ({"number": code}, {"policy__number": code}):
            ids.update(queryset.filter(**question).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=ids)

    @display(description=gettext_lazy("policyholder"))
    def holder_shown(self, offer: RenewalOffer) -> str:
        return str(offer.policy.holder)
