"""Commands: freeze a closed month, quarter or year, and unfreeze it; queries: what is frozen, and what was corrected since."""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, F, Func, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contact_center.catalogue.entries import first_moment
from contact_center.models import Contact, FrozenPeriod
from contact_center.models.day_count import DAY_COUNTS
from contact_center.models.frozen import CORRECTS_FROZEN
from customers.models import User
from foundation.refusals import Refused
from foundation.written_once import ObjectsWrittenOnce

from .daily import refresh
from .export import totals_as_dict
from .period import Period
from .query import Chosen, FiguresReport, current_parameters, figures
from .raw import COLUMNS

ContactHistory = Contact.history.rel.related_model  # type: ignore[attr-defined]  # made by `keep_history`
FREEZES = "contact_center.add_frozenperiod"
UNFREEZES = CORRECTS_FROZEN
MONTHS_TOGETHER = (1, 3, 12)  # a month, a quarter, a year
COPY = f"""
    INSERT INTO contact_center_frozenfigures (period_id, {", ".join(COLUMNS)})
    SELECT %(period)s, {", ".join(COLUMNS)} FROM contact_center_dailyfigures WHERE day BETWEEN %(start)s AND %(end)s
"""
_OF_COUNTERS = f"source, day, line_id, {', '.join(DAY_COUNTS)}"
COPY_COUNTERS = f"""
    INSERT INTO contact_center_frozendaycount (period_id, {_OF_COUNTERS})
    SELECT %(period)s, {_OF_COUNTERS} FROM contact_center_daycount WHERE day BETWEEN %(start)s AND %(end)s
"""


def is_closed_period(period: Period) -> bool:
    """Whether it is one whole month, quarter or year."""
    months = list(period.months())
    if period.start.day != 1 or (period.end + timedelta(days=1)).day != 1 or len(months) not in MONTHS_TOGETHER:
        return False
    return (period.start.month - 1) % len(months) == 0


def is_provisional(period: Period, *, today: date, repeat_contact_days: int) -> bool:
    """Whether a customer of its last days may still come back within the days that count."""
    return period.end + timedelta(days=repeat_contact_days) >= today


@transaction.atomic
def freeze_period(period: Period, *, by: User, note: str = "", though_provisional: bool = False) -> FrozenPeriod:
    """Keep the counts of the period as they are now; days that wait are counted first.

    Refused for anything but a whole month, quarter or year that is over, for one that holds a frozen day, and, unless
    `though_provisional`, for one whose customers may still come back.
    """
    today = timezone.localdate()
    if not is_closed_period(period):
        raise Refused(_("Only a whole month, quarter or year can be frozen."), code="not_whole", field="period")
    if period.end >= today:
        raise Refused(
            _("The period ends on %(end)s: it can be frozen when it is over.")
            % {"end": date_format(period.end, "SHORT_DATE_FORMAT")},
            code="not_over",
            field="period",
        )
    _refuse_frozen(period)
    refresh()  # it also holds the counting until the end of the transaction
    parameters = current_parameters()
    provisional = is_provisional(period, today=today, repeat_contact_days=parameters.repeat_contact_days)
    if provisional and not though_provisional:
        raise Refused(
            _(
                "Customers of the last days may still come back (%(days)d days): first level corrected by repeats is not final"
                " yet. Wait, or state that it is to be frozen all the same."
            )
            % {"days": parameters.repeat_contact_days},
            code="provisional",
            field="though_provisional",
        )
    try:
        with transaction.atomic():
            frozen = FrozenPeriod.objects.create(
                start=period.start,
                end=period.end,
                note=note.strip(),
                is_provisional=provisional,
                service_level_seconds=parameters.service_level_seconds,
                formula=parameters.formula,
                short_abandon_seconds=parameters.short_abandon_seconds,
                repeat_contact_days=parameters.repeat_contact_days,
                last_history=ContactHistory.objects.aggregate(last=Max("pgh_id"))["last"] or 0,
                frozen_by=by,
                frozen_at=timezone.now(),
            )
    except IntegrityError:
        _refuse_frozen(period)  # somebody else froze it meanwhile
        raise
    words: dict[str, Any] = {"period": frozen.pk, "start": period.start, "end": period.end}
    with connection.cursor() as cursor:
        cursor.execute(COPY, words)
        cursor.execute(COPY_COUNTERS, words)
    return frozen


def _refuse_frozen(period: Period) -> None:
    touched = FrozenPeriod.objects.standing().touching(period.start, period.end).select_related("frozen_by").first()
    if touched is not None:
        raise Refused(
            _("%(by)s froze the days from %(start)s to %(end)s already, on %(when)s.") % touched.words,
            code="frozen_already",
            field="period",
        )


@transaction.atomic
def unfreeze_period(frozen: FrozenPeriod, *, by: User, why: str) -> FrozenPeriod:
    """Let the figures of the period go on with the corrections; what was frozen remains as history. Refused without a reason,
    and for a period that is not frozen any more.
    """
    frozen = FrozenPeriod.objects.select_for_update(of=("self",)).select_related("frozen_by").get(pk=frozen.pk)
    if frozen.unfrozen_at is not None:
        raise Refused(_("It was unfrozen already."), code="unfrozen_already")
    if not (why := why.strip()):
        raise Refused(_("Write why: the history keeps it."), code="no_reason", field="why")
    frozen.unfrozen_by, frozen.unfrozen_at, frozen.why_unfrozen = by, timezone.now(), why
    frozen.save(update_fields=["unfrozen_by", "unfrozen_at", "why_unfrozen"])
    return frozen


# --- As it was frozen, and since


@dataclass(frozen=True, slots=True)
class AsFrozen:
    """A report's period as it was frozen: the frozen period that holds it, and the same figures from what was kept."""

    frozen: FrozenPeriod
    report: FiguresReport


def as_frozen(report: FiguresReport) -> AsFrozen | None:
    """The report as it was frozen, where its whole period is frozen; one query more where it is not."""
    found = _FROZEN.objects(report.period.start, report.period.end)
    return AsFrozen(found[0], frozen_report(found[0], report.period, report.chosen)) if found else None


def _standing(start: date, end: date) -> QuerySet:
    rows = FrozenPeriod.objects.standing().holding(start, end).select_related("frozen_by")
    return (rows if rows.ordered else rows.order_by("pk"))[:1]  # as first() does


_FROZEN = ObjectsWrittenOnce(_standing, date(1, 1, 1), date(1, 1, 2))


def frozen_report(
    frozen: FrozenPeriod, period: Period | None = None, chosen: Chosen | None = None, **asked: object
) -> FiguresReport:
    """The figures of the frozen period (or of days of it) from the counts that were kept."""
    chosen = chosen or Chosen()
    return figures(
        period or Period(frozen.start, frozen.end),
        line=chosen.line,
        topic=chosen.topic,
        agent=chosen.agent,
        team=chosen.team,
        channel=chosen.channel,
        events=chosen.events,
        frozen=frozen,
        **asked,  # type: ignore[arg-type]  # `by` of figures()
    )


# What of a contact decides in which figures it counts.
DECISIVE = (
    "outcome",
    "level",
    "escalation",
    "reopened_count",
    "sent_back_count",
    "confirmed",
    "topic_id",
    "agent_id",
    "line_id",
    "started_at",
)


def corrected_since(frozen: FrozenPeriod, *, user: User) -> QuerySet[Contact]:
    """The contacts of the period in which something that figures go by changed after it was frozen, as far as the user may see
    them, newest first; `was_…` is what each of DECISIVE was. From the history of the contacts, which has no new arrivals.
    """
    history = ContactHistory.objects.filter(pgh_id__gt=frozen.last_history)
    days = {
        "started_at__gte": first_moment(frozen.start),
        "started_at__lt": first_moment(frozen.end + timedelta(days=1)),
    }
    then = history.filter(pgh_obj=OuterRef("pk")).order_by("pgh_id")
    changed = Q()
    for name in DECISIVE:
        changed |= Q(_differs(name))
    return (
        Contact.objects.visible_to(user)
        .filter(pk__in=history.filter(**days).values("pgh_obj"))
        .annotate(
            changed_at=Subquery(then.order_by("-pgh_id").values("pgh_created_at")[:1]),
            **{f"was_{name}": Subquery(then.values(name)[:1]) for name in DECISIVE},
        )
        .filter(changed)
        .order_by("-started_at", "-pk")
    )


def _differs(name: str) -> Func:
    return Func(
        F(f"was_{name}"),
        F(name),
        template="(%(expressions)s)",
        arg_joiner=" IS DISTINCT FROM ",
        output_field=BooleanField(),
    )


def facts_of(report: FiguresReport) -> dict[str, Any] | None:
    """What programs are given of a frozen period: its days, by whom and when, and the report's totals as they were frozen."""
    found = as_frozen(report)
    if found is None:
        return None
    frozen, kept = found.frozen, found.report
    return {
        "period": {"from": frozen.start.isoformat(), "to": frozen.end.isoformat()},
        "frozen_at": timezone.localtime(frozen.frozen_at).isoformat(),
        "frozen_by": frozen.words["by"],
        "note": frozen.note,
        "is_provisional": frozen.is_provisional,
        "totals": totals_as_dict(kept.totals, kept.parameters),
    }
