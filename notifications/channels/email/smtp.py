"""One message over an open SMTP connection, step by step, so that a failure shows whether the message may have gone.

`smtplib.sendmail` raises the same error for a connection lost before the message was sent and after it. Here every
step before the message is `Unavailable` or `NotTaken`; from the first byte of the message to the answer it is `InDoubt`.
"""

import re
import smtplib
from collections.abc import Callable

from notifications.channels import InDoubt, NotTaken, Unavailable
from notifications.returns.tokens import token_in

PLAIN = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)  # an address that needs no quoting nor encoding
CLOSING = 421  # the server is about to close the connection
NOT_LET_IN = (530, 534, 535)  # it wants a sign-in: our settings are at fault, not the message
TOO_LARGE = 552  # for the size that MAIL announces: about this message alone
# RFC 3463 and 7505: the recipient's address is wrong for good. 5.1.0 is no proof; 5.1.7 and 5.1.8 are about the
# sender's.
NO_SUCH_MAILBOX = re.compile(r"^\s*5\.1\.(1|2|3|6|10)\b")
ABOUT_THE_SENDER = re.compile(r"\b(sender|originator|mail from|mittente)\b", re.IGNORECASE)


class ConnectionLost(Exception):
    """The connection ended before the message was sent; nothing was handed over."""


def hand_over(
    smtp: smtplib.SMTP, sender: str, recipient: str, body: bytes, claimed: Callable[[], None] = lambda: None
) -> str:
    """Send one message (lines ending in CRLF); returns the server's answer. `claimed` is asked before DATA.

    It is asked while the server thinks about the recipient; of one that takes several commands at once (RFC 2920), about the
    sender too.

    A refusal of the sender (MAIL) is about us, and would be the same for every message: Unavailable for all. Only the
    answer to RCPT shows that a mailbox does not exist, and only where it does not name the sender.
    ConnectionLost, Unavailable, NotTaken: it has not gone. InDoubt: it may have gone.
    """
    try:
        options = [f"SIZE={len(body)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if smtp.has_extn("dsn") and (token := token_in(sender)):
            options += ["RET=HDRS", f"ENVID={token}"]  # RFC 3461: a bounce names it, and leaves the text out
        _name(smtp, sender, recipient, options, claimed)
        _expect(smtp.docmd("DATA"), 354)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise ConnectionLost(_words(error)) from error
    quoted = re.sub(rb"(?m)^\.", b"..", body)
    try:
        smtp.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        hangs = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        raise InDoubt(_words(error), timed_out=hangs) from error
    _expect(answer, 250)
    return _written(answer)


def _name(smtp: smtplib.SMTP, sender: str, recipient: str, options: list[str], claimed: Callable[[], None]) -> None:
    """Name sender and recipient, and have the message claimed meanwhile; every answer is read, whatever comes of that."""
    mail = f"MAIL FROM:{_in_brackets(sender)} {' '.join(options)}".rstrip()
    rcpt = f"RCPT TO:{_in_brackets(recipient)}"
    if not smtp.has_extn("pipelining"):
        smtp.putcmd(mail)
        _expect_sender(smtp.getreply())
        smtp.putcmd(rcpt)
        try:
            claimed()
        finally:
            answer = smtp.getreply()
        _expect_recipient(answer, sender)
        return
    if any(sign in mail + rcpt for sign in "\r\n"):
        raise ValueError("An address would break out of its line.")
    smtp.send(f"{mail}\r\n{rcpt}\r\n")
    try:
        claimed()
    finally:
        of_sender = smtp.getreply()
        of_recipient = smtp.getreply() if of_sender[0] != CLOSING else of_sender
    _expect_sender(of_sender)
    _expect_recipient(of_recipient, sender)


def _in_brackets(address: str) -> str:
    """The address as a command names it; what needs no look is not taken apart."""
    return f"<{address}>" if PLAIN.fullmatch(address) else smtplib.quoteaddr(address)


def _expect_sender(answer: tuple[int, bytes]) -> None:
    code = answer[0]
    if 500 <= code < 600 and code != TOO_LARGE and code not in NOT_LET_IN:
        raise Unavailable(_written(answer), for_all=True, is_ours=True)
    _expect(answer, 250)


def _expect_recipient(answer: tuple[int, bytes], sender: str) -> None:
    try:
        _expect(answer, 250, 251)
    except NotTaken as error:
        words = answer[1].decode("utf-8", "replace")
        about_us = ABOUT_THE_SENDER.search(words) or sender.lower() in words.lower()
        error.no_such_mailbox = bool(NO_SUCH_MAILBOX.match(words)) and not about_us
        raise


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    code = answer[0]
    if code in wanted:
        return
    text = _written(answer)
    if code == -1:
        raise smtplib.SMTPServerDisconnected(text)
    if code == CLOSING or code in NOT_LET_IN:
        raise Unavailable(text, for_all=True, is_ours=code in NOT_LET_IN)
    if 500 <= code < 600:
        raise NotTaken(text)
    raise Unavailable(text)


def _written(answer: tuple[int, bytes]) -> str:
    """The server's answer, on one line."""
    code, words = answer
    return " ".join(f"{code} {words.decode('utf-8', 'replace')}".split())


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
