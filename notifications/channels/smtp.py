"""One message over an open SMTP connection, step by step, so that a failure tells whether the message may have gone.

`smtplib.sendmail` raises the same error for a connection lost before the message was sent and after it. Here every
step before the message is `Unavailable` or `Refused`; from the first byte of the message to the answer it is `InDoubt`.
"""

import re
import smtplib

from . import InDoubt, Refused, Unavailable

CLOSING = 421  # the server is about to close the connection
NOT_LET_IN = (530, 534, 535)  # it wants a sign-in: our settings are at fault, not the message
# RFC 3463: the address is wrong for good. 5.1.7 and 5.1.8 are about the sender's.
NO_SUCH_MAILBOX = re.compile(r"^\s*5\.1\.(0|1|2|3|6|10)\b")


class ConnectionLost(Exception):
    """The connection ended before the message was sent; nothing was handed over."""


def hand_over(smtp: smtplib.SMTP, sender: str, recipient: str, body: bytes) -> str:
    """Send one message (lines ending in CRLF); returns the server's answer.

    ConnectionLost, Unavailable, Refused: it has not gone. InDoubt: it may have gone.
    """
    try:
        options = [f"SIZE={len(body)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        _expect(smtp.mail(sender, options), 250)
        _expect(smtp.rcpt(recipient), 250, 251)
        _expect(smtp.docmd("DATA"), 354)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise ConnectionLost(_words(error)) from error
    quoted = re.sub(rb"(?m)^\.", b"..", body)
    try:
        smtp.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise InDoubt(_words(error)) from error
    _expect(answer, 250)
    return said(answer)


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    code, words = answer
    if code in wanted:
        return
    text = said(answer)
    if code == -1:
        raise smtplib.SMTPServerDisconnected(text)
    if code == CLOSING or code in NOT_LET_IN:
        raise Unavailable(text, for_all=True)
    if 500 <= code < 600:
        enhanced = words.decode("utf-8", "replace")
        raise Refused(text, no_such_mailbox=bool(NO_SUCH_MAILBOX.match(enhanced)))
    raise Unavailable(text)


def said(answer: tuple[int, bytes]) -> str:
    """What the server said, on one line."""
    code, words = answer
    return " ".join(f"{code} {words.decode('utf-8', 'replace')}".split())


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
