"""By which key a push service knows us (VAPID, RFC 8292), and what each request to it is signed with."""

import base64
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from .encryption import decoded

VALID_SECONDS = 12 * 3600  # of a signature; services refuse more than a day


def read_private_key(value: str) -> ec.EllipticCurvePrivateKey:
    """The key of WEB_PUSH_PRIVATE_KEY: 32 bytes of base64url; ImproperlyConfigured for anything else."""
    try:
        raw = decoded(value)
        if len(raw) != 32:
            raise ValueError
        return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError:
        raise ImproperlyConfigured(
            "WEB_PUSH_PRIVATE_KEY is no key: make one with manage.py web_push_key, and keep it."
        ) from None


def new_private_key() -> str:
    """A key as WEB_PUSH_PRIVATE_KEY takes it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def public_key_of(key: ec.EllipticCurvePrivateKey) -> str:
    """What a browser subscribes with, in base64url."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def signature(key: ec.EllipticCurvePrivateKey, endpoint: str, *, contact: str) -> str:
    """The header Authorization of a request to the address: for this service alone, and for some hours."""
    parts = urllib.parse.urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + VALID_SECONDS,
        "sub": contact,
    }
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={public_key_of(key)}"
