"""What became of the demonstration's notices."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from notifications.models import Notice
from vittoria_care.demonstration.data.notices import _Maker
from vittoria_care.demonstration.data.sign_ins import CUSTOMERS

REFUSING = SimpleNamespace(random=lambda: 0.05)


@pytest.mark.parametrize(
    ("address", "state"),
    [(CUSTOMERS[1][1], Notice.State.SENT), ("nella@posta.example", Notice.State.REFUSED)],
)
def test_only_a_mailbox_that_nobody_signs_in_with_may_be_gone(address, state):
    now = timezone.now()
    notice = Notice(channel=Notice.Channel.EMAIL, once="policy-expiring:1:email", address=address)
    _Maker(SimpleNamespace(as_of=now), REFUSING, {}, {})._set_state(notice, now)
    assert notice.state == state
