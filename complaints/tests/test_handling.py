"""Following a complaint: who has it, what it is about, what is noted."""

from datetime import UTC, date, datetime

import pytest

from complaints.models import Complaint
from complaints.services import (
    assign,
    classify,
    note,
)
from complaints.tests.factories import ComplaintFactory, LetterTextFactory
from customers import roles
from customers.tests.factories import AgencyFactory, UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
State = Complaint.State


# --- Assigning ----------------------------------------------------------------------------------------------------
def test_an_assigned_complaint_is_under_review(officer):
    complaint = assign(ComplaintFactory(), handler=officer, by=officer)
    assert (complaint.handler, complaint.state) == (officer, State.UNDER_REVIEW)
    assert complaint.events.get().details == {"handler": str(officer), "from": "received", "to": "under_review"}


def test_a_complaint_changes_hands_and_keeps_its_state(officer):
    other = UserFactory(role=roles.COMPLAINT_OFFICER)
    complaint = ComplaintFactory(state=State.SUSPENDED, handler=other)
    assert assign(complaint, handler=officer, by=other).state == State.SUSPENDED
    assert complaint.events.get().details == {"handler": str(officer), "before": str(other)}


@pytest.mark.parametrize(
    ("role", "active", "code"),
    [
        (roles.AGENT, True, "not_an_officer"),
        (roles.MANAGER, True, "not_an_officer"),
        (roles.COMPLAINT_OFFICER, False, "not_an_officer"),
    ],
)
def test_only_an_active_officer_is_given_a_complaint(officer, role, active, code):
    with pytest.raises(Refused) as refusal:
        assign(ComplaintFactory(), handler=UserFactory(role=role, is_active=active), by=officer)
    assert refusal.value.code == code


def test_who_has_it_is_not_given_it_again(officer):
    complaint = ComplaintFactory(state=State.UNDER_REVIEW, handler=officer)
    with pytest.raises(Refused) as refusal:
        assign(complaint, handler=officer, by=officer)
    assert refusal.value.code == "assigned_already"


@pytest.mark.parametrize("closed", [{"answered": True}, {"state": State.WITHDRAWN}])
def test_a_closed_complaint_is_not_assigned(officer, closed):
    with pytest.raises(Refused) as refusal:
        assign(ComplaintFactory(**closed), handler=officer, by=officer)
    assert refusal.value.code == "closed"


# --- Classifying ----------------------------------------------------------------------------------------------------
def test_a_classification_is_written_with_what_it_was_before(officer):
    complaint = ComplaintFactory(ramo="10")
    classify(complaint, by=officer, changes={"ramo": "8", "area": "legal", "about_conduct": False})
    complaint.refresh_from_db()
    assert (complaint.ramo, complaint.area, complaint.version) == ("8", "legal", 2)
    assert complaint.events.get().details == {"ramo": ["10", "8"], "area": ["", "legal"]}


def test_a_classification_that_changes_nothing_leaves_no_trace(officer):
    complaint = ComplaintFactory(ramo="10")
    classify(complaint, by=officer, changes={"ramo": "10"})
    assert (complaint.events.count(), Complaint.objects.get().version) == (0, 1)


def test_only_the_classification_is_classified(officer):
    with pytest.raises(ValueError, match="state"):
        classify(ComplaintFactory(), by=officer, changes={"state": "answered"})


def test_while_an_intermediary_is_heard_it_stays_the_one_it_is(officer):
    complaint = ComplaintFactory(state=State.SUSPENDED, about_conduct=True, agency=AgencyFactory())
    with pytest.raises(Refused):
        classify(complaint, by=officer, changes={"agency": None})
    classify(complaint, by=officer, changes={"ramo": "8"})


# --- Noting ---------------------------------------------------------------------------------------------------------
def test_a_note_is_added_even_to_a_closed_complaint(officer):
    complaint = ComplaintFactory(answered=True)
    assert note(complaint, text="Ha telefonato. ", by=officer).details == {"text": "Ha telefonato."}


def test_an_empty_note_is_refused(officer):
    with pytest.raises(Refused):
        note(ComplaintFactory(), text=" ", by=officer)


# --- The table of states ----------------------------------------------------------------------------------------------
def test_every_state_has_its_row_in_the_table():
    assert set(Complaint.NEXT) == set(State)
    assert {state for state, to in Complaint.NEXT.items() if to} == {
        *Complaint.OPEN_STATES,
        State.CANCELLED,
        State.PAST_OPEN,
    }


# --- After the answer -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [
        {"ramo": "10"},  # its letter named mediation
        {"treatable": False, "not_treatable_reason": "x"},
        {"about_conduct": True, "intermediary_stated": "Broker Rossi"},
    ],
)
def test_what_the_letter_rests_on_stays_after_the_answer(officer, changes):
    complaint = ComplaintFactory(answered=True, ramo="8", area="settlement")
    with pytest.raises(Refused) as refusal:
        classify(complaint, by=officer, changes=changes)
    assert (refusal.value.code, complaint.events.count()) == ("in_the_letter", 0)


def test_what_is_in_no_letter_may_be_corrected_after_the_answer(officer):
    complaint = ComplaintFactory(answered=True, ramo="8")
    classify(complaint, by=officer, changes={"reason": "Premio", "area": "commercial", "ramo": "13"})
    complaint.refresh_from_db()
    assert (complaint.reason, complaint.area, complaint.ramo) == ("Premio", "commercial", "13")


def test_a_complaint_does_not_follow_itself(officer):
    complaint = ComplaintFactory()
    with pytest.raises(Refused) as refusal:
        classify(complaint, by=officer, changes={"follows": complaint})
    assert refusal.value.code == "circle"


def test_complaints_do_not_follow_each_other_in_a_circle(officer):
    first = ComplaintFactory()
    second = ComplaintFactory(follows=first)
    third = ComplaintFactory(follows=second)
    with pytest.raises(Refused) as refusal:
        classify(first, by=officer, changes={"follows": third})
    assert refusal.value.code == "circle"


def test_a_reason_that_brought_a_paragraph_stays_after_the_answer_and_another_may_change(officer):
    LetterTextFactory(
        approved=True, code="particular", body="Una banca dati.", reason_codes=["price"], valid_from=date(2026, 1, 2)
    )
    with_it = ComplaintFactory(answered=True, ramo="8", reason_codes=["price"])
    without = ComplaintFactory(answered=True, ramo="8", reason_codes=["documents"])
    for complaint, reasons in ((with_it, ["documents"]), (without, ["price"])):
        with pytest.raises(Refused) as refusal:
            classify(complaint, by=officer, changes={"reason_codes": reasons})
        assert refusal.value.code == "in_the_letter"
    classify(without, by=officer, changes={"reason_codes": ["information"]})
    classify(with_it, by=officer, changes={"reason_codes": ["price", "information"]})


def test_an_answer_of_a_past_register_was_no_letter_of_ours_and_its_entry_is_classified(officer):
    entry = ComplaintFactory(
        past_open=True, state="answered", outcome="rejected", answered_at=datetime(2016, 10, 3, tzinfo=UTC)
    )
    classify(entry, by=officer, changes={"ramo": "10", "area": "settlement", "reason_codes": ["settlement_delay"]})
    entry.refresh_from_db()
    assert (entry.ramo, entry.area) == ("10", "settlement")
