"""Answering and withdrawing: what is obligatory, what is kept, and who gets the letter."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from complaints.models import Complaint, ComplaintEvent, ComplaintLetter
from complaints.services import answer_complaint, draft_letter, withdraw
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from customers.tests.factories import AgencyFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.fixture
def complaint(clock):
    return ComplaintFactory(
        state=State.UNDER_REVIEW, ramo="8", customer=None, address="maria@example.it", received_on=date(2026, 4, 1)
    )


def answer(complaint, officer, **changed) -> Complaint:
    given = {"outcome": "rejected", "answer": "Abbiamo riesaminato.", "reasons": "Esclusione 4."}
    return answer_complaint(complaint, **(given | changed), by=officer)


def test_an_answer_closes_the_complaint_and_keeps_its_letter(complaint, officer):
    answered = answer(complaint, officer)
    assert (answered.state, answered.outcome, answered.answer, answered.reasons) == (
        State.ANSWERED,
        "rejected",
        "Abbiamo riesaminato.",
        "Esclusione 4.",
    )
    letter = ComplaintLetter.objects.get(complaint=complaint)
    assert letter.sha256 == hashlib.sha256(letter.pdf).hexdigest()
    assert (letter.by, letter.paragraphs) == (officer, ["remedies@1", "ivass@1", "arbiter@1", "mediation@1"])
    event = complaint.events.get()
    assert (event.kind, event.details["sha256"], event.notice.kind) == (
        ComplaintEvent.Kind.ANSWERED,
        letter.sha256,
        "complaint-answered",
    )


def test_the_letter_that_goes_out_is_the_letter_that_is_kept(complaint, officer):
    answer(complaint, officer)
    notice = Notice.objects.get(kind="complaint-answered")
    (attachment,) = notice.attachments.all()
    assert (notice.address, attachment.content_type) == ("maria@example.it", "application/pdf")
    assert bytes(attachment.content) == bytes(ComplaintLetter.objects.get().pdf)
    assert "www.arbitroassicurativo.org" in notice.body_text


def test_the_intermediary_gets_a_copy_when_its_conduct_is_concerned(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(
        about_conduct=True, agency=AgencyFactory(email="agenzia@example.it", pec="agenzia@pec.example.it")
    )
    answer(complaint, officer)
    copy = Notice.objects.get(kind="complaint-copy")
    assert (copy.address, copy.attachments.count()) == ("agenzia@pec.example.it", 1)
    assert complaint.events.get().details["copy_sent"] == "email"


def test_an_intermediary_concerned_otherwise_gets_none(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(agency=AgencyFactory(email="agenzia@example.it"))
    answer(complaint, officer)
    assert not Notice.objects.filter(kind="complaint-copy").exists()


def test_by_post_nothing_is_sent_and_the_letter_waits_in_the_print_queue(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(address="Via Roma 1, 27100 Pavia")
    answer(complaint, officer)
    waiting = Notice.objects.get()
    assert (waiting.channel, waiting.kind, waiting.address) == ("post", "complaint-letter", "Via Roma 1, 27100 Pavia")
    assert bytes(waiting.attachments.get().content) == bytes(ComplaintLetter.objects.get().pdf)
    assert complaint.events.get().details["sent"] == "post"
    assert ComplaintLetter.objects.count() == 1


def test_a_customer_reads_the_whole_letter_in_the_reserved_area(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(customer=ReservedAreaAccountFactory().customer)
    answer(complaint, officer)
    assert set(Notice.objects.values_list("channel", flat=True)) == {"email", "inbox"}
    assert "Esclusione 4." in Notice.objects.get(channel="inbox").body_text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"answer": " "}, "nothing_said"),
        ({"outcome": ""}, "no_outcome"),
        ({"outcome": "perhaps"}, "no_outcome"),
        ({"outcome": "rejected", "reasons": " "}, "no_reasons"),
        ({"outcome": "settled", "reasons": ""}, "no_reasons"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(complaint, officer, changed, code):
    with pytest.raises(Refused) as refusal:
        answer(complaint, officer, **changed)
    assert refusal.value.code == code
    assert (Complaint.objects.get().state, ComplaintLetter.objects.count(), Notice.objects.count()) == (
        State.UNDER_REVIEW,
        0,
        0,
    )


def test_a_complaint_upheld_in_full_needs_no_reasons(complaint, officer):
    assert answer(complaint, officer, outcome="upheld", reasons="").outcome == "upheld"


def test_without_a_ramo_nobody_knows_which_ways_to_name(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(ramo="")
    with pytest.raises(Refused) as refusal:
        answer(complaint, officer)
    assert refusal.value.code == "not_classified"


@pytest.mark.parametrize("state", [State.RECEIVED, State.SUSPENDED, State.WITHDRAWN])
def test_only_a_complaint_under_review_is_answered(complaint, officer, state):
    Complaint.objects.filter(pk=complaint.pk).update(state=state)
    with pytest.raises(Refused) as refusal:
        answer(complaint, officer)
    assert refusal.value.code == "wrong_state"


def test_a_complaint_is_answered_once(complaint, officer):
    answer(complaint, officer)
    with pytest.raises(Refused):
        answer(complaint, officer, answer="Altro.")
    assert (Complaint.objects.get().answer, ComplaintLetter.objects.count()) == ("Abbiamo riesaminato.", 1)


def test_an_answer_past_its_term_says_by_how_many_days(clock, complaint, officer):
    clock.move_to(datetime(2026, 5, 19, 8, tzinfo=UTC))
    answer(complaint, officer)
    assert complaint.events.get().details["days_late"] == 3


def test_a_draft_stores_nothing(complaint, officer):
    draft = draft_letter(complaint, outcome="rejected", answer="Così.", reasons="Perché sì.", by=officer)
    assert "Perché sì." in draft.text
    assert (ComplaintLetter.objects.count(), Notice.objects.count(), complaint.events.count()) == (0, 0, 0)


@pytest.mark.parametrize("text", ["a" * 10_000, "😀", "مرحبا", "riga\n\nriga\n"])
def test_any_text_can_be_an_answer(complaint, officer, text):
    assert answer(complaint, officer, answer=text).answer == text.strip()


# --- Withdrawing ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [State.RECEIVED, State.UNDER_REVIEW])
def test_an_open_complaint_is_withdrawn_and_stays(complaint, officer, state):
    Complaint.objects.filter(pk=complaint.pk).update(state=state)
    withdrawn = withdraw(complaint, reason="Lettera del 3 maggio.", by=officer)
    assert withdrawn.state == State.WITHDRAWN
    event = complaint.events.get()
    assert (event.kind, event.details["reason"], event.notice.kind) == (
        ComplaintEvent.Kind.WITHDRAWN,
        "Lettera del 3 maggio.",
        "complaint-withdrawn",
    )


def test_withdrawing_ends_the_suspension(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(state=State.SUSPENDED)
    SuspensionFactory(complaint=complaint, started_on=date(2026, 5, 1), ended_on=None)
    withdrawn = withdraw(complaint, reason="x", by=officer)
    assert (withdrawn.suspended_days, withdrawn.suspensions.get().ended_on) == (3, date(2026, 5, 4))


def test_a_withdrawal_says_how(complaint, officer):
    with pytest.raises(Refused) as refusal:
        withdraw(complaint, reason=" ", by=officer)
    assert refusal.value.code == "no_reason"


@pytest.mark.parametrize("state", [State.ANSWERED, State.WITHDRAWN])
def test_a_closed_complaint_is_not_withdrawn(complaint, officer, state):
    closed = ComplaintFactory(answered=True) if state == State.ANSWERED else ComplaintFactory(state=state)
    with pytest.raises(Refused) as refusal:
        withdraw(closed, reason="x", by=officer)
    assert refusal.value.code == "wrong_state"
