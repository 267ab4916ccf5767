"""Receipts of certified e-mail prove what they say if a manager signed them: verified, wrong, or not to be verified."""

import subprocess
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.tests.factories import UserFactory
from foundation.tests.database import refused_by
from notifications.channels.pec.receipts import Unreadable, read_receipt
from notifications.channels.pec.signatures import Signed, check_receipt
from notifications.channels.pec.signed_mail import signed_parts
from notifications.channels.pec.trial import mail_of
from notifications.channels.pec.trusted import Unusable, trusted_certificates
from notifications.delivery import deliver_notices
from notifications.models import DeliveryReport, ReturnedMessage, SuppressedAddress
from notifications.returns.receipts import check_again
from notifications.returns.rounds import fetch_returns
from notifications.tests.factories import DeliveryReportFactory, NoticeFactory
from notifications.tests.pec_samples import BEGINS, ENDS, RECIPIENT, SENDER, authority, manager, receipt, trusted_in
from testbed.imap_server import ImapServer

Signature = DeliveryReport.Signature
ID = "<notice.1.abc@care.example>"
AT = datetime(2030, 3, 1, 9, 15, 30, tzinfo=UTC)  # the moment of the samples


@pytest.fixture
def trusted(settings, tmp_path):
    trusted_in(settings, tmp_path)
    return trusted_certificates(settings.PEC_TRUSTED_CERTIFICATES)


def checked(raw, trusted, at=AT):
    return check_receipt(raw, at=at, trusted=trusted)


# --- The rule
def test_a_receipt_that_a_trusted_manager_signed_is_verified_and_names_who(trusted):
    found = checked(receipt("avvenuta-consegna", ID), trusted)
    assert (found.result, found.why) == (Signed.VERIFIED, "")
    assert "Gestore PEC S.p.A." in found.signer


def test_another_program_finds_the_same_signature_good(trusted, tmp_path):
    content, signature = signed_parts(receipt("avvenuta-consegna", ID))
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(signature)
    found = subprocess.run(
        "openssl cms -verify -inform DER -in signature -content content -binary -CAfile managers.pem -out verified "
        f"-attime {AT.timestamp():.0f}".split(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr


def test_the_ends_of_lines_on_the_way_make_no_difference(trusted):
    raw = receipt("avvenuta-consegna", ID)
    assert b"\r\n" in raw
    assert checked(raw.replace(b"\r\n", b"\n"), trusted).result is Signed.VERIFIED


def in_the_data(raw, old, new):
    """The receipt with other words in its data file, under the signature of before."""
    content, _signature = signed_parts(raw)
    packed = next(part for part in message_from_bytes(content).walk() if part.get_filename() == "daticert.xml")
    before = packed.get_payload().encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    after = b64encode(packed.get_payload(decode=True).replace(old, new))
    assert before in raw
    return raw.replace(before, after + b"\r\n")


def test_a_receipt_whose_data_were_changed_is_wrong(trusted):
    raw = in_the_data(receipt("avvenuta-consegna", ID, recipient="altri@pec.example"), b"altri@", b"ditta@")
    assert read_receipt(raw).recipient == "ditta@pec.example"
    assert checked(raw, trusted).result is Signed.WRONG


def test_a_message_without_a_signature_is_wrong(trusted):
    found = checked(receipt("avvenuta-consegna", ID, is_signed=False), trusted)
    assert (found.result, found.signer) == (Signed.WRONG, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"multipart/signed", b"multipart/mixed"),
        (b'protocol="application/x-pkcs7-signature"', b'protocol="application/pgp-signature"'),
        (b"Content-Type: application/x-pkcs7-signature", b"Content-Type: text/plain"),
        (
            b"--=_firma_di_prova--",
            b"--=_firma_di_prova\r\nContent-Type: text/plain\r\n\r\naltro\r\n--=_firma_di_prova--",
        ),
        (b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\nMI', b"\r\n\r\nAA"),
    ],
)
def test_a_message_that_is_not_one_signed_part_is_wrong(trusted, old, new):
    raw = receipt("avvenuta-consegna", ID)
    assert old in raw
    assert checked(raw.replace(old, new), trusted).result is Signed.WRONG


def test_a_true_receipt_inside_a_message_of_somebody_elses_is_wrong(trusted):
    true = receipt("avvenuta-consegna", ID)
    around = b"From: posta-certificata@pec.gestore.example\nContent-Type: message/rfc822\n\n" + true
    assert checked(around, trusted).result is Signed.WRONG


@pytest.mark.parametrize("address", ["info@pec.gestore.example", "posta-certificata@pec.altro.example"])
def test_a_certificate_of_another_address_than_the_senders_is_wrong(trusted, address):
    raw = receipt("avvenuta-consegna", ID, by=manager(address=address))
    assert checked(raw, trusted).result is Signed.WRONG


def test_who_is_no_manager_signs_no_receipt(trusted):
    somebody = "mario@pec.gestore.example"
    raw = receipt("avvenuta-consegna", ID, by=manager(address=somebody), headers={"From": somebody})
    assert checked(raw, trusted).result is Signed.WRONG


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(BEGINS, AT - timedelta(days=1)), (AT + timedelta(days=1), ENDS)],
)
def test_a_certificate_that_was_not_valid_at_the_moment_of_the_receipt_is_wrong(trusted, begins, ends):
    raw = receipt("avvenuta-consegna", ID, by=manager(begins=begins, ends=ends))
    assert checked(raw, trusted).result is Signed.WRONG


def test_a_certificate_that_ended_since_proves_a_receipt_of_its_time(trusted):
    brief = manager(begins=AT - timedelta(days=1), ends=AT + timedelta(days=1))
    assert checked(receipt("avvenuta-consegna", ID, by=brief), trusted).result is Signed.VERIFIED


def test_an_authority_that_nobody_trusts_leaves_it_unverified(trusted):
    raw = receipt("avvenuta-consegna", ID, by=manager("another"))
    assert checked(raw, trusted).result is Signed.UNVERIFIED


def test_without_trusted_certificates_it_cannot_be_verified_and_a_changed_one_is_wrong_all_the_same():
    raw = receipt("avvenuta-consegna", ID)
    assert checked(raw, ()).result is Signed.UNVERIFIED
    assert checked(in_the_data(raw, b"Sua", b"Tua"), ()).result is Signed.WRONG


def test_a_manager_may_be_trusted_by_its_own_certificate(tmp_path):
    (tmp_path / "gestore.pem").write_bytes(manager().certificate.public_bytes(serialization.Encoding.PEM))
    trusted = trusted_certificates(str(tmp_path))
    assert checked(receipt("avvenuta-consegna", ID), trusted).result is Signed.VERIFIED


# --- What the headers say, of which no signature speaks
def test_a_header_that_names_another_message_than_the_signed_data_is_refused():
    raw = receipt("avvenuta-consegna", ID)
    other = raw.replace(b"X-Riferimento-Message-ID: " + ID.encode(), b"X-Riferimento-Message-ID: <other@care.example>")
    assert other != raw
    with pytest.raises(Unreadable):
        read_receipt(other)


def test_data_in_the_message_that_a_receipt_brings_back_are_not_read():
    mail = mail_of("avvenuta-consegna", ID, "", sender=SENDER, subject="x")
    mail.clear_content()
    mail.set_content("Ricevuta")
    inner = mail_of("avvenuta-consegna", ID, "<postacert/>", sender=SENDER, subject="x")
    mail.add_attachment(inner)
    with pytest.raises(Unreadable):
        read_receipt(mail.as_bytes())


# --- Whose certificates
def test_the_certificates_are_those_of_a_file_or_of_a_folder(tmp_path, settings):
    trusted_in(settings, tmp_path, "ours", "another")
    assert len(trusted_certificates(settings.PEC_TRUSTED_CERTIFICATES)) == 2
    (tmp_path / "third.der").write_bytes(authority("third").certificate.public_bytes(serialization.Encoding.DER))
    (tmp_path / "read-me.txt").write_text("not a certificate")
    assert len(trusted_certificates(str(tmp_path))) == 3
    assert trusted_certificates("") == ()


def test_a_place_without_a_usable_certificate_says_so(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere.pem"):
        with pytest.raises(Unusable):
            trusted_certificates(str(place))
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(Unusable):
        trusted_certificates(str(tmp_path))


def test_a_certificate_that_is_added_is_known_without_a_new_start(tmp_path):
    (tmp_path / "a.pem").write_bytes(authority().pem)
    assert len(trusted_certificates(str(tmp_path))) == 1
    (tmp_path / "b.pem").write_bytes(authority("another").pem)
    assert len(trusted_certificates(str(tmp_path))) == 2


# --- Read from the mailbox
@pytest.fixture
def box(settings, db):
    """The mailbox of the receipts."""
    with ImapServer() as box:
        settings.PEC_IMAP_URL, settings.PEC_ADDRESS = box.url, SENDER
        settings.PEC_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        yield box


def sent():
    notice = NoticeFactory(channel="pec", address=RECIPIENT)
    deliver_notices([notice.pk])
    notice.refresh_from_db()
    return notice


def fetch(box, *messages):
    box.messages += messages
    [found] = fetch_returns()
    return found


def reported(notice):
    notice.refresh_from_db()
    return [(each.outcome, each.signature) for each in notice.reports.order_by("pk")], notice.arrival


def listed():
    return list(ReturnedMessage.objects.values_list("kind", "state", "notice"))


def test_a_verified_receipt_is_proof_and_wants_nobodys_eye(box, trusted):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    assert reported(notice) == ([("delivered", "verified")], "delivered")
    assert DeliveryReport.objects.get().signer
    assert listed() == []


@pytest.mark.parametrize("kind", ["avvenuta-consegna", "errore-consegna", "accettazione"])
def test_a_receipt_with_a_wrong_signature_proves_nothing_is_kept_and_listed(box, trusted, kind):
    notice = sent()
    raw = receipt(kind, notice.message_id, error="no-dest", is_signed=False)
    found = fetch(box, raw)
    assert (found.receipts, found.unproved) == (1, 1)
    assert reported(notice) == ([("unproved", "wrong")], "")
    assert bytes(DeliveryReport.objects.get().original) == raw
    assert listed() == [("receipt", "open", notice.pk)]
    assert not SuppressedAddress.objects.exists()


def test_a_forged_receipt_does_not_take_the_place_of_the_true_one(box, trusted):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id, is_signed=False))
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    assert reported(notice) == ([("unproved", "wrong"), ("delivered", "verified")], "delivered")


def test_a_receipt_that_cannot_be_verified_proves_nothing_where_that_is_required(box):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    assert reported(notice) == ([("unproved", "unverified")], "")
    assert listed() == [("receipt", "open", notice.pk)]


def test_a_receipt_that_cannot_be_verified_counts_where_it_need_not_be_and_is_marked(box, settings):
    settings.PEC_RECEIPTS_MUST_VERIFY = False
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    assert reported(notice) == ([("delivered", "unverified")], "delivered")
    assert listed() == []


def test_certificates_that_cannot_be_read_leave_receipts_unverified_and_are_logged(box, settings, caplog):
    settings.PEC_TRUSTED_CERTIFICATES = "/nowhere/managers.pem"
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    assert reported(notice)[0] == [("unproved", "unverified")]
    assert "PEC_TRUSTED_CERTIFICATES" in caplog.text


def test_the_same_receipt_read_twice_is_one_whatever_its_signature(box, trusted):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id, is_signed=False))
    box.validity, box.first = 2, 100
    found = fetch(box)
    assert (found.receipts, found.known, found.unproved) == (0, 1, 0)
    assert len(listed()) == 1


def test_a_receipt_of_reading_proves_no_certified_delivery(box):
    notice = sent()
    raw = (
        f"From: {RECIPIENT}\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n"
        f"In-Reply-To: {notice.message_id}\n\n--b\nContent-Type: text/plain\n\nLetto\n"
        f"--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n\n--b--\n"
    )
    fetch(box, raw.encode())
    assert reported(notice) == ([("on_its_way", "")], "")


# --- Looked at once more
def test_receipts_are_verified_once_the_certificate_is_there(box, settings, tmp_path, capsys):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    trusted_in(settings, tmp_path)
    call_command("verify_receipts")
    assert "certificates=1 verified=1 wrong=0" in capsys.readouterr().out
    assert reported(notice) == ([("unproved", "unverified"), ("delivered", "verified")], "delivered")
    assert listed() == [("receipt", "handled", notice.pk)]
    assert check_again() == (0, 0)


def test_a_receipt_of_earlier_days_that_turns_out_to_be_forged_is_proof_no_more(trusted, db):
    notice = NoticeFactory(channel="pec", address=RECIPIENT, state="sent", sent_at=AT, arrival="delivered")
    raw = receipt("avvenuta-consegna", notice.message_id or ID, is_signed=False)
    DeliveryReportFactory(notice=notice, outcome="delivered", original=raw)
    with pytest.raises(SystemExit):
        call_command("verify_receipts")
    assert reported(notice) == ([("delivered", ""), ("unproved", "wrong")], "")


def test_nothing_can_be_looked_at_without_certificates(settings, db):
    settings.PEC_TRUSTED_CERTIFICATES = ""
    with pytest.raises(CommandError):
        call_command("verify_receipts")


# --- What the database refuses
def test_the_database_lets_no_wrong_signature_prove_anything(db):
    with refused_by("a_wrong_signature_proves_nothing"):
        DeliveryReportFactory(outcome="delivered", signature="wrong")
    with refused_by("unproved_by_its_signature"):
        DeliveryReportFactory(outcome="unproved", signature="verified")
    with refused_by("report_signature_is_known"):
        DeliveryReportFactory(outcome="delivered", signature="good")


# --- Shown
def test_the_page_of_the_notice_shows_the_state_of_each_signature(box, trusted):
    notice = sent()
    fetch(box, receipt("avvenuta-consegna", notice.message_id, is_signed=False))
    fetch(box, receipt("accettazione", notice.message_id, by=manager("another")))
    fetch(box, receipt("avvenuta-consegna", notice.message_id))
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).content.decode()
    for each in (Signature.VERIFIED, Signature.UNVERIFIED, Signature.WRONG):
        assert str(each.label) in page
