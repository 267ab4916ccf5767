"""Rule: a message that only the browser can read which subscribed (RFC 8291, in the form aes128gcm of RFC 8188).

Written with `cryptography` alone. The tests read it with another hand's implementation (http_ece).
"""

import base64
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096  # bytes of the one record, and the most that every service must take (RFC 8030, 7.2)
OVERHEAD = 16 + 1 + 86  # the seal, the mark that it is the last record, and the header
LONGEST = RECORD - OVERHEAD  # bytes of the content
LAST = b"\x02"


def decoded(value: str) -> bytes:
    """The bytes of a value of base64url without padding."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def encrypt(content: bytes, *, p256dh: str, auth: str) -> bytes:
    """The body of the request to the push service; ValueError for keys that are none, or content that is too long."""
    if len(content) > LONGEST:
        raise ValueError(f"A notification has at most {LONGEST} bytes; this has {len(content)}.")
    theirs_raw, secret = decoded(p256dh), decoded(auth)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs_raw)
    ours = ec.generate_private_key(ec.SECP256R1())  # of this one message
    ours_raw = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    salt = os.urandom(16)
    shared = ours.exchange(ec.ECDH(), theirs)
    material = _derived(shared, salt=secret, info=b"WebPush: info\0" + theirs_raw + ours_raw, length=32)
    key = _derived(material, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(material, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    sealed = AESGCM(key).encrypt(nonce, content + LAST, None)
    return salt + struct.pack("!IB", RECORD, len(ours_raw)) + ours_raw + sealed


def _derived(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
