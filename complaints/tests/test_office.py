"""Complaints and feedback in the back office: the register by its terms, classification, the figure of the first page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints import tiles
from complaints.tests.factories import ComplaintFactory, FeedbackFactory, SuspensionFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer_client() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role=roles.COMPLAINT_OFFICER))
    return client


def received(days_left: int):
    return timezone.localdate() - timedelta(days=45 - days_left)


def listed(client, **asked):
    return list(client.get(reverse("admin:complaints_complaint_changelist"), asked).context["cl"].result_list)


def test_the_register_shows_open_complaints_by_their_term(officer_client):
    later, late, near = (ComplaintFactory(received_on=received(days)) for days in (30, -1, 7))
    answered = ComplaintFactory(received_on=received(1), answered=True)
    assert listed(officer_client) == [late, near, later]
    assert listed(officer_client, work="due") == [late, near]
    assert listed(officer_client, q=answered.number) == [answered]
    assert listed(officer_client, q="rossi") == [answered, near, late, later]


def classify(client, complaint, **given):
    """Send the form of a complaint's page, as its officer opened it."""
    address = reverse("admin:complaints_complaint_change", args=[complaint.pk])
    page = client.get(address)
    data = {"complainant_kind": "insured", "proposer_kind": "lawyer", "language": "it", "area": "settlement"}
    data |= {"seen_version": 1, "ramo": "10", "treatable": "on", **given}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {management.add_prefix(name): management.initial[name] for name in management.fields}
    return client.post(address, data)


def test_an_officer_classifies_and_the_state_stays(officer_client):
    complaint = ComplaintFactory()
    sent = classify(officer_client, complaint, state="answered", answer="x", received_on="2020-01-01")
    assert sent.status_code == 302
    before = complaint.received_on
    complaint.refresh_from_db()
    assert (complaint.area, complaint.state, complaint.answer, complaint.received_on) == (
        "settlement",
        "received",
        "",
        before,
    )


def test_the_value_is_written_as_italians_write_euro(officer_client):
    complaint = ComplaintFactory()
    assert classify(officer_client, complaint, economic_value="1234,50").status_code == 302
    complaint.refresh_from_db()
    assert complaint.economic_value == Decimal("1234.50")


def test_feedback_that_nobody_handled_comes_first(officer_client):
    waiting = FeedbackFactory()
    FeedbackFactory(handled_at=timezone.now() + timedelta(seconds=1))
    page = officer_client.get(reverse("admin:complaints_feedback_changelist"))
    assert list(page.context["cl"].result_list) == [waiting]


def test_complaints_near_their_term_are_counted():
    for days in (-1, 0, 7, 8):
        ComplaintFactory(received_on=received(days))
    (panel,) = tiles.tiles(UserFactory(role=roles.COMPLAINT_OFFICER))
    assert (panel.value, panel.tone) == ("3", "bad")
    assert tiles.tiles(UserFactory(role=roles.AGENT)) == []


def test_a_clock_that_stands_still_is_not_counted_as_late(officer_client):
    complaint = ComplaintFactory(received_on=received(-2), state="suspended")
    SuspensionFactory(complaint=complaint, started_on=timezone.localdate() - timedelta(days=12), ended_on=None)
    (panel,) = tiles.tiles(UserFactory(role=roles.COMPLAINT_OFFICER))
    assert (panel.value, panel.tone) == ("0", "good")
    assert listed(officer_client, work="due") == []
