"""The app hands over the copy of one's data and takes the request for erasure, as the room "My data" does."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from customers.models import DataExportOpening, ErasureRequest
from customers.tests.factories import (
    CustomerFactory,
    DataExportFactory,
    ErasureRequestFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from notifications.erasure import lengthen_erasure
from notifications.models import Notice
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

ZIP = b"PK\x03\x04prova"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account, proved=True)


@pytest.fixture
def ready(account):
    return DataExportFactory(
        customer=account.customer, ready=True, size=len(ZIP), file=ContentFile(ZIP, name="x"), asked_by=account.user
    )


def test_a_copy_is_asked_for_once_and_listed(app):
    answers = [app.send("data-exports/") for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].content
    (row,) = app.get("data-exports/").json()["results"]
    assert (row["key"], row["state"], row["file_url"]) == (answers[0].json()["key"], "waiting", None)


def test_a_copy_that_is_ready_is_taken_and_the_opening_is_written_down(app, ready):
    row = app.get(f"data-exports/{ready.key}/").json()
    answer = app.client.get(row["file_url"])
    assert b"".join(answer.streaming_content) == ZIP
    assert DataExportOpening.objects.get().door == "app"


def test_a_copy_is_not_taken_without_a_fresh_proof(account, ready):
    answer = App(account).get(f"data-exports/{ready.key}/file/")
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof_required")


def test_a_copy_is_taken_neither_before_it_is_made_nor_after_its_end(app, ready):
    assert app.send(f"data-exports/{ready.key}/", method="delete").status_code == 204
    assert app.get(f"data-exports/{ready.key}/file/").json()["code"] == "data_export_ended"
    waiting = app.send("data-exports/").json()["key"]
    assert app.get(f"data-exports/{waiting}/file/").json()["code"] == "data_export_not_ready"


def test_erasure_is_explained_asked_for_once_and_taken_back(app):
    assert app.get("erasure/").json()["request"] is None
    asked = [app.send("erasure/", {"read": True}) for _twice in range(2)]
    assert [each.status_code for each in asked] == [201, 201], asked[0].content
    assert asked[0].json()["id"] == app.get("erasure/").json()["request"]["id"] == ErasureRequest.objects.get().pk
    assert Notice.objects.filter(kind="erasure-asked").exists()
    for _twice in range(2):
        assert app.send(f"erasure/{asked[0].json()['id']}/withdraw/").json()["state"] == "withdrawn"


def test_the_app_reads_why_the_answer_takes_longer_and_the_new_day(app, account):
    request = ErasureRequestFactory(customer=account.customer, due_on=timezone.localdate())
    lengthen_erasure(request, reason="Tre archivi da esaminare.", by=UserFactory())
    request.refresh_from_db()
    shown = app.get("erasure/").json()["request"]
    assert (shown["due_on"], shown["lengthened_because"]) == (str(request.due_on), "Tre archivi da esaminare.")
    assert shown["lengthened_at"] is not None


def test_erasure_wants_the_person_to_have_read_what_it_does(app):
    answer = app.send("erasure/", {"read": False})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["read"])
    assert not ErasureRequest.objects.exists()


def test_erasure_is_not_asked_for_without_a_fresh_proof(account):
    assert App(account).send("erasure/", {"read": True}).json()["code"] == "fresh_proof_required"


@pytest.mark.parametrize("place", ["data-exports/", "erasure/"])
def test_who_may_not_decide_about_people_sees_nothing_of_it(place):
    looks = ReservedAreaAccountFactory(customer=CustomerFactory(), capacity="member", rights=["ask"])
    app = App(looks, proved=True)
    assert app.get(place).json()["right"] == app.send(place, {"read": True}).json()["right"] == "people"
