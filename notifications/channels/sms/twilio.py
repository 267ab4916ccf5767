"""Twilio, by its Messages resource over plain HTTPS.

What is called: `POST /2010-04-01/Accounts/…/Messages.json`. What is received: the status of each message, at the address
that went with it, signed by `X-Twilio-Signature` (HMAC-SHA1 over that address and the fields). Its answers to a message that
it does not take differ by their numbers: the fault is the recipient's, ours, or passes.
"""

import base64
import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from notifications.channels import InDoubt, NotTaken, Unavailable

from .providers import NotAuthentic, Report

TIMEOUT = 10  # seconds
LARGEST_ANSWER = 256 * 1024  # bytes
NO_SUCH_NUMBER = frozenset({21211, 21614, 30005, 30006})  # not a number, not a mobile one, unknown, a landline
OURS = frozenset({20003, 21212, 21603, 21606, 21611, 21659, 30002})  # key, sender, queue or account: not this message
# What a status says, in the words of `DeliveryReport`.
OUTCOMES = {
    "sent": "on_its_way",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}


class Twilio:
    """A provider (`providers.Provider`)."""

    code = "twilio"

    def __init__(self, *, account: str, token: str, sender: str, api_url: str) -> None:
        self._account, self._token, self._sender = account, token, sender
        self._url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{urllib.parse.quote(account)}/Messages.json"

    def send(self, number: str, text: str, *, key: str) -> str:
        """Hand the text over, with the address of its reports; the receipt is Twilio's id of the message."""
        reports = settings.SITE_URL + reverse("sms_report", args=[self.code])
        fields = {
            "To": number,
            "From": self._sender,
            "Body": text,
            "StatusCallback": f"{reports}?{urllib.parse.urlencode({'notice': key})}",
        }
        request = urllib.request.Request(  # noqa: S310 - the address is our own setting
            self._url, data=urllib.parse.urlencode(fields).encode(), method="POST"
        )
        basic = base64.b64encode(f"{self._account}:{self._token}".encode()).decode()
        request.add_header("Authorization", f"Basic {basic}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                taken = json.loads(answer.read(LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except (urllib.error.URLError, ConnectionRefusedError) as error:
            if isinstance(getattr(error, "reason", error), TimeoutError):
                raise InDoubt("Twilio did not answer.", timed_out=True) from error
            raise Unavailable(f"Twilio could not be asked: {error}", for_all=True) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            hangs = isinstance(error, TimeoutError)
            raise InDoubt(f"Twilio's answer was lost: {type(error).__name__}", timed_out=hangs) from error
        return str(taken.get("sid", "")) if isinstance(taken, dict) else ""

    def read_report(self, fields: Mapping[str, str], *, url: str, signature: str) -> Report | None:
        """The status of a message; None for one that says nothing yet."""
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        wanted = base64.b64encode(hmac.digest(self._token.encode(), signed.encode(), hashlib.sha1))
        if not hmac.compare_digest(wanted, signature.encode("utf-8", "replace")):
            raise NotAuthentic("wrong signature" if signature else "no signature")
        status, sid = fields.get("MessageStatus", ""), fields.get("MessageSid", "")
        if status not in OUTCOMES or not sid:
            return None
        code = fields.get("ErrorCode", "")
        return Report(
            source_key=f"{self.code}:{sid}:{status}"[:200],
            outcome=OUTCOMES[status],
            detail=f"{status} {code}".strip(),
            no_such_number=code.isascii() and code.isdigit() and int(code) in NO_SUCH_NUMBER,
        )


def _refusal(error: urllib.error.HTTPError) -> Exception:
    """What an answer other than "taken" means."""
    try:
        said: Any = json.loads(error.read(LARGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError):
        said = {}
    said = said if isinstance(said, dict) else {}
    code = said.get("code")
    words = f"{error.code} {code or ''} {said.get('message') or ''}"
    words = " ".join(words.split())
    if error.code in (401, 403, 404) or code in OURS:
        return Unavailable(words, for_all=True, is_ours=True)
    if error.code in (429, 503):
        return Unavailable(words, for_all=True)
    if error.code >= 500:
        return InDoubt(words)
    return NotTaken(words, no_such_mailbox=code in NO_SUCH_NUMBER)
