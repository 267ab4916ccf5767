"""A code of an authenticator app is good once: it is known as used for as long as it would be accepted.

allauth remembers a used code for one period, and accepts it for that of before and after as well. Pages and the app's sign-in
ask the same class of allauth's, which no setting replaces: its way of remembering is replaced here.
"""

from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.cache import cache


def accepted_for() -> int:
    """Seconds for which a code can be accepted: its own period, and the tolerance on both sides."""
    return settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def note_used(totp: TOTP, code: str) -> bool:
    """Note that the code was used; False where it was already."""
    return cache.add(totp._get_used_cache_key(code), "y", timeout=accepted_for())


def use_each_code_once() -> None:
    """Let allauth remember used codes by `note_used`."""
    TOTP._mark_code_used = note_used
