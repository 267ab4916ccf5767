"""What is too large is refused by its headers, and nothing of it is read; too many files are refused in words."""

import socket
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

pytestmark = pytest.mark.django_db

FORM = "/contatti/richiesta/"
UPLOADS = [FORM, "/contatti/reclamo/", "/area-riservata/", "/backoffice/", "/accesso/login/", "/nowhere/"]


class NeverRead:
    """A body that must not be asked for."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = readlines = read


@pytest.fixture
def client():
    with translation.override("en"):  # which each request takes over, and leaves behind
        yield Client(headers={"accept-language": "en"})


def announce(client, address, **meta):
    return client.generic("POST", address, content_type="multipart/form-data; boundary=x", **meta)


@pytest.mark.parametrize("address", UPLOADS)
def test_a_page_refuses_by_its_length_what_is_too_large(client, settings, address):
    most = settings.PAGE_BODY_LIMIT
    answer = announce(client, address, CONTENT_LENGTH=str(most + 1), **{"wsgi.input": NeverRead()})
    assert answer.status_code == 413
    assert "20 MB" in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("length", ["980000000", "9" * 40])
def test_no_length_is_too_long_to_be_understood(client, length):
    assert announce(client, FORM, CONTENT_LENGTH=length, **{"wsgi.input": NeverRead()}).status_code == 413


def test_a_body_in_chunks_is_refused(client):
    answer = announce(client, FORM, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": NeverRead()})
    assert answer.status_code == 411


def test_a_page_that_takes_the_files_of_a_claim_lets_more_through(client, settings):
    path = reverse("portal_report_files", args=[uuid.uuid4()])
    over = {"CONTENT_LENGTH": str(settings.REPORT_BODY_LIMIT + 1), "wsgi.input": NeverRead()}
    answer = announce(client, path, **over)
    assert (answer.status_code, "60 MB" in answer.content.decode()) == (413, True)
    within = announce(client, path, CONTENT_LENGTH=str(settings.PAGE_BODY_LIMIT + 1))
    assert within.status_code != 413


@pytest.mark.parametrize(("count", "status"), [(60, 200), (61, 400)])
def test_more_files_than_sixty_are_refused_before_they_are_kept(client, count, status):
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(count)]
    answer = client.post(FORM, {"text": "Buongiorno", "files": files})
    assert answer.status_code == status
    assert ("Up to 5 files go with a message" in answer.content.decode()) is True


@pytest.mark.django_db(transaction=True)
def test_a_gigabyte_is_refused_before_it_is_sent(live_server):
    head = f"POST {FORM} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    with socket.create_connection((live_server.thread.host, live_server.thread.port), timeout=60) as caller:
        caller.sendall(f"{head}Content-Length: 980000000\r\n\r\n--x\r\n".encode())  # and no more
        assert caller.recv(65_536).startswith(b"HTTP/1.1 413 ")
