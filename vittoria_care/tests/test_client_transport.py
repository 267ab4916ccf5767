"""The Python client's transport: tried again with the same key, what is held is not sent twice, refusals are exceptions."""

import hashlib
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from myvittoria import Client, Copy, NoAnswer, Problem, SignInRefused, VersionEnding
from myvittoria.problems import AppTooOld, FreshProofRequired, IdempotencyKeyReused, SignedOut

BROKEN: tuple[int, dict[str, str], Any] = (0, {}, None)


def problem(status: int, code: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    return status, headers, {"type": "about:blank", "title": "", "status": status, "code": code, "detail": "Non va."}


class Server(HTTPServer):
    """Gives the answers that it was given, one after the other, and remembers what it was asked."""

    answers: list[tuple[int, dict[str, str], Any]]
    asked: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(
            {"method": self.command, "path": self.path, "headers": self.headers, "content": content}
        )
        status, headers, body = self.server.answers.pop(0)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if body is None else json.dumps(body).encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serving(*answers: tuple[int, dict[str, str], Any]) -> Iterator[tuple[Client, Server, list[float]]]:
    """A client of a server that answers so, and how long it waited."""
    server, waited = Server(("127.0.0.1", 0), Handler), list[float]()
    server.answers, server.asked = list(answers), []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{server.server_port}", session_token="t", sleep=waited.append), server, waited
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def keys_of(server: Server) -> list[str | None]:
    return [each["headers"]["Idempotency-Key"] for each in server.asked]


# --- Trying again -----------------------------------------------------------------------------------------------------
def test_a_write_whose_answer_was_lost_is_sent_again_with_the_same_key_and_body():
    with serving(BROKEN, problem(503, "unavailable"), (201, {}, {"id": 1})) as (client, server, waited):
        assert client.send_feedback(rating=5)["id"] == 1
    assert len(set(keys_of(server))) == 1
    assert len({each["content"] for each in server.asked}) == 1
    assert waited == sorted(waited)
    assert len(waited) == 2


def test_each_write_has_a_key_of_its_own_unless_it_is_given_one():
    with serving(*[(201, {}, {})] * 3) as (client, server, _waited):
        client.send_feedback(rating=5)
        client.send_feedback(rating=5)
        client.send_feedback(rating=5, key="mine")
    first, second, third = keys_of(server)
    assert len({first, second, third}) == 3
    assert third == "mine"


def test_the_wait_is_the_one_that_the_server_asks_for():
    with serving(problem(429, "throttled", **{"Retry-After": "7"}), (200, {}, {})) as (client, _server, waited):
        client.get_profile()
    assert waited == [7]


def test_after_the_last_try_it_gives_up_and_says_with_which_key():
    with serving(*[BROKEN] * 5) as (client, server, _waited), pytest.raises(NoAnswer) as failed:
        client.send_feedback(rating=5)
    assert failed.value.key == keys_of(server)[0]


def test_a_write_without_a_key_is_not_repeated_where_it_may_have_arrived():
    with serving(BROKEN) as (client, server, _waited), pytest.raises(NoAnswer):
        client.use_operation_code("k", code="123456")
    assert len(server.asked) == 1


def test_wrong_passwords_are_not_tried_again():
    refused = (429, {}, {"status": 429, "errors": [{"message": "Troppi.", "code": "too_many"}]})
    with serving(refused) as (client, server, _waited), pytest.raises(SignInRefused, match="Troppi"):
        client.sign_in("a@example.it", "x")
    assert len(server.asked) == 1


# --- What is held -----------------------------------------------------------------------------------------------------
def test_an_answer_that_is_held_is_used_where_it_has_not_changed():
    with serving((200, {"ETag": '"1"'}, {"name": "Maria"}), (304, {"ETag": '"1"'}, None)) as (client, server, _waited):
        assert [client.get_home()["name"] for _twice in range(2)] == ["Maria"] * 2
    assert [each["headers"]["If-None-Match"] for each in server.asked] == [None, '"1"']


def test_what_is_held_about_one_customer_is_not_shown_for_another():
    with serving((200, {"ETag": '"1"'}, {"name": "Maria"}), (200, {}, {"name": "Officine"})) as (client, server, _):
        client.get_home()
        with client.acting(7):
            assert client.get_home()["name"] == "Officine"
    assert [each["headers"]["X-Acting-For"] for each in server.asked] == [None, "7"]
    assert server.asked[1]["headers"]["If-None-Match"] is None


def page(results: list[Any], **more: Any) -> tuple[int, dict[str, str], Any]:
    return 200, {}, {"next": None, "changes": None, "present": None, "results": results} | more


def test_a_list_is_read_by_pages_to_its_end():
    first = page([{"id": 2}], next="/api/v1/me/policies/?cursor=abc&limit=1")
    with serving(first, page([{"id": 1}])) as (client, server, _waited):
        assert [row["id"] for row in client.each(client.list_policies, limit=1)] == [2, 1]
    assert server.asked[1]["path"] == "/api/v1/me/policies/?cursor=abc&limit=1"


def test_a_copy_is_brought_up_to_date_and_loses_what_has_gone():
    newer = page([{"id": 3}], changes="w2", present=[1, 3])
    with serving(page([{"id": 1}, {"id": 2}], changes="w1"), newer) as (client, server, _waited):
        copy = client.refresh(client.list_policies, Copy())
        copy = client.refresh(client.list_policies, copy)
    assert (sorted(copy.rows), copy.changes) == ([1, 3], "w2")
    assert server.asked[1]["path"].endswith("?changed_since=w1")


def test_a_copy_whose_moment_is_forgotten_is_read_whole():
    forgotten = problem(410, "changes_forgotten")
    with serving(forgotten, page([{"id": 9}], changes="w3")) as (client, _server, _waited):
        copy = client.refresh(client.list_policies, Copy({1: {"id": 1}}, "w1"))
    assert (list(copy.rows), copy.changes) == ([9], "w3")


# --- Refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (422, "idempotency_key_reused", IdempotencyKeyReused),
        (410, "app_too_old", AppTooOld),
        (409, "something_new", Problem),
    ],
)
def test_a_refusal_is_an_exception_of_its_code_with_the_sentence(status, code, kind):
    with (
        serving(problem(status, code)) as (client, _server, _waited),
        pytest.raises(kind, match=r"Non va\.") as failed,
    ):
        client.send_feedback(rating=5)
    assert (failed.value.status, failed.value.code) == (status, code)


def test_a_token_that_has_ended_is_forgotten_with_all_that_is_held():
    with serving((200, {"ETag": '"1"'}, {}), problem(401, "signed_out"), (200, {}, {})) as (client, server, _waited):
        client.get_home()
        with pytest.raises(SignedOut):
            client.get_home()
        client.get_home()
    assert server.asked[2]["headers"]["X-Session-Token"] is None
    assert server.asked[2]["headers"]["If-None-Match"] is None


def test_a_fresh_proof_is_asked_of_the_person_and_the_same_write_is_sent_again():
    wanted = problem(403, "fresh_proof_required")
    proved = (200, {}, {"status": 200, "meta": {"is_authenticated": True}})
    with serving(wanted, proved, (201, {}, {"id": 4})) as (client, server, _waited):
        client.prove = lambda: client.prove_with_password(password="p")
        assert client.ask_erasure(read=True)["id"] == 4
    first, _proof, again = keys_of(server)
    assert first == again


def test_without_a_way_to_prove_it_the_refusal_is_the_callers():
    with serving(problem(403, "fresh_proof_required")) as (client, _server, _), pytest.raises(FreshProofRequired):
        client.ask_erasure(read=True)


def test_a_version_that_ends_is_warned_about():
    ending = {"Sunset": "Wed, 01 Jul 2026 00:00:00 GMT", "Link": '<https://x.example/>; rel="deprecation"'}
    with serving((200, ending, {})) as (client, _server, _waited), pytest.warns(VersionEnding, match="1 Jul|01 Jul"):
        client.get_home()


# --- What is sent -----------------------------------------------------------------------------------------------------
def test_a_file_goes_with_its_checksum_before_it():
    with serving((201, {}, {})) as (client, server, _waited), warnings.catch_warnings(action="error"):
        client.send_upload(content=b"%PDF-1.7", name='preven"tivo.pdf')
    content = server.asked[0]["content"]
    assert content.index(hashlib.sha256(b"%PDF-1.7").hexdigest().encode()) < content.index(b"%PDF-1.7")
    assert b'filename="preven_tivo.pdf"' in content


def test_a_token_is_sent_nowhere_else():
    with (
        serving((302, {"Location": "http://127.0.0.1:1/"}, None)) as (client, server, _waited),
        pytest.raises(Problem),
    ):
        client.get_home()
    assert len(server.asked) == 1


def test_a_token_does_not_travel_in_the_open():
    with pytest.raises(ValueError, match="https"):
        Client("http://care.example")
