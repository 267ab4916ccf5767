"""Which provider takes payments here (PAYMENT_PROVIDER), and which ones may confirm what was begun with them."""

from django.conf import settings

from customers.payments.providers import Provider
from customers.payments.sandbox import Sandbox
from customers.payments.stripe import Stripe


def provider() -> Provider | None:
    """The provider of new payments; None where nothing can be paid online."""
    return provider_called(settings.PAYMENT_PROVIDER)


def can_pay_online() -> bool:
    """Whether pages offer to pay."""
    return provider() is not None


def provider_called(code: str) -> Provider | None:
    """A provider by its code; None for one that is not set up. Another than that of new payments may end what it began."""
    if code == Sandbox.code and is_sandbox_open():
        return Sandbox()
    if code == Stripe.code and settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET:
        return Stripe(
            secret_key=settings.STRIPE_SECRET_KEY,
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
            merchant=settings.PAYMENT_MERCHANT,
            api_url=settings.STRIPE_API_URL,
        )
    return None


def is_sandbox_open() -> bool:
    """Whether the demonstration's provider is there; never in production, whatever is set."""
    return Sandbox.code == settings.PAYMENT_PROVIDER and not settings.PRODUCTION
