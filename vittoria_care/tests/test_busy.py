"""A page that the database made wait too long says so and loses nothing."""

from http import HTTPStatus

import psycopg2
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import UserFactory
from vittoria_care import urls
from vittoria_care.running.busy import Busy


@csrf_exempt
def locked(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20ms'")
        cursor.execute("SELECT pg_advisory_xact_lock(71)")
    return HttpResponse("done")


@csrf_exempt
def slow(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        cursor.execute("SELECT pg_sleep(5)")


urlpatterns = [
    path("locked/", locked),
    path("slow/", slow),
    path("api/v1/locked/", locked),
    path("api/v1/slow/", slow),
    *urls.urlpatterns,
]
here = pytest.mark.urls("vittoria_care.tests.test_busy")


def another_session():
    """A connection of somebody else to the same database."""
    given = connection.get_connection_params()
    given.pop("cursor_factory", None)
    return psycopg2.connect(**given)


@pytest.fixture
def held(transactional_db):
    """Somebody else holds the lock that the page wants."""
    other = another_session()
    other.cursor().execute("SELECT pg_advisory_xact_lock(71)")
    yield
    other.close()


@here
def test_a_lock_that_somebody_holds_is_a_conflict_that_keeps_what_was_typed(client, held):
    answer = client.post("/locked/?da=coda", {"text": 'Prima riga\n"seconda"', "topic": ["1", "2"]})

    assert (answer.status_code, answer["Retry-After"]) == (HTTPStatus.CONFLICT, "5")
    assert answer.context["typed"] == [("text", 'Prima riga\n"seconda"'), ("topic", "1"), ("topic", "2")]
    page = answer.content.decode()
    assert 'action="/locked/?da=coda"' in page
    assert '<input type="hidden" name="text" value="Prima riga\n&quot;seconda&quot;">' in page


@here
def test_what_was_typed_goes_with_the_second_try(client, held):
    kept = dict(client.post("/locked/", {"text": "Prima"}).context["typed"])
    assert kept == {"text": "Prima"}


@here
def test_a_password_does_not_go_back_into_the_page(client, held):
    answer = client.post("/locked/", {"login": "a@example.it", "password": "segreta", "csrfmiddlewaretoken": "x"})
    assert answer.context["typed"] == [("login", "a@example.it")]


@here
def test_the_names_of_files_are_shown(client, held, tmp_path):
    file = tmp_path / "foto.jpg"
    file.write_bytes(b"x")
    with file.open("rb") as opened:
        answer = client.post("/locked/", {"files": opened})
    assert answer.context["files"] == ["foto.jpg"]


@here
def test_a_page_that_is_only_read_offers_to_be_read_again(client, held):
    answer = client.get("/locked/")
    assert (answer.status_code, answer.context["typed"]) == (HTTPStatus.CONFLICT, [])


@here
def test_a_statement_that_takes_too_long_is_503(client, transactional_db):
    answer = client.post("/slow/", {"text": "Prima"})
    assert (answer.status_code, answer.context["typed"]) == (HTTPStatus.SERVICE_UNAVAILABLE, [("text", "Prima")])


@here
@pytest.mark.parametrize(("name", "status", "code"), [("locked", 409, "busy"), ("slow", 503, "too_slow")])
def test_the_api_answers_with_a_problem(client, held, name, status, code):
    answer = client.post(f"/api/v1/{name}/", {"text": "x"}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status,
        "application/problem+json",
        code,
    )
    assert answer["Retry-After"] == "5"


def test_any_other_error_is_left_alone():
    assert Busy(lambda request: HttpResponse()).process_exception(RequestFactory().get("/"), ValueError("x")) is None


def test_a_note_on_a_contact_that_somebody_holds_is_kept(client, transactional_db):
    contact = ContactFactory()
    client.force_login(UserFactory(role=roles.AGENT))
    other = another_session()
    other.cursor().execute("SELECT FROM contact_center_contact WHERE id = %s FOR UPDATE", [contact.pk])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        answer = client.post(
            f"/backoffice/contact_center/contact/{contact.pk}/comando/nota/", {"text": "Ha richiamato alle tre."}
        )
    finally:
        other.close()
        connection.close()

    assert answer.status_code == HTTPStatus.CONFLICT
    assert ("text", "Ha richiamato alle tre.") in answer.context["typed"]
    assert contact.messages.count() == 0
