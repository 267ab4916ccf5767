"""The page of half hours: every number leads to the list of what it counts, in every shape it is exported."""

import csv
import io
import re
from datetime import UTC, date, datetime, time
from html import unescape

import openpyxl
import pytest
from django.urls import reverse

from contact_center.figures import refresh
from contact_center.models import Call, ServiceTarget, TollFreeLine
from contact_center.tests.factories import (
    CallFactory,
    CallLegFactory,
    OpeningPeriodFactory,
    ServiceCalendarFactory,
    ServiceTargetFactory,
    TollFreeLineFactory,
)
from contact_center.tests.random_days import World
from customers import roles
from customers.tests.factories import UserFactory
from foundation.dates import ROME

pytestmark = pytest.mark.django_db

MAY = {"from": "2026-05-01", "to": "2026-05-31"}
NAMES = ["hours", "hours_csv", "hours_xlsx"]


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


def at(hour: int, minute: int = 0, *, day: date = date(2026, 5, 4), fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


def open_from_nine_to_six() -> None:
    """The common calendar: Mondays, 9:00 to 18:00."""
    ServiceTarget.objects.all().delete()
    TollFreeLine.objects.update(calendar=None)
    calendar = ServiceCalendarFactory()
    OpeningPeriodFactory(calendar=calendar, weekday=0, opens=time(9), closes=time(18))
    ServiceTargetFactory(kind="request", level=1, calendar=calendar)


def numbers_with_lists(text: str) -> list[tuple[str, str]]:
    """Whole numbers of the page's tables, with the addresses of their lists."""
    found = re.findall(r'<td[^>]*><a href="([^"]+)">([0-9.]+)</a></td>', text)
    return [(unescape(url), number.replace(".", "")) for url, number in found]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [None, roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_other_roles_are_refused(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_managers_auditors_and_administrators_are_let_in(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 200


def test_every_whole_number_of_the_page_opens_a_list_of_as_many_rows(client, manager):
    open_from_nine_to_six()
    world = World(3)
    for _ in range(60):
        world.call()
    refresh()
    period = {"from": "2019-01-01", "to": "2020-12-31"}
    shown = numbers_with_lists(client.get(reverse("hours"), period).text)
    assert len(shown) > 20
    for url, number in shown:
        rows = list(csv.reader(io.StringIO(client.get(f"{url}&format=csv").getvalue().decode())))
        assert (url, len(rows) - 1) == (url, int(number))


def test_the_hour_that_passes_twice_stands_in_one_cell_and_its_list_has_both(client, manager):
    day = date(2026, 10, 25)
    for fold in (0, 1):
        CallFactory(queued_at=at(2, 5, day=day, fold=fold), contact=None)
    refresh()
    page = client.get(reverse("hours"), {"from": "2026-10-25", "to": "2026-10-25"})
    assert [row["label"] for row in page.context["week"]["rows"]] == ["02:00–02:30", "Totale"]
    assert [cell.text for cell in page.context["week"]["rows"][0]["cells"]] == ["0"] * 6 + ["2", "2"]


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        ("offered", "3"),
        ("abandonment", "33,3 %"),
        ("service_level", "66,7 %"),
        ("first_level", "–"),
        ("wait", "10 s"),
    ],
)
def test_the_table_shows_the_figure_of_its_tab(client, manager, measure, text):
    for _ in range(2):
        CallFactory(queued_at=at(9), contact=None, wait_seconds=10)
    CallFactory(queued_at=at(9, 10), abandoned=True, wait_seconds=90)
    refresh()
    page = client.get(reverse("hours"), {**MAY, "by": measure})
    assert page.context["week"]["rows"][0]["cells"][0].text == text


def test_a_share_of_few_has_no_colour_and_more_calls_have_a_stronger_one(client, manager):
    for hour, number in ((9, 6), (10, 1), (11, 12)):
        for _ in range(number):
            CallFactory(queued_at=at(hour), contact=None)
        CallFactory(queued_at=at(hour), abandoned=True, wait_seconds=90)
    refresh()

    def shades(measure: str) -> list[int]:
        rows = client.get(reverse("hours"), {**MAY, "by": measure}).context["week"]["rows"]
        return [
            row["cells"][0].shade for row in rows if row["cells"][0].text not in ("–", "0") and not row["is_total"]
        ]

    assert shades("offered") == [3, 1, 5]
    assert shades("abandonment") == [5, 0, 1]


def test_within_and_outside_opening_hours_stand_side_by_side(client, manager):
    open_from_nine_to_six()
    for hour in (8, 9, 17, 18):
        CallFactory(queued_at=at(hour, 59), contact=None)
    refresh()
    table = client.get(reverse("hours"), MAY).context["opening"]
    assert [cell["text"] for cell in table["rows"][0]["cells"]] == ["2", "2", "4"]


def test_without_a_calendar_the_page_says_that_opening_hours_are_not_known(client, manager):
    ServiceTarget.objects.all().delete()
    TollFreeLine.objects.update(calendar=None)
    CallFactory(queued_at=at(9), contact=None)
    refresh()
    assert "Nessun calendario è in vigore" in client.get(reverse("hours"), MAY).text


def test_a_wait_that_is_not_known_is_no_wait_of_nothing(client, manager):
    CallFactory(queued_at=at(9), contact=None, wait_seconds=None)
    CallFactory(queued_at=at(9), contact=None, wait_seconds=20)
    refresh()
    rows = client.get(reverse("hours"), MAY).context["waits"]["table"]["rows"]
    assert [row["cells"][0]["text"] for row in rows] == ["0", "1", "0", "0", "0", "0", "1", "2"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-05-31", "to": "2026-05-01"},
        {"from": "1970-01-01", "to": "2026-05-01"},
        {"from": "2026-05-01", "to": "2026-05-31", "line": "nowhere"},
        {"from": "2026-02-29", "to": "2026-05-31"},
        {"from": "2026-05-01", "to": "2026-05-31", "by": "topic"},
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(client, manager, query):
    page = client.get(reverse("hours"), query)
    assert (page.status_code, "week" in page.context) == (400, False)
    assert client.get(reverse("hours_csv"), query).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{"weekday": "8"}, {"weekday": "x"}, {"half_hour": "09:15"}, {"half_hour": "9:00"}, {"hours": "always"}],
)
def test_hours_of_a_list_that_do_not_exist_are_not_found(client, manager, query):
    assert client.get(reverse("calls"), {**MAY, **query}).status_code == 404


def test_a_list_names_the_hours_it_is_limited_to_and_each_can_be_taken_away(client, manager):
    open_from_nine_to_six()
    CallFactory(queued_at=at(9, 10), contact=None)
    refresh()
    query = {**MAY, "figure": "offered", "weekday": "1", "half_hour": "09:00", "hours": "inside"}
    page = client.get(reverse("calls"), query)
    assert len(page.context["rows"]) == 1
    chips = page.context["chips"][2:]
    assert [chip["label"] for chip in chips] == ["lunedì", "09:00–09:30", "in orario di apertura"]
    assert "weekday" not in chips[0]["remove_url"]
    assert "half_hour=09%3A00" in chips[0]["remove_url"]
    assert page.context["back_url"].startswith(reverse("hours"))


def test_the_files_have_a_row_for_each_half_hour_of_the_week_with_the_same_numbers(client, manager):
    open_from_nine_to_six()
    for moment in (at(9), at(9, 20), at(18, 5)):
        CallFactory(queued_at=moment, contact=None, wait_seconds=15)
    refresh()
    read = csv.DictReader(io.StringIO(client.get(reverse("hours_csv"), MAY).content.decode()))
    rows = [[row[name] for name in ("weekday", "half_hour", "opening", "offered", "answered_wait_20")] for row in read]
    assert rows == [["1", "09:00", "inside", "2", "2"], ["1", "18:00", "outside", "1", "1"]]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("hours_xlsx"), MAY).content))
    assert [row[:4] for row in book.active.iter_rows(min_row=2, values_only=True)] == [
        (1, "09:00", "inside", 2),
        (1, "18:00", "outside", 1),
    ]
    assert client.get(reverse("hours_csv"), {**MAY, "for": "excel"}).content.decode().startswith("\ufeffweekday;")


def test_calls_of_a_later_queue_are_a_list_of_their_own(client, manager):
    first, second = TollFreeLineFactory(), TollFreeLineFactory()
    call = CallFactory(line=first, queued_at=at(9), contact=None, wait_seconds=30)
    for position, line in enumerate((first, second, second), 1):
        CallLegFactory(
            call=call, position=position, line=line, entered_at=at(9), ended_at=at(9, 1), wait_seconds=10 * position
        )
    CallFactory(line=second, queued_at=at(9), contact=None, wait_seconds=None)
    refresh()
    rows = client.get(reverse("hours"), MAY).context["queues"]["rows"]
    shown = [[*[cell["text"] for cell in row["cells"]][:2], row["cells"][4]["text"]] for row in rows]
    assert shown == [["1", "1", "10,0 s"], ["1", "1", "n.d."], ["1", "2", "25,0 s"]]
    for row in rows:
        assert len(client.get(row["cells"][0]["url"]).context["rows"]) == 1
    assert client.get(rows[2]["cells"][0]["url"]).context["rows"][0]["line"] == first


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_much_for_three_lines_as_for_one(client, manager, number, django_assert_num_queries):
    open_from_nine_to_six()
    for _ in range(number):
        CallFactory(line=TollFreeLineFactory(), queued_at=at(9), contact=None)
    refresh()
    with django_assert_num_queries(10):
        client.get(reverse("hours"), MAY)


def test_a_line_and_a_channel_are_chosen_and_go_along_to_the_lists(client, manager):
    line = TollFreeLineFactory()
    for one in (line, TollFreeLineFactory()):
        CallFactory(line=one, queued_at=at(9), contact=None)
    refresh()
    page = client.get(reverse("hours"), {**MAY, "line": line.code, "channel": "phone"})
    cell = page.context["week"]["rows"][0]["cells"][0]
    assert cell.text == "1"
    assert f"line={line.code}" in cell.url
    assert "channel=phone" in cell.url
    assert Call.objects.count() == 2
