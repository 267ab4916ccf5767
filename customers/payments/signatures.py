"""Signed confirmations: `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body">`, as Stripe defines and our sandbox uses it."""

import hashlib
import hmac
from datetime import datetime, timedelta

from foundation.numbers import is_digits

TOLERANCE = timedelta(minutes=5)  # between the signature and its arrival: an older one may be a recording


class NotAuthentic(Exception):
    """A confirmation whose signature is missing, wrong, or too old to be anything but a recording."""


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The header of a body signed at the moment."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(body, secret, moment)}"


def check(header: str, body: bytes, *, secret: str, now: datetime) -> None:
    """NotAuthentic unless one of the header's signatures is right and of the last minutes."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _sign, value in parts if name == "t"]
    signatures = [value for name, _sign, value in parts if name == "v1"]
    if not secret or len(moments) != 1 or not is_digits(moments[0]) or len(moments[0]) > 12:
        raise NotAuthentic("no signature")
    wanted = _digest(body, secret, moments[0])
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures):
        raise NotAuthentic("wrong signature")
    if abs(now.timestamp() - int(moments[0])) > TOLERANCE.total_seconds():
        raise NotAuthentic("signature too old")


def _digest(body: bytes, secret: str, moment: str) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
