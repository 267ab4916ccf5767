"""What rings waits for the end of quiet hours, by the clock of Rome; a code does not, nor what would come too late."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from customers.tests.factories import ContactPointFactory, CustomerFactory
from foundation.dates import ROME
from notifications import kinds, operation_kinds
from notifications.delivery import deliver_notices
from notifications.models import Notice, NoticeHold
from notifications.preferences.rules import free_time, quiet_until
from notifications.tests.factories import NoticeFactory, NoticePreferenceFactory
from notifications.tests.mail import mail_server

NIGHT, NOON = (time(22), time(7)), (time(13), time(15))


@pytest.fixture(autouse=True)
def quiet_hours(settings):
    settings.NOTICE_QUIET_FROM, settings.NOTICE_QUIET_UNTIL = NIGHT


def rome(*moment, fold=0):
    return datetime(*moment, tzinfo=ROME, fold=fold)


@pytest.mark.parametrize(
    ("now", "spans", "until"),
    [
        (rome(2026, 6, 15, 21, 59), [NIGHT], None),
        (rome(2026, 6, 15, 22), [NIGHT], rome(2026, 6, 16, 7)),
        (rome(2026, 6, 16, 6, 59), [NIGHT], rome(2026, 6, 16, 7)),
        (rome(2026, 6, 16, 7), [NIGHT], None),
        (rome(2026, 6, 15, 14), [NIGHT, NOON], rome(2026, 6, 15, 15)),
        (rome(2026, 6, 15, 23), [NIGHT, (time(6), time(9))], rome(2026, 6, 16, 9)),  # one runs into the other
        (rome(2026, 12, 31, 23), [NIGHT], rome(2027, 1, 1, 7)),
        (rome(2026, 6, 15, 23), [], None),
        # The night in which the clock goes from two to three, and an end in the hour that there is not
        (rome(2026, 3, 28, 23), [NIGHT], rome(2026, 3, 29, 7)),
        (rome(2026, 3, 29, 1), [(time(22), time(2, 30))], datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # The night with an hour twice: before it, in the first of the two, and in the second
        (rome(2026, 10, 24, 23), [NIGHT], rome(2026, 10, 25, 7)),
        (rome(2026, 10, 25, 2, 15), [(time(22), time(2, 30))], datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (rome(2026, 10, 25, 2, 15, fold=1), [(time(22), time(2, 30))], datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_clock_of_rome(now, spans, until):
    found = quiet_until(now.astimezone(UTC), spans)
    assert found == (until.astimezone(UTC) if until else None)


def test_quiet_hours_always_end_later():
    moment = datetime(2026, 10, 24, 18, tzinfo=UTC)
    while moment < datetime(2026, 10, 25, 12, tzinfo=UTC):
        until = quiet_until(moment, [NIGHT, (time(1, 30), time(2, 30))])
        assert until is None or moment < until <= moment + timedelta(hours=11)
        moment += timedelta(minutes=7)


@pytest.mark.parametrize(
    ("spans", "hours"), [([NIGHT], 15), ([NIGHT, NOON], 13), ([NIGHT, (time(20), time(23))], 13), ([], 24)]
)
def test_the_free_hours_of_a_day(spans, hours):
    assert free_time(spans) == timedelta(hours=hours)


# --- At the sending
@pytest.fixture
def texted(db, settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    ContactPointFactory(customer=customer, kind="email", value="anna@example.it")
    return customer


def text(customer, kind=kinds.INSTALMENT_DUE, **fields):
    shared = {"kind": kind.code, "channel": "sms", "address": "+393331234567", "body_text": "Rata in scadenza"}
    return NoticeFactory(**shared | {"customer": customer} | fields)


def at(*moment):
    return time_machine.travel(rome(*moment), tick=False)


def send(notice):
    with mail_server():
        deliver_notices([notice.pk])
    notice.refresh_from_db()
    return notice.state


def test_a_text_waits_for_the_morning_and_then_goes(texted):
    with at(2026, 6, 15, 23):
        notice = text(texted)
        assert send(notice) == "queued"
    assert notice.send_after == rome(2026, 6, 16, 7)
    hold = NoticeHold.objects.get()
    assert (hold.notice, hold.until, hold.is_own) == (notice, rome(2026, 6, 16, 7), False)
    assert list(Notice.objects.owed(rome(2026, 6, 16, 6, 59))) == []
    with at(2026, 6, 16, 7):
        assert send(notice) == "sent"


def test_held_twice_it_is_one_wait(texted):
    with at(2026, 6, 15, 23):
        notice = text(texted)
        send(notice)
        Notice.objects.update(send_after=rome(2026, 6, 15, 22))
        send(notice)
    assert NoticeHold.objects.count() == 1


def test_an_email_goes_at_night_unless_the_person_does_not_want_that(texted):
    with at(2026, 6, 15, 23):
        first, second = (NoticeFactory(customer=texted, kind="instalment-due") for _two in range(2))
        assert send(first) == "sent"
        NoticePreferenceFactory(customer=texted, quiet_email=True)
        assert send(second) == "queued"


def test_the_persons_own_hours_hold_beside_the_companys(texted):
    NoticePreferenceFactory(customer=texted, off=[], quiet_from=time(13), quiet_until=time(15))
    with at(2026, 6, 15, 14):
        notice = text(texted)
        assert send(notice) == "queued"
    assert (notice.send_after, NoticeHold.objects.get().is_own) == (rome(2026, 6, 15, 15), True)


def test_a_code_is_never_held(texted):
    with at(2026, 6, 15, 23):
        assert send(text(texted, operation_kinds.CODE_BY_SMS)) == "sent"
        assert send(text(texted, operation_kinds.PHONE_CHANGED)) == "sent"


def test_what_would_come_too_late_is_not_held(texted):
    with at(2026, 6, 15, 23):
        assert send(text(texted, expires_at=rome(2026, 6, 16, 6))) == "sent"
        assert send(text(texted, expires_at=rome(2026, 6, 16, 8))) == "queued"


def test_what_goes_to_nobodys_file_is_not_held(texted):
    with at(2026, 6, 15, 23):
        assert send(text(None)) == "sent"


def test_a_company_without_quiet_hours_holds_nothing(texted, settings):
    settings.NOTICE_QUIET_FROM = settings.NOTICE_QUIET_UNTIL = time(0)
    with at(2026, 6, 15, 23):
        assert send(text(texted)) == "sent"
