"""The app shows the people of a customer, invites, changes what they may do, ends their access, and accepts an invitation."""

import re

import pytest
from django.test import Client

from customers.models import Invitation, ReservedAreaAccount, User
from customers.models.account import Right
from customers.tests.factories import InvitationFactory, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in
from notifications import people
from notifications.models import Notice
from reserved_area.enrolment import TERMS_VERSION
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "carla@posta.example", "una-parola-tutta-nuova-7"
State = ReservedAreaAccount.State


@pytest.fixture
def chief():
    return ReservedAreaAccountFactory(member=True)


@pytest.fixture
def colleague(chief):
    return ReservedAreaAccountFactory(member=True, customer=chief.customer, rights=["ask"])


@pytest.fixture
def app(chief):
    return App(chief, proved=True)


# --- Who is in --------------------------------------------------------------------------------------------------------
def test_it_shows_who_acts_and_what_each_may_do(chief, colleague, app):
    ReservedAreaAccountFactory(member=True)
    first, second = app.get("people/").json()["results"]
    assert (first["id"], first["email"], first["rights"], first["is_me"]) == (
        colleague.pk,
        colleague.user.email,
        ["ask"],
        False,
    )
    assert (second["id"], second["is_me"], second["rights"]) == (chief.pk, True, [right.value for right in Right])
    assert app.get(f"people/{colleague.pk}/").json() == first
    assert (first["can_be_changed"], first["can_be_ended"], first["is_open"]) == (True, True, True)


def test_of_a_guardian_it_says_that_a_document_decides():
    own = ReservedAreaAccountFactory()
    guardian = ReservedAreaAccountFactory(by_document=True, customer=own.customer)
    row = App(own).get(f"people/{guardian.pk}/").json()
    assert (row["capacity"], row["can_be_changed"], row["can_be_ended"]) == ("guardian", False, False)


def test_rights_are_changed_and_the_person_is_written_to(colleague, app):
    answer = app.send(f"people/{colleague.pk}/rights/", {"rights": ["pay", "ask"]})
    assert answer.status_code == 200
    assert app.get(answer.json()["url"].removeprefix("/api/v1/me/")).json()["rights"] == ["ask", "pay"]
    assert Notice.objects.get().user == colleague.user
    assert app.send(f"people/{colleague.pk}/rights/", {"rights": []}).status_code == 200
    colleague.refresh_from_db()
    assert colleague.rights == []


def test_an_access_is_ended_at_once_and_once(colleague, app):
    answers = [app.send(f"people/{colleague.pk}/end/", key="una") for _twice in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in answers] == [(200, "closed")] * 2
    assert App(colleague).get("people/").json()["code"] == "account_closed"
    assert Notice.objects.filter(kind="people-ended").count() == 1


@pytest.mark.parametrize(("place", "body"), [("rights", {"rights": ["ask"]}), ("end", {})])
def test_the_last_person_who_decides_is_refused_by_a_code(chief, colleague, app, place, body):
    answer = app.send(f"people/{chief.pk}/{place}/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_person")
    chief.refresh_from_db()
    assert (chief.state, len(chief.rights)) == (State.ENROLLED, len(Right))


def test_what_follows_from_a_document_is_refused_by_a_code():
    own = ReservedAreaAccountFactory()
    guardian = ReservedAreaAccountFactory(by_document=True, customer=own.customer)
    app = App(own, proved=True)
    for place, body in (("rights", {"rights": []}), ("end", {})):
        assert app.send(f"people/{guardian.pk}/{place}/", body).json()["code"] == "by_document"
    assert app.send(f"people/{own.pk}/end/").json()["code"] == "own_file"


def test_without_the_right_nothing_is_shown_and_nothing_done(colleague):
    app, invited = App(colleague, proved=True), InvitationFactory(customer=colleague.customer)
    looks = [app.get(place) for place in ("people/", f"people/{colleague.pk}/", "invitations/")]
    writes = [
        app.send("invitations/", {"email": EMAIL, "rights": []}),
        app.send(f"invitations/{invited.pk}/withdraw/"),
        app.send(f"people/{colleague.pk}/rights/", {"rights": ["people"]}),
        app.send(f"people/{colleague.pk}/end/"),
    ]
    assert {(each.status_code, each.json()["code"], each.json()["right"]) for each in looks + writes} == {
        (403, "right_missing", "people")
    }


@pytest.mark.parametrize(
    ("place", "body"),
    [("invitations/", {"email": EMAIL, "rights": []}), ("people/{}/rights/", {"rights": []}), ("people/{}/end/", {})],
)
def test_who_has_access_is_not_changed_without_a_fresh_proof(chief, colleague, place, body):
    answer = App(chief).send(place.format(colleague.pk), body)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof_required")
    colleague.refresh_from_db()
    assert (colleague.state, colleague.rights, Invitation.objects.count()) == (State.ENROLLED, ["ask"], 0)


def test_people_and_invitations_of_another_company_are_not_found(app):
    stranger, invited = ReservedAreaAccountFactory(member=True), InvitationFactory()
    assert app.get(f"people/{stranger.pk}/").status_code == 404
    for place in (
        f"people/{stranger.pk}/rights/",
        f"people/{stranger.pk}/end/",
        f"invitations/{invited.pk}/withdraw/",
    ):
        assert app.send(place, {"rights": []} if place.endswith("rights/") else {}).status_code == 404
    stranger.refresh_from_db()
    invited.refresh_from_db()
    assert (stranger.state, invited.state) == (State.ENROLLED, Invitation.State.SENT)


# --- Inviting ---------------------------------------------------------------------------------------------------------
def invite(app, **fields):
    return app.send("invitations/", {"email": EMAIL, "rights": ["pay"]} | fields)


def secret_in():
    text = Notice.objects.filter(kind="people-invitation").latest("pk").body_text
    return re.search(r"/area-riservata/invito/([^/\s]+)/", text)[1]


def test_an_invitation_is_sent_once_for_each_key_listed_and_taken_back(app):
    answers = [app.send("invitations/", {"email": EMAIL, "rights": ["pay"]}, key="una") for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].content
    (row,) = app.get("invitations/").json()["results"]
    assert (row["email"], row["rights"], row["is_over"]) == (EMAIL, ["pay"], False)
    for _twice in range(2):
        assert app.send(f"invitations/{row['id']}/withdraw/").json()["state"] == "withdrawn"
    assert app.get("invitations/").json()["results"] == []
    assert opened(secret_in()).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "carla"}, "email"), ({"rights": ["everything"]}, "rights.0"), ({"altro": 1}, "altro")],
)
def test_what_is_wrong_is_named_by_its_field(app, wrong, field):
    answer = invite(app, **wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_it_is_refused_by_the_codes_of_the_page(colleague, app, monkeypatch):
    assert invite(app, email=colleague.user.email).json()["code"] == "has_access"
    assert invite(App(ReservedAreaAccountFactory(), proved=True)).json()["code"] == "not_a_company"
    monkeypatch.setattr("customers.people.commands.INVITED_PER_DAY", 0)
    assert invite(app).json()["code"] == "too_many"


# --- Accepting --------------------------------------------------------------------------------------------------------
def send(place, body, user=None):
    headers = {"Accept-Language": "en"}
    if user is not None:
        headers["X-Session-Token"] = signed_in(user).session.session_key
    return Client().post(
        f"/api/v1/enrolment/invitation/{place}", body, content_type="application/json", headers=headers
    )


def opened(secret):
    return send("", {"secret": secret})


def accept(secret, user=None, **fields):
    return send("accept/", {"secret": secret, "terms_version": TERMS_VERSION} | fields, user)


def joined(secret, **fields):
    return accept(secret, **{"first_name": "Carla", "last_name": "Neri", "password": PASSWORD} | fields)


def test_the_link_says_what_is_offered_and_changes_nothing(chief, app):
    invite(app)
    shown = opened(secret_in()).json()
    assert (shown["customer"], shown["sent_to"]) == (chief.customer.letter_name, "c•••@posta.example")
    assert (shown["rights_label"], shown["has_sign_in"], shown["is_accepted"]) == ("look, pay", False, False)
    assert Invitation.objects.get().state == Invitation.State.SENT


def test_somebody_new_chooses_a_password_and_acts(chief, app):
    invite(app)
    answer = joined(secret_in())
    account = ReservedAreaAccount.objects.get(user__email=EMAIL)
    assert (answer.status_code, answer.json()["account"], answer.json()["email"]) == (201, account.pk, EMAIL)
    assert (account.customer, account.rights, account.user.get_full_name()) == (chief.customer, ["pay"], "Carla Neri")
    assert account.user.check_password(PASSWORD)
    assert joined(secret_in()).status_code == 200
    assert User.objects.filter(email=EMAIL).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "12345678"}, "password"),
        ({"password": ""}, "password"),
        ({"first_name": ""}, "first_name"),
        ({"terms_version": "1999"}, "terms_version"),
    ],
)
def test_what_is_missing_or_weak_is_named_and_nobody_joins(app, wrong, field):
    invite(app)
    answer = joined(secret_in(), **wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not User.objects.filter(email=EMAIL).exists()


def test_an_address_that_signs_in_already_accepts_by_its_token(app):
    user = UserFactory(email=EMAIL)
    invite(app)
    secret = secret_in()
    assert opened(secret).json()["has_sign_in"]
    for stranger in (None, ReservedAreaAccountFactory().user):
        assert accept(secret, stranger).json()["code"] == "sign_in_first"
    answer = accept(secret, user)
    assert answer.status_code == 201
    assert ReservedAreaAccount.objects.get(user=user).pk == answer.json()["account"]


def test_a_link_that_is_none_of_ours_opens_nothing():
    for answer in (opened("indovinato"), joined("indovinato")):
        assert (answer.status_code, answer.json()["code"]) == (410, "link_invalid")


def test_an_invitation_of_somebody_who_may_not_decide_any_more_lets_nobody_in(chief, app):
    other = ReservedAreaAccountFactory(member=True, customer=chief.customer)
    invite(App(other, proved=True))
    people.end_access(other, by=chief.user)
    answer = joined(secret_in())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed")
    assert not User.objects.filter(email=EMAIL).exists()
