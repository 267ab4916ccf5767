"""What happens when changes arrive while the figures are counted: real transactions on two connections."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from contact_center import tasks
from contact_center.figures import daily, figures
from contact_center.figures.period import Period
from contact_center.models import Contact, StaleDay, StalePerson, TollFreeLine
from contact_center.tests.factories import CallFactory, ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)

MAY_4 = Period(date(2026, 5, 4), date(2026, 5, 4))


@pytest.fixture(autouse=True)
def lines(db):
    """A transactional test empties every table, so the three lines are entered again."""
    TollFreeLine.objects.get_or_create(code="prova", defaults={"name": "Prova", "number": "+39800123456"})


def elsewhere(work) -> None:
    """Run on a connection of its own, to the end."""
    failures = []

    def target() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=target)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


def test_a_call_that_commits_while_its_day_is_counted_is_not_lost(monkeypatch):
    line = TollFreeLine.objects.get(code="prova")
    CallFactory(abandoned=True, line=line)
    count = daily._recount

    def counting(basis, days):
        count(basis, days)
        elsewhere(lambda: CallFactory(abandoned=True, line=line))

    monkeypatch.setattr(daily, "_recount", counting)
    daily.refresh()
    assert (figures(MAY_4).totals.offered, StaleDay.objects.count()) == (1, 1)
    monkeypatch.undo()
    daily.refresh()
    assert (figures(MAY_4).totals.offered, StaleDay.objects.count()) == (2, 0)


def test_a_call_not_committed_when_its_day_is_counted_is_counted_the_next_time():
    line = TollFreeLine.objects.get(code="prova")
    with transaction.atomic():
        CallFactory(abandoned=True, line=line)
        elsewhere(daily.refresh)
    assert figures(MAY_4).totals.offered == 0
    daily.refresh()
    assert figures(MAY_4).totals.offered == 1


def test_writers_of_the_same_day_do_not_wait_for_each_other():
    line = TollFreeLine.objects.get(code="prova")
    with transaction.atomic():
        CallFactory(abandoned=True, line=line)
        elsewhere(lambda: CallFactory(abandoned=True, line=line))
    assert set(StaleDay.objects.values_list("day", flat=True)) == {MAY_4.start}


def test_a_refresh_waits_for_nobody_s_open_contact():
    contact = ContactFactory()
    daily.refresh()
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=contact.pk)
        elsewhere(daily.refresh)


def test_two_contacts_of_one_person_taken_at_once_find_each_other():
    with transaction.atomic():
        first = ContactFactory()
        elsewhere(lambda: ContactFactory(started_at=first.started_at.replace(hour=20)))
        elsewhere(daily.refresh)
    daily.refresh()
    assert Contact.objects.get(pk=first.pk).repeated_on == MAY_4.start
    assert StalePerson.objects.count() == 0


def test_the_task_leaves_the_counting_to_another_that_is_at_it():
    CallFactory(abandoned=True, line=TollFreeLine.objects.get(code="prova"))
    found = []
    with transaction.atomic():
        daily._take_turn(wait=True)
        elsewhere(lambda: found.append(tasks.refresh_figures()))
    assert (found, StaleDay.objects.count()) == ([0], 1)


def test_the_task_counts_the_days_that_changed():
    CallFactory(abandoned=True, line=TollFreeLine.objects.get(code="prova"))
    assert tasks.refresh_figures() == 1


def test_readers_see_the_old_figures_until_a_rebuild_is_done(monkeypatch):
    CallFactory(abandoned=True, line=TollFreeLine.objects.get(code="prova"))
    daily.refresh()
    seen = []
    monkeypatch.setattr(
        daily, "days_with_rows", lambda *ends: elsewhere(lambda: seen.append(figures(MAY_4).totals.offered))
    )
    daily.rebuild()
    assert seen == [1]
