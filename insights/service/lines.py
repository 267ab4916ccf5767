"""Query: the numbers of the whole service in a period, beside those of a year before; each app is asked what it knows itself.

A reader gets the parts that they may see. Nothing here reads all calls or all notices: contacts and notices come from their kept
days, complaints and opinions are few, and what is open now comes from indexes that hold nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, F, Func, IntegerField, Q, Sum
from django.db.models.functions import Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.feedback import figures as opinions
from complaints.models import Complaint, Feedback
from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, figures
from contact_center.models import Contact
from contact_center.models.computed import RomeDate
from customers.models import User
from foundation.addresses import address
from foundation.dates import ROME
from notifications.sendings import figures as sendings
from promotions.models import Promotion
from promotions.models.promotion import State

MOST = 999  # counted no further
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the service: a count, a share (`value` of `of`), or a mean. None: not known. `before` is a year earlier's.

    `mean` is a mean in days or stars; `url` its list; `meaning` what is counted.
    """

    key: str
    label: str
    meaning: str
    value: int | None = None
    of: int | None = None
    mean: Decimal | None = None
    url: str = ""
    before: "Line | None" = None
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the service with its numbers of the period."""

    key: str
    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Risk:
    """What is late or soon will be, now: counted up to MOST. `is_bad`: some of it is late."""

    label: str
    number: int
    hint: str
    url: str
    is_bad: bool = False

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.number > MOST


def sections(user: User, period: Period, now: datetime) -> list[Section]:
    """The parts of the service that the reader may see, in their order."""
    found = [
        _beside(user, period, now, "writing", _("In writing"), _in_writing),
        _beside(user, period, now, "complaints", _("Complaints"), _complaints)
        if user.has_perm("complaints.view_complaint")
        else None,
        _beside(user, period, now, "opinions", _("Opinions"), _opinions)
        if user.has_perm("complaints.view_feedback_figures")
        else None,
        _beside(user, period, now, "notices", _("Notices"), _notices)
        if user.has_perm("notifications.view_notice")
        else None,
        _beside(user, period, now, "promotions", _("Promotions of the agencies"), _promotions)
        if user.has_perm("promotions.view_promotion")
        else None,
    ]
    return [section for section in found if section is not None]


def _beside(
    user: User,
    period: Period,
    now: datetime,
    key: str,
    title: str,
    ask: Callable[[User, Period, datetime], list[Line]],
) -> Section:
    """The numbers of the period, each with that of a year before."""
    before = {line.key: line for line in ask(user, period.a_year_before(), now)}
    return Section(key, title, [replace(line, before=before[line.key]) for line in ask(user, period, now)])


# --- Each part -----------------------------------------------------------------------------------------------------------
def _in_writing(user: User, period: Period, now: datetime) -> list[Line]:
    counts = figures(period, line=WITHOUT).totals

    def listed(figure: str) -> str:
        asked = {"from": period.start, "to": period.end, "line": WITHOUT.code, "figure": figure}
        return f"{address('calls')}?{urlencode(asked)}"

    return [
        Line(
            "handled",
            _("Requests dealt with"),
            _("Requests, mails and letters that came on these days and that somebody dealt with."),
            counts.handled,
            url=listed("handled"),
        ),
        Line(
            "first_level",
            _("Requests resolved at first level"),
            _("Of those dealt with, the ones that the first level resolved, as coded."),
            counts.first_level,
            counts.handled,
            url=listed("first_level"),
            is_share=True,
        ),
    ]


class _Days(Func):
    template, arg_joiner, output_field = "(%(expressions)s)", " - ", IntegerField()


def _complaints(user: User, period: Period, now: datetime) -> list[Line]:
    rows = Complaint.objects.visible_to(user).numbered().counted().order_by()
    rows = rows.filter(received_on__range=(period.start, period.end))
    first = Least(F("received_on"), F("received_by_intermediary_on"))  # NULLs are passed over
    answered = Q(state=Complaint.State.ANSWERED)
    found = rows.annotate(answered_on=RomeDate(F("answered_at"))).aggregate(
        received=Count("pk"),
        answered=Count("pk", filter=answered),
        in_time=Count("pk", filter=answered & Q(answered_on__lte=F("due_on"))),
        days=Sum(_Days(F("answered_on"), first), filter=answered),
    )
    listed = reverse("admin:complaints_complaint_changelist")
    of_period = f"{listed}?{urlencode({'work': 'all', 'received': f'{period.start}_{period.end}'})}"
    return [
        Line(
            "received",
            _("Complaints received"),
            _("Complaints that the company received on these days; the cancelled ones do not count."),
            found["received"],
            url=of_period,
        ),
        Line(
            "answered",
            _("Answered so far"),
            _("Of those received on these days, the ones that have their answer."),
            found["answered"],
            found["received"],
            is_share=True,
            url=of_period,
        ),
        Line(
            "in_time",
            _("Answered within the term"),
            _("Of those answered, within 45 days of the earlier receipt and the days for which the term stood still."),
            found["in_time"],
            found["answered"],
            is_share=True,
            url=of_period,
        ),
        Line(
            "days",
            _("Days to the answer, on average"),
            _("Calendar days from the earlier receipt to the answer, of those answered."),
            found["answered"],
            mean=Decimal(found["days"] or 0) / found["answered"] if found["answered"] else None,
            url=of_period,
        ),
    ]


def _opinions(user: User, period: Period, now: datetime) -> list[Line]:
    found = opinions.figures_of(period.start, period.end, user=user, now=now)
    asked = {"first": period.start, "last": period.end}
    page = f"{reverse('admin:complaints_feedback_figures')}?{urlencode(asked)}"
    ratings = found.with_text
    return [
        Line("given", _("Opinions given"), _("Opinions received on these days."), found.coverage.given, url=page),
        Line(
            "stars",
            _("Stars of opinions with words, on average"),
            _("From one to five; of those with words and a rating. Ratings without words are counted apart."),
            ratings.number,
            mean=ratings.mean,
            url=page,
        ),
        Line(
            "answered",
            _("Opinions answered"),
            _("Of those with words, the ones that were answered."),
            found.coverage.answered,
            found.coverage.with_text,
            is_share=True,
            url=page,
        ),
    ]


def _notices(user: User, period: Period, now: datetime) -> list[Line]:
    total = sendings.total_of(sendings.lines_of(period.start, period.end, now))
    asked = {"first": period.start, "last": period.end}
    page = f"{reverse('admin:notifications_notice_sendings')}?{urlencode(asked)}"
    return [
        Line(
            "written",
            _("Notices written"),
            _("Notices that were due on these days, on all channels."),
            total["written"],
            url=page,
        ),
        Line(
            "sent",
            _("Notices sent"),
            _("Of those written, the ones that left."),
            total["sent"],
            total["written"],
            is_share=True,
            url=page,
        ),
        Line(
            "lost",
            _("Did not arrive"),
            _("Of those sent, the ones that came back."),
            total["came_back"],
            total["sent"],
            is_share=True,
            url=page,
        ),
        Line(
            "refused",
            _("Could not be sent"),
            _("Notices that a channel refused, and those of which it is in doubt whether they left."),
            total["refused"] + total["in_doubt"],
            url=page,
        ),
    ]


def _promotions(user: User, period: Period, now: datetime) -> list[Line]:
    rows = Promotion.objects.visible_to(user).order_by()
    begun = rows.filter(begun_at__gte=_midnight(period.start), begun_at__lt=_midnight(period.end + timedelta(days=1)))
    listed = reverse("admin:promotions_promotion_changelist")
    return [
        Line(
            "begun",
            _("Promotions begun"),
            _("Promotions whose sending began on these days."),
            begun.count(),
            url=f"{listed}?work=all",
        ),
        Line(
            "stopped",
            _("Promotions stopped"),
            _("Of those begun on these days, the ones that were stopped."),
            begun.filter(state=State.STOPPED).count(),
            url=f"{listed}?work=all",
        ),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ROME)


# --- Now -------------------------------------------------------------------------------------------------------------------
def at_risk(user: User, now: datetime) -> list[Risk]:
    """What is late now or soon will be, of what the reader may see."""
    found = []
    if user.has_perm("contact_center.view_contact"):
        queue = reverse("admin:contact_center_contact_changelist")
        contacts = Contact.objects.visible_to(user).order_by()
        late = contacts.overdue(now)[: MOST + 1].count()
        found.append(
            Risk(
                _("Contacts past their term"),
                late,
                _("the answer was promised for earlier"),
                f"{queue}?work=overdue",
                late > 0,
            )
        )
        waiting = contacts.open()[: MOST + 1].count()
        found.append(Risk(_("Contacts in the queue"), waiting, _("open, by what is due"), queue))
    if user.has_perm("complaints.view_complaint"):
        today = timezone.localdate(now)
        register = reverse("admin:complaints_complaint_changelist")
        running = Complaint.objects.visible_to(user).open().due_by(today + timedelta(days=SOON_DAYS), today=today)
        counts = running.order_by().aggregate(soon=Count("pk"), late=Count("pk", filter=Q(term_on__lt=today)))
        found.append(
            Risk(
                _("Complaints past their term"),
                counts["late"],
                _("45 days, and those it stood still"),
                f"{register}?work=late",
                counts["late"] > 0,
            )
        )
        found.append(
            Risk(
                _("Complaints due within 7 days"),
                counts["soon"] - counts["late"],
                _("not late yet"),
                f"{register}?work=due",
            )
        )
    if user.has_perm("complaints.view_feedback"):
        opinions_open = Feedback.objects.visible_to(user).unanswered().order_by()[: MOST + 1].count()
        listed = reverse("admin:complaints_feedback_changelist")
        found.append(Risk(_("Opinions without an answer"), opinions_open, _("not closed yet"), listed))
    return found
