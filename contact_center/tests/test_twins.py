"""A request sent twice by the browser's way back is shown as such to its writer and to the agent."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from contact_center.contacts.twins import WITHIN, sent_before, twins_of
from contact_center.models import Contact
from contact_center.tests.public_forms import filled
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

FORM = "/contatti/richiesta/"
HINT = "You sent the same words a few minutes ago: they have the number"


@pytest.fixture
def send(client):
    def post(**given):
        answer = client.post(FORM, filled(**given), follow=True, headers={"accept-language": "en"})
        return Contact.objects.order_by("-pk").first(), answer.content.decode()

    with translation.override("en"):  # which each request takes over, and leaves behind
        yield post


def test_the_writer_is_shown_the_number_of_what_was_sent_before(send):
    first, page = send()
    assert HINT not in page
    second, page = send()
    assert first.number != second.number
    assert f"{HINT} {first.number}" in page


@pytest.mark.parametrize(
    "other", [{"email": "bea@example.it"}, {"text": "Vorrei anche un duplicato."}, {"subject": "Altro"}]
)
def test_other_words_or_another_address_are_no_twin(send, other):
    send()
    second, page = send(**other)
    assert HINT not in page
    assert list(twins_of(second.web_form)) == []


def test_the_same_words_later_are_no_twin(send):
    send()
    Contact.objects.update(started_at=timezone.now() - WITHIN - timedelta(minutes=1))
    second, page = send()
    assert (sent_before(second.web_form), HINT in page) == (None, False)


def test_the_agent_sees_each_beside_the_other(send, client, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    first, second = send()[0], send()[0]
    client.force_login(UserFactory(role=roles.AGENT))
    for shown, twin in ((first, second), (second, first)):
        page = client.get(f"/backoffice/contact_center/contact/{shown.pk}/change/").content.decode()
        assert f"/backoffice/contact_center/contact/{twin.pk}/change/" in page


def test_what_a_reader_may_not_see_is_no_twin(send):
    _first, second = send()[0], send()[0]
    assert list(twins_of(second.web_form, Contact.objects.none())) == []
