"""The half-year return in the back office and on the site: halves, draft, frozen tables, corrections, files, statement."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from complaints.models import BranchFigure, HalfYearReturn, MarketFigure
from complaints.returns import rules
from complaints.returns.freezing import freeze_return, publish_statement
from complaints.returns.halves import Half
from complaints.returns.queries import entries_behind, entries_of, line_in, measure_in, rows_behind
from complaints.returns.rates import per_contracts, per_million, rates_of
from complaints.returns.statement import statement_of
from complaints.services import classify
from complaints.tests.factories import BranchFigureFactory
from complaints.tests.test_freezing_returns import AFTER, HALF, classified, closed_in_the_past, past
from customers import roles
from customers.tests.factories import UserFactory
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db

LIST = "admin:complaints_halfyearreturn_changelist"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def office(client, manager):
    client.force_login(manager)
    return client


def a_varied_half():
    classified()
    classified(answered=True, intermediary_kind="bank", about_conduct=True, intermediary_stated="Banca Alfa")
    classified(area="commercial", ramo="I", treatable=False, not_treatable_reason="x", not_treatable_cause="court")
    classified(received_on=date(2025, 12, 20), answered=True, outcome="upheld", ramo="8")
    first = classified(received_on=date(2026, 3, 1), distribution="broker")
    classified(received_on=date(2026, 5, 1), follows=first)


# --- From the draft to the frozen return ------------------------------------------------------------------------------
def test_the_list_shows_each_half_with_its_day_and_state(office, clock):
    classified(received_on=date(2025, 11, 1))
    freeze_return(Half(2025, 2), by=None)
    page = office.get(reverse(LIST))
    assert [(each.half.name, each.tone) for each in page.context["halves"]] == [
        ("2026H2", ""),
        ("2026H1", "warn"),
        ("2025H2", "good"),
    ]
    clock.move_to(datetime(2026, 8, 30, 9, tzinfo=UTC))
    assert office.get(reverse(LIST)).context["halves"][1].tone == "bad"


def test_the_draft_lists_what_blocks_with_links(office):
    complaint = classified(distribution="")
    page = office.get(reverse("admin:complaints_halfyearreturn_draft", args=["2026H1"]))
    address = reverse("admin:complaints_complaint_change", args=[complaint.pk])
    assert [(number, url) for number, url, _lacks in page.context["blocked"]] == [(complaint.number, address)]
    refused = send_command(
        office, reverse("admin:complaints_halfyearreturn_list_command", args=["fissa"]), {"half": "2026H1"}
    )
    assert refused.status_code == 409
    assert not HalfYearReturn.objects.exists()


def test_the_pages_say_from_when_on_returns_are_made_here_and_how_many_came_from_past_registers(office):
    classified()
    past("1")
    closed_in_the_past("2", answered_at=None)
    assert "2026H1" in office.get(reverse(LIST)).context["since"]
    page = office.get(reverse("admin:complaints_halfyearreturn_draft", args=["2026H1"]))
    assert (page.context["since"], page.context["past"][:1]) == ("", "2")
    assert [number for number, _url, _lacks in page.context["blocked"]] == ["prec. 2"]
    early = office.get(reverse("admin:complaints_halfyearreturn_draft", args=["2025H2"]))
    assert "2026H1" in early.context["since"]
    received = office.get(reverse("admin:complaints_halfyearreturn_rows"), {"half": "2026H1", "measure": "received"})
    assert [number for number, _url, _values in received.context["rows"]][1:] == ["prec. 1", "prec. 2"]


def test_an_officer_enters_what_the_file_lacked_on_the_page_of_the_entry(client):
    client.force_login(UserFactory(role=roles.COMPLAINT_OFFICER))
    entry = closed_in_the_past("2", answered_at=None)
    address = reverse("admin:complaints_complaint_command", args=[entry.pk, "completa"])
    assert [*client.get(address).context["form"].fields] == ["closed_on", "source"]
    assert send_command(client, address, {"closed_on": "2026-02-21", "source": "Lettera."}).status_code == 302
    entry.refresh_from_db()
    assert entry.answered_at.date() == date(2026, 2, 21)
    assert client.get(address).context["form"] is None


def test_a_manager_freezes_and_the_page_shows_the_tables(office, manager):
    a_varied_half()
    address = reverse("admin:complaints_halfyearreturn_list_command", args=["fissa"])
    sent = send_command(office, address, {"half": "2026H1"})
    frozen = HalfYearReturn.objects.get()
    assert (sent.status_code, frozen.by) == (302, manager)
    page = office.get(sent.url)
    assert page.status_code == 200
    assert [table.key for table in page.context["tables"]][:3] == ["whole", "business", "ramo"]
    assert page.context["market"]


@pytest.mark.parametrize(
    ("role", "may"), [(roles.COMPLAINT_OFFICER, False), (roles.AUDITOR, False), (roles.MANAGER, True)]
)
def test_officers_and_auditors_read_and_managers_freeze(client, role, may):
    client.force_login(UserFactory(role=role))
    classified()
    assert client.get(reverse("admin:complaints_halfyearreturn_draft", args=["2026H1"])).status_code == 200
    command = client.get(reverse("admin:complaints_halfyearreturn_list_command", args=["fissa"]))
    assert command.status_code == (200 if may else 403)


def test_every_number_leads_to_as_many_complaints(office):
    a_varied_half()
    closed_in_the_past("1")
    past("2", ramo="8")
    frozen = freeze_return(HALF, by=None)
    entries = entries_of(frozen)
    asked = 0
    for table, lines in [("", [None]), *rules.tables_in(frozen.tables)]:
        for line in lines:
            cells = line["cells"] if line else frozen.tables["whole"]
            words = line["words"] if line else ()
            for key in (*(each["key"] for each in frozen.tables["measures"]), "answered"):
                if not cells or not cells[key]:
                    continue
                measure = measure_in(frozen.tables, key)
                behind = entries_behind(entries, HALF, measure, table=table, words=words)
                rows = rows_behind(frozen, measure, table=table, words=words)
                assert len(behind) == cells[key], (table, line, key)
                assert [row.complaint_id for row in rows] == [each.complaint_id for each in behind], (table, line, key)
                asked += 1
    assert asked > 60


def test_the_page_behind_a_number_lists_its_complaints_as_they_were_frozen(office, manager):
    complaint = classified()
    frozen = freeze_return(HALF, by=None)
    classify(complaint, by=manager, changes={"area": "commercial"})
    line = line_in(frozen.tables, "area", "liquidativa")
    assert line is not None
    asked = {"half": "2026H1", "revision": 1, "table": "area", "line": "liquidativa", "measure": "received"}
    address = reverse("admin:complaints_halfyearreturn_rows")
    page = office.get(address, asked)
    assert [number for number, _url, _values in page.context["rows"]] == [complaint.number]
    draft = {name: value for name, value in asked.items() if name != "revision"}
    assert office.get(address, draft).context["rows"] == []
    for wrong in ({"half": "x"}, {"measure": "x"}, {"table": "x"}, {"line": "x"}, {"revision": 9}):
        assert office.get(address, asked | wrong).status_code == 404


def test_corrections_are_a_page_of_their_own_and_become_a_revision(office, manager):
    complaint = classified()
    frozen = freeze_return(HALF, by=None)
    address = reverse("admin:complaints_halfyearreturn_corrections", args=[frozen.pk])
    assert office.get(address).context["corrections"] == []
    classify(complaint, by=manager, changes={"area": "commercial"})
    (correction,) = office.get(address).context["corrections"]
    assert (correction.number, len(correction.changes)) == (complaint.number, 1)
    command = reverse("admin:complaints_halfyearreturn_command", args=[frozen.pk, "rivedi"])
    sent = send_command(office, command, {"reason": "Area errata."})
    assert office.get(sent.url).context["differences"][0].number == complaint.number
    assert office.get(command).status_code == 409


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf", "xml"])
def test_files_are_downloaded_as_they_were_made(office, kind):
    frozen = freeze_return(HALF, by=None)
    response = office.get(reverse("admin:complaints_halfyearreturn_file", args=[frozen.pk, kind]))
    assert response.content == bytes(getattr(HalfYearReturn.objects.get(), kind))
    assert f"reclami-2026H1-r1.{kind}" in response["Content-Disposition"]
    assert office.get(reverse("admin:complaints_halfyearreturn_file", args=[frozen.pk, "exe"])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_return_asks_the_same_whatever_its_size(office, number, django_assert_max_num_queries):
    for _turn in range(number):
        classified()
    frozen = freeze_return(HALF, by=None)
    with django_assert_max_num_queries(16):
        office.get(reverse("admin:complaints_halfyearreturn_change", args=[frozen.pk]))


# --- Rates ------------------------------------------------------------------------------------------------------------
def test_rates_are_exact_and_nothing_entered_is_no_rate():
    assert per_million(120, Decimal(480_000_000)) == Decimal("0.50")
    assert per_contracts(312, 1_200_000) == Decimal("2.60")
    assert (per_million(3, None), per_contracts(3, None), per_million(3, Decimal(0))) == (None, None, None)
    assert per_contracts(0, 10) == Decimal("0.00")


def test_a_segment_has_a_rate_only_where_each_branch_has_its_figures():
    classified(ramo="8")
    classified(ramo="13")
    BranchFigureFactory(year=2026, ramo="8", contracts=1_000)
    frozen = freeze_return(HALF, by=None)
    rates = {line["key"]: rate for line, rate in rates_of(frozen.tables, HALF)}
    assert (rates["8"].per_contracts, rates["8"].year) == (Decimal("10.00"), 2026)
    assert rates["other_non_life"].per_contracts is None
    BranchFigure.objects.create(year=2026, ramo="13", contracts=1_000, source="x")
    rates = {line["key"]: rate for line, rate in rates_of(frozen.tables, HALF)}
    assert rates["other_non_life"].per_contracts == Decimal("10.00")


def test_what_was_published_of_the_market_is_there_with_its_source():
    figure = MarketFigure.objects.get(period="2024H1")
    assert (figure.complaints, figure.upheld_share, figure.source) == (62_330, 33, "tuttointermediari.it, 2024")


# --- The statement ----------------------------------------------------------------------------------------------------
def published(manager, clock):
    a_varied_half()
    freeze_return(HALF, by=manager)
    clock.move_to(datetime(2027, 1, 10, 9, tzinfo=UTC))
    classified(received_on=date(2026, 9, 1))
    freeze_return(Half(2026, 2), by=manager)
    return publish_statement(2026, by=manager)


def test_the_site_shows_nothing_before_a_statement_is_published(client):
    assert client.get(reverse("complaint_statement")).context["statement"] is None
    assert client.get(reverse("complaint_statement_year", args=[2026])).status_code == 404


def test_the_statement_equals_the_returns_to_the_digit(client, manager, clock):
    statement = published(manager, clock)
    page = client.get(reverse("complaint_statement_year", args=[2026])).context["statement"]
    halves = [statement.first.tables, statement.second.tables]
    figures = {name: values for name, *values in page.figures}
    for name, key in (("pervenuti", "received"), ("chiusi", "closed")):
        numbers = [each["whole"][key] for each in halves]
        assert figures[name] == [str(each) for each in (*numbers, sum(numbers))]
    shown = {table.name: {name: values for name, *values in table.lines} for table in page.tables}
    for table, name in (("area", "Per area aziendale"), ("business", "Per comparto")):
        for line in halves[0]["tables"][table]:
            again = line_in(halves[1], table, line["key"])
            numbers = [line["cells"]["received"], again["cells"]["received"]]
            assert shown[name][line["name"]] == [str(each) for each in (*numbers, sum(numbers))]


def test_a_statement_is_made_of_what_was_frozen_and_not_of_the_register(client, manager, clock):
    statement = published(manager, clock)
    before = statement_of(statement)
    classified(received_on=date(2026, 9, 2))
    assert statement_of(statement) == before


def test_the_form_of_complaints_leads_to_the_statement(client):
    assert reverse("complaint_statement") in client.get(reverse("complaint_form")).content.decode()
