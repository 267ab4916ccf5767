"""Calendars, targets and wrap-up codes, kept in the back office by managers."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from contact_center.due import targets
from contact_center.due.targets import calendar_of
from contact_center.models import OpeningPeriod, ServiceCalendar, ServiceTarget, WrapUpCode
from contact_center.tests.factories import ServiceCalendarFactory
from customers import roles
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    return client


@pytest.fixture
def sent(monkeypatch):
    """How many times the due times were asked to be worked out again."""
    calls = []
    monkeypatch.setattr(targets.current_app, "send_task", lambda name: calls.append(name))
    return calls


def address(row, verb="change"):
    return reverse(f"admin:contact_center_{row._meta.model_name}_{verb}", args=[row.pk] if row.pk else [])


def calendar_data(**given):
    """A calendar with the morning of Monday, as the form sends it."""
    return {
        "code": "prova",
        "name": "Prova",
        "province": "mi",
        "periods-TOTAL_FORMS": 1,
        "periods-INITIAL_FORMS": 0,
        "periods-0-weekday": 0,
        "periods-0-opens": "08:30",
        "periods-0-closes": "13:00",
        "special_days-TOTAL_FORMS": 1,
        "special_days-INITIAL_FORMS": 0,
        "special_days-0-day": "2026-12-24",
        "special_days-0-name": "Vigilia",
    } | given


def test_a_calendar_is_added_with_its_hours_and_days(client, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address(ServiceCalendar(), "add"), calendar_data()).status_code == 302
    calendar = ServiceCalendar.objects.get(code="prova")
    assert calendar.province == "MI"
    assert [str(period.opens) for period in calendar.periods.all()] == ["08:30:00"]
    assert [each.day for each in calendar.special_days.all()] == [date(2026, 12, 24)]
    assert sent == [targets.RECOMPUTE]


def test_midnight_may_end_a_period(client, sent):
    client.post(address(ServiceCalendar(), "add"), calendar_data(**{"periods-0-closes": "00:00"}))
    assert OpeningPeriod.objects.filter(calendar__code="prova").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"periods-TOTAL_FORMS": 0},
        {"province": "XX"},
        {"periods-0-closes": "08:00"},
        {"special_days-0-opens": "10:00"},
        {"code": "assistenza"},
    ],
    ids=["never open", "no such province", "closes before it opens", "opens and never closes", "a code that is taken"],
)
def test_a_calendar_that_cannot_be_is_refused_with_what_was_written(client, wrong):
    answer = client.post(address(ServiceCalendar(), "add"), calendar_data(**wrong))
    assert answer.status_code == 200
    assert not ServiceCalendar.objects.filter(code="prova").exists()
    assert 'value="Prova"' in answer.content.decode()


def test_a_target_its_calendar_cannot_keep_is_refused(client):
    empty = ServiceCalendarFactory(name="Vuoto")
    data = {"kind": "request", "level": 1, "calendar": empty.pk, "minutes": 60, "valid_from": "2027-01-01"}
    answer = client.post(address(ServiceTarget(), "add"), data)
    assert list(answer.context["adminform"].form.errors) == ["calendar"]


def test_a_changed_target_is_kept_in_the_history_and_moves_what_is_open(
    client, sent, django_capture_on_commit_callbacks
):
    target = ServiceTarget.objects.get(kind="request", level=1)
    data = {"kind": "request", "level": 1, "calendar": target.calendar_id, "minutes": 480}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(target), data)
    target.refresh_from_db()
    assert target.minutes == 480
    assert target.history.get().minutes == 960
    assert sent == [targets.RECOMPUTE]


def test_a_wrap_up_code_ends_on_a_day_and_its_changes_are_kept(client):
    code = WrapUpCode.objects.get(code="risolto")
    data = {"code": "risolto", "name": "Risolto", "key": "1", "outcome": "resolved", "position": 1}
    assert client.post(address(code), data | {"valid_to": "2026-12-31"}).status_code == 302
    code.refresh_from_db()
    assert code.valid_to == date(2026, 12, 31)
    assert code.history.exists()


def test_two_codes_in_use_never_have_one_key(client):
    data = {"code": "altro", "name": "Altro", "key": "1", "outcome": "resolved", "position": 9}
    assert client.post(address(WrapUpCode(), "add"), data).status_code == 200
    assert not WrapUpCode.objects.filter(code="altro").exists()


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.AUDITOR])
def test_others_read_and_change_nothing(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    calendar = ServiceCalendar.objects.get(code="assistenza")
    for row in (calendar, ServiceTarget.objects.first(), WrapUpCode.objects.first()):
        assert client.get(address(row)).status_code == 200
        assert client.post(address(row), {}).status_code == 403
    calendar.refresh_from_db()
    assert calendar.periods.count() == 11


def special(number, **given):
    """One row of a special day, as the form sends it."""
    row = {"day": "2026-12-24", "name": "Vigilia"} | given
    return {f"special_days-{number}-{name}": value for name, value in row.items()}


def test_a_special_day_with_a_break_has_two_rows(client, sent):
    morning, afternoon = {"opens": "09:00", "closes": "12:00"}, {"opens": "14:00", "closes": "00:00"}
    rows = special(0, **morning) | special(1, **afternoon) | {"special_days-TOTAL_FORMS": 2}
    assert client.post(address(ServiceCalendar(), "add"), calendar_data(**rows)).status_code == 302
    calendar = calendar_of(ServiceCalendar.objects.get(code="prova"))
    assert [stretch.seconds for stretch in calendar.open_on(date(2026, 12, 24))] == [3 * 3600, 10 * 3600]


@pytest.mark.parametrize(
    "second",
    [{}, {"opens": "11:00", "closes": "13:00"}, {"opens": "09:00", "closes": "10:00"}],
    ids=["closed as well", "overlaps", "twice"],
)
def test_a_special_day_that_contradicts_itself_is_refused(client, second):
    rows = special(0, opens="09:00", closes="12:00") | special(1, **second) | {"special_days-TOTAL_FORMS": 2}
    assert client.post(address(ServiceCalendar(), "add"), calendar_data(**rows)).status_code == 200
    assert not ServiceCalendar.objects.filter(code="prova").exists()
