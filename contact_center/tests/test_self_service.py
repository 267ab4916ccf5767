"""What customers settled alone: a figure of its own, in no figure of the first level."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from contact_center.figures.period import Period
from contact_center.figures.self_service import self_service
from contact_center.models import Contact
from customers import roles
from customers.models import Operation
from customers.tests.factories import OperationFactory
from customers.tests.sign_in import signed_in_as

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
Kind = Operation.Kind


def settled(kind=Kind.PHONE, at=datetime(2026, 5, 4, 8, tzinfo=UTC), **fields):
    given = {"state": "done", "is_self_service": True, "facts": {"phone": "+393339998877"}} | fields
    return OperationFactory(kind=kind, asked_at=at, ended_at=at if given["state"] == "done" else None, **given)


def test_it_is_counted_by_month_and_kind():
    settled(), settled(), settled(Kind.ADDRESS), settled(Kind.ADDRESS, at=datetime(2026, 6, 1, 8, tzinfo=UTC))
    found = self_service(YEAR)
    assert (found.total, dict(found.by_kind)) == (4, {Kind.PHONE: 2, Kind.ADDRESS: 2})
    assert dict(found.by_month[date(2026, 5, 1)]) == {Kind.PHONE: 2, Kind.ADDRESS: 1}
    assert dict(found.by_month[date(2026, 6, 1)]) == {Kind.ADDRESS: 1}
    assert dict(found.by_month[date(2026, 7, 1)]) == {}


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_days_are_days_in_italy(at, inside):
    settled(at=at)
    assert self_service(YEAR).total == int(inside)


@pytest.mark.parametrize("fields", [{"is_self_service": False}, {"state": "asked", "is_self_service": False}])
def test_what_somebody_here_acted_on_is_not_counted(fields):
    settled(Kind.SUSPENSION, **fields)
    assert self_service(YEAR).total == 0


def test_it_costs_one_query_however_much_there_is(django_assert_num_queries):
    for _each in range(3):
        settled()
        with django_assert_num_queries(1):
            assert self_service(YEAR).total


def figures(*more):
    out = StringIO()
    call_command("figures", "--from", "2026-05-01", "--to", "2026-05-31", *more, stdout=out)
    return json.loads(out.getvalue())


def test_it_stands_beside_the_figures_and_in_none_of_them():
    before = figures()["totals"]
    settled()
    found = figures()
    assert found["self_service"] == {"total": 1, "by_kind": {"phone": 1}, "by_month": {"2026-05": {"phone": 1}}}
    assert found["totals"] == before
    assert not Contact.objects.exists()


def test_with_a_filter_it_is_not_known():
    settled()
    assert figures("--line", "customers")["self_service"] is None


def test_managers_see_it_with_its_definition_and_take_it_away_as_a_file():
    settled(), settled(Kind.ADDRESS)
    client = signed_in_as(roles.MANAGER)
    days = {"from": "2026-05-01", "to": "2026-05-31"}
    page = client.get(reverse("figures"), days)
    assert page.context["self_service"]["rows"][-1]["cells"][0]["text"] == "2"
    assert 'id="def-self_service"' in page.content.decode()
    rows = list(csv.reader(client.get(reverse("self_service_csv"), days).content.decode().splitlines()))
    assert rows == [["month", "kind", "operations"], ["2026-05", "phone", "1"], ["2026-05", "address", "1"]]
    assert client.get(reverse("self_service_csv"), {"from": "x"}).status_code == 404
    assert client.get(reverse("figures"), days | {"channel": "phone"}).context["self_service"] is None


def test_an_agent_does_not_see_the_figures():
    assert signed_in_as(roles.AGENT).get(reverse("self_service_csv")).status_code == 403
