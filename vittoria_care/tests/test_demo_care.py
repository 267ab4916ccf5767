"""The demonstration's customer who asked for particular attention."""

import pytest

from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.models import CareNeed
from customers.tests.factories import CustomerFactory, UserFactory
from vittoria_care.demonstration.data.care import make_care_need

pytestmark = pytest.mark.django_db


def test_the_person_of_an_open_contact_in_writing_asked_for_it():
    contact = ContactFactory(customer=CustomerFactory())
    need = make_care_need(UserFactory(role=roles.AGENT))
    assert CareNeed.objects.get() == need
    assert "care" in Contact.objects.get(pk=contact.pk).priority_reasons


def test_where_nobody_has_anything_open_nobody_asked():
    assert make_care_need(UserFactory(role=roles.AGENT)) is None
