"""Addresses and sign-in of users, the groups, and what each role may do."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import CommandError

from customers import roles
from customers.models import User
from customers.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_lower_case():
    assert User.objects.create_user(" Maria.Rossi@Example.IT ").email == "maria.rossi@example.it"


def test_a_user_needs_an_address():
    with pytest.raises(ValueError, match="address"):
        User.objects.create_user("")


def test_a_user_is_found_whatever_the_case_of_the_address():
    user = UserFactory(email="maria@example.it")
    assert User.objects.get_by_natural_key("MARIA@example.it") == user
    assert authenticate(username="Maria@Example.It", password=PASSWORD) == user


def test_sign_in_takes_the_address_in_any_case(client):
    UserFactory(email="maria@example.it")
    answer = client.post("/accesso/login/", {"login": "MARIA@Example.it", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/accesso/fatto/")


def test_an_inactive_user_does_not_sign_in(client):
    UserFactory(email="maria@example.it", is_active=False)
    client.post("/accesso/login/", {"login": "maria@example.it", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_user_without_a_password_does_not_sign_in():
    user = User.objects.create_user("maria@example.it")
    assert not user.has_usable_password()


def test_a_person_is_called_by_name_or_else_by_address():
    assert str(UserFactory(first_name="Maria", last_name="Rossi")) == "Maria Rossi"
    assert str(UserFactory(first_name="", last_name="", email="m@example.it")) == "m@example.it"


def test_there_is_a_group_for_each_role():
    assert set(Group.objects.values_list("name", flat=True)) == set(roles.ALL)


def test_a_superuser_has_each_role_and_an_inactive_one_has_none():
    assert all(UserFactory(is_superuser=True).has_role([role]) for role in roles.ALL)
    assert not UserFactory(is_superuser=True, is_active=False).has_role(roles.ALL)
    assert not UserFactory(role=roles.AGENT).has_role([roles.MANAGER])


def test_roles_are_asked_for_once(django_assert_num_queries):
    user = UserFactory(role=roles.AGENT)
    with django_assert_num_queries(1):
        assert user.has_role([roles.AGENT])
        assert not user.has_role([roles.MANAGER])


def test_migrating_again_repairs_what_somebody_changed_by_hand():
    agents = Group.objects.get(name=roles.AGENT)
    before = set(agents.permissions.values_list("codename", flat=True))
    agents.permissions.set(Permission.objects.filter(codename="delete_customer"))
    call_command("migrate", verbosity=0)
    assert set(agents.permissions.values_list("codename", flat=True)) == before


@pytest.mark.parametrize("password", ["short", "123456789012345", "capo@example.it"])
def test_the_first_administrator_obeys_the_rules_of_passwords(monkeypatch, password):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("createsuperuser", "--no-input", email="capo@example.it")
    assert not User.objects.filter(email="capo@example.it").exists()


def test_the_first_administrator_may_ask_for_a_password_by_mail(monkeypatch):
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    call_command("createsuperuser", "--no-input", email="capo@example.it", stdout=StringIO())
    assert User.objects.get(email="capo@example.it").is_superuser
