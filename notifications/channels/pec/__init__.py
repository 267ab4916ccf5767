"""Certified e-mail (PEC), over the SMTP server of any manager (PEC_SMTP_URL), from the mailbox of PEC_ADDRESS.

What the server answers is no more than that it took the message. The manager's own receipts prove the rest: `receipts`
reads one, and `mailbox` fetches them (RFC 6109). A manager gives the message an id of its own; its receipts name ours.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

from notifications.channels import Message
from notifications.channels.email import EmailChannel


class PecChannel(EmailChannel):
    """An e-mail channel over the manager's server, with the receipt's cost (PEC_PRICE)."""

    def __init__(self) -> None:
        given: dict[str, Any] = dict(settings.PEC_SMTP)
        options = {"host": "HOST", "port": "PORT", "username": "HOST_USER", "password": "HOST_PASSWORD"}
        arguments = {name: given.get(f"EMAIL_{key}") for name, key in options.items()}
        secure = {"use_tls": bool(given.get("EMAIL_USE_TLS")), "use_ssl": bool(given.get("EMAIL_USE_SSL"))}
        is_smtp = settings.PEC_BACKEND.endswith("smtp.EmailBackend")
        backend = get_connection(settings.PEC_BACKEND, **(arguments | secure if is_smtp else {}))
        super().__init__(backend, sender=settings.PEC_ADDRESS)

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Send one message and return what it cost and the server's answer."""
        answer = super().send(message, claimed)
        return f"1 PEC = {settings.PEC_PRICE} EUR: {answer}" if settings.PEC_PRICE else answer
