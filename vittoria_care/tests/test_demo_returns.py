"""What comes back in the demonstration: each sort once, the same bytes each time, and nobody who signs in loses a mailbox."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from notifications.models import ReturnedMessage, SuppressedAddress
from notifications.tests.factories import NoticeFactory
from vittoria_care.demonstration.data.returns import make_returns
from vittoria_care.demonstration.data.sign_ins import CUSTOMERS

pytestmark = pytest.mark.django_db


def test_each_sort_comes_back_and_twice_is_once():
    now = timezone.now()
    mine = CUSTOMERS[1][1]
    for place, address in enumerate([mine] * 3 + [f"cliente{number}@posta.example" for number in range(10)]):
        went = now - timedelta(days=1, minutes=place)
        NoticeFactory(address=address, state="sent", sent_at=went, claimed_at=went)
    plan = SimpleNamespace(as_of=now)
    made = make_returns(plan)
    kinds = Counter(ReturnedMessage.objects.values_list("kind", flat=True))
    assert kinds == {"answer": 3, "automatic": 1, "bounce": 5, "delayed": 1, "complaint": 1, "unreadable": 1}
    assert ReturnedMessage.objects.filter(kind="bounce", notice=None).count() == 1
    assert SuppressedAddress.objects.in_force().count() == 2
    assert not SuppressedAddress.objects.filter(address=mine).exists()
    assert make_returns(plan) == made == ReturnedMessage.objects.count()
