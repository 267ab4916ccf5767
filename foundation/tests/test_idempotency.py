"""A write with an Idempotency-Key is done once, however often it is sent."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from customers.models import Agency
from customers.tests import factories as make
from foundation.api.idempotency import idempotent, purge
from foundation.models import IdempotencyRecord
from foundation.refusals import Refused
from foundation.tests.factories import IdempotencyRecordFactory

pytestmark = pytest.mark.django_db


class Agencies(APIView):
    """Makes an agency; refuses those of Atlantis after it has written them."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @idempotent("agencies:create")
    def post(self, request):
        agency = make.AgencyFactory(city=request.data["city"])
        if agency.city == "Atlantide":
            raise Refused("There is no such place.", code="no_such_place")
        if agency.city == "Nessuna":
            return Response({"answer": "no"}, status=400)
        return Response({"id": agency.pk, "at": datetime(2026, 5, 4, tzinfo=UTC)}, status=201)


def send(city="Milano", key="a-key", user=None):
    headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    request = APIRequestFactory().post("/agencies/", {"city": city}, format="json", **headers)
    if user is not None:
        force_authenticate(request, user)
    return Agencies.as_view()(request)


def test_sent_again_it_gets_the_same_answer_and_does_nothing():
    first, again = send(), send()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data["id"] == again.data["id"]
    assert Agency.objects.count() == 1
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_with_another_body_it_is_refused():
    send()
    answer = send(city="Roma")
    assert (answer.status_code, answer.data["code"]) == (422, "idempotency_key_reused")
    assert Agency.objects.count() == 1


def test_without_a_key_each_is_a_write_of_its_own():
    send(key=None)
    send(key=None)
    assert (Agency.objects.count(), IdempotencyRecord.objects.count()) == (2, 0)


def test_two_people_may_choose_the_same_key():
    one, other = make.UserFactory(), make.UserFactory()
    assert send(user=one).data["id"] != send(user=other).data["id"]


@pytest.mark.parametrize(("city", "status"), [("Atlantide", 409), ("Nessuna", 400)])
def test_an_error_is_not_kept_and_neither_is_what_caused_it(city, status):
    assert send(city=city).status_code == status
    assert (Agency.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert send().status_code == 201, "the same key may be sent again"


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "caffè", "a\tb"])
def test_a_key_that_is_none_is_refused(key):
    answer = send(key=key)
    assert (answer.status_code, set(answer.data["errors"])) == (400, {"Idempotency-Key"})


def test_answers_are_forgotten_after_a_day():
    now = datetime(2026, 5, 4, 9, tzinfo=UTC)
    IdempotencyRecordFactory(created_at=now - timedelta(hours=24, seconds=1))
    kept = IdempotencyRecordFactory(created_at=now - timedelta(hours=24))
    assert (purge(now), purge(now)) == (1, 0)
    assert IdempotencyRecord.objects.get() == kept


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_write():
    answers = []
    both = threading.Barrier(2, timeout=10)

    def one():
        try:
            both.wait()
            answers.append(send())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.data["id"] for answer in answers}) == 1
    assert Agency.objects.count() == 1
