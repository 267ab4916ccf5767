"""Rule: what a mail that was kept as a file says: who wrote it, when it reached us, its text and its attachments.

Bytes in, plain values out. A mail by PEC is an envelope of the certified provider around what the person wrote
(RFC 6109): the day of receipt is the envelope's, the words and the attachments are those inside it. Whatever a
stranger's bytes set off in a parser, the file remains, and what was read is marked as unreadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from foundation.files.accepted import clean_name
from foundation.text import clean_line
from notifications.returns.reading import header, text_in

PEC, EMAIL = "pec", "email"  # words of the list of channels
CERTIFIED = "posta-certificata"
MOST_PARTS = 200
LONGEST_HEADER = 500
# Parts of the envelope by which the provider vouches for it: they are no attachments of the writer.
OF_THE_ENVELOPE = {"daticert.xml", "smime.p7s", "postacert.eml"}


@dataclass(frozen=True)
class MailPart:
    """An attachment of a mail, by its place among them: the first is 0. Size in bytes."""

    place: int
    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class ReadMail:
    """What a mail says. `problem` is why it cannot be read, where it cannot; the headers are what could be found."""

    sender: str = ""
    sender_name: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    written_at: datetime | None = None
    reached_at: datetime | None = None
    way: str = EMAIL
    attachments: tuple[MailPart, ...] = ()
    problem: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether it could be read."""
        return not self.problem


def read_mail(raw: bytes) -> ReadMail:
    """The mail as people read it. One that nobody can read says why in `problem`; nothing is raised."""
    try:
        return _read(raw)
    except Exception as error:  # whatever a stranger's bytes set off in a parser: the file is kept as it is
        return ReadMail(problem=f"{type(error).__name__}: {error}"[:200])


def attachment_in(raw: bytes, place: int) -> tuple[str, bytes] | None:
    """Name and bytes of an attachment by its place; None where there is none, or it cannot be read."""
    try:
        part = dict(enumerate(_attached(_written(message_from_bytes(raw))))).get(place)
        return (_name_of(part), _bytes_of(part)) if part is not None else None
    except Exception:  # as above
        return None


def _read(raw: bytes) -> ReadMail:
    envelope = message_from_bytes(raw)
    if not envelope["From"] and not envelope["Subject"] and not envelope["Date"]:
        return ReadMail(problem="It has none of the headers of a mail: From, Subject, Date.")
    written = _written(envelope)
    name, address = parseaddr(header(written, "From"))
    is_certified = clean_line(str(envelope.get("X-Trasporto", ""))).lower() == CERTIFIED
    read = ReadMail(
        sender=clean_line(address).lower()[:254],
        sender_name=clean_line(name)[:200],
        to=clean_line(header(written, "To"))[:LONGEST_HEADER],
        subject=clean_line(header(written, "Subject"))[:LONGEST_HEADER],
        text=text_in(raw),
        written_at=_moment(header(written, "Date")),
        reached_at=_moment(header(envelope, "Date")) if is_certified else _arrival(envelope),
        way=PEC if is_certified else EMAIL,
    )
    parts = tuple(
        MailPart(place, _name_of(part), part.get_content_type(), len(_bytes_of(part)))
        for place, part in enumerate(_attached(written))
    )
    return replace(read, attachments=parts)


def _written(message: Message) -> Message:
    """What the person wrote: inside the envelope of certified e-mail, else the message itself."""
    if "X-Trasporto" not in message:
        return message
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return inner[0]
    return message


def _attached(message: Message) -> Iterator[Message]:
    """The parts that somebody attached, also whole mails; not those of a mail that is attached."""
    left = [message]
    seen = 0
    while left and seen < MOST_PARTS:
        part, seen = left.pop(0), seen + 1
        content = part.get_payload()
        if part is not message and part.get_content_type() == "message/rfc822":
            yield part
        elif part.is_multipart() and isinstance(content, list):
            left = [*(each for each in content if isinstance(each, Message)), *left]
        elif (part.get_filename() or part.get_content_disposition() == "attachment") and (
            _name_of(part) not in OF_THE_ENVELOPE
        ):
            yield part


def _name_of(part: Message) -> str:
    stated = str(part.get_filename() or "")
    if part.get_content_type() == "message/rfc822" and not stated:
        return "messaggio.eml"
    return clean_name(header_words(stated)) if stated else "allegato"


def header_words(value: str) -> str:
    """A file's name as people read it, where it is written as a header's words."""
    holder = Message()
    holder["X-Name"] = value
    return header(holder, "X-Name")


def _bytes_of(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return inner[0].as_bytes() if inner and isinstance(inner[0], Message) else b""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _arrival(message: Message) -> datetime | None:
    """When the first of our servers took it, by its own mark; the date that the writer's program states where there is none."""
    received = [str(each) for each in message.get_all("Received", [])]
    arrived = _moment(received[0].rpartition(";")[2].strip()) if received else None
    return arrived or _moment(header(message, "Date"))


def _moment(value: str) -> datetime | None:
    """A date with its zone; one without a zone is taken for UTC. None where it is no date."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
