"""Browsers, by Web Push (RFC 8030): the message is encrypted for the one browser and posted to its maker's service.

Each service (Google's, Mozilla's, Apple's, Microsoft's) answers for itself: one that is away, or asks us to wait, holds up
its own browsers and no others.
"""

import json
import urllib.parse
from datetime import timedelta

import requests
from cryptography.hazmat.primitives.asymmetric import ec

from customers.push_services import is_of_push_service
from notifications.channels import ChannelError, Device, NotTaken, Unavailable

from .encryption import encrypt
from .providers import TTL_SECONDS, Push, wait_of
from .vapid import signature

TIMEOUT = 10  # seconds
TAKEN = (200, 201, 202)
GONE = (404, 410)  # the subscription has ended (RFC 8030, 7.3)
OURS = (401, 403)  # our key, or the signature with it
BUSY = timedelta(minutes=5)  # where a service asks us to wait and does not say how long
LONGEST_WORDS = 200


class WebPush:
    """A provider (`providers.Provider`) of browsers."""

    def __init__(self, *, private_key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key, self._contact = private_key, contact
        self._session = requests.Session()
        self._signatures: dict[str, str] = {}
        self._away: dict[str, Unavailable] = {}  # services that are not asked again meanwhile, and why

    def send(self, device: Device, push: Push) -> str:
        """Encrypt and post; the receipt is the address that the service gave the message."""
        if not is_of_push_service(device.token):
            raise NotTaken("The browser's push service is none of WEB_PUSH_SERVICES.")
        service = urllib.parse.urlsplit(device.token).netloc
        if (away := self._away.get(service)) is not None:
            raise Unavailable(str(away), is_ours=away.is_ours, not_before=away.not_before)
        shown = {"title": push.title, "text": push.text, "link": push.link, "tag": push.topic}
        try:
            body = encrypt(json.dumps(shown, ensure_ascii=False).encode(), p256dh=device.p256dh, auth=device.auth)
        except ValueError as error:
            raise NotTaken(f"It cannot be encrypted for this browser: {error}") from error
        headers = {
            "Authorization": self._signature(service, device.token),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Topic": push.topic,
            "Urgency": "normal",
        }
        try:
            answer = self._session.post(
                device.token, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            away = Unavailable(f"{service} does not answer: {type(error).__name__}")
            self._away[service] = away
            raise away from error
        if answer.status_code in TAKEN:
            return answer.headers.get("Location", "") or str(answer.status_code)
        refusal = refusal_of(answer.status_code, answer.text, answer.headers.get("Retry-After"))
        if isinstance(refusal, Unavailable):
            self._away[service] = refusal
        raise refusal

    def close(self) -> None:
        """End the connections to the services."""
        self._session.close()

    def _signature(self, service: str, endpoint: str) -> str:
        if service not in self._signatures:
            self._signatures[service] = signature(self._key, endpoint, contact=self._contact)
        return self._signatures[service]


def refusal_of(status: int, words: str, retry_after: str | None) -> ChannelError:
    """Rule: what an answer other than "taken" means. Only 404 and 410 say that the browser is gone."""
    said = " ".join(f"{status} {words}".split())[:LONGEST_WORDS]
    if status in GONE:
        return NotTaken(said, no_such_mailbox=True)
    if status in OURS:
        return Unavailable(said, is_ours=True)
    if status == 429:
        return Unavailable(said, not_before=wait_of(retry_after) or BUSY)
    if status >= 500:
        return Unavailable(said, not_before=wait_of(retry_after))
    return NotTaken(said)
