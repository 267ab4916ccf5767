"""The clock: it stands still only while an intermediary is heard, at most 15 days, and goes on by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from complaints.intermediaries.commands import close_enquiry, send_enquiry
from complaints.models import Complaint, ComplaintEvent
from complaints.services import resume_clock, resume_lapsed
from complaints.tasks import keep_terms
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from customers.models import Agency
from customers.tests.factories import AgencyFactory
from foundation.refusals import Refused
from notifications.delivery import deliver_notices
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.fixture
def complaint(clock):
    return ComplaintFactory(
        state=State.UNDER_REVIEW,
        about_conduct=True,
        agency=AgencyFactory(email="agenzia@example.it", pec="agenzia@pec.example.it"),
        address="maria@example.it",
        customer=None,
        received_on=date(2026, 4, 24),  # due on 8 June
    )


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def informed() -> dict[str, str]:
    return dict(Notice.objects.values_list("kind", "address"))


def test_the_intermediary_is_asked_and_the_complainant_informed(complaint, officer):
    suspension = send_enquiry(complaint, asked="Che cosa fu detto al cliente?", by=officer).suspension
    complaint.refresh_from_db()
    assert (complaint.state, suspension.started_on, suspension.ended_on) == (State.SUSPENDED, date(2026, 5, 4), None)
    assert informed() == {
        "complaint-enquiry": "agenzia@pec.example.it",
        "complaint-suspended": "maria@example.it",
        "complaint-letter-copy": "agenzia@pec.example.it",  # art. 10-ter: in copy of what the complainant gets
    }
    assert "Che cosa fu detto al cliente?" in Notice.objects.get(kind="complaint-enquiry").body_text
    event = complaint.events.get()
    assert (event.kind, event.by) == (ComplaintEvent.Kind.SUSPENDED, officer)
    assert event.details | {"from": "under_review", "to": "suspended", "until": "2026-05-19"} == event.details


@pytest.mark.parametrize(
    ("changed", "reason", "code"),
    [
        ({"about_conduct": False}, "x", "no_intermediary"),
        ({"agency": None}, "x", "no_intermediary"),
        ({}, "  ", "no_reason"),
        ({"suspended_days": 15}, "x", "no_days_left"),
        ({"received_on": date(2026, 3, 19)}, "x", "term_over"),
        ({"state": State.RECEIVED}, "x", "wrong_state"),
        ({"state": State.SUSPENDED}, "x", "wrong_state"),
        ({"state": State.WITHDRAWN}, "x", "wrong_state"),
    ],
)
def test_no_other_reason_stops_the_clock(complaint, officer, changed, reason, code):
    Complaint.objects.filter(pk=complaint.pk).update(**changed)
    with pytest.raises(Refused) as refusal:
        send_enquiry(complaint, asked=reason, by=officer)
    assert refusal.value.code == code
    assert not complaint.suspensions.exists()
    assert not Notice.objects.exists()


def test_the_days_it_stood_still_are_added_to_the_term(clock, complaint, officer):
    enquiry = send_enquiry(complaint, asked="x", by=officer)
    clock.move_to(on(date(2026, 5, 10)))
    complaint = close_enquiry(enquiry, why="y", by=officer).complaint
    complaint.refresh_from_db()
    assert (complaint.state, complaint.suspended_days, complaint.due_on) == (State.UNDER_REVIEW, 6, date(2026, 6, 14))
    assert complaint.suspensions.get().ended_on == date(2026, 5, 10)
    assert Notice.objects.get(kind="complaint-resumed").address == "maria@example.it"


def _asked_ten_days_ago(clock, complaint, officer):
    enquiry = send_enquiry(complaint, asked="x", by=officer)
    clock.shift(timedelta(days=10))
    return enquiry


def test_a_second_suspension_has_the_days_that_are_left(clock, complaint, officer):
    close_enquiry(_asked_ten_days_ago(clock, complaint, officer), why="x", by=officer)
    close_enquiry(_asked_ten_days_ago(clock, complaint, officer), why="y", by=officer)
    complaint.refresh_from_db()
    assert (complaint.suspended_days, complaint.due_on) == (15, date(2026, 6, 23))
    with pytest.raises(Refused):
        send_enquiry(complaint, asked="z", by=officer)


def test_a_clock_that_does_not_stand_still_is_not_resumed(complaint, officer):
    with pytest.raises(Refused) as refusal:
        resume_clock(complaint, by=officer)
    assert refusal.value.code == "wrong_state"


def test_after_15_days_it_goes_on_by_itself_once(clock, complaint, officer):
    send_enquiry(complaint, asked="x", by=officer)
    assert resume_lapsed(date(2026, 5, 18)) == 0
    clock.move_to(on(date(2026, 5, 19)))
    assert resume_lapsed(date(2026, 5, 19)) == 1
    assert resume_lapsed(date(2026, 5, 19)) == 0
    complaint.refresh_from_db()
    assert (complaint.state, complaint.suspended_days, complaint.due_on) == (State.UNDER_REVIEW, 15, date(2026, 6, 23))
    event = complaint.events.get(kind=ComplaintEvent.Kind.RESUMED)
    assert (event.by, event.details["by_itself"], event.details["days"]) == (None, True, 15)


def test_days_without_a_worker_are_not_given_away(clock, complaint, officer):
    send_enquiry(complaint, asked="x", by=officer)
    clock.move_to(on(date(2026, 5, 25)))
    resumed, _warned = keep_terms()
    complaint.refresh_from_db()
    assert (resumed, complaint.suspended_days) == (1, 15)
    assert complaint.suspensions.get().ended_on == date(2026, 5, 19)


def test_an_agency_without_an_e_mail_address_is_written_to_by_post(complaint, officer):
    Agency.objects.filter(pk=complaint.agency_id).update(email="", pec="", address="Via Roma 1", postal_code="20121")
    send_enquiry(complaint, asked="x", by=officer)
    letter = Notice.objects.get(kind="complaint-enquiry")
    assert (letter.channel, letter.address) == ("post", "Via Roma 1, 20121 Milano MI")
    assert complaint.events.get().details["intermediary_told"] == "post"


def test_nobody_is_asked_where_no_address_is_known(complaint, officer):
    Agency.objects.filter(pk=complaint.agency_id).update(email="", pec="")
    with pytest.raises(Refused) as refusal:
        send_enquiry(complaint, asked="x", by=officer)
    assert refusal.value.code == "no_address"
    assert not complaint.suspensions.exists()


def test_lists_and_counts_know_that_a_clock_stands_still(clock):
    today = date(2026, 5, 4)
    due_today = {"received_on": date(2026, 3, 20), "state": State.SUSPENDED}
    standing = ComplaintFactory(**due_today)
    SuspensionFactory(complaint=standing, started_on=date(2026, 4, 25), ended_on=None)  # nine days more until today
    running = ComplaintFactory(received_on=date(2026, 3, 20), state=State.UNDER_REVIEW)
    assert list(Complaint.objects.open().due_by(today + timedelta(days=8), today=today)) == [running]
    assert set(Complaint.objects.open().due_by(today + timedelta(days=9), today=today)) == {running, standing}


def test_a_notice_of_a_suspension_that_is_over_does_not_leave(complaint, officer):
    close_enquiry(send_enquiry(complaint, asked="Che cosa fu detto?", by=officer), why="x", by=officer)
    deliver_notices(Notice.objects.filter(kind="complaint-suspended").values_list("pk", flat=True))
    notice = Notice.objects.get(kind="complaint-suspended")
    assert (notice.state, bool(notice.problem)) == ("withheld", True)
