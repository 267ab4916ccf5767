"""What is a complaint and what is not: decisions, marks by words, and how well the words do."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from complaints.models import ComplaintHint, HintMeasurement, TriageDecision
from complaints.services import register_from_contact
from complaints.tests.factories import ComplaintFactory, ComplaintHintFactory, FeedbackFactory, HintPhraseFactory
from complaints.triage.commands import decide_feedback_no_complaint, decide_no_complaint
from complaints.triage.hints import mark_new_messages, threshold_in_force
from complaints.triage.phrases import write_phrase
from complaints.triage.recording import decision_on
from complaints.triage.rules import LEAST_COMPLAINTS, Counts, best_threshold, counts_of, read_words, weighed
from contact_center.tests.factories import ContactFactory, MessageFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command

PHRASES = weighed([("reclamo", 3), ("delus*", 2), ("vorrei sapere", -1), ("Perché", 1)])


# --- The rule -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "score", "words"),
    [
        ("Faccio RECLAMO: sono delusa", 5, ["reclamo", "delus*"]),
        ("reclamo, reclamo, reclamo!", 3, ["reclamo"]),
        ("Vorrei  sapere perche'", 0, ["Perché", "vorrei sapere"]),
        ("un reclamone", 0, []),
        ("😀", 0, []),
        ("مرحبا", 0, []),
        ("", 0, []),
    ],
)
def test_the_weights_of_the_words_found_are_added_up_once_each(text, score, words):
    reading = read_words(text, PHRASES)
    assert (reading.score, sorted(phrase for phrase, _weight in reading.words)) == (score, sorted(words))


def test_precision_and_recall_follow_from_the_counts():
    counts = counts_of([(4, True), (3, False), (0, True), (0, False)], 3)
    assert (counts, counts.precision, counts.recall) == (Counts(4, 2, 2, 1), 0.5, 0.5)
    assert (Counts(2, 0, 0, 0).precision, Counts(2, 0, 0, 0).recall) == (None, None)


def test_the_threshold_is_the_best_of_the_earlier_weeks_and_the_highest_of_equals():
    scored = [(4, True)] * LEAST_COMPLAINTS + [(2, False)] * 50
    assert best_threshold(scored, otherwise=9) == 4
    assert best_threshold(scored[1:], otherwise=9) == 9


# --- Decisions ------------------------------------------------------------------------------------------------------
@pytest.fixture
def contact(clock):
    written = datetime(2026, 4, 28, 10, tzinfo=UTC)
    contact = ContactFactory(customer=CustomerFactory(), started_at=written)
    MessageFactory(contact=contact, text="Faccio reclamo.", written_at=written)
    return contact


@pytest.mark.django_db
class TestDecisions:
    """Recorded, kept, and replaced by a later one."""

    def test_it_is_no_complaint_with_the_reason(self, contact, officer):
        decision = decide_no_complaint(contact, reason="È una domanda.", by=officer)
        assert (decision.is_complaint, decision.reason, decision.written_on) == (
            False,
            "È una domanda.",
            date(2026, 4, 28),
        )

    def test_a_later_decision_replaces_it_with_the_day_of_the_writing(self, contact, officer, clock):
        decide_no_complaint(contact, reason="È una domanda.", by=officer)
        clock.shift(timedelta(hours=1))
        complaint = register_from_contact(contact, by=officer)
        assert complaint.received_on == date(2026, 4, 28)
        latest = decision_on(contact=contact)
        assert (latest.is_complaint, latest.complaint, TriageDecision.objects.count()) == (True, complaint, 2)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [({"reason": " "}, "no_reason"), ({"written_on": date(2026, 4, 29)}, "not_written_then")],
    )
    def test_what_is_not_said_or_not_written_is_refused(self, contact, officer, changed, code):
        with pytest.raises(Refused) as refusal:
            decide_no_complaint(contact, **({"reason": "x"} | changed), by=officer)
        assert (refusal.value.code, TriageDecision.objects.exists()) == (code, False)

    def test_a_contact_in_the_register_is_cancelled_there(self, contact, officer):
        register_from_contact(contact, by=officer)
        with pytest.raises(Refused) as refusal:
            decide_no_complaint(contact, reason="x", by=officer)
        assert refusal.value.code == "registered"

    def test_an_opinion_is_decided_on_as_well(self, clock, officer):
        feedback = FeedbackFactory()
        assert decide_feedback_no_complaint(feedback, reason="Lode.", by=officer) == decision_on(feedback=feedback)
        became = FeedbackFactory(complaint=ComplaintFactory())
        with pytest.raises(Refused) as refusal:
            decide_feedback_no_complaint(became, reason="x", by=officer)
        assert refusal.value.code == "registered"

    def test_an_agent_decides_on_the_contacts_page_and_reads_the_decision_there(self, contact):
        client = Client()
        client.force_login(UserFactory(role=roles.AGENT))
        mark_new_messages()
        page = reverse("admin:contact_center_contact_change", args=[contact.pk])
        (hint,) = client.get(page).context["remarks"]
        assert "reclamo" in hint.hint
        address = reverse("admin:contact_center_contact_command", args=[contact.pk, "non-reclamo"])
        sent = send_command(client, address, {"reason": "È una domanda.", "written_on": "2026-04-28"})
        assert sent.status_code == 302
        (decision,) = client.get(page).context["remarks"]
        assert decision.hint == "È una domanda."


# --- Marks ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestMarks:
    """Each message is read once, soon after it came."""

    def test_a_likely_one_is_marked_with_its_words_and_others_are_not(self, contact):
        MessageFactory(contact=contact, text="Grazie.", written_at=datetime(2026, 4, 29, 10, tzinfo=UTC))
        assert (mark_new_messages(), mark_new_messages()) == (2, 0)
        likely, other = ComplaintHint.objects.order_by("message")
        assert (likely.is_likely, likely.words) == (True, [["reclamo", 3]])
        assert (other.is_likely, other.decided_at) == (False, None)

    def test_what_we_wrote_and_what_is_old_is_not_read(self, clock):
        MessageFactory(direction="outbound", text="Il Suo reclamo", written_at=datetime(2026, 5, 1, tzinfo=UTC))
        MessageFactory(text="Reclamo", written_at=datetime(2026, 3, 1, tzinfo=UTC))
        assert mark_new_messages() == 0

    def test_a_decision_deals_with_what_was_marked_and_not_with_what_comes_later(self, contact, officer, clock):
        mark_new_messages()
        decide_no_complaint(contact, reason="x", by=officer)
        assert not ComplaintHint.objects.open().exists()
        clock.shift(timedelta(hours=1))
        MessageFactory(contact=contact, text="Ancora reclamo!", written_at=datetime(2026, 5, 4, 9, tzinfo=UTC))
        mark_new_messages()
        assert ComplaintHint.objects.open().count() == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_costs_as_much_for_three_as_for_one(self, clock, officer, number, django_assert_max_num_queries):
        ComplaintHintFactory.create_batch(number)
        client = Client()
        client.force_login(officer)
        address = reverse("admin:complaints_complainthint_changelist")
        client.get(address)
        with django_assert_max_num_queries(14):
            page = client.get(address)
        assert len(page.context["cl"].result_list) == number

    def test_words_are_added_and_changed_in_the_back_office(self, clock, officer):
        client = Client()
        client.force_login(officer)
        address = reverse("admin:complaints_hintphrase_list_command", args=["aggiungi"])
        sent = {"phrase": "mai più", "language": "it", "weight": "2", "is_active": "on", "page_token": "0" * 32}
        assert client.post(address, sent).status_code == 302
        assert write_phrase(phrase="mai vista prima", language="it", weight=-1, by=officer).weight == -1

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"phrase": "***"}, "no_phrase"),
            ({"phrase": "a*b"}, "no_phrase"),
            ({"weight": 0}, "no_weight"),
            ({"weight": 6}, "no_weight"),
            ({"language": "xx"}, "no_language"),
            ({"phrase": "Reclamo"}, "known_phrase"),
        ],
    )
    def test_words_that_say_nothing_are_refused(self, clock, officer, changed, code):
        with pytest.raises(Refused) as refusal:
            write_phrase(**({"phrase": "mai più", "language": "it", "weight": 2} | changed), by=officer)
        assert refusal.value.code == code


# --- Measuring ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_words_are_measured_on_later_weeks_and_the_page_says_so(clock, officer):
    HintPhraseFactory(phrase="zzz", weight=5)
    for week in range(1, 13):
        at = datetime(2026, 5, 3, 10, tzinfo=UTC) - timedelta(weeks=week)
        complained = MessageFactory(contact__started_at=at, text="zzz", written_at=at)
        ComplaintFactory(contact=complained.contact, received_on=at.date())
        MessageFactory(contact__started_at=at, text="Buongiorno.", written_at=at)
    missed = MessageFactory(contact__started_at=at, text="Niente", written_at=datetime(2026, 5, 1, tzinfo=UTC))
    ComplaintFactory(contact=missed.contact, received_on=date(2026, 5, 1))
    client, printed = Client(), StringIO()
    client.force_login(officer)
    page = reverse("admin:complaints_complainthint_changelist")
    assert "measure_complaint_hints" in client.get(page).context["measured"]
    call_command("measure_complaint_hints", "--earlier", "11", "--later", "2", stdout=printed)
    measured = HintMeasurement.objects.get()
    assert (measured.messages, measured.complaints, measured.marked, measured.found) == (3, 2, 1, 1)
    assert (measured.learnt_complaints, measured.threshold, threshold_in_force()) == (11, 5, 5)
    assert "Precision: 100.0% (1 of 1)." in printed.getvalue()
    assert "Recall: 50.0% (1 of 2)." in printed.getvalue()
    assert "measure_complaint_hints" not in client.get(page).context["measured"]
