"""The page of causes, and the complaints behind a cause with its months."""

from datetime import date, timedelta
from math import isinf
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from complaints.causes import queries
from complaints.causes.naming import GROUPING_NAMES, agency_names, cause_name
from complaints.causes.office import CAUSE_FIELDS, MAY_OPEN
from complaints.models import CauseAction, Complaint
from complaints.models.code import CodeList, label_of
from complaints.returns.views import ways_between
from foundation.chance import Change, Limits, count_limits, share_limits
from foundation.form_fields import DateInput
from foundation.numbers import whole_number
from foundation.requests import StaffRequest

SEES = "complaints.view_causeaction"
LONGEST = 1_100  # days: three years
PER_PAGE = 50


class CausesForm(forms.Form):
    """Of which days, and grouped by what."""

    first = forms.DateField(label=gettext_lazy("Received from"), widget=DateInput)
    last = forms.DateField(label=gettext_lazy("until"), widget=DateInput)
    by = forms.ChoiceField(label=gettext_lazy("By"), choices=[*GROUPING_NAMES.items()])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        elif first and last and (last - first).days > LONGEST:
            self.add_error("last", _("Three years at most."))
        elif first and first.year < 1922:
            self.add_error("first", _("Nothing was received so long ago."))
        return cleaned


def _usual(today: date) -> dict[str, str]:
    """The twelve months up to the end of the last one."""
    last = today.replace(day=1) - timedelta(days=1)
    first = (last - timedelta(days=340)).replace(day=1)
    return {"first": first.isoformat(), "last": last.isoformat(), "by": "reason"}


def _admitted(request: StaffRequest) -> None:
    if not request.user.has_perm(SEES):
        raise PermissionDenied


def _form(request: StaffRequest) -> CausesForm:
    usual = _usual(timezone.localdate())
    return CausesForm({name: request.GET.get(name) or value for name, value in usual.items()})


@require_safe
def causes_view(request: StaffRequest) -> HttpResponse:
    """Complaints by cause in a period against the same days of the year before."""
    _admitted(request)
    form = _form(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        first, last, by = (form.cleaned_data[name] for name in ("first", "last", "by"))
        lines = queries.cause_lines(by, first, last)
        agencies = agency_names()
        context |= {
            "grouping": GROUPING_NAMES[by],
            "before": " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in queries.year_before(first, last)),
            "lines": [_line(each, first, last, agencies) for each in lines],
            "is_cut": len(lines) == queries.MOST_LINES,
            "most": queries.MOST_LINES,
        }
    return _page(request, "office/causes.html", _("Causes of complaints"), context)


def _page(request: StaffRequest, template: str, title: Any, context: dict[str, Any]) -> HttpResponse:
    site = {**admin.site.each_context(request), "title": title, "opts": CauseAction._meta}
    return TemplateResponse(request, template, site | context)


def behind_address(cause: dict[str, str], first: date, last: date) -> str:
    """The address of the complaints of a cause in a period."""
    asked = {"first": first.isoformat(), "last": last.isoformat(), **cause}
    return f"{reverse('admin:complaints_causeaction_behind')}?{urlencode(asked)}"


def _line(line: queries.CauseLine, first: date, last: date, agencies: dict[str, str]) -> dict[str, Any]:
    before = queries.year_before(first, last)
    return {
        "name": cause_name(line.cause, agencies),
        "now": line.change.after,
        "now_url": behind_address(line.cause, first, last),
        "before": line.change.before,
        "before_url": behind_address(line.cause, *before),
        "ratio": ratio_shown(line.change),
        "verdict": _verdict(line),
        "tone": "" if not line.is_beyond_chance else "bad" if (line.change.ratio or 2) > 1 else "good",
        "is_small": line.change.is_small,
        "upheld": _share(line),
        "is_share_different": line.is_share_different,
        "rate": _per_contracts(line.change.after, line.contracts) if line.contracts_before else "",
        "rate_before": _per_contracts(line.change.before, line.contracts_before) if line.contracts else "",
    }


def ratio_shown(change: Change) -> str:
    """A ratio with its interval: × 1.40 (1.10–1.80)."""
    if change.ratio is None:
        return _("none before")
    high = "∞" if isinf(change.high) else _two(change.high)
    return f"× {_two(change.ratio)} ({_two(change.low)}–{high})"


def _two(value: float) -> str:
    return str(number_format(round(value, 2), 2, force_grouping=True))


def _verdict(line: queries.CauseLine) -> str:
    if line.is_beyond_chance:
        return _("more than chance") if (line.change.ratio or 2) > 1 else _("fewer, more than by chance")
    return _("too few to say") if line.change.is_small else _("may be chance")


def _share(line: queries.CauseLine) -> str:
    if not line.decided:
        return "–"
    share, low, high = (
        number_format(round(100 * each, 1), 1)
        for each in (line.upheld / line.decided, line.share_low, line.share_high)
    )
    return _("%(upheld)d of %(decided)d: %(share)s%% (%(low)s–%(high)s)") % {
        "upheld": line.upheld,
        "decided": line.decided,
        "share": share,
        "low": low,
        "high": high,
    }


def _per_contracts(number: int, contracts: int | None) -> str:
    return _two(number * 10_000 / contracts) if contracts else ""


# --- Behind a cause ---------------------------------------------------------------------------------------------------
@require_safe
def behind_view(request: StaffRequest) -> HttpResponse:
    """The complaints of a cause, by pages, with its months and their limits of chance."""
    _admitted(request)
    form = _form(request)
    if not form.is_valid():
        raise Http404
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    cause = {name: request.GET[name] for name in queries.COLUMNS if name in request.GET}
    rows = queries.of_cause(queries.with_causes(Complaint.objects.visible_to(request.user)), cause)
    rows = rows.filter(queries.received_between(first, last)).order_by("-year", "-sequence")
    number = whole_number(request.GET.get("page", ""), most_digits=6) or 1
    shown = Paginator(rows.defer("text", "answer", "reasons"), PER_PAGE).get_page(number)
    ways = ways_between(request, shown)
    months = queries.months_of(cause, first, last)
    opens = {name: value for name, value in cause.items() if value and name in (*CAUSE_FIELDS, "agency")}
    context = {
        "cause": cause_name(cause, agency_names()) or _("all complaints"),
        "period": f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}",
        "rows": [_complaint(each) for each in shown.object_list],
        "shown": shown,
        "ways": ways,
        "months": _months(months),
        "open_url": _open_url(opens) if opens and request.user.has_perm(MAY_OPEN) else "",
    }
    return _page(request, "office/cause_behind.html", _("Complaints of a cause"), context)


def _open_url(cause: dict[str, str]) -> str:
    return f"{reverse('admin:complaints_causeaction_list_command', args=['apri'])}?{urlencode(cause)}"


def _complaint(row: Complaint) -> tuple[str, str, list[str]]:
    values = [
        date_format(row.received_on, "SHORT_DATE_FORMAT"),
        row.get_state_display(),
        label_of(CodeList.OUTCOME, row.outcome) or "–",
        label_of(CodeList.AREA, row.area) or "–",
        row.ramo or "–",
    ]
    return row.number, reverse("admin:complaints_complaint_change", args=[row.pk]), values


def _months(months: list[queries.Month]) -> list[dict[str, Any]]:
    counts = count_limits([each.received for each in months], [each.days for each in months])
    shares = share_limits([each.upheld for each in months], [each.decided for each in months])
    return [
        {
            "name": date_format(month.first, "F Y"),
            "received": month.received,
            "limits": _limits(count, 1),
            "is_outside": count.is_outside,
            "share": f"{month.upheld}/{month.decided}" if month.decided else "–",
            "share_limits": _limits(share, 100) if share else "–",
            "is_share_outside": bool(share and share.is_outside),
        }
        for month, count, share in zip(months, counts, shares, strict=True)
    ]


def _limits(limits: Limits, times: int) -> str:
    low, high = (number_format(round(times * each, 1), 1) for each in (limits.low, limits.high))
    return f"{low}–{high}{' %' if times == 100 else ''}"
