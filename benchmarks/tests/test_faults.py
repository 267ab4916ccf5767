"""What the faults conclude from what they see."""

import random

from benchmarks import faults
from benchmarks.breaking import RememberingSink, number_of
from testbed.smtp_sink import Received


def test_a_message_is_remembered_by_its_notice():
    sink = RememberingSink()

    sink._take(
        Received("a@example.it", "b@example.it", b"Subject: x\r\nMessage-ID:\r\n <notice.17.ab@example.it>\r\n\r\n.")
    )
    sink._take(Received("a@example.it", "b@example.it", b"Message-ID: <other@example.it>\r\n\r\n."))

    assert sink.numbers == [17, 0]
    assert number_of("") == 0


def test_each_fault_has_its_moments_and_the_same_seed_the_same():
    moments = faults._moments(3, random.Random(7))

    assert sorted(name for _moment, name in moments) == sorted([*faults.FAULTS] * 3)
    assert [moment for moment, _name in moments] == sorted(moment for moment, _name in moments)
    assert moments == faults._moments(3, random.Random(7))


def test_a_doubt_is_blamed_on_the_next_fault_that_can_leave_one():
    early, beat, later = (
        faults.Made("worker killed", 10.0, 5, 2),
        faults.Made("beat killed", 19.0, 7, 0),
        faults.Made("database killed", 20.0, 9, 2),
    )

    assert list(faults._blame([early, beat, later], [(1, 9.5), (2, 18.0), (3, 21.0)])) == [(early, 1), (later, 2)]
