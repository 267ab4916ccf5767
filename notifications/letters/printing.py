"""What the printer of a batch gets: the document with all its letters, and the manifest."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.channels.post import PrintedLetter, manifest_of, pdf_of
from notifications.models import Letter, LetterBatch
from notifications.rendering import without_footer


def document_of(letters: Sequence[Letter], *, on: date) -> bytes:
    """The document of the letters, dated on the day."""
    with override("it"):
        title = _("Letters")
    return pdf_of([_printed(letter) for letter in letters], title=title, on=on)


def document_of_batch(batch: LetterBatch) -> bytes:
    """The document of the batch as it was when it was made."""
    return document_of(_letters(batch), on=timezone.localdate(batch.made_at))


def manifest_of_batch(batch: LetterBatch) -> str:
    """The printer's list of the batch, as CSV."""
    return manifest_of([_printed(letter) for letter in _letters(batch)], sha256=batch.sha256)


def _letters(batch: LetterBatch) -> list[Letter]:
    return list(batch.letters.select_related("notice").order_by("number"))


def _printed(letter: Letter) -> PrintedLetter:
    notice = letter.notice
    return PrintedLetter(
        number=letter.number,
        code=letter.code,
        recipient=tuple(letter.recipient.split("\n")),
        language=notice.language,
        subject=notice.subject,
        text=without_footer(notice.body_text),
    )
