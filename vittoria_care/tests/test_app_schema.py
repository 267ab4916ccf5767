"""The app's API with a customer's token: it answers as its schema says, and knows nothing of anybody else's."""

import json
import uuid
from typing import Any

import pytest
import schemathesis
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode

from complaints.models import RegisterYear
from contact_center.models import Contact
from contact_center.tests.factories import MessageAttachmentFactory, SatisfactionSurveyFactory
from customers.models import Customer, ReportYear, User
from customers.sessions import begin_session
from customers.tests.factories import (
    AppDeviceFactory,
    ClaimFileFactory,
    CustomerFactory,
    ErasureRequestFactory,
    InvitationFactory,
    MandateFactory,
    ProofCodeFactory,
    ReservedAreaAccountFactory,
    SignInAddressChangeFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from vittoria_care.tests import walk
from vittoria_care.tests.factories import rows_about
from vittoria_care.tests.rights_world import undone
from vittoria_care.tests.test_api_schema import ALWAYS, served
from vittoria_care.tests.walk import METHODS

ME = "/api/v1/me/"
FEW = hypothesis_settings(
    max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
FEWER = hypothesis_settings(FEW, max_examples=2)
SCHEMA = walk.schema()
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in SCHEMA["paths"].items()
    for method, operation in item.items()
    if path.startswith(ME) and method in METHODS
}
NAMES = [each["operationId"] for each in OPERATIONS.values()]
# Whose value stands in an address after these words; what is no row's is a word of ours.
ROWS = {
    "policies": "policy",
    "instalments": "instalment",
    "renewal-offers": "renewaloffer",
    "payments": "payment",
    "claims": "claim",
    "claim-reports": "claimdraft",
    "operations": "operation",
    "codes": "proofcode",
    "requests": "contact",
    "call-backs": "callback",
    "complaints": "complaint",
    "notices": "notice",
    "uploads": "upload",
    "attachments": "messageattachment",
    "claims/documents": "askeddocument",
    "claims/files": "claimfile",
    "claim-reports/files": "draftfile",
    "complaints/files": "addedfile",
    "documents": "document",
    "devices": "appdevice",
    "sessions": "usersession",
    "data-exports": "dataexport",
    "erasure": "erasurerequest",
    "accounts": "actingfor",
    "acting-requests": "actingrequest",
    "people": "colleague",
    "invitations": "invitation",
    "sign-in-address": "signinaddresschange",
}
WORDS = {"step": "evento", "purpose": "marketing", "channel": "email", "kind": "address"}


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """In place of the database that each test has to itself: one for the module, undone at its end."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def here(db, tmp_path_factory):
    """The settings of this module: nothing is counted against a limit, and files are written aside."""
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PAYMENT_SANDBOX_PATH=tmp_path_factory.mktemp("payments"),
        SMS_PROVIDER="file",
        SMS_FILE_PATH=tmp_path_factory.mktemp("sms"),
        APP_PERSON_PER_MINUTE=0,
        API_ADDRESS_PER_MINUTE=0,
    ):
        yield


@pytest.fixture(scope="module")
def schema(here):
    """The schema as programs fetch it."""
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", served)


def rows_of(customer: Customer) -> dict[str, Any]:
    """A row of each kind about a customer, by the name of its model."""
    rows: dict[str, Any] = {model._meta.model_name or "": row for model, row in rows_about(customer).items()}
    SatisfactionSurveyFactory(contact__customer=customer)
    rows["contact"] = written = Contact.objects.get(customer=customer, survey__isnull=False)
    rows["messageattachment"] = MessageAttachmentFactory(message__contact=written)
    rows["draftfile"] = ClaimFileFactory(draft=rows["claimdraft"], claim=None)
    rows["proofcode"] = ProofCodeFactory(customer=customer)
    rows["appdevice"] = AppDeviceFactory()
    rows["usersession"] = session_of(rows["appdevice"].user)
    rows["erasurerequest"] = ErasureRequestFactory(customer=customer)
    rows["invitation"] = InvitationFactory(customer=customer)
    rows["colleague"] = ReservedAreaAccountFactory(by_document=True, capacity="attorney", customer=customer)
    return rows | rows_of_person(UserFactory(), customer)


def rows_of_person(user: Any, customer: Customer) -> dict[str, Any]:
    """Rows of a person who signs in, whomever they act for."""
    return {
        "actingfor": ReservedAreaAccountFactory(by_document=True, user=user),
        "actingrequest": MandateFactory(operation__begun_by=user, operation__customer=customer).operation,
        "signinaddresschange": SignInAddressChangeFactory(user=user, customer=customer, by=user),
    }


def session_of(user: User) -> UserSession:
    """A sign-in of the user on another device."""
    pk = begin_session(user, session_key=f"key-{user.pk}", address="127.0.0.1", user_agent="", is_app=True)
    return UserSession.objects.get(pk=pk)


@pytest.fixture(scope="module")
def ours(here):
    """A customer with a row of everything, and what their app sends with each request."""
    customer = CustomerFactory.create()
    rows = rows_of(customer)
    for year in (RegisterYear, ReportYear):  # the factories number their rows themselves
        year.objects.update(last_number=90_000)
    account = ReservedAreaAccountFactory.create(customer=customer)
    rows["appdevice"] = AppDeviceFactory(user=account.user)
    rows["usersession"] = session_of(account.user)
    rows |= rows_of_person(account.user, customer)
    return rows, {"X-Session-Token": signed_in(account.user).session.session_key or ""}


@pytest.fixture(scope="module")
def theirs(here):
    """The rows of somebody else."""
    return rows_of(CustomerFactory.create(last_name="Zaffirotti"))


def value_of(path: str, name: str, rows: dict[str, Any]) -> Any:
    """What stands for `{name}` in the address of a customer's rows: the id or key of the row that the words before it name."""
    if name in WORDS:
        return WORDS[name]
    before = [
        each for each in path.partition(f"{{{name}}}")[0].removeprefix(ME).split("/") if "{" not in each and each
    ]
    row = rows[ROWS.get("/".join(before[-2:]), "") or ROWS[before[-1]]]
    return row.pk if path_type(path, name) == "integer" else str(row.key)


def path_type(path: str, name: str) -> str:
    """The type of a part of an address, as the schema says."""
    described = next(operation for (_method, each), operation in OPERATIONS.items() if each == path)
    return next(each["schema"]["type"] for each in described["parameters"] if each["name"] == name)


def sent_as(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type of an operation's body and its schema; "" and nothing where it takes none."""
    for content_type, described in operation.get("requestBody", {}).get("content", {}).items():
        name = described["schema"]["$ref"].rpartition("/")[2]
        return content_type, SCHEMA["components"]["schemas"][name]
    return "", {}


def fields_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The fields of an operation's body, by name."""
    return sent_as(operation)[1].get("properties", {})


def example_of(field: dict[str, Any]) -> Any:
    """A value of the type that the schema gives a field."""
    if "enum" in field:
        return field["enum"][0]
    for part in ("oneOf", "allOf", "anyOf"):
        if part in field:
            return example_of(field[part][0])
    if "$ref" in field:
        return example_of(SCHEMA["components"]["schemas"][field["$ref"].rpartition("/")[2]])
    return {"integer": 1, "boolean": True, "array": [], "object": {}}.get(
        str(field.get("type")), "2026-12-01T10:00:00Z"
    )


def ask(method: str, address: str, headers: dict[str, str], more: dict[str, Any] | None = None, *, path: str) -> Any:
    """The answer to an operation with a body of the right shape; all that it wrote is undone."""
    content_type, shape = sent_as(OPERATIONS[method, path])
    fields = shape.get("properties", {})
    body: Any = {name: example_of(fields[name]) for name in shape.get("required", ())} | (more or {})
    if content_type.startswith("multipart"):
        body = {"sha256": "0" * 64, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
        kind = {"data": body}
    else:
        kind = {"data": json.dumps(body), "content_type": "application/json"} if method != "GET" else {}
    headers = {**headers, "Idempotency-Key": str(uuid.uuid4())}
    with undone():
        return getattr(Client(), method.lower())(address, headers=headers, **kind)


def names_in(path: str) -> list[str]:
    """The variable parts of an address."""
    return [part.partition("}")[0] for part in path.split("{")[1:]]


# --- What the schema says ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=NAMES)
def test_every_answer_to_a_customer_is_one_that_the_schema_describes(schema, ours, method, path, mode):
    rows, headers = ours

    @(FEWER if method == "GET" else FEW)
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def asked(case):
        for name in names_in(path):
            if mode == GenerationMode.POSITIVE:
                case.path_parameters[name] = value_of(path, name, rows)
        case.headers.pop("X-Acting-For", None)
        with undone():
            case.call_and_validate(headers=headers, checks=ALWAYS)

    asked()


# --- Somebody else's --------------------------------------------------------------------------------------------------
OF_A_ROW = [(method, path) for method, path in OPERATIONS if set(names_in(path)) - set(WORDS)]


@pytest.mark.parametrize(("method", "path"), OF_A_ROW, ids=[OPERATIONS[each]["operationId"] for each in OF_A_ROW])
def test_what_is_somebody_elses_is_not_found(ours, theirs, method, path):
    _rows, headers = ours
    address = path
    for name in names_in(path):
        address = address.replace(f"{{{name}}}", str(value_of(path, name, theirs)))
    answer = ask(method, address, headers, path=path)
    gone_already = method == "DELETE" and answer.status_code == 204
    assert answer.status_code == 404 or gone_already, (address, answer.status_code, answer.content[:300])
    assert b"zaffirotti" not in answer.content.lower()


IN_A_BODY = [
    (method, path)
    for (method, path), operation in OPERATIONS.items()
    if {"policy", "claim"} & set(fields_of(operation))
]


@pytest.mark.parametrize(("method", "path"), IN_A_BODY, ids=[OPERATIONS[each]["operationId"] for each in IN_A_BODY])
def test_what_is_somebody_elses_is_not_found_by_naming_it_in_a_body(ours, theirs, method, path):
    _rows, headers = ours
    for name in sorted({"policy", "claim"} & set(fields_of(OPERATIONS[method, path]))):
        answer = ask(method, path, headers, {name: theirs[name].pk}, path=path)
        assert answer.status_code == 404, (name, answer.content[:300])
