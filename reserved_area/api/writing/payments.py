"""Paying by the app: an instalment, or a renewal offer, which to pay is to accept; and asking how a payment stands.

The provider takes the money on its own page. Where that leads back to is `return_url`: the app opens the page in a browser of
the system, and goes on when it sees this address.
"""

import logging
import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from customers.models import Instalment, Payment, RenewalOffer
from customers.models.account import Right
from customers.payments.configured import provider
from customers.payments.providers import Unavailable
from foundation.api.strict import StrictSerializer
from foundation.counting import is_within
from foundation.refusals import Refused
from notifications.payments import ask_provider
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import given, writes
from reserved_area.paying import AWAY, begin_payment, portal_return
from reserved_area.payments import ASKS

log = logging.getLogger(__name__)

REFUSED = {
    "paid_already": "nothing is owed for it any more",
    "policy_over": "the policy is not in force",
    "offer_over": "the offer is not valid any more",
    "looked_at": "a person is looking at an earlier payment of it: do not pay again",
    "not_online": "nothing can be paid online here",
}


class ProviderAway(APIException):
    """The provider of payments cannot be reached. Nothing was charged."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "provider_away"
    default_detail = AWAY


class BegunShape(serializers.Serializer):
    """A payment that has begun, and where the money is taken."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    checkout_url = serializers.CharField(help_text="The provider's page; empty where this payment has ended")
    return_url = serializers.CharField(help_text="Where that page leads back to")
    url = serializers.CharField()


class PayInput(StrictSerializer):
    """Nothing: the address says what is paid."""


class AcceptInput(StrictSerializer):
    """That the terms of the renewal were read and are accepted."""

    accepted = serializers.BooleanField()

    def validate_accepted(self, value: bool) -> bool:
        """Only yes begins it."""
        if not value:
            raise ValidationError(_("To renew, the terms have to be read and accepted."))
        return value


def return_address() -> str:
    """Where a payment that was begun in the app leads back to, with {payment} for its id."""
    return settings.APP_PAYMENT_RETURN_URL or portal_return()


def _begun(request: MeRequest, about: Instalment | RenewalOffer, key: uuid.UUID) -> Response:
    used = provider()
    if used is None:
        raise Refused(_("Nothing can be paid online here: your agency takes the payment."), code="not_online")
    try:
        begun = begin_payment(
            about,
            key=key,
            provider=used,
            return_url=return_address(),
            language=request.customer.language,
            by=request.user,
        )
    except Unavailable as problem:
        log.warning("the provider of payments is away: %s", problem)
        raise ProviderAway from problem
    payment = begun.payment
    shown = _standing(payment) | {
        "checkout_url": begun.checkout_url,
        "return_url": return_address().replace("{payment}", str(payment.pk)),
    }
    return Response(BegunShape(shown).data, status=HTTPStatus.CREATED)


def _standing(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.pk,
        "number": payment.number,
        "state": payment.state,
        "state_label": payment.get_state_display(),
        "url": reverse("me_payment", args=[payment.pk]),
    }


class InstalmentPayView(MeView):
    """Pay an instalment."""

    right = Right.PAY

    @writes(
        "pay_instalment",
        "Begin to pay an instalment",
        takes=PayInput,
        gives=BegunShape,
        refused=REFUSED,
        is_replayed=False,
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """The same key, or an attempt that is open, leads to the same page."""
        mine = Instalment.objects.visible_to(request.user).filter(policy__holder=request.customer)
        instalment = get_object_or_404(mine.select_related("policy__holder"), pk=pk)
        given(PayInput, request)
        return _begun(request, instalment, key)


class OfferPayView(MeView):
    """Accept a renewal offer and pay it."""

    right = Right.PAY

    @writes(
        "accept_renewal_offer",
        "Accept a renewal offer and begin to pay it",
        takes=AcceptInput,
        gives=BegunShape,
        refused=REFUSED,
        is_replayed=False,
        description="An offer that is not paid lapses by itself on its last day: there is nothing to refuse.",
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """As for an instalment."""
        mine = RenewalOffer.objects.visible_to(request.user).filter(policy__holder=request.customer)
        offer = get_object_or_404(mine.select_related("policy__holder"), pk=pk)
        given(AcceptInput, request)
        return _begun(request, offer, key)


class CheckedShape(serializers.Serializer):
    """How a payment stands, as far as it is known."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    is_known = serializers.BooleanField(help_text="False: we are still checking. It is not failed; ask again later")
    url = serializers.CharField()


class PaymentCheckView(MeView):
    """Ask the provider how a payment stands."""

    right = Right.PAY

    @writes(
        "check_payment",
        "Ask the provider how a payment stands",
        takes=PayInput,
        gives=CheckedShape,
        status=200,
        is_keyed=False,
        description="Asked often it answers with what is known. While the end is not known nothing is said to have failed.",
    )
    def post(self, request: MeRequest, pk: int) -> Response:
        """What the provider says is booked once, whoever asks."""
        payment = get_object_or_404(Payment.objects.visible_to(request.user), pk=pk)
        given(PayInput, request)
        if payment.is_open and is_within(f"payment-asked:{payment.pk}", *ASKS):
            try:
                ask_provider(payment, now=timezone.now())
            except Unavailable as problem:
                log.warning("the provider of payments is away: %s", problem)
            payment = Payment.objects.get(pk=payment.pk)
        return Response(CheckedShape(_standing(payment) | {"is_known": not payment.is_open}).data)
