"""Beginning a payment, for the page and for the app: one attempt for each key, and the provider's page that takes the money.

No command of ours is held while the provider is waited for.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Instalment, Payment, RenewalOffer, User
from customers.payments.commands import begin_instalment_payment, begin_offer_payment, open_checkout
from customers.payments.providers import Provider

AWAY = gettext_lazy("The payment page cannot be reached now. Nothing was charged: try again in a few minutes.")


def portal_return() -> str:
    """Where a payment begun on a page leads back to: the page of the payment."""
    return settings.SITE_URL + reverse("portal_payment", args=[0]).replace("/0/", "/{payment}/")


@dataclass(frozen=True)
class Begun:
    """An attempt, and the provider's page for it; "" where it has ended already, or a person looks at it."""

    payment: Payment
    checkout_url: str


def begin_payment(
    about: Instalment | RenewalOffer, *, key: uuid.UUID, provider: Provider, return_url: str, language: str, by: User
) -> Begun:
    """Begin to pay, or go on with the attempt that is open; the same `key` again is the same attempt.

    `return_url` is where the provider's page leads back to, with {payment} for the attempt's id. Refused as the commands
    refuse; Unavailable when the provider cannot be reached.
    """
    if isinstance(about, Instalment):
        payment = begin_instalment_payment(about, key=key, provider=provider.code, by=by)
    else:
        payment = begin_offer_payment(about, key=key, provider=provider.code, by=by)
    # The same form once more, after its end or while a person looks at it.
    if not payment.is_open or payment.incidents.open().exists():
        return Begun(payment, "")
    url = open_checkout(
        payment,
        provider,
        title=_title_of(payment),
        return_url=return_url.replace("{payment}", str(payment.pk)),
        language=language,
    )
    return Begun(payment, url)


def _title_of(payment: Payment) -> str:
    """What the provider's page calls it."""
    words = {"policy": payment.policy.number, "product": payment.policy.product}
    if payment.offer_id is not None:
        return _("Renewal of policy %(policy)s – %(product)s") % words
    return _("Premium of policy %(policy)s – %(product)s") % words
