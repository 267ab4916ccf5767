"""Whether a code that was refused is one that the authenticator app showed earlier: the telephone's clock is late.

Only the past is looked at. To say of a wrong code that it will be right at a later time would tell a guesser a code that
is good then; one of the past opens nothing any more.
"""

import base64
import hmac
import struct
import time

from allauth.core.internal.cryptokit import normalize_user_code
from django.conf import settings

FARTHEST_HOURS = 26  # a day, and the hours between time zones that people set by hand


def hours_behind(secret: str, code: str) -> int:
    """By about how many hours the clock is late whose code this is, 1 at least; 0 where it is no code of those hours."""
    period = settings.MFA_TOTP_PERIOD
    now = int(time.time()) // period
    written = normalize_user_code(code)
    key = base64.b32decode(secret.encode(), casefold=True)
    first = settings.MFA_TOTP_TOLERANCE + 1
    for steps in range(first, FARTHEST_HOURS * 3600 // period + 1):
        if _code(key, now - steps) == written:
            return max(1, round(steps * period / 3600))
    return 0


def _code(key: bytes, counter: int) -> str:
    """The six digits of RFC 4226. The library's function reads the settings and the key each time: thousands would take long."""
    digest = hmac.digest(key, counter.to_bytes(8), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
