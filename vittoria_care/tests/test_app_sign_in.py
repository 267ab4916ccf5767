"""The app signs in by allauth's headless API: what its token opens, for how long, and what it cannot do."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, validate_totp_code
from allauth.mfa.utils import encrypt
from django.test import Client

from customers import roles
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in
from vittoria_care.sign_in.passkeys import PASSKEYS_AT_MOST
from vittoria_care.tests.soft_passkey import HOST, SoftPasskey, store

pytestmark = pytest.mark.django_db

SECRET = "A" * 32
SIGN_IN, ME = "/accesso/app/v1/auth/", "/api/v1/me/policies/"


def send(path, body=None, token=None, method="post"):
    headers = {"X-Session-Token": token} if token else {}
    return getattr(Client(), method)(path, body or {}, content_type="application/json", headers=headers)


def sign_in(user, password=PASSWORD):
    return send(f"{SIGN_IN}login", {"email": user.email, "password": password})


def token_of(user):
    return sign_in(user).json()["meta"]["session_token"]


def opens(token):
    answer = Client().get(ME, headers={"X-Session-Token": token})
    return answer.status_code if answer.status_code == 200 else answer.json()["code"]


@pytest.fixture
def user():
    return ReservedAreaAccountFactory().user


def with_totp(user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})


def code_at(moment):
    return format_hotp_value(hotp_value(SECRET, int(moment) // 30))


def code_now():
    return code_at(time.time())


def test_address_and_password_give_a_token_that_opens_the_api(user):
    answer = sign_in(user)
    assert answer.status_code == 200
    assert opens(answer.json()["meta"]["session_token"]) == 200


def test_a_wrong_password_opens_nothing_and_says_so_by_field(user):
    answer = sign_in(user, "un’altra")
    assert answer.status_code == 400
    assert [error["param"] for error in answer.json()["errors"]] == ["password"]


def test_wrong_passwords_of_app_and_page_are_counted_together(user):
    for _each in range(3):
        sign_in(user, "un’altra")
    for _each in range(2):
        Client().post("/accesso/login/", {"login": user.email, "password": "un’altra"})
    assert sign_in(user).status_code == 400


def test_a_second_factor_is_asked_before_the_token_opens_anything(user):
    with_totp(user)
    answer = sign_in(user)
    assert answer.status_code == 401
    assert {"id": "mfa_authenticate", "is_pending": True}.items() <= next(
        flow for flow in answer.json()["data"]["flows"] if flow["id"] == "mfa_authenticate"
    ).items()
    pending = answer.json()["meta"]["session_token"]
    assert opens(pending) == "signed_out"
    passed = send(f"{SIGN_IN}2fa/authenticate", {"code": code_now()}, pending)
    assert opens(passed.json()["meta"]["session_token"]) == 200


@pytest.mark.parametrize("later", [1, 31, 61, 89])
def test_a_code_is_good_once_however_long_it_would_be_accepted(user, time_machine, later):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    with_totp(user)
    early = code_at(int(time.time()) + 30)  # of a telephone whose clock is half a minute early
    first, second = (sign_in(user).json()["meta"]["session_token"] for _each in range(2))
    assert send(f"{SIGN_IN}2fa/authenticate", {"code": early}, first).status_code == 200
    time_machine.shift(later)
    assert validate_totp_code(SECRET, early)
    assert send(f"{SIGN_IN}2fa/authenticate", {"code": early}, second).status_code == 400


def test_the_code_by_which_the_app_set_up_a_second_factor_lets_nobody_in_afterwards(user, time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    token, app = token_of(user), "/accesso/app/v1/account/authenticators/totp"
    secret = send(app, token=token, method="get").json()["meta"]["secret"]
    first = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert send(app, {"code": first}, token).status_code == 200
    pending = sign_in(user).json()["meta"]["session_token"]
    assert send(f"{SIGN_IN}2fa/authenticate", {"code": first}, pending).status_code == 400


def test_there_are_as_many_passkeys_as_on_the_page_and_the_refusal_is_in_its_words(user):
    for _each in range(PASSKEYS_AT_MOST):
        store(user, SoftPasskey())
    token, passkeys = token_of(user), "/accesso/app/v1/account/authenticators/webauthn"
    made = Client(headers={"X-Session-Token": token}).get(passkeys, headers={"host": HOST})
    key = json.loads(SoftPasskey().create(made.json()["data"]["creation_options"]))
    refused = send(passkeys, {"name": "Telefono", "credential": key}, token)
    words = "Ha 10 passkey, il massimo possibile. Ne elimini una che non usa."
    assert refused.status_code == 400
    assert [(each["code"], each["message"]) for each in refused.json()["errors"]] == [("too_many_passkeys", words)]
    assert Authenticator.objects.filter(user=user).count() == PASSKEYS_AT_MOST


def test_staff_without_a_second_factor_get_nothing_by_a_token_but_the_setting_up_of_one(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    user = UserFactory(role=roles.AGENT)
    ReservedAreaAccountFactory(user=user)
    token = token_of(user)
    assert opens(token) == "second_factor_required"
    assert send("/accesso/app/v1/account/authenticators", token=token, method="get").status_code == 200


def test_a_session_from_before_the_second_factor_cannot_change_it(user):
    token = token_of(user)
    with_totp(user)
    answer = send("/accesso/app/v1/account/authenticators/totp", token=token, method="delete")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")


def test_signing_out_ends_the_token_at_once(user):
    token = token_of(user)
    send(f"{SIGN_IN}session", token=token, method="delete")
    assert opens(token) == "signed_out"


def test_a_new_password_ends_the_tokens_of_other_devices(user):
    mine, other = token_of(user), token_of(user)
    body = {"current_password": PASSWORD, "new_password": "una-parola-del-tutto-nuova"}
    assert send("/accesso/app/v1/account/password/change", body, mine).status_code == 200
    assert opens(other) == "signed_out"


@pytest.mark.parametrize(("away", "expected"), [(29, 200), (31, "signed_out")])
def test_the_app_stays_signed_in_while_it_is_used_within_thirty_days(user, time_machine, away, expected):
    time_machine.move_to("2026-11-29T10:00:00Z")
    token = token_of(user)
    assert opens(token) == 200
    time_machine.shift(away * 86_400)
    assert opens(token) == expected


def test_the_app_signs_in_again_after_ninety_days_however_much_it_is_used(user, time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z")
    token = token_of(user)
    for _each in range(3):
        time_machine.shift(25 * 86_400)
        assert opens(token) == 200
    time_machine.shift(16 * 86_400)
    assert opens(token) == "signed_out"


def test_staff_are_signed_out_of_the_app_after_a_working_day(time_machine, settings):
    settings.STAFF_SESSION_HOURS = 12
    time_machine.move_to("2026-11-29T10:00:00Z")
    user = UserFactory(role=roles.AGENT)
    ReservedAreaAccountFactory(user=user)
    token = token_of(user)
    time_machine.shift(12 * 3600)
    assert opens(token) == "signed_out"


def test_an_expired_token_cannot_change_the_password(user, time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z")
    token = token_of(user)
    time_machine.shift(91 * 86_400)
    body = {"current_password": PASSWORD, "new_password": "una-parola-del-tutto-nuova"}
    assert send("/accesso/app/v1/account/password/change", body, token).status_code == 410


@pytest.mark.parametrize("path", ["auth/signup", "account/email", "account/phone"])
def test_what_the_app_may_not_do_has_no_address(user, path):
    assert send(f"/accesso/app/v1/{path}", token=token_of(user)).status_code == 404


def sessions_of(token):
    answer = Client().get("/api/v1/me/sessions/", headers={"X-Session-Token": token})
    return {row["id"]: (row["is_this"], row["is_app"]) for row in answer.json()["results"]}


def test_the_app_lists_where_the_person_is_signed_in_and_ends_it_at_once(user):
    mine, other = token_of(user), token_of(user)
    listed = sessions_of(mine)
    assert sorted(listed.values()) == [(False, True), (True, True)]
    (of_other,) = (pk for pk, (is_this, _is_app) in listed.items() if not is_this)
    stranger = token_of(ReservedAreaAccountFactory().user)
    assert send(f"/api/v1/me/sessions/{of_other}/", token=stranger, method="delete").status_code == 404
    assert send(f"/api/v1/me/sessions/{of_other}/", token=mine, method="delete").status_code == 204
    assert (opens(other), opens(mine)) == ("signed_out", 200)


def test_the_app_signs_out_everywhere_else(user):
    mine, other = token_of(user), token_of(user)
    assert send("/api/v1/me/sessions/", token=mine, method="delete").status_code == 204
    assert (opens(other), opens(mine)) == ("signed_out", 200)


def test_a_token_opens_no_page(user):
    answer = Client().get("/area-riservata/", headers={"X-Session-Token": token_of(user)})
    assert answer.status_code == 302


def test_a_cookie_writes_nothing_without_the_key_of_a_form(user):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in(user).cookies
    answer = browser.post(ME, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
