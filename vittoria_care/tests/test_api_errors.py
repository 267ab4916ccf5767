"""Every error of the API is a problem of RFC 9457, says how to fix it, and nothing of what is inside."""

import json
import socket

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from redis.exceptions import ConnectionError as NoRedis

from customers import roles
from customers.tests.factories import UserFactory
from foundation import counting
from foundation.api.keys import create_key

pytestmark = [pytest.mark.django_db, pytest.mark.urls("vittoria_care.tests.api_urls")]

ECHO = "/api/try/echo/"


@pytest.fixture
def client():
    with translation.override("en"):  # which each request takes over, and leaves behind
        yield Client(raise_request_exception=False, headers={"accept-language": "en"})


def post(client, address, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic("POST", address, data, content_type=content_type, headers=headers)


def problem(answer):
    """The problem, once it has been seen to be whole."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "code", "detail", "instance"} <= set(body)
    assert body["status"] == answer.status_code
    assert body["instance"] == f"urn:request:{answer.headers['X-Request-ID']}"
    return body


# --- What was sent ------------------------------------------------------------------------------------------------
def test_errors_are_named_by_field(client):
    body = problem(post(client, "/api/try/checked/", {}))
    assert (body["status"], body["code"], set(body["errors"])) == (400, "invalid", {"rows"})


def test_errors_in_rows_are_named_by_row(client):
    body = problem(post(client, "/api/try/checked/", {"rows": [{"name": "Anna"}, {}, {"name": "Alessandra"}]}))
    assert set(body["errors"]) == {"rows.1.name", "rows.2.name"}
    body = problem(post(client, "/api/try/rows/", [{"name": "Anna"}, {"name": "Alessandra"}]))
    assert set(body["errors"]) == {"1.name"}
    body = problem(post(client, "/api/try/checked/", {"rows": ["x", {"name": "Anna"}]}))
    assert set(body["errors"]) == {"rows.0"}


def test_an_error_of_the_whole_has_no_field(client):
    body = problem(post(client, "/api/try/checked/", {"rows": [{"name": "Anna"}] * 3}))
    assert body["errors"] == {"": ["Too many rows."]}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": 1,}',
        b"[NaN]",
        b'{"a": Infinity}',
        b"[" * 100_000,
        b"1" * 5_000,
        b"\xff\xfe{}",
        b'{"name": "caff\xe8"}',
        b"name=Anna",
    ],
    ids=["cut", "comma", "nan", "infinity", "deep", "long number", "bom16", "latin1", "form"],
)
def test_a_body_that_is_not_json_is_reported_as_such(client, body):
    body = problem(post(client, ECHO, body))
    assert (body["status"], body["code"]) == (400, "parse_error")


def test_the_sentence_says_where_the_json_ends_to_be_json(client):
    body = problem(post(client, ECHO, b'{"a": 1,\n "b" 2}'))
    assert body["detail"] == "The body is not JSON: line 2, column 6 (Expecting ':' delimiter)."


def test_the_sentence_says_which_byte_is_not_utf8(client):
    body = problem(post(client, ECHO, b'{"a": "\xe8"}'))
    assert body["detail"] == "The body is not UTF-8: look at byte 8."


def test_utf8_is_read_with_or_without_its_mark(client):
    for body in ('{"a": "è😀"}'.encode(), '\ufeff{"a": "è😀"}'.encode()):
        assert post(client, ECHO, body).json() == {"given": {"a": "è😀"}}


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "nonsense"])
def test_another_charset_is_refused_in_words(client, charset):
    body = problem(post(client, ECHO, b"{}", content_type=f"application/json; charset={charset}"))
    assert (body["status"], body["code"]) == (415, "unsupported_media_type")
    assert body["detail"].startswith("JSON is read in UTF-8, not in")


def test_utf8_may_be_named(client):
    assert post(client, ECHO, b"{}", content_type='application/json; charset="UTF-8"').status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "nonsense"])
def test_another_type_is_refused(client, content_type):
    assert problem(post(client, ECHO, "a=1", content_type=content_type))["status"] == 415


def test_a_body_over_the_limit_is_refused(client, settings):
    settings.API_BODY_LIMIT = 1_000
    assert post(client, ECHO, json.dumps("x" * 998)).status_code == 200
    body = problem(post(client, ECHO, json.dumps("x" * 999)))
    assert (body["status"], body["code"], body["detail"]) == (
        413,
        "body_too_large",
        "The body is over 1.000 bytes. Send it in parts.",
    )


def test_a_body_without_its_length_is_refused(client):
    answer = client.generic("POST", ECHO, headers={"transfer-encoding": "chunked"}, CONTENT_LENGTH="")
    assert (problem(answer)["status"], problem(answer)["code"]) == (411, "length_required")


# --- Who asked, and for what ----------------------------------------------------------------------------------------
def test_a_caller_without_a_key_is_asked_for_one(client):
    answer = client.get("/api/try/keys/")
    assert problem(answer)["code"] == "not_authenticated"
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Vittoria Care"')


def test_an_unknown_key_is_reported_as_such(client):
    answer = client.get("/api/try/keys/", headers={"authorization": "Bearer vc_12345678_x"})
    assert (problem(answer)["code"], answer.status_code) == ("key_unknown", 401)
    assert "WWW-Authenticate" in answer.headers


def test_a_caller_without_the_right_gets_the_reason(client):
    client.force_login(UserFactory(role=roles.AGENT))
    assert problem(client.get("/api/try/keys/"))["code"] == "scope_missing"
    assert problem(client.get(reverse("api_figures")))["code"] == "permission_denied"


def test_a_form_of_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(role=roles.MANAGER))
    assert problem(post(client, reverse("api_figures"), {}))["status"] == 403


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/figures/", "/api/è/😀", "/api/%00"]
)
def test_an_unknown_address_is_a_problem(client, address):
    assert problem(client.get(address, follow=True))["code"] == "not_found"


def test_elsewhere_an_unknown_address_is_a_page(client):
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")


def test_a_write_without_the_slash_is_not_turned_into_a_reading(client):
    assert client.get(ECHO.rstrip("/")).status_code == 301
    body = problem(post(client, ECHO.rstrip("/"), {}))
    assert (body["status"], body["detail"]) == (404, "There is nothing at this address: it ends with a slash.")


def test_another_method_is_refused(client):
    answer = client.get(ECHO)
    assert (problem(answer)["status"], answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_another_type_of_answer_is_refused(client):
    assert problem(client.get("/api/try/wrong/missing/", headers={"accept": "text/csv"}))["status"] == 406
    assert problem(client.get("/api/schema/", headers={"accept": "image/png"}))["status"] == 406


# --- What went wrong ------------------------------------------------------------------------------------------------
def test_a_refusal_is_a_conflict(client):
    body = problem(client.get("/api/try/wrong/refused/"))
    assert (body["status"], body["code"]) == (409, "answered_already")
    assert body["detail"] == "The complaint was answered already."


@pytest.mark.parametrize(("how", "status"), [("missing", 404), ("forbidden", 403), ("broken", 500)])
def test_nothing_of_the_inside_is_shown(client, how, status):
    answer = client.get(f"/api/try/wrong/{how}/")
    assert problem(answer)["status"] == status
    assert b"ossi" not in answer.content
    assert b"Error" not in answer.content.replace(b"Internal Server Error", b"")


def test_a_page_of_an_error_becomes_a_problem(client):
    answer = client.get("/api/try/plain/")
    assert problem(answer)["code"] == "bad_request"
    assert b"<h1>" not in answer.content


def test_the_sentence_is_in_the_language_of_the_request():
    with translation.override("it"):
        client = Client(headers={"accept-language": "en"})
        assert problem(client.get("/api/v1/nothing/"))["detail"] == "There is nothing at this address."


# --- Rates ------------------------------------------------------------------------------------------------------
def test_an_address_may_ask_so_often_in_a_minute(client, settings, time_machine):
    settings.API_ADDRESS_PER_MINUTE = 2
    time_machine.move_to("2026-05-04T09:00:50Z", tick=False)
    assert [post(client, ECHO, {}).status_code for _each in range(3)] == [200, 200, 429]
    answer = post(client, ECHO, {})
    assert (problem(answer)["code"], answer.headers["Retry-After"]) == ("throttled", "11")
    assert client.post(ECHO, {}, "application/json", REMOTE_ADDR="192.0.2.9").status_code == 200
    time_machine.shift(10)
    assert post(client, ECHO, {}).status_code == 200


def test_a_key_has_a_rate_of_its_own(client, settings):
    settings.API_KEY_PER_MINUTE, settings.API_ADDRESS_PER_MINUTE = 2, 1
    secrets = [create_key(name=n, source="x", scopes=["calls:write"], by=None)[1] for n in ("one", "other")]
    asked = [client.get("/api/try/keys/", headers={"authorization": f"Bearer {secrets[0]}"}) for _each in range(3)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert client.get("/api/try/keys/", headers={"authorization": f"Bearer {secrets[1]}"}).status_code == 200


def test_zero_is_no_limit(client, settings):
    settings.API_ADDRESS_PER_MINUTE = 0
    assert {post(client, ECHO, {}).status_code for _each in range(5)} == {200}


def test_without_the_cache_nobody_is_held_up(client, settings, monkeypatch):
    def away(*args, **kwargs):
        raise NoRedis

    monkeypatch.setattr(counting.cache, "add", away)
    settings.API_ADDRESS_PER_MINUTE = 1
    assert [post(client, ECHO, {}).status_code for _each in range(2)] == [200, 200]


@pytest.mark.parametrize("port", ["", ":41234"])
def test_behind_a_proxy_the_address_is_the_one_it_names(client, settings, port):
    settings.API_ADDRESS_PER_MINUTE = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for forged in ("198.51.100.1", "198.51.100.2"):
        answer = post(
            client, ECHO, {}, **{"x-forwarded-for": f"{forged}, 203.0.113.5{port}", "x-forwarded-proto": "https"}
        )
        port = port and port + "5"
    assert answer.status_code == 429, "only the address that the proxy itself added counts, whatever its port"


# --- Over the wire --------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_fifty_megabytes_are_refused_before_they_are_sent(live_server):
    host, port = live_server.thread.host, live_server.thread.port
    head = f"POST {ECHO} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 52428800\r\n\r\n"
    with socket.create_connection((host, port), timeout=10) as caller:
        caller.sendall(head.encode() + b'"' + b"x" * 1_000)  # and no more: an answer can only come from the head
        answer = b""
        while b"instance" not in answer and (part := caller.recv(65_536)):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "body_too_large"' in answer
