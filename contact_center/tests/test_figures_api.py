import json
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from contact_center.figures import refresh
from contact_center.figures.api import FiguresAnswer
from contact_center.models import TollFreeLine
from contact_center.tests.factories import CallFactory, DayCountFactory, FrozenPeriodFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.api.keys import create_key

pytestmark = pytest.mark.django_db

MAY = {"from": "2026-05-01", "to": "2026-05-31"}


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=roles.MANAGER))


def test_the_answer_is_that_of_the_command(client, manager, capsys):
    CallFactory(line=TollFreeLine.objects.get(code="campers"))
    with translation.override("it"):  # as the API answers this client, whatever an earlier request left behind
        call_command("figures", "--from", "2026-05-01", "--to", "2026-05-31", "--by", "line")
    assert client.get(reverse("api_figures"), {**MAY, "by": "line"}).json() == json.loads(capsys.readouterr().out)


def test_a_day_that_waits_is_reported(client, manager):
    CallFactory()
    refresh()
    CallFactory()
    assert client.get(reverse("api_figures"), MAY).json()["stale_days"] == 1


@pytest.mark.parametrize("role", [None, roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER])
def test_other_roles_are_refused(client, role):
    client.force_login(UserFactory(role=role))
    response = client.get(reverse("api_figures"), MAY)
    assert (response.status_code, response.headers["Content-Type"]) == (403, "application/problem+json")


def test_a_visitor_is_refused(client):
    assert client.get(reverse("api_figures"), MAY).status_code == 401


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ({}, ["from", "to"]),
        ({"from": "2026-05-01"}, ["to"]),
        ({"from": "yesterday", "to": "2026-05-01"}, ["from"]),
        ({"from": "2026-05-02", "to": "2026-05-01"}, ["to"]),
        ({**MAY, "line": "nowhere"}, ["line"]),
        ({**MAY, "by": "moon"}, ["by"]),
        ({**MAY, "channel": "smoke"}, ["channel"]),
        ({**MAY, "by": "agent", "topic": "-"}, ["by"]),
        ({**MAY, "lnie": "claims"}, ["lnie"]),
        ({**MAY, "service_level_seconds": "-1", "timezone": "invalid"}, ["service_level_seconds", "timezone"]),
        ({**MAY, "from": ["2026-05-01", "2026-05-02"]}, ["from"]),
    ],
)
def test_what_cannot_be_answered_names_the_parameter(client, manager, query, at_fault):
    response = client.get(reverse("api_figures"), query)
    assert (response.status_code, sorted(response.json()["errors"])) == (400, at_fault)


def test_the_schema_tells_the_shape_of_the_answer(client):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operation = schema["paths"]["/api/v1/figures/"]["get"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/FiguresAnswer"
    }
    assert [one["name"] for one in operation["parameters"]] == [
        "against",
        "agent",
        "by",
        "channel",
        "events",
        "from",
        "line",
        "team",
        "to",
        "topic",
    ]


def test_the_answer_has_exactly_the_fields_of_the_schema(client, manager):
    CallFactory()
    DayCountFactory()
    FrozenPeriodFactory(start=date(2026, 5, 1), end=date(2026, 5, 31))
    refresh()
    found = client.get(reverse("api_figures"), {**MAY, "by": "line"}).json()
    assert _shape(found) == _declared(FiguresAnswer())


ANY_KEYS = ("change", "definitions", "by_kind", "by_month", "sources")  # their keys are data


def _shape(value):
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items() if name not in ANY_KEYS}
    return [_shape(value[0])] if isinstance(value, list) and value else "value"


def _declared(field):
    if isinstance(field, serializers.ListSerializer):
        return [_declared(field.child)]
    if isinstance(field, serializers.Serializer):
        return {name: _declared(one) for name, one in field.fields.items() if name not in ANY_KEYS}
    return "value"


@pytest.mark.parametrize(("scopes", "status"), [(["figures:read"], 200), (["calls:write"], 403)])
def test_a_key_reads_the_figures_with_the_scope_for_it(client, scopes, status):
    _key, secret = create_key(name="Cruscotto", source="cruscotto", scopes=scopes, by=None)
    assert client.get(reverse("api_figures"), MAY, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == status
