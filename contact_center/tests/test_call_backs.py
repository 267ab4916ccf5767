"""A customer books a call-back, moves it, calls it off; an agent calls, perhaps in vain."""

import threading
import uuid
from contextlib import contextmanager
from datetime import datetime

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from contact_center.call_backs.commands import (
    MOST_BOOKED,
    book_call_back,
    cancel_call_back,
    move_call_back,
)
from contact_center.call_backs.making import record_no_answer
from contact_center.call_backs.queries import free_slots
from contact_center.contacts import commands
from contact_center.models import CallBack, Contact, ContactEvent, ServiceTarget
from contact_center.tasks import recompute_dues
from contact_center.tests.factories import (
    AgentFactory,
    CallBackFactory,
    OpeningPeriodFactory,
    ServiceTargetFactory,
    TeamFactory,
    TopicFactory,
    WrapUpCodeFactory,
)
from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
EVENTS = ContactEvent.Kind


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


NOW, TEN, ELEVEN = rome("2026-05-04 08:00"), rome("2026-05-04 10:00"), rome("2026-05-04 11:00")  # a Monday


@pytest.fixture(autouse=True)
def _monday_at_eight():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def book(account):
    def booked(at=TEN, account=account, **given):
        facts = {"phone": "+393331234567", "submission_key": uuid.uuid4(), **given}
        return book_call_back(customer=account.customer, starts_at=at, by=account.user, **facts).call_back

    return booked


@contextmanager
def refused(code):
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


def kinds(contact):
    return list(contact.events.order_by("pk").values_list("kind", flat=True))


# --- Booking
def test_a_call_back_waits_in_the_queue_and_is_due_at_its_hour(book, account):
    topic = TopicFactory()
    call_back = book(topic=topic, text="Per il rinnovo")
    contact = call_back.contact
    assert (contact.channel, contact.kind, contact.state) == ("portal", "request", "open")
    assert (contact.customer, contact.topic, contact.due_at) == (account.customer, topic, TEN)
    assert contact.subject == "Richiamare il 4 maggio 2026, ore 10:00"
    assert contact.messages.get().text == "Per il rinnovo"
    assert kinds(contact) == [EVENTS.OPENED, EVENTS.AGREED]
    assert (call_back.starts_at, call_back.ends_at) == (TEN, rome("2026-05-04 10:30"))


def test_the_hour_is_confirmed_in_writing_once(book, account):
    key = uuid.uuid4()
    first = book(submission_key=key)
    assert book(submission_key=key) == first
    sent = Notice.objects.filter(customer=account.customer, kind="call-back-booked", channel="inbox")
    assert [notice.subject for notice in sent] == ["La chiamiamo: lunedì 4 maggio 2026, ore 10:00"]
    assert "333 123 4567" in sent[0].body_text
    assert CallBack.objects.count() == 1


def test_its_due_time_stays_the_hour_when_all_are_worked_out_again(book, agent):
    contact = book().contact
    ServiceTarget.objects.update(minutes=60)
    recompute_dues()
    commands.take(contact, by=agent.user)
    contact.refresh_from_db()
    assert contact.due_at == TEN


@pytest.mark.parametrize(
    "at", ["2026-05-04 08:00", "2026-05-04 10:10", "2026-05-04 13:15", "2026-05-03 10:00", "2026-05-20 10:00"]
)
def test_an_hour_that_is_not_on_offer_is_refused(book, at):
    with refused("hour_not_on_offer"):
        book(rome(at))
    assert not Contact.objects.exists()


def test_a_full_hour_is_refused_and_no_longer_offered(book, settings):
    settings.CALL_BACKS_PER_SLOT = 2
    for _turn in range(2):
        book(account=ReservedAreaAccountFactory())
    with refused("hour_full"):
        book()
    assert TEN not in {slot.start for slot in free_slots(timezone.now())}
    assert ELEVEN in {slot.start for slot in free_slots(timezone.now())}


def test_without_places_no_hour_is_offered(settings):
    settings.CALL_BACKS_PER_SLOT = 0
    assert free_slots(timezone.now()) == []


def test_without_a_calendar_no_hour_is_offered(book):
    ServiceTarget.objects.all().delete()
    assert free_slots(timezone.now()) == []
    with refused("hour_not_on_offer"):
        book()


def test_the_same_person_has_one_call_back_at_an_hour(book):
    book()
    with refused("hour_yours_already"):
        book()


def test_nobody_fills_the_hours_alone(book):
    for number in range(MOST_BOOKED):
        book(rome(f"2026-05-05 {10 + number}:00"))
    with refused("many_call_backs"):
        book()


def test_the_database_refuses_two_of_one_person_at_one_hour(book, account):
    book()
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBackFactory(customer=account.customer, starts_at=TEN)


def test_the_database_keeps_call_backs(book):
    call_back = book()
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        call_back.delete()


# --- Moving
def test_another_hour_is_agreed_and_confirmed(book, account):
    moved = move_call_back(book(), starts_at=ELEVEN, by=account.user)
    contact = Contact.objects.get()
    assert (moved.starts_at, moved.ends_at) == (ELEVEN, rome("2026-05-04 11:30"))
    assert (contact.due_at, contact.subject) == (ELEVEN, "Richiamare il 4 maggio 2026, ore 11:00")
    subjects = Notice.objects.filter(kind="call-back-booked", channel="inbox").order_by("pk")
    assert subjects.last().subject == "La Sua richiamata ha un altro orario: lunedì 4 maggio 2026, ore 11:00"


def test_moving_twice_to_the_same_hour_changes_and_writes_nothing_more(book, account):
    call_back = book()
    for _turn in range(2):
        move_call_back(call_back, starts_at=ELEVEN, by=account.user)
    assert kinds(Contact.objects.get()) == [EVENTS.OPENED, EVENTS.AGREED, EVENTS.AGREED]
    assert Notice.objects.filter(kind="call-back-booked", channel="inbox").count() == 2


def test_moved_back_to_the_first_hour_it_is_confirmed_again(book, account):
    call_back = move_call_back(book(), starts_at=ELEVEN, by=account.user)
    move_call_back(call_back, starts_at=TEN, by=account.user)
    assert Notice.objects.filter(kind="call-back-booked", channel="inbox").count() == 3


def test_the_place_that_was_left_is_free_again(book, account, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    move_call_back(book(), starts_at=ELEVEN, by=account.user)
    assert book(account=ReservedAreaAccountFactory()).starts_at == TEN


def test_a_full_hour_is_refused_and_the_old_one_kept(book, account, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    book(ELEVEN, account=ReservedAreaAccountFactory())
    call_back = book()
    with refused("hour_full"):
        move_call_back(call_back, starts_at=ELEVEN, by=account.user)
    call_back.refresh_from_db()
    assert call_back.starts_at == TEN


def test_a_request_that_waited_for_the_customer_goes_on(book, account, agent):
    call_back = book()
    commands.take(call_back.contact, by=agent.user)
    commands.wait(call_back.contact, by=agent.user)
    move_call_back(call_back, starts_at=ELEVEN, by=account.user)
    contact = Contact.objects.get()
    assert (contact.state, contact.owner, contact.due_at) == ("in_progress", agent, ELEVEN)


# --- Calling it off
def test_called_off_it_is_closed_and_counts_in_no_figure(book, account):
    cancelled = cancel_call_back(book(), by=account.user)
    contact = Contact.objects.get()
    assert cancelled.cancelled_at == timezone.now()
    assert (contact.state, contact.outcome, contact.in_base) == ("closed", "withdrawn", False)
    assert Notice.objects.filter(kind="call-back-cancelled", channel="inbox").count() == 1


def test_called_off_twice_it_is_called_off_once(book, account):
    call_back = book()
    for _turn in range(2):
        cancel_call_back(call_back, by=account.user)
    assert kinds(Contact.objects.get()).count(EVENTS.CLOSED) == 1
    assert Notice.objects.filter(kind="call-back-cancelled", channel="inbox").count() == 1


def test_the_hour_of_one_that_was_called_off_can_be_booked_again(book, account, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    cancel_call_back(book(), by=account.user)
    assert book().starts_at == TEN


def test_what_was_called_off_is_not_moved(book, account):
    call_back = book()
    cancel_call_back(call_back, by=account.user)
    with refused("call_back_over"):
        move_call_back(call_back, starts_at=ELEVEN, by=account.user)


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_once_its_hour_has_come_it_is_not_changed(book, account, change):
    call_back = book()
    with time_machine.travel(TEN, tick=False), refused("call_back_begun"):
        if change == "move":
            move_call_back(call_back, starts_at=rome("2026-05-04 12:00"), by=account.user)
        else:
            cancel_call_back(call_back, by=account.user)


# --- Calling
def test_the_next_contact_is_no_call_back_before_its_hour(book, agent):
    contact = book().contact
    assert commands.take_next(by=agent.user) is None
    with time_machine.travel(TEN, tick=False):
        assert commands.take_next(by=agent.user) == contact


def test_who_calls_in_vain_writes_it_down_and_keeps_it(book, agent):
    contact = book().contact
    for tries in (1, 2):
        assert record_no_answer(contact, by=agent.user).tries == tries
    contact.refresh_from_db()
    assert (contact.owner, contact.state) == (agent, "in_progress")
    assert kinds(contact)[-2:] == [EVENTS.TRIED, EVENTS.AGREED]


def test_wrapped_up_it_is_made(book, agent):
    contact = book().contact
    commands.wrap_up(contact, code=WrapUpCodeFactory(needs_topic=False), by=agent.user)
    assert not CallBack.objects.to_make().exists()
    with refused("no_call_back"):
        record_no_answer(contact, by=agent.user)


def test_what_was_made_is_not_called_off(book, account, agent):
    call_back = book()
    commands.wrap_up(call_back.contact, code=WrapUpCodeFactory(needs_topic=False), by=agent.user)
    with refused("call_back_over"):
        cancel_call_back(call_back, by=account.user)


def test_a_contact_without_a_call_back_has_none_to_make(agent):
    from_form = CallBackFactory(cancelled_at=timezone.now()).contact
    with refused("no_call_back"):
        record_no_answer(from_form, by=agent.user)


def test_who_is_no_agent_makes_no_calls(book):
    with refused("not_an_agent"):
        record_no_answer(book().contact, by=UserFactory(role=roles.MANAGER))


# --- Two at once
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_want_the_last_place_one_gets_it(settings):
    settings.CALL_BACKS_PER_SLOT = 1
    # Real transactions empty the tables at their end: the calendar of every installation may be gone.
    OpeningPeriodFactory(calendar=ServiceTargetFactory(valid_from=NOW.date()).calendar)
    accounts = [ReservedAreaAccountFactory() for _turn in range(2)]
    start, results = threading.Barrier(2), []

    def run(account) -> None:
        try:
            start.wait()
            book_call_back(
                customer=account.customer,
                starts_at=TEN,
                phone="+393331234567",
                submission_key=uuid.uuid4(),
                by=account.user,
            )
            results.append("booked")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["booked", "hour_full"]
    assert CallBack.objects.count() == 1
