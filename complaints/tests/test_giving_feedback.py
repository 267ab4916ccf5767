"""Giving an opinion: what is kept and what is refused, who is thanked and who is not."""

import uuid

import pytest
from django.utils import timezone

from complaints.feedback.commands import send_feedback
from complaints.feedback.rules import LONGEST_FEEDBACK, MOST_IN_A_DAY
from complaints.models import Feedback
from complaints.tests.factories import FeedbackFactory
from contact_center.due.targets import due_at
from customers.tests.factories import ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.models import Notice
from notifications.services.queueing import TYPED_PER_DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    """A customer with an e-mail address."""
    return ContactPointFactory(customer=CustomerFactory(), kind="email", value="anna@example.it").customer


def give(**given):
    return send_feedback(**{"rating": 2, "submission_key": uuid.uuid4()} | given)


def history(feedback) -> list[str]:
    return [event.kind for event in feedback.events.order_by("at", "pk")]


def test_a_rating_and_words_are_kept_once(customer):
    key = uuid.uuid4()
    given = [give(customer=customer, text="Lenta 🐌", submission_key=key) for _twice in range(2)]
    assert [each.is_new for each in given] == [True, False]
    feedback = Feedback.objects.get()
    assert (feedback.rating, feedback.text, feedback.source, feedback.customer) == (2, "Lenta 🐌", "app", customer)


@pytest.mark.parametrize("text", ["👍", "التطبيق بطيء جدا", "x" * LONGEST_FEEDBACK])
def test_words_of_any_kind_are_kept_as_they_were_written(customer, text):
    assert give(customer=customer, text=text).feedback.text == text


@pytest.mark.parametrize(
    ("rating", "text", "code"), [(0, "", "no_rating"), (6, "", "no_rating"), (3, "x" * 100_000, "text_too_long")]
)
def test_another_rating_and_a_book_are_refused(customer, rating, text, code):
    with pytest.raises(Refused) as refusal:
        give(customer=customer, rating=rating, text=text)
    assert refusal.value.code == code
    assert not Feedback.objects.exists()


def test_after_many_in_a_day_the_next_is_refused(customer):
    FeedbackFactory.create_batch(MOST_IN_A_DAY, customer=customer)
    with pytest.raises(Refused) as refusal:
        give(customer=customer)
    assert refusal.value.code == "many_today"


def test_words_of_a_customer_are_thanked_for_and_have_a_day_for_their_answer(clock, customer):
    feedback = give(customer=customer, text="L'accesso è lento.").feedback
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("feedback-received", "anna@example.it")
    assert "lento" not in notice.body_text
    assert (feedback.state, feedback.reach, feedback.acknowledged_at) == ("acknowledged", "known", timezone.now())
    assert feedback.due_at == due_at(kind="feedback", level=1, since=timezone.now())
    assert history(feedback) == ["received", "acknowledged"]


def test_a_reader_of_the_reserved_area_is_thanked_there(customer):
    ReservedAreaAccountFactory(customer=customer)
    give(customer=customer, text="Comoda.")
    assert {notice.channel for notice in Notice.objects.all()} == {"email", "inbox"}


def test_of_somebody_who_cannot_be_written_to_it_waits_without_thanks():
    feedback = give(source="site", text="Non trovo i documenti.").feedback
    assert (feedback.state, feedback.reach, feedback.acknowledged_at) == ("received", "none", None)
    assert not Notice.objects.exists()


def test_stars_alone_are_kept_and_closed_without_a_notice(customer):
    feedback = give(customer=customer, rating=5).feedback
    assert (feedback.state, feedback.outcome, feedback.due_at) == ("closed", "only_stars", None)
    assert not Notice.objects.exists()


def test_words_that_a_machine_may_have_written_get_no_mail():
    text = " ".join(f"https://{n}.example" for n in range(5))
    feedback = give(source="site", address="anna@example.it", text=text).feedback
    assert (feedback.suspicion, feedback.state, Notice.objects.exists()) == ("links", "received", False)


def test_a_typed_mailbox_is_not_filled_from_here():
    given = [
        give(source="site", address="anna@example.it", text="Bene.").feedback for _each in range(TYPED_PER_DAY + 1)
    ]
    assert [each.state for each in given] == ["acknowledged"] * TYPED_PER_DAY + ["received"]
    assert Notice.objects.filter(state="withheld").count() == 1


def test_thanks_come_in_the_language_of_the_page():
    give(source="site", address="anna@example.it", text="Nice.", language="en")
    assert Notice.objects.get().language == "en"
