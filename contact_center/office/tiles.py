"""Figures about calls and contacts for the first page of the back office: today's, each from a short index scan."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.contacts.fitting import unserved
from contact_center.contacts.rungs import warnings_to
from contact_center.due.business_time import NeverOpen, add_business_time
from contact_center.due.targets import Book
from contact_center.figures.line_targets import targets_on
from contact_center.models import Agent, AnsweredBeforehand, Call, CallBack, Contact, SatisfactionSurvey, TollFreeLine
from contact_center.models.contact import ContactQuerySet
from contact_center.office.work import KEEPS_AGENTS
from customers.models import User
from foundation.office.tiles import Tile

SURVEY_DAYS = 30
REASONS = 3  # why nobody on duty can take a contact: so many are written out
MOST = 999  # counted no further: a page must not cost more on a bad day


def tiles(user: User) -> list[Tile]:
    """The work that waits: one's own contacts, those overdue, due within the hour, open, not coded."""
    return _contacts_waiting(user) if user.has_perm("contact_center.view_contact") else []


def day_tiles(user: User) -> list[Tile]:
    """How the day goes: its calls by line, and what customers answered; each tile for users who may see the rows it counts."""
    shown = []
    if user.has_perm("contact_center.view_call"):
        shown += _calls_today(user)
    if user.has_perm("contact_center.view_answeredbeforehand"):
        shown.append(_answered_beforehand())
    if user.has_perm("contact_center.view_satisfactionsurvey"):
        shown.append(_surveys_answered())
    return shown


def _answered_beforehand() -> Tile:
    """Of the customers who were shown an answer before they wrote, the share for whom it was enough; the base beside it."""
    since = timezone.localdate() - timedelta(days=SURVEY_DAYS)
    counted = AnsweredBeforehand.objects.filter(day__gte=since).aggregate(
        shown=Count("*"), enough=Count("pk", filter=Q(helped=True))
    )
    shown, enough = counted["shown"], counted["enough"]
    hint = ngettext(
        "%(enough)d of %(shown)d customers who were shown an answer did not have to write, in 30 days",
        "%(enough)d of %(shown)d customers who were shown an answer did not have to write, in 30 days",
        enough,
    )
    return Tile(
        title=_("Answered before they wrote"),
        value=f"{number_format(round(100 * enough / shown, 1), 1)} %" if shown else "–",
        hint=hint % counted if shown else _("Nobody was shown an answer in 30 days"),
        url=reverse("admin:contact_center_answeredbeforehand_changelist"),
    )


def _surveys_answered() -> Tile:
    """How many of those who were asked have answered, and what; the base beside each share."""
    since = timezone.now() - timedelta(days=SURVEY_DAYS)
    counted = SatisfactionSurvey.objects.filter(asked_at__gte=since).aggregate(
        asked=Count("*"), answered=Count("answered_at"), resolved=Count("pk", filter=Q(resolved=True))
    )
    asked, answered = counted["asked"], counted["answered"]
    hint = ngettext(
        "%(answered)d answer to %(asked)d asked in 30 days; resolved for %(resolved)d",
        "%(answered)d answers to %(asked)d asked in 30 days; resolved for %(resolved)d",
        answered,
    )
    return Tile(
        title=_("Answers to “Was it resolved?”"),
        value=f"{number_format(round(100 * answered / asked, 1), 1)} %" if asked else "–",
        hint=hint % counted if asked else _("Nobody was asked in 30 days"),
        url=reverse("admin:contact_center_satisfactionsurvey_changelist"),
    )


def _calls_today(user: User) -> list[Tile]:
    day = timezone.localdate()
    targets = targets_on(day)
    today = Call.objects.visible_to(user).filter(day=day).order_by()
    in_time = Q(pk__in=[])
    for each in targets.values():
        in_time |= Q(line=each.line_id, wait_seconds__lte=each.seconds)
    answered = Q(answered_at__isnull=False)
    counted = today.values("line").annotate(
        offered=Count("pk"), answered=Count("pk", filter=answered), in_time=Count("pk", filter=answered & in_time)
    )
    counts = {row["line"]: row for row in counted}
    address = reverse("admin:contact_center_call_changelist")
    shown = []
    for line in TollFreeLine.objects.filter(is_active=True):
        row = counts.get(line.pk, {"offered": 0, "answered": 0, "in_time": 0})
        lost = row["offered"] - row["answered"]
        hint = (
            _("calls answered today")
            if not lost
            else ngettext(
                "calls answered today; %(lost)d not answered", "calls answered today; %(lost)d not answered", lost
            )
            % {"lost": lost}
        )
        target, is_below = targets.get(line.pk), False
        if target is not None and row["offered"]:
            is_below = 100 * row["in_time"] < target.share * row["offered"]
            hint += "; " + _("%(share)d %% within %(seconds)d s, of the %(target)d %% wanted") % {
                "share": 100 * row["in_time"] // row["offered"],
                "seconds": target.seconds,
                "target": target.share,
            }
        shown.append(
            Tile(
                title=line.shown_name,
                value=_("%(answered)d of %(offered)d") % {"answered": row["answered"], "offered": row["offered"]},
                hint=hint,
                url=f"{address}?line__id__exact={line.pk}",
                tone="warn" if is_below else "",
            )
        )
    return shown


def _contacts_waiting(user: User) -> list[Tile]:
    visible, now = Contact.objects.visible_to(user).order_by(), timezone.now()
    waiting = visible.open()[: MOST + 1].count()
    overdue = visible.overdue(now)[: MOST + 1].count()
    soon = visible.open().filter(due_at__gte=now, due_at__lt=next_business_hour(now))[: MOST + 1].count()
    not_coded = visible.not_coded()[: MOST + 1].count()
    address = reverse("admin:contact_center_contact_changelist")
    return [
        *_mine(user, visible, address),
        *_warned(user, visible, now, address),
        *_call_backs(user, now, address),
        Tile(
            title=_("Overdue contacts"),
            value=_up_to_most(overdue),
            hint=_("past the time promised for an answer") if overdue else _("Nothing is late"),
            url=f"{address}?work=overdue",
            tone="bad" if overdue else "good",
        ),
        Tile(
            title=_("Due within the hour"),
            value=_up_to_most(soon),
            hint=_("in the next hour of service"),
            url=address,
            tone="warn" if soon else "",
        ),
        Tile(
            title=_("Open contacts"),
            value=_up_to_most(waiting),
            hint=_("in the queue, by what is due"),
            url=address,
        ),
        *_unserved(user, address),
        Tile(
            title=_("Not coded"),
            value=_up_to_most(not_coded),
            hint=_("closed without an outcome") if not_coded else _("Everything is coded"),
            url=f"{address}?work=uncoded",
            tone="warn" if not_coded else "good",
        ),
    ]


def _mine(user: User, visible: ContactQuerySet, address: str) -> list[Tile]:
    """For an agent: what is theirs, and how much of it is late; to a second level also what waits for their team."""
    agent = Agent.objects.of_user(user)
    if agent is None:
        return []
    mine = visible.open().filter(owner=agent)
    team = []
    if agent.team is not None and agent.team.level == 2:
        waiting = visible.open().filter(team=agent.team_id, owner__isnull=True)[: MOST + 1].count()
        team = [
            Tile(
                title=_("Waiting for my team"),
                value=_up_to_most(waiting),
                hint=_("taken by nobody yet") if waiting else _("Nothing is waiting for your team."),
                url=f"{address}?work=team&part=nobody",
                tone="warn" if waiting else "good",
            )
        ]
    late = mine.filter(due_at__lt=timezone.now())[: MOST + 1].count()
    return [
        Tile(
            title=_("My contacts"),
            value=_up_to_most(mine[: MOST + 1].count()),
            hint=ngettext("%(late)d of them is late", "%(late)d of them are late", late) % {"late": late}
            if late
            else _("none of them is late"),
            url=f"{address}?work=mine",
            tone="bad" if late else "",
        ),
        *team,
    ]


def _warned(user: User, visible: ContactQuerySet, now: datetime, address: str) -> list[Tile]:
    """The contacts of whose terms the reader was warned, by what is due; nothing where there are none."""
    found = warnings_to(user, visible).values_list("due_at", flat=True)[: MOST + 1]
    dues = [due for due in found if due is not None]
    if not dues:
        return []
    late = sum(due < now for due in dues)
    hour = next_business_hour(now)
    soon = sum(now <= due < hour for due in dues)
    words = []
    if soon:
        words.append(ngettext("%(n)d is due within an hour", "%(n)d are due within an hour", soon) % {"n": soon})
    if late:
        words.append(ngettext("%(n)d is past its term", "%(n)d are past their term", late) % {"n": late})
    return [
        Tile(
            title=_("Terms I was warned of"),
            value=_up_to_most(len(dues)),
            hint=", ".join(words) or _("their terms come near"),
            url=f"{address}?work=open&part=warned",
            tone="bad" if late else "warn",
        )
    ]


def _unserved(user: User, address: str) -> list[Tile]:
    """For those who can do something about it: what waits and nobody on duty can take, with what it needs."""
    if not user.has_perm(KEEPS_AGENTS):
        return []
    groups = unserved()
    if not groups:
        return []
    reasons = list(dict.fromkeys(", ".join(each.why) for each in groups))
    shown = "; ".join(reasons[:REASONS]) + ("…" if len(reasons) > REASONS else "")
    return [
        Tile(
            title=_("For nobody on duty"),
            value=_up_to_most(sum(each.number for each in groups)),
            hint=_("nobody on duty can take them: %(reasons)s") % {"reasons": shown},
            url=f"{address}?work=unserved",
            tone="bad",
        )
    ]


def _call_backs(user: User, now: datetime, address: str) -> list[Tile]:
    """The calls that customers were promised and that are still to be made today; nothing where there are none."""
    tomorrow = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    to_make = CallBack.objects.visible_to(user).to_make().filter(starts_at__lt=tomorrow).order_by("starts_at")
    hours = list(to_make.values_list("starts_at", "ends_at")[: MOST + 1])
    if not hours:
        return []
    late = sum(ends_at < now for _starts_at, ends_at in hours)
    first = next((starts_at for starts_at, ends_at in hours if ends_at >= now), None)
    hint = _("every hour of today has passed")
    if late:
        hint = ngettext("%(late)d is past its hour", "%(late)d are past their hour", late) % {"late": late}
    elif first is not None:
        hint = _("the next at %(time)s") % {"time": timezone.localtime(first).strftime("%H:%M")}
    return [
        Tile(
            title=_("Call-backs of today"),
            value=_up_to_most(len(hours)),
            hint=hint,
            url=f"{address}?work=call_backs",
            tone="bad" if late else "",
        )
    ]


def next_business_hour(now: datetime) -> datetime:
    """The moment by which the service will have worked an hour; an hour from now where no calendar says when it works."""
    target = Book().target(Contact.Kind.REQUEST, 1, now)
    try:
        found = add_business_time(now, 60, target.calendar) if target else None
    except NeverOpen:
        found = None
    return found or now + timedelta(hours=1)


def _up_to_most(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
