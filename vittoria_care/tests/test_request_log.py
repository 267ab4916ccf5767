"""One id from the request to every task it causes, and no line about a person."""

import json
import logging
import threading
from functools import partial

import pytest
import structlog
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, resolve, reverse

from customers.tests.factories import CustomerFactory, UserFactory
from foundation.api.keys import create_key
from vittoria_care.celery import app
from vittoria_care.running import logs
from vittoria_care.running.request_log import RequestLog
from vittoria_care.urls import urlpatterns as ours

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

RAN = threading.Event()
BOUND: list[dict] = []


@shared_task
def look_around(notice_id):
    """Take down what is bound to the log lines of a task."""
    BOUND.append(structlog.contextvars.get_contextvars())
    RAN.set()


def owe(request):
    """Queue a task once the transaction is through, as commands do."""
    with transaction.atomic():
        transaction.on_commit(partial(look_around.delay, 17), robust=True)
    return HttpResponse("queued")


def fail(request, email):
    """Go wrong with a person's data at hand."""
    name = "Mariangela Sottocorno"  # in a variable, which no traceback shows
    CustomerFactory(last_name=name, tax_code="RSSMRA85T10A562S")
    try:
        with transaction.atomic():
            CustomerFactory(last_name=name, tax_code="RSSMRA85T10A562S")
    except IntegrityError as error:
        raise RuntimeError(f"{email} could not be reached at +393331234567") from error


urlpatterns = [path("try/owe/", owe), path("try/fail/<str:email>/", fail), *ours]


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture(params=[True, False], ids=["JSON", "for people"])
def lines(request):
    """What is written, line by line, as in production and as in development."""
    logs.configuration(as_json=request.param, level="INFO")
    configuration = logs.configuration(as_json=request.param, level="INFO")
    formatter = configuration["formatters"]["lines"]
    made = formatter.pop("()")(**formatter)
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(made.format(record))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    logs.configuration(as_json=False, level="INFO")


# --- The id -------------------------------------------------------------------------------------------------------
def test_every_answer_has_an_id(client):
    ids = [client.get(address).headers["X-Request-ID"] for address in ("/", "/healthz", "/nothing/", "/api/nothing/")]
    assert len({len(each) for each in ids}) == 1
    assert len(set(ids)) == 4


def test_the_callers_id_is_kept(client):
    answer = client.get("/", headers={"x-request-id": "switchboard-2026.05_04"})
    assert answer.headers["X-Request-ID"] == "switchboard-2026.05_04"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f g", "maria@example.it", "<script>", "-------x"])
def test_an_id_that_is_no_plain_word_is_replaced(client, given):
    assert client.get("/", headers={"x-request-id": given}).headers["X-Request-ID"] != given


def test_the_line_of_a_request_has_its_id(client, caplog):
    answer = client.get("/", headers={"x-request-id": "switchboard-1"})
    (record,) = [record for record in caplog.records if record.msg.get("event") == "request_finished"]
    assert record.msg["request_id"] == answer.headers["X-Request-ID"] == "switchboard-1"
    assert (record.msg["request"], record.msg["code"]) == ("GET /", 200)
    assert "ip" not in record.msg


def test_the_line_names_the_user_or_the_key(client, caplog):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    client.get(reverse("admin:index"))
    key, secret = create_key(name="x", source="x", scopes=["figures:read"], by=None)
    Client().get(reverse("api_figures"), headers={"authorization": f"Bearer {secret}"})
    by_person, by_key = [record.msg for record in caplog.records if record.msg.get("event") == "request_finished"]
    assert (by_person["user_id"], by_key["api_key"]) == (user.pk, key.prefix)
    assert "user_id" not in by_key


@pytest.mark.django_db(transaction=True)
def test_the_tasks_of_a_request_have_its_id(client):
    BOUND.clear()
    RAN.clear()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        client.get("/try/owe/", headers={"x-request-id": "switchboard-2"})
        assert RAN.wait(15)
    (bound,) = BOUND
    assert bound["request_id"] == "switchboard-2"
    assert set(bound) == {"request_id", "task_id"}
    assert structlog.contextvars.get_contextvars() == {}, "nothing is left for the next request"


# --- Nothing about a person -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/?email=mariangela@example.it&q=Sottocorno"),
        lambda client: client.post("/accesso/login/", {"login": "mariangela@example.it", "password": "Sottocorno"}),
        lambda client: client.post("/api/nothing/", '{"name": "Sottocorno"}', content_type="application/json"),
        lambda client: client.get("/mariangela@example.it/Sottocorno/"),
        lambda client: client.get("/try/fail/mariangela@example.it/"),
    ],
    ids=["query", "form", "JSON", "path", "fault"],
)
def test_no_line_is_about_a_person(client, lines, ask):
    ask(client)
    text = "\n".join(lines)
    assert "request_" in text, "something was written"
    for word in ("mariangela", "Sottocorno", "RSSMRA85T10A562S", "333123"):
        assert word.lower() not in text.lower()


def test_a_fault_is_still_logged(client, lines):
    client.get("/try/fail/mariangela@example.it/")
    text = "\n".join(lines)
    assert "RuntimeError" in text
    assert "<e-mail> could not be reached at <phone>" in text


def test_lines_in_production_are_json():
    formatter = logs.configuration(as_json=True, level="INFO")["formatters"]["lines"]
    made = formatter.pop("()")(**formatter)
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "sent to a.b@example.it", (), None)
    assert json.loads(made.format(record))["event"] == "sent to <e-mail>"
    logs.configuration(as_json=False, level="INFO")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("DETAIL:  Key (email)=(m@x.it) already exists.", "DETAIL:  Key (email)=(…) already exists."),
        ("Key (a, b)=(1, Rossi (Maria)) is not present", "Key (a, b)=(…) is not present"),
        ("DETAIL:  Failing row contains (1, Maria, (x), null).", "DETAIL:  Failing row contains (…)."),
        ("tax code rssmra85t10a562s refused", "tax code <tax code> refused"),
        ("Task done in 0.25s, 1 of 3 (33%)", "Task done in 0.25s, 1 of 3 (33%)"),
    ],
)
def test_what_is_struck_out(line, instead):
    assert logs.strike_out(None, "info", line) == instead


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/backoffice/customers/customer/17/change/", "/backoffice/customers/customer/17/change/"),
        ("/backoffice/customers/customer/Rossi/change/", "/backoffice/customers/customer/<object_id>/change/"),
        ("/accesso/password/reset/key/1-a0b1c2/", "/accesso/password/reset/key/1-<key>/"),
        ("/", "/"),
    ],
)
def test_of_a_known_address_the_pattern_is_logged(address, logged):
    request = RequestFactory().get(address)
    request.resolver_match = resolve(address)
    assert RequestLog.format_request(request) == f"GET {logged}"


def test_of_an_unknown_address_only_plain_words_and_numbers_are_logged():
    request = RequestFactory().get("/x/")
    cases = {
        "/backoffice/customers/customer/17/change/": "/backoffice/customers/customer/17/change/",
        "/mario.rossi@example.it/": "/…/",
        "/api/v1/calls/abc-DEF/": "/api/v1/calls/…/",
        "/wp-login.php": "/…",
    }
    for address, logged in cases.items():
        request.path = address
        assert RequestLog.format_request(request) == f"GET {logged}"


# --- What is left out ---------------------------------------------------------------------------------------------
def written_at(level, **event):
    record = logging.LogRecord("trial", level, "", 0, event, (), None)
    return logs.RoutineLeftOut().filter(record)


@pytest.mark.parametrize(
    "event",
    [
        {"event": "request_started", "request": "GET /"},
        {"event": "request_finished", "request": "GET /healthz"},
        {"event": "request_finished", "request": "GET /static/css/…"},
        {"event": "streaming_started"},
        {"event": "streaming_finished"},
    ],
)
def test_what_repeats_for_ever_is_left_out_unless_it_goes_wrong(event):
    assert (written_at(logging.INFO, **event), written_at(logging.ERROR, **event)) == (False, True)


def test_a_library_that_names_all_it_tries_is_not_repeated():
    levels = logs.configuration(as_json=False, level="INFO")["loggers"]
    assert (levels["flufl.bounce"], levels["celery.app.trace"]) == ({"level": "WARNING"}, {"level": "WARNING"})


def test_a_page_is_reported_once():
    assert written_at(logging.INFO, event="request_finished", request="GET /contatti/richiesta/")


def test_a_slow_request_has_a_line_of_its_own(client, lines, monkeypatch):
    monkeypatch.setattr("vittoria_care.running.request_log.SLOW_SECONDS", 0.0)

    client.get("/contatti/")

    assert [line for line in lines if "request_slow" in line and "GET /contatti/" in line]


def test_a_request_of_ordinary_length_has_no_such_line(client, lines):
    client.get("/contatti/")

    assert not [line for line in lines if "request_slow" in line]
