"""Rule: the files that go with a letter, as pages behind it: PDF as they are, pictures on a page of their own, nothing else.

A page that is not A4 is made so, either way up: the machine that folds and fills the envelopes takes no other. What cannot be printed
is said in words for whoever writes the letter.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import DependencyError, PyPdfError

from foundation.files.contents import paper_or_picture
from foundation.files.pictures import CANNOT_BE_READ

MEGABYTE = 1024 * 1024
MOST_PAGES = 40  # of the files of one letter: what an envelope of a batch holds, on twenty sheets
MOST_BYTES = 10 * MEGABYTE  # of the files of one letter together
MOST_PIXELS = 50_000_000  # of one picture: a photograph of a telephone has a quarter of it
PDF = "application/pdf"
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
WIDTH, HEIGHT = 595.28, 841.89  # A4, in points of 1/72 inch
SLACK = 3  # points by which a page may differ from A4
DPI, MARGIN = 150, 15 / 25.4  # of a page with a picture; the margin in inches
BROKEN = (
    PyPdfError,
    DependencyError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    OSError,
)


class NotPrintable(ValueError):
    """A file that cannot go behind a letter; says in words which one, why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    content: bytes


def pages_of(enclosures: Sequence[Enclosure]) -> int:
    """How many pages the files of one letter have. NotPrintable for a file that has none, and for too many of them."""
    size = sum(len(each.content) for each in enclosures)
    if size > MOST_BYTES:
        words = _(
            "The files of a letter may take %(most)d MB together: these take %(size).1f MB. Send them another way."
        )
        raise NotPrintable(words % {"most": MOST_BYTES // MEGABYTE, "size": size / MEGABYTE})
    number = sum(_number_of_pages(each) for each in enclosures)
    if number > MOST_PAGES:
        words = _(
            "The files of a letter may have %(most)d pages together: these have %(number)d. Send them another way."
        )
        raise NotPrintable(words % {"most": MOST_PAGES, "number": number})
    return number


def _number_of_pages(enclosure: Enclosure) -> int:
    kind = paper_or_picture(enclosure.content[:1024])
    try:
        if kind == PDF:
            number = len(_opened(enclosure).pages)
            if number:
                return number
        elif kind in PICTURES:
            with Image.open(io.BytesIO(enclosure.content), formats=[PICTURES[kind]]) as picture:
                if picture.width * picture.height <= MOST_PIXELS:
                    picture.load()
                    return int(getattr(picture, "n_frames", 1))
                raise NotPrintable(_("“%(name)s” is too large a picture to be printed.") % {"name": enclosure.name})
        else:
            words = _(
                "“%(name)s” cannot be printed behind a letter, only PDF, JPG, PNG, WEBP and TIF can: save it as a PDF."
            )
            raise NotPrintable(words % {"name": enclosure.name})
    except NotPrintable:
        raise
    except (*BROKEN, *CANNOT_BE_READ) as error:
        raise _damaged(enclosure) from error
    raise _damaged(enclosure)


def _damaged(enclosure: Enclosure) -> NotPrintable:
    return NotPrintable(
        _("“%(name)s” is damaged and cannot be printed: choose another file.") % {"name": enclosure.name}
    )


def _opened(enclosure: Enclosure) -> PdfReader:
    """The PDF; one that only its owner may change is opened, one that asks for a password is NotPrintable."""
    reader = PdfReader(io.BytesIO(enclosure.content))
    if reader.is_encrypted and not reader.decrypt(""):
        words = _("“%(name)s” asks for a password and cannot be printed: save it without one.")
        raise NotPrintable(words % {"name": enclosure.name})
    return reader


# --- Put together -----------------------------------------------------------------------------------------------------
def page_counts(document: bytes) -> tuple[int, ...]:
    """How many pages each letter of a document has: each begins with its only heading, which the outline names."""
    reader = PdfReader(io.BytesIO(document))
    starts = [reader.get_destination_page_number(each) for each in reader.outline if not isinstance(each, list)]
    ends = [*starts[1:], len(reader.pages)]
    return tuple(end - (start or 0) for start, end in zip(starts, ends, strict=True) if end is not None)


def with_enclosures(
    document: bytes, counts: Sequence[int], enclosures: Iterable[Sequence[Enclosure]], *, title: str, on: date
) -> bytes:
    """The document with the files of each letter behind its own pages; the same files make the same bytes.

    NotPrintable for a file that cannot be read to its last page.
    """
    writer, letters, place = PdfWriter(), PdfReader(io.BytesIO(document)), 0
    for count, files in zip(counts, enclosures, strict=True):
        for number in range(place, place + count):
            writer.add_page(letters.pages[number])
        place += count
        for each in files:
            try:
                for page in _pages(each):
                    _add_as_a4(writer, page)
            except (*BROKEN, *CANNOT_BE_READ) as error:
                if isinstance(error, NotPrintable):
                    raise
                raise _damaged(each) from error
    writer.add_metadata({"/Title": title, "/CreationDate": f"D:{on:%Y%m%d}120000"})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _pages(enclosure: Enclosure) -> Iterable[PageObject]:
    kind = paper_or_picture(enclosure.content[:1024])
    return _opened(enclosure).pages if kind == PDF else _pages_of_picture(enclosure.content, PICTURES[kind])


def _add_as_a4(writer: PdfWriter, page: PageObject) -> None:
    """Add the page as it is where it is A4, upright or lying; else made smaller or larger in the middle of one."""
    sides = sorted((float(page.cropbox.width), float(page.cropbox.height)))
    if all(abs(side - wanted) <= SLACK for side, wanted in zip(sides, (WIDTH, HEIGHT), strict=True)):
        writer.add_page(page)
        return
    if page.rotation:
        page = PdfWriter().add_page(page)
        page.transfer_rotation_to_content()
    box = page.cropbox
    width, height = float(box.width), float(box.height)
    across, up = (WIDTH, HEIGHT) if height >= width else (HEIGHT, WIDTH)
    scale = min(across / width, up / height)
    left, below = (across - scale * width) / 2, (up - scale * height) / 2
    moved = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale).translate(left, below)
    writer.add_blank_page(across, up).merge_transformed_page(page, moved)


def _pages_of_picture(content: bytes, kind: str) -> Iterable[PageObject]:
    """Each picture of the file the right way up on a white page, as large as its margins allow."""
    with Image.open(io.BytesIO(content), formats=[kind]) as pictures:
        for each in ImageSequence.Iterator(pictures):
            upright = ImageOps.exif_transpose(each)
            yield _page_of(upright)


def _page_of(picture: Image.Image) -> PageObject:
    shown = picture.convert("RGBA")
    size = (round(WIDTH / 72 * DPI), round(HEIGHT / 72 * DPI))
    if shown.width > shown.height:
        size = (size[1], size[0])
    room = tuple(side - round(2 * MARGIN * DPI) for side in size)
    fitted = ImageOps.contain(shown, (room[0], room[1]))
    page = Image.new("RGB", size, "white")
    page.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2), fitted)
    made = io.BytesIO()
    page.save(made, "PDF", resolution=DPI, quality=85)
    return PdfReader(made).pages[0]
