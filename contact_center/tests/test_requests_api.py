"""POST /api/v1/requests/: a site's own form, with the rules of ours."""

import uuid

import pytest
from django.test import Client

from contact_center.models import Contact, Message, TopicQuestion, WebFormRequest
from contact_center.tests.factories import TopicFactory, TopicQuestionFactory
from customers.tests.factories import UserFactory
from foundation.api.keys import create_key
from foundation.models import IdempotencyRecord
from notifications.models import Notice

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/requests/"


@pytest.fixture
def key():
    return create_key(name="sito", source="sito", scopes=["requests:write"], by=None)[1]


def given(settings, **changed):
    return {
        "form": "open",
        "submission_key": "8f6f1c1e-2d0a-4f0e-9a53-111111111111",
        "name": "Anna Bianchi",
        "email": "Anna@Example.it",
        "subject": "Copia",
        "text": "Vorrei una copia.",
        "privacy_version": settings.PRIVACY_NOTICE_VERSION,
        "language": "en",
    } | changed


@pytest.fixture
def send(key, settings):
    def sent(data=None, headers=None, **changed):
        data = given(settings, **changed) if data is None else data
        headers = {"authorization": f"Bearer {key}", "accept-language": "en"} | (headers or {})
        return Client().post(ADDRESS, data, content_type="application/json", headers=headers)

    return sent


def refused(answer):
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Contact.objects.exists()
    return answer.json()["errors"]


def test_a_request_is_opened_with_its_number_page_and_term(send, client):
    answer = send()
    contact = Contact.objects.get()
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["number"], shown["state"]) == (contact.number, "open")
    assert shown["due_at"] is not None
    assert client.get(shown["tracking_url"].removeprefix("http://localhost:8000")).status_code == 200
    assert (contact.web_form.email, contact.channel) == ("anna@example.it", "site_form")
    assert Notice.objects.get().language == "en"


@pytest.mark.parametrize("header", [{}, {"Idempotency-Key": "ordine 1"}])
def test_the_same_write_again_gets_the_same_answer(send, settings, header):
    data = given(settings)
    if header:
        del data["submission_key"]
    first, again = send(data, header), send(data, header)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Contact.objects.count() == Message.objects.count() == Notice.objects.count() == 1


@pytest.mark.parametrize("header", [{}, {"Idempotency-Key": "ordine 1"}])
def test_a_key_used_again_for_another_body_is_refused(send, settings, header):
    data = given(settings)
    if header:
        del data["submission_key"]
    send(data, header)
    answer = send(data | {"name": "Bea Verdi", "text": "Tutt'altro."}, header)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("header", [{}, {"Idempotency-Key": "ordine 1"}])
def test_a_key_belongs_to_the_platform_that_sends_it(send, settings, header):
    other = create_key(name="altro", source="altro", scopes=["requests:write"], by=None)[1]
    data = given(settings)
    if header:
        del data["submission_key"]
    mine = send(data, header)
    theirs = send(data, header | {"authorization": f"Bearer {other}"})
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["tracking_url"] != theirs.json()["tracking_url"]


def test_a_submission_that_comes_under_another_header_is_still_one(send):
    first = send(headers={"Idempotency-Key": "first try"})
    again = send(headers={"Idempotency-Key": "second try"})
    assert (first.json(), Contact.objects.count()) == (again.json(), 1)
    assert send(headers={"Idempotency-Key": "second try"}).json() == first.json()


def test_after_a_day_the_same_write_still_opens_nothing_and_another_is_its_own(send):
    first = send()
    IdempotencyRecord.objects.all().delete()
    again = send()
    assert (again.status_code, again.json()) == (200, first.json())
    IdempotencyRecord.objects.all().delete()
    assert send(name="Bea Verdi").json()["tracking_url"] != first.json()["tracking_url"]


def test_what_was_refused_may_be_corrected_under_its_key(send):
    assert (send(email="anna").status_code, send().status_code) == (400, 201)


def test_without_a_key_of_the_submission_nothing_is_opened(send, settings):
    data = given(settings)
    del data["submission_key"]
    assert list(refused(send(data))) == ["submission_key"]


@pytest.mark.parametrize("header", [" ", "x" * 201])
def test_a_header_that_is_no_key_is_refused(send, settings, header):
    assert list(refused(send(given(settings), {"Idempotency-Key": header}))) == ["Idempotency-Key"]


def test_a_guided_request_brings_its_answers(send):
    topic = TopicFactory(is_public=True)
    TopicQuestionFactory(topic=topic, code="targa", kind=TopicQuestion.Kind.PLATE, label="Targa")
    assert send(form="guided", topic=topic.code, answers={"targa": "ab123cd"}, text="").status_code == 201
    form = WebFormRequest.objects.get()
    assert [(each["code"], each["value"]) for each in form.answers] == [("targa", "AB123CD")]
    assert form.contact.topic == topic


def test_answers_are_refused_by_question(send):
    topic = TopicFactory(is_public=True)
    TopicQuestionFactory(topic=topic, code="targa", kind=TopicQuestion.Kind.PLATE)
    asked = {"form": "guided", "topic": topic.code}
    assert list(refused(send(**asked, answers={"targa": "!"}))) == ["answers.targa"]
    assert list(refused(send(**asked, answers={}))) == ["answers.targa"]
    assert list(refused(send(**asked, answers={"targa": "AB123CD", "altra": "x"}))) == ["answers.altra"]


def test_a_topic_that_is_not_offered_is_refused(send):
    assert "topic" in refused(send(form="guided", topic=TopicFactory().code))
    assert "topic" in refused(send(form="guided"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("form", "complaint"),
        ("submission_key", "1"),
        ("name", "Anna\nBcc: tutti@example.it"),
        ("email", "anna"),
        ("phone", "12"),
        ("tax_code", "X"),
        ("subject", ""),
        ("text", "a" * 10_001),
        ("text", "una\0 copia"),
        ("privacy_version", "1999-01"),
        ("language", "de"),
        ("emial", "anna@example.it"),
        ("name", "Anna" + chr(0xD800)),
    ],
)
def test_what_is_wrong_is_reported_by_field(send, name, value):
    assert list(refused(send(**{name: value}))) == [name]


@pytest.mark.parametrize("data", [[], [1], "x"])
def test_what_is_no_object_is_refused(send, data):
    assert send(data).status_code == 400


def test_a_key_with_the_scope_is_needed(settings, send):
    post = {"data": given(settings), "content_type": "application/json"}
    assert Client().post(ADDRESS, **post).status_code == 401
    other = create_key(name="altro", source="altro", scopes=["calls:write"], by=None)[1]
    assert send(headers={"authorization": f"Bearer {other}"}).status_code == 403
    person = Client()
    person.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert person.post(ADDRESS, **post).status_code in {401, 403}
    assert not Contact.objects.exists()


def test_it_is_described(client):
    described = client.get("/api/schema/", {"format": "json"}).json()["paths"][ADDRESS]["post"]
    assert {"200", "201", "400", "401", "403"} <= set(described["responses"])
    assert described["security"] == [{"apiKey": ["requests:write"]}]


def test_keys_of_strange_shapes_are_no_error(send):
    assert send(submission_key=str(uuid.UUID(int=0))).status_code == 201
