"""Every page of the back office, for every role: what the table of permissions says, and nothing else."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Complaint, Feedback
from contact_center.models import (
    Agent,
    Contact,
    ServiceCalendar,
    ServiceTarget,
    Team,
    TollFreeLine,
    Topic,
    WrapUpCode,
)
from customers import roles
from customers.models import Agency, Customer, User
from customers.office import WorkFilter
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, ReservedAreaAccountFactory, UserFactory
from vittoria_care.permissions import PERMISSIONS
from vittoria_care.tests.factories import make_row, rows_about

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
STAFF = sorted(roles.STAFF)

# What the forms may change at all; the rest is changed by commands.
SERVICE = {ServiceCalendar, ServiceTarget, WrapUpCode}
WITH_A_FORM = {Agency, User, TollFreeLine, Team, Agent, Topic, Contact, Complaint, Feedback} | SERVICE
ADDED_BY_HAND = {Agency, User, TollFreeLine, Team, Agent, Topic} | SERVICE


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def may(role, verb, model):
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}" in PERMISSIONS[role]


def everything(model):
    """What asks a list for all its rows, where it shows open work at first."""
    filters = admin.site._registry[model].list_filter
    return {"work": "all"} if any(isinstance(each, type) and issubclass(each, WorkFilter) for each in filters) else {}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def label(value):
    return value._meta.label_lower if hasattr(value, "_meta") else value


@pytest.fixture
def superuser_client():
    return signed_in(UserFactory(is_superuser=True, is_staff=True))


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_superuser_opens_every_page_of_an_empty_and_of_a_filled_database(superuser_client, model):
    assert superuser_client.get(page(model, "changelist")).status_code == 200
    row = make_row(model)
    assert superuser_client.get(page(model, "changelist")).status_code == 200
    assert superuser_client.get(page(model, "changelist"), everything(model)).status_code == 200
    assert superuser_client.get(page(model, "change", row.pk)).status_code == 200
    assert superuser_client.get(page(model, "history", row.pk)).status_code == 200
    assert superuser_client.get(page(model, "add")).status_code == (200 if model in ADDED_BY_HAND else 403)
    assert superuser_client.get(page(model, "delete", row.pk)).status_code == 403


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_each_role_opens_what_the_table_of_permissions_says(model, role):
    customer = CustomerFactory()
    row = rows_about(customer).get(model) or make_row(model)
    user = UserFactory(role=role)
    if role == roles.AGENCY_MEMBER:
        AgencyMemberFactory(user=user, agency=customer.agency)
    client = signed_in(user)
    sees = 200 if may(role, "view", model) or may(role, "change", model) else 403
    adds = 200 if may(role, "add", model) and model in ADDED_BY_HAND else 403
    changes = may(role, "change", model) and model in WITH_A_FORM
    assert client.get(page(model, "changelist")).status_code == sees
    # Out of reach comes before out of bounds: what is not to be seen is not found.
    assert client.get(page(model, "change", row.pk)).status_code in ({200} if sees == 200 else {403, 404})
    assert client.get(page(model, "history", row.pk)).status_code in ({200} if sees == 200 else {403, 404})
    assert client.get(page(model, "add")).status_code == adds
    assert client.get(page(model, "delete", row.pk)).status_code in ({403} if sees == 200 else {403, 404})
    answer = client.post(page(model, "change", row.pk), {})
    assert answer.status_code in ({200, 302} if changes else {403, 404}), "only whom it is open to sends a form"


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_who_is_not_staff_enters_nowhere(model):
    row = make_row(model)
    for kind, args in (("changelist", ()), ("change", (row.pk,)), ("history", (row.pk,)), ("add", ())):
        anonymous = Client().get(page(model, kind, *args))
        assert (anonymous.status_code, anonymous.url.split("?")[0]) == (302, reverse("admin:login"))
    customer = signed_in(ReservedAreaAccountFactory().user)
    for kind, args in (("changelist", ()), ("change", (row.pk,))):
        assert customer.get(page(model, kind, *args), follow=True).status_code == 403


def test_anonymous_visitors_are_sent_to_the_sign_in_page():
    answer = Client().get(reverse("admin:index"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_an_agency_member_does_not_find_rows_of_other_agencies(model):
    theirs = rows_about(CustomerFactory())
    if model not in theirs:
        pytest.skip("not in a customer's file")
    client = signed_in(AgencyMemberFactory().user)
    row = theirs[model]
    assert client.get(page(model, "change", row.pk)).status_code in {403, 404}
    assert client.get(page(model, "history", row.pk)).status_code in {403, 404}
    listed = client.get(page(model, "changelist"), everything(model))
    assert listed.status_code == 403 or list(listed.context["cl"].result_list) == []


def test_an_agency_member_gets_not_found_for_another_agencys_customer():
    mine, theirs = CustomerFactory(), CustomerFactory()
    client = signed_in(AgencyMemberFactory(agency=mine.agency).user)
    assert client.get(page(Customer, "change", mine.pk)).status_code == 200
    assert client.get(page(Customer, "change", theirs.pk)).status_code == 404
    assert client.get(page(Customer, "history", theirs.pk)).status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_list_costs_the_same_at_one_row_and_at_three(superuser_client, model):
    make_row(model)
    address = page(model, "changelist")
    superuser_client.get(address, everything(model))
    with CaptureQueriesContext(connection) as one:
        superuser_client.get(address, everything(model))
    make_row(model)
    make_row(model)
    with CaptureQueriesContext(connection) as three:
        superuser_client.get(address, everything(model))
    assert len(three) == len(one)
    assert len(one) <= 12
    assert not [query["sql"] for query in three if "COUNT(*)" in query["sql"]]


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_search_box_takes_anything(superuser_client, model):
    make_row(model)
    for text in (
        "x" * 10_000,
        "a " * 5_000,
        "😀🏡",
        "مرحبا ‮ txet",
        "%_'\"\\",
        "\0",
        " ",
        "c-",
        "2026/0",
        "@",
        "+",
        "9" * 40,
    ):
        assert superuser_client.get(page(model, "changelist"), {"q": text}, follow=True).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "999999999999999999999999"])
def test_a_page_that_is_not_there_is_no_error(superuser_client, number):
    customer = CustomerFactory()
    assert superuser_client.get(page(Customer, "changelist"), {"p": number}, follow=True).status_code == 200
    panels = {f"{prefix}-page": number for prefix in ("policies", "contacts", "consents", "contact_points")}
    assert superuser_client.get(page(Customer, "change", customer.pk), panels).status_code == 200


@pytest.mark.parametrize("key", ["0", "x", "%00", "99999999999999999999999", "😀"])
def test_an_address_with_a_key_that_is_none_is_not_found(superuser_client, key):
    for kind in ("change", "history"):
        address = page(Customer, kind, 1).replace("/1/", f"/{key}/")
        assert superuser_client.get(address).status_code == 404
