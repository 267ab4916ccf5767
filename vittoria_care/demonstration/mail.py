"""Mail outside production: stored as files under var/mail instead of being sent, and shown on a page.

`/demo/posta/` lists it, newest first, `/demo/posta/sms/` the texts to telephones that the file provider keeps, `/demo/posta/notifiche/` the notifications on devices, and
`/demo/posta/canali/` every kind of notice on every channel that it went by. They exist only where this backend is in use and never in production.
"""

import contextlib
import email
import email.policy
import json
import os
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from .channels import channel_list
from .kept_here import BACKEND, is_kept_here, only_where_kept

__all__ = ["PATH_TO_US", "EmailBackend", "is_kept_here"]

PATH_TO_US = BACKEND
NAME = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9]{6}-[0-9a-f]{8}\.eml")
SMS_NAME = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9]{6}-[0-9a-f]{8}\.json")
PER_PAGE = 25
KEPT = 2_000  # the newest; a whole portfolio's alerts would fill a disk with small files
LOOKED_AT = 500  # messages between two looks at how many there are
FRAME = {  # what the formatted text of a message may do in its frame
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "sandbox": True,
}


class EmailBackend(BaseEmailBackend):
    """Writes one `.eml` for each message; their names sort by time. A file appears whole or not at all."""

    written = 0  # by this process

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages and return how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            now = time.time()
            name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
            name += f"-{int(now % 1 * 1e6):06d}-{secrets.token_hex(4)}.eml"
            partial = folder / f".{name}"
            partial.write_bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own has it
            os.replace(partial, folder / name)
            if EmailBackend.written % LOOKED_AT == 0:
                for old in _names()[KEPT:]:
                    (folder / old).unlink(missing_ok=True)
            EmailBackend.written += 1
        return len(email_messages)


# --- The page -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Mail:
    """A message as the pages show it."""

    name: str
    subject: str
    recipient: str
    sender: str
    sent_at: datetime | None
    text: str = ""
    has_html: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, str, int], ...] = ()


def _one_page(
    names: list[str], pattern: re.Pattern[str], before: str, here: str
) -> tuple[list[str], dict[str, object]]:
    """The names after `before`, newest first, as many as a page shows; and what components/pagination.html needs."""
    names = [name for name in names if not pattern.fullmatch(before) or name < before]
    shown = names[:PER_PAGE]
    return shown, {
        "shown": len(shown),
        "previous_url": here if before else None,
        "next_url": f"{here}?prima={shown[-1]}" if len(names) > PER_PAGE else None,
    }


@require_safe
@only_where_kept
def sms_list(request: HttpRequest) -> HttpResponse:
    """The texts to telephones, newest first: they are short, so the list shows them whole."""
    names = _names(settings.SMS_FILE_PATH, SMS_NAME)
    shown, page = _one_page(names, SMS_NAME, request.GET.get("prima", ""), reverse("demo_sms"))
    texts = []
    for name in shown:
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads((Path(settings.SMS_FILE_PATH) / name).read_text(encoding="utf-8"))
            texts.append(kept | {"sent_at": datetime.fromisoformat(kept["sent_at"])})
    return render(request, "demo/sms_list.html", {"texts": texts, "page": page})


@require_safe
@only_where_kept
def push_list(request: HttpRequest) -> HttpResponse:
    """The notifications on devices that the file provider keeps, newest first, as a screen shows them."""
    names = _names(settings.PUSH_FILE_PATH, SMS_NAME)
    shown, page = _one_page(names, SMS_NAME, request.GET.get("prima", ""), reverse("demo_pushes"))
    pushes = []
    for name in shown:
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads((Path(settings.PUSH_FILE_PATH) / name).read_text(encoding="utf-8"))
            pushes.append(kept | {"sent_at": datetime.fromisoformat(kept["sent_at"])})
    return render(request, "demo/push_list.html", {"pushes": pushes, "page": page})


@require_safe
@only_where_kept
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest first, twenty-five at a time; `prima` is the name of the last one seen."""
    shown, page = _one_page(_names(), NAME, request.GET.get("prima", ""), reverse("demo_mail"))
    mails = [mail for name in shown if (mail := _read(name, whole=False))]
    return render(request, "demo/mail_list.html", {"mails": mails, "page": page})


@require_safe
@only_where_kept
def mail_message(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its headers, its text, and the formatted text in a frame that can do nothing."""
    mail = _read(name, whole=True)
    if mail is None:
        raise Http404
    return render(request, "demo/mail_message.html", {"mail": mail})


@require_safe
@only_where_kept
@xframe_options_sameorigin
@csp_replace(FRAME)  # type: ignore[arg-type]  # its types know only views without arguments
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The formatted text alone, for the frame; the browser gives it no scripts, no forms and no origin."""
    message = _parsed(name)
    part = message.get_body(("html",)) if message else None
    if part is None:
        raise Http404
    return HttpResponse(part.get_content())


def _names(folder: str | os.PathLike[str] | None = None, pattern: re.Pattern[str] = NAME) -> list[str]:
    """The files kept in the folder (that of the mail where none is given), newest first."""
    try:
        return sorted(filter(pattern.fullmatch, os.listdir(folder or settings.EMAIL_FILE_PATH)), reverse=True)
    except FileNotFoundError:
        return []


def _parsed(name: str) -> ParsedMessage | None:
    if not NAME.fullmatch(name):
        return None
    try:
        return email.message_from_bytes(
            (Path(settings.EMAIL_FILE_PATH) / name).read_bytes(), policy=email.policy.default
        )
    except OSError:
        return None


def _read(name: str, *, whole: bool) -> Mail | None:
    message = _parsed(name)
    if message is None:
        return None
    sent_at = None
    with contextlib.suppress(TypeError, ValueError):
        sent_at = parsedate_to_datetime(str(message["Date"]))
        sent_at = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)  # "-0000" is UTC without a place
    mail = Mail(
        name,
        subject=str(message["Subject"] or ""),
        recipient=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        sent_at=sent_at,
    )
    if not whole:
        return mail
    text = message.get_body(("plain",))
    shown = ("Message-ID", "Auto-Submitted", "Content-Language", "List-Unsubscribe")
    return replace(
        mail,
        text=text.get_content() if text else "",
        has_html=message.get_body(("html",)) is not None,
        headers=tuple((header, str(message[header])) for header in shown if message[header]),
        attachments=tuple(
            (part.get_filename() or "", part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in message.iter_attachments()
        ),
    )


urlpatterns = [
    path("", mail_list, name="demo_mail"),
    path("sms/", sms_list, name="demo_sms"),
    path("notifiche/", push_list, name="demo_pushes"),
    path("canali/", channel_list, name="demo_channels"),
    path("<str:name>/", mail_message, name="demo_mail_message"),
    path("<str:name>/html", mail_html, name="demo_mail_html"),
]
