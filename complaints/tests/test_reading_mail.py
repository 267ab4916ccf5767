"""What a mail kept as a file says: an ordinary one, one by PEC, and one that nobody can read."""

from datetime import UTC, datetime

import pytest

from complaints.documents.mail import attachment_in, read_mail
from complaints.tests.files import PLAIN, pec


def test_an_ordinary_mail_says_who_wrote_what_and_when():
    mail = read_mail(PLAIN)
    assert (mail.sender_name, mail.sender, mail.way) == ("Anna Bianchi", "anna@example.it", "email")
    assert mail.subject == "Reclamo per il conteggio è sbagliato"
    assert mail.text == "Il premio non corrisponde al preventivo."
    assert mail.reached_at == datetime(2026, 4, 27, 7, 30, tzinfo=UTC)


def test_a_mail_reached_us_when_our_server_took_it():
    received = b"Received: from a by b; Wed, 29 Apr 2026 10:00:00 +0200\nReceived: from c by a; Mon, 27 Apr 2026 09:31:00 +0200\n"
    assert read_mail(received + PLAIN).reached_at == datetime(2026, 4, 29, 8, tzinfo=UTC)


def test_of_a_pec_the_envelope_gives_the_day_and_what_is_inside_the_words():
    mail = read_mail(pec())
    assert (mail.way, mail.sender, mail.text) == ("pec", "anna@example.it", "Il premio non corrisponde al preventivo.")
    assert mail.reached_at == datetime(2026, 4, 28, 6, 15, tzinfo=UTC)
    assert [each.name for each in mail.attachments] == ["preventivo.pdf"]


@pytest.mark.parametrize("raw", [PLAIN, pec()], ids=["mail", "pec"])
def test_attachments_are_found_by_their_place(raw):
    (part,) = read_mail(raw).attachments
    assert (part.place, part.name, part.content_type, part.size) == (0, "preventivo.pdf", "application/pdf", 19)
    assert attachment_in(raw, 0) == ("preventivo.pdf", b"%PDF-1.7 preventivo")
    assert attachment_in(raw, 1) is None


def test_a_name_of_a_file_leads_nowhere():
    raw = PLAIN.replace(b'filename="preventivo.pdf"', b'filename="../../etc/passwd"')
    assert read_mail(raw).attachments[0].name == "passwd"


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\xff\xfe", b"Ciao, sono Anna", b"X-Trasporto: posta-certificata\n\n"],
    ids=["empty", "bytes", "words", "bare envelope"],
)
def test_what_is_no_mail_says_so_and_raises_nothing(raw):
    mail = read_mail(raw)
    assert (mail.is_readable, mail.attachments) == (False, ())


def test_a_broken_date_and_charset_leave_the_rest_readable():
    mail = read_mail(
        PLAIN.replace(b"Mon, 27 Apr 2026 09:30:00 +0200", b"one fine day").replace(b'"utf-8"', b'"x-odd"')
    )
    assert (mail.is_readable, mail.reached_at, mail.sender) == (True, None, "anna@example.it")
