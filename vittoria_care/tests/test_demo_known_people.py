"""The demonstration's people who are no customers: two callers of nobody in particular, and one who is a customer since."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from contact_center.models import KnownPerson
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from vittoria_care.demonstration.data.known_people import make_known_people

pytestmark = pytest.mark.django_db


def test_three_cards_are_written_of_calls_that_there_are():
    for number in range(3):
        ContactFactory(by_phone=True, customer=None, address=f"+39333700990{number}")
    theirs = ContactFactory(by_phone=True, customer=CustomerFactory(), address="+393337009999")
    made = make_known_people(SimpleNamespace(as_of=timezone.now()), UserFactory(role=roles.AGENT))
    assert len(made) == KnownPerson.objects.count() == 3
    assert [each.customer for each in made] == [None, None, theirs.customer]
    assert [each.contacts.count() for each in made] == [1, 1, 1]
