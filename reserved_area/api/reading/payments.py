"""Payments, as the app reads them, and their receipts."""

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Payment, PaymentIncident, RefundDue
from customers.payments.receipts import receipt_of
from foundation.files.downloads import PDF, download
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView, MoneyField


class RefundShape(serializers.Serializer):
    """Money that came and goes back."""

    amount = MoneyField()
    reason = serializers.ChoiceField(RefundDue.Reason.choices)
    reason_label = serializers.CharField(source="get_reason_display")
    refunded_on = serializers.DateField(allow_null=True)


class PaymentRow(serializers.Serializer):
    """An attempt to pay."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    policy = serializers.IntegerField(source="policy_id")
    policy_number = serializers.CharField(source="policy.number")
    product = serializers.CharField(source="policy.product")
    instalment = serializers.IntegerField(source="instalment_id", allow_null=True)
    offer = serializers.IntegerField(source="offer_id", allow_null=True)
    due_on = serializers.DateField()
    amount = MoneyField()
    currency = serializers.CharField()
    state = serializers.ChoiceField(Payment.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    is_looked_at = serializers.BooleanField(
        help_text="A person looks at it: its end is not known, and nothing more is paid"
    )
    settles = serializers.BooleanField(help_text="It paid what was due")
    reason = serializers.CharField(help_text="Given by the provider for one that was refused")
    begun_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    refund = RefundShape(allow_null=True, default=None)
    url = LinkField("me_payment")
    receipt_url = serializers.SerializerMethodField(help_text="Of a payment that came; else null")

    def get_receipt_url(self, payment: Payment) -> str | None:
        """Where the receipt is."""
        return reverse("me_receipt", args=[payment.pk]) if payment.paid_at is not None else None


def _mine(request: MeRequest) -> QuerySet:
    return Payment.objects.visible_to(request.user).for_list().with_looked_at()


@extend_schema_view(get=extend_schema(operation_id="list_payments", summary="Payments begun or made"))
class PaymentsView(ListView):
    """Every payment one made or began, newest first. What was paid elsewhere is among the instalments."""

    serializer, order = PaymentRow, ("-pk",)

    def rows(self) -> QuerySet:
        """With the policy and the refund."""
        return _mine(self.request)

    def shown_with(self) -> dict[str, QuerySet]:
        """A refund, and an incident that a person closes, change a row."""
        customer = self.request.customer
        return {
            "refund": RefundDue.objects.filter(payment__customer__in=customer.file_ids),
            "incidents": PaymentIncident.objects.filter(payment__customer__in=customer.file_ids),
        }


class PaymentView(MeView):
    """One payment."""

    @extend_schema(operation_id="get_payment", summary="One payment", responses=PaymentRow)
    def get(self, request: MeRequest, pk: int) -> Response:
        """How it stands."""
        return Response(PaymentRow(get_object_or_404(_mine(request), pk=pk)).data)


class ReceiptView(MeView):
    """The receipt of a payment."""

    @extend_schema(
        operation_id="get_receipt",
        summary="The receipt of a payment that came",
        responses={(200, PDF): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, pk: int) -> HttpResponseBase:
        """A PDF in the reader's language; 404 for a payment that did not come."""
        payment = get_object_or_404(_mine(request).select_related("offer", "instalment"), pk=pk)
        if payment.paid_at is None:
            raise Http404
        language = get_language() or "it"
        tag = f'"{payment.number}-{language}"'  # what is paid is never changed
        if (already := self.answered_already(request, tag)) is not None:
            return already
        answer = download(receipt_of(payment, language=language), f"{payment.number}.pdf", PDF)
        answer["ETag"] = tag
        return answer
