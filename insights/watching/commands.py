"""Commands: judge the periods that are over, raise and end alerts, note something about one; subscribe; set a target."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.models import TollFreeLine
from customers.models import User
from foundation.addresses import address
from foundation.refusals import Refused
from insights.models import AlertNote, FigureTarget, WatchAlert, WatchRound, WatchSubscription
from insights.models.watching import MOST_SECONDS, SECONDS, WITH_TARGET
from notifications.services import queue_notice

from . import kinds
from .figures import Watched
from .parts import largest_parts
from .queries import WHOLE, Watching
from .rules import JUDGED, OUTSIDE, Judged, Step, Verdict, alarms, last_whole
from .targets import target_of
from .wording import alert_line

WATCHES = "insights.view_watchalert"
TURN = 71_489_013
# After so many periods without a round, only the latest are judged.
MOST_ROUNDS = {Step.DAY: 14, Step.WEEK: 4}
EARLIEST_TARGET = date(1990, 1, 1)
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a round has to say of one figure of a line (None: all together)."""

    step: Step
    one: Watched
    line: TollFreeLine | None
    judged: Judged
    is_alarm: bool


@dataclass
class Watch:
    """What rounds did: the periods judged, everything found, and the alerts that are new."""

    findings: list[Finding] = field(default_factory=list)
    rounds: list[tuple[Step, date]] = field(default_factory=list)
    raised: list[WatchAlert] = field(default_factory=list)
    continued: list[WatchAlert] = field(default_factory=list)
    ended: list[WatchAlert] = field(default_factory=list)


def findings_of(watching: Watching, start: date) -> list[Finding]:
    """Everything that is watched, judged as of the period that begins on `start`; a line that was never counted is left out."""
    found = [
        (watching.figures[key], line, judged)
        for key in watching.figures
        for code, line in ((WHOLE, None), *watching.lines.items())
        if (judged := watching.settled(key, code, start)) is not None
    ]
    marked = alarms([judged for _one, _line, judged in found])
    return [
        Finding(watching.step, one, line, judged, is_alarm)
        for (one, line, judged), is_alarm in zip(found, marked, strict=True)
    ]


def look(on: date) -> list[Finding]:
    """What a round on the day would find in its last whole day and week; nothing is written."""
    found = []
    for step in Step:
        last = last_whole(step, on)
        found += findings_of(Watching(step, last, on, 1), last)
    return found


@transaction.atomic
def watch_figures(on: date) -> Watch:
    """Judge every day and week that was over before the day and was not judged yet; one mail for each subscriber about what is new.

    A figure outside its limits raises one alert, which goes on while its periods are outside on the same side, and ends with the
    first that is within. Two rounds at once wait for each other; the same round again does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    done = Watch()
    retired = WatchAlert.objects.filter(ended_on__isnull=True, line__is_active=False, last_on__lt=on)
    retired.update(ended_on=on)  # nobody watches its line any more
    for step in Step:
        owed = list(_owed(step, on))
        if not owed:
            continue
        watching = Watching(step, owed[-1], on, len(owed))
        for start in owed:
            found = findings_of(watching, start)
            for finding in found:
                _apply(finding, watching, done)
            known = sum(each.judged.verdict in JUDGED for each in found)
            WatchRound.objects.create(step=step, start=start, judged=known, not_judged=len(found) - known)
            done.findings += found
            done.rounds.append((step, start))
    if done.raised:
        _write_to_subscribers(done.raised)
    return done


def _owed(step: Step, on: date) -> Iterator[date]:
    last = last_whole(step, on)
    first = last - timedelta(days=step.days * (MOST_ROUNDS[step] - 1))
    before = WatchRound.objects.filter(step=step).order_by("-start").values_list("start", flat=True).first()
    start = last if before is None else max(first, before + timedelta(days=step.days))
    while start <= last:
        yield start
        start += timedelta(days=step.days)


def _apply(finding: Finding, watching: Watching, done: Watch) -> None:
    judged, start = finding.judged, finding.judged.point.start
    if judged.verdict not in JUDGED:
        return  # it says nothing: what is open remains so
    of_it = WatchAlert.objects.filter(figure=finding.one.key, line=finding.line)
    alert = of_it.filter(ended_on__isnull=True).select_for_update().first()
    is_above = judged.verdict == Verdict.ABOVE
    if alert is not None and alert.step != finding.step:
        return  # its days, or its weeks, are reported already, and end it
    if alert is not None and start > alert.last_on:
        if judged.verdict in OUTSIDE and alert.is_above == is_above:
            alert.last_on, alert.periods = start, alert.periods + 1
            _set(alert, finding, watching)
            alert.save()
            done.continued.append(alert)
            return
        alert.ended_on = start
        alert.save(update_fields=["ended_on"])
        done.ended.append(alert)
    elif alert is not None:
        return
    if not finding.is_alarm or of_it.filter(is_above=is_above, last_on__gte=start).exists():
        return
    alert = WatchAlert(
        figure=finding.one.key,
        line=finding.line,
        step=finding.step,
        is_above=is_above,
        began_on=start,
        last_on=start,
    )
    _set(alert, finding, watching)
    alert.full_clean()
    alert.save()
    done.raised.append(alert)


def _set(alert: WatchAlert, finding: Finding, watching: Watching) -> None:
    judged = finding.judged
    for name in ("value", "centre", "low", "high", "chance"):
        known = getattr(judged, name)
        assert known is not None, "what is outside was judged"
        setattr(alert, name, known)
    alert.parts = largest_parts(
        finding.one,
        finding.line,
        step=finding.step,
        start=judged.point.start,
        formula=watching.parameters.formula,
    )


def _write_to_subscribers(raised: list[WatchAlert]) -> None:
    """Owe each subscriber who may still see alerts one message about all that is new, in their language."""
    subscribed = WatchSubscription.objects.filter(user__is_active=True).select_related("user").order_by("pk")
    for subscription in subscribed:
        user = subscription.user
        if not user.has_perm(WATCHES):
            continue
        with translation.override(user.language or "it"):
            words = {
                "alert_count": len(raised),
                "alerts": "\n\n".join(alert_line(alert) for alert in raised),
                "action_url": settings.SITE_URL + address("watching"),
                "action_label": _("Open the control charts"),
            }
        queue_notice(
            kinds.FIGURES_OUTSIDE,
            once=f"{kinds.FIGURES_OUTSIDE.code}:{user.pk}:{raised[-1].pk}",
            words=words,
            user=user,
        )


# --- What people do ---------------------------------------------------------------------------------------------------
@transaction.atomic
def note_alert(alert: WatchAlert, *, text: str, by: User) -> AlertNote:
    """Note something about an alert, which acknowledges it; Refused for an empty or overlong note, or the same one again."""
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write what was found or done."), code="empty", field="text")
    if len(text) > LONGEST_NOTE:
        raise Refused(
            _("The note has %(length)d characters; at most %(most)d fit.")
            % {"length": len(text), "most": LONGEST_NOTE},
            code="too_long",
            field="text",
        )
    alert = WatchAlert.objects.select_for_update().get(pk=alert.pk)
    last = alert.notes.order_by("-pk").first()
    if last is not None and (last.by_id, last.text) == (by.pk, text):
        raise Refused(_("You have noted this already."), code="same_note", field="text")
    note = AlertNote(alert=alert, by=by, text=text)
    note.full_clean(exclude=["at"])
    note.save()
    return note


@transaction.atomic
def subscribe(*, by: User, wants: bool) -> None:
    """Have the alerts sent by mail to oneself, or not any more; the same again changes nothing."""
    if wants:
        WatchSubscription.objects.get_or_create(user=by)
    else:
        WatchSubscription.objects.filter(user=by).delete()


@transaction.atomic
def set_target(
    *, figure: str, line: TollFreeLine | None, value: Decimal | None, valid_from: date, by: User
) -> FigureTarget:
    """Set what is wanted of a figure from a day on (percent or seconds; None: nothing any more).

    Refused for a figure without targets, a value that it cannot have, a line out of use, a day out of reach, and what holds already.
    """
    if figure not in WITH_TARGET:
        raise Refused(_("This figure has no target here."), code="no_target", field="figure")
    most = MOST_SECONDS if figure in SECONDS else 100
    if value is not None and not 0 < value <= most:
        unit = _("seconds") if figure in SECONDS else "%"
        raise Refused(
            _("A target of this figure is above 0 and at most %(most)d %(unit)s.") % {"most": most, "unit": unit},
            code="out_of_range",
            field="value",
        )
    if line is not None and not TollFreeLine.objects.filter(pk=line.pk, is_active=True).exists():
        raise Refused(_("This line is not in use any more: choose another one."), code="line_retired", field="line")
    if not EARLIEST_TARGET <= valid_from <= timezone.localdate() + timedelta(days=366):
        raise Refused(
            _("A target begins between 1990 and a year from today."), code="day_out_of_reach", field="valid_from"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN + 1])
    if target_of(figure, line, valid_from) == value:
        raise Refused(_("This already holds on that day."), code="holds_already", field="value")
    target = FigureTarget(figure=figure, line=line, value=value, valid_from=valid_from, set_by=by)
    target.full_clean(exclude=["set_at"])
    target.save()
    return target
