"""A code of an authenticator app is good once: it is known as used for as long as it would be accepted.

allauth remembers a used code for one period, and accepts it for that of before and after as well; the first code of an app,
by which it is set up, it does not remember. Pages and the app's sign-in ask the same classes of allauth's, which no setting
replaces: their way of remembering is replaced here.
"""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.cache import cache

CleanCode = Callable[[ActivateTOTPForm], str]


def accepted_for() -> int:
    """Seconds for which a code can be accepted: its own period, and the tolerance on both sides."""
    return settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def note_used(totp: TOTP, code: str) -> bool:
    """Note that the code was used; False where it was already."""
    return cache.add(totp._get_used_cache_key(code), "y", timeout=accepted_for())


def _noting(clean_code: CleanCode) -> CleanCode:
    """The check of the first code of an app, which then is used; ValidationError where it was used already."""

    @wraps(clean_code)
    def noted(form: ActivateTOTPForm) -> str:
        code = clean_code(form)
        app = TOTP(Authenticator(user=form.user, type=Authenticator.Type.TOTP))
        if not note_used(app, code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    return noted


def use_each_code_once() -> None:
    """Let allauth remember used codes by `note_used`, also those by which an app is set up."""
    TOTP._mark_code_used = note_used
    ActivateTOTPForm.clean_code = _noting(ActivateTOTPForm.clean_code)
