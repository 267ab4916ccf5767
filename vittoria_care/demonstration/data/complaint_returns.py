"""Half-year returns of the demonstration: codes, three frozen halves, a later correction, yearly figures, an action with its effect.

The figures of the company are invented, and say so in their source.
"""

import datetime

from django.db.models import Q
from django.utils import timezone

from complaints.causes.commands import effect_of
from complaints.models import BranchFigure, CauseAction, Complaint
from complaints.returns.freezing import freeze_return, publish_statement
from complaints.returns.halves import Half
from complaints.services import classify
from customers import rami, roles
from customers.models import User

from .organisation import Organisation
from .profiles import Plan

# The code of each reason that the demonstration writes in words.
REASONS = {
    "Ritardo nella liquidazione": "settlement_delay",
    "Valutazione del danno": "damage_valuation",
    "Attribuzione della responsabilità": "liability_split",
    "Attestato e classe di merito": "risk_certificate",
    "Garanzia contestata": "cover_dispute",
    "Ritardo nel pagamento": "late_payment",
    "Condotta dell'intermediario": "intermediary_conduct",
    "Disdetta non recepita": "cancellation",
    "Area riservata e app": "reserved_area",
    "Ritardo nella liquidazione della prestazione": "benefit_delay",
    "Condotta della rete di vendita": "intermediary_conduct",
}
# Invented: premiums in euro and contracts, of the branches that the demonstration sells; the others are not carried on.
FIGURES = {
    "1": (74_000_000, 610_000),
    "2": (31_000_000, 95_000),
    "3": (118_000_000, 420_000),
    "8": (92_000_000, 380_000),
    "9": (66_000_000, 350_000),
    "10": (612_000_000, 1_490_000),
    "13": (83_000_000, 290_000),
    "16": (12_000_000, 40_000),
    "17": (9_000_000, 310_000),
    "18": (21_000_000, 900_000),
    "I": (148_000_000, 160_000),
    "III": (52_000_000, 28_000),
    "V": (19_000_000, 6_000),
}
INVENTED = "dato inventato per la dimostrazione"
LATE = "settlement_delay"


def make_complaint_returns(plan: Plan, organisation: Organisation) -> int:
    """Classify the register, enter the figures, freeze the ended halves of last year and this one; returns how many."""
    _classify()
    _figures(plan.today.year)
    manager, officer = organisation.staff[roles.MANAGER], organisation.staff[roles.COMPLAINT_OFFICER]
    year, today = plan.today.year, timezone.localdate()
    halves = [each for each in (Half(year - 1, 1), Half(year - 1, 2), Half(year, 1)) if each.ends_on < today]
    frozen = [freeze_return(each, by=manager) for each in halves]
    if len(frozen) > 1:
        publish_statement(year - 1, by=manager)
    _correct(halves[0], officer)
    _act(plan.today, officer)
    return len(frozen)


def _classify() -> None:
    """Give the codes that the return counts by to what has none."""
    for words, reason in REASONS.items():
        Complaint.objects.filter(reason=words, reason_codes=[]).update(reason_codes=[reason])
    Complaint.objects.filter(reason_codes=[]).update(reason_codes=["other"])
    Complaint.objects.filter(received_by="").update(received_by="email")
    Complaint.objects.filter(distribution="").update(distribution="agency")
    concerned = Q(about_conduct=True) | Q(agency__isnull=False) | ~Q(intermediary_stated="")
    Complaint.objects.filter(concerned, intermediary_kind="").update(intermediary_kind="agent")
    Complaint.objects.filter(treatable=False, not_treatable_cause="").update(not_treatable_cause="not_ours")


def _figures(year: int) -> None:
    rows = []
    for before in (0, 1):
        for ramo, _label in rami.CHOICES:
            premium, contracts = FIGURES.get(ramo, (None, None))
            rows.append(
                BranchFigure(
                    year=year - before,
                    ramo=ramo,
                    is_carried_on=premium is not None,
                    premium=premium,
                    contracts=contracts * (100 - 3 * before) // 100 if contracts else None,
                    source=INVENTED,
                )
            )
    BranchFigure.objects.bulk_create(rows, ignore_conflicts=True)


def _correct(half: Half, officer: User) -> None:
    """Correct the area of one complaint after the return that counts it was frozen."""
    within = Complaint.objects.filter(
        received_on__gte=half.starts_on, received_on__lte=half.ends_on, area="it"
    ).order_by("pk")
    if (complaint := within.first()) is not None:
        classify(complaint, by=officer, changes={"area": "administrative", "reason_codes": ["premium_collection"]})


def _act(today: datetime.date, officer: User) -> None:
    """An action that was opened eight months ago, done a month later, and measured; and one that is open."""
    opened = today - datetime.timedelta(days=240)
    action = CauseAction(
        title="Due liquidatori in più per i sinistri auto",
        plan="Un secondo turno di liquidazione a Milano. Chi aspetta da oltre 60 giorni e non ha reclamato riceve una telefonata.",
        reason=LATE,
        ramo="10",
        owner=officer,
        opened_by=officer,
        opened_on=opened,
        due_on=opened + datetime.timedelta(days=45),
        done_on=opened + datetime.timedelta(days=30),
        words="Il secondo turno lavora dal lunedì successivo.",
        state=CauseAction.State.MEASURED,
        measured_on=today,
    )
    action.effect = (effect_of(action, until=today - datetime.timedelta(days=1)) or {}) | {"by": str(officer)}
    action.save()
    CauseAction.objects.create(
        title="Spiegare le penali di riscatto alla firma",
        plan="Un foglio di una pagina con un esempio in euro, consegnato prima della firma.",
        reason="intermediary_conduct",
        ramo="III",
        owner=officer,
        opened_by=officer,
        opened_on=today,
        due_on=today + datetime.timedelta(days=60),
    )
