"""Rule: which paragraphs of law an answer letter must contain, and why; by what the complaint is about and how it ends.

Sources: ISVAP Regulation 24/2008, arts. 8 and 10-ter (IVASS, copy to the intermediary); d.lgs. 28/2010 (mediation);
d.l. 132/2014 (assisted negotiation for damage by vehicles and boats); d.m. 215/2024 and IVASS Provvedimento 163/2025
(Arbitro Assicurativo, at work since 15 January 2026). The words of each are rows (`LetterText`), in force between two days.

Reasons of complaints take no paragraph out of a letter: a version that names some stands in place of the one for all, and a
paragraph that only its reasons ask for comes on top (`texts.py`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.intermediaries.rules import gets_the_answer
from complaints.letters.codes import PARTICULAR
from complaints.models import Complaint

Area, Complainant, Outcome = Complaint.Area, Complaint.Complainant, Complaint.Outcome
# Liability for vehicles and boats. A claim for the damage they caused goes to assisted negotiation, a dispute about the
# contract (its premium, its class, how it was sold) to mediation, like every other insurance contract.
BY_VEHICLES = frozenset({"10", "12"})
ABOUT_THE_CONTRACT = frozenset({Area.PRODUCT, Area.COMMERCIAL, Area.ADMINISTRATIVE, Area.IT})
INVESTMENTS = frozenset({"III", "V"})  # linked to funds or indices; capitalisation
PENSION_FUNDS = frozenset({"VI"})
NOT_IN_FULL = frozenset({Outcome.REJECTED, Outcome.UPHELD_IN_PART, Outcome.SETTLED})


@dataclass(frozen=True)
class Matter:
    """What the complaint is about, and how it ends: all that the choice of paragraphs looks at.

    `is_copied`: the conduct of an intermediary is concerned, so it is among the addressees. `is_other_intermediary`: it is a
    bank, a broker or another one that is no agency of ours.
    """

    outcome: str
    ramo: str
    area: str = ""
    complainant_kind: str = ""
    is_treatable: bool = True
    is_copied: bool = False
    is_other_intermediary: bool = False


@dataclass(frozen=True)
class Needed:
    """A paragraph that a letter must contain, by its code, and why."""

    code: str
    because: Any


FOR_ITS_REASONS = Needed(PARTICULAR, _("a paragraph was approved for reasons of the complaint"))


def ways_to_court(*, ramo: str, complainant_kind: str, area: str) -> list[Needed]:
    """What comes before going to court: mediation, assisted negotiation, or both where the register cannot tell.

    D.lgs. 28/2010, art. 5: mediation for insurance contracts. D.l. 132/2014, art. 3: assisted negotiation for damage by
    the circulation of vehicles and boats, which an injured party claims, or the person who complains of its settlement.
    """
    if ramo not in BY_VEHICLES:
        return [Needed("mediation", _("it is about an insurance contract (d.lgs. 28/2010, art. 5)"))]
    if complainant_kind == Complainant.INJURED:
        return [
            Needed("negotiation", _("an injured party claims damage by a vehicle or boat (d.l. 132/2014, art. 3)"))
        ]
    if area == Area.SETTLEMENT:
        return [Needed("negotiation", _("it is about the settlement of such damage (d.l. 132/2014, art. 3)"))]
    if area in ABOUT_THE_CONTRACT:
        because = _("it is about the motor or boat contract itself, not about damage (d.lgs. 28/2010, art. 5)")
        return [Needed("mediation", because)]
    because = _(
        "the business area does not tell whether it is about the contract or about damage: both ways are named"
    )
    return [Needed("mediation", because), Needed("negotiation", because)]


def needed_for(matter: Matter) -> list[Needed]:
    """The paragraphs that the letter must contain, in their order, each with the reason.

    Rejected, upheld in part or settled ("transatto"): the ways before the court (art. 8). Concerned conduct of an
    intermediary: it is among the addressees (art. 10-ter).
    """
    needed: list[Needed] = []
    if not matter.is_treatable:
        needed.append(Needed("not_treated", _("the complaint is classified as one that cannot be treated")))
    if matter.outcome in NOT_IN_FULL:
        because = _("the complaint is not upheld in full (art. 8 Reg. ISVAP 24/2008)")
        needed += [Needed("remedies", because), Needed("ivass", because)]
        needed.append(Needed("arbiter", _("the complaint is not upheld in full (d.m. 215/2024)")))
        needed += ways_to_court(ramo=matter.ramo, complainant_kind=matter.complainant_kind, area=matter.area)
        needed += _other_authorities(matter)
    if matter.is_copied:
        because = _("the conduct of an intermediary is concerned (art. 10-ter Reg. ISVAP 24/2008)")
        needed.append(Needed("copy_to_intermediary", because))
    return needed


def _other_authorities(matter: Matter) -> list[Needed]:
    """Consob for how a product of investment was sold by somebody else than our agencies, Covip for pension funds."""
    if matter.ramo in PENSION_FUNDS:
        return [Needed("covip", _("it is about a pension fund"))]
    sold_by_others = matter.is_other_intermediary and (matter.is_copied or matter.area == Area.COMMERCIAL)
    if matter.ramo in INVESTMENTS and sold_by_others:
        return [Needed("consob", _("it is about how another intermediary sold a product of investment"))]
    return []


def matter_of(complaint: Complaint, *, outcome: str, on: date) -> Matter:
    """What the rule looks at, as the complaint is classified, for a letter of the day."""
    return Matter(
        outcome=outcome,
        ramo=complaint.ramo,
        area=complaint.area,
        complainant_kind=complaint.complainant_kind,
        is_treatable=complaint.treatable,
        is_copied=gets_the_answer(complaint, on),
        is_other_intermediary=complaint.agency_id is None and bool(complaint.intermediary),
    )


def needed_by(complaint: Complaint, *, outcome: str, on: date) -> list[Needed]:
    """The paragraphs that the answer of a day to a complaint must carry, as it is classified."""
    return needed_for(matter_of(complaint, outcome=outcome, on=on))
