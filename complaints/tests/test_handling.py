"""Following a complaint: who has it, what it is about, whom it is passed to, what is noted."""

from datetime import date

import pytest

from complaints.models import Complaint, ComplaintEvent
from complaints.services import (
    answer_complaint,
    assign,
    classify,
    forward_to_intermediary,
    note,
    resume_clock,
    suspend_clock,
)
from complaints.tests.factories import ComplaintFactory
from customers import roles
from customers.tests.factories import AgencyFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

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


# --- Passing on -----------------------------------------------------------------------------------------------------
@pytest.fixture
def about_an_agency():
    return ComplaintFactory(
        about_conduct=True, agency=AgencyFactory(email="agenzia@example.it"), customer=None, address="maria@example.it"
    )


def test_the_intermediary_gets_a_copy_and_the_complainant_is_informed(about_an_agency, officer):
    complaint = forward_to_intermediary(about_an_agency, by=officer, note="Per conoscenza.")
    assert dict(Notice.objects.values_list("kind", "address")) == {
        "complaint-passed-on": "agenzia@example.it",
        "complaint-forwarded": "maria@example.it",
    }
    assert complaint.text in Notice.objects.get(kind="complaint-passed-on").body_text
    event = complaint.events.get()
    assert (event.kind, event.details["intermediary_told"]) == (ComplaintEvent.Kind.FORWARDED, "email")
    assert (complaint.state, complaint.suspended_days) == (State.RECEIVED, 0)


def test_an_intermediary_gets_one_copy(about_an_agency, officer):
    forward_to_intermediary(about_an_agency, by=officer)
    with pytest.raises(Refused) as refusal:
        forward_to_intermediary(about_an_agency, by=officer)
    assert refusal.value.code == "forwarded_already"


def test_without_an_intermediary_there_is_nobody_to_pass_it_to(officer):
    with pytest.raises(Refused) as refusal:
        forward_to_intermediary(ComplaintFactory(), by=officer)
    assert refusal.value.code == "no_intermediary"


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
    assert {state for state, to in Complaint.NEXT.items() if to} == {*Complaint.OPEN_STATES, State.CANCELLED}


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


# --- Another intermediary -----------------------------------------------------------------------------------------
@pytest.fixture
def about_a_broker():
    return ComplaintFactory(
        state=State.UNDER_REVIEW,
        received_on=date(2026, 5, 2),
        about_conduct=True,
        agency=None,
        intermediary_stated="Broker Rossi, Milano",
        intermediary_address="broker@pec.example.it",
        customer=None,
        address="maria@example.it",
    )


def test_a_brokers_complaint_is_passed_on_and_the_complainant_informed(about_a_broker, officer):
    forward_to_intermediary(about_a_broker, by=officer)
    assert dict(Notice.objects.values_list("kind", "address")) == {
        "complaint-passed-on": "broker@pec.example.it",
        "complaint-forwarded": "maria@example.it",
    }
    assert "Broker Rossi, Milano" in Notice.objects.get(kind="complaint-forwarded").body_text
    with pytest.raises(Refused) as refusal:
        forward_to_intermediary(about_a_broker, by=officer)
    assert refusal.value.code == "forwarded_already"


def test_a_broker_without_an_address_is_written_to_by_post(about_a_broker, officer):
    classify(about_a_broker, by=officer, changes={"intermediary_address": ""})
    complaint = forward_to_intermediary(about_a_broker, by=officer)
    assert complaint.events.get(kind=ComplaintEvent.Kind.FORWARDED).details == {
        "intermediary": "Broker Rossi, Milano",
        "intermediary_told": "post",
    }


def test_a_broker_is_heard_and_gets_copies(clock, about_a_broker, officer):
    suspend_clock(about_a_broker, reason="Che cosa fu detto?", by=officer)
    resume_clock(about_a_broker, by=officer)
    Complaint.objects.filter(pk=about_a_broker.pk).update(ramo="8")
    answer_complaint(about_a_broker, outcome="upheld", answer="Accolto.", by=officer)
    to_the_broker = Notice.objects.filter(address="broker@pec.example.it").order_by("pk")
    assert list(to_the_broker.values_list("kind", flat=True)) == [
        "complaint-enquiry",
        "complaint-letter-copy",
        "complaint-copy",
    ]
