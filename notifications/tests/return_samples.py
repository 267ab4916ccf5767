"""What comes back, as mail systems and people write it: reports by RFC 3464 and 5965, notes of absence, answers."""

from email import message_from_string
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

RECIPIENT = "maria.rossi@example.it"
RETURNS = "returns@care.example"
WHEN = "Fri, 1 Mar 2030 10:15:30 +0100"


def fields(content: str, subtype: str) -> Message:
    """A part of a report that is made of fields alone."""
    return message_from_string(f"Content-Type: message/{subtype}\n\n{content}")


def original(message_id: str = "<other@relay.example>", *, headers: str = "") -> Message:
    """The headers of the message that comes back."""
    part = MIMEText(f"Message-ID: {message_id}\nFrom: assistenza@care.example\n{headers}Subject: La Sua polizza\n")
    part.replace_header("Content-Type", 'text/rfc822-headers; charset="utf-8"')
    return part


def bounce(
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    recipient: str = RECIPIENT,
    message_id: str = "<other@relay.example>",
    envelope_id: str = "",
    headers: str = "",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example.it>",
    date: str = WHEN,
) -> bytes:
    """A delivery status notification (RFC 3464) sent to an address."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["Return-Path"] = "<>"
    report["From"], report["To"], report["Date"] = sender, to, date
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = f"<{abs(hash((to, status, action, date)))}@mx.example.it>"
    report.attach(MIMEText("This is the mail system. Your message could not be delivered."))
    first = "Reporting-MTA: dns; mx.example.it\n" + (f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else "")
    about = (
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n"
    )
    report.attach(fields(f"{first}\n{about}", "delivery-status"))
    report.attach(original(message_id, headers=headers))
    return report.as_bytes()


def complaint(
    to: str, *, kind: str = "abuse", mail_from: str = "", message_id: str = "<other@relay.example>"
) -> bytes:
    """What a receiver reports when somebody presses “junk” (RFC 5965), with the recipient left out as most do."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "feedback-report")
    report["From"], report["To"], report["Date"] = "fbl@mail.example.it", to, WHEN
    report["Subject"] = "FW: La Sua polizza"
    report.attach(MIMEText("This is an email abuse report."))
    said = f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
    report.attach(fields(said + (f"Original-Mail-From: <{mail_from}>\n" if mail_from else ""), "feedback-report"))
    carried = EmailMessage()
    carried["From"], carried["Subject"], carried["Message-ID"] = (
        "assistenza@care.example",
        "La Sua polizza",
        message_id,
    )
    carried.set_content("Gentile Cliente")
    report.attach(MIMEMessage(carried))
    return report.as_bytes()


def answer(
    to: str, *, text: str = "Buongiorno, vorrei sapere quando scade.", subject: str = "Re: La Sua polizza",
    sender: str = f"Maria Rossi <{RECIPIENT}>", headers: dict[str, str] | None = None, html: str = "",
) -> bytes:  # fmt: skip
    """What a person, or their program, answers."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"], mail["Subject"] = sender, to, WHEN, subject
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
