"""Who carries what we write to people, besides us: each only where this installation is set up so (`foundation.privacy.Carrier`)."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.privacy import Carrier

AMERICA = _("United States of America")
ENCRYPTED = _("the address of your browser there, and a notification that only your browser can read")
TWILIO, SMTP = "twilio", "smtp.EmailBackend"


def _calls(host: str) -> Callable[[], bool]:
    """Whether browsers are notified here by a service of the host, or of those below it."""
    return lambda: (
        "web" in settings.PUSH_PROVIDERS
        and any(name.lstrip(".").endswith(host) for name in settings.WEB_PUSH_SERVICES)
    )


CARRIERS = (
    Carrier(
        _("Google (Firebase Cloud Messaging), for browsers that use it, such as Chrome"),
        ENCRYPTED,
        AMERICA,
        _calls("fcm.googleapis.com"),
    ),
    Carrier(_("Mozilla, for Firefox"), ENCRYPTED, AMERICA, _calls("push.services.mozilla.com")),
    Carrier(_("Apple, for Safari"), ENCRYPTED, AMERICA, _calls("push.apple.com")),
    Carrier(_("Microsoft, for Edge on Windows"), ENCRYPTED, AMERICA, _calls("notify.windows.com")),
    Carrier(
        _("Google (Firebase Cloud Messaging), for our app, and Apple as well where the telephone is an iPhone"),
        _("the address of your device there, and the few words that it shows"),
        AMERICA,
        lambda: "fcm" in settings.PUSH_PROVIDERS,
    ),
    Carrier(
        _("Twilio, which hands texts (SMS) to the telephone companies"),
        _("your telephone number and the text"),
        AMERICA,
        lambda: settings.SMS_PROVIDER == TWILIO,
    ),
    Carrier(
        _("the manager of our certified e-mail (PEC), and that of your certified address"),
        _("the two addresses and the whole message, which they keep as the law on certified e-mail asks"),
        "",
        lambda: settings.PEC_BACKEND.endswith(SMTP),
    ),
    Carrier(
        _("whoever prints our letters and puts them into envelopes, and the post"),
        _("your name, postal address and the letter with its files"),
        "",
        lambda: settings.LETTERS_PER_BATCH > 0,
    ),
)
