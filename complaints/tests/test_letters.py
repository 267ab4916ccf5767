"""The answer letter: the texts that it is made of, by outcome, day and ramo; and the PDF, read back."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from complaints.letters import compose, pdf_of
from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory, LetterTextFactory
from customers.tests.factories import AgencyFactory, CustomerFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
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


@pytest.mark.django_db
def test_another_intermediary_is_named_as_an_addressee_too():
    complaint = ComplaintFactory.build(
        ramo="8", year_id=2026, sequence=17, about_conduct=True, intermediary_stated="Broker Rossi, Milano"
    )
    assert letter(complaint).text.endswith("Broker Rossi, Milano")


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


def test_who_is_no_customer_is_answered_in_the_language_of_the_complaint():
    assert letter(ComplaintFactory(ramo="8", customer=None, language="en")).language == "en"
    assert letter(ComplaintFactory(ramo="8", customer=CustomerFactory(language="it"), language="en")).language == "it"


def test_the_letter_names_the_receipt_that_the_term_counts_from():
    complaint = ComplaintFactory(ramo="8", received_on=date(2026, 1, 10), received_by_intermediary_on=date(2026, 1, 7))
    assert "ricevuto il 7 gennaio 2026" in letter(complaint).text.lower()


def test_an_english_customer_is_answered_in_english():
    complaint = ComplaintFactory(ramo="8", customer=CustomerFactory(language="en"))
    written = letter(complaint)
    assert "The complaint cannot be upheld." in written.text
    assert ARBITER in written.text


@pytest.mark.parametrize(("about_conduct", "copied"), [(True, True), (False, False)])
def test_the_intermediary_is_named_as_an_addressee_when_its_conduct_is_concerned(about_conduct, copied):
    complaint = ComplaintFactory(ramo="8", about_conduct=about_conduct, agency=AgencyFactory(name="Agenzia Alfa"))
    assert ("Agenzia Alfa" in read(pdf_of(letter(complaint)))[0]) == copied


def test_a_letter_names_the_version_of_each_paragraph():
    assert letter().versions == ["remedies@1", "ivass@1", "arbiter@1", "mediation@1"]
    assert letter(on=BEFORE).versions == ["remedies@1", "ivass@1", "mediation@1"]
    assert letter(outcome="upheld").versions == []


def test_a_letter_names_the_version_of_each_text_of_its_frame():
    named = letter().frame
    assert {"place@1", "subject@1", "outcome_rejected@1", "title@1"} <= set(named)
    assert len(named) == len(set(named))
    assert "outcome_upheld@1" not in named


def test_a_letter_is_made_again_of_the_versions_that_it_names():
    before = letter()
    LetterTextFactory(
        approved=True, code="dear", language="it", number=2, body="Egregio {{ name }},", valid_from=AFTER
    )
    assert "Egregio Maria Rossi," in letter().text
    assert letter(carrying=[*before.versions, *before.frame]).text == before.text


def test_where_a_text_that_is_owed_is_not_in_force_no_letter_is_made():
    with pytest.raises(Refused) as refusal:
        letter(on=date(2000, 1, 1))
    assert refusal.value.code == "no_text"


# --- Reasons of the complaint -------------------------------------------------------------------------------------------
def for_reasons(*reasons, code="particular", number=1, body="L'attestato è nella banca dati."):
    given = {"code": code, "language": "it", "number": number, "body": body, "valid_from": AFTER}
    return LetterTextFactory(approved=True, reason_codes=list(reasons), **given)


def about(*reasons, **more):
    return ComplaintFactory(ramo="8", reason_codes=list(reasons), **more)


@pytest.mark.parametrize("outcome", ["upheld", "rejected"])
def test_a_paragraph_for_a_reason_is_in_a_letter_about_it_and_not_in_another(outcome):
    for_reasons("risk_certificate", "cancellation")
    written = "L’attestato è nella banca dati."
    for reasons in (["risk_certificate"], ["price", "cancellation"]):
        found = letter(about(*reasons), outcome=outcome)
        assert written in found.text
        assert "particular@1" in found.versions
    for reasons in ([], ["price"]):
        found = letter(about(*reasons), outcome=outcome)
        assert written not in found.text
        assert "particular@1" not in found.versions
    assert written not in letter(about("risk_certificate"), outcome=outcome, on=BEFORE).text


def test_a_letter_about_two_reasons_has_the_paragraph_of_each_in_its_order():
    for_reasons("risk_certificate", body="Primo.")
    for_reasons("price", number=2, body="Secondo.")
    assert [text for style, text in letter(about("price", "risk_certificate")).pieces if style == "law"][:2] == [
        "Secondo.",
        "Primo.",
    ]


def test_a_version_for_a_reason_takes_the_place_of_the_one_for_all_and_says_why():
    body = "via del Quirinale 21, tutela.consumatore@pec.ivass.it: IVASS."
    for_reasons("price", code="ivass", number=2, body=body)
    assert letter(about("price")).versions == ["remedies@1", "ivass@2", "arbiter@1", "mediation@1"]
    assert letter(about("documents")).versions == ["remedies@1", "ivass@1", "arbiter@1", "mediation@1"]
    with translation.override("it"):
        [added] = [each for each in letter(about("price")).paragraphs if each.code == "ivass"]
        assert "premio e tariffa" in added.because
        assert str(added.needed.because) in added.because


def test_a_letter_is_made_again_with_its_paragraphs_whatever_its_reasons_have_become():
    for_reasons("risk_certificate")
    complaint = about("risk_certificate")
    before = letter(complaint)
    Complaint.objects.filter(pk=complaint.pk).update(reason_codes=["price"])
    complaint.refresh_from_db()
    for_reasons("price", number=2, body="Un altro paragrafo.")
    assert letter(complaint, carrying=[*before.versions, *before.frame]).text == before.text


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
