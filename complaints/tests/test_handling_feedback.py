"""The life of an opinion: its theme, the answer, a request or a complaint of it with its day, closed, and back again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from complaints.feedback.commands import (
    answer_feedback,
    close_feedback,
    make_complaint,
    make_contact,
    record_posted,
    reopen_feedback,
    take_back,
    theme_feedback,
)
from complaints.models import Complaint, Feedback, FeedbackEvent, FeedbackTheme
from complaints.services import cancel, register_from_contact
from complaints.tests.factories import FeedbackFactory, FeedbackThemeFactory
from contact_center.models import Contact, WrapUpCode
from contact_center.tests.factories import AgentFactory
from customers.tests.factories import ContactPointFactory, CustomerFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
GIVEN = datetime(2026, 4, 27, 21, 30, tzinfo=UTC)  # half past eleven at night in Italy: still the 27th


@pytest.fixture
def customer():
    return ContactPointFactory(customer=CustomerFactory(), kind="email", value="anna@example.it").customer


@pytest.fixture
def feedback(customer):
    """An opinion of a week ago, of a customer who can be written to."""
    return FeedbackFactory(
        customer=customer, text="Pago da un mese e la polizza risulta scaduta.", received_at=GIVEN, reach="known"
    )


@pytest.fixture
def anonymous():
    return FeedbackFactory(customer=None, source="site", reach="none")


def refused(command, *arguments, **given) -> str:
    with pytest.raises(Refused) as refusal:
        command(*arguments, **given)
    return refusal.value.code


def last_event(feedback) -> FeedbackEvent:
    return feedback.events.order_by("at", "pk").last()


# --- Theme ------------------------------------------------------------------------------------------------------------
def test_a_theme_is_given_and_what_was_suggested_is_recorded(feedback, officer):
    login, payment = (FeedbackTheme.objects.get(code=code) for code in ("login", "payment"))
    theme_feedback(feedback, theme=login, by=officer)
    done = theme_feedback(feedback, theme=payment, by=officer, suggested="login")
    assert done.theme == payment
    assert last_event(feedback).details == {"from": "login", "to": "payment", "suggested": "login"}


def test_the_same_theme_again_writes_nothing(feedback, officer):
    theme = FeedbackTheme.objects.get(code="login")
    for _twice in range(2):
        theme_feedback(feedback, theme=theme, by=officer)
    assert feedback.events.count() == 1


def test_a_theme_that_has_ended_is_refused_and_kept_where_it_was_given(feedback, officer):
    ended = FeedbackThemeFactory(valid_to=timezone.localdate() - timedelta(days=1))
    assert refused(theme_feedback, feedback, theme=ended, by=officer) == "theme_ended"
    Feedback.objects.filter(pk=feedback.pk).update(theme=ended)
    assert theme_feedback(feedback, theme=ended, by=officer).theme == ended


# --- Answer -----------------------------------------------------------------------------------------------------------
def test_an_answer_goes_to_the_customer_and_is_kept(feedback, officer):
    done = answer_feedback(feedback, text="Abbiamo corretto lo stato.", by=officer)
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("feedback-answered", "anna@example.it")
    assert "Abbiamo corretto lo stato." in notice.body_text
    assert (done.state, done.answer, done.answered_at, done.answered_by) == (
        "answered",
        "Abbiamo corretto lo stato.",
        timezone.now(),
        officer,
    )
    assert last_event(feedback).notice == notice


def test_one_more_answer_keeps_the_moment_of_the_first(clock, feedback, officer):
    first = answer_feedback(feedback, text="Verifichiamo.", by=officer).answered_at
    clock.shift(timedelta(days=1))
    again = answer_feedback(feedback, text="Corretto.", by=officer)
    assert (again.answered_at, again.answer, Notice.objects.count()) == (first, "Corretto.", 2)
    assert [event.details["text"] for event in feedback.events.filter(kind="answered")] == [
        "Verifichiamo.",
        "Corretto.",
    ]


@pytest.mark.parametrize("text", ["", "   "])
def test_an_answer_without_words_is_refused(feedback, officer, text):
    assert refused(answer_feedback, feedback, text=text, by=officer) == "no_text"


def test_nobody_is_answered_where_no_address_is_known(anonymous, officer):
    assert refused(answer_feedback, anonymous, text="Grazie.", by=officer) == "no_address"
    anonymous.refresh_from_db()
    assert (anonymous.state, anonymous.answer) == ("received", "")


def test_somebody_who_left_an_address_on_the_site_is_answered_there(officer):
    feedback = FeedbackFactory(customer=None, source="site", address="bea@example.it", language="en")
    answer_feedback(feedback, text="Thank you.", by=officer)
    assert (Notice.objects.get().address, Notice.objects.get().language) == ("bea@example.it", "en")


def test_a_review_is_answered_here_and_posted_at_the_store(officer):
    review = FeedbackFactory(at_store=True, received_at=GIVEN)
    answered = answer_feedback(review, text="Grazie.", by=officer)
    assert (answered.state, answered.posted_on, Notice.objects.exists()) == ("answered", None, False)
    assert Feedback.objects.answered_not_posted().get() == review
    assert record_posted(review, on=date(2026, 5, 1), by=officer).posted_on == date(2026, 5, 1)
    record_posted(review, on=date(2026, 5, 2), by=officer)
    assert last_event(review).details == {"on": "2026-05-02", "before": "2026-05-01"}


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 4, 26), "wrong_day"), (date(2026, 5, 5), "wrong_day"), (date(2026, 4, 27), "")]
)
def test_a_day_at_the_store_lies_between_the_review_and_today(officer, day, code):
    review = FeedbackFactory(at_store=True, received_at=GIVEN, answered=True)
    if code:
        assert refused(record_posted, review, on=day, by=officer) == code
    else:
        assert record_posted(review, on=day, by=officer).posted_on == day


def test_what_is_no_review_or_has_no_answer_is_not_posted(feedback, officer):
    assert refused(record_posted, feedback, on=date(2026, 5, 1), by=officer) == "not_at_a_store"
    review = FeedbackFactory(at_store=True)
    assert refused(record_posted, review, on=date(2026, 5, 4), by=officer) == "no_answer"


# --- A request of it --------------------------------------------------------------------------------------------------
def test_a_request_of_it_keeps_the_moment_when_it_was_given(feedback, customer, officer):
    contact = make_contact(feedback, by=officer)
    assert (contact.kind, contact.channel, contact.customer, contact.started_at) == (
        "feedback",
        "app",
        customer,
        GIVEN,
    )
    assert contact.messages.get().text == feedback.text
    assert Notice.objects.get().kind == "request-received"
    feedback.refresh_from_db()
    assert (feedback.state, feedback.contact) == ("contact", contact)


def test_a_request_that_turns_out_to_be_a_complaint_still_has_the_day(feedback, officer):
    complaint = register_from_contact(make_contact(feedback, by=officer), by=officer, complainant_name="Anna Bianchi")
    assert complaint.received_on == date(2026, 4, 27)


def test_a_request_of_nobody_or_of_no_words_is_refused(anonymous, customer, officer):
    assert refused(make_contact, anonymous, by=officer) == "no_address"
    assert refused(make_contact, FeedbackFactory(customer=customer, text=""), by=officer) == "no_words"
    assert not Contact.objects.exists()


def test_it_becomes_one_thing_once(feedback, officer):
    make_contact(feedback, by=officer)
    assert refused(make_contact, feedback, by=officer) == "wrong_state"
    assert refused(make_complaint, feedback, by=officer) == "wrong_state"


# --- A complaint of it ------------------------------------------------------------------------------------------------
def test_a_complaint_of_it_is_received_on_the_day_when_it_was_given(feedback, officer):
    complaint = make_complaint(feedback, by=officer, received_on=date(2026, 5, 4))
    assert (complaint.received_on, complaint.due_on) == (date(2026, 4, 27), date(2026, 6, 11))
    assert (complaint.text, complaint.customer) == (feedback.text, feedback.customer)
    feedback.refresh_from_db()
    assert (feedback.state, feedback.complaint) == ("complaint", complaint)
    assert last_event(feedback).details["complaint"] == complaint.number


def test_stars_alone_are_no_complaint(officer, customer):
    assert refused(make_complaint, FeedbackFactory(customer=customer, text=""), by=officer) == "no_words"
    assert not Complaint.objects.exists()


# --- Back -------------------------------------------------------------------------------------------------------------
def test_a_complaint_that_was_none_is_taken_back_and_may_be_one_again(feedback, officer):
    complaint = make_complaint(feedback, by=officer)
    assert refused(take_back, feedback, by=officer) == "stands"
    cancel(complaint, cause="mistake", reason="Solo un parere sull'app.", by=officer)
    done = take_back(feedback, by=officer)
    assert (done.state, done.complaint) == ("received", None)
    assert last_event(feedback).details["complaint"] == complaint.number
    assert make_complaint(feedback, by=officer) != complaint


def test_a_request_that_was_none_is_taken_back(feedback, officer):
    contact = make_contact(feedback, by=officer)
    agent = AgentFactory()
    code = WrapUpCode.objects.filter(outcome="dropped").first()
    Contact.objects.filter(pk=contact.pk).update(
        state="closed", outcome="dropped", wrap_up=code, closed_at=timezone.now(), agent=agent
    )
    assert take_back(feedback, by=officer).state == "received"


def test_what_became_nothing_is_not_taken_back(feedback, officer):
    assert refused(take_back, feedback, by=officer) == "wrong_state"


# --- Closing ----------------------------------------------------------------------------------------------------------
def test_it_is_closed_with_what_came_of_it_and_opened_again_with_a_history(feedback, officer):
    closed = close_feedback(feedback, outcome="changed", words="Corretto nella 4.13.", by=officer)
    assert (closed.state, closed.outcome, closed.closed_at, closed.closed_by) == (
        "closed",
        "changed",
        timezone.now(),
        officer,
    )
    assert refused(close_feedback, feedback, outcome="changed", words="x", by=officer) == "wrong_state"
    again = reopen_feedback(feedback, by=officer)
    assert (again.state, again.outcome, again.closed_at) == ("received", "", None)
    assert [event.kind for event in feedback.events.order_by("pk")] == ["closed", "reopened"]
    assert feedback.events.first().details["words"] == "Corretto nella 4.13."


@pytest.mark.parametrize(
    ("outcome", "words", "code"),
    [
        ("", "Fatto.", "no_outcome"),
        ("only_stars", "Fatto.", "no_outcome"),
        ("changed", " ", "no_words"),
        ("answered", "Fatto.", "not_answered"),
        ("went_on", "Fatto.", "nothing_became"),
    ],
)
def test_an_outcome_that_does_not_fit_is_refused(feedback, officer, outcome, words, code):
    assert refused(close_feedback, feedback, outcome=outcome, words=words, by=officer) == code


def test_what_cannot_be_interpreted_needs_no_words(feedback, officer):
    assert close_feedback(feedback, outcome="unclear", words="", by=officer).outcome == "unclear"


def test_one_opened_again_is_what_its_facts_say(feedback, officer):
    answer_feedback(feedback, text="Grazie.", by=officer)
    close_feedback(feedback, outcome="answered", words="Risposto.", by=officer)
    assert reopen_feedback(feedback, by=officer).state == "answered"
    assert refused(reopen_feedback, feedback, by=officer) == "wrong_state"


def test_what_is_closed_is_neither_answered_nor_made_something(feedback, officer):
    close_feedback(feedback, outcome="nothing", words="Nulla.", by=officer)
    assert refused(answer_feedback, feedback, text="Grazie.", by=officer) == "wrong_state"
    assert refused(make_contact, feedback, by=officer) == "wrong_state"
    assert refused(make_complaint, feedback, by=officer) == "wrong_state"
