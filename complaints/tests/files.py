"""Files as tests send them."""

import hashlib
from io import BytesIO
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.files.accepted import CheckedFile


def upload_pdf(name: str) -> SimpleUploadedFile:
    """A PDF as a browser sends it; its bytes follow from its name."""
    return SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode(), "application/pdf")


def pdf_file(name: str) -> CheckedFile:
    """A PDF that was checked; its bytes follow from its name."""
    content = b"%PDF-1.7 " + name.encode()
    digest = hashlib.sha256(content).hexdigest()
    return CheckedFile(name, "application/pdf", len(content), digest, File(BytesIO(content), name="file"))


def bytes_of(row: Any) -> bytes:
    """The bytes of a kept file."""
    with row.file.open("rb") as content:
        return content.read()


PLAIN = b"""From: Anna Bianchi <anna@example.it>
To: reclami@vittoria.example
Date: Mon, 27 Apr 2026 09:30:00 +0200
Subject: =?utf-8?q?Reclamo_per_il_conteggio_=C3=A8_sbagliato?=
Message-ID: <1@example.it>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="mixed"

--mixed
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Il premio non corrisponde al preventivo.
--mixed
Content-Type: application/pdf; name="preventivo.pdf"
Content-Disposition: attachment; filename="preventivo.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjcgcHJldmVudGl2bw==
--mixed--
"""


def pec(inner: bytes = PLAIN, *, date: str = "Tue, 28 Apr 2026 08:15:00 +0200") -> bytes:
    """A mail in the envelope of a manager of certified e-mail (RFC 6109)."""
    return (
        b'From: "Per conto di: anna@pec.example" <posta-certificata@pec.example>\n'
        b"To: reclami@pec.example\n"
        b"Date: " + date.encode() + b"\n"
        b"Subject: POSTA CERTIFICATA: Reclamo\n"
        b"X-Trasporto: posta-certificata\n"
        b"MIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="outer"\n\n'
        b"--outer\nContent-Type: text/plain\n\nIl giorno 28/04/2026 il messaggio e' stato inviato.\n"
        b'--outer\nContent-Type: application/xml; name="daticert.xml"\n'
        b'Content-Disposition: attachment; filename="daticert.xml"\n\n<postacert/>\n'
        b'--outer\nContent-Type: message/rfc822; name="postacert.eml"\n'
        b'Content-Disposition: attachment; filename="postacert.eml"\n\n' + inner + b"\n--outer--\n"
    )
