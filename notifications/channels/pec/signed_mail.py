"""Rule: the two parts of a signed message (RFC 1847, RFC 8551 section 3.5): what is signed, byte for byte, and the signature."""

import email
import email.policy
import re
from email.message import EmailMessage, Message

from django.utils.translation import gettext as _

SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
LARGEST_SIGNATURE = 256 * 1024  # bytes


class NotSigned(ValueError):
    """The message is not one part with its signature; says in words what it is instead."""


def signed_parts(raw: bytes) -> tuple[bytes, bytes]:
    """The part that is signed, byte for byte with CRLF at the ends of its lines, and the signature. NotSigned for another message."""
    message = email.message_from_bytes(raw)
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/signed" or not boundary:
        raise NotSigned(_("it is not signed"))
    if str(message.get_param("protocol", "")).lower() not in SIGNATURES:
        raise NotSigned(_("its signature is of another kind"))
    _head, blank, body = _canonical(raw).partition(b"\r\n\r\n")
    pieces = re.split(rb"(?:\A|\r\n)--%b(--)?[ \t]*(?:\r\n|\Z)" % re.escape(boundary.encode()), body)
    # Before the first line of the boundary, the two parts, and behind the last one; between them whether it is the last.
    if not blank or len(pieces) != 7 or [pieces[1], pieces[3], pieces[5]] != [None, None, b"--"]:
        raise NotSigned(_("it is not one part with its signature"))
    content, signature = pieces[2], email.message_from_bytes(pieces[4])
    return content, _signature_in(signature)


def signed_message(raw: bytes) -> EmailMessage | None:
    """The signed part as a message, the only one of which the signature speaks; None where there is none."""
    try:
        return email.message_from_bytes(signed_parts(raw)[0], policy=email.policy.default)
    except NotSigned:
        return None


def _signature_in(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    if part.get_content_type() not in SIGNATURES or not isinstance(found, bytes) or len(found) > LARGEST_SIGNATURE:
        raise NotSigned(_("there is no signature in it"))
    return found


def _canonical(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
