"""The providers of OpenID Connect, as OPENID_PROVIDERS names them: a JSON list, or the path of a file that holds one.

docs/operations.md has an example for an aggregator of SPID and CIE, and one for the staff of the company.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

CUSTOMERS, STAFF = "customers", "staff"
FISCAL_NUMBER = "https://attributes.eid.gov.it/fiscal_number"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
TAKEN = ("iscrizione", "togli")  # other pages have these addresses
MOST_NAME = 40  # allauth's column


@dataclass(frozen=True)
class OpenIDProvider:
    """One provider: where it is, who we are to it, whom it vouches for, and what must be in its word."""

    id: str
    name: str
    server: str  # its issuer; the discovery document is below it
    client_id: str
    client_secret: str
    serves: Literal["customers", "staff"]
    claim: str  # of a customer: where the tax code is; of staff: the e-mail address
    verified_claim: str = "email_verified"  # of staff: what must be true for the address to count
    acr_values: Sequence[str] = ()  # levels that are asked for; any other is refused
    scope: Sequence[str] = ("openid",)
    parameters: Mapping[str, str] = field(default_factory=dict)  # more of the address that people are sent to
    domains: frozenset[str] = frozenset()  # of staff: the company's own
    second_factor: frozenset[str] = frozenset()  # values of acr or amr that stand for our second factor


def read_providers(text: str) -> list[OpenIDProvider]:
    """The providers of the setting; ImproperlyConfigured says which entry is wrong, and what to write."""
    text = text.strip()
    if not text:
        return []
    if not text.startswith("["):
        try:
            text = Path(text).read_text()
        except OSError as error:
            raise _wrong(f"the file {text} cannot be read: {error.strerror}") from None
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise _wrong(f"it is not JSON: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise _wrong("it is no list of objects")
    providers = [_provider(place, entry) for place, entry in enumerate(entries, 1)]
    if len({each.id for each in providers}) != len(providers):
        raise _wrong("two entries have the same id")
    return providers


def _provider(place: int, entry: dict[str, Any]) -> OpenIDProvider:
    known = {each.name for each in fields(OpenIDProvider)}
    where = f"entry {place} ({entry.get('id', 'without id')})"
    if strange := sorted(entry.keys() - known):
        raise _wrong(f"{where} has {', '.join(strange)}, which nothing reads; known are {', '.join(sorted(known))}")
    serves = entry.get("serves")
    if serves not in (CUSTOMERS, STAFF):
        raise _wrong(f"{where}: serves is customers or staff")
    given = {"claim": FISCAL_NUMBER if serves == CUSTOMERS else "email"} | entry
    for name in ("id", "name", "server", "client_id", "client_secret", "claim"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise _wrong(f"{where}: {name} is missing")
    if not ID.fullmatch(given["id"]) or given["id"] in TAKEN:
        raise _wrong(
            f"{where}: the id is part of an address: small letters, digits and dashes, a letter first, and not "
            f"{' or '.join(TAKEN)}"
        )
    if len(given["name"]) > MOST_NAME:
        raise _wrong(f"{where}: the name is longer than {MOST_NAME} characters")
    for name in ("acr_values", "scope", "domains", "second_factor"):
        value = given.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise _wrong(f"{where}: {name} is a list of texts")
    asked = given.get("parameters", {})
    if not isinstance(asked, dict) or not all(isinstance(each, str) for each in asked.values()):
        raise _wrong(f"{where}: parameters is an object of texts")
    given["server"] = given["server"].rstrip("/")
    if not _is_safe(given["server"]):
        raise _wrong(f"{where}: server is an https:// address (http:// on this machine alone)")
    if serves == CUSTOMERS and not given.get("acr_values"):
        raise _wrong(f"{where}: acr_values names the levels that are enough, such as SPID's second")
    if serves == STAFF and not given.get("domains"):
        raise _wrong(f"{where}: domains names the company's own, such as vittoria-care.example")
    given["domains"] = frozenset(each.lower() for each in given.get("domains", []))
    given["second_factor"] = frozenset(given.get("second_factor", []))
    given["scope"] = tuple(dict.fromkeys(["openid", *given.get("scope", [])]))
    given["acr_values"] = tuple(given.get("acr_values", []))
    return OpenIDProvider(**given)


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL))


def _wrong(why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"OPENID_PROVIDERS cannot be read: {why}. docs/operations.md has an example.")
