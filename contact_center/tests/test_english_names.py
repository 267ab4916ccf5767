"""Lines, teams, codes and topics are called by their English names where the page is in English."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from contact_center.models import ServiceCalendar, TollFreeLine, Topic, WrapUpCode
from contact_center.tests.factories import ContactFactory, TeamFactory, TopicFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

IN_ENGLISH = {"accept-language": "en"}


@pytest.fixture
def manager():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    return client


def test_what_every_installation_has_is_named_in_both_languages():
    assert not TollFreeLine.objects.filter(name_en="").exists()
    assert not TollFreeLine.objects.filter(serves_en="").exists()
    assert not WrapUpCode.objects.filter(name_en="").exists()
    assert not Topic.objects.filter(name_en="").exists()
    assert not ServiceCalendar.objects.filter(name_en="").exists()


@pytest.mark.parametrize(
    ("language", "name"), [("it", "Secondo livello"), ("en", "Second level"), ("de", "Secondo livello")]
)
def test_a_name_is_the_readers(language, name):
    team = TeamFactory(name="Secondo livello", name_en="Second level")
    with override(language):
        assert str(team) == name


def test_without_an_english_name_the_italian_one_is_shown():
    with override("en"):
        assert str(TeamFactory(name="Secondo livello", name_en="")) == "Secondo livello"


def test_the_public_pages_call_the_lines_by_their_english_names():
    line = TollFreeLine.objects.get(code="customers")
    page = Client().get(reverse("contacts"), headers=IN_ENGLISH).content.decode()
    assert line.name_en in page
    assert line.serves_en in page
    assert line.serves not in page


def test_the_managers_filters_and_groups_are_in_the_readers_language(manager):
    TopicFactory(name="Disdetta speciale", name_en="Special cancellation")
    page = manager.get(reverse("figures"), {"by": "line"}, headers=IN_ENGLISH).content.decode()
    assert "Special cancellation" in page
    assert "Disdetta speciale" not in page
    page = manager.get(reverse("figures"), {"by": "topic"}).content.decode()
    assert "Disdetta speciale" in page


def test_a_list_of_the_back_office_is_in_the_readers_language(manager):
    TopicFactory(name="Disdetta speciale", name_en="Special cancellation")
    address = reverse("admin:contact_center_topic_changelist")
    assert "Special cancellation" in manager.get(address, headers=IN_ENGLISH).content.decode()
    assert "Disdetta speciale" in manager.get(address, headers={"accept-language": "it"}).content.decode()


def test_the_calendar_by_which_a_contact_is_due_is_named_in_the_readers_language(manager):
    contact = ContactFactory(kind="request", channel="site_form")
    address = reverse("admin:contact_center_contact_due", args=[contact.pk])
    assert "“Customer service”" in manager.get(address, headers=IN_ENGLISH).content.decode()
    assert "«Assistenza clienti»" in manager.get(address).content.decode()


@pytest.mark.parametrize("model", ["tollfreeline", "team", "topic", "wrapupcode", "servicecalendar"])
def test_the_column_of_names_is_called_so_in_both_languages(manager, model):
    TeamFactory()
    address = reverse(f"admin:contact_center_{model}_changelist")
    assert 'data-label="name"' in manager.get(address, headers=IN_ENGLISH).content.decode()
    assert 'data-label="nome"' in manager.get(address).content.decode()
