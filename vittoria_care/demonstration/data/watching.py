"""What left its control limits in the last year that was counted: the alert that chance explains least, with what was found; a target."""

from datetime import timedelta
from decimal import Decimal

from contact_center.models import DailyFigures
from customers import roles
from insights.models import AlertNote, FigureTarget, WatchAlert
from insights.watching.parts import largest_parts
from insights.watching.queries import WHOLE, watching
from insights.watching.rules import Step, Verdict

from .organisation import Organisation

WEEKS = 52
FOUND = "Verificato con i turni: la settimana era scoperta per due assenze; da lunedì l’organico è completo."
OF_TOO_FEW_PEOPLE = ("service_level", "abandonment", "asa_seconds")  # what the note explains


def _worse(more_is_better: bool | None) -> Verdict:
    return Verdict.BELOW if more_is_better else Verdict.ABOVE


def make_alert(organisation: Organisation) -> int:
    """Write one alert of the last counted year and a note about it, and a target; returns how many alerts there were to choose from."""
    manager = organisation.staff[roles.MANAGER]
    last = DailyFigures.objects.order_by("-day").values_list("day", flat=True).first()
    if last is None or WatchAlert.objects.exists():
        return 0
    FigureTarget.objects.create(
        figure="first_level_coded", value=Decimal("95"), valid_from=last.replace(month=1, day=1), set_by=manager
    )
    weeks = watching(Step.WEEK, last + timedelta(days=1), shown=WEEKS)
    outside = [
        (judged.chance, key, judged)
        for key in OF_TOO_FEW_PEOPLE
        for judged in weeks.judged(key, WHOLE, WEEKS)[:-1]
        if judged.verdict == _worse(weeks.figures[key].figure.more_is_better) and judged.chance is not None
    ]
    if not outside:
        return 0
    chance, key, judged = min(outside, key=lambda found: found[:2])
    start = judged.point.start
    alert = WatchAlert(
        figure=key,
        step=Step.WEEK,
        is_above=judged.verdict == Verdict.ABOVE,
        began_on=start,
        last_on=start,
        ended_on=start + timedelta(weeks=1),
        chance=chance,
        parts=largest_parts(weeks.figures[key], None, step=Step.WEEK, start=start, formula=weeks.parameters.formula),
    )
    for name in ("value", "centre", "low", "high"):
        setattr(alert, name, getattr(judged, name))
    alert.full_clean()
    alert.save()
    AlertNote.objects.create(alert=alert, by=manager, text=FOUND)
    return len(outside)
