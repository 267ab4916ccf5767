"""Whose consent on paper an agency has still to take: who is on the list, why, in which order, and how it is written down."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import agency_page, roles, tiles
from customers.consents_on_paper import NEAREST_FIRST, with_paper_to_take
from customers.models import Consent, Customer
from customers.services import record_consent
from customers.tests.factories import (
    AgencyFactory,
    AgencyMemberFactory,
    ConsentFactory,
    CustomerFactory,
    FileRestrictionFactory,
    PolicyFactory,
    UserFactory,
)
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)
LIST = "/backoffice/customers/customer/"


@pytest.fixture(autouse=True)
def in_may(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield


@pytest.fixture
def member():
    return AgencyMemberFactory()


@pytest.fixture
def client(member):
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.user)
    return client


def customer_of(agency, *, ends_on=TODAY + timedelta(days=40), **fields):
    customer = CustomerFactory(agency=agency, **fields)
    PolicyFactory(holder=customer, agency=agency, starts_on="2025-01-01", ends_on=ends_on)
    return customer


def answered(customer, event, **fields):
    return ConsentFactory(customer=customer, purpose="agency_promotions", event=event, **fields)


def wanted(agency):
    found = with_paper_to_take(Customer.objects.all(), agencies=[agency.pk], today=TODAY).order_by(*NEAREST_FIRST)
    return [(each, each.paper_reason) for each in found]


# --- Who is on the list, and why
def test_somebody_who_was_never_asked_is_on_it(member):
    customer = customer_of(member.agency)
    assert wanted(member.agency) == [(customer, "never_asked")]


@pytest.mark.parametrize(
    ("event", "fields", "reason"),
    [
        ("given", {"source": "call", "evidence": "contatto C-00000001"}, "not_confirmed"),
        ("confirmed", {"source": "call"}, "not_proven"),
        ("confirmed", {"source": "import"}, "not_proven"),
        ("confirmed", {"source": "agency"}, "not_proven"),
        ("confirmed", {"source": "portal", "text_version": "2024-09"}, "earlier_wording"),
        ("confirmed", {"source": "agency", "evidence": "documento 1", "text_version": "2024-09"}, "earlier_wording"),
    ],
)
def test_an_answer_that_does_not_hold_is_on_it_with_its_reason(member, event, fields, reason):
    customer = customer_of(member.agency)
    answered(customer, event, **fields)
    assert wanted(member.agency) == [(customer, reason)]


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("confirmed", {"source": "portal"}),
        ("confirmed", {"source": "agency", "evidence": "documento 1"}),
        ("withdrawn", {"source": "unsubscribe"}),
        ("withdrawn", {"source": "call", "text_version": "2024-09"}),
    ],
)
def test_an_answer_that_holds_and_a_no_are_not(member, event, fields):
    answered(customer_of(member.agency), event, **fields)
    assert wanted(member.agency) == []


def test_the_newest_answer_decides(member):
    customer = customer_of(member.agency)
    answered(customer, "confirmed", recorded_at="2026-03-01T10:00Z")
    answered(customer, "withdrawn", recorded_at="2026-02-01T10:00Z")
    assert wanted(member.agency) == []


def test_an_answer_for_another_purpose_or_channel_is_none(member):
    customer = customer_of(member.agency)
    ConsentFactory(customer=customer, purpose="marketing", event="confirmed")
    answered(customer, "confirmed", channel="phone")
    assert wanted(member.agency) == [(customer, "never_asked")]


@pytest.mark.parametrize(
    "policy",
    [
        {"state": "cancelled"},
        {"state": "expired"},
        {"ends_on": TODAY - timedelta(days=1)},
    ],
)
def test_who_has_no_policy_in_force_is_not_on_it(member, policy):
    customer = CustomerFactory(agency=member.agency)
    PolicyFactory(**{"holder": customer, "agency": member.agency, "starts_on": "2025-01-01"} | policy)
    assert wanted(member.agency) == []


def test_a_policy_that_another_agency_looks_after_counts_for_nothing(member):
    customer = CustomerFactory(agency=member.agency)
    PolicyFactory(holder=customer, agency=AgencyFactory())
    assert wanted(member.agency) == []


def test_a_file_that_was_joined_to_another_is_not_on_it(member):
    customer = customer_of(member.agency)
    Customer.objects.filter(pk=customer.pk).update(merged_into=CustomerFactory(agency=member.agency))
    assert wanted(member.agency) == []


def test_on_a_day_without_a_wording_nobody_is_asked(member):
    customer_of(member.agency)
    before = with_paper_to_take(Customer.objects.all(), agencies=[member.agency.pk], today=date(2025, 5, 4))
    assert not before.exists()


def test_whose_policy_expires_first_stands_first(member):
    late = customer_of(member.agency, ends_on=TODAY + timedelta(days=90))
    soon = customer_of(member.agency, ends_on=TODAY + timedelta(days=9))
    PolicyFactory(holder=soon, agency=member.agency, ends_on=TODAY + timedelta(days=200))
    assert [each for each, _reason in wanted(member.agency)] == [soon, late]


# --- The list and the first page
def rows_of(client, **query):
    return list(client.get(LIST, {"work": "carta"} | query).context["cl"].result_list)


def test_the_number_on_the_first_page_opens_exactly_the_list(client, member):
    here = [customer_of(member.agency, ends_on=TODAY + timedelta(days=9 - n)) for n in range(3)]
    answered(customer_of(member.agency), "withdrawn")
    customer_of(AgencyFactory())
    tile = tiles.tiles(member.user)[3]
    assert (tile.value, tile.url) == ("3", f"{LIST}?work=carta")
    assert rows_of(client) == here[::-1]


def test_more_than_anybody_reads_are_not_counted(client, member, monkeypatch):
    monkeypatch.setattr(tiles, "MOST", 2)
    for _each in range(4):
        customer_of(member.agency)
    assert tiles.tiles(member.user)[3].value == "2+"


def test_the_list_says_why_and_until_when_and_leads_to_the_paper(client, member):
    customer = customer_of(member.agency)
    page = client.get(LIST, {"work": "carta"}).content.decode()
    assert "never asked" in page
    assert "13/06/2026" in page
    assert f"{LIST}{customer.pk}/comando/consenso/?scopo=agency_promotions" in page


def test_a_search_looks_within_the_list(client, member):
    customer = customer_of(member.agency, last_name="Zanella", first_name="Ivo")
    customer_of(member.agency, last_name="Bianchi")
    assert rows_of(client, q="zanella") == [customer]


def test_the_first_page_names_the_nearest_and_leads_to_the_paper(member):
    customer = customer_of(member.agency, last_name="Zanella", first_name="Ivo")
    papers = agency_page.on_first_page(member.user)[-1]
    [row] = papers.rows
    assert row.label == "Zanella Ivo"
    assert row.url == f"{LIST}{customer.pk}/comando/consenso/?scopo=agency_promotions"
    assert papers.url == f"{LIST}?work=carta"


def test_a_file_with_restricted_access_is_not_named(client, member):
    customer = customer_of(member.agency, last_name="Zanella")
    FileRestrictionFactory(customer=customer)
    [row] = agency_page.on_first_page(member.user)[-1].rows
    assert "Zanella" not in row.label
    assert "Zanella" not in client.get(LIST, {"work": "carta"}).content.decode()


@pytest.mark.parametrize("role", [roles.AGENT, roles.MANAGER, roles.AUDITOR])
def test_the_companys_staff_have_no_such_list(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    assert client.get(LIST, {"work": "carta"}).status_code in (302, 400)


def test_an_unknown_choice_shows_all_of_them(client, member):
    customer = customer_of(member.agency)
    answered(customer, "withdrawn")
    assert list(client.get(LIST, {"work": "\U0001f600"}).context["cl"].result_list) == [customer]


@pytest.mark.parametrize("where", ["list", "first page"])
def test_it_costs_the_same_at_one_customer_and_at_three(client, member, where):
    costs = []
    for more in (1, 2):
        for _each in range(more):
            customer_of(member.agency)
        client.get(LIST, {"work": "carta"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST, {"work": "carta"} if where == "list" else {}).status_code == 200
            if where == "first page":
                client.get(reverse("admin:index"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- Writing it down
def write_down(client, customer, **given):
    address = f"{LIST}{customer.pk}/comando/consenso/?scopo=agency_promotions&torna={LIST}%3Fwork%3Dcarta"
    page = client.get(address)
    chosen = page.context["form"].fields["what"].initial
    scan = SimpleUploadedFile("modulo.pdf", b"%PDF-1.7\n%%EOF\n")
    sent = {"what": chosen, "source": "agency", "scan": scan, "read": "on", "key": uuid.uuid4()}
    return send_command(client, address, sent | given)


@pytest.mark.parametrize("before", [None, ("given", "call"), ("confirmed", "call"), ("confirmed", "import")])
def test_what_was_signed_takes_the_customer_off_the_list(client, member, before):
    customer = customer_of(member.agency)
    if before is not None:
        answered(customer, before[0], source=before[1])
    assert write_down(client, customer).url == f"{LIST}?work=carta"
    last = Consent.objects.filter(purpose="agency_promotions").in_force().get()
    assert (last.event, last.source, last.recorded_by) == ("confirmed", "agency", member.user)
    assert "SHA-256" in last.evidence
    assert wanted(member.agency) == []


def test_what_is_the_only_choice_is_chosen(client, member):
    form = client.get(f"{LIST}{customer_of(member.agency).pk}/comando/consenso/").context["form"]
    assert form["source"].initial == "agency"


def test_without_the_scan_nothing_is_written_down(client, member):
    customer = customer_of(member.agency)
    answer = write_down(client, customer, scan="")
    assert list(answer.context["form"].errors) == ["scan"]
    assert not Consent.objects.exists()


def test_the_paper_of_somebody_elses_customer_is_not_found(client):
    customer = customer_of(AgencyFactory())
    assert client.get(f"{LIST}{customer.pk}/comando/consenso/").status_code == 404


def test_what_is_proven_is_not_written_down_twice(member):
    customer = customer_of(member.agency)
    given = {
        "purpose": "agency_promotions",
        "channel": "email",
        "text_version": "2026-01",
        "source": "agency",
        "by": member.user,
    }
    first = answered(customer, "confirmed", source="agency", evidence="documento 1")
    assert record_consent(customer, event="given", evidence="documento 2", **given) == first
