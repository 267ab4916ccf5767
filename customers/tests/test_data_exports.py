"""Copies of a customer's data: asked for once, made by one worker, deleted at their end."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.data_exports import commands
from customers.data_exports.rules import FRESH, GIVEN_UP_BY_WORKER, next_try_in
from customers.models import DataExport
from customers.tests.factories import CustomerFactory, DataExportFactory, UserFactory

pytestmark = pytest.mark.django_db

State = DataExport.State
ARCHIVE = b"PK-archive"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def noon():
    with time_machine.travel("2026-06-10 10:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def user():
    return UserFactory()


def ask(customer, user, **more):
    return commands.ask_data_export(customer, by=user, channel=DataExport.Channel.PORTAL, **more)


def make(export):
    return commands.keep_archive(export, io.BytesIO(ARCHIVE), size=len(ARCHIVE), sha256="a" * 64, rows=3, files=1)


def claim():
    return commands.claim_data_export(timezone.now())


# --- Asking ----------------------------------------------------------------------------------------------------------
def test_asked_twice_it_is_the_same_one(noon, customer, user):
    first = ask(customer, user)
    assert ask(customer, user) == first
    make(claim())
    assert ask(customer, user) == first
    assert DataExport.objects.count() == 1


def test_a_copy_older_than_a_day_is_made_anew_and_ends_the_earlier_one(noon, customer, user):
    first = ask(customer, user)
    kept = make(claim())
    noon.shift(FRESH + timedelta(minutes=1))
    second = ask(customer, user)
    assert second != first
    first.refresh_from_db()
    assert first.state == State.READY  # until the other one is there
    with commands.transaction.atomic():
        make(claim())
    first.refresh_from_db()
    assert (first.state, first.file.name) == (State.ENDED, "")
    assert kept.file.name


def test_no_more_than_some_are_made_in_a_day(noon, settings, customer, user):
    settings.DATA_EXPORTS_PER_DAY = 2
    for _turn in range(2):
        commands.end_data_export(ask(customer, user))
    with pytest.raises(commands.TooManyDataExports, match="2 volte"):
        ask(customer, user)
    ask(CustomerFactory(), user)
    noon.shift(timedelta(days=1, minutes=1))
    ask(customer, user)


def test_the_back_office_needs_a_reason(customer, user):
    with pytest.raises(IntegrityError, match="office_data_export_has_its_reason"), transaction.atomic():
        commands.ask_data_export(customer, by=user, channel=DataExport.Channel.OFFICE, reason="  ")


def test_what_we_hand_over_and_what_the_person_opens_are_two_copies(customer, user):
    own = ask(customer, user)
    handed = commands.ask_data_export(
        customer, by=user, channel=DataExport.Channel.OFFICE, reason="Lettera", handing=DataExport.Handing.FILE
    )
    assert own != handed


# --- Making ----------------------------------------------------------------------------------------------------------
def test_what_is_claimed_is_claimed_once(noon, customer, user):
    export = ask(customer, user)
    assert claim() == export
    assert claim() is None


def test_one_of_a_worker_that_was_ended_is_made_again_and_its_file_deleted(noon, media, customer, user):
    ask(customer, user)
    killed = claim()
    default_storage.save(str(killed.file.name), io.BytesIO(b"half"))
    noon.shift(GIVEN_UP_BY_WORKER - timedelta(seconds=1))
    assert claim() is None
    noon.shift(timedelta(seconds=2))
    again = claim()
    assert again == killed
    assert again.tries == 2
    assert not default_storage.exists(str(killed.file.name))
    assert make(again).state == State.READY


def test_a_worker_that_comes_back_late_keeps_nothing(noon, media, customer, user):
    ask(customer, user)
    late = claim()
    noon.shift(GIVEN_UP_BY_WORKER + timedelta(seconds=1))
    claim()
    with pytest.raises(commands.DataExportTaken):
        commands.still_making(late)
    with pytest.raises(commands.DataExportTaken):
        make(late)
    commands.postpone_data_export(late, problem="x")
    assert DataExport.objects.get().state == State.MAKING
    assert not [each for each in media.rglob("*") if each.is_file()]


def test_a_sign_of_the_worker_keeps_it_the_workers(noon, customer, user):
    ask(customer, user)
    export = claim()
    for _turn in range(3):
        noon.shift(GIVEN_UP_BY_WORKER - timedelta(seconds=1))
        commands.still_making(export)
        assert claim() is None


def test_one_that_failed_is_tried_later_and_says_why(noon, customer, user):
    ask(customer, user)
    commands.postpone_data_export(claim(), problem="Manca lo spazio.")
    export = DataExport.objects.get()
    assert (export.state, export.problem, export.file.name) == (State.WAITING, "Manca lo spazio.", "")
    assert claim() is None
    noon.shift(next_try_in(1))
    assert claim() == export


@pytest.mark.parametrize(("tries", "minutes"), [(1, 2), (2, 15), (3, 60), (40, 60)])
def test_tries_become_rarer(tries, minutes):
    assert next_try_in(tries) == timedelta(minutes=minutes)


# --- The end ---------------------------------------------------------------------------------------------------------
def test_the_file_goes_at_its_end_and_the_row_remains(
    noon, settings, customer, user, django_capture_on_commit_callbacks
):
    settings.DATA_EXPORT_DAYS = 7
    ask(customer, user)
    stored = make(claim()).file.name
    noon.shift(timedelta(days=7) - timedelta(seconds=1))
    assert commands.end_data_exports(timezone.now()) == 0
    noon.shift(timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert commands.end_data_exports(timezone.now()) == 1
    assert not default_storage.exists(stored)
    assert DataExport.objects.get().state == State.ENDED
    assert commands.end_data_exports(timezone.now()) == 0


def test_one_that_is_deleted_twice_is_deleted_once(noon, customer, user, django_capture_on_commit_callbacks):
    ask(customer, user)
    ready = make(claim())
    with django_capture_on_commit_callbacks(execute=True):
        ended = [commands.end_data_export(ready) for _turn in range(2)]
    assert ended[0].ended_at == ended[1].ended_at
    assert not default_storage.exists(ready.file.name)


def test_one_that_is_being_made_is_not_deleted(customer, user):
    ask(customer, user)
    with pytest.raises(commands.DataExportNotReady):
        commands.end_data_export(claim())


def test_the_next_one_is_found_with_as_many_queries_however_many_wait(noon):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert claim() is not None
        return len(seen)

    DataExportFactory.create()
    first = cost()
    DataExportFactory.create_batch(3)
    assert cost() == first
