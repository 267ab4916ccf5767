"""Files behind a letter: what is printed, on which pages, and what is refused in words."""

import io
from datetime import date

import pytest
from PIL import Image
from pypdf import PdfReader

from notifications.channels.post import PrintedLetter, document_of
from notifications.channels.post.enclosures import MOST_BYTES, MOST_PAGES, Enclosure, NotPrintable, pages_of
from notifications.tests.enclosure_samples import A4, pdf, picture

ON = date(2030, 3, 1)


def enclosed(content, name="file"):
    return Enclosure(name, content)


def printed(*contents):
    """The pages behind a letter of one page."""
    letter = PrintedLetter(1, "VC-1", ("Anna Bianchi",), "it", "Oggetto", "Testo", tuple(map(enclosed, contents)))
    document = document_of([letter], title="Lettere", on=ON)
    pages = PdfReader(io.BytesIO(document.content)).pages
    assert document.pages == (len(pages),)
    return pages[1:]


def size_of(page):
    return round(float(page.mediabox.width)), round(float(page.mediabox.height))


# --- What is printed
@pytest.mark.parametrize(
    ("content", "number"),
    [
        (pdf(pages=3), 3),
        (picture("JPEG"), 1),
        (picture("PNG"), 1),
        (picture("WEBP"), 1),
        (picture("TIFF", frames=2), 2),
    ],
)
def test_a_pdf_has_its_pages_and_a_picture_one_for_each(content, number):
    assert pages_of([enclosed(content)]) == number == len(printed(content))


def test_the_pages_of_a_pdf_are_as_they_were():
    assert [page.extract_text().strip() for page in printed(pdf("polizza", pages=2))] == ["polizza 1", "polizza 2"]


@pytest.mark.parametrize(
    ("given", "rotate", "wanted"),
    [
        (A4, 0, (595, 842)),
        ((842, 595), 0, (842, 595)),
        ((612, 792), 0, (595, 842)),
        ((1191, 842), 0, (842, 595)),
        ((300, 400), 0, (595, 842)),
        ((612, 792), 90, (842, 595)),
    ],
)
def test_every_page_is_a4_upright_or_lying(given, rotate, wanted):
    [page] = printed(pdf(size=given, rotate=rotate))
    assert size_of(page) == wanted
    assert page.extract_text().strip() == "pagina 1"


def test_a_lying_picture_has_a_lying_page_and_one_that_its_camera_turned_is_turned_back():
    exif = Image.Exif()
    exif[0x0112] = 6
    [lying, turned] = printed(picture("JPEG", size=(400, 300)), picture("JPEG", size=(400, 300), exif=exif))
    assert (size_of(lying), size_of(turned)) == ((842, 595), (595, 842))


def test_a_see_through_picture_is_on_white():
    made = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(made, "PNG")
    [page] = printed(made.getvalue())
    assert page.images[0].image.convert("RGB").getpixel((600, 800)) == (255, 255, 255)


def test_the_same_files_make_the_same_bytes():
    letter = PrintedLetter(
        1, "VC-1", ("Anna",), "it", "Oggetto", "Testo", (enclosed(pdf()), enclosed(picture("JPEG")))
    )
    first, second = (document_of([letter], title="Lettere", on=ON).content for _turn in range(2))
    assert first == second


def test_a_document_that_only_its_owner_may_change_is_printed():
    [page] = printed(pdf("polizza", owner="secret"))
    assert page.extract_text().strip() == "polizza 1"


# --- What is refused
@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 a document",
        b"plain words",
        b"",
        b"%PDF-1.7 and nothing",
        pdf()[:200],
        picture("JPEG", size=(400, 300))[:400],
        picture("PNG", size=(400, 300))[:100],
        pdf(password="secret"),
        pdf(pages=0),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_name(content):
    with pytest.raises(NotPrintable, match="lista"):
        pages_of([enclosed(content, "lista")])


def test_too_many_pages_and_too_many_bytes_are_refused():
    many = [enclosed(pdf(pages=MOST_PAGES)), enclosed(pdf())]
    assert pages_of(many[:1]) == MOST_PAGES
    with pytest.raises(NotPrintable, match=str(MOST_PAGES + 1)):
        pages_of(many)
    with pytest.raises(NotPrintable, match="10 MB"):
        pages_of([enclosed(pdf() + b" " * MOST_BYTES)])


def test_a_picture_too_large_to_be_opened_is_refused(monkeypatch):
    monkeypatch.setattr("notifications.channels.post.enclosures.MOST_PIXELS", 1_000)
    with pytest.raises(NotPrintable, match="foto"):
        pages_of([enclosed(picture(), "foto")])
