"""The app on Android and on iPhones, by Firebase Cloud Messaging's HTTP API, version 1.

What is called: the token of the service account (`token_uri` of its file) once an hour, and
`POST /v1/projects/…/messages:send` for each notification. Its refusals differ by `errorCode` (FcmError), not by status: a
404 without one is a wrong project of ours, and retires nobody's telephone.
"""

import json
import time
from pathlib import Path
from typing import Any, Self

import jwt
import requests
from django.core.exceptions import ImproperlyConfigured

from notifications.channels import ChannelError, Device, NotTaken, Unavailable

from .providers import TTL_SECONDS, Push, wait_of

TIMEOUT = 10  # seconds
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RENEWED_BEFORE = 300  # seconds before a token ends
OURS = frozenset({"SENDER_ID_MISMATCH", "THIRD_PARTY_AUTH_ERROR"})  # our project, or our certificate at Apple's
LONGEST_WORDS = 200


class Fcm:
    """A provider (`providers.Provider`) of the app."""

    def __init__(self, *, project: str, account: str, private_key: str, token_url: str, api_url: str) -> None:
        self._account, self._private_key, self._token_url = account, private_key, token_url
        self._url = f"{api_url.rstrip('/')}/v1/projects/{project}/messages:send"
        self._session = requests.Session()
        self._token, self._ends = "", 0.0

    @classmethod
    def of_file(cls, path: Path, *, api_url: str) -> Self:
        """By the service account's file as Google gives it; ImproperlyConfigured where it is none."""
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                project=given["project_id"],
                account=given["client_email"],
                private_key=given["private_key"],
                token_url=given["token_uri"],
                api_url=api_url,
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ImproperlyConfigured(f"FCM_CREDENTIALS is no service account's file: {error}.") from error

    def send(self, device: Device, push: Push) -> str:
        """Post the notification; the receipt is the name that the service gave the message."""
        message = {
            "token": device.token,
            "notification": {"title": push.title, "body": push.text},
            "data": {"link": push.link},
            "android": {"collapse_key": push.topic, "ttl": f"{TTL_SECONDS}s", "notification": {"tag": push.topic}},
            "apns": {
                "headers": {"apns-collapse-id": push.topic, "apns-expiration": str(int(time.time()) + TTL_SECONDS)}
            },
        }
        headers = {"Authorization": f"Bearer {self._current_token()}"}
        answer = self._post(self._url, headers=headers, json={"message": message})
        if answer.status_code == 200:
            taken = _object_of(answer)
            return str(taken.get("name", ""))
        if answer.status_code == 401:
            self._ends = 0.0
        raise refusal_of(answer.status_code, _object_of(answer), answer.headers.get("Retry-After"))

    def close(self) -> None:
        """End the connections to Google."""
        self._session.close()

    def _current_token(self) -> str:
        if time.time() < self._ends - RENEWED_BEFORE:
            return self._token
        now = int(time.time())
        claims = {"iss": self._account, "scope": SCOPE, "aud": self._token_url, "iat": now, "exp": now + 3600}
        try:
            assertion = jwt.encode(claims, self._private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise Unavailable(
                "The private key of FCM_CREDENTIALS cannot be used.", for_all=True, is_ours=True
            ) from error
        answer = self._post(self._token_url, data={"grant_type": BEARER, "assertion": assertion})
        given = _object_of(answer)
        if answer.status_code != 200 or "access_token" not in given:
            is_ours = 400 <= answer.status_code < 500 and answer.status_code != 429
            words = f"No token: {answer.status_code} {given.get('error', '')}".strip()
            raise Unavailable(
                words, for_all=True, is_ours=is_ours, not_before=wait_of(answer.headers.get("Retry-After"))
            )
        lifetime = given.get("expires_in", 3600)
        self._token = str(given["access_token"])
        self._ends = now + (lifetime if isinstance(lifetime, int) else 3600)
        return self._token

    def _post(self, url: str, **given: Any) -> requests.Response:
        try:
            return self._session.post(url, timeout=TIMEOUT, allow_redirects=False, **given)
        except requests.RequestException as error:
            raise Unavailable(f"Google could not be asked: {type(error).__name__}", for_all=True) from error


def refusal_of(status: int, said: dict[str, Any], retry_after: str | None) -> ChannelError:
    """Rule: what an answer other than "taken" means. Only UNREGISTERED, or a token that is none, retires the device."""
    error = said.get("error")
    error = error if isinstance(error, dict) else {}
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    code = next((str(each["errorCode"]) for each in details if "errorCode" in each), "")
    words = " ".join(f"{status} {code} {error.get('message') or ''}".split())[:LONGEST_WORDS]
    if code == "UNREGISTERED":
        return NotTaken(words, no_such_mailbox=True)
    if code == "INVALID_ARGUMENT":
        return NotTaken(words, no_such_mailbox=_is_about_the_token(details))
    if status in (401, 403, 404) or code in OURS:
        return Unavailable(words, for_all=True, is_ours=True)
    if status == 429 or status >= 500:
        return Unavailable(words, for_all=True, not_before=wait_of(retry_after))
    return NotTaken(words)


def _is_about_the_token(details: list[dict[str, Any]]) -> bool:
    """Whether the fields that were found wrong are the token, and nothing else: our own mistakes retire nobody."""
    fields = [
        str(violation.get("field"))
        for each in details
        for violation in each.get("fieldViolations") or ()
        if isinstance(violation, dict)
    ]
    return bool(fields) and set(fields) == {"message.token"}


def _object_of(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
