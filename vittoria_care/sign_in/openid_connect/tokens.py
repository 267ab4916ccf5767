"""Rule: what an id token must be before anything in it is believed.

allauth does not verify the signature of a token that it fetched itself, and sends no nonce. Here everything that OpenID
Connect Core 1.0, section 3.1.3.7, lets a client check is checked.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jwt
from django.utils.crypto import constant_time_compare

from .calls import NotTrusted

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60  # seconds that two clocks may differ
OLDEST = 600  # seconds since the token was issued
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


def verified_claims(
    id_token: str,
    *,
    keys: Callable[[bool], Mapping[str, Any]],
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    acr_values: Sequence[str],
    now: float,
) -> dict[str, Any]:
    """The claims of an id token; NotTrusted says what is wrong with it.

    `keys(False)` are the provider's keys as remembered, `keys(True)` as they are now. An algorithm without a key pair
    ("none", HS256) is never taken. `acr_values` are the levels that are enough; with none, any is.
    """
    try:
        header = jwt.get_unverified_header(id_token)
    except jwt.PyJWTError:
        raise NotTrusted("token_not_understood") from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise NotTrusted("algorithm_not_taken")
    key = _key(keys(False), header) or _key(keys(True), header)
    if key is None:
        raise NotTrusted("key_not_known")
    try:
        claims = jwt.decode(
            id_token,
            key=key,
            algorithms=[algorithm],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
    except jwt.InvalidSignatureError:
        raise NotTrusted("wrong_signature") from None
    except jwt.ExpiredSignatureError:
        raise NotTrusted("expired") from None
    except jwt.InvalidAudienceError:
        raise NotTrusted("other_client") from None
    except jwt.InvalidIssuerError:
        raise NotTrusted("other_issuer") from None
    except jwt.MissingRequiredClaimError as error:
        raise NotTrusted("no_nonce" if error.claim == "nonce" else "token_not_whole") from None
    except (jwt.PyJWTError, TypeError, ValueError):
        raise NotTrusted("token_not_understood") from None
    _check(claims, algorithm, client_id=client_id, nonce=nonce, access_token=access_token, now=now)
    if acr_values and claims.get("acr") not in acr_values:
        raise NotTrusted("level_too_low")
    return claims


def _check(
    claims: Mapping[str, Any], algorithm: str, *, client_id: str, nonce: str, access_token: str, now: float
) -> None:
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise NotTrusted("other_client")
    if not isinstance(claims["nonce"], str) or not constant_time_compare(claims["nonce"], nonce):
        raise NotTrusted("other_nonce")
    if now - claims["iat"] > OLDEST + LEEWAY:
        raise NotTrusted("expired")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotTrusted("token_not_whole")
    said = claims.get("at_hash")
    if said is not None and not (
        isinstance(said, str) and constant_time_compare(said, _half(access_token, algorithm))
    ):
        raise NotTrusted("other_access_token")


def _half(access_token: str, algorithm: str) -> str:
    """The left half of the digest of an access token, as `at_hash` gives it."""
    name = "sha512" if algorithm == "EdDSA" else f"sha{algorithm[-3:]}"
    digest = hashlib.new(name, access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _key(keys: Mapping[str, Any], header: Mapping[str, Any]) -> jwt.PyJWK | None:
    """The signing key that the header names; the only one where it names none. None where there is no such key."""
    listed = keys.get("keys")
    if not isinstance(listed, list):
        return None
    signing = [each for each in listed if isinstance(each, dict) and each.get("use", "sig") == "sig"]
    if "kid" in header:
        signing = [each for each in signing if each.get("kid") == header["kid"]]
    if len(signing) != 1 or signing[0].get("alg", header["alg"]) != header["alg"]:
        return None
    try:
        return jwt.PyJWK(signing[0], algorithm=header["alg"])
    except jwt.PyJWTError:
        return None
