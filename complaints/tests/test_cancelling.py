"""What is no complaint: the entry is cancelled and kept, nobody is written to, and the decision can be taken back."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from complaints.complainant_page import in_plain_words
from complaints.models import Complaint, ComplaintEvent
from complaints.register import COLUMNS, register_of
from complaints.services import cancel, register_from_contact, reinstate, warn_of_terms
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from contact_center.tests.factories import MessageFactory
from customers.tests.factories import CustomerFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.mark.parametrize("state", [State.RECEIVED, State.UNDER_REVIEW])
def test_an_entry_is_cancelled_with_its_reason_and_nobody_is_written_to(clock, officer, state):
    complaint = cancel(ComplaintFactory(state=state), reason="È una domanda.", by=officer)
    assert (complaint.state, complaint.is_open, Notice.objects.count()) == (State.CANCELLED, False, 0)
    event = complaint.events.get()
    assert (event.kind, event.by, event.details) == (
        ComplaintEvent.Kind.CANCELLED,
        officer,
        {"from": state, "to": "cancelled", "reason": "È una domanda."},
    )


def test_a_clock_that_stood_still_is_ended(clock, officer):
    complaint = ComplaintFactory(state=State.SUSPENDED, received_on=date(2026, 4, 20))
    SuspensionFactory(complaint=complaint, started_on=date(2026, 5, 1), ended_on=None)
    assert cancel(complaint, reason="x", by=officer).suspensions.get().ended_on == date(2026, 5, 4)


def test_it_counts_no_more_and_is_shown_as_cancelled_in_the_file(clock, officer):
    complaint = ComplaintFactory(received_on=date(2026, 4, 20), registered_at=datetime(2026, 5, 1, 9, tzinfo=UTC))
    cancel(complaint, reason="Prova.", by=officer)
    assert (Complaint.objects.counted().count(), Complaint.objects.open().count()) == (0, 0)
    assert warn_of_terms(date(2026, 6, 4)) == 0
    (row,) = (dict(zip(COLUMNS, values, strict=True)) for values in register_of(2026))
    assert (row["state"], row["closed_on"], row["outcome"], row["cancelled_because"]) == (
        "cancelled",
        date(2026, 5, 4),
        "",
        "Prova.",
    )
    assert in_plain_words(Complaint.objects.get())


def test_the_contact_may_be_registered_again(clock, officer):
    contact = MessageFactory(contact__customer=CustomerFactory(), text="Reclamo.").contact
    first = cancel(register_from_contact(contact, by=officer), reason="x", by=officer)
    second = register_from_contact(contact, by=officer)
    assert (second.sequence, second.contact) == (first.sequence + 1, contact)
    words = [event.details for event in contact.events.order_by("pk")]
    assert words == [
        {"complaint": first.number, "cancelled": False},
        {"complaint": first.number, "cancelled": True},
        {"complaint": second.number, "cancelled": False},
    ]
    with pytest.raises(Refused) as refusal:
        reinstate(first, reason="x", by=officer)
    assert refusal.value.code == "registered_again"


def test_the_decision_is_taken_back_with_its_reason(clock, officer):
    complaint = cancel(ComplaintFactory(received_on=date(2026, 4, 20)), reason="x", by=officer)
    back = reinstate(complaint, reason="È un reclamo.", by=officer)
    assert (back.state, back.due_on, back.number) == (State.RECEIVED, date(2026, 6, 4), complaint.number)
    assert list(back.events.values_list("kind", flat=True)) == ["cancelled", "reinstated"]


@pytest.mark.parametrize("command", [cancel, reinstate])
def test_neither_is_done_without_a_reason(clock, officer, command):
    with pytest.raises(Refused) as refusal:
        command(ComplaintFactory(state=State.CANCELLED), reason=" ", by=officer)
    assert refusal.value.code == "no_reason"


@pytest.mark.parametrize("closed", [{"answered": True}, {"state": State.WITHDRAWN}, {"state": State.CANCELLED}])
def test_a_closed_entry_is_not_cancelled(clock, officer, closed):
    with pytest.raises(Refused) as refusal:
        cancel(ComplaintFactory(**closed), reason="x", by=officer)
    assert refusal.value.code == "wrong_state"


def test_what_is_not_cancelled_is_not_reinstated(clock, officer):
    with pytest.raises(Refused) as refusal:
        reinstate(ComplaintFactory(), reason="x", by=officer)
    assert refusal.value.code == "wrong_state"


def test_an_officer_cancels_and_reinstates_in_the_back_office(clock, officer):
    complaint = ComplaintFactory()
    client = Client()
    client.force_login(officer)
    states = []
    for name in ("annulla", "ripristina"):
        address = reverse("admin:complaints_complaint_command", args=[complaint.pk, name])
        assert client.get(address).status_code == 200
        assert send_command(client, address, {"reason": "x"}).status_code == 302
        complaint.refresh_from_db()
        states.append(complaint.state)
    assert states == [State.CANCELLED, State.RECEIVED]
