"""Rule: what a receipt of certified e-mail says. Bytes in, plain values out (RFC 6109, sections 2.1 and 3.1).

Only what the manager writes decides, never a subject, which a person can write: `X-Ricevuta` names the kind, and the data file
(daticert.xml) kind, message, recipient, moment and reason. Where the receipt is signed the data file is that of the signed part,
and the headers, of which no signature speaks, must agree with it. What somebody sent to the mailbox comes in an envelope of the
manager's own (`X-Trasporto`) and is no receipt, whatever it has inside. What the signature is worth, `signatures` says.
"""

import email
import email.policy
import re
import xml.etree.ElementTree as Tree  # the parser fetches nothing; a document type is refused before it reads
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import Message

from notifications.channels.pec.signed_mail import signed_message

LARGEST_DATA = 1024 * 1024  # bytes of daticert.xml
DATA_FILE = "daticert.xml"
MOMENT = re.compile(r"(\d{2})/(\d{2})/(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
# What each kind says, in the words of `DeliveryReport`.
OUTCOMES = {
    "accettazione": "on_its_way",
    "presa-in-carico": "on_its_way",
    "preavviso-errore-consegna": "on_its_way",  # after twelve hours: the error itself follows after twenty-four
    "avvenuta-consegna": "delivered",
    "non-accettazione": "failed",
    "errore-consegna": "failed",
    "rilevazione-virus": "failed",
}
REASONS = {"no-dest": "no such mailbox", "no-dominio": "no such domain", "virus": "virus", "altro": "other"}


class Unreadable(ValueError):
    """A message that calls itself a receipt and cannot be read as one."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt. `message_id` is ours; `is_certified` is None where the receipt does not say it of the recipient."""

    kind: str
    outcome: str
    message_id: str
    identifier: str
    recipient: str
    is_certified: bool | None
    reason: str
    happened_at: datetime


def read_receipt(raw: bytes) -> Receipt | None:
    """The receipt; None for a message that is none. Unreadable where it lacks what a receipt must have."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        kind = str(message.get("X-Ricevuta", "")).strip().lower()
        if not kind or message.get("X-Trasporto"):
            return None
        reference = " ".join(str(message.get("X-Riferimento-Message-ID", "")).split())
        data = _data_of(signed_message(raw) or message)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if kind not in OUTCOMES:
        raise Unreadable(f"There is no receipt “{kind}”.")
    stated_reference = " ".join((data.findtext("dati/msgid") or "").split())
    if reference and stated_reference and reference != stated_reference:
        raise Unreadable("The data file is about another message.")
    reference = stated_reference or reference
    identifier = " ".join((data.findtext("dati/identificativo") or "").split())
    if not reference or not identifier:
        raise Unreadable("The receipt names no message.")
    if data.get("tipo", "").strip().lower() != kind:
        raise Unreadable("The data file is of another receipt.")
    recipient = (data.findtext("dati/consegna") or "").strip().lower()
    kinds = {
        (each.text or "").strip().lower(): each.get("tipo", "") for each in data.iterfind("intestazione/destinatari")
    }
    if not recipient and len(kinds) == 1:
        recipient = next(iter(kinds))
    stated = kinds.get(recipient)
    fault = data.get("errore", "nessuno").strip().lower()
    words = (data.findtext("dati/errore-esteso") or "").strip()
    return Receipt(
        kind=kind,
        outcome=OUTCOMES[kind],
        message_id=reference,
        identifier=identifier,
        recipient=recipient,
        is_certified=None if not stated else stated == "certificato",
        reason=" ".join(f"{REASONS.get(fault, '')} {words}".split()) if fault != "nessuno" else "",
        happened_at=_moment(data),
    )


def _data_of(message: Message) -> Tree.Element:
    for part in _own_parts(message):
        if (part.get_filename() or "").lower() == DATA_FILE:
            content = part.get_payload(decode=True)
            if not isinstance(content, bytes) or len(content) > LARGEST_DATA:
                raise Unreadable("The data file is too large, or none.")
            if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"\0" in content:
                raise Unreadable("The data file has a document type.")
            try:
                return Tree.fromstring(content)  # noqa: S314 - a document type was refused above
            except Tree.ParseError as error:
                raise Unreadable(f"The data file: {error}") from error
    raise Unreadable("The receipt has no data file.")


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of the receipt itself, and not of the message that it brings back."""
    yield message
    content = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(content, list):
        for part in content:
            if isinstance(part, Message):
                yield from _own_parts(part)


def _moment(data: Tree.Element) -> datetime:
    given = data.find("dati/data")
    zone = given.get("zona", "") if given is not None else ""
    words = f"{data.findtext('dati/data/giorno', '')} {data.findtext('dati/data/ora', '')} {zone}"
    found = MOMENT.fullmatch(" ".join(words.split()))
    if found is None:
        raise Unreadable("The receipt names no moment.")
    day, month, year, hour, minute, second = (int(each) for each in found.groups()[:6])
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError as error:
        raise Unreadable(f"The moment of the receipt: {error}") from error
