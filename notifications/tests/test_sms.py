"""Texts to telephones: what a text takes, what is refused, and the provider that keeps each as a file."""

import json

import pytest
from django.db import transaction

from customers.tests.factories import CustomerFactory
from notifications.channels import Message, NotTaken, Unavailable
from notifications.channels.sms import SmsChannel, length_of
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.operation_kinds import CODE_BY_SMS, PHONE_CHANGED
from notifications.rendering import render
from notifications.services import queue_notice

NUMBER = "+393331234567"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path / "sms"
    return tmp_path / "sms"


def texts(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def send(text, address=NUMBER):
    with SmsChannel() as channel:
        return channel.send(Message(address=address, subject="", text=text, message_id="<a@b>"), lambda: None)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("perché è così", "GSM-7", 13, 1),
        ("ç" * 70, "UCS-2", 70, 1),
        ("ç" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("", "GSM-7", 0, 1),
    ],
)
def test_a_text_is_counted_in_the_alphabet_it_needs(text, alphabet, units, segments):
    found = length_of(text)
    assert (found.alphabet, found.units, found.segments) == (alphabet, units, segments)


def test_a_text_is_kept_whole_with_what_it_took(kept):
    receipt = send("Il suo codice è 123456 – non lo dica a nessuno")
    [text] = texts(kept)
    assert (text["to"], text["segments"], text["alphabet"]) == (NUMBER, 1, "GSM-7")
    assert text["text"] == "Il suo codice è 123456 - non lo dica a nessuno"
    assert receipt.startswith("1 x GSM-7 (46): ")
    assert [path.name for path in kept.iterdir() if path.name.startswith(".")] == []


def test_a_text_of_four_segments_is_refused_before_it_leaves(kept):
    send("a" * 459)
    with pytest.raises(NotTaken):
        send("a" * 460)
    assert len(texts(kept)) == 1


@pytest.mark.parametrize("address", ["", "3331234567", "maria@example.it", "+39333\n1234567", "+0333"])
def test_what_is_no_number_is_refused(address):
    with pytest.raises(NotTaken):
        send("Ciao", address)


def test_a_folder_that_cannot_be_written_is_tried_again_later(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SMS_FILE_PATH = tmp_path / "file"
    with pytest.raises(Unavailable):
        send("Ciao")


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (CODE_BY_SMS, {"code": "123456", "minutes": 10}),
        (PHONE_CHANGED, {"number": "O-00000123", "line": "800 016 611"}),
        (PHONE_CHANGED, {"number": "O-00000123", "line": ""}),
    ],
)
def test_our_own_texts_are_short_and_plain(kind, words, language):
    text = render(kind, words, language=language, channel="sms").text.strip()
    length = length_of(text)
    assert (length.alphabet, length.segments <= 2) == ("GSM-7", True), text


@pytest.fixture
def notice():
    with transaction.atomic():
        return queue_notice(
            CODE_BY_SMS,
            once="proof-code:1",
            words={"code": "123456", "minutes": 10},
            channel="sms",
            customer=CustomerFactory(),
            address=NUMBER,
        )


@pytest.mark.django_db
def test_a_notice_by_sms_is_sent_once_with_its_receipt(kept, notice):
    assert deliver_notices([notice.pk]) == {"sent": 1}
    assert deliver_notices([notice.pk]) == {}
    notice.refresh_from_db()
    assert len(texts(kept)) == 1
    assert notice.receipt.startswith("1 x GSM-7")


@pytest.mark.django_db
def test_without_a_provider_a_text_waits(settings, kept, notice):
    settings.SMS_PROVIDER = ""
    assert deliver_notices([notice.pk]) == {}
    notice.refresh_from_db()
    assert notice.state == Notice.State.QUEUED
    settings.SMS_PROVIDER = "file"
    assert deliver_notices([notice.pk]) == {"sent": 1}
