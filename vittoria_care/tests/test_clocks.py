"""A telephone whose clock is wrong: what the page says of its codes, and what it does not give away."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client
from django.urls import reverse

from customers.tests.factories import PASSWORD, UserFactory
from vittoria_care.sign_in.clocks import hours_behind

SECRET = "C" * 32
HOUR = 120  # codes


def code(steps):
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


@pytest.mark.parametrize(("steps", "hours"), [(-24 * HOUR, 24), (-HOUR, 1), (-4, 1), (-48 * HOUR, 0), (24 * HOUR, 0)])
def test_only_codes_of_the_past_day_are_recognised(steps, hours):
    assert hours_behind(SECRET, code(steps)) == hours


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (-24 * HOUR, "l’orologio del Suo telefono è indietro di circa 24 ore"),
        (24 * HOUR, "Questo codice non è giusto, o non lo è più"),
    ],
    ids=["a day late", "a day early"],
)
def test_the_page_says_so_in_words_and_lets_nobody_in(steps, words):
    user = UserFactory(language="it")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    page = client.post(reverse("mfa_authenticate"), {"code": code(steps)})
    assert words in page.content.decode()
    assert "_auth_user_id" not in client.session
