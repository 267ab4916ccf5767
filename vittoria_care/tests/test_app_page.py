"""The page for the makers of the app (docs/app.md) is true: its requests are sent and answered so, its states move so."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint
from contact_center.models import Contact
from customers.models import AskedDocument, Operation, Payment
from customers.models.data_export import NEXT as NEXT_OF_COPIES
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory

PAGE = Path(settings.BASE_DIR) / "docs" / "app.md"
EXCHANGE = re.compile(r"^```http\n(.+?)\n\n(\d{3})\n(.+?)\n```$", re.DOTALL | re.MULTILINE)
SECRET, ANYTHING = "A" * 32, "…"
MOVES: dict[str, Any] = {
    "a payment": Payment.NEXT,
    "an operation": Operation.NEXT,
    "a document asked for": AskedDocument.NEXT,
    "a request": Contact.NEXT,
    "a complaint": Complaint.NEXT,
    "a copy of one's data": NEXT_OF_COPIES,
}


def moves() -> list[str]:
    """The rows of the table of states."""
    return [
        f"| {what} | `{old}` | {', '.join(f'`{each}`' for each in sorted(map(str, new))) or 'nothing more'} |"
        for what, table in MOVES.items()
        for old, new in table.items()
    ]


def is_like(found: Any, written: Any) -> bool:
    """Whether an answer is what the page says, but for what differs each time."""
    if written == ANYTHING:
        return found is not None
    if isinstance(written, dict):
        return (
            isinstance(found, dict)
            and set(found) == set(written)
            and all(is_like(found[name], value) for name, value in written.items())
        )
    if isinstance(written, list):
        return len(found) == len(written) and all(is_like(*each) for each in zip(found, written, strict=True))
    return bool(found == written)


@pytest.mark.django_db
def test_the_requests_of_the_page_are_answered_as_it_says():
    user = ReservedAreaAccountFactory(user__email="maria@posta.example").user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})
    known = {"password": PASSWORD, "code": format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)), "token": ""}
    exchanges = EXCHANGE.findall(PAGE.read_text())
    assert len(exchanges) == 7
    for sent, status, written in exchanges:
        for name, value in known.items():
            sent = sent.replace(f"{{{name}}}", value)
        (method, address), *rest = [
            line.split(" ", 1) if number == 0 else line for number, line in enumerate(sent.split("\n"))
        ]
        headers = dict(line.split(": ", 1) for line in rest if not line.startswith("{"))
        body = next((line for line in rest if line.startswith("{")), "{}")
        client = Client(headers={"Accept-Language": "en", **headers})
        if address.endswith("/erasure/") and status == "403":
            _forget_the_proof(known["token"])
        answer = client.generic(method, address, body, content_type="application/json")
        found = answer.json()
        assert answer.status_code == int(status), (address, found)
        assert is_like(found, json.loads(written)), (address, found)
        known["token"] = (found.get("meta") or {}).get("session_token") or known["token"]


def _forget_the_proof(token: str) -> None:
    """As after a while: what was proved at the sign-in is not fresh any more."""
    session = Client(headers={"X-Session-Token": token}).session.__class__(session_key=token)
    for method in session["account_authentication_methods"]:
        method["at"] -= 86_400
    session.save()


def test_the_states_of_the_page_move_as_the_models_say():
    page = PAGE.read_text()
    table = page.split("| what | from | to |\n| --- | --- | --- |\n")[1].split("\n\n")[0]
    assert table.split("\n") == moves()


def test_the_page_is_served_beside_the_schema(client):
    address = reverse("api_docs_app")
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert answer.content.decode() == PAGE.read_text()
    assert address in client.get(reverse("api_docs")).content.decode()
