"""Workers that send at the same moment, and a person who decides while they do: nobody is lost, and nobody hears twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from foundation.refusals import Refused
from notifications.consents import object_to
from notifications.models import Notice
from promotions.models import Recipient
from promotions.sending import handing_over
from promotions.sending.handing_over import begin_promotion, hand_over_chunk
from promotions.tests.factories import NOW, PromotionFactory, willing
from promotions.writing.commands import stop_promotion

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(handing_over, "CHUNK", 3)
    with time_machine.travel(NOW, tick=False):
        yield


def promotion_of(agency=None, **fields):
    return PromotionFactory(
        approved=True,
        **({"agency": agency} if agency else {}),
        send_from=NOW,
        not_after=NOW + timedelta(days=1),
        **fields,
    )


def closed(work, *arguments):
    """The work on a connection of its own."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def hand_over_all(promotion_id):
    ids = []
    while not (chunk := hand_over_chunk(promotion_id, now=NOW)).is_last:
        ids += chunk.notice_ids
    return ids


def test_four_workers_on_one_promotion_write_to_each_person_once():
    promotion = promotion_of()
    customers = [willing(promotion) for _number in range(20)]
    begin_promotion(promotion.pk, now=NOW)
    with ThreadPoolExecutor(4) as workers:
        done = list(workers.map(lambda pk: closed(hand_over_all, pk), [promotion.pk] * 4))
    assert sorted(pk for ids in done for pk in ids) == sorted(Notice.objects.values_list("pk", flat=True))
    assert sorted(Notice.objects.values_list("customer", flat=True)) == sorted(each.pk for each in customers)
    promotion.refresh_from_db()
    assert promotion.state == "finished"


def test_two_workers_begin_a_promotion_once():
    promotion = promotion_of(holdout_percent=50)
    for _number in range(10):
        willing(promotion)
    with ThreadPoolExecutor(2) as workers:
        begun = list(workers.map(lambda pk: closed(_begin, pk), [promotion.pk] * 2))
    assert sorted(begun) == [False, True]
    assert Recipient.objects.filter(state="held_out").count() == 5


def _begin(pk):
    return begin_promotion(pk, now=NOW)


def test_two_promotions_at_once_to_the_same_people_reach_each_of_them_once():
    first = promotion_of()
    second = promotion_of(first.agency)
    customers = [willing(first) for _number in range(12)]
    for promotion in (first, second):
        begin_promotion(promotion.pk, now=NOW)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda pk: closed(hand_over_all, pk), [first.pk, second.pk]))
    assert sorted(Notice.objects.values_list("customer", flat=True)) == sorted(each.pk for each in customers)
    assert Recipient.objects.filter(state="excluded", reason="capped").count() == 12


def test_a_stop_among_the_chunks_leaves_everybody_written_to_or_left_out_with_a_reason():
    promotion = promotion_of()
    for _number in range(15):
        willing(promotion)
    begin_promotion(promotion.pk, now=NOW)
    with ThreadPoolExecutor(2) as workers:
        sending = workers.submit(closed, hand_over_all, promotion.pk)
        stopping = workers.submit(closed, _stop, promotion)
        sending.result()
        stopped = stopping.result()
    assert not Recipient.objects.filter(state="waiting").exists()
    assert stopped is None or stopped.kept_back + stopped.gone == 15
    assert not Notice.objects.filter(state="queued").exists() or stopped is None


def _stop(promotion):
    try:
        return stop_promotion(promotion, words="prova", by=promotion.approved_by)
    except Refused:
        return None  # everybody had been written to before


def test_who_objects_meanwhile_is_either_left_out_or_asked_again_in_the_outbox():
    promotion = promotion_of()
    customers = [willing(promotion) for _number in range(9)]
    begin_promotion(promotion.pk, now=NOW)

    def object_all():
        for customer in reversed(customers):
            object_to(customer, purpose="agency_promotions", channel="email", source="unsubscribe", evidence="")

    with ThreadPoolExecutor(2) as workers:
        sending = workers.submit(closed, hand_over_all, promotion.pk)
        objecting = workers.submit(closed, object_all)
        sending.result()
        objecting.result()
    written = Recipient.objects.filter(state="written").count()
    assert written + Recipient.objects.filter(state="excluded", reason="opted_out").count() == 9
