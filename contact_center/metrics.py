"""Figures about calls and contacts for the first page of the back office: today's, each from a short index scan."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.models import Call, Contact, SatisfactionSurvey, TollFreeLine

SURVEY_DAYS = 30
MOST = 999  # counted no further: a page must not cost more on a bad day


def panels(user: Any) -> list[dict[str, Any]]:
    """Today's calls by line, contacts open and overdue; each for who may see the rows it counts."""
    shown = []
    if user.has_perm("contact_center.view_call"):
        shown += _calls_today(user)
    if user.has_perm("contact_center.view_contact"):
        shown += _contacts_waiting(user)
    if user.has_perm("contact_center.view_satisfactionsurvey"):
        shown.append(_surveys_answered())
    return shown


def _surveys_answered() -> dict[str, Any]:
    """How many of those who were asked have answered, and what they said; the base beside each share."""
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
    return {
        "title": _("Answers to “Was it resolved?”"),
        "value": f"{number_format(round(100 * answered / asked, 1), 1)} %" if asked else "–",
        "hint": hint % counted if asked else _("Nobody was asked in 30 days"),
        "url": reverse("admin:contact_center_satisfactionsurvey_changelist"),
        "tone": "",
    }


def _calls_today(user: Any) -> list[dict[str, Any]]:
    today = Call.objects.visible_to(user).filter(day=timezone.localdate()).order_by()
    answered = Count("pk", filter=Q(answered_at__isnull=False))
    counts = {row["line"]: row for row in today.values("line").annotate(offered=Count("pk"), answered=answered)}
    address = reverse("admin:contact_center_call_changelist")
    shown = []
    for line in TollFreeLine.objects.filter(is_active=True):
        row = counts.get(line.pk, {"offered": 0, "answered": 0})
        lost = row["offered"] - row["answered"]
        shown.append(
            {
                "title": line.name,
                "value": _("%(answered)d of %(offered)d") % {"answered": row["answered"], "offered": row["offered"]},
                "hint": _("calls answered today")
                if not lost
                else ngettext(
                    "calls answered today; %(lost)d not answered", "calls answered today; %(lost)d not answered", lost
                )
                % {"lost": lost},
                "url": f"{address}?line__id__exact={line.pk}",
                "tone": "",
            }
        )
    return shown


def _contacts_waiting(user: Any) -> list[dict[str, Any]]:
    visible = Contact.objects.visible_to(user).order_by()
    waiting = visible.open()[: MOST + 1].count()
    overdue = visible.overdue(timezone.now())[: MOST + 1].count()
    address = reverse("admin:contact_center_contact_changelist")
    return [
        {
            "title": _("Open contacts"),
            "value": _up_to_most(waiting),
            "hint": _("in the queue, by what is due"),
            "url": address,
            "tone": "",
        },
        {
            "title": _("Overdue contacts"),
            "value": _up_to_most(overdue),
            "hint": _("past the time promised for an answer") if overdue else _("Nothing is late"),
            "url": f"{address}?work=overdue",
            "tone": "bad" if overdue else "good",
        },
    ]


def _up_to_most(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
