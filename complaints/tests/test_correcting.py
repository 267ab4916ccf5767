"""Correcting the days of receipt: the term follows, the complainant is informed, the history keeps the earlier days."""

from datetime import UTC, date, datetime

import pytest

from complaints.models import Complaint, ComplaintEvent
from complaints.services import correct_receipt, resume_lapsed, warn_of_terms
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from customers.tests.factories import AgencyFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Complaint.State


def registered(**changed) -> Complaint:
    """Entered on 4 May as received on 20 April: due on 4 June."""
    given = {
        "customer": None,
        "address": "maria@example.it",
        "received_on": date(2026, 4, 20),
        "registered_at": datetime(2026, 5, 4, 7, tzinfo=UTC),
    }
    return ComplaintFactory.create(**(given | changed))


def corrected(complaint, officer, **changed) -> Complaint:
    given = {"received_on": date(2026, 4, 10), "received_by_intermediary_on": None, "reason": "Timbro della PEC."}
    return correct_receipt(complaint, **(given | changed), by=officer)


def test_the_term_is_calculated_again_and_the_complainant_informed(clock, officer):
    complaint = corrected(registered(), officer)
    assert (complaint.received_on, complaint.due_on) == (date(2026, 4, 10), date(2026, 5, 25))
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("complaint-corrected", "maria@example.it")
    assert complaint.events.get().notice == notice


def test_the_event_holds_the_earlier_days_and_the_reason(clock, officer):
    event = corrected(registered(), officer, received_by_intermediary_on=date(2026, 4, 8)).events.get()
    assert (event.kind, event.by) == (ComplaintEvent.Kind.CORRECTED, officer)
    assert event.details == {
        "received_on": ["2026-04-20", "2026-04-10"],
        "received_by_intermediary_on": [None, "2026-04-08"],
        "reason": "Timbro della PEC.",
        "due_on": "2026-05-23",
    }


def test_a_day_that_does_not_move_the_term_sends_no_notice(clock, officer):
    complaint = registered(received_by_intermediary_on=date(2026, 4, 8))
    corrected(complaint, officer, received_by_intermediary_on=date(2026, 4, 8))
    assert (complaint.events.count(), Notice.objects.count()) == (1, 0)


def test_the_days_of_suspension_stay_in_the_term(clock, officer):
    assert corrected(registered(suspended_days=5), officer).due_on == date(2026, 5, 30)


def test_while_the_clock_stands_still_the_new_term_waits_until_it_goes_on(clock, officer):
    complaint = registered(state=State.SUSPENDED)
    SuspensionFactory(complaint=complaint, started_on=date(2026, 5, 4), ended_on=None)
    assert corrected(complaint, officer).due_on == date(2026, 5, 25)
    assert not Notice.objects.exists()


def test_the_register_is_corrected_after_the_answer_and_nobody_written_to(clock, officer):
    complaint = corrected(registered(answered=True), officer)
    assert (complaint.state, complaint.received_on) == (State.ANSWERED, date(2026, 4, 10))
    assert not Notice.objects.exists()


def test_a_rung_is_warned_of_again_for_the_corrected_term(clock, officer):
    complaint = registered(handler=officer)
    today = date(2026, 5, 22)
    warn_of_terms(today)
    corrected(complaint, officer)
    warn_of_terms(today)
    assert set(Notice.objects.filter(kind="complaint-term").values_list("once", flat=True)) == {
        f"complaint-rung:{complaint.pk}:15:2026-06-04",
        f"complaint-rung:{complaint.pk}:3:2026-05-25",
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": "  "}, "no_reason"),
        ({"received_on": date(2026, 5, 5)}, "after_registration"),
        ({"received_by_intermediary_on": date(2026, 5, 5)}, "after_registration"),
        ({"received_by_intermediary_on": date(2026, 4, 11)}, "intermediary_later"),
        ({"received_on": date(2026, 4, 20)}, "unchanged"),
        ({"received_on": date(1900, 1, 1)}, "before_the_company"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(clock, officer, changed, code):
    complaint = registered()
    with pytest.raises(Refused) as refusal:
        corrected(complaint, officer, **changed)
    assert refusal.value.code == code
    assert (Complaint.objects.get().received_on, complaint.events.count()) == (date(2026, 4, 20), 0)


def test_a_suspension_that_began_after_the_corrected_term_adds_nothing(clock, officer):
    clock.move_to(datetime(2026, 4, 12, 8, tzinfo=UTC))
    complaint = registered(
        received_on=date(2026, 3, 2), registered_at=datetime(2026, 3, 2, 9, tzinfo=UTC), state=State.SUSPENDED
    )
    SuspensionFactory(complaint=complaint, started_on=date(2026, 4, 10), ended_on=None)
    corrected(complaint, officer, received_on=date(2026, 3, 2), received_by_intermediary_on=date(2026, 2, 20))
    assert Complaint.objects.with_term(date(2026, 4, 12)).get().term_on == date(2026, 4, 6)
    clock.move_to(datetime(2026, 4, 25, 8, tzinfo=UTC))
    assert resume_lapsed(date(2026, 4, 25)) == 1
    complaint.refresh_from_db()
    assert (complaint.due_on, complaint.suspended_days) == (date(2026, 4, 6), 0)
    assert "25 aprile" not in Notice.objects.get(kind="complaint-resumed").body_text.lower()


def test_a_suspension_that_has_ended_is_counted_again_from_the_corrected_day(clock, officer):
    complaint = registered(received_on=date(2026, 3, 2), suspended_days=5)
    SuspensionFactory(complaint=complaint, started_on=date(2026, 4, 10), ended_on=date(2026, 4, 15))
    assert corrected(complaint, officer, received_on=date(2026, 2, 20)).due_on == date(2026, 4, 6)
    assert corrected(complaint, officer, received_on=date(2026, 3, 1)).due_on == date(2026, 4, 20)


def test_the_agency_concerned_gets_a_copy_of_the_corrected_term(clock, officer):
    complaint = registered(about_conduct=True, agency=AgencyFactory(email="agenzia@example.it"))
    corrected(complaint, officer)
    assert Notice.objects.get(kind="complaint-letter-copy").address == "agenzia@example.it"


def test_a_term_that_is_over_is_not_promised(clock, officer):
    corrected(registered(), officer, received_on=date(2026, 1, 10))
    text = Notice.objects.get().body_text
    assert ("è quindi trascorso" in text, "24 febbraio" in text.lower()) == (True, False)
