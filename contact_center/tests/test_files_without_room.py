"""A folder of files that is full or cannot be written loses nobody's words."""

import errno
import os

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact, Message, MessageAttachment
from contact_center.tests.factories import ContactFactory, WebFormRequestFactory
from contact_center.tests.public_forms import filled, guard
from customers.tests.factories import ReservedAreaAccountFactory

pytestmark = pytest.mark.django_db

OPEN = "/contatti/richiesta/"


def upload():
    return SimpleUploadedFile("nota.pdf", b"%PDF-1.7 prova")


def kept_in(folder):
    return [each for each in folder.rglob("*") if each.is_file()]


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def full(folder, monkeypatch):
    """A disk that is full after the first three bytes of a file."""

    def written_in_part(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as begun:
            begun.write(b"%PD")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", written_in_part)
    return folder


def test_the_form_comes_back_with_the_text_and_says_to_send_it_without_the_file(client, full):
    answer = client.post(OPEN, filled(files=[upload()]))
    form = answer.context["form"]
    assert (answer.status_code, form["text"].value()) == (503, filled()["text"])
    assert "files" in form.errors
    assert not Contact.objects.exists()


def test_what_was_written_of_the_file_is_removed(client, full):
    client.post(OPEN, filled(files=[upload()]))
    assert kept_in(full) == []


def test_the_same_form_is_sent_without_the_file(client, full):
    form = filled()
    client.post(OPEN, form | {"files": [upload()]})
    assert client.post(OPEN, form).status_code == 302
    assert Message.objects.get().text == form["text"]


def test_a_folder_that_cannot_be_made_is_reported_alike(client, settings, tmp_path):
    in_the_way = tmp_path / "media"
    in_the_way.write_text("not a folder")
    settings.MEDIA_ROOT = in_the_way
    assert client.post(OPEN, filled(files=[upload()])).status_code == 503
    assert not MessageAttachment.objects.exists()


def test_one_more_message_in_the_reserved_area_comes_back_too(full):
    account = ReservedAreaAccountFactory()
    contact = ContactFactory(customer=account.customer)
    WebFormRequestFactory(contact=contact)
    client = Client()
    client.force_login(account.user)
    answer = client.post(
        reverse("portal_request_message", args=[contact.pk]), {**guard(), "text": "Ecco.", "files": [upload()]}
    )
    assert (answer.status_code, answer.context["form"]["text"].value()) == (503, "Ecco.")
    assert not Message.objects.exists()


def test_a_disk_without_room_while_a_large_file_comes_in_gives_up_the_file_alone(client, folder, monkeypatch):
    def no_room(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", no_room)
    large = SimpleUploadedFile("foto.pdf", b"%PDF-1.7" + b" " * 3_000_000)
    form = client.post(OPEN, filled(files=[large])).context["form"]
    assert [each.code for each in form.errors["files"].as_data()] == ["files_not_kept", "files_again"]
    assert form["text"].value() == filled()["text"]
