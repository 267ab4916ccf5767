"""Acting for another: asked for with a document, decided in the queue, reported to both, and over on its last day."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contact_center.acting.commands import let_act
from contact_center.models import Contact
from contact_center.operations.commands import carry_out
from contact_center.tests.factories import AgentFactory
from customers import roles
from customers.acting import account_for
from customers.models import AccessLog, Mandate, Operation, ReservedAreaAccount
from customers.models.account import Capacity, Right
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
    tax_code,
)
from foundation import form_guard
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice
from notifications.people import remind_of_ends
from notifications.tasks import remind_of_ends as remind

pytestmark = pytest.mark.django_db

DECREE = b"%PDF-1.7\ndecreto\n%%EOF"
State = ReservedAreaAccount.State


@pytest.fixture(autouse=True)
def at_once(monkeypatch, settings, tmp_path):
    """Forms may be sent as soon as they are opened, and files go into a folder of the test."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def parent():
    customer = CustomerFactory(first_name="Ada", last_name="Bruni")
    ContactPointFactory(customer=customer, kind="email", value="ada@posta.example")
    return customer


@pytest.fixture
def agent(client):
    return AgentFactory(user=UserFactory(role=roles.AGENT)).user


def ask(client, account, code, *, files=None, **typed):
    client.force_login(account.user)
    address = reverse("portal_acting_ask")
    hidden = client.get(address).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    words = {"capacity": "guardian", "person": "Ada Bruni", "tax_code": code, "valid_until": ""}
    decree = SimpleUploadedFile("decreto.pdf", DECREE) if files is None else files
    return client.post(address, {**stamp, **words, "files": decree, **typed})


def asked(client, account, customer, **typed):
    ask(client, account, customer.tax_code, **typed)
    return Operation.objects.get()


def let(operation, customer, **fields):
    fields = {"rights": ["ask", "pay"], "valid_until": None, **fields}
    return let_act(operation, customer=customer, by=AgentFactory(user=UserFactory(role=roles.AGENT)).user, **fields)


# --- Asking --------------------------------------------------------------------------------------------------------
def test_it_becomes_a_contact_in_the_queue_with_the_document(client, account, parent):
    operation = asked(client, account, parent)
    contact = Contact.objects.get(operation=operation)
    mandate = operation.mandate
    assert (contact.customer, contact.state, mandate.customer) == (account.customer, Contact.State.OPEN, parent)
    with mandate.file.open() as file:
        assert (mandate.capacity, mandate.name, file.read()) == (Capacity.GUARDIAN, "decreto.pdf", DECREE)


def test_a_code_of_nobody_gets_the_same_answer_as_one_of_a_customer(client, account, parent):
    known, unknown = ask(client, account, parent.tax_code), ask(client, account, tax_code(70_000))
    assert [each.status_code for each in (known, unknown)] == [302, 302]
    assert list(Mandate.objects.order_by("pk").values_list("customer", flat=True)) == [parent.pk, None]


def test_one_may_ask_for_two_parents(client, account, parent):
    for customer in (parent, CustomerFactory()):
        ask(client, account, customer.tax_code)
    assert Operation.objects.open().count() == 2


def test_the_same_page_sent_twice_asks_once(client, account, parent):
    client.force_login(account.user)
    address = reverse("portal_acting_ask")
    hidden = client.get(address).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    for _turn in range(2):
        words = {"capacity": "heir", "person": "Ada Bruni", "tax_code": parent.tax_code}
        client.post(address, {**stamp, **words, "files": SimpleUploadedFile("atto.pdf", DECREE)})
    assert (Operation.objects.count(), Mandate.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("", "files"),
        (SimpleUploadedFile("decreto.exe", b"MZ\x90\x00" * 20), "files"),
        (SimpleUploadedFile("decreto.pdf", b"PK\x03\x04 not a pdf"), "files"),
        (SimpleUploadedFile("decreto.pdf", b""), "files"),
        (SimpleUploadedFile("decreto.pdf", DECREE + b" " * (10 * 1024 * 1024)), "files"),
    ],
    ids=["none", "a program", "another kind than its name", "empty", "too large"],
)
def test_a_document_that_cannot_be_read_is_named_and_what_was_typed_remains(client, account, parent, file, field):
    answer = ask(client, account, parent.tax_code, files=file)
    form = answer.context["form"]
    assert (answer.status_code, bool(form.errors[field]), form["person"].value()) == (422, True, "Ada Bruni")
    assert not Operation.objects.exists()


def test_a_document_that_has_ended_is_refused(client, account, parent):
    day = timezone.localdate() - timedelta(days=1)
    answer = ask(client, account, parent.tax_code, valid_until=day.isoformat())
    assert answer.context["form"].errors["valid_until"]


def test_ones_own_code_is_refused(client, account):
    assert ask(client, account, account.customer.tax_code).context["form"].errors["tax_code"]


def test_no_form_of_facts_asks_it_without_a_document(client, account):
    client.force_login(account.user)
    assert client.get(reverse("portal_own_operation", args=["representation"])).status_code == 404


# --- Deciding ------------------------------------------------------------------------------------------------------
def test_letting_act_gives_the_rights_until_the_day_and_informs_both(client, account, parent):
    operation, day = asked(client, account, parent), timezone.localdate() + timedelta(days=90)
    given = let(operation, parent, valid_until=day)
    operation.refresh_from_db()
    assert (given.user, given.customer, given.rights, given.valid_until) == (account.user, parent, ["ask", "pay"], day)
    assert (operation.state, Contact.objects.get().state) == (Operation.State.DONE, Contact.State.CLOSED)
    assert Notice.objects.get(kind="acting-granted").user == account.user
    assert Notice.objects.get(kind="acting-for-you", channel="email").address == "ada@posta.example"


def test_the_dead_are_not_written_to(client, account, parent):
    given = let(asked(client, account, parent, capacity="heir"), parent)
    assert given.rights == []
    assert not Notice.objects.filter(kind="acting-for-you").exists()


@pytest.mark.parametrize("capacity", ["guardian", "attorney", "heir"])
def test_nobody_who_acts_by_a_document_decides_who_has_access(client, account, parent, capacity):
    given = let(asked(client, account, parent, capacity=capacity), parent, rights=list(Right))
    assert not given.may(Right.PEOPLE)


def test_a_newer_document_takes_the_place_of_the_one_before(client, account, parent):
    first = let(asked(client, account, parent), parent, valid_until=timezone.localdate())
    ask(client, account, parent.tax_code)
    second = let(Operation.objects.latest("pk"), parent)
    first.refresh_from_db()
    assert (first.state, second.state, second.valid_until) == (State.CLOSED, State.ENROLLED, None)


def test_it_is_not_carried_out_without_a_decision(client, account, parent):
    with pytest.raises(Refused, match="documento"):
        carry_out(asked(client, account, parent), by=UserFactory(role=roles.AGENT))


def test_decided_twice_it_is_decided_once(client, account, parent):
    operation = asked(client, account, parent)
    let(operation, parent)
    with pytest.raises(Refused):
        let(operation, parent)
    assert ReservedAreaAccount.objects.filter(customer=parent).count() == 1


def test_ones_own_file_is_not_given_again(client, account, parent):
    with pytest.raises(Refused):
        let(asked(client, account, parent), account.customer)


def test_an_agent_decides_with_the_document_before_them(client, account, parent, agent):
    operation = asked(client, account, parent)
    client.force_login(agent)
    address = reverse("admin:customers_operation_command", args=[operation.pk, "autorizza"])
    page = client.get(address)
    assert reverse("admin:customers_mandate_file", args=[operation.mandate.pk]) in page.content.decode()
    code = page.context["form"]["code"].value()
    send_command(client, address, {"customer": parent.code, "rights": ["ask"], "code": code})
    assert ReservedAreaAccount.objects.get(customer=parent).rights == ["ask"]


def test_a_customer_code_of_nobody_is_named(client, account, parent, agent):
    operation = asked(client, account, parent)
    client.force_login(agent)
    address = reverse("admin:customers_operation_command", args=[operation.pk, "autorizza"])
    answer = send_command(client, address, {"customer": "C-NESSUNO", "rights": ["ask"]})
    assert answer.context["form"].errors["customer"]


def test_opening_the_document_is_written_into_the_log_of_both_files(client, account, parent, agent):
    mandate = asked(client, account, parent).mandate
    client.force_login(agent)
    assert client.get(reverse("admin:customers_mandate_file", args=[mandate.pk])).getvalue() == DECREE
    assert set(AccessLog.objects.filter(user=agent).values_list("customer", flat=True)) == {
        parent.pk,
        account.customer.pk,
    }


# --- The end -------------------------------------------------------------------------------------------------------
def test_after_its_last_day_it_opens_nothing_without_anybody_ending_it(client, account, parent):
    day = timezone.localdate() + timedelta(days=3)
    given = let(asked(client, account, parent), parent, valid_until=day)
    with time_machine.travel(day):
        assert account_for(account.user, given.pk) == given
    with time_machine.travel(day + timedelta(days=1)):
        assert account_for(account.user, given.pk) is None


def test_a_session_that_acts_for_another_loses_it_the_day_after(client, account, parent):
    day = timezone.localdate()
    given = let(asked(client, account, parent), parent, valid_until=day)
    client.force_login(account.user)
    client.post(reverse("portal_acting_choose"), {"account": given.pk})
    assert client.get(reverse("reserved_area")).context["request"].customer == parent
    ReservedAreaAccount.objects.filter(pk=given.pk).update(valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 2))
    page = client.get(reverse("reserved_area"), follow=True)
    assert page.context["request"].customer == account.customer
    assert "Non agisce più per Ada Bruni" in page.content.decode()


def test_the_desk_ends_it_with_a_reason_that_both_read(client, account, parent, agent):
    given = let(asked(client, account, parent), parent)
    client.force_login(agent)
    address = reverse("admin:customers_reservedareaaccount_command", args=[given.pk, "termina"])
    send_command(client, address, {"reason": "Il decreto è stato revocato."})
    given.refresh_from_db()
    assert (given.state, given.ended_by, given.end_reason) == (State.CLOSED, agent, "Il decreto è stato revocato.")
    assert "Il decreto è stato revocato." in Notice.objects.get(kind="people-ended").body_text
    assert Notice.objects.filter(kind="acting-for-you-ended", channel="email").exists()


def test_whose_access_ends_within_a_month_is_reminded_once(account):
    today = timezone.localdate()
    soon = ReservedAreaAccountFactory(by_document=True, valid_until=today + timedelta(days=30))
    ReservedAreaAccountFactory(by_document=True, valid_until=today + timedelta(days=31))
    ReservedAreaAccountFactory(by_document=True, valid_until=today - timedelta(days=1))
    for _night in range(2):
        remind()
    assert list(Notice.objects.filter(kind="acting-ending").values_list("user", flat=True)) == [soon.user_id]


def test_a_new_day_of_end_is_reminded_of_again():
    today = timezone.localdate()
    account = ReservedAreaAccountFactory(by_document=True, valid_until=today + timedelta(days=5))
    remind_of_ends(today)
    ReservedAreaAccount.objects.filter(pk=account.pk).update(valid_until=today + timedelta(days=9))
    remind_of_ends(today)
    assert Notice.objects.filter(kind="acting-ending").count() == 2
