"""People who guess passwords are slowed down, by account and by address (the numbers are those of docs/operations.md)."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.models import DataChange
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.models import Attempt
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db


def sign_in(user, password=PASSWORD, address="192.0.2.1"):
    client = Client(REMOTE_ADDR=address)
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_after_five_wrong_passwords_the_right_one_is_not_taken_either():
    user = UserFactory()
    for number in range(5):
        assert sign_in(user, "una-parola-sbagliata", f"192.0.2.{number}").status_code == 200
    assert sign_in(user, PASSWORD, "192.0.2.9").status_code != 302


def test_four_wrong_passwords_are_forgiven():
    user = UserFactory()
    for _each in range(4):
        sign_in(user, "una-parola-sbagliata")
    assert sign_in(user).status_code == 302


def test_from_one_address_ten_wrong_passwords_a_minute_are_accepted_for_any_accounts():
    users = UserFactory.create_batch(11)
    for user in users[:10]:
        sign_in(user, "una-parola-sbagliata")
    assert sign_in(users[10]).status_code != 302
    assert sign_in(users[10], address="192.0.2.2").status_code == 302


def test_a_new_password_is_asked_for_five_times_a_minute():
    user = UserFactory()
    asked = [
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(reverse("account_reset_password"), {"email": user.email})
        for number in range(6)
    ]
    assert [answer.status_code for answer in asked] == [302] * 5 + [429]
    assert "429.html" in [template.name for template in asked[-1].templates]


NO_REDIS = {"default": {"BACKEND": "foundation.caching.Cache", "LOCATION": "redis://127.0.0.1:1"}}


def test_without_a_cache_people_sign_in(settings):
    settings.CACHES = NO_REDIS
    assert sign_in(UserFactory()).status_code == 302


def test_without_a_cache_wrong_passwords_are_counted_too(settings):
    settings.CACHES = NO_REDIS
    user = UserFactory()
    assert [sign_in(user, "una-parola-sbagliata").status_code for _each in range(5)] == [200] * 5
    assert sign_in(user).status_code != 302


def test_without_a_cache_a_new_password_is_asked_for(settings):
    settings.CACHES = NO_REDIS
    answer = Client().post(reverse("account_reset_password"), {"email": UserFactory().email})
    assert answer.status_code == 302


def test_emptying_the_cache_gives_nobody_more_attempts():
    user = UserFactory()
    for _each in range(5):
        sign_in(user, "una-parola-sbagliata")
    cache.clear()
    assert sign_in(user).status_code != 302


def test_behind_a_proxy_the_address_is_the_one_it_names(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    users = UserFactory.create_batch(11)
    for number, user in enumerate(users[:10]):
        client = Client(headers={"x-forwarded-for": f"198.51.100.{number}, 203.0.113.5"})
        client.post(reverse("account_login"), {"login": user.email, "password": "una-parola-sbagliata"})
    client = Client(headers={"x-forwarded-for": "198.51.100.99, 203.0.113.5"})
    answer = client.post(reverse("account_login"), {"login": users[10].email, "password": PASSWORD})
    assert answer.status_code != 302, "only what the proxy itself added counts"


def test_the_numbers_are_those_that_are_documented():
    text = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    for limits in settings.ACCOUNT_RATE_LIMITS.values():
        assert f"`{limits}`" in text


# --- Devices from which somebody signed in before
def on(client, user, password=PASSWORD, address="192.0.2.1"):
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, REMOTE_ADDR=address)


def signed_in_before(user):
    client = Client()
    assert on(client, user).status_code == 302
    client.post(reverse("account_logout"))
    return client


def strangers_guess(user, times=5):
    for number in range(times):
        sign_in(user, "una-parola-sbagliata", f"192.0.2.{100 + number}")


def test_guessing_strangers_keep_nobody_out_on_a_device_of_theirs():
    user = UserFactory()
    client = signed_in_before(user)
    strangers_guess(user)
    assert sign_in(user, address="192.0.2.9").status_code != 302
    assert on(client, user).status_code == 302


def test_on_a_known_device_wrong_passwords_are_counted_too():
    user = UserFactory()
    client = signed_in_before(user)
    for _each in range(5):
        on(client, user, "una-parola-sbagliata")
    assert on(client, user, address="192.0.2.9").status_code != 302


def test_a_device_is_known_for_the_account_that_signed_in_on_it_alone():
    user = UserFactory()
    client = signed_in_before(UserFactory())
    strangers_guess(user)
    assert on(client, user, address="192.0.2.9").status_code != 302


def test_a_device_knows_the_accounts_of_a_family():
    family = UserFactory.create_batch(2)
    client = signed_in_before(family[0])
    on(client, family[1])
    client.post(reverse("account_logout"))
    for user in family:
        strangers_guess(user)
    assert on(client, family[0], address="192.0.2.9").status_code == 302


def test_a_new_password_and_a_forged_cookie_make_a_device_unknown(settings):
    user = UserFactory()
    client = signed_in_before(user)
    user.set_password("un-altra-parola-lunga")
    user.save()
    strangers_guess(user)
    assert on(client, user, "un-altra-parola-lunga", address="192.0.2.9").status_code != 302
    client.cookies[settings.KNOWN_DEVICE_COOKIE_NAME] = "forged"
    assert on(client, user, "un-altra-parola-lunga", address="192.0.2.8").status_code != 302


# --- The person is informed
def test_the_person_is_informed_once_a_day_that_somebody_guesses():
    user = UserFactory(language="en")
    strangers_guess(user, 4)
    assert not Notice.objects.exists()
    strangers_guess(user, 3)
    assert [(each.user, each.address, each.subject) for each in Notice.objects.all()] == [
        (user, user.email, "Wrong passwords for your sign-in")
    ]
    Attempt.objects.exclude(key__contains="lock_out_mail").delete()
    strangers_guess(user)
    assert Notice.objects.count() == 1


def test_an_address_that_is_nobodys_is_not_written_to():
    for number in range(6):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        client.post(reverse("account_login"), {"login": "nessuno@example.it", "password": "x"})
    assert not Notice.objects.exists()


# --- Unlocked by a colleague ----------------------------------------------------------------------------------------
def test_a_colleague_unlocks_a_sign_in_that_takes_no_password():
    account = ReservedAreaAccountFactory()
    for number in range(5):
        sign_in(account.user, "una-parola-sbagliata", f"192.0.2.{number}")
    page = reverse("admin:customers_reservedareaaccount_command", args=[account.pk, "sblocca"])
    send_command(signed_in_as(roles.AGENT), page, {"reason": "phone", "words": ""})
    assert sign_in(account.user, address="192.0.2.9").status_code == 302
    assert DataChange.objects.get().kind == "access"


def test_a_sign_in_that_takes_passwords_is_not_unlocked():
    account = ReservedAreaAccountFactory()
    page = reverse("admin:customers_reservedareaaccount_command", args=[account.pk, "sblocca"])
    assert send_command(signed_in_as(roles.AGENT), page, {"reason": "phone"}).status_code == 409
