"""Files that are sent ahead of their message: once for each key, whole or not at all, for a day."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Upload
from customers.tests.factories import CustomerFactory, UploadFactory, UserFactory
from customers.uploads import (
    UploadBroken,
    UploadGone,
    files_to_send,
    forget_uploads,
    keep_upload,
    refuse_broken,
    remove_upload,
)
from foundation.files.accepted import MEGABYTE, MESSAGE
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def user():
    return UserFactory()


def pdf(content=b"%PDF-1.7 preventivo"):
    return SimpleUploadedFile("preventivo.pdf", content)


def kept_files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_the_same_upload_sent_three_times_is_one_file(customer, user, folder):
    key = uuid.uuid4()
    assert len({keep_upload(pdf(), key=key, customer=customer, by=user).pk for _time in range(3)}) == 1
    assert len(kept_files(folder)) == 1


def test_what_did_not_arrive_whole_is_refused():
    sent = hashlib.sha256(b"%PDF-1.7 preventivo").hexdigest()
    refuse_broken(pdf(), sent.upper())
    with pytest.raises(UploadBroken):
        refuse_broken(pdf(b"%PDF-1.7 prev"), sent)


def test_a_file_of_a_kind_that_we_do_not_take_is_named(customer, user, folder):
    with pytest.raises(ValidationError, match=r"preventivo\.pdf"):
        keep_upload(pdf(b"<html>"), key=uuid.uuid4(), customer=customer, by=user)
    assert not kept_files(folder)


def test_more_than_goes_with_a_claim_does_not_wait(customer, user):
    UploadFactory.create_batch(20, customer=customer)
    with pytest.raises(Refused) as refusal:
        keep_upload(pdf(), key=uuid.uuid4(), customer=customer, by=user)
    assert refusal.value.code == "too_many_uploads"


def test_a_file_taken_away_leaves_nothing(customer, user, folder, django_capture_on_commit_callbacks):
    upload = keep_upload(pdf(), key=uuid.uuid4(), customer=customer, by=user)
    with django_capture_on_commit_callbacks(execute=True):
        remove_upload(upload.key, customer=customer, by=user)
        remove_upload(upload.key, customer=customer, by=user)
    assert (Upload.objects.count(), kept_files(folder)) == (0, [])


def test_somebody_elses_file_remains(user):
    upload = UploadFactory()
    remove_upload(upload.key, customer=upload.customer, by=user)
    remove_upload(upload.key, customer=CustomerFactory(), by=upload.given_by)
    assert Upload.objects.get() == upload


def test_a_file_goes_after_a_day(customer, user, folder, django_capture_on_commit_callbacks):
    upload = keep_upload(pdf(), key=uuid.uuid4(), customer=customer, by=user)
    a_day_later = upload.received_at + timedelta(days=1)
    assert forget_uploads(a_day_later) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_uploads(a_day_later + timedelta(seconds=1)) == 1
    assert kept_files(folder) == []


# --- With a message -------------------------------------------------------------------------------------------------
def test_files_go_with_a_message_in_the_order_given_and_once(customer, user):
    first, second = (keep_upload(pdf(), key=uuid.uuid4(), customer=customer, by=user) for _each in range(2))
    with files_to_send([second.key, first.key, second.key], customer=customer, by=user) as files:
        assert [each.content.name for each in files] == [second.file.name, first.file.name]
        assert files[0].content.read() == b"%PDF-1.7 preventivo"


def test_a_file_of_somebody_else_is_not_here(customer, user):
    colleagues = UploadFactory(customer=customer)
    for upload in (UploadFactory(given_by=user), colleagues):
        with pytest.raises(UploadGone), files_to_send([upload.key], customer=customer, by=user):
            pass


@pytest.mark.parametrize(("number", "size"), [(MESSAGE.files + 1, 20), (3, 9 * MEGABYTE), (1, 11 * MEGABYTE)])
def test_more_than_a_message_takes_is_refused(customer, user, number, size):
    keys = [UploadFactory(customer=customer, given_by=user, size=size).key for _each in range(number)]
    with pytest.raises(ValidationError), files_to_send(keys, customer=customer, by=user):
        pass


def test_a_file_that_the_folder_has_lost_is_said_so(customer, user):
    upload = UploadFactory(customer=customer, given_by=user)
    with pytest.raises(Refused) as refusal, files_to_send([upload.key], customer=customer, by=user):
        pass
    assert refusal.value.code == "files_not_kept"


def test_the_moment_of_receipt_is_that_of_the_server(customer, user):
    before = timezone.now()
    assert keep_upload(pdf(), key=uuid.uuid4(), customer=customer, by=user).received_at >= before
