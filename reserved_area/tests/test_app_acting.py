"""The app shows for whom one acts and acted, asks to act for somebody with a document, and gives an account up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.models import Contact
from customers.models import Mandate, Operation, ReservedAreaAccount
from customers.models.account import Capacity
from customers.tests.factories import (
    CustomerFactory,
    MandateFactory,
    ReservedAreaAccountFactory,
    UploadFactory,
    tax_code,
)
from reserved_area.tests.app import PDF, App

pytestmark = pytest.mark.django_db

State = ReservedAreaAccount.State


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account)


@pytest.fixture
def parent():
    return CustomerFactory(first_name="Ada", last_name="Bruni")


def words(app, customer, **fields):
    """What is sent, with a document that was sent ahead."""
    known = {"capacity": "guardian", "person": "Ada Bruni", "tax_code": customer.tax_code}
    return known | {"uploads": [app.upload(name="decreto.pdf").json()["key"]]} | fields


# --- For whom ---------------------------------------------------------------------------------------------------------
def test_it_lists_those_one_acts_for_and_those_that_are_over(account, app):
    guardian = ReservedAreaAccountFactory(by_document=True, user=account.user)
    past = ReservedAreaAccountFactory(
        by_document=True, user=account.user, valid_until=timezone.localdate() - timedelta(days=1)
    )
    ReservedAreaAccountFactory(by_document=True)
    rows = app.get("accounts/").json()["results"]
    assert [(row["id"], row["capacity"], row["is_current"], row["can_be_left"]) for row in rows] == [
        (guardian.pk, "guardian", False, True),
        (account.pk, "self", True, False),
    ]
    over = app.get("accounts/", room="over").json()["results"]
    assert [(row["id"], row["name"], row["state"]) for row in over] == [
        (past.pk, past.customer.letter_name, "enrolled")
    ]


def test_another_room_is_refused_by_its_name(app):
    answer = app.get("accounts/", room="altra")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["room"])


def test_an_account_that_is_given_up_opens_nothing_from_then_on(account, app):
    guardian = ReservedAreaAccountFactory(by_document=True, user=account.user)
    answer = app.send(f"accounts/{guardian.pk}/leave/", key="una")
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
    assert app.send(f"accounts/{guardian.pk}/leave/", key="una").json() == answer.json()
    late = App(account, **{"X-Acting-For": str(guardian.pk)}).get("policies/")
    assert (late.status_code, late.json()["code"]) == (404, "acting_for_unknown")
    assert [row["id"] for row in app.get("accounts/", room="over").json()["results"]] == [guardian.pk]


@pytest.mark.parametrize("whose", ["own", "somebody else’s"])
def test_neither_ones_own_file_nor_somebody_elses_account_is_given_up(account, app, whose):
    other = account if whose == "own" else ReservedAreaAccountFactory(by_document=True)
    assert app.send(f"accounts/{other.pk}/leave/").status_code == 404
    other.refresh_from_db()
    assert other.state == State.ENROLLED


def test_the_last_person_who_decides_for_a_company_does_not_leave_it():
    chief = ReservedAreaAccountFactory(member=True)
    answer = App(chief).send(f"accounts/{chief.pk}/leave/")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_person")


# --- Asking -----------------------------------------------------------------------------------------------------------
def test_it_asks_with_a_document_that_was_sent_ahead_once_for_each_key(account, app, parent):
    sent = words(app, parent, valid_until="2099-01-31", text="È urgente.")
    first, again = (app.send("acting-requests/", sent, key="una") for _twice in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    mandate = Mandate.objects.get()
    assert (mandate.customer, mandate.capacity, mandate.name) == (parent, Capacity.GUARDIAN, "decreto.pdf")
    with mandate.file.open() as file:
        assert file.read() == PDF
    operation, contact = mandate.operation, Contact.objects.get()
    assert (operation.channel, operation.is_private, operation.customer) == ("app", False, account.customer)
    assert (contact.channel, contact.customer) == ("app", account.customer)


def test_what_was_asked_is_listed_and_taken_back(app, parent):
    asked = app.send("acting-requests/", words(app, parent)).json()
    (row,) = app.get("acting-requests/").json()["results"]
    assert (row["number"], row["person"], row["capacity"]) == (asked["number"], "Ada Bruni", "guardian")
    assert (row["state"], row["may_be_withdrawn"]) == ("asked", True)
    for _twice in range(2):
        assert app.send(f"acting-requests/{row['id']}/withdraw/").json()["state"] == "withdrawn"
    assert Contact.objects.get().state == Contact.State.CLOSED


def test_the_answer_is_the_same_for_a_code_of_nobody(app, parent):
    known = app.send("acting-requests/", words(app, parent)).json()
    unknown = app.send("acting-requests/", words(app, parent, tax_code=tax_code(70_000))).json()
    assert {**known, "id": 0, "number": "", "message": ""} == {**unknown, "id": 0, "number": "", "message": ""}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"uploads": []}, "uploads"),
        ({"tax_code": "ABC"}, "tax_code"),
        ({"capacity": "self"}, "capacity"),
        ({"person": ""}, "person"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"altro": 1}, "altro"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(app, parent, wrong, field):
    answer = app.send("acting-requests/", words(app, parent, **wrong))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Operation.objects.exists()


def test_one_document_goes_with_it(app, parent):
    two = [app.upload(name=f"{number}.pdf").json()["key"] for number in (1, 2)]
    assert app.send("acting-requests/", words(app, parent, uploads=two)).status_code == 400


def test_a_document_of_a_colleague_is_not_here(parent):
    clerk = ReservedAreaAccountFactory(member=True)
    theirs = UploadFactory(customer=clerk.customer)
    app = App(clerk)
    assert app.get("uploads/").json() == {"results": []}
    answer = app.send("acting-requests/", words(app, parent, uploads=[str(theirs.key)]))
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_gone")


def test_who_has_a_file_of_their_own_asks_from_there(account, parent):
    member = ReservedAreaAccountFactory(member=True, user=account.user)
    app = App(account, **{"X-Acting-For": str(member.pk)})
    answer = app.send("acting-requests/", words(app, parent))
    assert (answer.status_code, answer.json()["code"], answer.json()["account"]) == (
        409,
        "ask_from_own_file",
        account.pk,
    )
    assert not Operation.objects.exists()


@pytest.mark.parametrize("kind", [{"member": True, "rights": []}, {"by_document": True, "capacity": "heir"}])
def test_who_has_none_asks_by_the_account_in_use_as_their_own_affair(parent, kind):
    account = ReservedAreaAccountFactory(**kind)
    app = App(account)
    asked = app.send("acting-requests/", words(app, parent)).json()
    assert (Operation.objects.get(pk=asked["id"]).is_private, Contact.objects.get().customer) == (True, None)
    assert [row["id"] for row in app.get("acting-requests/").json()["results"]] == [asked["id"]]
    if account.capacity != Capacity.HEIR:
        assert app.get("operations/").json()["results"] == []


def test_somebody_elses_request_is_not_found(app):
    theirs = MandateFactory().operation
    assert app.send(f"acting-requests/{theirs.pk}/withdraw/").status_code == 404
    assert app.get("acting-requests/").json()["results"] == []
