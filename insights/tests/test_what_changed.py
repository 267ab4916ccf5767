"""The page, the exports, the API and the command that explain a change."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from contact_center.figures import refresh
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen, current_parameters
from contact_center.models import Contact, DailyFigures, TollFreeLine
from contact_center.tests.factories import AgentFactory, CallFactory, TeamFactory, TopicFactory
from contact_center.tests.random_days import World
from customers import roles
from customers.tests.factories import UserFactory
from foundation.api.keys import create_key
from insights.explaining.explanation import explain
from insights.explaining.export import as_dict
from insights.explaining.sentence import cost, in_one_sentence

pytestmark = pytest.mark.django_db

APRIL, MAY = Period(date(2026, 4, 1), date(2026, 4, 30)), Period(date(2026, 5, 1), date(2026, 5, 31))
ASKED = {"from": "2026-05-01", "to": "2026-05-31", "against": "before"}
PAGES = ["what_changed", "changes_csv", "changes_xlsx"]


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER)
    client.force_login(user)
    return user


def contacts(topic, *, month: int, resolved: int, of: int, **fields) -> None:
    """Closed written contacts of a month, each of a person of its own unless an address is given."""
    rows = []
    for place in range(of):
        address = fields.get("address", f"person{topic.pk}.{month}.{place}@posta.example")
        outcome = "resolved" if place < resolved else "unresolved"
        moment = datetime(2026, month, 4 + place % 20, 9, 0, tzinfo=UTC)
        rows.append(
            Contact(
                channel="email", topic=topic, started_at=moment, state="closed", closed_at=moment + timedelta(minutes=5),
                level=1, outcome=outcome, address=address,
            )
        )  # fmt: skip
    Contact.objects.bulk_create(rows)


@pytest.fixture
def hard_and_easy():
    """The hard topic grows and is as it was; the easy one gets worse."""
    hard, easy = TopicFactory(name="Sinistri", name_en=""), TopicFactory(name="Documenti", name_en="")
    contacts(hard, month=4, resolved=30, of=40)
    contacts(hard, month=5, resolved=60, of=80)
    contacts(easy, month=4, resolved=59, of=60)
    contacts(easy, month=5, resolved=45, of=60)
    refresh()
    return hard, easy


# --- Who may


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [roles.CUSTOMER, roles.AGENT, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_other_roles_are_refused(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_managers_auditors_and_administrators_are_let_in(client, name, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(name)).status_code == 200


# --- The explanation


def test_the_change_is_taken_apart_into_mix_and_rate(hard_and_easy):
    hard, easy = hard_and_easy
    found = explain(MAY, APRIL)
    assert [(one.key, one.part.both) for one in found.groups] == [
        (easy.code, found.groups[0].part.both),
        (hard.code, found.groups[1].part.both),
    ]
    assert found.groups[1].part.rate == 0
    assert sum(one.part.both for one in found.groups) == Fraction(105, 140) - Fraction(89, 100)
    assert [one.is_rate_beyond for one in found.groups] == [True, False]


def test_the_sentence_says_it_in_words(hard_and_easy):
    with translation.override("en"):
        assert in_one_sentence(explain(MAY, APRIL)) == (
            "First level fell by 14.00 points (from 89.00 % to 75.00 %), more than chance (from −23.11 to −4.01): −2.00 from"
            " the mix of topics (above all a larger share of “Sinistri”), −12.00 from the results within the topics; only in"
            " “Documenti” did the result get worse more than chance."
        )
        assert cost(explain(MAY, APRIL)) == (
            "More than at the earlier share: 20 contacts not resolved at first level."
        )


def test_the_company_s_two_years_are_explained():
    years = ((2018, ((40_908, 39_500), (28_000, 26_886))), (2019, ((41_489, 40_831), (30_000, 29_400))))
    topics = [TopicFactory(), TopicFactory()]
    for year, counted in years:
        for topic, (handled, first_level) in zip(topics, counted, strict=True):
            counts = {"day": date(year, 6, 3), "channel": "phone", "handled": handled, "first_level": first_level}
            DailyFigures.objects.create(cut="topic", topic=topic, **counts)
        handled, first_level = (sum(one) for one in zip(*counted, strict=True))
        DailyFigures.objects.create(
            cut="line", day=date(year, 6, 3), channel="phone", handled=handled, first_level=first_level
        )
    found = explain(Period(date(2019, 1, 1), date(2019, 12, 31)), Period(date(2018, 1, 1), date(2018, 12, 31)))
    with translation.override("it"):
        assert in_one_sentence(found).startswith(
            "Il primo livello è salito di 1,90 punti (da 96,34\xa0% a 98,24\xa0%), oltre il caso".replace("\xa0", " ")
        )
    assert sum(one.part.both for one in found.groups) == found.change
    assert sum(one.mix_points + one.rate_points for one in found.groups) == found.points == 190


def test_turned_round_the_sentence_says_the_opposite(hard_and_easy):
    with translation.override("en"):
        found = explain(APRIL, MAY)
        assert in_one_sentence(found).startswith("First level rose by 14.00 points (from 75.00 % to 89.00 %)")
        assert in_one_sentence(found).endswith("only in “Documenti” did the result get better more than chance.")
        assert cost(found).startswith("Fewer than at the earlier share: 14 contacts")


def test_the_written_parts_add_up_to_the_written_change(hard_and_easy):
    found = explain(MAY, APRIL)
    assert found.mix_points + found.rate_points == found.points
    assert sum(one.mix_points for one in found.groups) == found.mix_points
    assert sum(one.rate_points for one in found.groups) == found.rate_points


def test_with_no_calls_there_is_nothing_to_compare():
    with translation.override("en"):
        assert "In neither period" in in_one_sentence(explain(MAY, APRIL))
        contacts(TopicFactory(), month=5, resolved=1, of=1)
        refresh()
        assert "In the period compared with" in in_one_sentence(explain(MAY, APRIL))
        assert "In this period" in in_one_sentence(explain(APRIL, MAY))


def test_of_one_contact_nothing_is_stated_about_chance():
    topic = TopicFactory()
    contacts(topic, month=4, resolved=1, of=1)
    contacts(topic, month=5, resolved=25, of=30)
    refresh()
    found = explain(MAY, APRIL)
    assert (found.moved, found.groups[0].rate_moved) == (None, None)
    with translation.override("en"):
        assert "of so few nothing can be stated about chance" in in_one_sentence(found)


def test_two_equal_periods_are_the_same():
    topic = TopicFactory()
    for month in (4, 5):
        contacts(topic, month=month, resolved=18, of=20)
    refresh()
    with translation.override("en"):
        assert in_one_sentence(explain(MAY, APRIL)).startswith("First level is the same in both periods (90.00 %)")
        assert cost(explain(MAY, APRIL)).startswith("At the earlier share the same number")


def test_contacts_of_one_person_are_no_sample():
    topic = TopicFactory()
    contacts(topic, month=4, resolved=30, of=40, address="one@posta.example")
    contacts(topic, month=5, resolved=10, of=40, address="one@posta.example")
    refresh()
    found = explain(MAY, APRIL)
    assert (found.persons, found.moved, found.is_beyond) == (1, None, False)


def test_persons_who_came_often_widen_the_interval():
    topic = TopicFactory()
    for month, resolved in ((4, 20), (5, 15)):
        contacts(topic, month=month, resolved=resolved, of=20)
        contacts(topic, month=month, resolved=0, of=20, address=f"often.{month}@posta.example")
    refresh()
    found = explain(MAY, APRIL)
    assert found.persons == 42
    assert found.widening > 5


def test_a_topic_of_one_period_only_is_all_mix_and_named(client, manager):
    old, new = TopicFactory(name="Vecchio"), TopicFactory(name="Nuovo", valid_from=date(2026, 5, 1))
    contacts(old, month=4, resolved=18, of=20)
    contacts(old, month=5, resolved=18, of=20)
    contacts(new, month=5, resolved=5, of=20)
    refresh()
    found = explain(MAY, APRIL)
    assert {one.key: (one.part.rate, one.is_new) for one in found.groups} == {
        old.code: (0, False),
        new.code: (0, True),
    }
    notes = " ".join(client.get(reverse("what_changed"), ASKED).context["notes"])
    assert "Nuovo" in notes


def test_agents_are_explained_only_where_an_agreement_allows_it(client, manager, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    assert client.get(reverse("what_changed"), ASKED | {"by": "agent"}).status_code == 400
    assert client.get(reverse("what_changed"), ASKED | {"agent": AgentFactory().code}).status_code == 400
    settings.AGENT_STATES_AGREEMENT = "Accordo del 1 marzo 2026"
    assert client.get(reverse("what_changed"), ASKED | {"by": "agent"}).status_code == 200


# --- Against an independent computation over the rows


def _from_rows(measure: str, by: str) -> dict[str, float]:
    """Mix plus rate of each group in points, in plain floats, from the contacts themselves one by one."""
    parameters, counted = current_parameters(), []
    for period in (Period(date(2019, 1, 1), date(2019, 12, 31)), Period(date(2020, 1, 1), date(2020, 12, 31))):
        groups: dict[str, list[bool]] = {}
        rows = rows_behind("handled", period, Chosen(), parameters, user=None, today=date(2020, 3, 5))
        for contact in rows.select_related("topic", "line", "agent__team"):
            came_back = (
                contact.repeated_on and (contact.repeated_on - contact.day).days <= parameters.repeat_contact_days
            )
            good = contact.first_level and not (measure == "first_level_corrected" and came_back)
            agent = contact.agent
            group = {
                "topic": contact.topic and contact.topic.code,
                "line": contact.line and contact.line.code,
                "channel": contact.channel,
                "team": agent and agent.team and agent.team.code,
                "agent": agent and agent.code,
            }[by]
            groups.setdefault(group or "-", []).append(bool(good))
        counted.append(groups)
    sizes = [sum(map(len, groups.values())) for groups in counted]
    means = [sum(map(sum, groups.values())) / size for groups, size in zip(counted, sizes, strict=True)]
    found = {}
    for key in {*counted[0], *counted[1]}:
        was, now = (groups.get(key, []) for groups in counted)
        w0, w1 = len(was) / sizes[0], len(now) / sizes[1]
        r0 = sum(was) / len(was) if was else sum(now) / len(now)
        r1 = sum(now) / len(now) if now else r0
        found[key] = 100 * ((r1 - r0) * (w0 + w1) / 2 + (w1 - w0) * ((r0 + r1) / 2 - (means[0] + means[1]) / 2))
    return found


@pytest.mark.parametrize("seed", [31, 32])
def test_the_parts_are_those_of_an_independent_computation_over_the_rows(seed):
    world = World(seed)
    for _ in range(90):
        world.call()
        world.written()
    refresh()
    years = Period(date(2020, 1, 1), date(2020, 12, 31)), Period(date(2019, 1, 1), date(2019, 12, 31))
    for measure in ("first_level_coded", "first_level_corrected"):
        for by in ("topic", "line", "channel", "team", "agent"):
            found = explain(*years, by=by, measure=measure, today=date(2020, 3, 5))
            assert {one.key: round(float(one.part.both * 100), 6) for one in found.groups} == {
                key: round(part, 6) for key, part in _from_rows(measure, by).items()
            }
            assert sum(one.part.both for one in found.groups) == found.change
            assert sum(line.part.all for line in found.lines) in (0, found.change)


# --- The page


def test_each_part_opens_the_contacts_that_it_counts(client, manager, hard_and_easy):
    rows = client.get(reverse("what_changed"), ASKED).context["groups"]["rows"]
    for row in rows:
        for cell, count in zip(row["cells"][:2], (row["cells"][0]["text"], row["cells"][1]["text"]), strict=True):
            listed = client.get(cell["url"] + "&format=csv").getvalue().decode().splitlines()
            assert len(listed) - 1 == int(count)


def test_the_page_asks_as_much_for_three_topics_as_for_one(client, manager, django_assert_num_queries):
    contacts(TopicFactory(), month=4, resolved=10, of=12)
    contacts(TopicFactory(), month=5, resolved=10, of=12)
    refresh()
    client.get(reverse("what_changed"), ASKED)
    with django_assert_num_queries(11):
        client.get(reverse("what_changed"), ASKED)
    for _ in range(3):
        contacts(TopicFactory(), month=5, resolved=10, of=12)
    refresh()
    with django_assert_num_queries(11):
        client.get(reverse("what_changed"), ASKED)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"from": "2026-05-31", "to": "2026-05-01"}, 400),
        ({"from": "2026-02-30", "to": "2026-05-01"}, 400),
        ({"from": "1976-05-01", "to": "2026-05-01"}, 400),
        ({"from": "1991-05-01", "to": "2026-05-01"}, 200),
        ({"from": "2026-05-01", "to": "2026-05-01"}, 200),
        ({"from": "2024-02-29", "to": "2024-02-29", "against": "year"}, 200),
        ({"from": "2026-03-29", "to": "2026-03-29"}, 200),
        ({**ASKED, "against": "other"}, 400),
        ({**ASKED, "against": "other", "against_from": "2026-01-01", "against_to": "2026-01-09"}, 200),
        ({**ASKED, "against": "other", "against_from": "2026-01-09", "against_to": "2026-01-01"}, 400),
        ({**ASKED, "line": "no-such-line"}, 400),
        ({**ASKED, "line": "😀" * 5000}, 400),
        ({**ASKED, "measure": "no-such-measure"}, 400),
        ({**ASKED, "by": "no-such-group"}, 400),
        ({**ASKED, "against": "no-such-period"}, 400),
        ({**ASKED, "measure": "abandonment"}, 200),
        ({**ASKED, "measure": "service_level", "by": "topic"}, 200),
    ],
)
def test_what_cannot_be_used_is_refused_and_everything_else_shown(client, manager, asked, status):
    assert client.get(reverse("what_changed"), asked).status_code == status
    assert client.get(reverse("changes_csv"), asked).status_code == (404 if status == 400 else 200)


def test_abandonment_by_a_topic_is_refused_in_words(client, manager):
    topic = TopicFactory()
    response = client.get(reverse("what_changed"), ASKED | {"measure": "abandonment", "topic": topic.code})
    assert response.status_code == 400
    assert "chiamata" in str(response.context["filters"].non_field_errors())


def test_abandonment_is_explained_by_line(client, manager):
    lines = list(TollFreeLine.objects.all()[:2])
    for line in lines:
        for day in (date(2026, 4, 14), date(2026, 5, 12)):
            moment = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)
            CallFactory(line=line, queued_at=moment)
            CallFactory(line=line, queued_at=moment, abandoned=True, wait_seconds=60)
    refresh()
    found = explain(MAY, APRIL, by="line", measure="abandonment")
    assert {one.key for one in found.groups} == {line.code for line in lines}
    assert client.get(reverse("what_changed"), ASKED | {"measure": "abandonment"}).context["groups"] is not None


def test_periods_of_different_length_and_weekdays_are_said_and_can_be_aligned(client, manager, hard_and_easy):
    asked = ASKED | {"against": "other", "against_from": "2026-04-04", "against_to": "2026-04-12"}
    page = client.get(reverse("what_changed"), asked)
    assert any("9 e 31 giorni" in note for note in page.context["notes"])
    aligned = client.get(reverse("what_changed") + page.context["aligned_url"])
    assert aligned.context["aligned_url"] is None


def test_lines_topics_and_rates_stand_in_a_table_that_adds_up(client, manager):
    lines, topics = list(TollFreeLine.objects.all()[:2]), [TopicFactory(), TopicFactory()]
    for place, (day, line, topic) in enumerate(
        (day, line, topic) for day in (date(2026, 4, 14), date(2026, 5, 12)) for line in lines for topic in topics
    ):
        for number in range(1 + place % 3):
            CallFactory(
                line=line,
                contact__topic=topic,
                contact__outcome="resolved" if number else "unresolved",
                queued_at=datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC),
            )
    refresh()
    found = explain(MAY, APRIL)
    assert sum(line.part.all for line in found.lines) == found.change
    assert sum(sum(line.points) for line in found.lines) == found.points
    table = client.get(reverse("what_changed"), ASKED).context["line_parts"]
    assert [len(row["cells"]) for row in table["rows"]] == [4, 4, 4]


@time_machine.travel("2026-06-08 09:00 +0200", tick=False)
def test_on_monday_the_page_opens_with_last_week(client, manager):
    contacts(TopicFactory(), month=6, resolved=1, of=2)
    refresh()
    form = client.get(reverse("what_changed")).context["filters"]
    assert (form.period, form.against) == (
        Period(date(2026, 6, 1), date(2026, 6, 7)),
        Period(date(2026, 5, 25), date(2026, 5, 31)),
    )


# --- What to do next


def test_what_got_worse_leads_to_why_it_was_not_resolved_and_to_a_measure(client, manager, hard_and_easy):
    steps = client.get(reverse("what_changed"), ASKED).context["steps"]
    assert [step["text"] for step in steps[-2:]] == [
        "Vedere perché “Documenti” non è stato risolto al primo livello.",
        "Avviare una misura per “Documenti”.",
    ]
    for step in steps:
        assert client.get(step["url"]).status_code == 200
    why = client.get(steps[-2]["url"]).context
    assert why["filters"].chosen.topic.code == hard_and_easy[1].code
    assert client.get(steps[-1]["url"]).context["form"].initial["topics"] == [hard_and_easy[1].code]


def test_a_measure_is_offered_only_to_those_who_may_begin_one(client, hard_and_easy):
    client.force_login(UserFactory(role=roles.AUDITOR))
    steps = client.get(reverse("what_changed"), ASKED).context["steps"]
    assert "non è stato risolto" in steps[-1]["text"]


def test_where_nothing_got_worse_all_that_was_not_resolved_is_offered(client, manager):
    topic = TopicFactory()
    contacts(topic, month=4, resolved=30, of=40)
    contacts(topic, month=5, resolved=30, of=40)
    refresh()
    steps = client.get(reverse("what_changed"), ASKED).context["steps"]
    assert [step["text"] for step in steps] == ["Vedere perché i contatti non sono stati risolti al primo livello."]


def test_a_filter_that_the_page_does_not_apply_is_not_offered(client, manager):
    for name in ("what_changed", "unresolved", "hours", "duty"):
        assert "events" not in client.get(reverse(name)).context["filters"].fields


# --- Exports, API and command


def test_page_csv_workbook_api_and_command_give_the_same_numbers(client, manager, hard_and_easy):
    wanted = as_dict(explain(MAY, APRIL))
    del wanted["computed_at"]
    api = client.get(reverse("api_changes"), ASKED).json()
    out = io.StringIO()
    call_command("explain_change", "--from", "2026-05-01", "--to", "2026-05-31", "--against", "before", stdout=out)
    printed = json.loads(out.getvalue())
    assert api.pop("computed_at")
    assert printed.pop("computed_at")
    assert api == printed == wanted
    rows = list(csv.DictReader(client.get(reverse("changes_csv"), ASKED).content.decode().splitlines()))
    assert [(row["key"], float(row["points"])) for row in rows[:-1]] == [
        (group["key"], group["points"]) for group in wanted["groups"]
    ]
    assert sum(Decimal(row["points"]) for row in rows[:-1]) == Decimal(rows[-1]["points"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("changes_xlsx"), ASKED).content))
    assert [row[6] for row in book["changes"].iter_rows(min_row=2, values_only=True)] == [row["key"] for row in rows]
    excel = client.get(reverse("changes_csv"), ASKED | {"for": "excel"}).content.decode()
    assert excel.startswith("\ufefffrom;to;")


def test_the_command_prints_csv(hard_and_easy):
    out = io.StringIO()
    call_command("explain_change", "--from", "2026-05-01", "--to", "2026-05-31", "--format", "csv", stdout=out)
    assert out.getvalue().splitlines()[-1].split(",")[6] == "total"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--from", "2026-05-31", "--to", "2026-05-01"], "2026-05-31"),
        (["--against", "other"], "“”"),
        (["--against", "year", "--against-from", "2026-01-01"], "other"),
        (["--line", "x"], "“x”"),
        (["--measure", "abandonment", "--by", "topic"], "topic"),
        (["--by", "agent"], "agent"),
        (["--topic", "-", "--team", "-"], "combined"),
    ],
)
def test_the_command_refuses_what_it_cannot_use(more, words, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    with translation.override("en"), pytest.raises(CommandError, match=words) as raised:
        call_command("explain_change", "--from", "2026-05-01", "--to", "2026-05-31", *more, stdout=io.StringIO())
    assert raised.value.returncode == 2


def test_the_api_names_the_parameter_that_cannot_be_used(client, manager):
    answer = client.get(reverse("api_changes"), ASKED | {"measure": "abandonment", "by": "team"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["by"])
    assert client.get(reverse("api_changes"), ASKED | {"against": "next"}).status_code == 400
    assert client.get(reverse("api_changes"), ASKED | {"form": "2026"}).status_code == 400


def test_a_key_with_the_scope_may_ask(client):
    secret = create_key(name="x", source="x", scopes=["figures:read"], by=None)[1]
    answer = client.get(reverse("api_changes"), ASKED, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert client.get(reverse("api_changes"), ASKED).status_code in (401, 403)


def test_teams_are_explained_too():
    team = TeamFactory()
    CallFactory(contact__agent=AgentFactory(team=team))
    refresh()
    found = explain(MAY, APRIL, by="team")
    assert found.change is None
    assert explain(MAY, MAY, by="team").groups[0].key == team.code
