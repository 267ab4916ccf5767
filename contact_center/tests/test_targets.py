"""By when a contact is due: from the targets in force, the calendar, and the contact's own events."""

from datetime import date, datetime, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.contacts import commands, reopening
from contact_center.due import targets
from contact_center.models import Contact, ServiceCalendar, ServiceTarget, WrapUpCode
from contact_center.tasks import recompute_dues
from contact_center.tests.factories import (
    AgentFactory,
    ContactEventFactory,
    ContactFactory,
    OpeningPeriodFactory,
    ServiceCalendarFactory,
    ServiceTargetFactory,
    SpecialDayFactory,
    TeamFactory,
    TopicFactory,
    WebFormRequestFactory,
    WrapUpCodeFactory,
)
from customers import roles
from customers.tests.factories import UserFactory
from foundation.dates import ROME

pytestmark = pytest.mark.django_db


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def shown(moment: datetime | None) -> str | None:
    return moment.astimezone(ROME).strftime("%Y-%m-%d %H:%M") if moment else None


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def written():
    """A request written on a Monday at ten; it is due after 960 minutes of service, on Tuesday at 18:00."""
    return WebFormRequestFactory(contact__started_at=rome("2026-05-04 10:00")).contact


def at(text):
    return time_machine.travel(rome(text), tick=False)


def due(contact):
    contact.refresh_from_db()
    return shown(contact.due_at)


# --- The targets in force
def test_the_first_level_answers_a_request_within_960_minutes_of_service():
    assert shown(targets.due_at(kind="request", level=1, since=rome("2026-05-04 10:00"))) == "2026-05-05 18:00"


def test_the_target_is_that_in_force_on_the_italian_day():
    calendar = ServiceCalendar.objects.get(code="assistenza")
    ServiceTargetFactory(kind="request", level=1, calendar=calendar, minutes=60, valid_from=date(2026, 5, 5))
    assert shown(targets.due_at(kind="request", level=1, since=rome("2026-05-04 23:30"))) == "2026-05-06 16:30"
    assert shown(targets.due_at(kind="request", level=1, since=rome("2026-05-05 00:30"))) == "2026-05-05 09:30"


def test_an_ended_target_is_in_force_no_more():
    ServiceTarget.objects.filter(kind="request", level=1).update(valid_to=date(2026, 5, 3))
    assert targets.due_at(kind="request", level=1, since=rome("2026-05-04 10:00")) is None


def test_a_calendar_that_is_never_open_leaves_a_request_without_a_term_and_takes_it_all_the_same(caplog):
    ServiceTarget.objects.filter(kind="request", level=1).update(calendar=ServiceCalendarFactory(name="Vuoto"))
    assert targets.due_at(kind="request", level=1, since=timezone.now()) is None
    assert "Vuoto" in caplog.text


def test_special_days_and_midnight_are_read_from_the_calendar():
    calendar = ServiceCalendarFactory()
    for weekday in range(7):
        OpeningPeriodFactory(calendar=calendar, weekday=weekday, opens=time(0), closes=time(0))
    SpecialDayFactory(calendar=calendar, day=date(2026, 5, 5))
    SpecialDayFactory(calendar=calendar, day=date(2026, 5, 6), opens=time(12), closes=time(0))
    ServiceTarget.objects.filter(kind="request", level=1).update(calendar=calendar)
    assert shown(targets.due_at(kind="request", level=1, since=rome("2026-05-04 20:00"))) == "2026-05-07 00:00"


def test_it_takes_one_query():
    with CaptureQueriesContext(connection) as queries:
        targets.due_at(kind="request", level=1, since=timezone.now())
    assert len(queries) == 1


# --- The clock of a contact
def test_taking_moves_nothing(written, agent):
    with at("2026-05-04 11:00"):
        commands.take(written, by=agent.user)
    assert due(written) == "2026-05-05 18:00"


def test_while_we_wait_for_the_customer_nothing_is_due(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    assert due(written) is None


def test_on_resuming_the_due_time_moves_by_the_business_time_paused(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    with at("2026-05-04 15:00"):  # two hours of the morning and one of the afternoon
        commands.resume(written, by=agent.user)
    assert due(written) == "2026-05-06 11:00"


def test_the_night_and_sunday_are_not_paused_twice(written, agent):
    with at("2026-05-04 18:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    with at("2026-05-05 09:00"):
        commands.take(written, by=agent.user)
    assert due(written) == "2026-05-06 09:00"


def test_several_pauses_add_up_however_often_they_are_counted_again(written, agent):
    for start, end in (("11:00", "11:30"), ("12:00", "12:30"), ("14:30", "15:00")):
        with at(f"2026-05-04 {start}"):
            commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
        with at(f"2026-05-04 {end}"):
            commands.resume(written, by=agent.user)
    assert due(written) == "2026-05-06 09:30"
    targets.recompute_due(written)
    targets.recompute_due(written)
    assert shown(written.due_at) == "2026-05-06 09:30"


def test_a_reply_without_waiting_moves_nothing(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Ecco.", by=agent.user)
    assert due(written) == "2026-05-05 18:00"


def test_a_reply_that_goes_on_ends_the_wait(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    with at("2026-05-04 12:00"):
        commands.reply(written, text="Trovato.", by=agent.user)
    assert written.state == "open"  # as it was read
    assert due(written) == "2026-05-06 09:00"
    assert written.state == "in_progress"


def test_putting_back_what_waits_ends_the_wait(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    with at("2026-05-04 12:00"):
        commands.release(written, by=agent.user)
    assert due(written) == "2026-05-06 09:00"


def test_assigning_what_waits_goes_on_waiting(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    commands.assign(written, to=AgentFactory(), by=agent.user)
    assert due(written) is None


def test_the_second_level_has_a_clock_of_its_own(written, agent):
    with at("2026-05-05 10:00"):
        commands.escalate(written, team=TeamFactory(level=2), reason="authority", by=agent.user)
    assert due(written) == "2026-05-08 10:00"  # 1,620 minutes


def test_from_one_second_level_team_to_another_the_clock_goes_on(written, agent):
    with at("2026-05-05 10:00"):
        commands.escalate(written, team=TeamFactory(level=2), reason="authority", by=agent.user)
    with at("2026-05-06 10:00"):
        commands.escalate(written, team=TeamFactory(level=2), reason="knowledge", by=agent.user)
    assert due(written) == "2026-05-08 10:00"


def test_escalating_what_waits_ends_the_wait(written, agent):
    with at("2026-05-04 11:00"):
        commands.reply(written, text="Il numero?", by=agent.user, then="waiting")
    with at("2026-05-05 10:00"):
        commands.escalate(written, team=TeamFactory(level=2), reason="authority", by=agent.user)
    assert due(written) == "2026-05-08 10:00"


def test_to_be_called_back_its_clock_begins_again(written, agent):
    with at("2026-05-05 10:00"):
        code = WrapUpCode.objects.get(code="richiamare")
        commands.wrap_up(written, code=code, topic=TopicFactory(), by=agent.user)
    assert due(written) == "2026-05-06 18:00"


def test_reopened_its_clock_begins_again(written, agent):
    with at("2026-05-04 11:00"):
        commands.take(written, by=agent.user)
        commands.wrap_up(written, code=WrapUpCodeFactory(), topic=TopicFactory(), by=agent.user)
    assert due(written) == "2026-05-05 18:00"  # what it was, for the record
    with at("2026-05-07 10:00"):
        reopening.reopen(written, by=None)
    assert due(written) == "2026-05-08 18:00"


def test_who_the_person_is_moves_nothing(written, agent):
    before = due(written)
    targets.recompute_due(written)
    assert before is None  # the factory did not set it
    assert shown(written.due_at) == "2026-05-05 18:00"


def test_a_contact_of_an_earlier_system_without_events_has_a_clock_all_the_same():
    waiting = ContactFactory(state="waiting", started_at=rome("2026-05-04 10:00"))
    second = ContactFactory(
        level=2, escalation="authority", started_at=rome("2026-05-04 10:00"), escalated_at=rome("2026-05-05 10:00")
    )
    assert targets.recompute_due(waiting).due_at is None
    assert shown(targets.recompute_due(second).due_at) == "2026-05-08 10:00"


def test_a_customer_who_writes_ends_the_wait():
    contact = ContactFactory(state="in_progress", started_at=rome("2026-05-04 10:00"))
    ContactEventFactory(contact=contact, kind="paused", at=rome("2026-05-04 11:00"))
    ContactEventFactory(contact=contact, kind="received", at=rome("2026-05-04 12:00"))
    assert shown(targets.recompute_due(contact).due_at) == "2026-05-06 09:00"


# --- When a calendar or a target changes
def test_a_changed_target_moves_all_open_contacts_in_chunks():
    contacts = [ContactFactory(started_at=rome("2026-05-04 10:00")) for _ in range(5)]
    closed = ContactFactory(closed=True)
    ServiceTarget.objects.filter(kind="request", level=1).update(minutes=60)
    after, chunks = 0, 0
    while (after := targets.recompute_chunk(after, chunk=2)) is not None:
        chunks += 1
    assert chunks == 3
    assert {due(contact) for contact in contacts} == {"2026-05-04 11:00"}
    assert due(closed) is None


def test_a_chunk_costs_the_same_however_many_events():
    contact = ContactFactory(started_at=rome("2026-05-04 10:00"))
    ContactEventFactory(contact=contact)
    with CaptureQueriesContext(connection) as few:
        targets.recompute_chunk()
    for _ in range(3):
        ContactEventFactory(contact=ContactFactory(started_at=rome("2026-05-04 10:00")))
    with CaptureQueriesContext(connection) as many:
        targets.recompute_chunk()
    assert len(many) == len(few)


def test_working_them_out_twice_changes_nothing_and_leaves_versions_alone():
    contact = ContactFactory(started_at=rome("2026-05-04 10:00"))
    targets.recompute_chunk()
    assert due(contact) == "2026-05-05 18:00"
    targets.recompute_chunk()
    assert Contact.objects.get().version == contact.version


def test_each_chunk_sends_for_the_next(monkeypatch):
    sent = []
    monkeypatch.setattr(recompute_dues, "delay", lambda *args: sent.append(args))
    contact = ContactFactory()
    recompute_dues()
    recompute_dues(contact.pk)
    assert sent == [(contact.pk,)]
