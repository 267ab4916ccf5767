"""What the page of a text shows: what happens next, what differs from what counts now, and how people get it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.dates import ROME
from foundation.requests import Reader
from notifications.kinds import KINDS, NoticeKind
from notifications.models import NoticeText
from notifications.texts.checking import problems_of
from notifications.texts.commands import is_other_written, other_language
from notifications.texts.comparing import Piece, compared
from notifications.texts.first_version import Source, first_version
from notifications.texts.mediums import Medium
from notifications.texts.previews import (
    Facts,
    Preview,
    all_facts,
    chosen_facts,
    goes_by_post,
    preview_of,
)
from notifications.texts.reading import Problem
from notifications.texts.words import label_of, usual_facts, words_of

State = NoticeText.State


@dataclass(frozen=True)
class InForce:
    """The text that counts now: a version with its row, or the project's own, which is version 0 and has none."""

    source: Source
    number: int = 0
    row: NoticeText | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return _("version %(number)d") % {"number": self.number} if self.number else _("version 0, the project's own")


@dataclass(frozen=True)
class TextPage:
    """The parts of the page."""

    kind: NoticeKind
    next: str
    tone: str
    in_force: InForce
    subject_pieces: list[Piece]
    body_pieces: list[Piece]
    problems: list[Problem]
    choices: list[Facts]
    chosen: Facts
    preview: Preview
    letter_url: str
    other: str

    @property
    def has_real(self) -> bool:
        """Whether facts of real people are among the choices."""
        return any(each.seen is not None for each in self.choices)


def source_of(text: NoticeText) -> Source:
    """The text as it is written."""
    return Source(text.subject, text.body)


def in_force(kind: NoticeKind, medium: str, language: str, moment: datetime) -> InForce:
    """The text that counts at the moment, asked of the database."""
    row = NoticeText.objects.of(kind.code, medium, language).counting_at(moment).first()
    if row is not None:
        return InForce(source_of(row), row.number, row)
    return InForce(first_version(kind, Medium(medium), language))


def page_of(
    text: NoticeText, reader: Reader, *, asked: str, closed: Callable[..., Any], now: datetime
) -> TextPage | None:
    """The page as it is now, made of the facts that were asked for. None for a text of a kind of the past."""
    kind = KINDS.get(text.kind)
    if kind is None:
        return None
    source, counting = source_of(text), in_force(kind, text.medium, text.language, now)
    choices = all_facts(kind, reader, now, closed=closed)
    chosen = chosen_facts(asked, choices)
    against = counting.source
    words, tone = what_next(text, now)
    problems: list[Problem] = []
    if text.state in (State.DRAFT, State.SUBMITTED):
        on = timezone.localdate(text.wanted_from or now, ROME)
        found = problems_of(kind, source, medium=text.medium, language=text.language, on=on)
        problems = [each for those in found.values() for each in those]
    letter = reverse("admin:notifications_noticetext_letter", args=[text.pk]) + f"?facts={chosen.key}"
    return TextPage(
        kind=kind,
        next=words,
        tone=tone,
        in_force=counting,
        subject_pieces=compared(against.subject, source.subject),
        body_pieces=compared(against.body.strip(), source.body.strip()),
        problems=problems,
        choices=choices,
        chosen=chosen,
        preview=preview_of(kind, source, medium=text.medium, language=text.language, facts=chosen),
        letter_url=letter if goes_by_post(kind, text.medium) else "",
        other=other_in_words(text, now),
    )


def what_next(text: NoticeText, now: datetime) -> tuple[str, str]:
    """What happens next with a text, in a sentence, and how it is meant."""
    match text.state:
        case State.DRAFT:
            last = text.events.select_related("by").first()
            if last is not None and last.words:
                return pgettext("text", "Sent back by %(name)s: %(words)s") % {
                    "name": last.by,
                    "words": last.words,
                }, "near"
            return _("A draft: nobody gets it. Look at it, send yourself a test, then submit it."), "calm"
        case State.SUBMITTED:
            return pgettext(
                "text", "It waits for somebody who did not write it to approve it, or to send it back."
            ), "near"
        case State.WITHDRAWN:
            return _("Withdrawn: it does not count."), "late"
    assert text.valid_from is not None, "it is approved"
    if text.valid_from > now:
        return _("Approved. It counts from %(moment)s on.") % {"moment": moment_of(text.valid_from)}, "calm"
    if text.valid_until is not None and text.valid_until <= now:
        return _("Its time is over: it counted until %(moment)s.") % {"moment": moment_of(text.valid_until)}, "calm"
    later = NoticeText.objects.of(text.kind, text.medium, text.language).counting_at(now).first()
    if later is not None and later.pk != text.pk:
        return _("Replaced: version %(number)d counts now.") % {"number": later.number}, "calm"
    if text.valid_until is not None:
        return _("It counts now, until %(moment)s.") % {"moment": moment_of(text.valid_until)}, "good"
    return _("It counts now: notices are made of it."), "good"


def standing_of(text: NoticeText, now: datetime) -> tuple[str, str]:
    """The state for a list, with what the clock makes of an approved one; the first word is for its colour."""
    if text.state != State.APPROVED or text.valid_from is None:
        return text.state, text.get_state_display()
    if text.valid_from > now:
        return "later", _("from %(moment)s") % {"moment": moment_of(text.valid_from)}
    if text.valid_until is not None and text.valid_until <= now:
        return "over", _("its time is over")
    if getattr(text, "counts", True):
        return State.APPROVED, _("counts now")
    return "over", _("replaced")


def other_in_words(text: NoticeText, now: datetime) -> str:
    """What becomes of the other language, where nobody wrote it along; "" where somebody did, or nothing is to be decided."""
    if text.state not in (State.DRAFT, State.SUBMITTED) or is_other_written(text):
        return ""
    kind, language = KINDS[text.kind], other_language(text.language)
    counting = in_force(kind, text.medium, language, now)
    if language == "en":
        return _("The English text stays as it is: %(version)s.") % {"version": counting.name}
    return _("The Italian text stays as it is: %(version)s.") % {"version": counting.name}


def words_beside(kind: NoticeKind) -> list[tuple[str, str, str]]:
    """The words that the text may use, for beside the editor: the word, what it means, and how it is put into the text."""
    usual = usual_facts(kind)
    return [(word, label_of(word), _written(word, usual[word])) for word in sorted(words_of(kind))]


def _written(word: str, value: Any) -> str:
    """How the word is usually put into a text, by what it is."""
    kind_of_value = type(value).__name__
    if kind_of_value == "date":
        return f'{{{{ {word}|written_day:"il" }}}}'
    if kind_of_value == "Decimal":
        return f'{{{{ {word}|floatformat:"2g" }}}}'
    if kind_of_value == "bool":
        return f"{{% if {word} %}}…{{% endif %}}"
    if kind_of_value == "list":
        return f"{{% for each in {word} %}}- {{{{ each }}}}\n{{% endfor %}}"
    return f"{{{{ {word} }}}}"


def parts_beside(kind: NoticeKind, medium: str) -> list[str]:
    """The obligatory parts of the text, in words."""
    parts = [part for part in kind.parts if part.only in ("", medium)]
    return [f"{part.name} ({part.source})" if part.source else str(part.name) for part in parts]


def moment_of(moment: datetime) -> str:
    """A moment by the clock of Rome."""
    return date_format(timezone.localtime(moment, ROME), "SHORT_DATETIME_FORMAT")


def version_link(text: NoticeText | None) -> str:
    """Which text a notice was made of, leading to its page."""
    if text is None:
        return _("version 0, the project's own")
    address = reverse("admin:notifications_noticetext_change", args=[text.pk])
    return format_html('<a href="{}" class="vc-link">{}</a>', address, text)
