"""The wallboard: what goes on now, by line and together; what is not known is a dash; a screen shows it without a sign-in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from contact_center.models import AgentLine, Contact
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.api.keys import create_key
from foundation.models import ApiKey, Scope
from insights.tests.factories import FigureTargetFactory
from insights.wallboard import now as board
from insights.wallboard.shown import shown
from insights.wallboard.views import COOKIE

pytestmark = pytest.mark.django_db
PAGE, NOW, SCREENS, KEEP = (
    "/dashboard/parete/",
    "/dashboard/parete/adesso/",
    "/dashboard/parete/schermi/",
    "/dashboard/parete/schermi/tenere/",
)
MONDAY = datetime(2026, 5, 4, 8, tzinfo=UTC)  # ten o'clock in Rome


@pytest.fixture(autouse=True)
def _at_ten(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    cache.delete_many([board.KEY, board.HOURS_KEY])


@pytest.fixture
def line():
    calendar = make.ServiceCalendarFactory()
    make.OpeningPeriodFactory(calendar=calendar)
    return make.TollFreeLineFactory(code="prova", name="Assistenza di prova", calendar=calendar)


def waiting(line, seconds):
    """A call that waits in the queue since so many seconds."""
    return make.CallFactory(
        line=line,
        contact=None,
        agent=None,
        queued_at=MONDAY - timedelta(seconds=seconds),
        answered_at=None,
        ended_at=None,
        wait_seconds=None,
        talk_seconds=None,
        disposition="open",
    )


def answered(line, *, wait=10, first_level=True, at=MONDAY - timedelta(hours=1)):
    """A call of this morning, answered after so many seconds and coded."""
    call = make.CallFactory(line=line, queued_at=at, wait_seconds=wait, answered_at=at + timedelta(seconds=wait))
    call.contact.outcome = Contact.Outcome.RESOLVED if first_level else Contact.Outcome.UNRESOLVED
    call.contact.save()
    return call


def on_duty(state="ready", line=None, **fields):
    agent = make.AgentFactory()
    if line is not None:
        AgentLine.objects.create(agent=agent, line=line)
    make.AgentStateFactory(agent=agent, began_at=MONDAY - timedelta(minutes=3), reported=state, **fields)
    return agent


def part_of(line, now=MONDAY):
    return next(part for part in board.make_wall(now).parts if part.line.pk == line.pk)


def tiles_of(line, now=MONDAY):
    """What the screen shows of the line, by the name of the tile."""
    wall = shown(board.make_wall(now), now, line=line.code)
    return {tile.label: tile for tile in wall["parts"][0]["tiles"]}


# --- Now ----------------------------------------------------------------------------------------------------------------
def test_a_line_has_its_waiting_calls_and_since_when_the_first_one_waits(line):
    waiting(line, 75)
    waiting(line, 12)
    part = part_of(line)
    assert part.waiting == 2
    assert part.first_waits_since == MONDAY - timedelta(seconds=75)


def test_the_whole_service_has_the_calls_of_all_lines(line):
    waiting(line, 12)
    waiting(make.TollFreeLineFactory(), 90)
    whole = board.make_wall(MONDAY).whole
    assert whole.waiting == 2
    assert whole.first_waits_since == MONDAY - timedelta(seconds=90)


def test_a_call_that_lost_its_end_long_ago_waits_no_more(line, settings):
    waiting(line, settings.CALL_OPEN_HOURS * 3600 + 1)
    assert part_of(line).waiting == 0


def test_the_figures_of_today_are_those_of_the_catalogue(line):
    answered(line, wait=10)
    answered(line, wait=45, first_level=False)
    make.CallFactory(line=line, abandoned=True, queued_at=MONDAY - timedelta(hours=2))
    part, formula = part_of(line), board.parameters_in_settings().formula
    assert part.counts.offered == 3
    assert (part.share("service_level", formula).numerator, part.share("service_level", formula).denominator) == (1, 3)
    first_level = part.share("first_level_coded", formula)
    assert (first_level.numerator, first_level.denominator) == (1, 2)


def test_the_calls_of_yesterday_are_not_of_today(line):
    answered(line, at=MONDAY - timedelta(days=1))
    assert part_of(line).counts.offered == 0


def test_what_came_in_writing_counts_for_the_whole_service_and_for_no_line(line):
    make.ContactFactory(
        channel=Contact.Channel.SITE_FORM,
        started_at=MONDAY - timedelta(hours=1),
        state=Contact.State.CLOSED,
        closed_at=MONDAY,
        outcome=Contact.Outcome.RESOLVED,
        agent=make.AgentFactory(),
    )
    wall = board.make_wall(MONDAY)
    assert wall.whole.share("first_level_coded", wall.formula).denominator == 1
    assert all(part.share("first_level_coded", wall.formula).denominator == 0 for part in wall.parts)


def test_callers_who_were_promised_a_call_today_are_counted_and_late_ones_apart(line):
    for starts in (MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=2), MONDAY + timedelta(days=1)):
        make.CallBackFactory(contact=make.ContactFactory(channel="phone", line=line), starts_at=starts)
    part = part_of(line)
    assert (part.promised, part.promised_late) == (2, 1)


def test_a_call_back_that_was_made_is_promised_no_more(line):
    contact = make.ContactFactory(channel="phone", line=line, state=Contact.State.CLOSED, closed_at=MONDAY)
    make.CallBackFactory(contact=contact, starts_at=MONDAY - timedelta(hours=1))
    assert part_of(line).promised == 0


# --- People -------------------------------------------------------------------------------------------------------------
def test_an_agent_without_lines_serves_each_of_them_and_is_one_person_of_the_whole(line):
    on_duty()
    on_duty(line=line)
    wall = board.make_wall(MONDAY)
    assert part_of(line).agents.people == 2
    assert wall.whole.agents.people == 2
    assert {part.agents.people for part in wall.parts if part.line.pk != line.pk} == {1}


def test_the_states_of_fewer_than_three_people_are_not_shown(line, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    on_duty(line=line)
    on_duty(line=line)
    states = shown(board.make_wall(MONDAY), MONDAY, line=line.code)["parts"][0]["states"]
    assert states is None


def test_the_states_of_three_people_are_shown(line, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    for state in ("ready", "ready", "written"):
        on_duty(state, line=line)
    states = shown(board.make_wall(MONDAY), MONDAY, line=line.code)["parts"][0]["states"]
    assert {str(each["name"]): each["number"] for each in states if each["number"]} == {
        "pronto": 2,
        "lavoro scritto": 1,
    }


def test_nobody_is_named(line, settings):
    settings.AGENT_STATES_AGREEMENT = "Accordo"
    agent = on_duty(line=line)
    assert agent.name not in signed_in_as(roles.MANAGER).get(PAGE).content.decode()


# --- What is not known ----------------------------------------------------------------------------------------------------
def test_a_day_without_calls_has_no_service_level(line):
    make.CallEventFactory(received_at=MONDAY)
    assert tiles_of(line)["Livello di servizio oggi"].value is None


def test_a_platform_that_has_been_silent_too_long_leaves_dashes_and_says_since_when(line, settings):
    make.CallEventFactory(received_at=MONDAY - timedelta(minutes=settings.WALLBOARD_SILENT_MINUTES, seconds=1))
    answered(line)
    wall = shown(board.make_wall(MONDAY), MONDAY, line=line.code)
    assert "9:39" in wall["news"]
    values = {tile.label: tile.value for tile in wall["parts"][0]["tiles"]}
    assert values["In attesa"] is None
    assert values["Livello di servizio oggi"] is None
    assert values["Primo livello oggi"] == "100,0 %"
    tones = {tile.label: tile.tone for tile in wall["parts"][0]["tiles"]}
    assert [tones[label] for label in ("In attesa", "Attesa più lunga", "Livello di servizio oggi")] == ["", "", ""]


def test_a_platform_is_silent_by_right_while_every_line_is_closed(line, time_machine):
    type(line).objects.exclude(pk=line.pk).update(is_active=False)
    make.CallEventFactory(received_at=MONDAY - timedelta(hours=3))
    sunday = MONDAY - timedelta(days=1)
    time_machine.move_to(sunday, tick=False)
    assert not board.make_wall(sunday).is_silent


def test_news_from_the_future_is_news_of_now(line):
    make.CallEventFactory(received_at=MONDAY + timedelta(hours=1))
    assert board.make_wall(MONDAY).news_at == MONDAY


# --- Targets --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("waits", "tone"), [((5, 5, 5, 5), "good"), ((5, 5, 60, 60), "bad")])
def test_the_service_level_stands_beside_its_target(line, waits, tone):
    make.LineTargetFactory(line=line, share=80, seconds=20)
    make.CallEventFactory(received_at=MONDAY)
    for wait in waits:
        answered(line, wait=wait)
    tile = tiles_of(line)["Livello di servizio oggi"]
    assert tile.tone == tone
    assert tile.note == "obiettivo 80 % entro 20 s"


@pytest.mark.parametrize(("resolved", "tone"), [((True, True), "good"), ((True, False), "bad")])
def test_first_level_stands_beside_its_target(line, resolved, tone):
    FigureTargetFactory(line=line, value=95)
    for first_level in resolved:
        answered(line, first_level=first_level)
    tile = tiles_of(line)["Primo livello oggi"]
    assert tile.tone == tone
    assert tile.note.endswith(" · obiettivo 95 %")


def test_the_whole_service_has_the_target_of_all_lines_together(line):
    FigureTargetFactory(line=line, value=95)
    FigureTargetFactory(value=90)
    assert board.make_wall(MONDAY).whole.first_level_target == 90
    assert part_of(line).first_level_target == 95


def test_without_a_target_first_level_is_neither_good_nor_bad(line):
    answered(line)
    tile = tiles_of(line)["Primo livello oggi"]
    assert (tile.tone, tile.note) == ("", "1 su 1")


# --- Cost -----------------------------------------------------------------------------------------------------------------
def test_the_board_costs_three_statements_however_much_there_is(line, django_assert_num_queries):
    board.make_wall(MONDAY)  # lines and hours are read once in a minute
    for seconds in (5, 10, 15):
        waiting(line, seconds)
        answered(line)
        on_duty(line=line)
    with django_assert_num_queries(3):
        board.make_wall(MONDAY)


def test_all_screens_share_one_computation(line, django_assert_num_queries):
    board.wall(MONDAY)
    with django_assert_num_queries(0):
        board.wall(MONDAY + timedelta(seconds=board.FRESH_SECONDS - 1))


# --- The page -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [PAGE, NOW])
def test_who_works_with_contacts_and_who_watches_the_service_sees_it(address):
    sees = {role for role in roles.ALL if signed_in_as(role).get(address).status_code == 200}
    watch = {roles.MANAGER, roles.AUDITOR, roles.DATA_OFFICER, roles.ADMINISTRATOR}
    assert sees == {roles.AGENT, roles.SPECIALIST, *watch}


def test_one_line_can_have_the_screen_alone(line):
    page = signed_in_as(roles.AGENT).get(PAGE, {"line": line.code}).content.decode()
    assert page.count('<section class="wall-part') == 1
    assert line.name in page


def test_a_line_that_does_not_exist_leaves_the_whole_service(line):
    assert "Tutto il servizio" in signed_in_as(roles.AGENT).get(PAGE, {"line": "altra"}).content.decode()


# --- Screens --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def screen():
    """A browser that was made a screen by a manager."""
    client = signed_in_as(roles.MANAGER)
    client.post(KEEP, {"name": "Sala, parete nord"})
    return client


def test_a_screen_shows_the_wallboard_and_nobody_is_signed_in_on_it(screen):
    assert screen.get(PAGE).status_code == 200
    assert "_auth_user_id" not in screen.session


def test_a_screen_shows_nothing_else(screen):
    assert screen.get("/dashboard/").status_code == 302
    assert screen.get(SCREENS).status_code == 302


def test_its_key_opens_no_door_for_programs(screen):
    key = screen.cookies[COOKIE].value
    answer = Client().get("/api/v1/figures/?from=2026-01-01&to=2026-01-31", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 403


def test_its_cookie_is_sent_to_the_wallboard_alone_and_read_by_no_script(screen):
    cookie = screen.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (PAGE, True, "Strict")


def test_a_screen_that_is_switched_off_shows_nothing_any_more(screen):
    manager = signed_in_as(roles.MANAGER)
    key = ApiKey.objects.get(name="Sala, parete nord")
    manager.post(f"{SCREENS}{key.pk}/spegnere/")
    assert screen.get(NOW).status_code == 302


def test_a_screen_ends_by_itself_after_a_year(screen, time_machine):
    time_machine.move_to(MONDAY + timedelta(days=366), tick=False)
    assert screen.get(NOW).status_code == 302


def test_a_key_of_another_kind_makes_no_screen():
    _key, secret = make_key(Scope.FIGURES_READ)
    client = Client()
    client.cookies[COOKIE] = secret
    assert client.get(NOW).status_code == 302


def make_key(scope):
    return create_key(name="altro", source="altro", scopes=[scope], by=UserFactory())


@pytest.mark.parametrize("cookie", ["", "vc_", "vc_abcdefgh_x", "x" * 5000, "vc_àbcdefgh_x"])
def test_a_cookie_that_is_no_key_makes_no_screen(cookie):
    client = Client()
    client.cookies[COOKIE] = cookie
    assert client.get(NOW).status_code == 302


def test_two_screens_of_one_name_are_refused_in_words(screen):
    answer = signed_in_as(roles.MANAGER).post(KEEP, {"name": "Sala, parete nord"}, follow=True)
    assert "Sala, parete nord" in answer.content.decode()
    assert ApiKey.objects.filter(name="Sala, parete nord").count() == 1
    assert answer.context["user"].is_authenticated


def test_a_screen_needs_a_name():
    answer = signed_in_as(roles.MANAGER).post(KEEP, {"name": "  "}, follow=True)
    assert answer.context["user"].is_authenticated
    assert not ApiKey.objects.filter(source="wallboard").exists()


@pytest.mark.parametrize("address", [SCREENS, KEEP])
def test_managers_alone_set_up_screens(address):
    ask = "get" if address == SCREENS else "post"
    may = {role for role in roles.ALL if getattr(signed_in_as(role), ask)(address, {"name": role}).status_code != 403}
    assert may - {roles.CUSTOMER} == {roles.MANAGER}
