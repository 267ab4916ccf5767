"""The return path of a notice: an address of its own for whatever comes back about it, which nobody else can make up.

`returns+17.0f3a…@host`: the id of the notice and a signature of it. It is the sender of the SMTP conversation, stands in a
header of our own and in Reply-To, and is given as envelope id (RFC 3461), so that it comes back where a relay writes a
Message-ID of its own.
"""

import hmac
import re

from django.conf import settings

SIGNED = 20  # hexadecimal digits of the signature: 80 bits
TOKEN = re.compile(rf"(?<![0-9])([0-9]{{1,18}})\.([0-9a-f]{{{SIGNED}}})(?![0-9a-f])", re.IGNORECASE)
HEADER = "X-Vittoria-Notice"


def token_of(notice_id: int) -> str:
    """The token of the notice: always the same."""
    return f"{notice_id}.{_signature(notice_id, settings.SECRET_KEY)}"


def return_path_of(notice_id: int) -> str:
    """Where what comes back about the notice goes; empty where no mailbox of returns is set up."""
    if not settings.RETURNS_ADDRESS:
        return ""
    name, _at, host = settings.RETURNS_ADDRESS.partition("@")
    return f"{name}+{token_of(notice_id)}@{host}"


def token_in(address: str) -> str:
    """The token in a return path; empty for another address."""
    found = TOKEN.search(address.rpartition("@")[0])
    return found[0] if found and "+" in address else ""


def notice_id_of(token: str) -> int | None:
    """The id that a token of ours names, also of one under an earlier key; None for one that we did not make."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    number, signature = int(found[1]), found[2].lower()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return number if any(hmac.compare_digest(_signature(number, key), signature) for key in keys) else None


def _signature(notice_id: int, key: str) -> str:
    return hmac.digest(key.encode(), f"return:{notice_id}".encode(), "sha256").hex()[:SIGNED]
