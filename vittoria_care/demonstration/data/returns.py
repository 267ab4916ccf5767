"""What came back after the demonstration's notices: answers, notes of absence, bounces of each sort, a complaint, a riddle."""

import datetime
from email import message_from_string
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from customers.models import Customer
from notifications.message_ids import message_id_of
from notifications.models import Notice
from notifications.returns.commands import Place, keep_return
from notifications.returns.matching import LATE
from notifications.returns.tokens import HEADER, token_of

from .profiles import Plan
from .sign_ins import CUSTOMERS

RETURNS = "ritorni@vittoria-care.example"
BOUNDARY = "=_ritorno"  # or each loading would make other bytes
MAILBOXES = {email for _label, email in CUSTOMERS.values()}  # of the customers who sign in: theirs exist
ANSWERS = (
    "Buongiorno,\n\nho venduto la macchina a settembre e la nuova ha già un’altra polizza: devo fare qualcosa o scade da sola?"
    "\n\nGrazie",
    "Salve, potete mandarmi il bollettino? Dal computer non riesco a pagare.",
    "Ho pagato ieri in agenzia, vi chiedo di controllare. Vi allego la ricevuta appena la trovo.",
)
ABSENT = "Sono assente fino a lunedì e leggerò la posta al mio ritorno. Per urgenze: 02 0000000."
# Status and words of the server, and whom it is about: those who sign in keep their mailboxes.
BOUNCES = (
    ("failed", "5.1.1", "550 5.1.1 <{address}>: Recipient address rejected: User unknown"),
    ("failed", "5.2.2", "552 5.2.2 <{address}>: la casella è piena (over quota)"),
    ("failed", "5.7.1", "550 5.7.1 Message rejected due to local policy: our reputation list has your address"),
    ("delayed", "4.4.1", "connect to mx.posta.example: Connection timed out"),
    ("failed", "5.0.0", "554 Transaction failed"),
)


def make_returns(plan: Plan) -> int:
    """Make what came back about the newest e-mails that went; returns how many messages."""
    went = Notice.objects.filter(
        channel="email", state="sent", customer__isnull=False, sent_at__gt=plan.as_of - LATE / 2
    )
    newest = list(went.select_related("customer").order_by("-sent_at", "-pk")[:400])
    theirs = [notice for notice in newest if notice.address in MAILBOXES]
    others = [notice for notice in newest if notice.address not in MAILBOXES]
    messages: list[tuple[bytes, datetime.datetime]] = []
    for notice, text in zip(theirs or others, ANSWERS, strict=False):
        messages.append((_answer(notice, text), notice.sent_at or plan.as_of))
    if others:
        messages.append(
            (_answer(others[0], ABSENT, **{"Auto-Submitted": "auto-replied"}), others[0].sent_at or plan.as_of)
        )
    for notice, (action, status, words) in zip(others[1:], BOUNCES, strict=False):
        raw = _report(notice, action, status, words.format(address=notice.address), mark=True)
        messages.append((raw, notice.sent_at or plan.as_of))
    if len(others) > 8:
        messages.append((_complaint(others[7]), others[7].sent_at or plan.as_of))
        # Its notice cannot be found: the relay wrote a Message-ID of its own, and the server left our headers out.
        raw = _report(others[8], "failed", "5.1.1", "550 5.1.1 User unknown", mark=False)
        messages.append((raw, others[8].sent_at or plan.as_of))
        messages.append((b"\x1f\x8b\x08\x00 a file that somebody sent as a message", plan.as_of))
    for number, (raw, sent_at) in enumerate(messages, start=1):
        at = min(sent_at + datetime.timedelta(minutes=7 + 31 * number), plan.as_of)
        keep_return(raw, Place("returns"), at=at)
    return len(messages)


def _answer(notice: Notice, text: str, **headers: str) -> bytes:
    mail = EmailMessage()
    customer = notice.customer
    assert isinstance(customer, Customer), "the caller asked for those of customers"
    mail["From"], mail["To"], mail["Date"] = notice.address, RETURNS, _date(notice)
    mail["Subject"] = f"Re: {notice.subject}" if not headers else f"Risposta automatica: {notice.subject}"
    mail["In-Reply-To"] = message_id_of(notice)
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(f"{text}\n\n{customer}\n")
    return mail.as_bytes()


def _report(notice: Notice, action: str, status: str, words: str, *, mark: bool) -> bytes:
    """A delivery status notification (RFC 3464)."""
    host = notice.address.rpartition("@")[2]
    report = MIMEMultipart("report", boundary=BOUNDARY)
    report.set_param("report-type", "delivery-status")
    report["From"], report["To"], report["Date"] = (
        f"Mail Delivery System <MAILER-DAEMON@mx.{host}>",
        RETURNS,
        _date(notice),
    )
    report["Subject"] = (
        "Undelivered Mail Returned to Sender" if action == "failed" else "Delayed Mail (still being retried)"
    )
    report.attach(MIMEText(f"This is the mail system at host mx.{host}.\n\n<{notice.address}>: {words}\n"))
    fields = f"Reporting-MTA: dns; mx.{host}\n\nFinal-Recipient: rfc822; {notice.address}\nAction: {action}\n"
    fields += f"Status: {status}\nDiagnostic-Code: smtp; {words}\n"
    report.attach(message_from_string(f"Content-Type: message/delivery-status\n\n{fields}"))
    own = f"{HEADER}: {token_of(notice.pk)}\n" if mark else ""
    report.attach(message_from_string(f"Content-Type: text/rfc822-headers\n\n{own}Subject: =?utf-8?Q?Avviso?=\n"))
    return report.as_bytes()


def _complaint(notice: Notice) -> bytes:
    """What a mail provider reports when somebody presses “junk” (RFC 5965)."""
    report = MIMEMultipart("report", boundary=BOUNDARY)
    report.set_param("report-type", "feedback-report")
    report["From"], report["To"], report["Date"] = "feedback@posta.example", RETURNS, _date(notice)
    report["Subject"] = "Abuse report"
    report.attach(MIMEText("This is an email abuse report for a message received from 192.0.2.25."))
    fields = "Feedback-Type: abuse\nUser-Agent: Posta/1.0\nVersion: 1\n"
    report.attach(message_from_string(f"Content-Type: message/feedback-report\n\n{fields}"))
    report.attach(message_from_string(f"Content-Type: text/rfc822-headers\n\n{HEADER}: {token_of(notice.pk)}\n"))
    return report.as_bytes()


def _date(notice: Notice) -> str:
    return format_datetime((notice.sent_at or notice.created_at) + datetime.timedelta(minutes=7))
