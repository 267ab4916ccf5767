"""E-mail through whatever Django's settings name; over SMTP one connection serves a whole chunk of messages."""

import contextlib
import smtplib
from collections.abc import Callable
from email.errors import MessageError
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address

from notifications.channels import InDoubt, Message, NotClaimed, NotTaken, Unavailable
from notifications.returns.tokens import HEADER, token_in

from .mime import as_bytes
from .smtp import CLOSING, PLAIN, ConnectionLost, hand_over


class EmailChannel:
    """Open while a chunk is sent: `with EmailChannel() as channel: channel.send(message, claimed)`."""

    def __init__(self, backend: BaseEmailBackend | None = None, *, sender: str = ""):
        self._backend = backend or get_connection()
        self._from = sender
        self._used = False  # whether the open connection has carried a message
        self._sender = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Send one message and return the server's answer; NotTaken, Unavailable or InDoubt when it is not taken."""
        try:
            mail = _mail(message, self._from)
            if message.return_path:
                sender = message.return_path
            else:
                sender = self._sender = self._sender or parseaddr(sanitize_address(mail.from_email, "utf-8"))[1]
            plain = PLAIN.fullmatch(message.address)
            recipient = message.address if plain else sanitize_address(message.address, "utf-8")
            body = as_bytes(mail.message())
        except (ValueError, MessageError, IndexError) as error:
            raise NotTaken(f"{type(error).__name__}: {error}") from error
        backend = self._backend
        if not isinstance(backend, SmtpBackend):
            claimed()
            return self._send_otherwise(mail)
        if self._used:
            try:
                return self._hand_over(backend, sender, recipient, body, claimed)
            except ConnectionLost:
                pass  # servers close connections that they find long enough: once more over a new one
        try:
            return self._hand_over(backend, sender, recipient, body, claimed)
        except ConnectionLost as error:
            raise Unavailable(str(error), for_all=True) from error

    def _hand_over(
        self, backend: SmtpBackend, sender: str, recipient: str, body: bytes, claimed: Callable[[], None]
    ) -> str:
        """Over the open connection, or a new one. After any failure the connection is in a state we know, or closed."""
        smtp = self._open(backend)
        try:
            answer = hand_over(smtp, sender, recipient, body, claimed)
        except (ConnectionLost, InDoubt):
            self._close()
            raise
        except Unavailable as error:
            if error.for_all:
                self._close()
                if self._used and str(error).startswith(str(CLOSING)):
                    raise ConnectionLost(str(error)) from error
            else:
                self._reset(smtp)
            raise
        except (NotTaken, NotClaimed):
            self._reset(smtp)
            raise
        self._used = True
        return answer

    def _open(self, backend: SmtpBackend) -> smtplib.SMTP:
        if (smtp := backend.connection) is not None:
            return smtp
        self._used = False
        try:
            backend.open()
            smtp = backend.connection
            assert smtp is not None, "it is open, or has raised"
            smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            with contextlib.suppress(Exception):
                self._close()
            raise Unavailable(" ".join(str(error).split()) or type(error).__name__, for_all=True) from error
        return smtp

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Make the connection ready for the next message after one that was not taken."""
        try:
            smtp.rset()
            self._used = True
        except (smtplib.SMTPException, OSError):
            self._close()

    def _close(self) -> None:
        backend = self._backend
        if isinstance(backend, SmtpBackend) and backend.connection is not None and backend.connection.sock is None:
            backend.connection = None  # lost: there is nobody to close it with
            return
        with contextlib.suppress(smtplib.SMTPException, OSError):
            backend.close()

    def _send_otherwise(self, mail: EmailMultiAlternatives) -> str:
        """Through a backend that is no SMTP: it takes the message, or gives an answer that leaves us in doubt."""
        try:
            taken = self._backend.send_messages([mail])
        except (ConnectionRefusedError, PermissionError, FileNotFoundError) as error:
            raise Unavailable(str(error), for_all=True) from error
        except Exception as error:
            raise InDoubt(f"{type(error).__name__}: {error}") from error
        if not taken:
            raise Unavailable("The mail backend did not take the message.")
        return ""


def _mail(message: Message, sender: str = "") -> EmailMultiAlternatives:
    """The message as Django builds it; ValueError when an address or a header would break out of its line."""
    if not message.address.strip() or any(sign in message.address for sign in "\r\n\0,;"):
        raise ValueError("This is not the address of one mailbox.")
    headers: dict[str, Any] = {"Content-Language": message.language}
    if not message.is_personal:
        headers |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if message.message_id:
        headers["Message-ID"] = message.message_id
    if message.answers:
        headers |= {"In-Reply-To": message.answers, "References": message.answers}
    if message.return_path:
        headers |= {"Reply-To": message.return_path, HEADER: token_in(message.return_path)}
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail = EmailMultiAlternatives(
        message.subject, message.text, sender or settings.DEFAULT_FROM_EMAIL, [message.address], headers=headers
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for name, content_type, content in message.attachments:
        mail.attach(name, content, content_type)
    return mail
