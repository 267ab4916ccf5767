"""A mailbox that somebody typed gets so many e-mails of a kind in a day, and no more; the notice is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from notifications.kinds import INSTALMENT_DUE, INSTALMENT_OVERDUE
from notifications.models import Notice
from notifications.services import queue_notice
from notifications.services.queueing import TYPED_PER_DAY, mailbox_of
from notifications.tests.test_kinds import INSTALMENT

pytestmark = pytest.mark.django_db

State = Notice.State


def queue(number, address="nessuno@example.it", kind=INSTALMENT_DUE, is_typed=True):
    with transaction.atomic():
        return queue_notice(kind, once=f"prova:{number}", words=INSTALMENT, address=address, is_typed=is_typed)


def test_beyond_those_of_a_day_a_notice_is_kept_and_withheld():
    states = [queue(number).state for number in range(TYPED_PER_DAY + 2)]
    assert states == [State.QUEUED] * TYPED_PER_DAY + [State.WITHHELD] * 2
    last = Notice.objects.get(once=f"prova:{TYPED_PER_DAY}")
    assert last.problem
    assert [(event.old, event.new, event.detail) for event in last.events.all()] == [
        ("queued", "withheld", last.problem)
    ]


@pytest.mark.parametrize("address", ["Nessuno@Example.it", "nessuno+altro@example.it"])
def test_the_same_mailbox_written_otherwise_counts(address):
    for number in range(TYPED_PER_DAY):
        queue(number)
    assert queue("x", address=address).state == State.WITHHELD


def test_another_mailbox_another_kind_and_another_day_do_not():
    for number in range(TYPED_PER_DAY):
        queue(number)
    assert queue("a", address="altro@example.it").state == State.QUEUED
    assert queue("b", kind=INSTALMENT_OVERDUE).state == State.QUEUED
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert queue("c").state == State.QUEUED


def test_an_address_that_is_known_is_not_counted():
    states = {queue(number, is_typed=False).state for number in range(TYPED_PER_DAY + 2)}
    assert states == {State.QUEUED}


def test_a_mailbox_is_counted_without_its_suffix():
    assert mailbox_of(" A.B+c+d@Example.IT ") == "a.b@example.it"
    assert mailbox_of("+a@example.it") == "+a@example.it"
