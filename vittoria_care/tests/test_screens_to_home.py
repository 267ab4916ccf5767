"""How many screens lie between the reserved area's address and its home (docs/decisions/sign-in.md has the numbers).

A screen is a page on which a person must do something; home itself is not counted. `pytest -s` prints them with the seconds of
a processor that the pages take; a person's own are not in them.
"""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory
from notifications.models import Notice
from vittoria_care.tests.soft_passkey import SoftPasskey, add, sign_in

pytestmark = pytest.mark.django_db

HOME = "/area-riservata/"
SECRET = "B" * 32


def way_home(client, user):
    """Open the reserved area and do what each page asks, remembering the device where that is offered: screens, seconds."""
    began, screens = time.process_time(), 0
    page = client.get(HOME, follow=True)
    while (path := page.request["PATH_INFO"]) != HOME:
        screens += 1
        assert screens < 9, f"the way home has no end: {path}"
        page = client.post(path, _answer(page, user), follow=True, query_params=page.wsgi_request.GET)
    assert page.status_code == 200
    return screens, time.process_time() - began


def _answer(page, user):
    html = page.content.decode()
    if 'name="password"' in html:
        return {"login": user.email, "password": PASSWORD, "next": page.wsgi_request.GET.get("next", "")}
    if 'name="code"' in html:
        code = format_hotp_value(hotp_value(SECRET, int(time.time()) // settings.MFA_TOTP_PERIOD))
        return {"code": code, "remember": "on"}
    return {"action": "trust"}


def measured(name, client, user):
    screens, seconds = way_home(client, user)
    client.post(reverse("account_logout"))
    print(f"\n{name}: {screens} screens, {seconds:.3f} s")
    return screens


@pytest.fixture(autouse=True)
def warm(db):
    """The first page of a process reads templates and code; that is nobody's way home."""
    Client().get(HOME, follow=True)


@pytest.mark.parametrize("has_second_factor", [False, True], ids=["password", "password-and-second-factor"])
def test_home_is_two_screens_away_and_one_on_a_remembered_device(has_second_factor):
    user = ReservedAreaAccountFactory().user
    if has_second_factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})
    client = Client()
    assert measured("new device", client, user) <= 2
    assert measured("remembered device", client, user) <= 1


def test_a_code_by_e_mail_is_two_screens_and_a_passkey_one():
    user = ReservedAreaAccountFactory().user
    began, client = time.process_time(), Client()
    client.get(HOME, follow=True)
    page = client.post(reverse("account_request_login_code"), {"login": user.email, "next": HOME}, follow=True)
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", Notice.objects.get(user=user).body_text)[0]
    home = client.post(page.request["PATH_INFO"], {"code": code, "next": HOME}, follow=True)
    assert home.request["PATH_INFO"] == HOME
    print(f"\ncode by e-mail: 2 screens, {time.process_time() - began:.3f} s")
    key = SoftPasskey()
    add(client, key)
    began, client = time.process_time(), Client()
    client.get(HOME, follow=True)
    assert client.get(sign_in(client, key, next=HOME).url).request["PATH_INFO"] == HOME
    print(f"\npasskey: 1 screen, {time.process_time() - began:.3f} s")
