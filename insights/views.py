"""The managers' pages: the figures, the lists behind each number, and their exports."""

from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.catalogue import Rows
from contact_center.figures import export
from contact_center.figures.half_hours import clock, half_hour_label, weekday_name
from contact_center.figures.hours import When
from contact_center.figures.lists import LISTS, MODELS, MOMENTS, Place, all_rows, is_known, rows_behind, rows_next_to
from contact_center.figures.period import Period
from contact_center.figures.query import (
    EVENTS_ONLY,
    EVENTS_WITHOUT,
    WITHOUT,
    Against,
    By,
    Chosen,
    FiguresReport,
    current_parameters,
    figures,
    without_group,
)
from contact_center.figures.reasons import MISSES, has_reason, reason_of
from contact_center.figures.self_service import COLUMNS as SELF_SERVICE_COLUMNS
from contact_center.figures.self_service import as_rows, is_known_with
from contact_center.figures.unresolved.pairs import that_came_back_with
from contact_center.models import Call, Contact
from contact_center.models.call import CallQuerySet
from contact_center.models.contact import ContactQuerySet
from foundation.addresses import address
from foundation.files.downloads import CSV, download
from foundation.files.spreadsheets import csv_lines
from foundation.masking import Kind, seen
from foundation.office.links import change_address
from foundation.requests import Person, StaffRequest
from insights import figures_page as page
from insights.exports import csv_file, dialect_of, links, xlsx_file
from insights.forms import BY, OPENING_WORDS, QUEUE_PLACES, FiguresForm, ListForm
from insights.frozen.beside import frozen_line
from insights.models import WatchAlert
from insights.pages import FIGURES
from insights.watching.showing import with_targets
from insights.watching.wording import alert_title

REPEATED = "repeated"  # the list of the contacts whose person came back
FILTERS = ("line", "topic", "agent", "team", "channel", "events")
FormT = TypeVar("FormT", bound=FiguresForm)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def figures_view(request: StaffRequest) -> HttpResponse:
    """The figures of a period beside the year before; every number leads to its list."""
    today = timezone.localdate()
    form, note = bound(FiguresForm, request)
    context: dict[str, Any] = {
        "filters": form,
        "presets": ready_periods(request, form, "figures", kept=(*FILTERS, "by")),
        "period": {},
    }
    if not form.is_valid():
        return render(request, "insights/figures.html", context, status=400)
    by: By = form.cleaned_data["by"] or "line"
    monthly = _report(form, by="month")
    grouped = monthly if by == "month" else _report(form, by=by, against=None, like=monthly)
    if monthly.basis_differs:
        messages.warning(request, basis_differs())
    context |= {
        "period": {
            "from": monthly.period.start,
            "to": monthly.period.end,
            "label": page.period_label(monthly.period) + (f" ({note})" if note else ""),
            "preset": next((one["label"] for one in context["presets"] if one["active"]), ""),
            "previous_label": page.period_label(monthly.previous.period) if monthly.previous else "",
        },
        "open_alerts": _open_alerts(request),
        "cards": with_targets(page.cards(monthly), form.chosen.line, monthly.period.end),
        "charts": page.charts(monthly, today),
        "breakdown": page.breakdown(grouped),
        "tabs": _tabs(request, by),
        "misses": page.misses(form.period, form.chosen, monthly.parameters, today=today),
        "splits": page.splits(monthly),
        "self_service": page.self_service_table(form.period) if is_known_with(form.chosen) else None,
        "self_service_url": _address("self_service_csv", page.query_of(form.period, form.chosen)),
        "partial_note": page.only_of_all_calls() if form.chosen.is_of_answered_calls else "",
        "mass_events": page.mass_events(monthly),
        "from_counters": page.from_counters(monthly),
        "frozen": frozen_line(monthly),
        "exports": _exports(monthly, by),
        "definitions": [
            *page.shown_definitions(monthly.definitions),
            page.self_service_definition(),
            *([page.counters_definition()] if monthly.counters else []),
        ],
        "computed_at": monthly.computed_at,
        "stale": monthly.is_stale,
    }
    return render(request, "insights/figures.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The figures as CSV (`for=excel`: for a double click) or XLSX, by the groups of the page; 404 for unusable filters."""
    form, _note = bound(FiguresForm, request)
    if not form.is_valid():
        raise Http404
    report = _report(form, by=form.cleaned_data["by"] or "line", against=None)
    name = f"figures-{report.period.start}-{report.period.end}.{kind}"
    if kind == "csv":
        text = StringIO()
        export.write_csv(report, text, dialect_of(request))
        return download(text.getvalue().encode(), name, CSV)
    return xlsx_file(name, export.workbook(report))


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def self_service_view(request: StaffRequest) -> HttpResponseBase:
    """What customers settled alone, by month and kind, as CSV (`for=excel`: for a double click); 404 for unusable filters."""
    form, _note = bound(FiguresForm, request)
    if not form.is_valid():
        raise Http404
    name = f"self-service-{form.period.start}-{form.period.end}.csv"
    return csv_file(request, name, SELF_SERVICE_COLUMNS, as_rows(form.period))


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def calls_view(request: StaffRequest) -> HttpResponseBase:
    """The calls or contacts that a number counts, newest first; as CSV with `format=csv` (`for=excel`: for a double click).

    404 for filters that cannot be used, and for a number that is not known with them.
    """
    form, _note = bound(ListForm, request)
    if not form.is_valid():
        raise Http404
    reason, then = form.cleaned_data["reason"], form.cleaned_data["then"]
    key = MISSES if reason else REPEATED if then else form.cleaned_data["figure"]
    key = key or ("answered" if form.chosen.is_of_answered_calls else "offered")
    model, moment = MODELS[LISTS[key].rows], MOMENTS[LISTS[key].rows]
    if not request.user.has_perm(f"contact_center.view_{model._meta.model_name}"):
        raise PermissionDenied
    parameters = current_parameters()
    if not is_known(key, form.chosen, parameters):
        raise Http404
    behind = rows_behind(
        *(key, form.period, form.chosen, parameters),
        user=request.user,
        today=timezone.localdate(),
        when=form.when,
    )
    if reason:
        behind = behind.filter(has_reason(reason))
    elif then:
        behind = that_came_back_with(behind, then)
    rows: QuerySet[Any]
    if isinstance(behind, ContactQuerySet):
        rows = behind.for_list().select_related("call")
    else:
        assert isinstance(behind, CallQuerySet), "a list is one of calls or of contacts"
        rows = behind.for_list()
    days = parameters.repeat_contact_days
    if request.GET.get("format") == "csv":
        lines = csv_lines(CSV_COLUMNS, _csv_rows(all_rows(rows), days, request.user), dialect=dialect_of(request))
        return download(lines, f"{key}-{form.period.start}-{form.period.end}.csv", CSV)
    found = rows_next_to(Place.read(request.GET.get("place", "")), rows, moment)
    limits = _labels_of(form.when)
    query = page.query_of(
        form.period, form.chosen, figure=key, **{name: value for name, value, _label in limits}, **form.further
    )
    further = _further(form)
    labels = [*_chosen_labels(form.chosen), *((name, label) for name, _value, label in limits)]
    context = {
        "heading": _heading(key, form.period, labels, further),
        "chips": _chips(query, key, form.period, labels, further),
        "columns": CALL_COLUMNS if model is Call else CONTACT_COLUMNS,
        "rows": [_shown(_facts(row, days), request.user) for row in found.rows],
        "page": {
            "previous_url": _address("calls", query, place=str(found.newer)) if found.newer else None,
            "next_url": _address("calls", query, place=str(found.older)) if found.older else None,
            "shown": len(found.rows),
        },
        "exports": [
            {"label": "CSV", "url": _address("calls", query, format="csv")},
            {"label": _("CSV for Excel"), "url": _address("calls", query, format="csv", **{"for": "excel"})},
        ],
        "back_url": _address("hours" if limits else "figures", page.query_of(form.period, form.chosen)),
    }
    return render(request, "insights/call_list.html", context)


def _open_alerts(request: StaffRequest) -> list[str]:
    """What is outside its control limits now, in a line each, for those who may see it."""
    if not request.user.has_perm("insights.view_watchalert"):
        return []
    alerts = WatchAlert.objects.filter(ended_on__isnull=True).select_related("line").order_by("-pk")
    return [alert_title(alert) for alert in alerts]


# --- Addresses and periods


def bound(form_class: Callable[[QueryDict], FormT], request: HttpRequest) -> tuple[FormT, str]:
    """The form filled in from the address; where it has no dates, with the default period and a note that names it."""
    data, note = request.GET.copy(), ""
    if not data.get("from") and not data.get("to"):
        period, note = page.default_period(timezone.localdate())
        data["from"], data["to"] = period.start.isoformat(), period.end.isoformat()
    return form_class(data), note


def _report(
    form: FiguresForm, *, by: By, against: Against | None = "previous-year", like: FiguresReport | None = None
) -> FiguresReport:
    chosen = form.chosen
    return figures(
        form.period,
        line=chosen.line,
        topic=chosen.topic,
        agent=chosen.agent,
        team=chosen.team,
        channel=chosen.channel,
        events=chosen.events,
        by=by,
        against=against,
        like=like,
    )


def ready_periods(request: HttpRequest, form: FiguresForm, name: str, *, kept: Iterable[str]) -> list[dict[str, Any]]:
    """The ready periods of the page with this name of its address, as {label, url, active}; these of its parameters are kept."""
    others = {parameter: value for parameter in kept if (value := request.GET.get(parameter))}
    now = form.data.get("from"), form.data.get("to")
    found = []
    for label, period in page.presets(timezone.localdate()):
        dates = {"from": period.start.isoformat(), "to": period.end.isoformat()}
        found.append({"label": label, "url": _address(name, dates | others), "active": now == tuple(dates.values())})
    return found


def _tabs(request: HttpRequest, by: By) -> list[dict[str, Any]]:
    """By what the period can be counted, with everything else of the address kept."""
    asked = request.GET.copy()
    found = []
    for value, label in BY:
        asked["by"] = value
        found.append({"label": label, "url": f"?{asked.urlencode()}#breakdown", "active": value == by})
    return found


def _exports(report: FiguresReport, by: str) -> list[dict[str, str]]:
    return links("figures_csv", page.query_of(report.period, report.chosen, by=by), xlsx="figures_xlsx")


def _address(name: str, query: dict[str, str], **more: str) -> str:
    return f"{address(name)}?{urlencode(query | more)}"


def basis_differs() -> str:
    """That the stored counts go by other thresholds than the settings, and what to do about it."""
    return _(
        "The counts were made under other thresholds than the settings have now; these are the ones shown. Rebuild them"
        " with the command “figures --rebuild”."
    )


# --- Lists

CALL_COLUMNS = [
    "moment",
    "line",
    "caller",
    "customer",
    "topic",
    "agent",
    "wait",
    "talk",
    "outcome",
    "first_level",
    "reason",
    "repeated",
]
CONTACT_COLUMNS = [
    "moment",
    "line",
    "caller",
    "customer",
    "topic",
    "agent",
    "talk",
    "outcome",
    "first_level",
    "reason",
    "repeated",
]
CSV_COLUMNS = [
    "arrived_at",
    "channel",
    "line",
    "address",
    "customer",
    "topic",
    "agent",
    "wait_seconds",
    "talk_seconds",
    "disposition",
    "outcome",
    "first_level",
    "came_back_on",
    "contact",
    "reason",
]
TONES: dict[str, str] = {
    Call.Disposition.ANSWERED: "good",
    Call.Disposition.ABANDONED: "bad",
    Contact.Outcome.RESOLVED: "good",
    Contact.Outcome.UNRESOLVED: "warn",
}


def _facts(row: Call | Contact, days: int) -> dict[str, Any]:
    """What a list shows of a call or of a contact, the same for both."""
    call: Call | None
    contact: Contact | None
    if isinstance(row, Call):
        call, contact = row, row.contact
        moment, channel, address = row.queued_at, Contact.Channel.PHONE.value, row.caller
    else:
        call, contact = getattr(row, "call", None), row
        moment, channel, address = row.started_at, row.channel, row.address
    came_back = contact.repeated_on if contact else None
    return {
        "row": row,
        "moment": moment,
        "call": call,
        "contact": contact,
        "channel": channel,
        "line": row.line,
        "address": address,
        "customer": contact.customer if contact else None,
        "topic": contact.topic if contact else None,
        "agent": row.agent,
        "first_level": contact.first_level if contact and contact.in_base else None,
        "reason": reason_of(level=contact.level, escalation=contact.escalation, outcome=contact.outcome)
        if contact and contact.handled and not contact.first_level
        else "",
        "repeated": bool(contact and contact.in_base and came_back and (came_back - contact.day).days <= days),
    }


def _shown(facts: dict[str, Any], reader: Person) -> dict[str, Any]:
    """A row of the page. It names nobody: the code of a customer leads to the file, and opening that is written down."""
    row, call, contact = facts["row"], facts["call"], facts["contact"]
    coded = contact.outcome if contact else ""
    outcome = (
        {"label": contact.get_outcome_display(), "tone": TONES.get(coded, "")}
        if coded
        else {"label": row.get_disposition_display(), "tone": TONES.get(row.disposition, "")}
        if isinstance(row, Call)
        else {"label": contact.get_outcome_display(), "tone": "warn"}
    )
    customer = facts["customer"]
    return {
        "moment": facts["moment"],
        "url": _back_office(contact or call),
        "line": facts["line"] or Contact.Channel(facts["channel"]).label,
        "caller": seen(reader, Kind.TELEPHONE, facts["address"]),
        "customer": {"label": customer.code, "url": _back_office(customer)} if customer else None,
        "topic": facts["topic"],
        "agent": facts["agent"],
        "wait": page.minutes(call.wait_seconds) if call and call.wait_seconds is not None else None,
        "talk": page.minutes(call.talk_seconds)
        if call and call.answered_at and call.talk_seconds is not None
        else None,
        "outcome": outcome,
        "first_level": facts["first_level"],
        "reason": page.reason_words(facts["reason"]) if facts["reason"] else "",
        "repeated": facts["repeated"],
    }


def _csv_rows(rows: Iterator[Any], days: int, reader: Person) -> Iterator[list[Any]]:
    """The rows of the list's CSV: codes, seconds, ISO moments."""
    for row in rows:
        facts = _facts(row, days)
        call, contact = facts["call"], facts["contact"]
        yield [
            timezone.localtime(facts["moment"]).isoformat(),
            str(facts["channel"]),
            facts["line"].code if facts["line"] else None,
            seen(reader, Kind.TELEPHONE, facts["address"]),
            facts["customer"].code if facts["customer"] else None,
            facts["topic"].code if facts["topic"] else None,
            facts["agent"].code if facts["agent"] else None,
            call.wait_seconds if call else None,
            call.talk_seconds if call else None,
            str(call.disposition) if call else None,
            str(contact.outcome) if contact else None,
            facts["first_level"],
            contact.repeated_on if facts["repeated"] else None,
            contact.number if contact else None,
            facts["reason"],
        ]


def _further(form: ListForm) -> list[tuple[str, str]]:
    """The reason of the misses, or the topic with which people came back, in words."""
    found = []
    if reason := form.cleaned_data["reason"]:
        found.append(("reason", page.reason_words(reason)))
    if then := form.cleaned_data["then"]:
        name = without_group("topic") if then is WITHOUT else then.name
        found.append(("then", _("came back with: %(topic)s") % {"topic": name}))
    return found


def _heading(list_key: str, period: Period, labels: list[tuple[str, str]], further: list[tuple[str, str]]) -> str:
    """Calls – short abandons, March 2019, Assistenza Camperisti."""
    what = _("Calls") if LISTS[list_key].rows == Rows.CALLS else _("Contacts")
    parts = [str(LISTS[list_key].listed), page.period_label(period)]
    parts += [label for _name, label in [*labels, *further]]
    return f"{what} – {', '.join(parts)}"


def _chips(
    query: dict[str, str], list_key: str, period: Period, labels: list[tuple[str, str]], further: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"label": str(LISTS[list_key].listed), "remove_url": None},
        {"label": page.period_label(period), "remove_url": None},
    ]
    for name, label in [*labels, *further]:
        others = {key: value for key, value in query.items() if key != name}
        found.append({"label": label, "remove_url": _address("calls", others)})
    return found


def _labels_of(when: When) -> list[tuple[str, str, str]]:
    """What of the hours of the week a list is limited to: name and value in its address, and in words."""
    found = []
    if when.weekday is not None:
        found.append(("weekday", str(when.weekday), weekday_name(when.weekday)))
    if when.half_hour is not None:
        found.append(("half_hour", clock(when.half_hour), half_hour_label(when.half_hour)))
    if when.opening is not None:
        found.append(("hours", when.opening, str(dict(OPENING_WORDS)[when.opening])))
    if when.queue is not None:
        place = "first" if when.is_first else "later"
        found += [("queue", when.queue.code, when.queue.name), ("in_queue", place, str(dict(QUEUE_PLACES)[place]))]
    return found


def _chosen_labels(chosen: Chosen) -> list[tuple[str, str]]:
    found = []
    for name in ("line", "topic", "agent", "team"):
        if (value := getattr(chosen, name)) is WITHOUT:
            found.append((name, without_group(name)))
        elif value is not None:
            found.append((name, value.name))
    if chosen.channel:
        found.append(("channel", str(Contact.Channel(chosen.channel).label)))
    if chosen.events:
        words = {EVENTS_WITHOUT: _("without mass events"), EVENTS_ONLY: _("only mass events")}
        found.append(("events", words[chosen.events]))
    return found


def _back_office(row: Model | None) -> str | None:
    """Where the back office shows the row, if it does."""
    return change_address(row) or None if row is not None else None
