"""The page of the frozen periods: freeze with a confirmation, see then and now, unfreeze with a reason."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from contact_center.figures import refresh
from contact_center.figures.freezing import freeze_period
from contact_center.figures.period import Period
from contact_center.models import Contact, FrozenPeriod
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import UserFactory
from insights.frozen.ready_periods import closed_periods, read_period

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
WORDS = {"from": "2026-05-01", "to": "2026-05-31"}


@pytest.fixture(autouse=True)
def in_june():
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER, first_name="Mara", last_name="Bo")
    client.force_login(user)
    return user


@pytest.fixture
def contacts() -> list[Contact]:
    moment = datetime(2026, 5, 4, 8, tzinfo=UTC)
    found = [
        ContactFactory.create(started_at=moment, state="closed", closed_at=moment, outcome="resolved", channel="email")
        for _ in range(2)
    ]
    refresh()
    return found


@pytest.mark.parametrize(
    ("word", "period"),
    [
        ("2026-05", MAY),
        ("2026-12", Period(date(2026, 12, 1), date(2026, 12, 31))),
        ("2026-T4", Period(date(2026, 10, 1), date(2026, 12, 31))),
        ("2025", Period(date(2025, 1, 1), date(2025, 12, 31))),
        ("2026-13", None),
        ("1789", None),
        ("maggio", None),
        ("", None),
    ],
)
def test_a_word_of_an_address_is_a_period(word, period):
    assert read_period(word) == period


def test_only_periods_that_are_over_are_offered():
    ready = closed_periods(date(2026, 6, 20))
    assert list(ready)[:2] == ["2026-05", "2026-04"]
    assert next(word for word in ready if "T" in word) == "2026-T1"
    assert list(ready)[-5:] == ["2025", "2024", "2023", "2022", "2021"]
    assert all(period.end < date(2026, 6, 20) for period in ready.values())


def test_a_period_is_frozen_after_a_confirmation_with_its_figures(client, manager, contacts):
    chosen = client.get(reverse("frozen_periods"))
    assert 'value="2026-05"' in chosen.content.decode()
    url = f"{reverse('freeze_period')}?period=2026-05"
    asked = client.get(url)
    assert (FrozenPeriod.objects.count(), asked.context["values"][0]["value"]) == (0, "100,00 %")
    response = client.post(url, {"note": "Bilancio di sostenibilità"}, follow=True)
    frozen = FrozenPeriod.objects.get()
    assert (frozen.frozen_by, frozen.note) == (manager, "Bilancio di sostenibilità")
    assert response.redirect_chain[-1][0] == reverse("frozen_period", args=[frozen.pk])
    again = client.post(url, {"note": ""})
    assert (again.status_code, FrozenPeriod.objects.count()) == (409, 1)
    assert "Mara Bo" in again.content.decode()


def test_a_period_that_is_not_over_is_refused_in_words(client, manager):
    response = client.post(f"{reverse('freeze_period')}?period=2026-06", {"note": "", "though_provisional": "on"})
    assert (response.status_code, FrozenPeriod.objects.count()) == (409, 0)


def test_a_word_that_is_no_period_is_not_found(client, manager):
    assert client.get(f"{reverse('freeze_period')}?period=ieri").status_code == 404


def test_a_note_that_is_too_long_is_refused_and_kept(client, manager, contacts):
    response = client.post(f"{reverse('freeze_period')}?period=2026-05", {"note": "😀" * 10_000})
    assert (response.status_code, FrozenPeriod.objects.count()) == (400, 0)


def test_the_overview_and_the_page_show_then_and_now_and_the_contacts_corrected_since(client, manager, contacts):
    frozen = freeze_period(MAY, by=manager)
    same = client.get(reverse("figures"), WORDS).context["frozen"]
    assert (same["is_same"], same["by"]) == (True, "Mara Bo")
    Contact.objects.filter(pk=contacts[0].pk).update(outcome="unresolved")
    refresh()
    line = client.get(reverse("figures"), WORDS).context["frozen"]
    assert (line["then"], line["now"], line["is_same"]) == ("100,00 %", "50,00 %", False)
    page = client.get(reverse("frozen_period", args=[frozen.pk]))
    assert page.context["table"]["rows"][0]["cells"][:2] == [
        {"text": "100,00 %", "url": None},
        {"text": "50,00 %", "url": None},
    ]
    assert [row["number"] for row in page.context["corrected"]] == [contacts[0].number]
    csv = client.get(reverse("frozen_period_csv", args=[frozen.pk])).content.decode()
    assert ",2,2,1.000000," in csv


def test_the_overview_of_other_days_is_not_called_frozen(client, manager, contacts):
    freeze_period(MAY, by=manager)
    assert client.get(reverse("figures"), WORDS | {"to": "2026-06-01"}).context["frozen"] is None


def test_a_period_is_unfrozen_with_a_reason(client, manager, contacts):
    frozen = freeze_period(MAY, by=manager)
    url = reverse("unfreeze_period", args=[frozen.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"why": ""}).status_code == 400
    assert client.post(url, {"why": "Mancava un file"}).status_code == 302
    assert client.post(url, {"why": "Mancava un file"}).status_code == 409
    assert "Mancava un file" in client.get(reverse("frozen_period", args=[frozen.pk])).content.decode()


@pytest.mark.parametrize("role", [roles.AUDITOR])
def test_who_only_reads_figures_sees_what_is_frozen_and_freezes_nothing(client, role, contacts):
    frozen = freeze_period(MAY, by=UserFactory(role=roles.MANAGER))
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("frozen_periods")).context["form"] is None
    assert client.get(reverse("frozen_period", args=[frozen.pk])).context["unfreeze_url"] == ""
    assert client.post(f"{reverse('freeze_period')}?period=2026-04").status_code == 403
    assert client.post(reverse("unfreeze_period", args=[frozen.pk]), {"why": "x"}).status_code == 403


@pytest.mark.parametrize("role", [roles.AGENT, roles.AGENCY_MEMBER, roles.CUSTOMER])
def test_other_roles_are_refused(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("frozen_periods")).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_its_rows(client, manager, number, django_assert_max_num_queries):
    for month in range(1, number + 1):
        end = date(2026, month + 1, 1).toordinal() - 1
        freeze_period(Period(date(2026, month, 1), date.fromordinal(end)), by=manager)
    client.get(reverse("frozen_periods"))
    with django_assert_max_num_queries(8):
        response = client.get(reverse("frozen_periods"))
    assert len(response.context["rows"]) == number
