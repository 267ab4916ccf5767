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

from complaints.models import Complaint, Feedback
from complaints.models.complaint import SHOWN_STATES
from contact_center.models import Contact
from customers.models import AskedDocument, Operation, Payment
from customers.models.data_export import NEXT as NEXT_OF_COPIES
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory
from reserved_area.api.reading.complaints import AddedFileRow, ComplaintDetail, ComplaintRow, DocumentRow
from reserved_area.api.reading.feedback import FeedbackRow
from reserved_area.api.writing.complaints import ComplaintInput, ComplaintShape
from reserved_area.api.writing.feedback import FeedbackInput

PAGE = Path(settings.BASE_DIR) / "docs" / "app.md"
EXCHANGE = re.compile(r"^```http\n(.+?)\n\n(\d{3})\n(.+?)\n```$", re.DOTALL | re.MULTILINE)
SECRET, ANYTHING = "A" * 32, "…"
MOVES: dict[str, Any] = {
    "a payment": Payment.NEXT,
    "an operation": Operation.NEXT,
    "a document asked for": AskedDocument.NEXT,
    "a request": Contact.NEXT,
    "a complaint": {state: Complaint.NEXT[Complaint.State(state)] for state, _label in SHOWN_STATES},
    "an opinion": {state: after | Feedback.BACK.get(state, set()) for state, after in Feedback.NEXT.items()},
    "a copy of one's data": NEXT_OF_COPIES,
}


# What the tables of complaints and opinions are about, by the heading of their first column.
TABLES: dict[str, list[str]] = {
    "a complaint": list(ComplaintRow().fields),
    "a complaint by itself, besides": sorted({*ComplaintDetail().fields} - {*ComplaintRow().fields}),
    "a file of an addition": list(AddedFileRow().fields),
    "a document": list(DocumentRow().fields),
    "to be sent for a complaint": list(ComplaintInput().fields),
    "what a complaint got": list(ComplaintShape().fields),
    "an opinion": list(FeedbackRow().fields),
    "to be sent for an opinion": list(FeedbackInput().fields),
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


def api_operations() -> dict[str, Any]:
    """The operations of the schema by their names."""
    paths = Client().get("/api/schema/?format=json").json()["paths"]
    return {each["operationId"]: each for path in paths.values() for each in path.values() if "operationId" in each}


def test_the_states_of_the_page_move_as_the_models_say():
    page = PAGE.read_text()
    table = page.split("| what | from | to |\n| --- | --- | --- |\n")[1].split("\n\n")[0]
    assert table.split("\n") == moves()


@pytest.mark.parametrize("what", TABLES)
def test_every_field_of_complaints_and_opinions_is_explained_and_no_other(what):
    table = PAGE.read_text().split(f"| {what} | what |\n| --- | --- |\n")[1].split("\n\n")[0]
    rows = [row.split(" | ")[0] for row in table.split("\n")]
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(TABLES[what])


@pytest.mark.django_db
def test_every_refusal_of_complaints_and_opinions_is_in_its_table():
    table = PAGE.read_text().split("| refused | where | when |\n| --- | --- | --- |\n")[1].split("\n\n")[0]
    named = {code for row in table.split("\n") for code in re.findall(r"`(\w+)`", row.split(" | ")[0])}
    described = api_operations()
    stated = {
        code
        for operation in ("send_complaint", "add_to_complaint", "send_feedback")
        for status, answer in described[operation]["responses"].items()
        if status in ("409", "422", "503")
        for code in re.findall(r"`(\w+)`", answer.get("description", ""))
    }
    assert stated
    assert stated - named == set()


@pytest.mark.django_db
def test_want_of_room_is_stated_as_503_and_not_as_a_conflict():
    answers = api_operations()["send_complaint"]["responses"]
    assert ("files_not_kept" in answers["503"]["description"], "files_not_kept" in answers["409"]["description"]) == (
        True,
        False,
    )


def test_the_page_is_served_beside_the_schema(client):
    address = reverse("api_docs_app")
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert answer.content.decode() == PAGE.read_text()
    assert address in client.get(reverse("api_docs")).content.decode()
