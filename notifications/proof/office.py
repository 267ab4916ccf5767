"""The page of the proof in the back office, and its files."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.dates import ROME
from foundation.files.downloads import CSV, PDF, download
from foundation.form_fields import DayField
from foundation.requests import Reader, StaffRequest
from notifications.models import Notice
from notifications.proof.query import FAULTS, Why, counts_of, last_day, rows_of
from notifications.proof.report import checksums_of, csv_of, lines_of, pdf_of, signatures_of

SEES = ("notifications.change_notice", "customers.view_accesslog")  # either: who decides about notices, who audits
MOST_SHOWN = 200
LONGEST = 366  # days


class PeriodForm(forms.Form):
    """From which expiry to which."""

    first = DayField(label=gettext_lazy("Expiring from"))
    last = DayField(label=gettext_lazy("until"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            if last < first:
                self.add_error("last", _("The period ends before it begins."))
            elif (last - first).days >= LONGEST:
                self.add_error("last", _("A year at most."))
            elif last > last_day(timezone.localdate(timezone.now(), ROME)):
                self.add_error("last", _("The term of these policies is not over yet."))
        return cleaned


def usual_period(today: date) -> dict[str, date]:
    """The last whole month of expiries whose terms are over."""
    end = last_day(today) + timedelta(days=1)
    last = end.replace(day=1) - timedelta(days=1)
    return {"first": last.replace(day=1), "last": last}


def may_open(user: Reader) -> bool:
    """Whether the person may see the proof."""
    return any(user.has_perm(word) for word in SEES)


def proof_view(request: StaffRequest) -> HttpResponseBase:
    """What became of the alerts of a period; as CSV, as PDF, or as the checksums of both with `format`."""
    if not may_open(request.user):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    today = timezone.localdate(timezone.now(), ROME)
    usual = usual_period(today)
    given = {name: request.GET.get(name) or f"{day:%Y-%m-%d}" for name, day in usual.items()}
    form = PeriodForm(given)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        if (wanted := request.GET.get("format")) is not None:
            return _file(wanted, first, last, today)
        context |= _found(first, last)
    site = {**admin.site.each_context(request), "title": _("Proof of the alerts"), "opts": Notice._meta}
    return TemplateResponse(request, "office/alert_proof.html", site | context)


def _found(first: date, last: date) -> dict[str, Any]:
    counts = counts_of(first, last)
    lines = lines_of(counts)
    faults = [
        {
            "row": row,
            "policy_url": reverse("admin:customers_policy_change", args=[row.policy_id]),
            "notice_url": reverse("admin:notifications_notice_change", args=[row.notice_id]) if row.notice_id else "",
            "why": Why(row.why).label,
        }
        for row in rows_of(first, last, verdicts=FAULTS, most=MOST_SHOWN)
    ]
    number = sum(line.number for line in lines if line.is_fault)
    here = reverse("admin:notifications_notice_proof")
    files = [
        (label, f"{here}?{urlencode({'first': f'{first}', 'last': f'{last}', 'format': kind})}")
        for kind, label in (("csv", "CSV"), ("pdf", "PDF"), ("sha256", _("Checksums (SHA-256)")))
    ]
    return {
        "lines": lines,
        "total": sum(counts.values()),
        "faults": faults,
        "number_of_faults": number,
        "most_shown": MOST_SHOWN,
        "signatures": signatures_of(first, last),
        "files": files,
    }


def _file(wanted: str, first: date, last: date, today: date) -> HttpResponseBase:
    name = f"alerts-{first}-{last}"
    if wanted not in ("csv", "pdf", "sha256"):
        return HttpResponse(status=404)
    table = csv_of(first, last)
    if wanted == "csv":
        return download(table, f"{name}.csv", CSV)
    checksum = checksums_of([("", table)]).partition(" ")[0]
    document = pdf_of(first, last, checksum=checksum, on=today)
    if wanted == "pdf":
        return download(document, f"{name}.pdf", PDF)
    sums = checksums_of([(f"{name}.csv", table), (f"{name}.pdf", document)])
    return download(sums.encode(), f"{name}.sha256", "text/plain; charset=utf-8")
