"""The pages by which a colleague changes a customer's data, in the file and from the desk."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import ContactPoint, DataChange, ProofCode
from customers.tests.factories import (
    AgencyMemberFactory,
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
)
from customers.tests.sign_in import signed_in, signed_in_as
from foundation.tests.pages import carried_by, send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
OLD, NEW = "+393331112233", "+393339998877"
ASKED = {"reason": "phone", "words": ""}


@pytest.fixture(autouse=True)
def _sms(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path


@pytest.fixture
def point():
    return ContactPointFactory(value=OLD)


@pytest.fixture
def agent():
    return signed_in_as(roles.AGENT)


def command(customer, name, **query):
    address = reverse("admin:customers_customer_command", args=[customer.pk, name])
    return address + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def file_of(customer):
    return reverse("admin:customers_customer_change", args=[customer.pk])


def shown(client, address):
    return client.get(address).content.decode()


def chosen(client, address):
    """The value of the one number that is chosen on the page."""
    return re.search(r'value="([0-9]+-[0-9a-f]{12})"', shown(client, address))[1]


def test_an_agent_adds_a_number_as_the_caller_says_it(agent):
    customer = CustomerFactory()
    answer = send_command(
        agent, command(customer, "aggiungi-recapito"), {**ASKED, "kind": "phone", "value": "333 999 8877"}
    )
    assert answer.url == file_of(customer)
    assert customer.contact_points.get().value == NEW


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("phone", "333", "count its digits"),
        ("phone", "trecento 😀", "in digits"),
        ("phone", "9" * 10_000, "254"),
        ("email", "maria@", "is not an e-mail address"),
        ("pec", "مرحبا", "is not an e-mail address"),
    ],
)
def test_what_is_wrong_with_a_number_is_said_with_how_to_put_it_right(agent, kind, value, words):
    agent.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    customer = CustomerFactory()
    answer = send_command(agent, command(customer, "aggiungi-recapito"), {**ASKED, "kind": kind, "value": value})
    assert words in answer.content.decode()
    assert not customer.contact_points.exists()


def test_nothing_is_changed_without_a_reason(agent, point):
    page = command(point.customer, "aggiungi-recapito")
    answer = send_command(agent, page, {"kind": "phone", "value": NEW})
    assert answer.context["form"].errors.keys() == {"reason"}
    assert not DataChange.objects.exists()


def test_a_page_that_is_sent_twice_adds_once(agent):
    customer = CustomerFactory()
    page = command(customer, "aggiungi-recapito")
    sent = {**carried_by(agent.get(page)), **ASKED, "kind": "phone", "value": NEW}
    assert [agent.post(page, sent).status_code for _time in range(2)] == [302, 302]
    assert customer.contact_points.count() == 1


def test_of_two_agents_the_second_is_refused_and_what_was_typed_is_still_there(agent, point):
    page = command(point.customer, "correggi-recapito", recapito=point.pk)
    late = {**carried_by(agent.get(page)), **ASKED, "point": chosen(agent, page), "value": "+393330000001"}
    send_command(signed_in_as(roles.SPECIALIST), page, {**ASKED, "point": late["point"], "value": NEW})
    answer = agent.post(page, late)
    assert answer.status_code == 409
    assert "+393330000001" in answer.content.decode()
    assert point.customer.contact_points.get().value == NEW


def test_the_code_is_sent_typed_wrongly_and_then_rightly(agent, point):
    page = command(point.customer, "manda-codice", recapito=point.pk)
    answer = send_command(agent, page, {"point": chosen(agent, page)})
    assert answer.url == command(point.customer, "verifica-recapito")
    code = re.search(r"\b[0-9]{6}\b", Notice.objects.get(kind="desk-code-sms").body_text)[0]
    assert code not in shown(agent, answer.url)
    send_command(agent, answer.url, {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert ProofCode.objects.get().tries == 1
    assert send_command(agent, answer.url, {"code": code}).url == file_of(point.customer)
    assert ContactPoint.objects.get().verified_at is not None


def test_a_code_that_went_to_a_wrong_number_is_made_void(agent, point):
    page = command(point.customer, "manda-codice", recapito=point.pk)
    send_command(agent, page, {"point": chosen(agent, page)})
    send_command(agent, command(point.customer, "annulla-codice"))
    assert ProofCode.objects.get().voided_at is not None
    assert send_command(agent, command(point.customer, "verifica-recapito"), {"code": "000000"}).status_code == 409


def test_the_last_address_is_removed_only_after_a_warning(agent):
    account = ReservedAreaAccountFactory()
    point = ContactPointFactory(customer=account.customer, kind="email", value=account.user.email)
    page = command(point.customer, "togli-recapito", recapito=point.pk)
    sent = {**ASKED, "point": chosen(agent, page)}
    warned = send_command(agent, page, sent)
    assert len(warned.context["form"].errors["sure"]) == 3
    assert ContactPoint.objects.exists()
    send_command(agent, page, {**sent, "sure": "on"})
    assert not ContactPoint.objects.exists()


def test_the_postal_address_and_the_language_are_changed(agent):
    customer = CustomerFactory()
    home = {"address": "Via Po 12", "postal_code": "10123", "city": "Torino", "province": "Torino"}
    send_command(agent, command(customer, "indirizzo-postale"), {**ASKED, **home})
    send_command(agent, command(customer, "lingua"), {**ASKED, "language": "en"})
    customer.refresh_from_db()
    assert (customer.address, customer.province, customer.language) == ("Via Po 12", "TO", "en")
    assert {each.number in shown(agent, file_of(customer)) for each in DataChange.objects.all()} == {True}


def test_a_page_leads_back_to_the_page_of_ours_that_led_to_it(agent):
    page = command(CustomerFactory(), "aggiungi-recapito", torna="/backoffice/scrivania/%3Fcontact=7")
    answer = send_command(agent, page, {**ASKED, "kind": "phone", "value": NEW})
    assert answer.url == "/backoffice/scrivania/?contact=7"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "/non/esiste/", "javascript:1", "%5C%5Cx"]
)
def test_no_page_leads_elsewhere(agent, elsewhere):
    customer = CustomerFactory()
    page = command(customer, "aggiungi-recapito", torna=elsewhere)
    answer = send_command(agent, page, {**ASKED, "kind": "phone", "value": NEW})
    assert answer.url == file_of(customer)


def test_an_agency_changes_the_data_of_its_own_customers_alone(point):
    member = signed_in(AgencyMemberFactory(agency=point.customer.agency).user)
    sent = {**ASKED, "kind": "phone", "value": NEW}
    assert send_command(member, command(point.customer, "aggiungi-recapito"), sent).status_code == 302
    assert member.get(command(CustomerFactory(), "aggiungi-recapito")).status_code == 404


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.COMPLAINT_OFFICER, roles.ADMINISTRATOR])
@pytest.mark.parametrize("name", ["aggiungi-recapito", "togli-recapito", "indirizzo-postale", "consenso"])
def test_others_change_nothing(point, role, name):
    client = signed_in_as(role)
    assert client.get(command(point.customer, name)).status_code == 403
    assert "aggiungi-recapito" not in shown(client, file_of(point.customer))


def test_the_head_of_the_file_has_what_can_be_done_to_each_number(agent, point):
    verified = ContactPointFactory(customer=point.customer, value=NEW, verified_at=timezone.now())
    page = shown(agent, file_of(point.customer))
    assert f"manda-codice/?recapito={point.pk}" in page
    assert f"manda-codice/?recapito={verified.pk}" not in page
    assert f"togli-recapito/?recapito={verified.pk}" in page


def test_the_head_costs_the_same_at_one_number_and_at_three(agent, point):
    agent.get(file_of(point.customer))
    with CaptureQueriesContext(connection) as one:
        agent.get(file_of(point.customer))
    for number in ("+393330000001", "+393330000002"):
        ContactPointFactory(customer=point.customer, value=number)
    with CaptureQueriesContext(connection) as three:
        agent.get(file_of(point.customer))
    assert len(three) == len(one)
