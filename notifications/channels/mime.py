"""A message as the bytes that SMTP carries, made by the standard library's generator with less work for each.

Half of what a message costs is folding headers that need none, and looking for a boundary that no part contains. One whose
lines are as short as most are is written without the library at all (`written`), byte for byte as it would have been.
"""

import re
import secrets
from collections.abc import Mapping
from email import policy
from email.generator import BytesGenerator
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import formatdate
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.mail.message import forbid_multi_line_headers

LONGEST_LINE = 78  # RFC 5322, 2.1.1
LONGEST_UNFOLDED = 998  # bytes of a line of text: with a longer one the library encodes the part
LINE_END = re.compile(r"\r\n|\r|\n")


class ShortHeaders(policy.Compat32):
    """Folds a header only where it is too long for its line.

    A long one in encoded words begins on its first line: the library leaves that line empty, which is lawful (RFC 5322)
    but refused by some providers.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header with its lines, as bytes."""
        if isinstance(value, str) and value.isascii():
            lines = f"{name}: {value}".split("\n")
            if all(len(line) <= LONGEST_LINE for line in lines):
                return (self.linesep.join(lines) + self.linesep).encode("ascii")
            if value.startswith("=?"):
                text = str(make_header(decode_header(value)))
                encoded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
                return f"{name}: {encoded}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


SHORT_HEADERS = ShortHeaders(linesep="\r\n")


def as_bytes(message: Message) -> bytes:
    """The message with lines that end in CRLF."""
    stem = secrets.token_hex(8)
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=={stem}.{number}")
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=SHORT_HEADERS).flatten(message, linesep="\r\n")
    return written.getvalue()


@lru_cache(maxsize=512)
def _shared_line(name: str, value: str) -> bytes:
    """A header that many messages share, as Django and the library write it. ValueError where it would break its line."""
    return SHORT_HEADERS.fold_binary(*forbid_multi_line_headers(name, value, "utf-8"))


def _own_line(name: str, value: str) -> bytes:
    """A header of one message; one that is short and plain is not looked at any further."""
    if value.isascii() and value.isprintable() and len(name) + len(value) + 2 <= LONGEST_LINE:
        return f"{name}: {value}\r\n".encode("ascii")
    if value.isascii() and value.isprintable() and " " not in value and value.startswith("<"):
        return f"{name}: \r\n {value}\r\n".encode("ascii")  # an address too long for a line begins on the next
    return SHORT_HEADERS.fold_binary(*forbid_multi_line_headers(name, value, "utf-8"))


def _part(subtype: str, text: str) -> tuple[list[bytes], bytes] | None:
    """The headers and the content of a part of text; None where the library has to encode it."""
    lines = LINE_END.split(text)
    content = "\r\n".join(lines).encode()
    if len(content) > LONGEST_UNFOLDED and any(len(line.encode()) > LONGEST_UNFOLDED for line in lines):
        return None
    encoding = b"7bit" if text.isascii() else b"8bit"
    head = [
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'.encode(),
        b"MIME-Version: 1.0\r\n",
        b"Content-Transfer-Encoding: " + encoding + b"\r\n",
    ]
    return head, content


def written(
    *, subject: str, sender: str, recipient: str, headers: Mapping[str, str], text: str, html: str
) -> bytes | None:
    """A message of a text, or of a text and its formatted one, as bytes; None where the library has to write it.

    `recipient` is an address that needs no quoting. ValueError where a header would break out of its line.
    """
    if "Message-ID" not in headers:
        return None
    plain = _part("plain", text)
    formatted = _part("html", html) if html else None
    if plain is None or (html and (formatted is None or not text)):
        return None
    lines = [_shared_line("Subject", subject), _shared_line("From", sender), _own_line("To", recipient)]
    if reply_to := headers.get("Reply-To"):
        lines.append(_own_line("Reply-To", reply_to))
    lines.append(f"Date: {formatdate(localtime=settings.EMAIL_USE_LOCALTIME)}\r\n".encode())
    lines += [_own_line(name, value) for name, value in headers.items() if name != "Reply-To"]
    if formatted is None:
        return b"".join([*plain[0], *lines, b"\r\n", plain[1]])
    boundary = f"=={secrets.token_hex(8)}.0".encode()
    return b"".join(
        [
            b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n',
            b"MIME-Version: 1.0\r\n",
            *lines,
            b"\r\n--" + boundary + b"\r\n",
            *[*plain[0], b"\r\n", plain[1]],
            b"\r\n--" + boundary + b"\r\n",
            *[*formatted[0], b"\r\n", formatted[1]],
            b"\r\n--" + boundary + b"--\r\n",
        ]
    )
