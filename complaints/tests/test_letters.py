"""The answer letter: the paragraphs that the law adds, by outcome, day and ramo; and the PDF, read back."""

import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from complaints.letters import compose, pdf_of
from complaints.paragraphs import PARAGRAPHS, paragraphs_for
from complaints.tests.factories import ComplaintFactory
from customers.tests.factories import AgencyFactory, CustomerFactory

BEFORE, AFTER = date(2026, 1, 14), date(2026, 1, 15)  # the Arbitro Assicurativo works from the fifteenth
IVASS, PEC, ARBITER = "via del Quirinale 21", "tutela.consumatore@pec.ivass.it", "www.arbitroassicurativo.org"
MEDIATION, NEGOTIATION = "d.lgs. 4 marzo 2010, n. 28", "d.l. 12 settembre 2014, n. 132"


def read(pdf: bytes) -> list[str]:
    """The text of each page, its white space evened out."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def letter(complaint=None, **changed):
    given = {
        "outcome": "rejected",
        "answer": "Abbiamo riesaminato la pratica.",
        "reasons": "Le condizioni escludono il caso.",
        "on": AFTER,
        "signed_by": "Anna Bianchi",
    }
    return compose(complaint or ComplaintFactory.build(ramo="8", year_id=2026, sequence=17), **(given | changed))


@pytest.mark.django_db
@pytest.mark.parametrize("on", [BEFORE, AFTER])
@pytest.mark.parametrize("ramo", ["10", "12", "8", "I"])
@pytest.mark.parametrize("outcome", ["upheld", "in_part", "settled", "rejected"])
def test_the_pdf_names_the_ways_that_outcome_day_and_ramo_ask_for(outcome, ramo, on):
    complaint = ComplaintFactory(ramo=ramo, complainant_kind="injured", area="settlement")
    written = " ".join(read(pdf_of(letter(complaint, outcome=outcome, on=on))))
    refused = outcome != "upheld"
    by_vehicles = ramo in ("10", "12")
    wanted = {
        IVASS: refused,
        PEC: refused,
        ARBITER: refused and on == AFTER,
        MEDIATION: refused and not by_vehicles,
        NEGOTIATION: refused and by_vehicles,
    }
    assert {words: words in written for words in wanted} == wanted


@pytest.mark.parametrize(
    ("ramo", "complainant_kind", "area", "ways"),
    [
        ("10", "injured", "settlement", ["negotiation@1"]),
        ("10", "injured", "administrative", ["negotiation@1"]),  # who was hurt has no contract
        ("12", "policyholder", "settlement", ["negotiation@1"]),
        ("10", "policyholder", "administrative", ["mediation@1"]),  # the premium
        ("10", "policyholder", "commercial", ["mediation@1"]),
        ("12", "insured", "product", ["mediation@1"]),
        ("10", "policyholder", "", ["mediation@1", "negotiation@1"]),  # nobody can tell: both
        ("10", "association", "legal", ["mediation@1", "negotiation@1"]),
        ("8", "injured", "settlement", ["mediation@1"]),
    ],
)
def test_the_way_to_court_is_that_of_the_matter(ramo, complainant_kind, area, ways):
    complaint = ComplaintFactory.build(
        ramo=ramo, complainant_kind=complainant_kind, area=area, year_id=2026, sequence=17
    )
    assert letter(complaint).versions == ["remedies@1", "ivass@1", "arbiter@1", *ways]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("upheld", "Il reclamo è accolto."),
        ("in_part", "Il reclamo è accolto in parte."),
        ("settled", "Il reclamo è definito con un accordo (transatto)."),
        ("rejected", "Il reclamo non può essere accolto."),
    ],
)
def test_each_outcome_is_called_by_its_own_name(outcome, words):
    assert words in letter(outcome=outcome).text


def test_the_letter_gives_the_reason_why_a_complaint_cannot_be_treated():
    complaint = ComplaintFactory.build(
        ramo="8", year_id=2026, sequence=17, treatable=False, not_treatable_reason="Riguarda un'altra impresa."
    )
    written = letter(complaint)
    assert "Il reclamo non può essere trattato. Motivo: Riguarda un'altra impresa." in written.text
    assert "Il reclamo non può essere accolto." not in written.text
    assert written.versions == ["not_treated@1", "remedies@1", "ivass@1", "arbiter@1", "mediation@1"]


def test_another_intermediary_is_named_as_an_addressee_too():
    complaint = ComplaintFactory.build(
        ramo="8", year_id=2026, sequence=17, about_conduct=True, intermediary_stated="Broker Rossi, Milano"
    )
    assert letter(complaint).text.endswith("Broker Rossi, Milano")


@pytest.mark.django_db
def test_the_letter_contains_what_it_must():
    complaint = ComplaintFactory(ramo="8", address="Via Roma 1, 27100 Pavia", subject="Città è perché", sequence=17)
    (written,) = read(pdf_of(letter(complaint, answer="Le costa € 1.234,50.", reasons="Così è. Ñandú, Łódź, naïve.")))
    for words in (
        "Maria Rossi",
        "Via Roma 1, 27100 Pavia",
        "15 gennaio 2026",
        "reclamo n. 2026/17 – Città è perché",
        "10 gennaio 2026",
        "Il reclamo non può essere accolto.",
        "Le costa € 1.234,50.",
        "Così è. Ñandú, Łódź, naïve.",
        "Anna Bianchi",
        "pagina 1 di 1",
    ):
        assert words in written


@pytest.mark.django_db
def test_who_is_no_customer_is_answered_in_the_language_of_the_complaint():
    assert letter(ComplaintFactory(ramo="8", customer=None, language="en")).language == "en"
    assert letter(ComplaintFactory(ramo="8", customer=CustomerFactory(language="it"), language="en")).language == "it"


@pytest.mark.django_db
def test_the_letter_names_the_receipt_that_the_term_counts_from():
    complaint = ComplaintFactory(ramo="8", received_on=date(2026, 1, 10), received_by_intermediary_on=date(2026, 1, 7))
    assert "ricevuto il 7 gennaio 2026" in letter(complaint).text.lower()


@pytest.mark.django_db
def test_an_english_customer_is_answered_in_english():
    complaint = ComplaintFactory(ramo="8", customer=CustomerFactory(language="en"))
    written = letter(complaint)
    assert "The complaint cannot be upheld." in written.text
    assert ARBITER in written.text


@pytest.mark.django_db
@pytest.mark.parametrize(("about_conduct", "copied"), [(True, True), (False, False)])
def test_the_intermediary_is_named_as_an_addressee_when_its_conduct_is_concerned(about_conduct, copied):
    complaint = ComplaintFactory(ramo="8", about_conduct=about_conduct, agency=AgencyFactory(name="Agenzia Alfa"))
    assert ("Agenzia Alfa" in read(pdf_of(letter(complaint)))[0]) == copied


def test_a_letter_names_the_version_of_each_paragraph():
    assert letter().versions == ["remedies@1", "ivass@1", "arbiter@1", "mediation@1"]
    assert letter(on=BEFORE).versions == ["remedies@1", "ivass@1", "mediation@1"]
    assert letter(outcome="upheld").versions == []


def test_no_day_has_two_versions_of_a_paragraph():
    days = {each.valid_from for each in PARAGRAPHS} | {each.valid_to for each in PARAGRAPHS if each.valid_to} | {AFTER}
    for day in days:
        codes = [each.code for each in PARAGRAPHS if each.in_force(day)]
        assert len(codes) == len(set(codes))
    assert {frozenset(each.texts) for each in PARAGRAPHS} == {frozenset({"it", "en"})}


def test_before_any_paragraph_there_is_none():
    assert paragraphs_for(outcome="rejected", ramo="8", on=date(2000, 1, 1), copied=True) == []


# --- The page ---------------------------------------------------------------------------------------------------------
def test_a_long_letter_goes_over_several_numbered_pages():
    pages = read(pdf_of(letter(answer="Una frase che si ripete. " * 400)))  # ten thousand characters
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"pagina {number} di {len(pages)}" in page
    assert " ".join(pages).count("ripete.") == 400


def test_the_typeface_of_the_product_travels_in_the_file():
    reader = PdfReader(BytesIO(pdf_of(letter())))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].rpartition("+")[2] for font in fonts} == {"Figtree-Regular", "Figtree-Bold"}
    for font in fonts:
        (drawn,) = font["/DescendantFonts"]
        assert "/FontFile2" in drawn.get_object()["/FontDescriptor"]


def test_the_letter_is_tagged_for_people_who_listen_to_it():
    reader = PdfReader(BytesIO(pdf_of(letter())))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] is True or catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "it"
    assert reader.metadata.title == "Risposta al reclamo 2026/17"
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data().decode()


def test_the_letter_is_made_on_its_day():
    assert PdfReader(BytesIO(pdf_of(letter()))).metadata.creation_date.date() == AFTER


def test_the_sites_that_the_law_names_can_be_clicked():
    (page,) = PdfReader(BytesIO(pdf_of(letter(answer="Non www.altrove.example.")))).pages
    links = [each.get_object() for each in page["/Annots"]]
    assert {each["/A"]["/URI"] for each in links} == {f"https://{ARBITER}", f"mailto:{PEC}"}


@pytest.mark.parametrize("language", ["it", "en"])
def test_our_own_words_have_one_apostrophe(language):
    ours = [
        text
        for style, text in letter(
            ComplaintFactory.build(ramo="8", year_id=2026, language=language, customer=None)
        ).pieces
        if style in ("law", "copy")
    ]
    assert ours
    assert "'" not in "".join(ours)


def test_the_same_words_make_the_same_bytes():
    assert pdf_of(letter()) == pdf_of(letter())


@pytest.mark.parametrize(
    "text",
    ["😀🏡", "مرحبا ‮ txet ‏", "שלום", "日本語", "\x00\x07\ud800", "<b>&amp;</b> </para>", "a" * 10_000, "‍️"],
    ids=["emoji", "arabic", "hebrew", "japanese", "controls", "markup", "one word", "joiners"],
)
def test_no_text_breaks_the_letter(text):
    assert pdf_of(letter(answer=f"Testo: {text}", reasons=text)).startswith(b"%PDF")


def test_markup_is_printed_and_not_obeyed():
    (written,) = read(pdf_of(letter(answer="<b>grassetto</b> & <i>altro</i>")))
    assert "<b>grassetto</b> & <i>altro</i>" in written
