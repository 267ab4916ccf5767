"""All of the service on one page: each part counts what its own pages count, beside the year before, for whoever may see it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory, FeedbackFactory
from contact_center.figures import refresh
from contact_center.figures.period import Period
from contact_center.tests.factories import CallFactory, ContactFactory
from customers import roles
from customers.tests.factories import UserFactory
from insights.service.lines import MOST, Risk, at_risk, sections
from notifications.tests.factories import SendingDayFactory

pytestmark = pytest.mark.django_db
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
ADDRESS = {"from": "2026-05-01", "to": "2026-05-31"}
IN_JUNE = datetime(2026, 6, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_june(time_machine):
    time_machine.move_to(IN_JUNE, tick=False)


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


def line_of(user, section, key, period=MAY):
    found = next(each for each in sections(user, period, timezone.now()) if each.key == section)
    return next(line for line in found.lines if line.key == key)


def answered(complaint, day):
    """The complaint with its answer on the day."""
    Complaint.objects.filter(pk=complaint.pk).update(
        state="answered",
        answer="Testo",
        outcome=Complaint.Outcome.REJECTED,
        answered_at=datetime(2026, day.month, day.day, 9, tzinfo=UTC),
    )


# --- The parts --------------------------------------------------------------------------------------------------------
def test_what_came_in_writing_and_was_dealt_with_is_counted_and_calls_are_not(manager):
    moment = datetime(2026, 5, 4, 8, tzinfo=UTC)
    for channel, outcome in (("email", "resolved"), ("portal", "unresolved")):
        ContactFactory(channel=channel, started_at=moment, state="closed", closed_at=moment, outcome=outcome)
    CallFactory(queued_at=moment)
    refresh()
    line = line_of(manager, "writing", "first_level")
    assert (line.value, line.of) == (1, 2)


def test_complaints_of_the_period_are_counted_by_the_day_of_receipt(manager):
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)):
        ComplaintFactory(received_on=day)
    assert line_of(manager, "complaints", "received").value == 2


def test_an_answer_is_within_its_term_until_the_last_day(manager):
    in_time, late = (ComplaintFactory(received_on=date(2026, 5, 1)) for _each in range(2))
    answered(in_time, in_time.due_on)
    answered(late, late.due_on + timedelta(days=1))
    line = line_of(manager, "complaints", "in_time")
    assert (line.value, line.of) == (1, 2)


def test_the_days_to_the_answer_begin_with_the_earlier_receipt(manager):
    complaint = ComplaintFactory(received_on=date(2026, 5, 10), received_by_intermediary_on=date(2026, 5, 1))
    answered(complaint, date(2026, 5, 21))
    assert line_of(manager, "complaints", "days").mean == 20


def test_without_an_answer_there_is_no_mean(manager):
    ComplaintFactory(received_on=date(2026, 5, 1))
    assert line_of(manager, "complaints", "days").mean is None


def test_notices_come_from_their_kept_days(manager):
    SendingDayFactory(day=date(2026, 5, 4), written=10, sent=8, came_back=2)
    SendingDayFactory(day=date(2026, 6, 1), written=5)
    sent = line_of(manager, "notices", "sent")
    assert (sent.value, sent.of) == (8, 10)
    lost = line_of(manager, "notices", "lost")
    assert (lost.value, lost.of) == (2, 8)


def test_opinions_of_the_period_are_those_of_their_own_page(manager):
    FeedbackFactory(received_at=datetime(2026, 5, 4, 8, tzinfo=UTC), rating=4, text="Bene")
    FeedbackFactory(received_at=datetime(2026, 6, 4, 8, tzinfo=UTC), rating=1, text="Male")
    assert line_of(manager, "opinions", "given").value == 1
    assert line_of(manager, "opinions", "stars").mean == 4


def test_each_number_stands_beside_that_of_the_year_before(manager):
    ComplaintFactory(received_on=date(2026, 5, 4))
    ComplaintFactory.create_batch(2, received_on=date(2025, 5, 4))
    line = line_of(manager, "complaints", "received")
    assert (line.value, line.before.value) == (1, 2)


# --- Now --------------------------------------------------------------------------------------------------------------
def test_what_is_late_now_is_named_as_late(manager):
    ComplaintFactory(received_on=date(2026, 4, 1))
    ComplaintFactory(received_on=date(2026, 4, 30))
    found = {str(risk.label): risk for risk in at_risk(manager, timezone.now())}
    assert found["Reclami oltre il termine"].number == 1
    assert found["Reclami oltre il termine"].is_bad
    assert found["Reclami in scadenza entro 7 giorni"].number == 1


def test_more_than_can_be_counted_is_said():
    assert Risk("", MOST + 1, "", "").is_more
    assert not Risk("", MOST, "", "").is_more


# --- The page ---------------------------------------------------------------------------------------------------------
def test_every_number_of_the_page_opens_its_list(client, manager):
    ComplaintFactory(received_on=date(2026, 5, 4), complainant_name="Clelia Aquilani")
    client.force_login(manager)
    page = client.get(reverse("service"), ADDRESS)
    assert page.status_code == 200
    urls = {cell["url"] for table in page.context["tables"] for row in table["rows"] for cell in row["cells"]}
    urls |= {risk["url"] for risk in page.context["risks"]}
    assert len(urls) > 8
    for url in urls:
        assert client.get(url).status_code == 200, url


def test_the_list_of_complaints_of_a_period_has_those_received_in_it(client, manager):
    ComplaintFactory(received_on=date(2026, 5, 4), subject="Di maggio")
    ComplaintFactory(received_on=date(2026, 4, 4), subject="Di aprile")
    client.force_login(manager)
    text = client.get(line_of(manager, "complaints", "received").url).content.decode()
    assert "Di maggio" in text
    assert "Di aprile" not in text


@pytest.mark.parametrize(
    "days", ["2026-05-01", "maggio_giugno", "2026-05-31_2026-05-01", "_", "2026-02-30_2026-03-01"]
)
def test_days_that_are_none_find_nothing(client, manager, days):
    ComplaintFactory(received_on=date(2026, 5, 4), subject="Di maggio")
    client.force_login(manager)
    page = client.get(reverse("admin:complaints_complaint_changelist"), {"work": "all", "received": days})
    assert page.status_code == 200
    assert "Di maggio" not in page.content.decode()


def test_a_period_that_ends_before_it_begins_is_refused_in_words(client, manager):
    client.force_login(manager)
    page = client.get(reverse("service"), {"from": "2026-05-31", "to": "2026-05-01"})
    assert page.status_code == 400
    assert "finisce" in page.content.decode()


def test_an_empty_service_has_counts_and_no_shares(client, manager):
    client.force_login(manager)
    text = client.get(reverse("service"), ADDRESS).content.decode()
    assert "n.d." in text


def test_the_page_asks_as_much_for_one_complaint_as_for_three(client, manager, django_assert_num_queries):
    client.force_login(manager)
    ComplaintFactory(received_on=date(2026, 5, 4))
    client.get(reverse("service"), ADDRESS)
    with django_assert_num_queries(29):
        client.get(reverse("service"), ADDRESS)
    ComplaintFactory.create_batch(2, received_on=date(2026, 5, 4))
    FeedbackFactory.create_batch(2, received_at=datetime(2026, 5, 4, 8, tzinfo=UTC))
    with django_assert_num_queries(29):
        client.get(reverse("service"), ADDRESS)


def test_the_file_has_the_numbers_of_the_page(client, manager):
    ComplaintFactory(received_on=date(2026, 5, 4))
    client.force_login(manager)
    rows = list(csv.DictReader(io.StringIO(client.get(reverse("service_csv"), ADDRESS).content.decode())))
    received = next(row for row in rows if (row["part"], row["key"]) == ("complaints", "received"))
    assert (received["value"], received["value_before"]) == ("1", "0")
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("service_xlsx"), ADDRESS).content))
    assert book.active.max_row == len(rows) + 1


def test_who_may_not_see_complaints_gets_the_page_without_them(client, manager):
    manager.groups.clear()
    manager.is_staff = True
    manager.save()
    manager.user_permissions.add(Permission.objects.get(codename="view_dailyfigures"))
    client.force_login(manager)
    page = client.get(reverse("service"), ADDRESS)
    assert [table["caption"] for table in page.context["tables"]] == ["Per iscritto"]
