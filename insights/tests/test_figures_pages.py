import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contact_center.catalogue import FORMULAS
from contact_center.catalogue.bands import OF_WAITS
from contact_center.figures import figures, lists, refresh
from contact_center.figures.definitions import BY_KEY, Counts, Ratio, parameters_in_settings, value_of
from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, Chosen
from contact_center.models import Call, Contact, TollFreeLine
from contact_center.tests.factories import (
    AgentFactory,
    CallFactory,
    ContactFactory,
    DayCountFactory,
    JoinedContactFactory,
    TopicFactory,
)
from contact_center.tests.random_days import World
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from insights import figures_page as page

pytestmark = pytest.mark.django_db

YEARS = Period(date(2019, 1, 1), date(2020, 12, 31))
MAY = {"from": "2026-05-01", "to": "2026-05-31"}


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


# --- Who may


@pytest.mark.parametrize("name", ["figures", "calls", "figures_csv", "figures_xlsx"])
def test_a_visitor_is_sent_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["figures", "calls", "figures_csv", "figures_xlsx"])
@pytest.mark.parametrize("role", [None, roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_other_roles_are_refused(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["figures", "calls", "figures_csv", "figures_xlsx"])
@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_managers_auditors_and_administrators_are_let_in(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["figures", "calls", "figures_csv", "figures_xlsx"])
def test_nothing_can_be_posted(client, manager, name):
    assert client.post(reverse(name)).status_code == 405


# --- Every number opens the list of what it counts


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("seed", [21, 22])
def test_each_list_has_as_many_rows_as_its_number(settings, formula, seed):
    settings.SERVICE_LEVEL_FORMULA = formula
    world = World(seed)
    for _ in range(70):
        world.call()
        world.written()
    refresh()
    today, user, parameters = date(2020, 3, 5), UserFactory(role=roles.MANAGER), parameters_in_settings()
    line, topic, agent = world.lines[0], world.topics[1], world.agents[0]
    for chosen in (
        Chosen(),
        Chosen(line=line),
        Chosen(topic=topic),
        Chosen(agent=agent),
        Chosen(team=agent.team),
        Chosen(channel="email"),
        Chosen(line=WITHOUT),
        Chosen(topic=WITHOUT),
        Chosen(agent=WITHOUT),
        Chosen(team=WITHOUT),
    ):
        found = figures(
            YEARS,
            line=chosen.line,
            topic=chosen.topic,
            agent=chosen.agent,
            team=chosen.team,
            channel=chosen.channel,
            today=today,
        ).totals
        counts = {
            kind: lists.rows_behind(kind, YEARS, chosen, parameters, user=user, today=today).count()
            if lists.is_known(kind, chosen, parameters)
            else None
            for kind in lists.LISTS.keys() - {count.key for count in OF_WAITS}  # half hours alone count them
        }
        assert counts == _numbers(found, formula)


def _numbers(counts: Counts, formula: str) -> dict[str, int | None]:
    level = value_of(BY_KEY["service_level"], counts, formula)
    abandonment = value_of(BY_KEY["abandonment"], counts, formula)
    assert isinstance(level, Ratio)
    assert isinstance(abandonment, Ratio)
    return {
        "offered": counts.offered,
        "answered": counts.answered,
        "wait_known": counts.waits_known,
        "talk_known": counts.talks_known,
        "abandoned": counts.abandoned,
        "short_abandoned": counts.short_abandoned,
        "abandoned_later": abandonment.numerator,
        "offered_less_short": abandonment.denominator,
        "exited": counts.exited,
        "turned_away": counts.turned_away,
        "service_level": level.numerator,
        "service_level_base": level.denominator,
        "handled": counts.handled,
        "first_level": counts.first_level,
        "not_first_level": (counts.handled or 0) - (counts.first_level or 0),
        "first_level_held": (counts.first_level or 0) - (counts.first_level_repeated or 0),
        "first_level_repeated": counts.first_level_repeated,
        "repeated": counts.repeated,
        "not_coded": counts.not_coded,
        "confirmed_asked": counts.confirmed_asked,
        "confirmed": counts.confirmed,
        "provisional": counts.provisional,
        "escalated": counts.escalated,
        "escalated_authority": counts.escalated_authority,
        "escalated_knowledge": counts.escalated_knowledge,
        "escalated_system_down": counts.escalated_system_down,
        "escalated_other_office": counts.escalated_other_office,
        "escalated_not_stated": counts.escalated_not_stated,
        "reopened": counts.reopened,
        "sent_back": counts.sent_back,
        "ever_escalated": counts.ever_escalated,
    }


def test_every_card_s_list_counts_its_numerator_and_denominator(client, manager):
    world = World(5)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    query = {"from": "2019-01-01", "to": "2020-12-31"}
    cards = client.get(reverse("figures"), query).context["cards"]
    for card in cards:
        if card["denominator"] is None:
            assert _rows_of(client, card["list_url"]) == int(card["value"].replace(".", ""))
        elif not card["key"].endswith("_seconds"):
            assert _rows_of(client, card["numerator_url"]) == int(card["numerator"].replace(".", ""))
        if card["denominator"] is not None:
            assert _rows_of(client, card["denominator_url"]) == int(card["denominator"].replace(".", ""))


@pytest.mark.parametrize("by", ["line", "channel", "topic", "agent", "team", "month", "day"])
def test_every_count_of_the_breakdown_opens_its_list(client, manager, by):
    world = World(6)
    for _ in range(25):
        world.call()
        world.written()
    refresh()
    query = {"from": "2019-12-01", "to": "2020-03-31", "by": by}
    table = client.get(reverse("figures"), query).context["breakdown"]["table"]
    plain = [
        place
        for place, (_column, figure) in enumerate(page.COLUMNS)
        if figure.key in ("handled", "offered", "abandoned")
    ]
    for row in table["rows"]:
        for place in plain:
            cell = row["cells"][place]
            if cell["url"] is None:
                assert (by in ("topic", "agent", "team"), cell["text"]) == (True, "n.d.")
            else:
                assert (row["label"], _rows_of(client, cell["url"])) == (row["label"], int(cell["text"]))


def _rows_of(client, url: str) -> int:
    response = client.get(url + "&format=csv")
    return len(list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))) - 1


def test_cards_of_the_first_level_open_the_contacts_that_they_leave_out(client, manager):
    CallFactory(contact__outcome="resolved")
    CallFactory(contact__outcome="unresolved", contact__address="+393331110009")
    refresh()
    coded, corrected = client.get(reverse("figures"), MAY).context["cards"][:2]
    assert (coded["others"]["text"], _rows_of(client, coded["others"]["url"])) == ("1 non risolti al primo livello", 1)
    assert _rows_of(client, corrected["others"]["url"]) == 0


def test_contacts_not_resolved_at_first_level_are_counted_by_reason(client, manager):
    CallFactory(contact__outcome="resolved")
    for number, contact in enumerate(
        [
            {"level": 2, "escalation": "authority"},
            {"level": 2, "escalation": "authority", "outcome": "resolved"},
            {"outcome": ""},
            {"outcome": "unresolved"},
            {"outcome": "resolved", "reopened_count": 1},
            {"outcome": "dropped"},
        ]
    ):
        ContactFactory(closed=True, address=f"{number}@x.it", **contact)
    refresh()
    response = client.get(reverse("figures"), MAY, headers={"accept-language": "en"})
    rows = response.context["misses"]["rows"]
    assert [(row["label"], row["cells"][0]["text"]) for row in rows] == [
        (Contact.Escalation.AUTHORITY.label, "2"),
        ("not coded", "1"),
        ("reopened since", "1"),
        ("not resolved, nor escalated", "1"),
        ("Total", "5"),
    ]
    assert _rows_of(client, rows[-1]["cells"][0]["url"]) == 5
    assert [_rows_of(client, row["cells"][0]["url"]) for row in rows[:-1]] == [2, 1, 1, 1]


def test_list_says_why_a_contact_was_not_resolved_at_first_level(client, manager):
    ContactFactory(closed=True, level=2, escalation="knowledge")
    refresh()
    query = MAY | {"figure": "not_first_level"}
    [row] = client.get(reverse("calls"), query).context["rows"]
    assert row["reason"] == str(Contact.Escalation.KNOWLEDGE.label)
    [written] = csv.DictReader(io.StringIO(b"".join(client.get(reverse("calls"), query | {"format": "csv"})).decode()))
    assert written["reason"] == "knowledge"


@pytest.mark.parametrize("figure", ["offered", "abandoned", "service_level"])
def test_list_of_what_is_not_known_by_topic_is_not_found(client, manager, figure):
    topic = CallFactory(contact__topic=TopicFactory()).contact.topic
    refresh()
    assert client.get(reverse("calls"), MAY | {"topic": topic.code, "figure": figure}).status_code == 404
    assert client.get(reverse("calls"), MAY | {"topic": topic.code}).context["rows"] != []


def test_the_page_says_why_some_figures_are_not_there_by_topic(client, manager):
    topic = CallFactory(contact__topic=TopicFactory()).contact.topic
    CallFactory(abandoned=True)
    refresh()
    response = client.get(reverse("figures"), MAY | {"topic": topic.code})
    values = {card["key"]: (card["value"], card["list_url"]) for card in response.context["cards"]}
    assert (values["abandonment"], values["offered"]) == (("n.d.", None), ("n.d.", None))
    assert page.only_of_all_calls() in response.content.decode()


# --- Mass events


def _closed_contacts_one_of_an_event():
    contacts = [
        ContactFactory(
            started_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
            state="closed",
            closed_at=datetime(2026, 5, 4, 9, tzinfo=UTC),
            outcome=outcome,
            channel="email",
        )
        for outcome in ("resolved", "resolved", "unresolved")
    ]
    JoinedContactFactory(contact=contacts[-1])
    refresh()


def test_the_page_says_how_many_contacts_belong_to_mass_events_and_first_level_without_them(client, manager):
    _closed_contacts_one_of_an_event()
    found = client.get(reverse("figures"), MAY).context["mass_events"]
    assert (found["count"], found["share"], found["without"]) == ("1", "33,33 %", "100,00 %")
    assert _rows_of(client, found["list_url"]) == 1
    apart = client.get(found["without_url"])
    assert (apart.context["mass_events"], apart.context["cards"][0]["value"]) == (None, "100,00")


def test_lists_and_exports_go_with_the_choice_of_mass_events(client, manager):
    _closed_contacts_one_of_an_event()
    page_of_events = client.get(reverse("figures"), MAY | {"events": "only"})
    assert all("events=only" in one["url"] for one in page_of_events.context["exports"])
    assert page_of_events.context["tabs"][0]["url"].count("events=only") == 1
    listed = client.get(reverse("calls"), MAY | {"events": "only", "figure": "handled"})
    assert "solo eventi di massa" in [chip["label"] for chip in listed.context["chips"]]
    assert client.get(reverse("figures"), MAY | {"events": "some"}).status_code == 400


# --- Counters of another system


def test_the_page_marks_what_is_known_from_counters_alone_and_defines_it(client, manager):
    line = TollFreeLine.objects.get(code="campers")
    DayCountFactory(line=line)
    CallFactory(line=TollFreeLine.objects.get(code="claims"))
    refresh()
    response = client.get(reverse("figures"), MAY)
    assert response.context["from_counters"] == {"offered": "10", "days": "1", "sources": "centralino"}
    labels = [row["label"] for row in response.context["breakdown"]["table"]["rows"]]
    assert [label.endswith("*") for label in labels] == [False, True, False]
    assert "counters" in [one["key"] for one in response.context["definitions"]]
    assert response.context["breakdown"]["counters_note"]


def test_first_level_of_counters_alone_is_not_known(client, manager):
    DayCountFactory(line=TollFreeLine.objects.get(code="campers"))
    refresh()
    response = client.get(reverse("figures"), MAY)
    assert [card["value"] for card in response.context["cards"][:2]] == ["n.d.", "n.d."]


# --- The page


def test_the_page_asks_as_much_for_three_lines_as_for_one(client, manager, django_assert_num_queries):
    lines = list(TollFreeLine.objects.all())
    CallFactory(line=lines[0])
    refresh()
    client.get(reverse("figures"), MAY)
    with django_assert_num_queries(13):
        client.get(reverse("figures"), MAY)
    for line in lines:
        CallFactory(line=line, contact__topic=TopicFactory())
    refresh()
    with django_assert_num_queries(13):
        client.get(reverse("figures"), MAY)


def test_the_page_shows_a_share_with_its_numerator_and_denominator(client, manager):
    CallFactory(contact__outcome="resolved")
    CallFactory(contact__outcome="unresolved", contact__address="+393331110009")
    refresh()
    card = client.get(reverse("figures"), MAY).context["cards"][0]
    assert (card["key"], card["value"], card["unit"], card["numerator"], card["denominator"]) == (
        "first_level_coded",
        "50,00",
        "%",
        "1",
        "2",
    )


def test_the_page_says_nothing_for_a_share_of_nothing(client, manager):
    CallFactory(abandoned=True)
    refresh()
    values = {card["key"]: card["value"] for card in client.get(reverse("figures"), MAY).context["cards"]}
    assert (values["first_level_coded"], values["service_level"]) == (page.Numbers().nothing, "0,00")


def test_the_page_writes_numbers_in_english_too(client, manager):
    CallFactory(contact__outcome="resolved")
    refresh()
    response = client.get(reverse("figures"), MAY, headers={"accept-language": "en"})
    assert response.context["cards"][0]["value"] == "100.00"


def test_the_page_compares_with_the_year_before(client, manager):
    CallFactory(contact__outcome="resolved")
    for outcome in ("resolved", "unresolved"):
        CallFactory(
            queued_at=datetime(2025, 5, 4, 8, tzinfo=UTC), contact__outcome=outcome, contact__address=f"{outcome}@x.it"
        )
    refresh()
    card = client.get(reverse("figures"), MAY).context["cards"][0]
    assert (card["delta_points"], card["delta_percent"], card["direction"], card["previous_value"]) == (
        "+50,00",
        "+100,00",
        "better",
        "50,00 %",
    )


def test_without_dates_the_page_shows_the_last_year_with_figures_and_says_so(client, manager):
    CallFactory(queued_at=datetime(2019, 5, 4, 8, tzinfo=UTC))
    refresh()
    period = client.get(reverse("figures")).context["period"]
    assert (period["from"], period["to"]) == (date(2019, 1, 1), date(2019, 12, 31))
    assert period["label"].startswith("2019 (")


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2019-12-31", "to": "2019-01-01"},
        {"from": "2019-02-30", "to": "2019-03-01"},
        {"from": "2019-01-01"},
        {"from": "1900-01-01", "to": "1900-12-31"},
        {"from": "2019-01-01", "to": "2999-12-31"},
        {**MAY, "line": "nessuna"},
        {**MAY, "by": "moon"},
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(client, manager, query):
    response = client.get(reverse("figures"), query)
    assert response.status_code == 400
    assert response.context["filters"].errors


def test_topics_with_agents_are_refused_with_a_sentence(client, manager):
    query = {**MAY, "topic": TopicFactory().code, "agent": AgentFactory().code}
    response = client.get(reverse("figures"), query)
    assert (response.status_code, len(response.context["filters"].non_field_errors())) == (400, 1)


def test_a_page_without_calls_has_no_cards(client, manager):
    assert client.get(reverse("figures"), MAY).context["cards"] == []


def test_the_first_level_chart_has_a_point_for_each_month_and_one_for_none(client, manager):
    CallFactory(contact__outcome="resolved")
    refresh()
    query = {"from": "2026-04-01", "to": "2026-06-30"}
    chart = client.get(reverse("figures"), query).context["charts"][0]
    assert [(one["role"], one["values"]) for one in chart["data"]["series"]] == [
        ("coded", [None, 100.0, None]),
        ("corrected", [None, 100.0, None]),
        ("coded_before", [None, None, None]),
        ("corrected_before", [None, None, None]),
    ]


def test_bars_of_a_month_add_up_to_the_calls_offered(client, manager):
    CallFactory()
    CallFactory(abandoned=True)
    CallFactory(abandoned=True, wait_seconds=3)
    CallFactory(abandoned=True, disposition="key_exit")
    refresh()
    chart = client.get(reverse("figures"), {"from": "2026-05-01", "to": "2026-06-30"}).context["charts"][1]
    assert sum(one["values"][0] for one in chart["data"]["series"]) == 4


def test_one_month_alone_has_no_chart(client, manager):
    CallFactory()
    refresh()
    assert client.get(reverse("figures"), MAY).context["charts"] == []


def test_a_period_that_ends_before_it_begins_is_refused_with_the_days_as_italians_write_them(client, manager):
    response = client.get(reverse("figures"), {"from": "2019-05-01", "to": "2019-03-31"})
    assert response.context["filters"].errors["to"] == [
        "Il periodo finisce (31/03/2019) prima di cominciare (01/05/2019)."
    ]


def test_a_month_cut_by_the_period_lists_its_days_only(client, manager):
    CallFactory(abandoned=True)
    CallFactory(abandoned=True, queued_at=datetime(2026, 5, 20, 8, tzinfo=UTC))
    refresh()
    query = {"from": "2026-05-10", "to": "2026-06-10"}
    chart = client.get(reverse("figures"), query).context["charts"][1]
    assert _rows_of(client, chart["table"]["rows"][0]["cells"][0]["url"]) == 1


def test_more_agents_than_fit_are_summed_in_one_row(client, manager, monkeypatch):
    monkeypatch.setattr(page, "ROWS_SHOWN", 1)
    for _ in range(3):
        CallFactory(contact=None)
    refresh()
    rows = client.get(reverse("figures"), {**MAY, "by": "agent"}).context["breakdown"]["table"]["rows"]
    assert [row["cells"][6]["text"] for row in rows] == ["1", "2", "3"]


# --- The lists


def test_a_list_is_turned_page_by_page_in_both_directions(client, manager, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    line = TollFreeLine.objects.first()
    for wait in range(5):  # all of the same moment; the newest has the longest wait
        CallFactory(abandoned=True, line=line, wait_seconds=wait)
    url, seen, back = reverse("calls") + "?from=2026-05-01&to=2026-05-31", [], []
    while url:
        context = client.get(url).context
        seen.append([row["wait"] for row in context["rows"]])
        last, url = url, context["page"]["next_url"]
    url = last
    while url:
        context = client.get(url).context
        back.insert(0, [row["wait"] for row in context["rows"]])
        url = context["page"]["previous_url"]
    assert seen == [["0:04", "0:03"], ["0:02", "0:01"], ["0:00"]]
    assert back == seen


def test_a_wait_that_is_not_known_is_shown_as_none(client, manager):
    CallFactory(abandoned=True, wait_seconds=None)
    assert [row["wait"] for row in client.get(reverse("calls"), MAY).context["rows"]] == [None]


def test_a_list_asks_as_much_for_three_rows_as_for_one(client, manager, django_assert_num_queries):
    CallFactory(contact__topic=TopicFactory())
    refresh()
    client.get(reverse("calls"), MAY)
    with django_assert_num_queries(5):
        client.get(reverse("calls"), MAY)
    CallFactory(contact__topic=TopicFactory()), CallFactory(abandoned=True)
    with django_assert_num_queries(5):
        client.get(reverse("calls"), MAY)


def test_a_contact_list_asks_as_much_for_three_rows_as_for_one(client, manager, django_assert_num_queries):
    CallFactory(contact__topic=TopicFactory())
    query = {**MAY, "figure": "handled"}
    client.get(reverse("calls"), query)
    with django_assert_num_queries(5):
        client.get(reverse("calls"), query)
    CallFactory(contact__topic=TopicFactory()), ContactFactory()
    with django_assert_num_queries(5):
        client.get(reverse("calls"), query)


@pytest.mark.parametrize("query", [{"figure": "moon"}, {"from": "2020-01-01", "to": "2019-01-01"}, {"line": "x"}])
def test_a_list_that_does_not_exist_is_not_found(client, manager, query):
    assert client.get(reverse("calls"), {**MAY, **query}).status_code == 404


@pytest.mark.parametrize(
    "place", ["", "x", "o.1", "o.x.y", "o.99999999999999999999999.1", "n.1.99999999999999999999999"]
)
def test_a_place_that_cannot_be_read_is_the_first_page(client, manager, place):
    CallFactory()
    response = client.get(reverse("calls"), {**MAY, "place": place})
    assert (response.status_code, len(response.context["rows"])) == (200, 1)


def test_a_list_goes_by_the_thresholds_of_its_number(client, manager, settings):
    CallFactory(abandoned=True, wait_seconds=8)
    refresh()
    settings.SHORT_ABANDON_SECONDS = 10
    assert _rows_of(client, reverse("calls") + "?from=2026-05-01&to=2026-05-31&figure=short_abandoned") == 0


def test_a_list_and_its_csv_name_nobody_and_mask_the_telephone(client, manager):
    contact = ContactFactory(customer=CustomerFactory(last_name="Innominati"), address="+393331234567", closed=True)
    page = client.get(reverse("calls"), {**MAY, "figure": "handled"}).content.decode()
    response = client.get(reverse("calls"), {**MAY, "figure": "handled", "format": "csv"})
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert ("Innominati" in page, contact.customer.code in page, "1234567" in page) == (False, True, False)
    assert (row["customer"], row["address"]) == (contact.customer.code, "•••567")


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_in_a_list(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))  # who sees what was given as it was given
    ContactFactory(address="=HYPERLINK(1)", closed=True)
    response = client.get(reverse("calls"), {**MAY, "figure": "handled", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row["address"] for row in rows] == ["'=HYPERLINK(1)"]


# --- Exports


def test_the_csv_has_a_row_per_group_with_numerators_and_denominators(client, manager):
    line = TollFreeLine.objects.get(code="campers")
    CallFactory(line=line, contact__outcome="resolved")
    refresh()
    rows = list(csv.DictReader(io.StringIO(client.get(reverse("figures_csv"), MAY).content.decode())))
    assert [
        (
            row["key"],
            row["first_level_coded_numerator"],
            row["first_level_coded_denominator"],
            row["first_level_coded"],
        )
        for row in rows
    ] == [("campers", "1", "1", "1.000000")]


def test_the_spreadsheet_opens_and_has_the_same_numbers(client, manager):
    CallFactory(line=TollFreeLine.objects.get(code="campers"))
    refresh()
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("figures_xlsx"), MAY).content))
    sheet = book["figures"]
    header, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    found = dict(zip(header, row, strict=True))
    assert (found["key"], found["offered"], found["service_level"]) == ("campers", 1, 1)


def test_a_name_that_a_spreadsheet_would_run_is_disarmed_in_both_exports(client, manager):
    CallFactory(contact=None, agent=AgentFactory(name="=1+1", code="cattivo"))
    refresh()
    query = {**MAY, "by": "agent"}
    rows = list(csv.DictReader(io.StringIO(client.get(reverse("figures_csv"), query).content.decode())))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("figures_xlsx"), query).content))
    assert (rows[0]["label"], book["figures"]["D2"].value) == ("'=1+1", "'=1+1")


# --- Numbers in words


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2019-01-01", "2019-12-31", ("2018-01-01", "2018-12-31")),
        ("2020-02-01", "2020-02-29", ("2019-02-01", "2019-02-28")),
        ("2021-02-01", "2021-02-28", ("2020-02-01", "2020-02-29")),
        ("2020-02-29", "2020-02-29", ("2019-02-28", "2019-02-28")),
        ("2021-02-27", "2021-03-15", ("2020-02-27", "2020-03-15")),
        ("2025-02-28", "2025-02-28", ("2024-02-28", "2024-02-28")),
        ("2025-02-20", "2025-02-28", ("2024-02-20", "2024-02-28")),
        ("2025-01-01", "2025-02-28", ("2024-01-01", "2024-02-29")),
    ],
)
def test_a_year_before_has_the_same_dates_and_the_same_ends_of_months(start, end, before):
    found = Period(date.fromisoformat(start), date.fromisoformat(end)).a_year_before()
    assert (found.start.isoformat(), found.end.isoformat()) == before


def test_handling_time_is_written_in_minutes():
    handling_time = value_of(BY_KEY["aht_seconds"], Counts(answered=2, talks_known=2, talk_seconds=541), "F4")
    assert page.Numbers().minutes(handling_time) == "4:31"


def test_calls_in_progress_are_on_no_list(client, manager):
    CallFactory(disposition=Call.Disposition.OPEN, ended_at=None)
    for kind in lists.LISTS:
        assert (kind, _rows_of(client, f"{reverse('calls')}?from=2026-05-01&to=2026-05-31&figure={kind}")) == (kind, 0)


def test_a_csv_for_excel_opens_by_a_double_click_in_italy(client, manager):
    CallFactory(contact__outcome="resolved")
    refresh()
    content = client.get(reverse("figures_csv"), MAY | {"for": "excel"}).content
    [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert (content[:3], row["first_level_coded"], row["from"]) == (b"\xef\xbb\xbf", "1,000000", "2026-05-01")
    lines = b"".join(client.get(reverse("calls"), MAY | {"format": "csv", "for": "excel"})).decode()
    assert lines.startswith("\ufeffarrived_at;channel;")


def test_a_control_character_in_a_name_breaks_neither_page_nor_file(client, manager):
    CallFactory(contact__topic=TopicFactory(name="Polizza\x0bauto"))
    refresh()
    query = MAY | {"by": "topic"}
    for name in ("figures", "figures_csv"):
        assert client.get(reverse(name), query).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("figures_xlsx"), query).content))
    assert "Polizza auto" in [row[3] for row in book["figures"].iter_rows(values_only=True)]


@pytest.mark.parametrize("text", ["Polizza\x0bauto", "Polizza\nauto", "Polizza\x00"])
def test_a_name_with_a_control_character_is_not_taken(text):
    with pytest.raises(ValidationError):
        TopicFactory.build(name=text, code="polizza-auto").full_clean()


def test_escalations_are_shown_by_reason_each_with_its_list_and_its_share_of_a_year_before(client, manager):
    for number, reason in enumerate(["knowledge", "authority", "knowledge", "knowledge"]):
        ContactFactory(closed=True, address=f"{number}@x.it", level=2, escalation=reason)
    ContactFactory(
        closed=True,
        address="prima@x.it",
        level=2,
        escalation="authority",
        started_at=datetime(2025, 5, 4, 8, tzinfo=UTC),
    )
    refresh()
    [split] = client.get(reverse("figures"), MAY, headers={"accept-language": "en"}).context["splits"]
    rows = [(row["label"], *(cell["text"] for cell in row["cells"])) for row in split["table"]["rows"]]
    assert rows == [
        ("missing knowledge", "3", "75.00 %", "0.00 %"),
        ("missing authority", "1", "25.00 %", "100.00 %"),
        ("system down", "0", "0.00 %", "0.00 %"),
        ("another office decides", "0", "0.00 %", "0.00 %"),
        ("reason not stated", "0", "0.00 %", "0.00 %"),
        ("Total", "4", "100.00 %", "100.00 %"),
    ]
    assert [_rows_of(client, row["cells"][0]["url"]) for row in split["table"]["rows"]] == [3, 1, 0, 0, 0, 4]


def test_without_escalations_there_is_no_table_of_their_reasons(client, manager):
    ContactFactory(closed=True)
    refresh()
    assert client.get(reverse("figures"), MAY).context["splits"] == []


# --- Finding
@pytest.mark.parametrize("name", ["figures", "calls"])
def test_the_search_over_everything_is_a_key_away(client, manager, name):
    page = client.get(reverse(name)).content.decode()
    assert f'<a href="{reverse("find")}" aria-keyshortcuts="Control+K Meta+K" data-keys>' in page
    assert "js/link_keys" in page
