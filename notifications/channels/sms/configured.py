"""Which provider carries texts here (SMS_PROVIDER)."""

from django.conf import settings

from .file import FileProvider
from .providers import Provider
from .twilio import Twilio


def provider() -> Provider:
    """The provider of new texts; the channel is not served without one."""
    if settings.SMS_PROVIDER == "file":
        return FileProvider()
    found = provider_called(settings.SMS_PROVIDER)
    if found is None:
        raise LookupError(f"SMS_PROVIDER is {settings.SMS_PROVIDER!r}, which is none, or is not set up.")
    return found


def provider_called(code: str) -> Provider | None:
    """A provider that reports, by its code; None for one that is not set up."""
    if code == Twilio.code and settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN:
        return Twilio(
            account=settings.TWILIO_ACCOUNT_SID,
            token=settings.TWILIO_AUTH_TOKEN,
            sender=settings.SMS_SENDER,
            api_url=settings.TWILIO_API_URL,
        )
    return None
