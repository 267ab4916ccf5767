"""How a text looks before anybody gets it: of invented facts, of a real notice, or of what is owed today, as the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from foundation.masking import seen_text_of, show_to
from foundation.requests import Reader
from notifications.channels import Channel
from notifications.channels.post import PrintedLetter, pdf_of
from notifications.channels.sms import MOST_SEGMENTS, Length, length_of
from notifications.channels.sms.segments import PLAIN
from notifications.hiding import without_secret_addresses
from notifications.kinds import NoticeKind
from notifications.models import EMPTIED, Notice
from notifications.rendering import wording_of
from notifications.texts.facts_of_rows import owed_now
from notifications.texts.first_version import Source
from notifications.texts.mediums import Medium, is_sms
from notifications.texts.reading import NotAllowed, UnknownWord, read
from notifications.texts.words import facts_of, in_words, usual_facts, words_of

MOST_CASES = 24  # invented facts to choose among
MOST_NOTICES = 10  # real notices to choose among
LOOKED_AT = 60  # notices of the kind among which those with facts are looked for
INVENTED, REAL, OWED = "case", "notice", "owed"


@dataclass(frozen=True)
class Facts:
    """Facts to make a text of. `key` names them in an address.

    Real ones are of a `notice` that was written, or are owed today about something of a `customer`.
    """

    key: str
    label: str
    values: dict[str, Any]
    notice: Notice | None = None
    customer: Customer | None = None

    @property
    def seen(self) -> Notice | Customer | None:
        """The row that says what of them the reader may see; None of invented ones."""
        return self.notice or self.customer

    @property
    def opened(self) -> tuple[int, str] | None:
        """Whose file is looked at with them, and what of it; None where it is nobody's."""
        if self.notice is not None and self.notice.customer_id is not None:
            return self.notice.customer_id, f"notice {self.notice.pk}"
        return (self.customer.pk, "facts of a notice") if self.customer is not None else None


@dataclass(frozen=True)
class Preview:
    """A text as it is read; `problem` where it cannot be made. Of an SMS how long it is."""

    subject: str = ""
    text: str = ""
    html: str = ""
    length: Length | None = None
    problem: str = ""

    @property
    def is_too_long(self) -> bool:
        """Whether no telephone would join its parts."""
        return self.length is not None and self.length.segments > MOST_SEGMENTS


def invented_facts(kind: NoticeKind) -> list[Facts]:
    """The usual facts, then those that differ from them, each under what differs; at most MOST_CASES."""
    usual = usual_facts(kind)
    found: dict[str, Facts] = {}
    for facts in sorted(facts_of(kind), key=lambda each: sum(each[word] != usual.get(word) for word in kind.needs)):
        label = in_words(facts, usual)
        if label not in found:
            found[label] = Facts(f"{INVENTED}:{len(found)}", label, facts)
        if len(found) == MOST_CASES:
            break
    return list(found.values())


def real_facts(kind: NoticeKind, reader: Reader, *, closed: Any = None) -> list[Facts]:
    """The newest notices of the kind, within the reader's reach, that keep their facts; none of a kind with secret links.

    `closed` is asked which of some customers' files ask a reason: their notices are left out.
    """
    if kind.is_confidential:
        return []
    newest = Notice.objects.visible_to(reader).filter(kind=kind.code).exclude(EMPTIED).order_by("-created_at")
    looked_at = newest.select_related("customer").defer("body_text", "body_html")[:LOOKED_AT]
    with_facts = [each for each in looked_at if each.words and kind.needs <= each.words.keys()]
    shut = closed(reader, [each.customer_id for each in with_facts]) if closed and with_facts else set()
    found = []
    for notice in with_facts:
        if notice.customer_id in shut:
            continue
        show_to(notice, reader)
        label = _("notice %(number)d of %(day)s") % {"number": notice.pk, "day": f"{notice.created_at:%d/%m/%Y}"}
        found.append(Facts(f"{REAL}:{notice.pk}", label, kind.read(notice.words or {}), notice))
        if len(found) == MOST_NOTICES:
            break
    return found


def owed_facts(kind: NoticeKind, reader: Reader, now: datetime, *, closed: Any = None) -> list[Facts]:
    """What is owed today and the kind could announce, within the reader's reach; `closed` as above."""
    if kind.is_confidential:
        return []
    owed = list(owed_now(kind, reader, now))
    shut = closed(reader, [each.customer.pk for each in owed]) if closed and owed else set()
    found = []
    for each in owed:
        if each.customer.pk in shut:
            continue
        show_to(each.customer, reader)
        number = each.words.get("number") or each.words["policy"]
        label = _("%(number)s, as it is today") % {"number": number}
        found.append(Facts(f"{OWED}:{each.about}", label, kind.read(each.words), customer=each.customer))
        if len(found) == MOST_NOTICES:
            break
    return found


def all_facts(kind: NoticeKind, reader: Reader, now: datetime, *, closed: Any) -> list[Facts]:
    """The facts to choose among: the stated examples, real notices, and what is owed today."""
    real = real_facts(kind, reader, closed=closed)
    return [*invented_facts(kind), *real, *owed_facts(kind, reader, now, closed=closed)]


def chosen_facts(given: str, choices: list[Facts]) -> Facts:
    """The facts of that name among the choices; the first where none has it."""
    return next((each for each in choices if each.key == given), choices[0])


def preview_of(kind: NoticeKind, source: Source, *, medium: str, language: str, facts: Facts) -> Preview:
    """The text made of the facts; of a real notice as much as the reader may see of it."""
    words = words_of(kind)
    try:
        with translation.override(language):
            subject = (
                " ".join(read(source.subject, words=words).made_of(facts.values).split()) if source.subject else ""
            )
            text = read(source.body, words=words).made_of(facts.values).strip() + "\n"
    except NotAllowed as error:
        return Preview(problem=str(error))
    except (UnknownWord, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        return Preview(problem=_("It cannot be made of these facts: %(error)s") % {"error": error})
    if facts.seen is not None:
        subject, text = (_as_seen(facts.seen, each) for each in (subject, text))
    if is_sms(kind, medium):
        return Preview(subject, text.translate(PLAIN).strip(), length=length_of(text.translate(PLAIN).strip()))
    values = facts.values if facts.seen is None else {}
    html = wording_of(kind, subject, text, language=language, facts=values).html
    return Preview(subject, text, html)


def _as_seen(row: Notice | Customer, text: str) -> str:
    """A text about somebody, as the reader may see it: without what is the recipient's alone."""
    return seen_text_of(row, without_secret_addresses(text))


def goes_by_post(kind: NoticeKind, medium: str) -> bool:
    """Whether the text may end as a letter."""
    return medium == Medium.MESSAGE and Channel.POST in kind.rungs


def letter_of(kind: NoticeKind, source: Source, *, language: str, facts: Facts, on: date) -> bytes:
    """The letter as a PDF, to nobody. NotAllowed or UnknownWord where it cannot be made."""
    made = preview_of(kind, source, medium=Medium.MESSAGE, language=language, facts=facts)
    if made.problem:
        raise UnknownWord(made.problem)
    letter = PrintedLetter(
        1, "VC-0", ("Maria Rossi", "Via di Prova 1", "20149 Milano MI"), language, made.subject, made.text
    )
    return pdf_of([letter], title=_("Letter, to look at"), on=on)
