"""Every page of the back office opens, costs what it should, and takes whatever is typed. Who may: test_rights.py."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import (
    BranchFigure,
    FeedbackTheme,
    Intermediary,
    IntermediaryRule,
    LegalFigure,
    MarketFigure,
    TermStop,
)
from contact_center.models import (
    Agent,
    IdentityQuestion,
    MassEvent,
    PauseReason,
    QualityForm,
    QueueView,
    ServiceCalendar,
    ServiceTarget,
    Skill,
    Team,
    TermRung,
    TollFreeLine,
    Topic,
    WrapUpCode,
)
from customers.models import Agency, Customer, User
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.office.base import WorkFilter
from vittoria_care.tests.factories import make_row, rows_about

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)

SERVICE = {ServiceCalendar, ServiceTarget, TermRung, WrapUpCode, PauseReason, MassEvent}
SERVICE |= {Skill, QualityForm, IdentityQuestion}
REGISTER = {FeedbackTheme, BranchFigure, Intermediary, IntermediaryRule, LegalFigure, MarketFigure, TermStop}
ADDED_BY_HAND = {Agency, User, TollFreeLine, Team, Agent, Topic, *REGISTER} | SERVICE


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def everything(model):
    """What asks a list for all its rows, where it shows open work at first."""
    filters = admin.site._registry[model].list_filter
    return {"work": "all"} if any(isinstance(each, type) and issubclass(each, WorkFilter) for each in filters) else {}


def label(value):
    return value._meta.label_lower if hasattr(value, "_meta") else value


@pytest.fixture
def superuser_client():
    return signed_in(UserFactory(is_superuser=True, is_staff=True))


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_superuser_opens_every_page_of_an_empty_and_of_a_filled_database(superuser_client, model):
    assert superuser_client.get(page(model, "changelist")).status_code == 200
    row = make_row(model)
    if model is QueueView:  # nobody opens another person's
        QueueView.objects.filter(pk=row.pk).update(user=superuser_client.session["_auth_user_id"])
    assert superuser_client.get(page(model, "changelist")).status_code == 200
    assert superuser_client.get(page(model, "changelist"), everything(model)).status_code == 200
    assert superuser_client.get(page(model, "change", row.pk)).status_code == 200
    assert superuser_client.get(page(model, "history", row.pk)).status_code == 200
    assert superuser_client.get(page(model, "add")).status_code == (200 if model in ADDED_BY_HAND else 403)
    assert superuser_client.get(page(model, "delete", row.pk)).status_code == 403


def test_anonymous_visitors_are_sent_to_the_sign_in_page():
    answer = Client().get(reverse("admin:index"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_an_agency_members_lists_are_without_rows_of_other_agencies(model):
    if model not in rows_about(CustomerFactory()):
        pytest.skip("not in a customer's file")
    client = signed_in(AgencyMemberFactory().user)
    listed = client.get(page(model, "changelist"), everything(model))
    assert listed.status_code == 403 or list(listed.context["cl"].result_list) == []


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
