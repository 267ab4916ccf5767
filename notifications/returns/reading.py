"""Rule: what a message that came back is. Bytes in, plain values out; it never reads the clock or the database.

What the sender's program states decides, not what a subject says: the parts of a report (RFC 3462, 3464, 5965), the marks
of automatic answers (RFC 3834), and for servers that state nothing the detectors of `flufl.bounce`. A note of absence is
no bounce, whatever it quotes, and what a person forwards is read as what the person sent.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from enum import StrEnum
from html import unescape

from django.utils.html import strip_tags
from flufl.bounce import all_failures

from foundation.text import clean_line, clean_text
from notifications.message_ids import OURS
from notifications.returns.tokens import HEADER, TOKEN
from notifications.returns.verdicts import Verdict, status_in, verdict_of

log = logging.getLogger(__name__)

ADDRESS = re.compile(r"[^\s@<>]+@[A-Za-z0-9.-]+")
LONGEST_LINE = 250
LONGEST_WORDS = 500
SEARCHED = 1024 * 1024  # characters of one part in which a mark of ours is looked for
MOST_MARKS = 20
MAILERS = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?(?:delivery|daemon)\S*|mdaemon|\S*smtp\S*)$", re.IGNORECASE
)
ABSENT = re.compile(
    r"^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autoreply|out of (?:the )?office|risposta automatica"
    r"|fuori (?:sede|ufficio)|assen(?:te|za)(?: dall.ufficio)?)\b",
    re.IGNORECASE,
)
ANSWERING_MACHINES = ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Vacation", "X-Mail-Autoreply")
CODES = {"failed": "failed", "error": "failed", "delayed": "delayed", "delivered": "delivered"}
HIDDEN = re.compile(r"<(script|style|head|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/h[1-6]|/li)\b[^>]*>", re.IGNORECASE)


class Kind(StrEnum):
    """What it is."""

    BOUNCE = "bounce"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    AUTOMATIC = "automatic"
    ANSWER = "answer"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ReadReturn:
    """What a message says. `tokens` and `message_ids` may be of notices of ours, the likeliest first: unproved.

    `is_from_machine`: a mail system sent it, by its own marks. `is_for_good`: a complaint that says so, a receipt of delivery.
    """

    kind: Kind
    verdict: Verdict | None = None
    status: str = ""
    words: str = ""
    recipients: tuple[str, ...] = ()
    sender: str = ""
    subject: str = ""
    tokens: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    written_at: datetime | None = None
    is_from_machine: bool = False
    is_for_good: bool = False


def read_return(raw: bytes) -> ReadReturn:
    """What the message is. One that nobody can read is `UNREADABLE`, with what went wrong in its words; nothing is raised."""
    try:
        return _read(raw)
    except (
        Exception
    ) as error:  # whatever a stranger's bytes set off in a parser: the message is kept, and the next one read
        return ReadReturn(Kind.UNREADABLE, words=f"{type(error).__name__}: {error}"[:LONGEST_WORDS])


def _read(raw: bytes) -> ReadReturn:
    message = message_from_bytes(raw)
    if not message.keys():
        return ReadReturn(Kind.UNREADABLE, words="It has no headers.")
    tokens, message_ids = _marks(message)
    envelope, message = message, _written(message)
    sender = parseaddr(header(message, "From"))[1].lower()
    facts = ReadReturn(
        Kind.ANSWER,
        sender=clean_line(sender)[:LONGEST_LINE],
        subject=clean_line(header(message, "Subject"))[:LONGEST_LINE],
        tokens=tokens,
        message_ids=message_ids,
        written_at=_moment(header(message, "Date")),
        is_from_machine=_is_from_machine(message, sender),
    )
    if receipt := clean_line(str(envelope.get("X-Ricevuta", ""))).lower():
        return replace(facts, kind=Kind.RECEIPT, words=receipt[:60], is_from_machine=True)
    parts = list(_own_parts(message))
    if (complaint := _part(parts, "message/feedback-report")) is not None:
        return _complaint(facts, complaint)
    if _part(parts, "message/disposition-notification") is not None and not any(_detected(message)):
        return replace(
            facts, kind=Kind.RECEIPT, is_from_machine=True, is_for_good=True, words="disposition-notification"
        )
    blocks = [block for part in parts for block in _blocks(part)]
    if blocks and (found := _report(facts, message, blocks)) is not None:
        return found
    return _without_report(facts, message)


def _report(facts: ReadReturn, message: Message, blocks: list[dict[str, str]]) -> ReadReturn | None:
    """By the parts of a report; None where these name no result. Of several recipients the worst counts."""
    ranks = {"failed": 0, "delayed": 1, "delivered": 2, "on_its_way": 3}
    acted = [(_action(block), block) for block in blocks if block.get("action")]
    if not acted:
        return None
    action, block = min(acted, key=lambda each: ranks[each[0]])
    words = clean_line(re.sub(r"^\s*[\w-]+\s*;\s*", "", block.get("diagnostic-code", "")))
    facts = replace(facts, is_from_machine=True, words=words[:LONGEST_WORDS])
    stated = tuple(address for each in acted if each[0] == action for address in _recipients(each[1]))
    status = status_in(block.get("status", ""), words)
    if action == "failed":
        found, verdict = _failing(message, stated), verdict_of(block.get("status", ""), words)
        return replace(facts, kind=Kind.BOUNCE, verdict=verdict, status=status, recipients=found)
    if action == "delayed":
        return replace(facts, kind=Kind.DELAYED, status=status, recipients=_failing(message, stated))
    is_there = action == "delivered"
    return replace(facts, kind=Kind.RECEIPT, status=status, recipients=stated, is_for_good=is_there)


def _without_report(facts: ReadReturn, message: Message) -> ReadReturn:
    """By marks of automatic answers, and else by how mail systems word their notes."""
    is_report = message.get_content_type() == "multipart/report"
    if not is_report and not facts.is_from_machine:
        if _answers_by_itself(message, facts.subject):
            return replace(facts, kind=Kind.AUTOMATIC)
        if message.get("In-Reply-To") or message.get("References"):
            return facts
    delayed, failed = _detected(message)
    words = _words(message)
    facts_of_it = replace(facts, words=words, status=status_in(words), recipients=failed or delayed)
    if failed:
        return replace(facts_of_it, kind=Kind.BOUNCE, verdict=verdict_of("", words))
    if delayed:
        return replace(facts_of_it, kind=Kind.DELAYED)
    if facts.is_from_machine or is_report:
        return replace(facts, kind=Kind.UNREADABLE, words="A mail system wrote it, and it does not say of whom.")
    return facts


def _complaint(facts: ReadReturn, report: Message) -> ReadReturn:
    """A receiver's word that the person took it for spam (RFC 5965); other kinds of feedback are told apart by their name."""
    fields = _fields(_content(report))
    kind = clean_line(fields.get("feedback-type", "")).lower()
    recipients = tuple(each for each in (_address(fields.get("original-rcpt-to", "")),) if each)
    is_one = kind in ("abuse", "fraud", "virus", "opt-out", "opt-out-list")
    return replace(
        facts, kind=Kind.COMPLAINT, words=kind[:60], recipients=recipients, is_from_machine=True, is_for_good=is_one
    )


# --- What a message is made of --------------------------------------------------------------------------------------
def header(message: Message, name: str) -> str:
    """The header as people read it; empty for none."""
    return decoded(str(message.get(name, "") or ""))


def decoded(value: str) -> str:
    """The words of a header (RFC 2047) as people read them; as they are where their encoding is broken."""
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, UnicodeError):
        return value.encode("utf-8", "replace").decode("utf-8", "replace")


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of the message itself, and not of another one that it carries."""
    yield message
    content = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(content, list):
        for part in content:
            if isinstance(part, Message):
                yield from _own_parts(part)


def _written(message: Message) -> Message:
    """What the person wrote, where a manager of certified e-mail put it into an envelope of its own (RFC 6109)."""
    carried = message.walk() if "X-Trasporto" in message else ()
    found = (part.get_payload() for part in carried if part.get_content_type() == "message/rfc822")
    inner = next((each[0] for each in found if isinstance(each, list) and each), message)
    return inner if isinstance(inner, Message) else message


def _part(parts: list[Message], content_type: str) -> Message | None:
    return next((part for part in parts if part.get_content_type() == content_type), None)


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a delivery status; none of another part."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    content = part.get_payload()
    if isinstance(content, list):
        return [
            {name.lower(): str(value) for name, value in each.items()} for each in content if isinstance(each, Message)
        ]
    return [_fields(group) for group in re.split(r"\r?\n\s*\r?\n", _content(part)) if group.strip()]


def _fields(text: str) -> dict[str, str]:
    return {
        name.lower(): str(value)
        for name, value in message_from_bytes(text.lstrip().encode("utf-8", "replace")).items()
    }


def _action(block: dict[str, str]) -> str:
    word = re.match(r"[a-z]+", block["action"].strip().lower())
    name = word[0] if word else ""
    return "failed" if name.startswith("fail") else CODES.get(name, "on_its_way")


def _recipients(block: dict[str, str]) -> list[str]:
    values = (block.get("original-recipient", ""), block.get("final-recipient", ""))
    found = [_address(value.partition(";")[2] or value) for value in values]
    return [address for address in found if address][
        :1
    ]  # the original one, which is what we wrote to, before the final one


def _address(value: str) -> str:
    found = parseaddr(" ".join(value.split()))[1].strip("<>")
    return clean_line(found)[:LONGEST_LINE] if "@" in found else ""


def _failing(message: Message, stated: tuple[str, ...]) -> tuple[str, ...]:
    """Who is reported: by the report's own fields, and as the detectors read those of servers that write them otherwise."""
    delayed, failed = _detected(message)
    return tuple(dict.fromkeys((*stated, *failed, *delayed)))


def _detected(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom the detectors find delayed, and failed; nobody in a message that they stumble over."""
    try:
        delayed, failed = all_failures(message)
    except Exception as error:  # they walk through whatever a stranger wrote
        log.warning("a returned message that no detector reads: %s: %s", type(error).__name__, error)
        return (), ()
    return _in_letters(delayed), _in_letters(failed)


def _in_letters(addresses: frozenset[bytes]) -> tuple[str, ...]:
    found = sorted(address.decode("ascii", "replace") for address in addresses)
    return tuple(address for address in found if ADDRESS.fullmatch(address))


def _content(part: Message) -> str:
    """The text of a part, by its encoding and charset where these can be read."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        inner = part.get_payload()
        if isinstance(inner, list):
            return "\n".join(each.as_string() if isinstance(each, Message) else str(each) for each in inner)
        return str(inner or "")
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("latin-1")


def _is_from_machine(message: Message, sender: str) -> bool:
    """Whether a mail system sent it: nobody's return path, a mailer's name, or the mark of one."""
    is_empty = "Return-Path" in message and str(message["Return-Path"]).strip() == "<>"
    name = sender.partition("@")[0]
    stated = str(message.get("From", ""))
    is_mailer = bool(MAILERS.match(name)) or "X-Failed-Recipients" in message or "mail delivery" in stated.lower()
    return is_mailer or (is_empty and not sender) or ("From" in message and not sender and "<>" in stated)


def _answers_by_itself(message: Message, subject: str) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    if (submitted != "no" and submitted) or precedence == "auto_reply":
        return True
    return any(name in message for name in ANSWERING_MACHINES) or bool(ABSENT.match(subject.strip()))


def _words(message: Message) -> str:
    """The server's own words: those lines of its note that name a code, or else its beginning."""
    text = text_of(message).partition("--- ")[0] or text_of(message)
    lines = [clean_line(line) for line in text.splitlines()]
    telling = [line for line in lines if re.search(r"\b[45][0-9]{2}\b|\b[45]\.[0-9]\.[0-9]", line)]
    other = [line for line in lines if line]
    return " ".join([*telling[:4], *(other if not telling else other[:12])])[:LONGEST_WORDS]


def _moment(value: str) -> datetime | None:
    """The date of the message, with its zone; one without a zone is taken for UTC. None where it is no date."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# --- Marks of ours ----------------------------------------------------------------------------------------------------
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "X-Failed-Recipients")


def _marks(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tokens and Message-IDs that look like ours: where it was sent to, what it answers, then whatever it carries."""
    addresses = [address for name in ADDRESSED for _name, address in getaddresses(map(str, message.get_all(name, [])))]
    answered = [str(message.get("In-Reply-To", "")), *reversed(str(message.get("References", "")).split())]
    carried = [text[:SEARCHED] for part in message.walk() for text in (_head(part), _leaf(part)) if text]
    own = [text for text in carried if HEADER.lower() in text.lower()]
    return (
        _found(TOKEN, [*addresses, *answered, *own, *carried], lambda match: match[0].lower()),
        _found(OURS, [*answered, *carried], lambda match: match[0]),
    )


def _head(part: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in part.items())


def _leaf(part: Message) -> str:
    is_text = part.get_content_maintype() in ("text", "message")
    return "" if part.is_multipart() or not is_text else _content(part)


def _found(shape: re.Pattern[str], texts: list[str], value: Callable[[re.Match[str]], str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        for match in shape.finditer(text):
            found[value(match)] = None
            if len(found) == MOST_MARKS:
                return tuple(found)
    return tuple(found)


# --- As people read it ------------------------------------------------------------------------------------------------
def text_of(message: Message) -> str:
    """The text of a message: its plain part, or else what a formatted one says without its marks. Empty for none."""
    leaves = [part for part in _own_parts(_written(message)) if part.get_content_maintype() == "text"]
    leaves = [part for part in leaves if part.get_content_disposition() != "attachment"]
    plain = next((part for part in leaves if part.get_content_type() == "text/plain"), None)
    if plain is not None and (text := clean_text(_content(plain))):
        return text
    formatted = next((part for part in leaves if part.get_content_type() == "text/html"), None)
    if formatted is None:
        return ""
    return clean_text(unescape(strip_tags(BREAKS.sub("\n", HIDDEN.sub("", _content(formatted))))))


def text_in(raw: bytes) -> str:
    """The text of a message as it came; empty where it cannot be read."""
    try:
        return text_of(message_from_bytes(raw))
    except Exception:  # as above: what cannot be read is saved as it is
        return ""
