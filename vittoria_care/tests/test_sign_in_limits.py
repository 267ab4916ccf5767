"""Who guesses passwords is slowed down, by account and by address (the numbers are those of docs/operations.md)."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from customers.tests.factories import PASSWORD, UserFactory

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


def test_from_one_address_ten_wrong_passwords_a_minute_are_taken_whoever_is_tried():
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


NO_REDIS = {"default": {"BACKEND": "customers.caching.Cache", "LOCATION": "redis://127.0.0.1:1"}}


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
