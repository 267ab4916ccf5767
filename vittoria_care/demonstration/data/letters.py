"""Texts of letters: one that waits for approval, one that counts from a later month, one for a reason alone, one that was sent back; an answer begun."""

import datetime
from typing import Any

from django.utils import timezone

from complaints.letters.codes import PARTICULAR
from complaints.letters.commands import approve_text, send_back, submit_text, write_text
from complaints.letters.drafts import Written, keep_draft
from complaints.models import Complaint, LetterText
from customers import roles

from .organisation import Organisation

PLAINER = (
    "Se questa risposta non La soddisfa, prima di rivolgersi al giudice può scegliere fra queste vie:",
    "Parole più semplici: “autorità giudiziaria” è poco chiaro",
)
WARMER = ("Cordiali saluti e grazie per averci scritto", "Un saluto meno freddo")
SENT_BACK = "Nelle lettere che respingono un reclamo un ringraziamento può suonare fuori posto."
CERTIFICATE = (
    "L'attestato di rischio è nella banca dati degli attestati: ogni impresa lo legge da lì, e Lei non deve portarlo. Lo trova anche "
    "nella Sua area riservata.",
    "Chi reclama per l'attestato chiede quasi sempre come averlo",
)
GREETING = ("Gentile {{ name }}, buongiorno,", "Un saluto vale per tutti")
BEGUN = "Abbiamo riletto tutta la pratica. Le scriviamo che cosa abbiamo trovato e che cosa faremo."


def make_letter_texts(organisation: Organisation, complaints: list[Complaint]) -> None:
    """What the complaint officer wrote, and what the manager made of it; and a draft that another officer goes on with."""
    officer, manager = organisation.staff[roles.COMPLAINT_OFFICER], organisation.staff[roles.MANAGER]

    def submitted(code: str, words: tuple[str, str], **more: Any) -> LetterText:
        body, why = words
        text = write_text(code=code, language="it", body=body, change_note=why, by=officer, **more)
        return submit_text(text, by=officer)

    later = (timezone.localdate().replace(day=1) + datetime.timedelta(days=62)).replace(day=1)
    submitted("remedies", PLAINER)
    approve_text(submitted("dear", GREETING, wanted_from=later), by=manager)
    approve_text(submitted(PARTICULAR, CERTIFICATE, reason_codes=["risk_certificate"]), by=manager)
    send_back(submitted("greeting", WARMER), words=SENT_BACK, by=manager)
    open_ones = [each for each in complaints if each.state == Complaint.State.UNDER_REVIEW]
    for complaint in open_ones[:1]:
        keep_draft(complaint, Written("", BEGUN, ""), seen_version=0, by=officer)
