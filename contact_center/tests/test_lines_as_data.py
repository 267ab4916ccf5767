"""A line is data: a fourth one is entered in the back office, and is answered, counted and shown like the others."""

from datetime import UTC, date, datetime, time
from random import Random

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.agents.board import make_board
from contact_center.calls.lines import read_lines
from contact_center.calls.simulation import day
from contact_center.desk.card import calls_to_code
from contact_center.due.line_hours import telephone
from contact_center.figures import daily
from contact_center.management.commands import simulate_calls
from contact_center.models import Call, DailyFigures, LineTarget, Skill, StaleDay, TollFreeLine
from contact_center.office.tiles import day_tiles
from contact_center.tests.factories import (
    AgentFactory,
    CallFactory,
    OpeningPeriodFactory,
    ServiceCalendarFactory,
    SkillFactory,
    SpecialDayFactory,
    TeamFactory,
    TopicFactory,
)
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in
from foundation.api.keys import create_key

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 12, 5, 9, tzinfo=UTC)
NO_TARGETS = {"targets-TOTAL_FORMS": "0", "targets-INITIAL_FORMS": "0"}
BOATS = {
    "code": "boats",
    "name": "Assistenza Nautica",
    "name_en": "Boat assistance",
    "number": "800 123 456",
    "serves": "Chi ha una barca",
    "serves_en": "Owners of boats",
    "closed_message": "Per una barca che affonda chiami il 1530.",
    "closed_message_en": "If your boat is sinking, call 1530.",
    "language": "",
    "right_answers": "2",
    "abandoned_after_seconds": "30",
    "abandoned_within_minutes": "60",
    "position": "4",
    "is_active": "on",
    **NO_TARGETS,
}


@pytest.fixture
def office():
    return signed_in(UserFactory(role=roles.ADMINISTRATOR))


def add(office, **changes):
    return office.post(reverse("admin:contact_center_tollfreeline_add"), {**BOATS, **changes})


def errors_of(answer):
    form = answer.context["adminform"].form
    return {name: [str(each) for each in found] for name, found in form.errors.items()}


@pytest.fixture
def boats(office):
    assert add(office).status_code == 302
    return TollFreeLine.objects.get(code="boats")


# --- The fourth line
def test_the_number_is_stored_as_one_whatever_way_it_is_written(boats):
    assert (boats.number, boats.spoken_number) == ("+39800123456", "800 123 456")


def test_the_telephones_may_name_it_by_code_or_number(boats):
    lines = read_lines()
    assert lines.id_of("boats") == lines.id_of("800 123 456") == boats.pk


def test_it_stands_on_the_public_page_of_contacts(client, boats):
    page = client.get(reverse("contacts"), headers={"accept-language": "en"}).content.decode()
    assert "Boat assistance" in page
    assert "800 123 456" in page


def test_it_stands_on_the_board_and_among_the_tiles_of_the_day(boats):
    assert boats in [line for line, _waiting, _since in make_board(datetime.now(UTC)).lines]
    with translation.override("en"):
        assert "Boat assistance" in [tile.title for tile in day_tiles(UserFactory(role=roles.MANAGER))]


def test_a_call_on_it_comes_in_by_the_api_and_is_on_the_agents_desk(client, boats):
    agent = AgentFactory(code="op1", user=UserFactory(role=roles.AGENT))
    secret = create_key(name="Centralino", source="centralino", scopes=["calls:write"], by=None)[1]
    now = timezone.now()
    events = [
        {"call_id": "b1", "event": "queued", "at": now.isoformat(), "line": "800 123 456", "caller": "333 1234567"},
        {"call_id": "b1", "event": "answered", "at": now.isoformat(), "agent": "op1"},
    ]
    headers = {"Authorization": f"Bearer {secret}"}
    client.post("/api/v1/calls/events/", events, content_type="application/json", headers=headers)
    assert [call.line for call in calls_to_code(agent)] == [boats]


def test_invented_calls_are_played_on_it_too(boats):
    assert simulate_calls._lines() == ["customers", "claims", "campers", "boats"]
    stories = day(
        Random(1),
        start=SATURDAY,
        seconds=1_800,
        calls_per_minute=12,
        talk_seconds=20,
        lines=simulate_calls._lines(),
        numbers=[],
        agents=["ada"],
        name="prova",
    )
    assert {story.line for story in stories} == {"customers", "claims", "campers", "boats"}


def test_its_calls_are_counted(boats):
    CallFactory(line=boats)
    call_command("figures", "--rebuild")
    assert DailyFigures.objects.filter(cut="line", line=boats, answered_in_time=1).exists()


def test_the_lists_can_be_narrowed_to_it(office, boats):
    call = CallFactory(line=boats)
    CallFactory()
    page = office.get(reverse("admin:contact_center_call_changelist"), {"line__id__exact": boats.pk, "work": "all"})
    assert [row.pk for row in page.context["cl"].result_list] == [call.pk]


# --- What is not accepted
@pytest.mark.parametrize("number", ["02 482191", "+44 800 123456", "800", "899 123 456", "8" * 10_000, "🙂"])
def test_a_number_that_is_not_toll_free_is_refused(office, number):
    assert list(errors_of(add(office, number=number))) == ["number"]
    assert not TollFreeLine.objects.filter(code="boats").exists()


def test_two_lines_with_one_number_are_refused(office):
    assert list(errors_of(add(office, number="800.016.611"))) == ["number"]


def test_a_calendar_that_a_line_points_at_is_not_deleted(boats):
    boats.calendar = ServiceCalendarFactory()
    boats.save()
    with pytest.raises(ProtectedError):
        boats.calendar.delete()


def targets(*rows):
    found = {"targets-TOTAL_FORMS": str(len(rows)), "targets-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        found |= {f"targets-{place}-{name}": value for name, value in row.items()}
    return found


def test_two_targets_on_one_day_are_refused(office):
    rows = targets(
        {"share": "80", "seconds": "20", "valid_from": "2026-01-01"},
        {"share": "90", "seconds": "20", "valid_from": "2026-06-01"},
    )
    answer = add(office, **rows)
    assert answer.status_code == 200
    assert not LineTarget.objects.exists()
    shown = answer.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert [each.code for each in shown.as_data()] == ["overlap"]


def test_targets_one_after_the_other_are_kept(office):
    rows = targets(
        {"share": "80", "seconds": "20", "valid_from": "2026-01-01", "valid_to": "2026-05-31"},
        {"share": "90", "seconds": "20", "valid_from": "2026-06-01"},
    )
    assert add(office, **rows).status_code == 302
    assert LineTarget.objects.count() == 2


# --- The target of the day
def test_a_call_is_in_time_by_the_target_of_its_line_on_its_day(boats):
    LineTarget.objects.create(line=boats, share=80, seconds=40, valid_to=date(2026, 5, 4))
    CallFactory(line=boats, wait_seconds=30)  # on the 4th of May
    CallFactory(line=boats, wait_seconds=30, queued_at=datetime(2026, 5, 5, 8, tzinfo=UTC))
    CallFactory(line=TollFreeLine.objects.get(code="claims"), wait_seconds=30)
    call_command("figures", "--rebuild")
    counted = DailyFigures.objects.filter(cut="line", answered_in_time__gt=0)
    assert [(row.line, row.day, row.answered_in_time) for row in counted] == [(boats, date(2026, 5, 4), 1)]


def test_the_stored_counts_and_the_lists_agree_on_targets(boats):
    LineTarget.objects.create(line=boats, share=80, seconds=40)
    CallFactory(line=boats, wait_seconds=30)
    CallFactory(wait_seconds=30)
    call_command("figures", "--rebuild")
    call_command("figures", "--check")


def test_another_target_has_its_days_counted_again(office, boats):
    CallFactory(line=boats, wait_seconds=30)
    daily.rebuild()
    address = reverse("admin:contact_center_tollfreeline_change", args=[boats.pk])
    assert office.post(address, {**BOATS, **targets({"share": "80", "seconds": "40"})}).status_code == 302
    assert list(StaleDay.objects.values_list("day", flat=True)) == [Call.objects.get().day]
    daily.refresh()
    assert DailyFigures.objects.filter(cut="line", line=boats, answered_in_time=1).exists()


@pytest.mark.parametrize(("wait", "tone"), [(10, ""), (30, "warn")])
def test_the_tile_of_a_line_says_how_far_it_is_from_its_target(boats, wait, tone):
    LineTarget.objects.create(line=boats, share=80, seconds=20)
    call = CallFactory(line=boats, wait_seconds=wait)
    with time_machine.travel(call.queued_at, tick=False), translation.override("en"):
        shown = day_tiles(UserFactory(role=roles.MANAGER))
    tile = next(each for each in shown if each.title == "Boat assistance")
    share = 100 if wait == 10 else 0
    assert (tile.hint, tile.tone) == (f"calls answered today; {share} % within 20 s, of the 80 % wanted", tone)


# --- When it is closed
@pytest.fixture
def weekdays(boats):
    boats.calendar = ServiceCalendarFactory(province="MI")
    boats.save()
    boats.calendar.periods.all().delete()
    for weekday in range(5):
        OpeningPeriodFactory(calendar=boats.calendar, weekday=weekday, opens=time(8), closes=time(18))
    return boats.calendar


def closed(moment):
    return next(line.closed for line in telephone(moment).lines if line.number == "+39800123456")


def test_while_it_is_open_nothing_is_said(weekdays):
    assert closed(datetime(2026, 12, 2, 9, tzinfo=UTC)) == ""


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        # A Saturday; the Monday is Saint Ambrose's in Milan, and the Tuesday the Immaculate Conception.
        (SATURDAY, "Closed now: it opens on Wednesday 9 December at 08:00."),
        (datetime(2026, 12, 2, 5, tzinfo=UTC), "Closed now: it opens today, Wednesday 2 December, at 08:00."),
        (datetime(2026, 12, 2, 18, tzinfo=UTC), "Closed now: it opens tomorrow, Thursday 3 December, at 08:00."),
    ],
)
def test_while_it_is_closed_its_message_and_the_next_opening_are_shown(weekdays, moment, words):
    with translation.override("en"):
        assert closed(moment) == f"If your boat is sinking, call 1530. {words}"


def test_the_message_is_in_the_readers_language(weekdays):
    with translation.override("it"):
        assert closed(SATURDAY).startswith("Per una barca che affonda chiami il 1530. ")


def test_a_special_day_of_its_calendar_closes_it(weekdays):
    SpecialDayFactory(calendar=weekdays, day=date(2026, 12, 2), opens=None, closes=None)
    with translation.override("en"):
        assert closed(datetime(2026, 12, 2, 9, tzinfo=UTC)).endswith(
            "Closed now: it opens tomorrow, Thursday 3 December, at 08:00."
        )


def test_a_line_without_a_calendar_keeps_the_common_hours(boats):
    with translation.override("en"):
        assert closed(datetime(2026, 12, 2, 9, tzinfo=UTC)) == ""
        assert closed(datetime(2026, 12, 6, 9, tzinfo=UTC)) != ""


def test_the_closed_line_is_shown_so_on_the_public_page(client, weekdays):
    with time_machine.travel(SATURDAY, tick=False):
        page = client.get(reverse("contacts"), headers={"accept-language": "en"}).content.decode()
    assert "If your boat is sinking, call 1530. Closed now: it opens on Wednesday 9 December at 08:00." in page


def test_the_same_queries_show_one_line_and_four(weekdays, django_assert_num_queries):
    with django_assert_num_queries(3):
        telephone(SATURDAY)
    TollFreeLine.objects.exclude(pk=weekdays.lines.get().pk).update(is_active=False)
    with django_assert_num_queries(3):
        telephone(SATURDAY)


# --- Agents and skills
AGENT = {"code": "op900", "name": "Ada Rossi", "extension": "4900", "is_active": "on"}


def test_an_agents_lines_skills_languages_and_capacity_are_written_on_one_page(office, boats):
    agent, skill = AgentFactory(team=TeamFactory()), SkillFactory()
    given = {
        **AGENT,
        "served_lines": [boats.pk],
        "held_skills": [skill.pk],
        "languages": ["it", "de"],
        "capacity": "3",
    }
    assert office.post(reverse("admin:contact_center_agent_change", args=[agent.pk]), given).status_code == 302
    agent.refresh_from_db()
    assert (list(agent.lines.all()), list(agent.skills.all())) == ([boats], [skill])
    assert (agent.languages, agent.capacity) == (["it", "de"], 3)


def test_a_line_taken_from_an_agent_remains_in_the_history(office, boats):
    agent = AgentFactory()
    agent.lines.add(boats)
    office.post(reverse("admin:contact_center_agent_change", args=[agent.pk]), AGENT)
    assert list(agent.lines.all()) == []
    history = apps.get_model("contact_center", "AgentLineHistory")
    assert [row.line for row in history.objects.filter(agent=agent)] == [boats]


@pytest.mark.parametrize("capacity", ["0", "-1"])
def test_nobody_carries_nothing(office, capacity):
    agent = AgentFactory()
    answer = office.post(
        reverse("admin:contact_center_agent_change", args=[agent.pk]), {**AGENT, "capacity": capacity}
    )
    assert list(errors_of(answer)) == ["capacity"]


def test_a_skill_that_a_topic_asks_for_does_not_end(office):
    skill = SkillFactory(code="vita")
    topic = TopicFactory(name="Riscatto", needs_skill=skill)
    given = {"code": "vita", "name": "Vita", "name_en": "Life", "position": "1", "valid_to": "2026-12-31"}
    address = reverse("admin:contact_center_skill_change", args=[skill.pk])
    answer = office.post(address, given)
    assert list(errors_of(answer)) == ["valid_to"]
    assert "Riscatto" in errors_of(answer)["valid_to"][0]
    topic.needs_skill = None
    topic.save()
    assert office.post(address, given).status_code == 302
    assert Skill.objects.get().valid_to == date(2026, 12, 31)
