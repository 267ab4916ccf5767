"""The address somebody signs in with is changed by the app as on the page: this sign-in goes on, all others end."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import SignInAddressChange
from customers.sessions import live_sessions
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, SignInAddressChangeFactory
from foundation import form_guard
from notifications.models import Notice
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

NEW = "nuova@posta.example"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(user__email="vecchia@posta.example")


@pytest.fixture
def app(account):
    return App(account, proved=True)


def code_in():
    return re.search(r"\b\d{6}\b", Notice.objects.filter(kind="address-code").latest("pk").body_text)[0]


def ask(app, email=NEW, **options):
    return app.send("sign-in-address/", {"email": email}, **options)


def test_nothing_changes_before_the_code_comes_back(account, app):
    asked = [ask(app, key="una").json() for _twice in range(2)]
    assert asked[0] == asked[1]
    assert app.get(f"sign-in-address/{asked[0]['key']}/").json() == asked[0]
    assert (asked[0]["email"], asked[0]["is_over"], asked[0]["changed_at"]) == (NEW, False, None)
    assert SignInAddressChange.objects.get().channel == "app"
    account.user.refresh_from_db()
    assert account.user.email == "vecchia@posta.example"


def test_the_code_changes_it_and_the_sign_in_goes_on_by_the_token_that_came(account, app):
    other = App(account)
    key = ask(app).json()["key"]
    answer = app.send(f"sign-in-address/{key}/", {"code": code_in()})
    assert (answer.status_code, answer.json()["email"]) == (200, NEW)
    account.user.refresh_from_db()
    assert account.user.email == NEW
    for former in (app, other):
        assert former.get("policies/").json()["code"] == "signed_out"
    token = answer.json()["session_token"]
    now = Client(headers={"X-Session-Token": token})
    assert now.get("/api/v1/me/policies/").status_code == 200
    assert now.get(f"/api/v1/me/sign-in-address/{key}/").json()["changed_at"]


def test_a_wrong_code_is_counted_and_changes_nothing(account, app):
    key = ask(app).json()["key"]
    wrong = "000000" if code_in() != "000000" else "000001"
    codes = [app.send(f"sign-in-address/{key}/", {"code": wrong}).json()["code"] for _each in range(5)]
    assert codes == ["code_wrong"] * 4 + ["code_tried_too_often"]
    shown = app.get(f"sign-in-address/{key}/").json()
    assert (shown["tries_left"], shown["is_over"]) == (0, True)


def test_an_address_that_somebody_else_has_gets_the_same_answer(app):
    free = ask(app).json()
    taken = ask(app, ReservedAreaAccountFactory().user.email).json()
    assert {**free, "key": "", "email": "", "expires_at": ""} == {**taken, "key": "", "email": "", "expires_at": ""}


@pytest.mark.parametrize("email", ["", "nuova", "a@b.it, c@d.it"])
def test_a_wrong_address_is_named(app, email):
    answer = ask(app, email)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["email"])


def test_the_address_of_now_is_refused_by_a_code(account, app):
    assert ask(app, account.user.email).json()["code"] == "same_address"


def test_it_wants_a_fresh_proof(account):
    answer = ask(App(account))
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof_required")
    assert not SignInAddressChange.objects.exists()


def test_who_has_neither_password_nor_second_factor_signs_in_again(account):
    account.user.set_unusable_password()
    account.user.save()
    answer = ask(App(account))
    assert (answer.json()["code"], answer.json()["reauthenticate"]) == ("fresh_proof_required", [])


def test_an_heir_changes_theirs_as_well():
    heir = ReservedAreaAccountFactory(by_document=True, capacity="heir")
    assert ask(App(heir, proved=True)).status_code == 201


def test_a_change_of_somebody_else_is_not_found(app):
    theirs = SignInAddressChangeFactory()
    assert app.get(f"sign-in-address/{theirs.key}/").status_code == 404
    assert app.send(f"sign-in-address/{theirs.key}/", {"code": "123456"}).status_code == 404


def test_on_the_page_the_list_of_sign_ins_keeps_this_one_alone(account, monkeypatch):
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))
    page, other = Client(), Client()
    for client in (page, other):
        client.post(reverse("account_login"), {"login": account.user.email, "password": PASSWORD})
    address = reverse("portal_sign_in_address")
    hidden = page.get(address).context["form"]
    page.post(
        address, {"submission_key": hidden["submission_key"].value(), "opened": hidden["opened"].value(), "new": NEW}
    )
    key = SignInAddressChange.objects.get().key
    page.post(reverse("portal_sign_in_address_code", args=[key]), {"code": code_in()})
    account.user.refresh_from_db()
    assert account.user.email == NEW
    assert [each.session_key for each in live_sessions(account.user)] == [page.session.session_key]
