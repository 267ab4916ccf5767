"""Somebody who only acts for others asks to act for one more: their own affair, which nobody else of the customer sees."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contact_center.acting.commands import let_act
from contact_center.models import Contact
from contact_center.operations.commands import refuse
from contact_center.tests.factories import AgentFactory
from customers import roles
from customers.models import AccessLog, Mandate, Operation, ReservedAreaAccount
from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory, UserFactory
from foundation import form_guard
from foundation.tests.pages import send_command
from notifications.models import Notice
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

DECREE = b"%PDF-1.7\ndecreto\n%%EOF"
ASK, ROOM = reverse("portal_acting_ask"), reverse("portal_acting")


@pytest.fixture(autouse=True)
def at_once(monkeypatch, settings, tmp_path):
    """Forms may be sent as soon as they are opened, and files go into a folder of the test."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company():
    return CustomerFactory(company=True)


@pytest.fixture
def clerk(company):
    """Works for the company, may only look, and has no file of their own."""
    return ReservedAreaAccountFactory(member=True, customer=company, rights=[])


@pytest.fixture
def chief(company):
    return ReservedAreaAccountFactory(member=True, customer=company)


@pytest.fixture
def parent():
    return CustomerFactory(first_name="Ada", last_name="Bruni")


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT)).user


def signed_in(account):
    client = Client()
    client.force_login(account.user)
    return client


def ask(account, customer, client=None):
    client = client or signed_in(account)
    hidden = client.get(ASK).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    words = {"capacity": "guardian", "person": "Ada Bruni", "tax_code": customer.tax_code, "valid_until": ""}
    return client.post(ASK, {**stamp, **words, "files": SimpleUploadedFile("decreto.pdf", DECREE)})


@pytest.fixture
def asked(clerk, parent):
    assert ask(clerk, parent).url == ROOM
    return Operation.objects.get()


# --- Who may ask ----------------------------------------------------------------------------------------------------
def test_it_is_in_the_queue_with_the_address_of_the_sign_in_and_in_nobodys_file(clerk, asked):
    contact = Contact.objects.get(operation=asked)
    assert (asked.is_private, asked.begun_by, asked.mandate.name) == (True, clerk.user, "decreto.pdf")
    assert (contact.customer, contact.address, contact.state) == (None, clerk.user.email, Contact.State.OPEN)


def test_an_heir_asks_as_well_and_is_led_to_what_they_asked(parent):
    heir = ReservedAreaAccountFactory(by_document=True, capacity="heir")
    client = signed_in(heir)
    assert ask(heir, parent, client).url == ROOM
    assert "Ada Bruni" in client.get(ROOM).content.decode()


def test_the_page_says_beforehand_who_does_not_read_it(clerk, company):
    page = signed_in(clerk).get(ASK).content.decode()
    assert company.letter_name in page
    assert clerk.user.email in page


def test_who_has_a_file_of_their_own_asks_from_there(clerk):
    own = ReservedAreaAccountFactory(user=clerk.user)
    client = signed_in(clerk)
    client.post(reverse("portal_acting_choose"), {"account": clerk.pk})
    answer = client.get(ASK)
    assert (answer.status_code, answer.context["own"]) == (409, own)


def test_one_whose_own_file_is_not_open_asks_by_the_account_they_use(clerk, parent):
    ReservedAreaAccountFactory(user=clerk.user, state="suspended")
    assert ask(clerk, parent).url == ROOM


# --- Who sees it ----------------------------------------------------------------------------------------------------
LISTS = [
    "reserved_area",
    "portal_operations",
    "portal_requests",
    "portal_notices",
    "portal_sent_notices",
    "portal_acting",
]


@pytest.mark.parametrize("is_named", [False, True], ids=["of nobody", "whose contact an agent gave to the company"])
def test_nobody_else_of_the_customer_sees_it_on_any_page(chief, asked, company, is_named):
    if is_named:
        Contact.objects.update(customer=company)
    contact, client = Contact.objects.get(), signed_in(chief)
    for name in LISTS:
        page = client.get(reverse(name)).content.decode()
        assert [word for word in (asked.number, contact.number, "Ada Bruni") if word in page] == [], name
    for name, row in {"portal_operation": asked, "portal_request": contact}.items():
        assert client.get(reverse(name, args=[row.pk])).status_code == 404


@pytest.mark.parametrize("is_named", [False, True], ids=["of nobody", "whose contact an agent gave to the company"])
def test_nor_in_the_app(chief, asked, company, is_named):
    if is_named:
        Contact.objects.update(customer=company)
    app, contact = App(chief), Contact.objects.get()
    for room in ("operations/", "requests/", "notices/", "acting-requests/"):
        assert app.get(room).json()["results"] == [], room
    assert app.get("notices/", room="sent").json()["results"] == []
    assert app.get("").json()["requests"] == []
    for place in (f"operations/{asked.pk}/", f"requests/{contact.pk}/"):
        assert app.get(place).status_code == 404


def test_nor_is_the_document_in_their_reach(chief, asked):
    assert not Mandate.objects.visible_to(chief.user).exists()


def test_nor_do_they_take_it_back(chief, asked):
    for name in ("portal_acting_withdraw", "portal_operation_withdraw"):
        assert signed_in(chief).post(reverse(name, args=[asked.pk])).status_code == 404
    app = App(chief)
    for place in ("acting-requests", "operations"):
        assert app.send(f"{place}/{asked.pk}/withdraw/").status_code == 404
    asked.refresh_from_db()
    assert asked.state == Operation.State.ASKED


def test_reading_the_document_is_in_the_log_of_the_file_it_is_about_alone(client, asked, parent, agent):
    client.force_login(agent)
    assert client.get(reverse("admin:customers_mandate_file", args=[asked.mandate.pk])).getvalue() == DECREE
    assert list(AccessLog.objects.filter(user=agent).values_list("customer", flat=True)) == [parent.pk]


def test_who_asked_reads_it_by_whichever_account(clerk, asked):
    other = ReservedAreaAccountFactory(member=True, user=clerk.user)
    client = signed_in(clerk)
    for account in (clerk, other):
        client.post(reverse("portal_acting_choose"), {"account": account.pk})
        page = client.get(ROOM).content.decode()
        assert asked.number in page
        assert "Ada Bruni, tutore" in page


def test_who_asked_takes_it_back_whatever_they_may_do(clerk, asked):
    client = signed_in(clerk)
    for _twice in range(2):
        assert client.post(reverse("portal_acting_withdraw", args=[asked.pk])).url == ROOM
    asked.refresh_from_db()
    assert (asked.state, Contact.objects.get().state) == (Operation.State.WITHDRAWN, Contact.State.CLOSED)


# --- What becomes of it -----------------------------------------------------------------------------------------------
def test_every_step_is_written_to_the_person_and_nothing_to_the_customer(clerk, asked, agent):
    refuse(asked, answer="Il decreto non è firmato.", by=agent)
    written = Notice.objects.order_by("pk")
    assert {(each.customer, each.address) for each in written} == {(None, clerk.user.email)}
    assert [each.kind for each in written if each.user == clerk.user] == ["operation-received", "operation-refused"]
    assert "Il decreto non è firmato." in signed_in(clerk).get(ROOM).content.decode()


def test_an_agent_lets_them_act_from_the_page_of_the_contact(client, clerk, asked, parent, agent):
    client.force_login(agent)
    contact = Contact.objects.get()
    assert client.get(reverse("admin:contact_center_contact_change", args=[contact.pk])).status_code == 200
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "autorizza"])
    code = client.get(address).context["form"]["code"].value()
    send_command(client, address, {"customer": parent.code, "rights": ["ask"], "code": code})
    account = ReservedAreaAccount.objects.get(customer=parent)
    contact.refresh_from_db()
    assert (account.user, account.rights, contact.state) == (clerk.user, ["ask"], Contact.State.CLOSED)


def test_who_acts_for_others_alone_may_ask_again_for_one_more(clerk, asked, parent, agent):
    given = let_act(asked, customer=parent, rights=[], valid_until=None, by=agent)
    assert ask(given, CustomerFactory()).url == ROOM
    assert Operation.objects.filter(begun_by=clerk.user, is_private=True).count() == 2
