"""The letters to IVASS and to the Arbiter: their words, and the tagged PDF on A4 (`letter.typ` is its layout).

They go to Italian authorities, so they are Italian whoever writes them. This module stores and sends nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import translation

from complaints.models import ArbitratorAppeal, RegulatorRequest
from foundation.dates import written_day
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "letter.typ"
COMPANY = "Vittoria Assicurazioni S.p.A."
OFFICE = "Servizio Reclami · Via Ignazio Gardella 2, 20149 Milano"
IVASS_PEC = "tutela.consumatore@pec.ivass.it"  # as complainants are given it; the officer may write another
IVASS = ("IVASS – Istituto per la vigilanza sulle assicurazioni", "Via del Quirinale 21", "00187 Roma")
ARBITER = ("Arbitro Assicurativo", "Segreteria tecnica", "www.arbitroassicurativo.org")


@dataclass(frozen=True)
class ProcedureText:
    """The words of a letter on a day."""

    title: str
    to: tuple[str, ...]
    subject: str
    opening: str
    body: str
    enclosed: tuple[str, ...]
    signed_by: str
    on: date


def answer_to_ivass(
    request: RegulatorRequest, *, answer: str, enclosed: Iterable[str], on: date, signed_by: str
) -> ProcedureText:
    """The answer to a request of IVASS, dated on the day, with the names of the documents that go with it."""
    with translation.override("it"):
        received = written_day(request.received_on, "il")
    complaint = request.complaint
    return ProcedureText(
        title=f"Risposta alla richiesta IVASS {request.protocol}",
        to=IVASS,
        subject=f"Oggetto: risposta alla richiesta n. {request.protocol} – reclamo n. {complaint.number} di "
        f"{complaint.complainant_name}",
        opening=f"con riferimento alla Vostra richiesta, ricevuta {received}, sul reclamo iscritto nel nostro registro con "
        f"il numero {complaint.number}, comunichiamo quanto segue.",
        body=answer,
        enclosed=tuple(enclosed),
        signed_by=signed_by,
        on=on,
    )


def counter_arguments_to(
    appeal: ArbitratorAppeal, *, text: str, enclosed: Iterable[str], on: date, signed_by: str
) -> ProcedureText:
    """Our counter-arguments to an appeal, dated on the day, with the names of the documents that go with them."""
    with translation.override("it"):
        filed = written_day(appeal.filed_on, "il")
    complaint = appeal.complaint
    return ProcedureText(
        title=f"Controdeduzioni al ricorso {appeal.number}",
        to=ARBITER,
        subject=f"Oggetto: controdeduzioni al ricorso n. {appeal.number} – reclamo n. {complaint.number} di "
        f"{complaint.complainant_name}",
        opening=f"sul ricorso presentato {filed}, che segue il reclamo iscritto nel nostro registro con il numero "
        f"{complaint.number}, esponiamo quanto segue.",
        body=text,
        enclosed=tuple(enclosed),
        signed_by=signed_by,
        on=on,
    )


def pdf_of(text: ProcedureText) -> bytes:
    """The letter on A4, tagged for screen readers, dated on its day. The same words make the same bytes."""
    with translation.override("it"):
        day = written_day(text.on)
    values = {
        "title": printable(text.title),
        "company": COMPANY,
        "office": OFFICE,
        "to": [printable(line) for line in text.to],
        "place": f"Milano, {day}",
        "subject": printable(text.subject),
        "opening": printable(text.opening),
        "paragraphs": [printable(each.strip()) for each in text.body.split("\n\n") if each.strip()],
        "enclosed": [printable(name) for name in text.enclosed],
        "signature": [printable(text.signed_by), f"Servizio Reclami, {COMPANY}"],
    }
    return typeset(TEMPLATE, values, on=text.on)
