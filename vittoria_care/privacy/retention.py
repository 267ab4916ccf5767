"""The nightly retention: what is past its period goes, a chunk in a transaction of its own; what a hold keeps is counted.

It asks what is past its days and still there, so that a night that was missed, or killed in the middle, is made up for by the
next. Requests for erasure that something kept waiting are looked at again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers.models import Customer, ReservedAreaAccount
from foundation.chunks import in_chunks
from foundation.files.removing import remove_files
from foundation.models import RetentionRun
from foundation.privacy import Action, Rule, history_of, model_at
from foundation.retention import erasing

from .erasure import carry_out_all, erase
from .going import Going
from .holds import Held, holds_in_force
from .periods import days_in_force
from .planning import keys_to
from .rules import RULES, all_of, followers_of, rows_of

log = structlog.get_logger(__name__)

CHUNK = 2_000  # rows in a transaction
MOST_PEOPLE = 10_000  # files of people emptied in a night: each is planned by itself
SHOWN = 10  # keys named of what a hold keeps


@dataclass
class Count:
    """What the run did by one rule, or would do: rows and files that go, earlier versions, and what a hold keeps."""

    gone: int = 0
    files: int = 0
    versions: int = 0
    held: int = 0
    held_keys: list[Any] = field(default_factory=list)

    def as_numbers(self) -> dict[str, Any]:
        """As it is kept with the run."""
        return {"gone": self.gone, "files": self.files, "held": self.held, "held_keys": self.held_keys}


def ruled() -> list[Rule]:
    """The rules by which rows go at night, in their order."""
    return [rule for rule in RULES if rule.period is not None and not rule.follows]


def run_retention(now: datetime | None = None, *, chunk: int = CHUNK) -> RetentionRun:
    """Let go what is past its period, and write the run down; a fault is kept with it and raised."""
    now = now or timezone.now()
    run = RetentionRun.objects.create(began_at=timezone.now())
    try:
        for rule in ruled():
            count = _carry_out(rule, now, chunk)
            if count.gone or count.held:
                run.numbers[rule.name] = count.as_numbers()
                run.save(update_fields=["numbers"])
        run.numbers["erasures"] = {"gone": carry_out_all(now)}
        remove_files()
    except DatabaseError as error:
        run.problem = f"{type(error).__name__}: {error}"[:500]
        run.save(update_fields=["problem"])
        raise
    run.ended_at = timezone.now()
    run.save(update_fields=["numbers", "ended_at"])
    log.info("retention_done", rows=sum(each.get("gone", 0) for each in run.numbers.values()))
    return run


def plan_retention(now: datetime | None = None) -> Iterator[tuple[Rule, Count]]:
    """What the run would do now, rule by rule, with files and earlier versions; it changes nothing."""
    now = now or timezone.now()
    held, days = holds_in_force(), days_in_force()
    for rule in ruled():
        count = Count()
        free = past(rule, now, days).exclude(pk__in=_kept(rule, now, days, held).values("pk"))
        _count_hold(rule, now, days, held, count)
        count.gone = free.count()
        if count.gone and not rule.last:
            _count_hanging(rule, free, count)
        yield rule, count


def past(rule: Rule, now: datetime, days: dict[str, int]) -> models.QuerySet:
    """The rows of the rule whose period is over, held or not: those that say something still, and nothing else names."""
    assert rule.period is not None, "only rules with a period are asked"
    before = now - timedelta(days=days[rule.period.key])
    if isinstance(rule.since, str):
        by_moment = isinstance(_column(rule, rule.since), models.DateTimeField)
        over = Q(**{f"{rule.since}__lt": before if by_moment else timezone.localdate(before)})
        rows = all_of(rule).filter(over)
    else:
        rows = all_of(rule).annotate(kept_since=rule.since).filter(kept_since__lt=before)
    if rule.blanked is not None:
        rows = rows.exclude(rule.blanked)
    if (running := rule.under_way(timezone.localdate(now))) is not None:
        rows = _without(rows, running)
    if rule.last:
        return _with_nothing_left(rows)
    return _named_by_nothing(rule, rows) if rule.action is Action.DELETE else rows


def _without(rows: models.QuerySet, condition: Q) -> models.QuerySet:
    """The rows that do not meet a condition, which may lead over several tables: asked of each row that is there, not of all."""
    return rows.exclude(Exists(rows.model._base_manager.filter(condition, pk=OuterRef("pk"))))


def _column(rule: Rule, since: str) -> models.Field:
    *way, name = since.split("__")
    model = model_at(rule.model_class, "__".join(way)) if way else rule.model_class
    return model._meta.get_field(name)  # type: ignore[return-value]  # a column of the model


def _named_by_nothing(rule: Rule, rows: models.QuerySet) -> models.QuerySet:
    """Rows that no other row names, but those that go with them."""
    along = {(each.model_class, each.follows) for each in followers_of(rule)}
    for key in keys_to(rule.model_class):
        if (key.model, key.name) not in along:
            rows = rows.exclude(Exists(key.model._base_manager.filter(**{key.name: OuterRef("pk")})))
    return rows


def _with_nothing_left(rows: models.QuerySet) -> models.QuerySet:
    """Customers of whom nothing is left that has to say whose it is, and who do not sign in.

    The last rules are asked first: among them are contracts, which most customers have, and the database joins in this order.
    """
    rows = rows.exclude(Exists(ReservedAreaAccount.objects.filter(customer=OuterRef("pk"))))
    for rule in reversed(RULES):
        if rule.last or rule.follows or rule.at_once or not rule.needs_name:
            continue
        for way in rule.customer:
            left = rule.model_class._base_manager.filter(**{way: OuterRef("pk")})
            if rule.blanked is not None:
                left = left.exclude(rule.blanked)
            rows = rows.exclude(Exists(left))
    return rows


def _kept(rule: Rule, now: datetime, days: dict[str, int], held: Held) -> models.QuerySet:
    """The rows past their period that a legal hold keeps."""
    condition = held.rows(rule)
    if condition is None:
        return rule.model_class._base_manager.none()
    return past(rule, now, days).filter(condition)


def _count_hold(rule: Rule, now: datetime, days: dict[str, int], held: Held, count: Count) -> None:
    kept = _kept(rule, now, days, held)
    count.held = kept.distinct().count()
    count.held_keys = list(kept.order_by("pk").values_list("pk", flat=True).distinct()[:SHOWN]) if count.held else []


def _count_hanging(rule: Rule, free: models.QuerySet, count: Count) -> None:
    count.files += free.count() if rule.file_columns() else 0
    if (history := history_of(rule.model_class)) is not None:
        count.versions += history._base_manager.filter(pgh_obj_id__in=free.values("pk")).count()
    for follower in followers_of(rule):
        _count_hanging(follower, rows_of(follower, Q(**{f"{follower.follows}__in": free.values("pk")})), count)


def _carry_out(rule: Rule, now: datetime, chunk: int) -> Count:
    """Let the rows of one rule go. They are looked for once, and each chunk is asked again just before it goes."""
    held, days, count = holds_in_force(), days_in_force(), Count()
    _count_hold(rule, now, days, held, count)
    rows = past(rule, now, days)
    if (condition := held.rows(rule)) is not None:
        rows = _without(rows, condition)
    if rule.last:
        people = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
        count.gone = sum(_empty(key, rule, now) for key in people)
        return count
    for some in in_chunks(rows.order_by().values_list("pk", flat=True).iterator(chunk), chunk):
        keys = list(rows.filter(pk__in=some).order_by("pk").values_list("pk", flat=True))
        with erasing() as removal:
            going = Going(removal, rule=rule.name)
            going.let_go(rule, keys)
        count.gone += going.numbers[rule.model]
        count.files += going.files
        remove_files()
    return count


def _empty(customer_id: int, rule: Rule, now: datetime) -> bool:
    """Empty the file of somebody with whom nothing is left."""
    result = erase(Customer.objects.get(pk=customer_id), rule=rule.name, now=now)
    return bool(result.numbers)
