"""Every PDF that the product typesets: nothing that veraPDF would find (by `outloud`), kept for years (PDF/A-2a), read in its order.

Each template is filled with its shortest, its longest and its oddest facts.
"""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.utils import timezone
from outloud import check
from pypdf import PdfReader

from complaints.letters import compose, pdf_of
from complaints.letters.compose import TEMPLATE as LETTER
from complaints.procedures import letters as procedures
from complaints.returns import files as returns
from complaints.returns import rules
from complaints.returns.halves import half_named
from complaints.returns.queries import lines_for
from complaints.tests.factories import ComplaintFactory, RegulatorRequestFactory
from customers.payments import receipts
from customers.tests.factories import CustomerFactory, PaymentFactory
from foundation.pdf import printable
from notifications.channels import post
from notifications.proof import report
from vittoria_care.demonstration.data import papers
from vittoria_care.privacy import readable_copy
from vittoria_care.privacy.exported_rows import ExportedRow, Line

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
SHORT = "Sì."
# Ten thousand characters in which no line is like another: what stands on every page would be taken for a header.
WORDS = [
    "polizza",
    "sinistro",
    "perizia",
    "fattura",
    "veicolo",
    "modulo",
    "agenzia",
    "premio",
    "classe",
    "attestato",
    "franchigia",
    "garanzia",
    "danno",
    "cliente",
    "ufficio",
    "pratica",
    "risposta",
    "motivo",
    "termine",
    "documento",
    "firma",
    "consegna",
    "rimborso",
    "importo",
    "contratto",
    "clausola",
    "esame",
    "esito",
    "data",
    "lettera",
]
_order = Random(1)
LONG = "\n\n".join(
    " ".join(f"La voce {' '.join(_order.sample(WORDS, 8))} è stata riletta." for _sentence in range(7))
    for _part in range(16)
)
ODD = (
    "😀🏡 مرحبا بكم שלום 日本語 \x07<b>&amp;</b> 👨‍👩‍👧 ‮txet‏ ﬁ \N{SOFT HYPHEN}a\N{COMBINING ACUTE ACCENT}" + "x" * 300
)
LINE = "Un oggetto lungo quanto il registro lo permette, " * 5  # 250 characters, one sentence
FACTS = {"short": SHORT, "long": LONG, "odd": ODD}


def one_line(text: str) -> str:
    """The text as the line of a subject, which is a heading: of the longest one, a sentence."""
    return LINE.strip()[:250] if text == LONG else text[:250]


def a_letter(text: str) -> bytes:
    complaint = ComplaintFactory.create(
        ramo="10",
        subject=one_line(text),
        complainant_name=text[:200].split("\n")[0],
        address="Via Roma 1, 27100 Pavia",
    )
    letter = compose(complaint, outcome="rejected", answer=text, reasons=text, on=DAY, signed_by="Anna Bianchi")
    return pdf_of(letter)


def a_receipt(text: str) -> bytes:
    payment = PaymentFactory.create(paid=True, payer_name=text[:120], amount=Decimal("1240.50"))
    return receipts.receipt_of(payment, language="it")


def a_sheet(text: str) -> bytes:
    one, other = (
        post.PrintedLetter(number, f"VC-{number}", ("Maria Rossi", "Via Roma 1"), language, one_line(text), text)
        for number, language in ((1, "it"), (2, "en"))
    )
    return post.pdf_of([one, other], title="Lettere", on=DAY)


def a_proof(_text: str) -> bytes:
    return report.pdf_of(date(2026, 11, 1), DAY, checksum="0" * 64, on=DAY)


def a_copy(text: str) -> bytes:
    copy = readable_copy.ReadableCopy(CustomerFactory.create(), made_at=timezone.now())
    row = ExportedRow(title=text[:80], lines=[Line("Testo", text, is_long=len(text) > 200), Line("Altro", "1", False)])
    assert list(copy.add("I Suoi reclami", "Reclami", row)) == []
    ((_name, pdf),) = copy.finish()
    return pdf


def a_paper(text: str) -> bytes:
    values = {
        "title": "Attestato di rischio",
        "company": papers.COMPANY,
        "about": printable(text[:80]),
        "facts": [["Classe", printable(text[:80])]],
        "text": [printable(part) for part in text.split("\n\n")],
        "foot": papers.FOOT,
    }
    return papers.typeset(papers.TEMPLATE, values, on=DAY)


def a_letter_to_ivass(text: str) -> bytes:
    request = RegulatorRequestFactory.create(protocol="0012345/26")
    return procedures.pdf_of(
        procedures.answer_to_ivass(request, answer=text, enclosed=[text[:60]], on=DAY, signed_by="Anna Bianchi")
    )


def a_return(_text: str) -> bytes:
    half = half_named("2026H1")
    tables = rules.tables_of([], half, lines_for(half))
    return returns.pdf_of(tables, revision=1, on=DAY, checksum="0" * 64)


MADE_BY = {
    LETTER: a_letter,
    procedures.TEMPLATE: a_letter_to_ivass,
    returns.TEMPLATE: a_return,
    receipts.TEMPLATE: a_receipt,
    post.TEMPLATE: a_sheet,
    report.TEMPLATE: a_proof,
    readable_copy.TEMPLATE: a_copy,
    papers.TEMPLATE: a_paper,
}


def test_every_template_is_looked_at():
    root = Path(settings.BASE_DIR)
    apps = (
        "complaints",
        "contact_center",
        "customers",
        "foundation",
        "insights",
        "notifications",
        "promotions",
        "reserved_area",
    )
    found = {path for app in (*apps, "vittoria_care") for path in (root / app).rglob("*.typ")}
    assert found == set(MADE_BY)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("template", MADE_BY, ids=lambda template: template.stem)
def test_nothing_is_found_in_it(template, facts, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(MADE_BY[template](FACTS[facts]))
    result = check(str(path))
    assert (result.verdict, result.error) == ("pass", None), [str(each) for each in result.findings]


@pytest.mark.parametrize("template", MADE_BY, ids=lambda template: template.stem)
def test_it_says_which_standards_it_keeps(template):
    metadata = PdfReader(BytesIO(MADE_BY[template](SHORT))).trailer["/Root"]["/Metadata"].get_data().decode()
    for words in (
        "<pdfuaid:part>1</pdfuaid:part>",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
    ):
        assert words in metadata


def test_a_letter_is_read_in_the_order_in_which_it_was_written():
    complaint = ComplaintFactory(ramo="10", address="Via Roma 1, 27100 Pavia")
    answer = "Primo capoverso della risposta.\n\nSecondo, con « virgolette » e € 1.234,50.\nE una riga."
    letter = compose(
        complaint, outcome="rejected", answer=answer, reasons="Il motivo.", on=DAY, signed_by="Anna Bianchi"
    )
    read = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf_of(letter))).pages)
    intended = " ".join(text.removeprefix("• ") for _style, text in letter.pieces)
    assert squeezed(intended) in squeezed(
        re.sub(rf"{re.escape(receipts.COMPANY)} · .*?pagina \d di \d", "", squeezed(read, " "))
    )


def squeezed(text: str, by: str = "") -> str:
    """The text without what an extraction may add or leave out: white space, and the points of lists."""
    return re.sub(r"[\s•\u00ad]+", by, text)
