"""Rates of complaints: per million euro of premiums and per 10,000 contracts, from figures entered by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from complaints.models import BranchFigure
from complaints.returns.halves import Half
from complaints.returns.rules import business_of

MILLION, CONTRACTS = Decimal(1_000_000), Decimal(10_000)
_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Rate:
    """Complaints received in a half beside the figures of a year; None where a figure was not entered."""

    number: int
    per_million: Decimal | None
    per_contracts: Decimal | None
    year: int | None  # of the figures


def per_million(number: int, premium: Decimal | None) -> Decimal | None:
    """Complaints of a half per million euro of its premiums, taken as half of the year's; None without premiums."""
    return (number * MILLION / (premium / 2)).quantize(_PLACES, ROUND_HALF_UP) if premium else None


def per_contracts(number: int, contracts: int | None) -> Decimal | None:
    """Complaints of a half per 10,000 contracts in force; None without contracts."""
    return (number * CONTRACTS / contracts).quantize(_PLACES, ROUND_HALF_UP) if contracts else None


def figures_for(half: Half) -> tuple[int | None, dict[str, BranchFigure]]:
    """The figures of the half's year, by branch; those of the year before where that year has none; (None, {}) without both."""
    for year in (half.year, half.year - 1):
        found = {each.ramo: each for each in BranchFigure.objects.filter(year=year)}
        if found:
            return year, found
    return None, {}


def rate_of(number: int, ramos: Iterable[str], year: int | None, figures: Mapping[str, BranchFigure]) -> Rate:
    """The rate of some branches together: only where each that is carried on has the figure, else it would be too high."""
    rows = [figures.get(each) for each in ramos]
    known = [each for each in rows if each is not None and each.is_carried_on]
    is_whole = bool(known) and None not in rows
    premiums = [each.premium for each in known]
    contracts = [each.contracts for each in known]
    premium = sum((each for each in premiums if each is not None), Decimal()) if None not in premiums else None
    together = sum(each for each in contracts if each is not None) if None not in contracts else None
    return Rate(
        number,
        per_million(number, premium) if is_whole else None,
        per_contracts(number, together) if is_whole else None,
        year,
    )


def rates_of(tables: Mapping[str, Any], half: Half) -> list[tuple[Mapping[str, Any], Rate]]:
    """A rate for each segment and branch that has complaints or figures, in the order of the tables."""
    year, figures = figures_for(half)
    lines = []
    branches = [line for line in tables["tables"].get("ramo", ()) if line["cells"] is not None]
    for segment in tables["tables"].get("business", ()):
        inside = [line["key"] for line in branches if business_of(line["key"]) == segment["key"]]
        inside = [each for each in inside if each in figures or _received(branches, each)]
        lines.append((segment, rate_of(segment["cells"]["received"], inside, year, figures)))
    for line in branches:
        if line["cells"]["received"] or line["key"] in figures:
            lines.append((line, rate_of(line["cells"]["received"], [line["key"]], year, figures)))
    return lines


def _received(branches: Iterable[Mapping[str, Any]], key: str) -> bool:
    return any(line["cells"]["received"] for line in branches if line["key"] == key)
