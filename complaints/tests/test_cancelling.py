"""What is no complaint: the entry is cancelled and kept, its sender is informed of what is true, and it can be taken back."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from complaints.complainant_page import in_plain_words
from complaints.documents.commands import add_documents
from complaints.models import Complaint, ComplaintEvent
from complaints.register import COLUMNS, register_of
from complaints.services import cancel, register_from_contact, reinstate, warn_of_terms
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from complaints.tests.files import pdf_file
from contact_center.tests.factories import MessageFactory
from customers.tests.factories import CustomerFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.mark.parametrize("state", [State.RECEIVED, State.UNDER_REVIEW])
def test_spam_is_cancelled_with_its_reason_and_nobody_is_written_to(clock, officer, state):
    entry = ComplaintFactory(state=state, address="x@example.it")
    complaint = cancel(entry, cause="spam", reason="Pubblicità.", by=officer)
    assert (complaint.state, complaint.is_open, Notice.objects.count()) == (State.CANCELLED, False, 0)
    event = complaint.events.get()
    assert (event.kind, event.by, event.details) == (
        ComplaintEvent.Kind.CANCELLED,
        officer,
        {"from": state, "to": "cancelled", "reason": "Pubblicità.", "cancelled_as": "spam"},
    )


def test_a_request_goes_on_as_a_contact_with_its_day_and_its_files_and_the_sender_learns_its_number(clock, officer):
    entry = ComplaintFactory(
        customer=None, address="anna@example.it", received_by="email", received_on=date(2026, 4, 20)
    )
    add_documents(
        entry,
        files=[pdf_file("polizza.pdf")],
        giver="complainant",
        way="email",
        given_on=date(2026, 4, 20),
        by=officer,
    )
    complaint = cancel(entry, cause="request", reason="Chiede una copia.", by=officer)
    contact = complaint.contact
    assert (contact.channel, contact.address, contact.day) == ("email", "anna@example.it", date(2026, 4, 20))
    first, _note = contact.messages.order_by("pk")
    assert (first.text, [each.name for each in first.attachments.all()]) == (entry.text, ["polizza.pdf"])
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("complaint-cancelled", "anna@example.it")
    assert contact.number in notice.body_text
    decision = contact.triage_decisions.get()
    assert (decision.is_complaint, decision.written_on, decision.complaint) == (False, date(2026, 4, 20), complaint)
    assert register_from_contact(contact, complainant_name="Anna", by=officer).received_on == date(2026, 4, 20)


def test_a_double_names_the_entry_under_which_it_is_treated(clock, officer):
    other = ComplaintFactory()
    entry = ComplaintFactory(customer=None, address="anna@example.it")
    complaint = cancel(entry, cause="double", double_of=other, reason="Arrivato anche per posta.", by=officer)
    assert (complaint.double_of, complaint.contact) == (other, None)
    assert other.number in Notice.objects.get().body_text
    assert other.number in in_plain_words(complaint)


@pytest.mark.parametrize(
    ("cause", "named", "code"),
    [
        ("", None, "no_cause"),
        ("boredom", None, "unknown_code"),
        ("double", None, "no_double"),
        ("double", "itself", "itself"),
        ("double", "cancelled", "double_of_cancelled"),
        ("spam", "other", "not_a_double"),
    ],
)
def test_a_cause_that_does_not_fit_is_refused_and_the_entry_remains_open(clock, officer, cause, named, code):
    entry = ComplaintFactory()
    others = {
        None: lambda: None,
        "itself": lambda: entry,
        "other": ComplaintFactory,
        "cancelled": lambda: ComplaintFactory(cancelled=True),
    }
    with pytest.raises(Refused) as refusal:
        cancel(entry, cause=cause, double_of=others[named](), reason="x", by=officer)
    entry.refresh_from_db()
    assert (refusal.value.code, entry.state) == (code, State.RECEIVED)


def test_a_clock_that_stood_still_is_ended(clock, officer):
    complaint = ComplaintFactory(state=State.SUSPENDED, received_on=date(2026, 4, 20))
    SuspensionFactory(complaint=complaint, started_on=date(2026, 5, 1), ended_on=None)
    assert cancel(complaint, cause="mistake", reason="x", by=officer).suspensions.get().ended_on == date(2026, 5, 4)


def test_it_counts_no_more_and_is_shown_as_cancelled_in_the_file(clock, officer):
    complaint = ComplaintFactory(received_on=date(2026, 4, 20), registered_at=datetime(2026, 5, 1, 9, tzinfo=UTC))
    cancel(complaint, cause="mistake", reason="Prova.", by=officer)
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
    first = cancel(register_from_contact(contact, by=officer), cause="request", reason="x", by=officer)
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
    entry = ComplaintFactory(customer=None, address="anna@example.it", received_on=date(2026, 4, 20))
    complaint = cancel(entry, cause="mistake", reason="x", by=officer)
    back = reinstate(complaint, reason="È un reclamo.", by=officer)
    assert (back.state, back.due_on, back.number) == (State.RECEIVED, date(2026, 6, 4), complaint.number)
    assert list(back.events.values_list("kind", flat=True)) == ["cancelled", "reinstated"]
    assert (back.cancelled_as, Notice.objects.order_by("pk").last().kind) == ("", "complaint-reinstated")


@pytest.mark.parametrize("command", [partial(cancel, cause="spam"), reinstate])
def test_neither_is_done_without_a_reason(clock, officer, command):
    with pytest.raises(Refused) as refusal:
        command(ComplaintFactory(cancelled=True), reason=" ", by=officer)
    assert refusal.value.code == "no_reason"


@pytest.mark.parametrize("closed", [{"answered": True}, {"state": State.WITHDRAWN}, {"cancelled": True}])
def test_a_closed_entry_is_not_cancelled(clock, officer, closed):
    with pytest.raises(Refused) as refusal:
        cancel(ComplaintFactory(**closed), cause="mistake", reason="x", by=officer)
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
    for name, more in (("annulla", {"cause": "mistake"}), ("ripristina", {})):
        address = reverse("admin:complaints_complaint_command", args=[complaint.pk, name])
        assert client.get(address).status_code == 200
        assert send_command(client, address, {"reason": "x", **more}).status_code == 302
        complaint.refresh_from_db()
        states.append(complaint.state)
    assert states == [State.CANCELLED, State.RECEIVED]
