"""The page of the pooled results in the back office, and its CSV."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.dates import ROME
from foundation.files.downloads import CSV, download
from foundation.files.spreadsheets import csv_lines
from foundation.form_fields import DateInput
from foundation.requests import StaffRequest
from promotions.families import family_of
from promotions.models import Promotion, PromotionOutcome
from promotions.models.outcome import PromotionOutcomeQuerySet
from promotions.results.interval import Difference
from promotions.results.pooling import USUAL_SHARE, WORTH_SEEING, Pooled, Stratum, held_out_needed, pooled
from promotions.results.query import AFTER_DAYS

SEES = "promotions.view_promotionoutcome"
LONGEST = 3_660  # days: ten years
POOLED = ("pooled", "promotion")


class PeriodForm(forms.Form):
    """Promotions that began from which day until which."""

    first = forms.DateField(label=gettext_lazy("Begun from"), widget=DateInput)
    last = forms.DateField(label=gettext_lazy("until"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        elif first and last and (last - first).days > LONGEST:
            self.add_error("last", _("Ten years at most."))
        return cleaned


@dataclass(frozen=True)
class Line:
    """A family of products of one controller: both questions about it, and how many more must be held out to see half a point."""

    family: str
    controller: str
    policies: Pooled
    contacts: Pooled
    needed: int

    @property
    def is_enough(self) -> bool:
        """Whether so many were held out that half a point would be seen."""
        return self.policies.of_held_out >= self.needed


def results_view(request: StaffRequest) -> HttpResponseBase:
    """What promotions change, pooled over agencies and months; as CSV with `format=csv`."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    today = timezone.localdate(timezone.now(), ROME)
    usual = {"first": today - timedelta(days=365 + AFTER_DAYS), "last": today - timedelta(days=AFTER_DAYS)}
    form = PeriodForm({name: request.GET.get(name) or f"{day:%Y-%m-%d}" for name, day in usual.items()})
    here = reverse("admin:promotions_promotion_results")
    context: dict[str, Any] = {"form": form, "after_days": AFTER_DAYS}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        outcomes = outcomes_of(request.user, first, last)
        if request.GET.get("format") == "csv":
            name = _("promotions-%(first)s-%(last)s.csv") % {"first": first, "last": last}
            return download(csv_of(outcomes), name, CSV)
        context |= {
            "lines": lines_of(outcomes),
            "pending": _begun(Promotion.objects.visible_to(request.user), first, last)
            .filter(state__in=(*WITHOUT_OUTCOME, Promotion.State.FINISHED), outcome__isnull=True)
            .count(),
            "csv_url": f"{here}?{urlencode({'first': first, 'last': last, 'format': 'csv'})}",
        }
    site = {**admin.site.each_context(request), "title": _("Results over promotions"), "opts": Promotion._meta}
    return TemplateResponse(request, "office/promotion_results.html", site | context)


WITHOUT_OUTCOME = (Promotion.State.SENDING, Promotion.State.PAUSED, Promotion.State.STOPPED)


def outcomes_of(user: Any, first: date, last: date) -> list[PromotionOutcome]:
    """The outcomes within the user's reach of the promotions that began in the period, the first first."""
    rows: PromotionOutcomeQuerySet = PromotionOutcome.objects.visible_to(user)
    found = _begun(rows, first, last, "promotion__").select_related("promotion__agency")
    return list(found.defer("promotion__text", "promotion__sms_text").order_by("promotion__begun_at", "promotion"))


def _begun(rows: Any, first: date, last: date, path: str = "") -> Any:
    since = datetime.combine(first, time.min, ROME)
    until = datetime.combine(last + timedelta(days=1), time.min, ROME)
    return rows.filter(**{f"{path}begun_at__gte": since, f"{path}begun_at__lt": until})


def lines_of(outcomes: Iterable[PromotionOutcome]) -> list[Line]:
    """A line for each family of products and controller that has promotions."""
    groups: dict[tuple[int, str], list[PromotionOutcome]] = {}
    for each in outcomes:
        place, _name = family_of(each.promotion.ramo)
        groups.setdefault((place, each.promotion.controller), []).append(each)
    return [_line(rows) for _key, rows in sorted(groups.items())]


def _line(rows: list[PromotionOutcome]) -> Line:
    promotion = rows[0].promotion
    policies = pooled(map(policies_of, rows))
    ratio = policies.of_written / policies.of_held_out if policies.of_held_out else 0.0
    return Line(
        family=str(family_of(promotion.ramo)[1]),
        controller=promotion.get_controller_display(),
        policies=policies,
        contacts=pooled(map(contacts_of, rows)),
        needed=held_out_needed(USUAL_SHARE, WORTH_SEEING, written_per_held_out=ratio or 9),
    )


def policies_of(outcome: PromotionOutcome) -> Stratum:
    """Who took a policy of the line."""
    return Stratum(outcome.written_policies, outcome.of_written, outcome.held_out_policies, outcome.of_held_out)


def contacts_of(outcome: PromotionOutcome) -> Stratum:
    """Who contacted us."""
    return Stratum(outcome.written_contacts, outcome.of_written, outcome.held_out_contacts, outcome.of_held_out)


# --- CSV ------------------------------------------------------------------------------------------------------------
COLUMNS = (
    *("row", "family", "controller", "promotion", "agency", "begun_on", "promotions", "question"),
    *("written", "of_written", "held_out", "of_held_out", "points", "low", "high", "verdict", "counted_at"),
)


def csv_of(outcomes: list[PromotionOutcome]) -> bytes:
    """A line for each family, controller and question, and one for each promotion that is in it: what can be recomputed."""
    return "".join(csv_lines(COLUMNS, _rows(outcomes))).encode()


def _rows(outcomes: list[PromotionOutcome]) -> Iterator[list[Any]]:
    for line in lines_of(outcomes):
        for question, found in (("policies", line.policies), ("contacts", line.contacts)):
            numbers = [found.written, found.of_written, found.held_out, found.of_held_out]
            yield [
                *(POOLED[0], line.family, line.controller, "", "", "", found.promotions, question),
                *numbers,
                *_said(found.difference),
                "",
            ]
    for each in outcomes:
        promotion = each.promotion
        begun = timezone.localdate(promotion.begun_at, ROME) if promotion.begun_at else None
        for question, stratum in (("policies", policies_of(each)), ("contacts", contacts_of(each))):
            found = pooled([stratum])
            yield [
                *(POOLED[1], str(family_of(promotion.ramo)[1]), promotion.get_controller_display(), promotion.name),
                *(promotion.agency.code if promotion.agency else "", begun, 1, question),
                *(stratum.written, stratum.of_written, stratum.held_out, stratum.of_held_out),
                *_said(found.difference),
                each.counted_at,
            ]


def _said(difference: Difference | None) -> list[Any]:
    if difference is None:
        return ["", "", "", "too_few"]
    numbers = [round(each, 4) for each in (difference.points, difference.low, difference.high)]
    return [*numbers, "differs" if difference.tells else "not_shown"]
