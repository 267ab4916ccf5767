"""The intermediaries of the demonstration, and what they were asked: brokers and a bank beside our agencies."""

import datetime
from collections.abc import Mapping
from random import Random

from complaints.models import Complaint, ComplaintEvent, Enquiry, Intermediary, Suspension
from customers.models import Agency, User
from foundation.dates import ROME

from .profiles import Plan

Kind, State, Event = Enquiry.Kind, Enquiry.State, ComplaintEvent.Kind
DAY = datetime.timedelta(days=1)
TERM = 15 * DAY
AGENT_ARTICLE = "art. 10-ter Reg. ISVAP 24/2008"

# Kind, name, RUI number, PEC, e-mail address, postal address, article
OTHERS = (
    ("broker", "Lanterna Broker S.r.l.", "B000900001", "lanterna@pec.example", "", "Via di Prova 12, 16121 Genova GE",
     "art. 10-quater Reg. ISVAP 24/2008"),
    ("broker", "Studio Martesana Intermediazioni", "B000900002", "", "reclami@martesana.example", "",
     "art. 10-quater Reg. ISVAP 24/2008"),
    ("broker", "Ponte Vecchio Assicurazioni S.a.s.", "B000900003", "", "", "Lungarno di Prova 4, 50122 Firenze FI",
     "art. 10-quater Reg. ISVAP 24/2008"),
    ("bank", "Banca Popolare della Brianza", "D000900001", "reclami@pec.bancabrianza.example", "", "",
     "art. 10-sexies Reg. ISVAP 24/2008"),
)  # fmt: skip
ASKED = (
    "Vi chiediamo di mandarci la documentazione consegnata al cliente alla firma e la Vostra ricostruzione dei fatti."
)
POSITION = (
    "Il set informativo è stato consegnato prima della firma, come risulta dalla dichiarazione del cliente. L'addetto ricorda "
    "di aver illustrato la franchigia; alleghiamo alla presente il questionario sulle esigenze."
)
NO_ANSWER = "Il termine è passato senza risposta: si decide con i documenti che abbiamo."


def make_intermediaries(agencies: list[Agency]) -> list[Intermediary]:
    """The table of intermediaries: a row for each agency, and four others. Returns the others."""
    known = set(Intermediary.objects.exclude(agency=None).values_list("agency", flat=True))
    Intermediary.objects.bulk_create(
        Intermediary(agency=agency, kind="agent") for agency in agencies if agency.pk not in known
    )
    return [
        Intermediary.objects.get_or_create(
            rui_number=rui, defaults={"kind": kind, "name": name, "pec": pec, "email": email, "address": address}
        )[0]
        for kind, name, rui, pec, email, address, _article in OTHERS
    ]


def asked_before(suspension: Suspension, rows: Mapping[int | None, Intermediary], rng: Random) -> Enquiry:
    """The enquiry from which an invented suspension follows: answered or closed on the day it ended, or still waiting."""
    complaint, day = suspension.complaint, suspension.started_on
    enquiry = Enquiry(
        complaint=complaint,
        intermediary=rows[complaint.agency_id],
        kind=Kind.ENQUIRY,
        asked=suspension.reason,
        article=AGENT_ARTICLE,
        way=Enquiry.Way.EMAIL,
        address=rows[complaint.agency_id].reached.email,
        sent_on=day,
        answer_due_on=day + TERM,
        by=suspension.by,
        made_at=_noon(day),
    )
    if suspension.ended_on is None:
        return enquiry
    if suspension.ended_on - day < TERM or rng.random() < 0.5:
        return _answered(enquiry, suspension.ended_on, through=Enquiry.Through.OFFICE)
    enquiry.state, enquiry.closed_at = State.CLOSED, _noon(suspension.ended_on)
    enquiry.closed_by, enquiry.closed_why = suspension.by, NO_ANSWER
    return enquiry


def make_other_enquiries(plan: Plan, made: list[Complaint], others: list[Intermediary], officer: User) -> None:
    """Let some open complaints be about a broker or the bank: invited, late, answered, passed on."""
    free = [
        each
        for each in made
        if each.state == Complaint.State.UNDER_REVIEW and not each.about_conduct and each.agency_id is None
    ]
    articles = {rui: article for _kind, _name, rui, _pec, _email, _address, article in OTHERS}
    stories = (
        (others[0], Kind.INVITATION, 4, State.OPEN),
        (others[1], Kind.INVITATION, 19, State.OPEN),  # its fifteen days are over
        (others[3], Kind.INVITATION, 12, State.ANSWERED),
        (others[2], Kind.FORWARDING, 6, State.PASSED),
    )
    for complaint, (row, kind, age, state) in zip(free, stories, strict=False):
        sent_on = max(plan.today - age * DAY, complaint.registered_at.astimezone(ROME).date())
        reached = row.reached
        complaint.about_conduct, complaint.intermediary_row, complaint.intermediary_kind = True, row, row.kind
        Complaint.objects.filter(pk=complaint.pk).update(
            about_conduct=True, intermediary_row=row, intermediary_kind=row.kind
        )
        enquiry = Enquiry(
            complaint=complaint,
            intermediary=row,
            kind=kind,
            asked="" if kind == Kind.FORWARDING else ASKED,
            article=articles[row.rui_number],
            way=Enquiry.Way.EMAIL if reached.pec or reached.email else Enquiry.Way.POST,
            address=reached.pec or reached.email or reached.postal,
            sent_on=sent_on,
            answer_due_on=None if kind == Kind.FORWARDING else sent_on + TERM,
            state=State.PASSED if kind == Kind.FORWARDING else State.OPEN,
            by=officer,
            made_at=min(_noon(sent_on), plan.as_of),
        )
        if state == State.ANSWERED:
            enquiry = _answered(enquiry, min(sent_on + 5 * DAY, plan.today), through=Enquiry.Through.PAGE)
            enquiry.answered_at = min(_noon(enquiry.answered_on or sent_on), plan.as_of)
        enquiry.save()
        ComplaintEvent.objects.create(
            complaint=complaint,
            kind=Event.FORWARDED if kind == Kind.FORWARDING else Event.INVITED,
            by=officer,
            details={"intermediary": row.known_as, "intermediary_told": str(enquiry.way)},
            at=enquiry.made_at,
        )


def _answered(enquiry: Enquiry, on: datetime.date, *, through: str) -> Enquiry:
    enquiry.state, enquiry.position, enquiry.through = State.ANSWERED, POSITION, through
    enquiry.answered_on, enquiry.answered_at = on, _noon(on)
    return enquiry


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=ROME)
