"""Files: what is accepted, how it is named and kept, and to whom it is handed out."""

import base64
import io
import struct
import uuid
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from contact_center.contacts.attachments import keep_attachments
from contact_center.contacts.opening import tracking_secret
from contact_center.models import Contact, Message, MessageAttachment
from contact_center.tests.factories import ContactFactory, MessageFactory
from contact_center.tests.public_forms import filled
from customers import roles
from customers.models import AccessLog
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, ReservedAreaAccountFactory, UserFactory
from foundation.files import accepted
from foundation.files.accepted import check_file, check_files, clean_name

PDF = b"%PDF-1.7 prova"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"
OPEN = "/contatti/richiesta/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield tmp_path


def upload(name="nota.pdf", content=PDF, content_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


def office(*parts, size=10):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for part in ("[Content_Types].xml", *parts):
            made.writestr(part, b"0" * size)
    return packed.getvalue()


def lying_about_its_size():
    """An office document of 60 MB whose directory says that the part has ten bytes, with the checksum of those ten."""
    packed = bytearray(office("word/document.xml", size=60 * 1024 * 1024))
    at = packed.rindex(b"PK\x01\x02")
    struct.pack_into("<I", packed, at + 16, zlib.crc32(b"0" * 10))
    struct.pack_into("<I", packed, at + 24, 10)
    return bytes(packed)


def old_word(*names):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"".join(each.encode("utf-16-le") for each in names)


def mail(attached=""):
    made = EmailMessage()
    made["From"], made["Date"], made["Subject"] = "a@example.it", "Mon, 04 May 2026 10:00:00 +0200", "Documenti"
    made.set_content("In allegato.")
    if attached:
        made.add_attachment(b"prova", maintype="application", subtype="octet-stream", filename=attached)
    return bytes(made)


SIGNED = bytes.fromhex("308006092a864886f70d010702a080") + b"prova"


def kept_in(folder: Path):
    return [each for each in folder.rglob("*") if each.is_file()]


# --- Names
@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("foto.JPG", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Documenti\\preventivo.pdf", "preventivo.pdf"),
        ("fattura\u202efdp.exe", "fatturafdp.exe"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("fattura.pdf.exe", "fattura_pdf.exe"),
        ("v1.2 finale.pdf", "v1_2 finale.pdf"),
        ("  due   parole .pdf", "due parole.pdf"),
        ("...", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ('<img src="x">.png', "img src=_x.png"),
        ("città è.pdf", "città è.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("x." + "y" * 300, "x_" + "y" * 98),
        ("صورة.jpg", "صورة.jpg"),
    ],
)
def test_a_hostile_name_is_cleaned_for_showing(stated, shown):
    assert clean_name(stated) == shown


# --- Kinds
@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.pdf", b"\r\n" + PDF, "application/pdf"),
        ("a.pdf", b"\xef\xbb\xbf" + PDF, "application/pdf"),
        ("a.jpeg", b"\xff\xd8\xff\xe0prova", "image/jpeg"),
        ("a.jfif", b"\xff\xd8\xff\xe0prova", "image/jpeg"),
        ("a.webp", b"RIFF\x04\x00\x00\x00WEBP", "image/webp"),
        ("a.tif", b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        ("a.TIFF", b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        ("a.doc", old_word("WordDocument"), "application/msword"),
        ("a.pdf.p7m", SIGNED, "application/pkcs7-mime"),
        (
            "a.p7m",
            base64.b64encode(bytes.fromhex("3082052006092a864886f70d010702a082") + b"0" * 60),
            "application/pkcs7-mime",
        ),
        ("a.eml", mail(), "message/rfc822"),
        ("a.eml", mail("ricevuta.pdf"), "message/rfc822"),
        ("a.PNG", b"\x89PNG\r\n\x1a\nprova", "image/png"),
        ("a.heic", HEIC, "image/heic"),
        ("a.txt", "perché\n".encode(), "text/plain"),
        ("a.txt", "perché\n".encode("cp1252"), "text/plain"),
        ("a.docx", office("word/document.xml"), accepted._OFFICE_PARTS["word/document.xml"]),
        ("a.xlsx", office("xl/workbook.xml"), accepted._OFFICE_PARTS["xl/workbook.xml"]),
    ],
)
def test_a_file_is_what_its_content_says(name, content, content_type):
    checked = check_file(upload(name, content, "text/html"))
    assert (checked.content_type, checked.size) == (content_type, len(content))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", b"MZ\x90\x00", "file_kind"),
        ("a.exe", PDF, "file_kind"),
        ("a.pdf.exe", PDF, "file_kind"),
        ("a", PDF, "file_kind"),
        ("a.jpg", PDF, "file_kind"),
        ("a.svg", b"<svg onload='alert(1)'/>", "file_kind"),
        ("a.html", b"<script>alert(1)</script>", "file_kind"),
        ("a.eml", b"From: a@example.it", "file_kind"),
        ("a.eml", mail("fattura.exe"), "file_kind"),
        ("a.eml", mail("fattura.html"), "file_kind"),
        ("a.doc", old_word("WordDocument", "_VBA_PROJECT"), "file_kind"),
        ("a.doc", old_word("Workbook"), "file_kind"),
        ("a.pdf", b"<html>" + PDF, "file_kind"),
        ("a.txt", b"a\x00b", "file_kind"),
        ("a.docx", b"PK\x03\x04 rotto", "file_kind"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "file_kind"),
        ("a.docx", office("xl/workbook.xml"), "file_kind"),
        ("a.zip", office("word/document.xml"), "file_kind"),
        ("a.docx", office("word/document.xml", size=60 * 1024 * 1024), "file_bomb"),
        ("a.docx", lying_about_its_size(), "file_bomb"),
        ("a.docx", office("word/document.xml", *(str(n) for n in range(2_001))), "file_bomb"),
    ],
)
def test_any_other_file_is_refused_by_name(name, content, code):
    with pytest.raises(ValidationError) as refused:
        check_file(upload(name, content))
    assert refused.value.code == code
    assert clean_name(name) in refused.value.message


def test_files_of_a_message_are_limited_in_number_and_size():
    assert len(check_files([upload()] * 5)) == 5
    for many, code in (
        ([upload()] * 6, "too_many_files"),
        ([upload(content=PDF + b" " * accepted.MESSAGE.each)], "file_too_large"),
        ([upload(content=PDF + b" " * (7 * accepted.MEGABYTE))] * 3, "files_too_large"),
    ):
        with pytest.raises(ValidationError) as refused:
            check_files(many)
        assert [each.code for each in refused.value.error_list] == [code]


def test_every_wrong_file_is_named():
    with pytest.raises(ValidationError) as refused:
        check_files([upload("a.exe"), upload(), upload("b.exe")])
    assert len(refused.value.error_list) == 2


# --- The scanner
@pytest.mark.parametrize(
    ("command", "code"),
    [("true", None), ("false", "file_infected"), ("sh -c 'exit 2'", "scanner_away"), ("/non/esiste", "scanner_away")],
)
def test_a_scanner_is_asked_where_there_is_one(settings, command, code):
    settings.ATTACHMENT_SCANNER = command
    if code is None:
        assert check_file(upload()).size == len(PDF)
        return
    with pytest.raises(ValidationError) as refused:
        check_file(upload())
    assert refused.value.code == code


def test_the_scanner_reads_the_file(settings):
    settings.ATTACHMENT_SCANNER = "grep -qv prova"  # 1 where every line has the word
    with pytest.raises(ValidationError):
        check_file(upload())


# --- Sending and keeping
@pytest.mark.django_db
def test_a_file_comes_with_a_request_under_a_name_of_ours(client, folder):
    client.post(OPEN, filled(files=[upload("../x\u202efdp.pdf"), upload("b.txt", b"ciao")]))
    first, second = Message.objects.get().attachments.all()
    assert (first.name, first.content_type, first.size) == ("xfdp.pdf", "application/pdf", len(PDF))
    assert second.name == "b.txt"
    stored = kept_in(folder)
    assert len(stored) == 2
    assert all(len(each.name) == 32 and "." not in each.name for each in stored)
    assert {each.stat().st_mode & 0o777 for each in stored} == {0o600}


@pytest.mark.django_db
def test_a_wrong_file_refuses_the_form_and_asks_for_the_files_again(client, folder):
    form = client.post(OPEN, filled(files=[upload(), upload("a.exe")])).context["form"]
    assert [each.code for each in form.errors["files"].as_data()] == ["file_kind", "files_again"]
    assert form["text"].value() == filled()["text"]
    assert not Contact.objects.exists()
    assert kept_in(folder) == []


@pytest.mark.django_db
def test_good_files_have_to_be_chosen_again_where_something_else_is_wrong(client):
    form = client.post(OPEN, filled(name="", files=[upload()])).context["form"]
    assert [each.code for each in form.errors["files"].as_data()] == ["files_again"]


@pytest.mark.django_db
def test_a_huge_file_is_not_even_read_and_the_rest_of_the_form_is(client, folder):
    huge = upload("film.pdf", PDF + b" " * (accepted.MESSAGE.each + 1))
    form = client.post(OPEN, filled(files=[upload(), huge])).context["form"]
    assert [each.code for each in form.errors["files"].as_data()] == ["file_too_large", "files_again"]
    assert "film.pdf" in form.errors["files"][0]
    assert form["text"].value() == filled()["text"]
    assert kept_in(folder) == []


@pytest.mark.django_db
def test_the_same_submission_keeps_its_files_once(client, folder):
    sent = filled()
    for _each in range(2):
        client.post(OPEN, sent | {"files": [upload()]})
    assert MessageAttachment.objects.count() == len(kept_in(folder)) == 1


@pytest.mark.django_db
def test_files_that_the_database_refuses_are_not_left_behind(folder, monkeypatch):
    message = MessageFactory()
    checked = check_file(upload())
    wrong = accepted.CheckedFile("", checked.content_type, checked.size, checked.sha256, checked.content)
    with pytest.raises(Exception, match="message_attachment_has_a_name"):
        keep_attachments(message, [wrong])
    assert kept_in(folder) == []


# --- Handing out
@pytest.fixture
def attachment(db):
    customer = CustomerFactory()
    message = MessageFactory(contact=ContactFactory(customer=customer))
    [made] = keep_attachments(message, [check_file(upload('perché "no".pdf'))])
    return made


def fetch(client, address):
    """The answer; its file is read to the end, which closes it."""
    answer = client.get(address)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else b""
    return answer


def get(attachment, user):
    client = Client()
    client.force_login(user)
    return fetch(client, attachment.get_absolute_url())


def test_a_file_leaves_as_a_download_that_no_browser_opens(attachment):
    answer = get(attachment, UserFactory(role=roles.AGENT))
    assert answer.body == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["Cache-Control"]


def test_staffs_look_at_a_customers_file_is_written_down(attachment):
    user = UserFactory(role=roles.AGENT)
    get(attachment, user)
    assert AccessLog.objects.get().customer == attachment.message.contact.customer


def test_the_customer_fetches_their_own_file(attachment):
    account = ReservedAreaAccountFactory(customer=attachment.message.contact.customer)
    assert get(attachment, account.user).status_code == 200
    assert not AccessLog.objects.exists()


def test_a_note_is_never_the_customers(attachment):
    Message.objects.update(direction=Message.Direction.NOTE)
    account = ReservedAreaAccountFactory(customer=attachment.message.contact.customer)
    assert get(attachment, account.user).status_code == 404
    assert get(attachment, UserFactory(role=roles.AGENT)).status_code == 200


def test_nobody_else_finds_it(attachment):
    customer = attachment.message.contact.customer
    assert get(attachment, ReservedAreaAccountFactory().user).status_code == 404
    assert get(attachment, ReservedAreaAccountFactory(customer=customer, state="suspended").user).status_code == 404
    assert get(attachment, AgencyMemberFactory(agency=customer.agency).user).status_code == 404
    assert get(attachment, UserFactory()).status_code == 404
    assert Client().get(attachment.get_absolute_url()).url.startswith("/accesso/")


def test_a_file_that_was_lost_is_not_found(attachment, folder):
    for each in kept_in(folder):
        each.unlink()
    assert get(attachment, UserFactory(role=roles.AGENT)).status_code == 404


@pytest.mark.django_db
def test_who_holds_the_secret_fetches_the_files_of_that_request_alone(client, attachment):
    form = filled()
    client.post(OPEN, form | {"files": [upload()]})
    contact = Contact.objects.get(web_form__submission_key=form["submission_key"])
    mine = MessageAttachment.objects.get(message__contact=contact)
    page = f"/contatti/seguito/{contact.number}/{tracking_secret(uuid.UUID(form['submission_key']))}"
    assert fetch(client, f"{page}/file/{mine.key}/").body == PDF
    assert client.get(f"{page}/file/{attachment.key}/").status_code == 404
    mine.message.direction = Message.Direction.NOTE
    mine.message.save()
    assert client.get(f"{page}/file/{mine.key}/").status_code == 404
