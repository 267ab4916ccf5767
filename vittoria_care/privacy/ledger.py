"""The ledger of erasures: a file outside the database, so that what a restored backup brought back can be erased again.

One JSON line for each erasure, each with the digest of the line before it: a line that was changed, taken out or put in breaks
the chain. It names nobody: the id of the row, and its tax code and customer code as digests under a key of ours, by which
the row of a restored backup is recognised.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from customers.models import Customer

SALT = "vittoria_care.privacy.ledger"
BEGINNING = "0" * 64  # stands before the first line


class BrokenLedger(Exception):
    """A line does not follow from the one before it, or cannot be read; `line` is its number, from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True)
class Entry:
    """One erasure: the id of the customer's row, and how to recognise that it is still the same person."""

    customer: int
    keys: tuple[str, ...]
    at: str
    digest: str

    def fits(self, customer: Customer) -> bool:
        """Whether the row is the person who was erased, and not emptied yet."""
        return bool(set(self.keys) & set(every_key_of(customer)))


def path() -> Path:
    """Where the ledger lies."""
    return Path(settings.ERASURE_LEDGER)


def keys_of(customer: Customer, *, secret: str | None = None) -> list[str]:
    """The digests by which a customer's row is recognised."""
    known = [("tax", customer.tax_code), ("code", customer.code)]
    return [
        salted_hmac(SALT, f"{what}:{value}", secret=secret, algorithm="sha256").hexdigest()
        for what, value in known
        if value
    ]


def every_key_of(customer: Customer) -> list[str]:
    """The same under every key that this installation has had (SECRET_KEY and SECRET_KEY_FALLBACKS)."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [key for secret in secrets for key in keys_of(customer, secret=secret)]


def append(customer: Customer) -> Entry:
    """Write one erasure at the end of the ledger, on disk when this returns; BrokenLedger where the last line is none."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a+", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        before = _last_digest(file)
        at, keys = timezone.now().isoformat(), keys_of(customer)
        body = {"at": at, "customer": customer.pk, "keys": keys, "before": before}
        digest = _digest(body)
        file.write(json.dumps({**body, "digest": digest}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Entry(customer.pk, tuple(keys), at, digest)


def entries(source: Path | None = None) -> Iterator[Entry]:
    """The erasures, oldest first; BrokenLedger at the first line that does not follow from the one before it."""
    before, where = BEGINNING, source or path()
    if source is None and not where.exists():
        return
    with where.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry, before = _read(line, number, before)
            yield entry


def _read(line: str, number: int, before: str) -> tuple[Entry, str]:
    try:
        body: dict[str, Any] = json.loads(line)
        digest = body.pop("digest")
        entry = Entry(body["customer"], tuple(body["keys"]), body["at"], digest)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BrokenLedger(number, "it cannot be read") from None
    if body.get("before") != before:
        raise BrokenLedger(number, "it does not follow from the line before it")
    if _digest(body) != digest:
        raise BrokenLedger(number, "it was changed")
    return entry, digest


def _last_digest(file: IO[str]) -> str:
    """The digest of the last line; the file need not be read from its beginning for it."""
    end = file.seek(0, os.SEEK_END)
    if not end:
        return BEGINNING
    with Path(file.name).open("rb") as whole:
        whole.seek(max(0, end - 4096))
        last = whole.read().splitlines()[-1]
    try:
        return str(json.loads(last)["digest"])
    except (ValueError, KeyError, TypeError):
        raise BrokenLedger(-1, "the last line cannot be read: nothing is erased before it is put right") from None


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
