"""A customer says what they think of the app: a rating and, if they like, words."""

import uuid

import pytest

from complaints.models import Feedback
from complaints.services import send_feedback
from complaints.services.feedback import LONGEST_FEEDBACK, MOST_IN_A_DAY
from complaints.tests.factories import FeedbackFactory
from customers.tests.factories import CustomerFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory()


def test_what_was_said_is_kept_once_for_each_key(customer):
    key = uuid.uuid4()
    given = [send_feedback(customer=customer, rating=2, text="Lenta 🐌", submission_key=key) for _twice in range(2)]
    assert [each.is_new for each in given] == [True, False]
    feedback = Feedback.objects.get()
    assert (feedback.rating, feedback.text, feedback.source, feedback.handled_at) == (2, "Lenta 🐌", "app", None)


@pytest.mark.parametrize(
    ("rating", "text", "code"), [(0, "", "no_rating"), (6, "", "no_rating"), (3, "a" * 2_001, "text_too_long")]
)
def test_what_cannot_be_kept_is_refused(customer, rating, text, code):
    assert LONGEST_FEEDBACK == 2_000
    with pytest.raises(Refused) as refusal:
        send_feedback(customer=customer, rating=rating, text=text, submission_key=uuid.uuid4())
    assert refusal.value.code == code


def test_a_customer_has_so_many_opinions_in_a_day(customer):
    FeedbackFactory.create_batch(MOST_IN_A_DAY, customer=customer)
    with pytest.raises(Refused) as refusal:
        send_feedback(customer=customer, rating=3, submission_key=uuid.uuid4())
    assert refusal.value.code == "many_today"
