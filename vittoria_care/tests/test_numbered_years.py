"""The numbers of a year lack none, of whatever they are: fifty at once get one to fifty."""

import threading

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from complaints.models import RegisterYear
from customers.models import ReportYear

MODELS = [RegisterYear, ReportYear]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", MODELS)
def test_fifty_at_once_get_one_to_fifty_without_a_gap_though_others_fail(model):
    """Of 75 at once, 25 fail after they took their number, and give it back."""
    taken, problems, start = [], [], threading.Barrier(75)

    def take(fails: bool) -> None:
        try:
            start.wait()
            with transaction.atomic():
                year, _moment = model.locked_now()
                number = year.take_number()
                if fails:
                    transaction.set_rollback(True)
            if not fails:
                taken.append(number)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(number % 3 == 0,)) for number in range(75)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(taken) == list(range(1, 51))
    assert model.objects.get().last_number == 50


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_what_waited_over_new_years_eve_gets_a_number_of_the_new_year(model, time_machine, monkeypatch):
    time_machine.move_to("2026-12-31T22:59:59Z", tick=False)
    found = model._default_manager.select_for_update

    def waiting():
        time_machine.move_to("2026-12-31T23:00:01Z", tick=False)
        return found()

    monkeypatch.setattr(model._default_manager, "select_for_update", waiting)
    year, moment = model.locked_now()
    assert (year.year, timezone.localdate(moment).year, year.take_number()) == (2027, 2027, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("change", [{"last_number": 6}, {"year": 2027}])
def test_a_year_goes_forwards_only_and_remains(model, change):
    model.objects.create(year=2026, last_number=7)
    for refused in (lambda: model.objects.update(**change), lambda: model.objects.all().delete()):
        with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
            refused()
