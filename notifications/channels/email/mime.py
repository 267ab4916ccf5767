"""A message as the bytes that SMTP carries, made by the standard library's generator with less work for each.

Half of what a message costs is folding headers that need none, and looking for a boundary that no part contains.
"""

import secrets
from email import policy
from email.generator import BytesGenerator
from email.header import Header, decode_header, make_header
from email.message import Message
from io import BytesIO
from typing import Any

LONGEST_LINE = 78  # RFC 5322, 2.1.1


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
