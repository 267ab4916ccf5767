"""The API does what its schema says: requests made from the schema are answered as the schema describes."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode, checks

from foundation.api.keys import create_key
from foundation.models import Scope
from vittoria_care.wsgi import application

pytestmark = pytest.mark.django_db

OPERATIONS = [
    ("GET", "/api/v1/agents/states/"),
    ("POST", "/api/v1/calls/"),
    ("POST", "/api/v1/calls/events/"),
    ("POST", "/api/v1/enrolment/"),
    ("POST", "/api/v1/enrolment/finish/"),
    ("POST", "/api/v1/enrolment/invitation/"),
    ("POST", "/api/v1/enrolment/invitation/accept/"),
    ("GET", "/api/v1/figures/"),
    ("GET", "/api/v1/figures/changes/"),
    ("GET", "/api/v1/figures/unresolved/"),
    ("GET", "/api/v1/figures/staffing/"),
    ("GET", "/api/v1/figures/watch/"),
    ("POST", "/api/v1/feedback/"),
    ("POST", "/api/v1/requests/"),
]
WITHOUT_INPUT = [
    ("GET", "/api/v1/enrolment/"),
    ("GET", "/api/v1/service-notices/"),
]  # there is nothing to send that is wrong
FEW = hypothesis_settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ALWAYS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def one_connection():
    """Requests share the test's connection, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def served(environ, start_response):
    """The project, called from this machine."""
    return application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


@pytest.fixture(scope="module")
def api_schema(one_connection, django_db_setup, django_db_blocker):
    """The schema as programs fetch it, once for the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", served)
        transaction.set_rollback(True)
    return schema


@pytest.fixture(autouse=True)
def nothing_is_counted(settings):
    """Nothing here is counted against a limit."""
    settings.API_KEY_PER_MINUTE = settings.API_ADDRESS_PER_MINUTE = settings.API_WRONG_KEYS_PER_MINUTE = 0


@pytest.fixture
def headers(one_connection, db):
    secret = create_key(name="schema", source="schema", scopes=Scope.values, by=None)[1]
    return {"Authorization": f"Bearer {secret}"}


def try_out(operation, mode, ask):
    """Ask with a few requests made from the schema, valid ones or others."""

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case):
        ask(case)

    asked()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_schema_describes(api_schema, headers, method, path, mode):
    try_out(api_schema[path][method], mode, lambda case: case.call_and_validate(headers=headers, checks=ALWAYS))


@pytest.mark.parametrize("path", ["/api/v1/calls/", "/api/v1/calls/events/"])
def test_what_the_schema_allows_a_platform_to_send_is_answered_row_by_row(api_schema, headers, path):
    def ask(case):
        answer = case.call(headers=headers)
        assert answer.status_code == 200, answer.text

    try_out(api_schema[path]["POST"], GenerationMode.POSITIVE, ask)


def test_every_operation_is_tried(api_schema):
    described = {(each.ok().method.upper(), each.ok().path) for each in api_schema.get_all_operations()}
    for_programs = {each for each in described if each[1].startswith("/api/v1/")}
    assert {each for each in for_programs if not each[1].startswith("/api/v1/me/")} == {*OPERATIONS, *WITHOUT_INPUT}


def test_the_schema_knows_the_bounds_of_a_batch_and_of_a_day(client):
    described = client.get("/api/schema/", {"format": "json"}).json()
    rows = described["components"]["schemas"]["CallOrCalls"]["oneOf"][1]
    assert (rows["minItems"], rows["maxItems"]) == (1, 1_000)
    (first,) = (each for each in described["paths"]["/api/v1/figures/"]["get"]["parameters"] if each["name"] == "from")
    assert first["schema"]["format"] == "date"
    assert described["components"]["schemas"]["CallIn"]["additionalProperties"] is False
