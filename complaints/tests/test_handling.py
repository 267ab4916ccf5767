"""Following a complaint: who has it, what it is about, whom it is passed to, what is noted."""

import pytest

from complaints.models import Complaint, ComplaintEvent
from complaints.services import assign, classify, forward_to_intermediary, note
from complaints.tests.factories import ComplaintFactory
from customers import roles
from customers.refusals import Refused
from customers.tests.factories import AgencyFactory, UserFactory
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


def test_the_intermediary_gets_a_copy_and_the_complainant_is_told(about_an_agency, officer):
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
    assert {state for state, to in Complaint.NEXT.items() if to} == set(Complaint.OPEN_STATES)
