"""Queries: complaints by cause in a period and in the same days of the year before, by month, and around an action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Least, TruncMonth

from complaints.models import BranchFigure, CauseAction, Complaint
from complaints.models.complaint import ComplaintOutcome, ComplaintQuerySet
from foundation.chance import Change, beyond_chance, change, wilson

# What complaints are grouped by, and the columns of each. A cause is a value for some of COLUMNS.
COLUMNS = ("area", "reason", "ramo", "product", "agency", "intermediary_kind")
GROUPINGS: dict[str, tuple[str, ...]] = {
    "reason": ("reason",),
    "reason_ramo": ("reason", "ramo"),
    "reason_product": ("reason", "product"),
    "reason_agency": ("reason", "agency"),
    "area": ("area",),
    "ramo": ("ramo",),
    "product": ("product",),
    "agency": ("agency",),
    "intermediary": ("intermediary_kind",),
}
UPHELD = (ComplaintOutcome.UPHELD, ComplaintOutcome.UPHELD_IN_PART)
MOST_LINES = 200


def with_causes(complaints: ComplaintQuerySet) -> ComplaintQuerySet:
    """The complaints that count, with `first_on` (the earlier receipt), and `cause_…` for each of COLUMNS."""
    return complaints.counted().annotate(
        first_on=Least("received_on", Coalesce("received_by_intermediary_on", "received_on")),
        cause_area=F("area"),
        cause_reason=F("reason_codes__0"),
        cause_ramo=F("ramo"),
        cause_product=F("product"),
        cause_agency=F("agency__code"),
        cause_intermediary_kind=F("intermediary_kind"),
    )


def of_cause(complaints: ComplaintQuerySet, cause: Mapping[str, str]) -> ComplaintQuerySet:
    """Those of `with_causes` that have the cause's values; "" asks for those without one."""
    for name, value in cause.items():
        column = f"cause_{name}"
        complaints = (
            complaints.filter(**{column: value})
            if value
            else complaints.filter(Q(**{column: ""}) | Q(**{f"{column}__isnull": True}))
        )
    return complaints


def received_between(first: date, last: date) -> Q:
    """First received from the one day to the other, of rows of `with_causes`."""
    return Q(first_on__gte=first, first_on__lte=last)


def year_before(first: date, last: date) -> tuple[date, date]:
    """The same days of the year before, as many of them: 29 February is 28 February."""
    return _a_year_back(first), _a_year_back(last)


def _a_year_back(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class CauseLine:
    """Complaints of a cause in a period and in the same days of the year before.

    Where the contracts of both years are known (of a branch), the two rates are compared; else the numbers by their days.
    """

    cause: dict[str, str]
    change: Change
    is_beyond_chance: bool
    decided: int  # treatable and answered, of those received in the period
    upheld: int
    share_low: float
    share_high: float
    is_share_different: bool  # from the share of all, three standard deviations apart (a funnel)
    contracts: int | None
    contracts_before: int | None


def cause_lines(grouping: str, first: date, last: date) -> list[CauseLine]:
    """The causes of a grouping, the most frequent first, at most 200."""
    columns = GROUPINGS[grouping]
    before_first, before_last = year_before(first, last)
    now, before = received_between(first, last), received_between(before_first, before_last)
    decided = now & Q(treatable=True, state=Complaint.State.ANSWERED)
    rows = list(
        with_causes(Complaint.objects.all())
        .filter(now | before)
        .order_by()
        .values(*(f"cause_{each}" for each in columns))
        .annotate(
            now=Count("pk", filter=now),
            before=Count("pk", filter=before),
            decided=Count("pk", filter=decided),
            upheld=Count("pk", filter=decided & Q(outcome__in=UPHELD)),
        )
    )
    rows = sorted(_together(rows, columns), key=lambda row: (-row["now"], -row["before"], str(row["cause"])))
    all_decided, all_upheld = sum(row["decided"] for row in rows), sum(row["upheld"] for row in rows)
    share = all_upheld / all_decided if all_decided else None
    contracts = _contracts(first, last) if columns == ("ramo",) else {}
    days, days_before = (last - first).days + 1, (before_last - before_first).days + 1
    changes = []
    for row in rows:
        known, known_before = contracts.get(row["cause"].get("ramo", ""), (None, None))
        is_known = bool(known and known_before)
        changes.append(
            change(
                row["before"],
                row["now"],
                exposure_before=days_before * (known_before or 1) if is_known else days_before,
                exposure_after=days * (known or 1) if is_known else days,
            )
        )
    marked = beyond_chance([each.chance for each in changes])
    lines = []
    for row, found, is_beyond in zip(rows, changes, marked, strict=True):
        low, high = wilson(row["upheld"], row["decided"])
        funnel_low, funnel_high = wilson(row["upheld"], row["decided"], z=3)
        known, known_before = contracts.get(row["cause"].get("ramo", ""), (None, None))
        lines.append(
            CauseLine(
                row["cause"],
                found,
                is_beyond,
                row["decided"],
                row["upheld"],
                low,
                high,
                share is not None and row["decided"] > 0 and not funnel_low <= share <= funnel_high,
                known,
                known_before,
            )
        )
    return lines[:MOST_LINES]


def _together(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """One row for each cause: no value and an empty one are the same."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[f"cause_{each}"] or "" for each in columns)
        line = found.setdefault(key, {"cause": dict(zip(columns, key, strict=True))})
        for name in ("now", "before", "decided", "upheld"):
            line[name] = line.get(name, 0) + row[name]
    return list(found.values())


def _contracts(first: date, last: date) -> dict[str, tuple[int | None, int | None]]:
    """Contracts of each branch in the year of the last day and in the one before, where both were entered."""
    figures = BranchFigure.objects.filter(year__in=(last.year, last.year - 1), contracts__isnull=False)
    known = {(each.year, each.ramo): each.contracts for each in figures}
    return {
        ramo: (number, known[last.year - 1, ramo])
        for (year, ramo), number in known.items()
        if year == last.year and (last.year - 1, ramo) in known
    }


@dataclass(frozen=True)
class Month:
    """Complaints of a cause received in a month: how many, how many decided and upheld, and its days."""

    first: date
    received: int
    decided: int
    upheld: int
    days: int


def months_of(cause: Mapping[str, str], first: date, last: date) -> list[Month]:
    """Each month of a period, also those without complaints; the first and last month by the days that the period has."""
    decided = Q(treatable=True, state=Complaint.State.ANSWERED)
    rows = (
        of_cause(with_causes(Complaint.objects.all()), cause)
        .filter(received_between(first, last))
        .order_by()
        .annotate(month=TruncMonth("first_on"))
        .values("month")
        .annotate(
            received=Count("pk"),
            decided=Count("pk", filter=decided),
            upheld=Count("pk", filter=decided & Q(outcome__in=UPHELD)),
        )
    )
    known = {row["month"]: row for row in rows}
    found, begins = [], first
    while begins <= last:
        month = begins.replace(day=1)
        following = (month + timedelta(days=32)).replace(day=1)
        row = known.get(month, {"received": 0, "decided": 0, "upheld": 0})
        ends = min(last, following - timedelta(days=1))
        found.append(Month(begins, row["received"], row["decided"], row["upheld"], (ends - begins).days + 1))
        begins = following
    return found


def number_of(cause: Mapping[str, str], first: date, last: date) -> int:
    """How many complaints of a cause were received from the first day to the last."""
    rows = with_causes(Complaint.objects.all()).filter(received_between(first, last))
    return of_cause(rows, cause).count()


def cause_of(action: CauseAction) -> dict[str, str]:
    """The cause of an action: the values that it names."""
    known = {
        "area": action.area,
        "reason": action.reason,
        "ramo": action.ramo,
        "product": action.product,
        "agency": action.agency.code if action.agency else "",
    }
    return {name: value for name, value in known.items() if value}
