"""What a message that came back is, and what a refusal is worth."""

from datetime import UTC, datetime

import pytest

from notifications.returns.reading import Kind, read_return, text_in
from notifications.returns.verdicts import verdict_of
from notifications.tests.return_samples import RECIPIENT, RETURNS, answer, bounce, complaint


@pytest.mark.parametrize(
    ("status", "words", "verdict"),
    [
        ("5.1.1", "", "no_mailbox"),
        ("5.1.1", "550 5.1.1 User unknown", "no_mailbox"),
        ("5.1.2", "Host not found", "no_mailbox"),
        ("5.1.10", "null MX", "no_mailbox"),
        ("5.0.0", "550 5.1.1 The email account does not exist", "no_mailbox"),
        ("5.0.0", "550 No such user here", "no_mailbox"),
        ("", "550 unknown user <a@b.example>", "no_mailbox"),
        ("", "utente sconosciuto", "no_mailbox"),
        # Ours
        ("5.7.1", "550 5.7.1 message refused", "policy"),
        ("5.1.1", "550 5.7.1 blocked by policy", "policy"),
        ("5.7.26", "DMARC", "policy"),
        ("5.1.8", "sender's domain does not exist", "policy"),
        ("5.3.4", "message too large", "policy"),
        ("5.6.1", "media not supported", "policy"),
        ("", "554 listed on a blocklist", "policy"),
        ("5.0.0", "Relay access denied", "policy"),
        # Passing
        ("5.2.2", "552 5.2.2 Mailbox full", "passing"),
        ("5.1.1", "552 5.2.2 over quota", "passing"),
        ("4.4.7", "message expired", "passing"),
        ("5.4.4", "unable to route", "passing"),
        ("", "mailbox is full", "passing"),
        ("", "451 try again later", "passing"),
        # A person looks
        ("5.0.0", "", "unclear"),
        ("5.1.0", "address rejected", "unclear"),
        ("5.1.1", "550 5.1.1 rejected by spam filter", "unclear"),
        ("5.2.1", "mailbox disabled", "unclear"),
        ("", "", "unclear"),
    ],
)
def test_a_refusal_is_worth_what_status_and_words_agree_on(status, words, verdict):
    assert verdict_of(status, words) == verdict


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", Kind.BOUNCE),
        ("Failed (permanent)", Kind.BOUNCE),
        ("delayed", Kind.DELAYED),
        ("delivered", Kind.RECEIPT),
        ("relayed", Kind.RECEIPT),
        ("expanded", Kind.RECEIPT),
    ],
)
def test_a_report_is_what_its_action_says(action, kind):
    assert read_return(bounce(RETURNS, action=action)).kind == kind


def test_only_delivered_counts_as_arrived():
    assert read_return(bounce(RETURNS, action="delivered")).is_for_good
    assert not read_return(bounce(RETURNS, action="relayed")).is_for_good


def test_a_bounce_names_recipient_status_words_and_moment():
    found = read_return(bounce(RETURNS))
    assert (found.recipients, found.status, found.words) == ((RECIPIENT,), "5.1.1", "550 5.1.1 User unknown")
    assert found.written_at == datetime(2030, 3, 1, 9, 15, 30, tzinfo=UTC)
    assert found.is_from_machine


def test_of_several_recipients_the_worst_counts():
    two = bounce(RETURNS).replace(
        b"Diagnostic-Code", b"X: y\n\nFinal-Recipient: rfc822; b@example.it\nAction: delivered\nStatus: 2.0.0\nX-D"
    )
    assert read_return(two).kind == Kind.BOUNCE


def test_the_hour_that_there_is_twice_is_told_by_its_zone():
    summer = read_return(bounce(RETURNS, date="Sun, 27 Oct 2030 02:30:00 +0200")).written_at
    winter = read_return(bounce(RETURNS, date="Sun, 27 Oct 2030 02:30:00 +0100")).written_at
    assert (summer.hour, winter.hour) == (0, 1)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Fri, 99 Foo 2030 99:99:99 +9999", "Fri, 31 Feb 2030 10:00:00 +0100"]
)
def test_a_date_that_is_none_is_left_out(date):
    assert read_return(bounce(RETURNS, date=date)).written_at is None


# --- Not every machine's answer is a bounce
@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-replied; owner-email=maria@example.it", "Return-Path": "<>"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
        {"X-Autorespond": "fuori sede"},
    ],
)
def test_a_note_of_absence_is_no_bounce_whatever_it_quotes(headers):
    text = "Sono assente.\n\nYour message to: maria.rossi@example.it\n550 5.1.1 User unknown\n"
    assert read_return(answer(RETURNS, text=text, headers=headers)).kind == Kind.AUTOMATIC


@pytest.mark.parametrize(
    "subject", ["Risposta automatica: La Sua polizza", "Automatic reply: X", "Out of Office: X", "Fuori sede"]
)
def test_a_note_of_absence_without_a_mark_is_known_by_how_it_begins(subject):
    assert read_return(answer(RETURNS, subject=subject)).kind == Kind.AUTOMATIC
    assert read_return(answer(RETURNS, subject=f"Re: {subject}")).kind == Kind.ANSWER


def test_who_forwards_a_bounce_wrote_an_answer():
    mail = answer(RETURNS, headers={"In-Reply-To": "<a@b.example>", "Content-Language": "it"})
    assert read_return(mail.replace(b"scade.", b"scade.\n550 5.1.1 <x@y.example> User unknown")).kind == Kind.ANSWER


def test_a_read_receipt_is_a_receipt():
    raw = (
        b"From: a@b.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n"
        b"--x\n\nLetto\n--x\nContent-Type: message/disposition-notification\n\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\n--x--\n"
    )
    assert read_return(raw).kind == Kind.RECEIPT


@pytest.mark.parametrize(("kind", "counts"), [("abuse", True), ("fraud", True), ("not-spam", False), ("other", False)])
def test_a_complaint_is_told_from_other_feedback(kind, counts):
    found = read_return(complaint(RETURNS, kind=kind))
    assert (found.kind, found.words, found.is_for_good) == (Kind.COMPLAINT, kind, counts)


@pytest.mark.parametrize("raw", [b"", b"\0\0\0", b"no headers at all", b"\xff\xfe\x00", b"\n\n\n"])
def test_what_is_no_message_is_unreadable(raw):
    assert read_return(raw).kind == Kind.UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"From: =?x-unknown?B?////?= <a@b.example>\nSubject: =?utf-8?B?4pyT?= =?utf-8?Q?=ff=fe?=\n\nciao",
        b"From: a@b.example\nContent-Type: text/plain; charset=klingon\n\n\xe0\xe8",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=\n\nx",
        b"From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"From: a@b.example\nSubject: \xff\xfe\xe0\n\n\xff",
        b"From: a@b.example\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nnot base64 at all %%%",
    ],
)
def test_a_broken_message_of_a_person_is_still_an_answer(raw):
    found = read_return(raw)
    assert (found.kind, found.sender) == (Kind.ANSWER, "a@b.example")
    assert found.subject.encode() is not None  # no letter that a database refuses


def test_the_text_is_the_plain_one_or_else_what_the_formatted_one_says():
    assert text_in(answer(RETURNS, text="Ciao", html="<p>Altro</p>")) == "Ciao"
    only = b"From: a@b.example\nContent-Type: text/html\n\n<style>p{}</style><p>Prima<br>Seconda &amp; <script>x()</script>terza</p>"
    assert text_in(only) == "Prima\nSeconda & terza"


def test_what_is_inside_a_certified_envelope_is_what_the_person_wrote():
    inner = answer("vittoria@pec.example", text="Disdetta", sender="ditta@pec.example").decode()
    raw = (
        "From: Per conto di: ditta@pec.example <posta-certificata@gestore.example>\nX-Trasporto: posta-certificata\n"
        "Subject: POSTA CERTIFICATA: Re\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nMessaggio di posta certificata\n"
        f"--x\nContent-Type: message/rfc822\n\n{inner}\n--x--\n"
    ).encode()
    found = read_return(raw)
    assert (found.kind, found.sender, found.subject) == (Kind.ANSWER, "ditta@pec.example", "Re: La Sua polizza")
    assert text_in(raw) == "Disdetta"
