"""How the secrets of second factors are stored: encrypted always, so that a copy of the database shows none.

With a key of ENCRYPTION_KEYS as the encrypted columns are; without one under SECRET_KEY, as they were before there were keys.
Both are read, whichever is in force.
"""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction

from foundation.encryption import decrypt, encrypt, is_encrypted, mark_of_now

COLUMN = "mfa_authenticator.data"
SECRETS = ("secret", "seed")  # of the two kinds that allauth gives us to encrypt: a telephone's, and of recovery codes


def seal(text: str) -> str:
    """The secret as it is stored."""
    return encrypt(text, column=COLUMN) if mark_of_now() else _box().encrypt(text.encode()).decode()


def unseal(stored: str) -> str:
    """The secret that was stored. `KeyMissing` or `InvalidToken` where the key it was stored under is not here."""
    return decrypt(stored, column=COLUMN) if is_encrypted(stored) else _box().decrypt(stored.encode()).decode()


def _box() -> MultiFernet:
    """Encrypts with SECRET_KEY, and reads what its earlier values (SECRET_KEY_FALLBACKS) encrypted."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(f"second-factor:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def count_outdated_secrets() -> int:
    """How many second factors are not stored as they would be now."""
    return sum(1 for each in _authenticators() if _is_outdated(each.data))


def reencrypt_secrets() -> int:
    """Store the outdated ones again; returns how many. A second run finds none."""
    changed = 0
    for each in _authenticators():
        if not _is_outdated(each.data):
            continue
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=each.pk)
            if _is_outdated(row.data):
                row.data |= {name: seal(unseal(row.data[name])) for name in SECRETS if name in row.data}
                row.save(update_fields=["data"])
                changed += 1
    return changed


def _authenticators() -> Iterator[Authenticator]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    return Authenticator.objects.filter(type__in=kinds).order_by("pk").iterator(chunk_size=500)


def _is_outdated(data: dict[str, Any]) -> bool:
    stored = [data[name] for name in SECRETS if name in data]
    mark = mark_of_now()
    return any(not each.startswith(mark) if mark else is_encrypted(each) for each in stored)
