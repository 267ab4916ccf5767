"""What the printer of a batch gets: the document with all its letters, and the manifest."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.channels.post import Document, PrintedLetter, document_of, manifest_of
from notifications.channels.post.enclosures import Enclosure
from notifications.models import Letter, LetterBatch, Notice
from notifications.rendering import without_footer


def document_of_letters(letters: Sequence[Letter], *, on: date) -> Document:
    """The document of the letters, dated on the day, with the files of each behind it. NotPrintable where one cannot be read."""
    with override("it"):
        title = _("Letters")
    return document_of([_printed(letter) for letter in letters], title=title, on=on)


def document_of_batch(batch: LetterBatch) -> bytes:
    """The document of the batch as it was when it was made."""
    return document_of_letters(_letters(batch), on=timezone.localdate(batch.made_at)).content


def manifest_of_batch(batch: LetterBatch) -> str:
    """The printer's list of the batch, as CSV."""
    return manifest_of([_printed(letter) for letter in _letters(batch)], sha256=batch.sha256)


def enclosures_of(notice: Notice) -> tuple[Enclosure, ...]:
    """The files of the notice, as they go behind its letter."""
    return tuple(Enclosure(each.name, bytes(each.content)) for each in notice.attachments.all())


def _letters(batch: LetterBatch) -> list[Letter]:
    return list(batch.letters.select_related("notice").prefetch_related("notice__attachments").order_by("number"))


def _printed(letter: Letter) -> PrintedLetter:
    notice = letter.notice
    return PrintedLetter(
        number=letter.number,
        code=letter.code,
        recipient=tuple(letter.recipient.split("\n")),
        language=notice.language,
        subject=notice.subject,
        text=without_footer(notice.body_text),
        enclosures=enclosures_of(notice),
        pages=letter.pages,
    )
