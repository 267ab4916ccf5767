"""The public page of opinions and the reserved area's: what is kept, what is asked again with nothing lost, what machines get."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.feedback.views import PER_HOUR
from complaints.models import Feedback
from complaints.tests.factories import FeedbackFactory
from customers.tests.factories import ContactPointFactory, ReservedAreaAccountFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_counts():
    cache.clear()


def opened(client, clock, page="opinion", **filled):
    """The form as a browser has it after a minute."""
    form = client.get(reverse(page)).context["form"]
    clock.shift(timedelta(minutes=1))
    return {name: form[name].value() or "" for name in form.fields} | {"rating": "2", "text": "È lento."} | filled


def test_an_opinion_is_kept_and_thanked_for(client, clock):
    form = opened(client, clock, email="Anna@Example.it")
    answer = client.post(reverse("opinion"), form, follow=True)
    feedback = Feedback.objects.get()
    assert (answer.status_code, feedback.source, feedback.address, feedback.text) == (
        200,
        "site",
        "anna@example.it",
        "È lento.",
    )
    assert feedback.privacy_version
    assert Notice.objects.get().address == "anna@example.it"


def test_the_form_sent_twice_is_one_opinion(client, clock):
    form = opened(client, clock)
    for _twice in range(2):
        assert client.post(reverse("opinion"), form).status_code == 302
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"), [({"rating": ""}, "rating"), ({"text": "x" * 100_000}, "text"), ({"email": "anna"}, "email")]
)
def test_what_does_not_fit_is_shown_again_with_what_was_written(client, clock, changed, field):
    answer = client.post(reverse("opinion"), opened(client, clock) | changed)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (200, [field])
    assert form["text"].value() == changed.get("text", "È lento.")
    assert not Feedback.objects.exists()


def test_a_machine_sees_thanks_and_nothing_is_kept(client, clock):
    answer = client.post(reverse("opinion"), opened(client, clock, website="x"))
    assert (answer.url, Feedback.objects.exists()) == (reverse("opinion_thanks"), False)


def test_many_from_one_address_are_asked_to_wait(client, clock):
    for _each in range(PER_HOUR):
        client.post(reverse("opinion"), opened(client, clock))
    answer = client.post(reverse("opinion"), opened(client, clock, text="Ancora."))
    assert (answer.status_code, Feedback.objects.count()) == (429, PER_HOUR)
    assert answer.context["form"]["text"].value() == "Ancora."


# --- In the reserved area -----------------------------------------------------------------------------------------------
@pytest.fixture
def account(client):
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, kind="email", value="anna@example.it")
    client.force_login(account.user)
    return account


def test_a_customer_gives_an_opinion_and_sees_the_answer(client, clock, account):
    assert (
        client.post(reverse("portal_feedback_form"), opened(client, clock, "portal_feedback_form")).status_code == 302
    )
    feedback = Feedback.objects.get()
    assert (feedback.source, feedback.customer, feedback.state) == ("portal", account.customer, "acknowledged")
    Feedback.objects.filter(pk=feedback.pk).update(
        state="answered", answer="Ora è più veloce.", answered_at=feedback.received_at
    )
    page = client.get(reverse("portal_feedback")).content.decode()
    assert "È lento." in page
    assert "Ora è più veloce." in page


def test_nobody_sees_what_another_thinks(client, account):
    FeedbackFactory(text="Altrui.")
    assert "Altrui." not in client.get(reverse("portal_feedback")).content.decode()


def test_the_list_costs_the_same_at_one_opinion_and_at_three(client, account, django_assert_num_queries):
    FeedbackFactory(customer=account.customer)
    client.get(reverse("portal_feedback"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("portal_feedback"))
    FeedbackFactory.create_batch(2, customer=account.customer)
    with django_assert_num_queries(len(one)):
        client.get(reverse("portal_feedback"))
