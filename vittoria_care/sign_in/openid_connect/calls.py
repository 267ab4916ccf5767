"""What is asked of a provider by us, behind the person's back: bounded in time and size, and never led elsewhere.

Its discovery document and its keys are remembered for some minutes. Of a provider that did not answer nothing is asked for
some seconds, so that its silence holds up one web thread and not all of them.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import cache

from .providers import OpenIDProvider

CONNECT, READ, WHOLE = 2, 3, 5  # seconds: to connect, between two bytes, for the whole answer
LARGEST = 256 * 1024  # bytes
REMEMBERED, AWAY, FRESH_KEYS = 600, 15, 60  # seconds
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotTrusted(OAuth2Error):
    """What the provider said is not to be believed, or cannot be read. `code` says why, for the log and the page."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Away(NotTrusted):
    """The provider does not answer, or answers too late."""

    def __init__(self) -> None:
        super().__init__("away")


def discovery_of(provider: OpenIDProvider) -> dict[str, Any]:
    """The provider's discovery document. NotTrusted where it is somebody else's or lacks an address.

    Away, although it is remembered, while the provider does not answer: nobody is sent there for nothing.
    """
    if cache.get(_named(provider, "away")):
        raise Away
    return _checked(provider, _remembered(provider, "discovery", _discovery_address(provider)))


def examine(provider: OpenIDProvider) -> int:
    """Ask for the discovery document and the keys, whatever is remembered; returns how many keys there are.

    Away and NotTrusted as for a sign-in.
    """
    cache.delete(_named(provider, "away"))
    found = _checked(provider, ask(provider, "GET", _discovery_address(provider)))
    keys = ask(provider, "GET", found["jwks_uri"]).get("keys")
    if not isinstance(keys, list) or not keys:
        raise NotTrusted("no_keys")
    return len(keys)


def _discovery_address(provider: OpenIDProvider) -> str:
    return f"{provider.server}/.well-known/openid-configuration"


def _checked(provider: OpenIDProvider, found: dict[str, Any]) -> dict[str, Any]:
    if found.get("issuer") != provider.server and str(found.get("issuer")).rstrip("/") != provider.server:
        raise NotTrusted("other_issuer")
    safe = "https://" if provider.server.startswith("https://") else "http"
    if not all(str(found.get(name, "")).startswith(safe) for name in ENDPOINTS):
        raise NotTrusted("discovery_not_whole")
    return found


def keys_of(provider: OpenIDProvider, *, fresh: bool = False) -> dict[str, Any]:
    """The provider's keys. `fresh` asks again, once in a minute, where a key is not among those we remember."""
    if fresh and cache.add(_named(provider, "fresh-keys"), True, FRESH_KEYS):
        cache.delete(_named(provider, "keys"))
    return _remembered(provider, "keys", discovery_of(provider)["jwks_uri"])


def tokens_for(
    provider: OpenIDProvider, *, code: str, verifier: str, callback_url: str, by_header: bool
) -> dict[str, Any]:
    """The tokens that the provider gives for the code, once."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url,
        "code_verifier": verifier,
    }
    who = (provider.client_id, provider.client_secret)
    if not by_header:
        form |= {"client_id": who[0], "client_secret": who[1]}
    return ask(provider, "POST", discovery_of(provider)["token_endpoint"], data=form, auth=who if by_header else None)


def person_of(provider: OpenIDProvider, access_token: str) -> dict[str, Any]:
    """What the provider says of the person beside the id token; nothing where it says no more."""
    address = discovery_of(provider).get("userinfo_endpoint")
    if not address:
        return {}
    return ask(provider, "GET", address, headers={"Authorization": f"Bearer {access_token}"})


def _remembered(provider: OpenIDProvider, what: str, address: str) -> dict[str, Any]:
    key = _named(provider, what)
    if (found := cache.get(key)) is None:
        found = ask(provider, "GET", address)
        cache.set(key, found, REMEMBERED)
    return found


def _named(provider: OpenIDProvider, what: str) -> str:
    return f"openid:{provider.id}:{what}"


def ask(
    provider: OpenIDProvider,
    method: str,
    address: str,
    *,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object that is there. Away where nothing comes in time, NotTrusted for anything else that is no such thing."""
    if cache.get(_named(provider, "away")):
        raise Away
    until = time.monotonic() + WHOLE
    try:
        with requests.request(
            method,
            address,
            data=data,
            headers={"Accept": "application/json", **(headers or {})},
            auth=auth,
            timeout=(CONNECT, READ),
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = b""
            for piece in answer.iter_content(8192):
                body += piece
                if time.monotonic() > until:
                    raise requests.Timeout
                if len(body) > LARGEST:
                    raise NotTrusted("answer_too_long")
            status = answer.status_code
    except requests.RequestException:
        cache.set(_named(provider, "away"), True, AWAY)
        raise Away from None
    if status >= 500:
        raise Away
    if status != 200:
        raise NotTrusted("refused_by_provider")
    try:
        found = json.loads(body)
    except ValueError:
        raise NotTrusted("answer_not_understood") from None
    if not isinstance(found, dict):
        raise NotTrusted("answer_not_understood")
    return found
