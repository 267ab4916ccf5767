"""POST /api/v1/feedback/: opinions from sites and servers of the app, with the rules of the public page."""

import pytest
from django.test import Client

from complaints.models import Feedback
from foundation.api.keys import create_key
from foundation.models import IdempotencyRecord
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(settings):
    """Send an opinion with a key that may; `scopes` is what the key may do."""
    keys = {}

    def sent(headers=None, scopes="feedback:write", **changed):
        if scopes not in keys:
            keys[scopes] = create_key(name=f"sito {scopes}", source="sito", scopes=[scopes], by=None)[1]
        data = {
            "source": "site",
            "submission_key": "8f6f1c1e-2d0a-4f0e-9a53-111111111111",
            "rating": 2,
            "text": "Non trovo i documenti.",
            "privacy_version": settings.PRIVACY_NOTICE_VERSION,
        } | changed
        data = {name: value for name, value in data.items() if value is not None}
        headers = {"authorization": f"Bearer {keys[scopes]}", "accept-language": "en"} | (headers or {})
        return Client().post("/api/v1/feedback/", data, content_type="application/json", headers=headers)

    return sent


def refused(answer) -> list[str]:
    assert (answer.status_code, Feedback.objects.exists()) == (400, False)
    assert answer.headers["Content-Type"] == "application/problem+json"
    return list(answer.json()["errors"])


def test_an_opinion_is_kept(send):
    answer = send(source="app", app_version="4.12.1", platform="iOS")
    feedback = Feedback.objects.get()
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (201, feedback.pk, "received")
    assert answer.json()["due_at"] is not None
    assert (feedback.source, feedback.app_version, feedback.platform, feedback.customer) == (
        "app",
        "4.12.1",
        "iOS",
        None,
    )


@pytest.mark.parametrize("text", ["👍", "التطبيق بطيء جدا ولا يعمل", "x" * 2_000])
def test_words_of_any_kind_are_kept(send, text):
    assert send(text=text).status_code == 201
    assert Feedback.objects.get().text == text


def test_a_hundred_thousand_characters_are_refused_with_how_many_fit(send):
    answer = send(text="a" * 100_000)
    assert refused(answer) == ["text"]
    assert "2000" in str(answer.json()["errors"]["text"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": None}, "rating"),
        ({"source": "google_play"}, "source"),
        ({"email": "anna"}, "email"),
        ({"privacy_version": "1999"}, "privacy_version"),
        ({"stars": 5}, "stars"),
        ({"submission_key": None}, "submission_key"),
        ({"submission_key": "x"}, "submission_key"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(send, changed, field):
    assert refused(send(**changed)) == [field]


def test_an_address_gets_thanks_without_the_writers_words(send):
    send(email="Anna@Example.it", language="en")
    notice = Notice.objects.get()
    assert (notice.address, notice.language) == ("anna@example.it", "en")
    assert "documenti" not in notice.body_text


@pytest.mark.parametrize("by_header", [False, True])
def test_the_same_write_again_gets_the_same_answer(send, by_header):
    more = {"headers": {"Idempotency-Key": "parere 1"}, "submission_key": None} if by_header else {}
    first, again = send(**more), send(**more)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert (again.headers["Idempotent-Replayed"], Feedback.objects.count()) == ("true", 1)


def test_a_key_used_again_for_another_body_is_refused(send):
    send()
    answer = send(rating=5)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Feedback.objects.get().rating == 2


def test_after_a_day_the_same_write_still_keeps_nothing(send):
    first = send()
    IdempotencyRecord.objects.all().delete()
    again = send()
    assert (again.status_code, again.json(), Feedback.objects.count()) == (200, first.json(), 1)


@pytest.mark.parametrize(
    ("headers", "scopes", "status"), [(None, "requests:write", 403), ({"authorization": ""}, "feedback:write", 401)]
)
def test_a_key_that_may_not_and_no_key_are_refused(send, headers, scopes, status):
    assert send(headers=headers, scopes=scopes).status_code == status
    assert not Feedback.objects.exists()
