"""Rungs of alert: who is warned of the term of a contact, when, how often, and where it is read."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import rungs
from contact_center.contacts.kinds import CONTACT_TERMS
from contact_center.contacts.rungs import no_longer_near, owed_to, raise_rungs, warnings_to
from contact_center.due.business_time import Calendar, Hours, subtract_business_days, subtract_business_time
from contact_center.due.rungs import reached_until
from contact_center.due.targets import Target
from contact_center.models import Contact, RaisedRung, ServiceTarget, TermRung
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in
from foundation.dates import ROME
from foundation.tests.database import refused_by_trigger
from notifications.models import Notice

pytestmark = pytest.mark.django_db

DAY = (Hours(time(9), time(13)), Hours(time(14), time(18)))  # eight hours, with a break
WEEK = Calendar((DAY, DAY, DAY, DAY, DAY, (), ()))


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def shown(moment):
    return moment.astimezone(ROME).strftime("%a %d %H:%M") if moment else None


# --- The rule
# 4 May 2026 is a Monday; a target of 480 minutes is a day of service.
@pytest.mark.parametrize(
    ("moment", "amount", "now", "until"),
    [
        ("at_term", 0, "2026-05-05 10:00", "Tue 05 10:00"),
        ("minutes_before", 60, "2026-05-05 10:00", "Tue 05 11:00"),
        ("minutes_before", 60, "2026-05-05 12:30", "Tue 05 14:30"),
        ("minutes_before", 60, "2026-05-08 17:30", "Mon 11 09:30"),
        ("minutes_before", 60, "2026-05-09 12:00", "Mon 11 10:00"),
        ("share_left", 50, "2026-05-05 10:00", "Tue 05 15:00"),
        ("minutes_after", 60, "2026-05-05 14:30", "Tue 05 12:30"),
        ("minutes_after", 60, "2026-05-04 09:30", "Thu 30 17:30"),  # the first of May is a holiday
        ("days_after", 1, "2026-05-05 10:00", "Mon 04 10:00"),
        ("days_after", 1, "2026-05-04 10:00", "Thu 30 10:00"),
        ("days_after", 1, "2026-05-10 10:00", "Fri 08 00:00"),
        ("days_after", 2, "2026-05-06 10:00", "Mon 04 10:00"),
    ],
)
def test_a_rung_is_reached_up_to_a_term_that_is_counted_in_time_of_service(moment, amount, now, until):
    found = reached_until(moment, amount, Target(480, WEEK, None, None), rome(now))
    assert shown(found) == until


@pytest.mark.parametrize(
    ("moment", "until"),
    [("share_left", None), ("minutes_before", "Tue 05 10:30"), ("minutes_after", "Tue 05 09:30")],
)
def test_without_a_target_time_is_that_of_the_wall_and_no_share_is_left(moment, until):
    assert shown(reached_until(moment, 30, None, rome("2026-05-05 10:00"))) == until


@pytest.mark.parametrize("moment", ["share_left", "minutes_before", "minutes_after", "days_after"])
def test_a_calendar_that_is_never_open_reaches_nothing(moment):
    never = Target(480, Calendar(((),) * 7), None, None)
    assert reached_until(moment, 5, never, rome("2026-05-05 10:00")) is None


@pytest.mark.parametrize("minutes", [1, 60, 481, 2_400])
def test_going_back_undoes_going_on(minutes):
    start = rome("2026-05-05 10:00")
    then = rungs.reached_until("minutes_before", minutes, Target(480, WEEK, None, None), start)
    assert subtract_business_time(then, minutes, WEEK) == start


def test_a_day_of_service_before_keeps_the_time_over_the_change_of_the_clocks():
    assert shown(subtract_business_days(rome("2026-03-30 10:00"), 1, WEEK)) == "Fri 27 10:00"


# --- The round
@pytest.fixture(autouse=True)
def own_rungs():
    """Each test enters its rungs; those of every installation end."""
    TermRung.objects.update(is_active=False)
    calendar = make.ServiceCalendarFactory()
    for weekday in range(5):
        for hours in DAY:
            make.OpeningPeriodFactory(calendar=calendar, weekday=weekday, opens=hours.opens, closes=hours.closes)
    ServiceTarget.objects.update(calendar=calendar, minutes=480)


NOW = rome("2026-05-05 10:00")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def person(role=roles.AGENT, **fields):
    return UserFactory(role=role, **({"last_login": NOW} | fields))


@pytest.fixture
def team():
    return make.TeamFactory(lead=person(roles.SPECIALIST))


@pytest.fixture
def owner(team):
    return make.AgentFactory(user=person(), team=team)


@pytest.fixture
def contact(team, owner):
    """In progress, and due in half an hour."""
    return make.ContactFactory(
        state="in_progress",
        team=team,
        owner=owner,
        started_at=NOW - timedelta(days=1),
        due_at=NOW + timedelta(minutes=30),
    )


def warned():
    return [(each.rung_id, each.warned) for each in RaisedRung.objects.order_by("pk")]


def written_to():
    return set(Notice.objects.filter(kind=CONTACT_TERMS.code).values_list("user", flat=True))


def test_the_owner_is_warned_an_hour_of_service_before_once(contact, owner):
    rung = make.TermRungFactory()
    assert raise_rungs(NOW) == 1
    assert raise_rungs(NOW + timedelta(minutes=5)) == 0
    assert (warned(), written_to()) == ([(rung.pk, "owner")], {owner.user_id})


def test_nobody_is_warned_before_the_rung_is_reached(contact):
    make.TermRungFactory(amount=29)
    assert raise_rungs(NOW) == 0


def test_a_term_that_moved_is_another(contact):
    make.TermRungFactory()
    raise_rungs(NOW)
    Contact.objects.filter(pk=contact.pk).update(due_at=NOW + timedelta(minutes=45))
    assert raise_rungs(NOW + timedelta(minutes=5)) == 1
    assert RaisedRung.objects.filter(contact=contact).count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "waiting"},
        {"state": "closed", "closed_at": NOW},
        {"due_at": None},
        {"due_at": NOW - timedelta(days=61)},
        {"kind": "consideration"},
        {"level": 2, "escalation": "authority", "escalated_at": NOW},
    ],
    ids=["waits for the customer", "closed", "no term", "long past", "another kind", "another level"],
)
def test_whom_a_rung_is_not_for_is_left_alone(contact, fields):
    make.TermRungFactory(kinds=["request"], level=1)
    Contact.objects.filter(pk=contact.pk).update(**fields)
    assert raise_rungs(NOW) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"valid_to": (NOW - timedelta(days=1)).date()},
        {"valid_from": (NOW + timedelta(days=1)).date()},
    ],
)
def test_a_rung_counts_on_its_days_and_while_it_is_active(contact, fields):
    make.TermRungFactory(**fields)
    assert raise_rungs(NOW) == 0


@pytest.mark.parametrize(("concerns", "found"), [("all", 1), ("call_backs", 1), ("requests", 0)])
def test_a_rung_may_be_for_call_backs_or_for_what_is_none(contact, concerns, found):
    make.CallBackFactory(contact=contact)
    make.TermRungFactory(concerns=concerns)
    assert raise_rungs(NOW) == found


def test_of_a_call_back_no_share_is_left(contact):
    make.CallBackFactory(contact=contact)
    make.TermRungFactory(moment="share_left", amount=50)
    assert raise_rungs(NOW) == 0


def test_after_an_outage_only_the_last_rung_for_the_same_people_warns(contact):
    half = make.TermRungFactory(moment="share_left", amount=50)
    hour = make.TermRungFactory()
    team_rung = make.TermRungFactory(amount=90, warns="team")
    assert raise_rungs(NOW) == 1
    assert sorted(warned()) == sorted([(half.pk, "nobody"), (hour.pk, "owner"), (team_rung.pk, "team")])
    assert raise_rungs(NOW + timedelta(minutes=5)) == 0


def test_an_owner_who_is_away_is_stood_in_for_by_the_leader_and_the_leader_by_the_managers(contact, owner, team):
    manager = person(roles.MANAGER)
    type(owner.user).objects.filter(pk=owner.user_id).update(last_login=NOW - timedelta(days=4))
    rung = make.TermRungFactory()
    raise_rungs(NOW)
    assert (warned(), written_to()) == ([(rung.pk, "lead")], {team.lead_id})
    type(owner.user).objects.filter(pk=team.lead_id).update(is_active=False)
    Contact.objects.update(due_at=NOW + timedelta(minutes=31))
    raise_rungs(NOW + timedelta(minutes=5))
    assert (warned()[-1], written_to()) == ((rung.pk, "managers"), {team.lead_id, manager.pk})


def test_what_nobody_has_warns_the_team(contact, owner, team):
    colleague = make.AgentFactory(user=person(), team=team)
    make.AgentFactory(user=person(last_login=NOW - timedelta(days=9)), team=team)
    make.AgentFactory(user=person(), team=make.TeamFactory())
    Contact.objects.update(owner=None, state="open")
    rung = make.TermRungFactory()
    raise_rungs(NOW)
    assert (warned(), written_to()) == ([(rung.pk, "team")], {owner.user_id, colleague.user_id})


def test_with_nobody_to_warn_it_is_logged_and_not_asked_again(contact, owner, team, caplog):
    type(owner.user).objects.update(is_active=False)
    rung = make.TermRungFactory()
    assert raise_rungs(NOW) == 0
    assert warned() == [(rung.pk, "nobody")]
    assert "nobody to warn" in caplog.text
    assert raise_rungs(NOW + timedelta(minutes=5)) == 0


def test_each_person_gets_one_message_for_a_round_with_numbers_and_nothing_about_customers(contact, owner, team):
    late = make.ContactFactory(
        state="in_progress",
        team=team,
        owner=owner,
        subject="Ricorso di Carla Verdi",
        address="carla.verdi@example.it",
        started_at=NOW - timedelta(days=3),
        due_at=NOW - timedelta(hours=1),
    )
    make.TermRungFactory()
    raise_rungs(NOW)
    notice = Notice.objects.get(kind=CONTACT_TERMS.code)
    assert contact.number in notice.body_text
    assert late.number in notice.body_text
    assert not [word for word in ("Verdi", "carla", "Copia della polizza") if word in str(notice.__dict__)]


def test_a_long_message_names_some_and_counts_the_others(team, owner):
    make.ContactFactory.create_batch(
        rungs.LISTED + 3, team=team, owner=owner, state="in_progress", due_at=NOW, started_at=NOW - timedelta(days=1)
    )
    make.TermRungFactory()
    owner.user.language = "en"
    owner.user.save()
    raise_rungs(NOW)
    text = Notice.objects.get(kind=CONTACT_TERMS.code).body_text
    assert (text.count("C-"), "and 3 other contacts" in text) == (rungs.LISTED, True)


def test_a_round_takes_no_more_than_it_may_and_the_next_goes_on(contact, team, owner, monkeypatch):
    monkeypatch.setattr(rungs, "MOST", 1)
    make.ContactFactory(state="in_progress", team=team, owner=owner, started_at=NOW - timedelta(days=1), due_at=NOW)
    make.TermRungFactory()
    assert [raise_rungs(NOW + timedelta(seconds=each)) for each in range(3)] == [1, 1, 0]


def test_a_message_is_not_sent_once_what_it_names_is_done_or_has_another_term(contact):
    make.TermRungFactory()
    raise_rungs(NOW)
    notices = list(Notice.objects.filter(kind=CONTACT_TERMS.code))
    assert no_longer_near(notices, NOW) == {}
    Contact.objects.update(due_at=NOW + timedelta(days=1))
    assert set(no_longer_near(notices, NOW)) == {notices[0].pk}


def test_the_cost_of_a_round_does_not_grow_with_its_contacts(contact, team, owner):
    make.TermRungFactory()

    def cost():
        with CaptureQueriesContext(connection) as asked:
            raise_rungs(timezone.now())
        return len(asked)

    one = cost()
    for _number in range(3):
        make.ContactFactory(
            state="in_progress", team=team, owner=owner, started_at=NOW - timedelta(days=1), due_at=NOW
        )
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert cost() == one


def test_what_was_raised_is_not_rewritten():
    raised = make.RaisedRungFactory()
    with refused_by_trigger():
        RaisedRung.objects.filter(pk=raised.pk).update(warned="team")


def test_what_is_owed_is_found_by_the_index_of_terms(contact):
    rung = make.TermRungFactory(kinds=["request"], level=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = owed_to(rung, rungs.Reach(NOW)).order_by("due_at", "pk").values_list("pk")
        plan = asked.explain()
    assert "contact_due" in plan
    # Of a table that is still empty either of its indexes will do.
    assert "a_rung_is_raised_once_for_a_term" in plan or "raisedrung_rung_id" in plan
    assert "Seq Scan" not in plan


# --- Where it is read
QUEUE = reverse("admin:contact_center_contact_changelist")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def test_row_and_page_say_who_was_warned_and_when(contact, owner):
    make.TermRungFactory(warns="team")
    raise_rungs(NOW)
    client = signed_in(owner.user)
    for address in (QUEUE, reverse("admin:contact_center_contact_change", args=[contact.pk])):
        assert "Gruppo avvisato alle 10:00" in client.get(address).content.decode()
    Contact.objects.update(due_at=NOW + timedelta(days=3))
    assert "Gruppo avvisato" not in client.get(QUEUE).content.decode()


def test_the_queue_can_be_narrowed_to_those_somebody_was_warned_of(contact, owner):
    make.ContactFactory(due_at=NOW)
    make.RaisedRungFactory(contact=contact, due_at=contact.due_at)
    listed = signed_in(owner.user).get(QUEUE, {"work": "open", "part": "warned"})
    assert [each.pk for each in listed.context["cl"].result_list] == [contact.pk]


def test_the_first_page_counts_what_one_was_warned_of(contact, owner, team):
    manager, other = person(roles.MANAGER), make.AgentFactory(user=person(), team=team).user
    everybody = [owner.user, team.lead, other, manager]

    def found():
        return [warnings_to(user, Contact.objects.all()).count() for user in everybody]

    for warned_first, counts in (
        ("nobody", [0, 0, 0, 0]),
        ("owner", [1, 0, 0, 0]),
        ("lead", [1, 1, 0, 0]),
        ("team", [1, 1, 1, 0]),
        ("managers", [1, 1, 1, 1]),
    ):
        make.RaisedRungFactory(contact=contact, due_at=contact.due_at, warned=warned_first)
        assert found() == counts
    shown_first = signed_in(owner.user).get(reverse("admin:index")).content.decode()
    assert "1 scade entro un’ora" in shown_first


# --- Where it is kept
def data(**given):
    return {"moment": "minutes_before", "amount": 60, "warns": "lead", "concerns": "all", "is_active": "on"} | given


def test_an_administrator_enters_a_rung_and_its_earlier_form_is_kept():
    client = signed_in(person(roles.ADMINISTRATOR))
    assert client.post(reverse("admin:contact_center_termrung_add"), data(kinds=["request"])).status_code == 302
    rung = TermRung.objects.get(warns="lead", amount=60)
    assert rung.kinds == ["request"]
    address = reverse("admin:contact_center_termrung_change", args=[rung.pk])
    assert client.post(address, data(amount=30)).status_code == 302
    assert rung.history.get().amount == 60


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 99_999}, "amount"),
        ({"moment": "at_term"}, "amount"),
        ({"moment": "share_left", "amount": 100}, "amount"),
        ({"moment": "share_left", "amount": 50, "concerns": "call_backs"}, "concerns"),
        ({"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, "valid_to"),
        ({"kinds": ["letter"]}, "kinds"),
    ],
)
def test_a_rung_that_cannot_be_is_refused_at_its_field(given, wrong):
    answer = signed_in(person(roles.ADMINISTRATOR)).post(reverse("admin:contact_center_termrung_add"), data(**given))
    assert set(answer.context["adminform"].form.errors) == {wrong}


def test_an_agent_reads_rungs_and_changes_none():
    client = signed_in(person())
    assert client.get(reverse("admin:contact_center_termrung_changelist")).status_code == 200
    assert client.post(reverse("admin:contact_center_termrung_add"), data()).status_code == 403
