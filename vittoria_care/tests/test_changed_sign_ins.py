"""A change of a sign-in is reported to the person, at both addresses, and to another administrator."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.models import User
from customers.tests.factories import AgencyFactory, UserFactory
from notifications.models import Notice
from vittoria_care.sign_in.second_factor import reset_second_factor
from vittoria_care.tests.test_second_factor import with_second_factor

pytestmark = pytest.mark.django_db

NO_AGENCIES = {
    f"{rows}-{number}_FORMS": "0"
    for rows in ("agency_memberships", "campaign_agencies")
    for number in ("TOTAL", "INITIAL")
}


@pytest.fixture
def administrator():
    return UserFactory(role=roles.ADMINISTRATOR)


@pytest.fixture
def colleague():
    return UserFactory(role=roles.ADMINISTRATOR, email="altra@example.it", language="en")


@pytest.fixture
def client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def page_of(user):
    return reverse("admin:customers_user_change", args=[user.pk])


def saved(client, user, **changed):
    kept = {
        "email": user.email,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "language": user.language,
        "groups": list(user.groups.values_list("pk", flat=True)),
        "is_active": "on",
    }
    answer = client.post(page_of(user), kept | NO_AGENCIES | changed)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return answer


def reports():
    return dict(Notice.objects.order_by("pk").values_list("address", "body_text"))


def test_a_changed_address_is_reported_to_both_and_to_another_administrator(client, colleague):
    user = UserFactory(role=roles.CUSTOMER, email="prima@example.it")
    saved(client, user, email="dopo@example.it")
    assert set(reports()) == {"prima@example.it", "dopo@example.it", "altra@example.it"}
    assert all("prima@example.it → dopo@example.it" in text for text in reports().values())


def test_a_changed_address_ends_the_sessions(client):
    user = UserFactory(role=roles.CUSTOMER, email="prima@example.it")
    browser = Client()
    browser.force_login(user)
    saved(client, user, email="dopo@example.it")
    assert browser.get(reverse("after_sign_in")).url.startswith(reverse("account_login"))


def test_an_address_of_before_that_allauth_lists_lets_nobody_in_any_more(client):
    user = UserFactory(role=roles.AGENT, email="prima@example.it")
    EmailAddress.objects.create(user=user, email="prima@example.it", verified=True, primary=True)
    saved(client, user, email="dopo@example.it")
    assert not EmailAddress.objects.filter(email="prima@example.it").exists()


def test_a_changed_name_ends_no_session_and_is_reported_to_nobody(client, colleague):
    user = UserFactory(role=roles.AGENT)
    browser = Client()
    browser.force_login(user)
    saved(client, user, first_name="Altra")
    assert browser.get(reverse("after_sign_in")).url == reverse("admin:index")
    assert reports() == {}


def test_changed_roles_are_reported_in_the_language_of_the_reader(client, colleague):
    user = UserFactory(role=roles.AGENT, email="a@example.it", language="it")
    saved(client, user, groups=[Group.objects.get(name=roles.MANAGER).pk])
    assert "operatore del centro contatti → " in reports()["a@example.it"]
    assert "roles: contact-centre agent → manager" in reports()["altra@example.it"]


def test_new_staff_are_reported_to_another_administrator(client, colleague):
    AgencyFactory()
    given = {"email": "nuova@example.it", "language": "it", "groups": [Group.objects.get(name=roles.MANAGER).pk]}
    client.post(reverse("admin:customers_user_add"), given | {"is_active": "on"} | NO_AGENCIES)
    assert User.objects.filter(email="nuova@example.it", is_staff=True).exists()
    assert list(reports()) == ["altra@example.it"]


def test_nobody_gives_themselves_a_role(client, administrator):
    everything = list(Group.objects.values_list("pk", flat=True))
    saved(client, administrator, groups=everything)
    administrator = User.objects.get(pk=administrator.pk)
    assert administrator.role_names == {roles.ADMINISTRATOR}
    assert administrator.is_staff


def test_a_second_factor_taken_away_is_reported_to_the_former_address_too(client, administrator, colleague):
    user = with_second_factor(UserFactory(role=roles.AGENT, email="prima@example.it"))
    User.objects.filter(pk=user.pk).update(email="dopo@example.it")
    user.refresh_from_db()
    reset_second_factor(user, by=administrator)
    assert set(reports()) == {"prima@example.it", "dopo@example.it", "altra@example.it"}
