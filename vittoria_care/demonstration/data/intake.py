"""How complaints came: documents, a lawyer with a mandate and one without, a double, and messages that may be complaints."""

import datetime
import hashlib
import uuid

from django.core.files.base import ContentFile

from complaints.models import (
    Complaint,
    ComplaintDocument,
    ComplaintEvent,
    ComplaintHint,
    Representation,
    TriageDecision,
)
from complaints.models.complaint import DOUBLE
from complaints.triage.hints import phrases_in_use, threshold_in_force
from complaints.triage.rules import is_likely, read_words
from contact_center.models import Contact, Message
from customers import roles
from foundation.dates import ROME
from foundation.pdf import typeset

from .organisation import Organisation
from .papers import FOOT, TEMPLATE
from .profiles import Plan

Giver = ComplaintDocument.Giver
SEED = uuid.UUID("6b2d8c0e-55a1-4f0b-9a51-6f8f5cf1a0c2")
WITH_PAPERS = 6  # of the open complaints
LETTER = "Scansione della lettera di reclamo, con il preventivo del carrozziere."
MANDATE = "Con la presente conferisco mandato all'avvocata Paola Ferri di rappresentarmi nel reclamo."
LIKELY = (
    "È l'ennesima volta che scrivo: da mesi nessuna risposta sul mio sinistro. È inaccettabile, questo è un reclamo.",
    "Sono delusa e insoddisfatta: il disservizio continua e mi rivolgerò all'IVASS.",
    "Contesto il conteggio del premio e protesto per il ritardo: valuto le vie legali.",
)
HARMLESS = "Vorrei sapere come posso avere una copia del contratto. Grazie mille."
A_QUESTION = "Chiede a che punto è la pratica: non si lamenta di nulla."
MAIL = (
    "From: {name} <{address}>\nTo: reclami@vittoria.example\nDate: {date}\nSubject: {subject}\n"
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
)


def make_intake(plan: Plan, organisation: Organisation, contacts: list[Contact], complaints: list[Complaint]) -> int:
    """Give the open complaints their documents, and mark the latest messages; returns how many documents there are."""
    officer = organisation.staff[roles.COMPLAINT_OFFICER]
    open_ones = [each for each in complaints if each.is_open]
    kept = 0
    letter = _paper(plan, "Lettera di reclamo", LETTER)
    for complaint in open_ones[-WITH_PAPERS:]:
        kept += _keep(complaint, "lettera.pdf", letter, "application/pdf", way="post")
    written = open_ones[-1]
    mail = MAIL.format(
        name=written.complainant_name,
        address=written.email,
        date=datetime.datetime.combine(written.received_on, datetime.time(9, 12), tzinfo=ROME).strftime(
            "%d %b %Y %H:%M:%S %z"
        ),
        subject=written.subject,
        text=written.text,
    )
    kept += _keep(written, "reclamo.eml", mail.encode(), "message/rfc822", way="email")
    for place, complaint in enumerate(open_ones[:2]):
        complaint.proposer_kind = Complaint.Proposer.LAWYER
        complaint.save(update_fields=["proposer_kind"])
        known = Representation(complaint=complaint, name=complaint.complainant_name)
        if place == 0:
            kept += _keep(complaint, "mandato.pdf", _paper(plan, "Mandato", MANDATE), "application/pdf", way="pec")
            mandate = ComplaintDocument.objects.get(complaint=complaint, name="mandato.pdf")
            known.mandate_key, known.mandate_on = mandate.key, complaint.received_on
        else:
            known.asked_on, known.asked_by = plan.today - datetime.timedelta(days=1), officer
            asked = {"asked_of": complaint.complainant_name, "represented": known.name, "sent": "email"}
            at = plan.as_of - datetime.timedelta(days=1)
            ComplaintEvent.objects.create(
                complaint=complaint, kind=ComplaintEvent.Kind.MANDATE, by=officer, details=asked, at=at
            )
        known.save()
    _name_the_double(complaints)
    _decide(plan, organisation, contacts, complaints)
    return kept


def _name_the_double(complaints: list[Complaint]) -> None:
    """The cancelled entry is the double of another that is treated."""
    cancelled = next(each for each in complaints if each.state == Complaint.State.CANCELLED)
    other = next(each for each in complaints if each.state == Complaint.State.ANSWERED)
    Complaint.objects.filter(pk=cancelled.pk).update(cancelled_as=DOUBLE, double_of=other.pk)


def _decide(plan: Plan, organisation: Organisation, contacts: list[Contact], complaints: list[Complaint]) -> None:
    """Decisions on the contacts that were registered and on one that was not; marks on new messages of open contacts."""
    officer = organisation.staff[roles.COMPLAINT_OFFICER]
    TriageDecision.objects.bulk_create(
        TriageDecision(
            contact_id=each.contact_id,
            written_on=each.received_on,
            is_complaint=True,
            complaint=each,
            by=officer,
            at=each.registered_at,
        )
        for each in complaints
        if each.contact_id
    )
    taken = {each.contact_id for each in complaints}
    waiting = [each for each in contacts if each.state in Contact.OPEN_STATES and each.pk not in taken]
    texts = (*LIKELY, HARMLESS)
    phrases, threshold = phrases_in_use(), threshold_in_force()
    for place, (contact, text) in enumerate(zip(waiting[-len(texts) :], texts, strict=False)):
        at = max(contact.started_at, plan.as_of - datetime.timedelta(hours=3 + place))
        message = Message.objects.create(
            contact=contact, direction=Message.Direction.INBOUND, text=text, written_at=at
        )
        reading = read_words(text, phrases)
        ComplaintHint.objects.create(
            message=message,
            contact=contact,
            written_at=at,
            score=reading.score,
            words=[list(each) for each in reading.words],
            is_likely=is_likely(reading.score, threshold),
        )
    if len(waiting) > len(texts):
        asked = waiting[-len(texts) - 1]
        TriageDecision.objects.create(
            contact=asked,
            written_on=asked.started_at.astimezone(ROME).date(),
            is_complaint=False,
            reason=A_QUESTION,
            by=officer,
            at=plan.as_of,
        )


def _keep(complaint: Complaint, name: str, content: bytes, content_type: str, *, way: str) -> int:
    ComplaintDocument.objects.create(
        key=uuid.uuid5(SEED, f"{complaint.number}:{name}"),
        complaint=complaint,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, name="file"),
        giver=Giver.COMPLAINANT,
        way=way,
        given_on=complaint.received_on,
    )
    return 1


def _paper(plan: Plan, title: str, text: str) -> bytes:
    """A page with a title and a sentence."""
    values = {"title": title, "company": "", "about": "", "facts": [], "text": [text], "foot": FOOT}
    return typeset(TEMPLATE, values, on=plan.today)
