"""Columns that are kept encrypted: AES-256-GCM under the keys of ENCRYPTION_KEYS.

The first key encrypts, all of them decrypt. Without any, values are written as they are; with the word "none" in place of the
first as well, while the keys after it still decrypt: the way out of encryption.
A value carries the id of its key and is bound to its table and column, so that one copied into another column is refused. It is
not bound to its row, which has no number yet when it is written. `manage.py rotate_encryption` brings the stored values to the
first key, or out of encryption.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

NO_KEY = "none"  # in place of the first key: nothing more is encrypted
MARK = "vc1"  # the shape of the value: vc1:key id:nonce and text
NONCE = 12  # bytes
KEY = 32  # bytes
ASKED = (
    "isnull",
    "df",
    "ndf",
)  # of an encrypted column: whether it is there, and in a trigger whether it was written again


class KeyMissing(Exception):
    """A value was encrypted with a key that is not among ENCRYPTION_KEYS."""


class ValueDamaged(Exception):
    """A value is not what was encrypted for this column: it was changed, cut, or copied from another."""


@dataclass(frozen=True)
class Key:
    """A key with the id that its values carry: the beginning of its fingerprint, from which it cannot be found."""

    id: str
    cipher: AESGCM


def keys() -> Sequence[Key]:
    """The keys that decrypt, in the order of ENCRYPTION_KEYS; ImproperlyConfigured for one that is no key."""
    texts = tuple(settings.ENCRYPTION_KEYS)
    return _keys(texts[1:] if texts[:1] == (NO_KEY,) else texts)


def writing_key() -> Key | None:
    """The key that encrypts what is written now; None while nothing is encrypted."""
    return keys()[0] if settings.ENCRYPTION_KEYS and settings.ENCRYPTION_KEYS[0] != NO_KEY else None


@lru_cache(maxsize=8)
def _keys(texts: tuple[str, ...]) -> tuple[Key, ...]:
    found = []
    for place, text in enumerate(texts, start=1):
        try:
            secret = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != KEY:
            raise ImproperlyConfigured(
                f"ENCRYPTION_KEYS: the {place}. key is not {KEY} bytes in URL-safe base 64. docs/operations.md says how to make one."
            )
        found.append(Key(hashlib.sha256(b"vittoria-care:" + secret).hexdigest()[:8], AESGCM(secret)))
    if len({key.id for key in found}) != len(found):
        raise ImproperlyConfigured("ENCRYPTION_KEYS names the same key twice.")
    return tuple(found)


def mark_of_now() -> str:
    """How a value written now begins; "" while nothing is encrypted."""
    return f"{MARK}:{key.id}:" if (key := writing_key()) else ""


def is_encrypted(value: Any) -> bool:
    """Whether the stored value is one of ours, by its shape."""
    return isinstance(value, str) and value.startswith(f"{MARK}:")


def encrypt(text: str, *, column: str) -> str:
    """The text encrypted with the first key, for this column alone; as it is while there is no key."""
    if (key := writing_key()) is None:
        return text
    mark, nonce = mark_of_now(), os.urandom(NONCE)
    sealed = key.cipher.encrypt(nonce, text.encode(), f"{mark}{column}".encode())
    return mark + base64.b64encode(nonce + sealed).decode()


def decrypt(value: str, *, column: str) -> str:
    """What was encrypted for this column; a text that is not encrypted as it is.

    KeyMissing names the id of a key that is not here; ValueDamaged says that the value is not ours or not of this column.
    """
    if not is_encrypted(value):
        return value
    _mark, key_id, sealed = value.split(":", 2)
    key = next((each for each in keys() if each.id == key_id), None)
    if key is None:
        raise KeyMissing(
            f"A value of {column} was encrypted with the key {key_id}, which is not among ENCRYPTION_KEYS. Add that key after"
            " the first one."
        )
    try:
        raw = base64.b64decode(sealed, validate=True)
        return key.cipher.decrypt(raw[:NONCE], raw[NONCE:], f"{MARK}:{key_id}:{column}".encode()).decode()
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise ValueDamaged(f"A value of {column} is not what was encrypted for it.") from error


class EncryptedJSONField(models.JSONField):
    """A JSON column whose values are stored encrypted: as one JSON text. Nothing can be asked about what is in them.

    `column` binds the values ("table.column"); it is named, so that a table of earlier versions reads what its own table wrote.
    """

    def __init__(self, *args: Any, column: str, **kwargs: Any) -> None:
        self.bound_to = column
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"column": self.bound_to}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        stored = super().from_db_value(value, expression, connection)
        return json.loads(decrypt(stored, column=self.bound_to)) if is_encrypted(stored) else stored

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql") and writing_key():
            value = encrypt(json.dumps(value, cls=self.encoder), column=self.bound_to)
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in ASKED:
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.bound_to} is encrypted: nothing can be asked about its values.")

    def get_transform(self, name: str) -> Any:
        raise FieldError(f"{self.bound_to} is encrypted: nothing can be asked about its values.")
