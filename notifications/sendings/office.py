"""The pages of sending in the back office, and the buttons on them."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from customers.models import Customer
from foundation.dates import ROME
from foundation.files.downloads import CSV, download
from foundation.form_fields import DayField
from foundation.masking import Kind, seen_of, seen_text, seen_text_of, show_to
from foundation.numbers import whole_number
from foundation.office.commands import Done, ListCommand
from foundation.requests import Reader, StaffRequest
from notifications import rates, resting
from notifications.channels import AUTOMATIC, Channel
from notifications.kinds import name_of
from notifications.models import ChannelCircuit, Notice
from notifications.queues import QUEUES
from notifications.sendings import figures
from notifications.sendings.causes import Cause, Decision
from notifications.sendings.commands import MOST, decide_failures
from notifications.sendings.counting import NUMBERS
from notifications.sendings.person import matters_of
from notifications.sendings.workers import deaf_queues
from notifications.services import wake_the_worker

SEES, DECIDES = "notifications.view_notice", "notifications.change_notice"
LONGEST = 3660  # days
MOST_CAMPAIGNS = 20
COUNTED = 999  # counted no further

COLUMNS = {
    "written": pgettext_lazy("numbers", "Written"),
    "waiting": pgettext_lazy("numbers", "Waiting"),
    "held": pgettext_lazy("numbers", "Held back"),
    "sent": pgettext_lazy("numbers", "Sent"),
    "arrived": pgettext_lazy("numbers", "Arrived"),
    "came_back": pgettext_lazy("numbers", "Came back"),
    "read": pgettext_lazy("numbers", "Read"),
    "refused": pgettext_lazy("numbers", "Refused"),
    "in_doubt": pgettext_lazy("numbers", "In doubt"),
    "withheld": pgettext_lazy("numbers", "Withheld"),
    "cost": pgettext_lazy("numbers", "Cost (EUR)"),
}
DECISIONS = {
    Decision.AGAIN: gettext_lazy("Try again"),
    Decision.SUPPRESS: gettext_lazy("Send nothing more there"),
    Decision.POST: gettext_lazy("Send by post"),
    Decision.WITHHOLD: gettext_lazy("Give up"),
}


class DaysForm(forms.Form):
    """From which day to which."""

    first = DayField(label=gettext_lazy("Written from"))
    last = DayField(label=pgettext_lazy("last day", "to"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            if last < first:
                self.add_error("last", _("The period ends before it begins."))
            elif (last - first).days >= LONGEST:
                self.add_error("last", _("Ten years at most."))
            elif first > timezone.localdate(timezone.now(), ROME):
                self.add_error("first", _("This day has not come yet."))
        return cleaned


# --- The page ------------------------------------------------------------------------------------------------------
def sendings_view(request: StaffRequest) -> HttpResponseBase:
    """What goes out now and went out on the days asked for; as CSV by `format`: days, or costs."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now = timezone.now()
    today = timezone.localdate(now, ROME)
    form = DaysForm({name: request.GET.get(name) or f"{today:%Y-%m-%d}" for name in ("first", "last")})
    if (wanted := request.GET.get("format")) == "costs":
        return _costs_file(today)
    context: dict[str, Any] = {"form": form, "presets": _presets(today)}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        lines = figures.lines_of(first, last, now)
        if wanted == "csv":
            return _days_file(lines, first, last)
        if wanted is not None:
            raise Http404
        context |= _of_the_days(lines, first, last, now)
    context |= _of_this_moment(request, now)
    site = {**admin.site.each_context(request), "title": _("Sending"), "opts": Notice._meta}
    return TemplateResponse(request, "office/sendings.html", site | context)


def _presets(today: date) -> list[tuple[Any, str]]:
    month = today.replace(day=1)
    spans = [
        (_("Today"), today, today),
        (_("Yesterday"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("Last seven days"), today - timedelta(days=6), today),
        (_("This month"), month, today),
        (_("Last month"), (month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
    ]
    return [(label, _here(first=first, last=last)) for label, first, last in spans]


def _here(**given: Any) -> str:
    return f"{reverse('admin:notifications_notice_sendings')}?{urlencode(given)}"


def _of_the_days(lines: list[figures.Line], first: date, last: date, now: datetime) -> dict[str, Any]:
    by_time = figures.sent_by_time(first, last, now)
    drawn = [
        _drawing(
            "by-time",
            _("Sent by hour") if (last - first).days < figures.LONGEST_BY_HOUR else _("Sent by day"),
            by_time,
        )
    ]
    if last >= timezone.localdate(now, ROME):
        drawn.append(_drawing("by-minute", _("Sent in each minute of the last hour"), figures.sent_by_minute(now)))
    return {
        "columns": COLUMNS.values(),
        "lines": [(line, _shown(line.numbers)) for line in lines],
        "total": _shown(figures.total_of(lines)),
        "charts": drawn,
        "files": [("CSV", _here(first=first, last=last, format="csv"))],
    }


def _shown(numbers: dict[str, Any]) -> list[str]:
    """The numbers of a line as people read them, the cost with its cents."""
    return [
        number_format(numbers[name], 2 if name == "cost" else 0, use_l10n=True, force_grouping=True)
        for name in NUMBERS
    ]


def _drawing(name: str, title: str, numbers: list[tuple[str, int]]) -> dict[str, Any]:
    series = [
        {"role": "answered", "name": pgettext("numbers", "Sent"), "values": [number for _label, number in numbers]}
    ]
    return {
        "json_id": f"chart-{name}",
        "title": title,
        "rows": numbers,
        "total": sum(number for _label, number in numbers),
        "most": max((number for _label, number in numbers), default=0),
        "data": {"kind": "bars", "unit": "", "categories": [label for label, _number in numbers], "series": series},
    }


def _of_this_moment(request: StaffRequest, now: datetime) -> dict[str, Any]:
    """What does not depend on the days: what waits, what rests, what failed, what it costs, what campaigns do."""
    oldest = figures.oldest_waiting(now)
    for each in oldest:
        show_to(each, request.user)
    decides = request.user.has_perm(DECIDES)
    costs = figures.costs_of(timezone.localdate(now, ROME))
    channels = sorted({channel for _month, by_channel, _sum in costs for channel in by_channel})
    return {
        "oldest": [
            {
                "notice": each,
                "kind": name_of(each.kind),
                "said": seen_text_of(each, str(each)),
                "problem": seen_text_of(each, each.problem),
                "since": each.send_after,
                "url": reverse("admin:notifications_notice_change", args=[each.pk]),
            }
            for each in oldest
        ],
        "held": _counted(Notice.objects.visible_to(request.user).held_back()),
        "beyond": _counted(Notice.objects.visible_to(request.user).beyond_limits()),
        "limits": [(each, _limit_in_words(each)) for each in rates.reached({notice.kind for notice in oldest})],
        "circuits": _circuits(now, decides=decides),
        "queues": _queues(now),
        "failures": [_failure(each, request.user, decides=decides) for each in figures.failures_of(now)],
        "cost_channels": [Channel(channel).label for channel in channels],
        "costs": [
            (month, [by_channel.get(channel) for channel in channels], sum_) for month, by_channel, sum_ in costs
        ],
        "costs_url": _here(format="costs"),
        "campaigns": [
            campaign for campaigns in figures.CAMPAIGNS for campaign in campaigns(request.user, MOST_CAMPAIGNS)
        ],
        "list_url": reverse("admin:notifications_notice_changelist"),
    }


def _counted(notices: Any) -> str:
    number = notices.order_by()[: COUNTED + 1].count()
    return f"{COUNTED}+" if number > COUNTED else str(number)


def _limit_in_words(limit: rates.Reached) -> str:
    if limit.what == rates.ALL:
        what = _("all notices")
    else:
        what = str(Channel(limit.what).label) if limit.what in Channel.values else name_of(limit.what)
    window = _("an hour") if limit.window == rates.HOUR else _("a day")
    words = {"what": what, "number": limit.number, "most": limit.most, "window": window, "setting": limit.setting}
    return _("%(what)s: %(number)d in %(window)s, %(most)d at most (%(setting)s). The rest waits.") % words


def _circuits(now: datetime, *, decides: bool) -> list[dict[str, Any]]:
    known = {each.channel: each for each in ChannelCircuit.objects.select_related("asked_by")}
    found = []
    for channel in AUTOMATIC:
        circuit = known.get(channel)
        until = circuit.rests_until if circuit is not None else None
        rests = until is not None
        try_url = f"{_command_url(TryChannel.name)}?{urlencode({'channel': channel.value})}"
        found.append(
            {
                "name": channel.label,
                "circuit": circuit,
                "rests": rests,
                "is_tried": until is not None and until <= now,
                "is_slow": circuit is not None and circuit.slow_until is not None and circuit.slow_until > now,
                "try_url": try_url if rests and decides else "",
            }
        )
    return found


def _queues(now: datetime) -> list[tuple[str, Any, bool]]:
    deaf = deaf_queues(now)
    return [(each.name, each.label, each.name in deaf) for each in QUEUES]


def _failure(group: figures.Failures, reader: Reader, *, decides: bool) -> dict[str, Any]:
    address = _command_url("in-dubbio" if group.cause is Cause.DOUBT else DecideFailures.name)
    usual = group.cause.usual
    others = [each for each in Decision if each is not usual and _is_possible(group.cause, each)]
    buttons: list[tuple[Any, str]] = [
        (DECISIONS[each], f"{address}?{urlencode({'cause': group.cause.value, 'decision': each.value})}")
        for each in (usual, *others)
    ]
    if group.cause is Cause.DOUBT:
        buttons = [(_("Decide those in doubt"), address)]
    return {
        "group": group,
        "examples": [seen_text(reader, words) for words in group.examples],
        "buttons": buttons if decides else [],
        "newest": [(pk, reverse("admin:notifications_notice_change", args=[pk])) for pk in group.newest],
    }


def _is_possible(cause: Cause, decision: Decision) -> bool:
    return decision is not Decision.SUPPRESS or cause is Cause.NO_MAILBOX


def _command_url(name: str) -> str:
    return reverse("admin:notifications_notice_list_command", args=[name])


# --- The files -----------------------------------------------------------------------------------------------------
def _days_file(lines: list[figures.Line], first: date, last: date) -> HttpResponseBase:
    rows = [["kind", "channel", *NUMBERS]]
    rows += [[line.kind, line.channel, *(str(line.numbers[name]) for name in NUMBERS)] for line in lines]
    return download(_csv_of(rows), f"sendings-{first}-{last}.csv", CSV)


def _costs_file(today: date) -> HttpResponseBase:
    rows = [["month", "channel", "cost_eur"]]
    for month, by_channel, _sum in figures.costs_of(today):
        rows += [[f"{month:%Y-%m}", channel, str(cost)] for channel, cost in sorted(by_channel.items())]
    return download(_csv_of(rows), f"sending-costs-{today}.csv", CSV)


def _csv_of(rows: list[list[str]]) -> bytes:
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\r\n").writerows(rows)
    return kept.getvalue().encode()


# --- One person ----------------------------------------------------------------------------------------------------
def person_view(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """What was written to a customer, by matter, on whatever channel; opening it is written down like their file."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    record: Callable[..., None] = admin.site.record_opened  # type: ignore[attr-defined]  # the project's own site
    record(request.user, customer.pk, what="notices, all ways")
    page = whole_number(request.GET.get("p", ""), most_digits=4) or 1
    matters, has_more = matters_of(customer, page=page)
    for way in (way for matter in matters for way in matter.ways):
        show_to(way, request.user)
    rows = [
        {
            "matter": matter,
            "subject": seen_text_of(matter.ways[0], matter.subject),
            "ways": [
                {
                    "notice": way,
                    "address": seen_of(way, Kind.TELEPHONE, way.address)
                    if way.address and way.channel != Channel.PUSH
                    else "",
                    "result": _("read") if way.read_at else way.get_arrival_display() if way.arrival else "",
                    "url": reverse("admin:notifications_notice_change", args=[way.pk]),
                }
                for way in matter.ways
            ],
        }
        for matter in matters
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Notices to %(name)s") % {"name": customer},
        "opts": Notice._meta,
        "customer": customer,
        "customer_url": reverse("admin:customers_customer_change", args=[customer.pk]),
        "rows": rows,
        "previous_url": f"?p={page - 1}" if page > 1 else "",
        "next_url": f"?p={page + 1}" if has_more else "",
    }
    return TemplateResponse(request, "office/sendings_person.html", context)


# --- The buttons ---------------------------------------------------------------------------------------------------
class FailuresForm(forms.Form):
    """Which cause, and one decision for all its notices."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Cause"), choices=[(each.value, each.label) for each in Cause if each is not Cause.DOUBT]
    )
    decision = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        choices=[(each.value, label) for each, label in DECISIONS.items()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        gives_up = cleaned.get("decision") in (Decision.WITHHOLD.value, Decision.SUPPRESS.value)
        if gives_up and not cleaned.get("reason"):
            self.add_error("reason", _("Say why they are given up: nobody is informed by them any more."))
        return cleaned


class DecideFailures(ListCommand):
    """The notices that were refused for one cause, decided alike."""

    name = "rifiutati"
    label = gettext_lazy("Decide about those refused")
    icon = "rule"
    permission = DECIDES
    form_class = FailuresForm

    def offered(self, request: StaffRequest, row: None) -> bool:
        return Notice.objects.in_trouble().filter(state=Notice.State.REFUSED).exists()

    def asks(self, request: StaffRequest, row: None) -> str:
        cause = request.GET.get("cause", "")
        if cause in {each.value for each in Cause}:
            number = len(figures.failed_ids(Cause(cause), timezone.now(), most=MOST))
            words = ngettext(
                "%(number)d refused notice has this cause; %(most)d at the most are decided at once.",
                "%(number)d refused notices have this cause; %(most)d at the most are decided at once.",
                number,
            )
            return words % {"number": number, "most": MOST}
        return _("The refused notices of one cause, the oldest first, %(most)d at the most.") % {"most": MOST}

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"initial": {name: request.GET[name] for name in ("cause", "decision") if name in request.GET}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        decided = decide_failures(
            Cause(data["cause"]), Decision(data["decision"]), reason=data["reason"], by=request.user
        )
        done = decided.number
        words = ngettext("%(number)d notice was decided.", "%(number)d notices were decided.", done) % {"number": done}
        if decided.left:
            reasons = "; ".join(f"{reason} ({number})" for reason, number in decided.left.items())
            words += " " + _("Left as they are: %(reasons)s") % {"reasons": reasons}
        return Done(words, reverse("admin:notifications_notice_sendings"))


class ChannelForm(forms.Form):
    """Which of the channels that rest."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"))

    def __init__(self, *args: Any, channels: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]  # it is the field of choices above


class TryChannel(ListCommand):
    """A channel that rests is tried by the next worker."""

    name = "prova-canale"
    label = gettext_lazy("Try a channel now")
    icon = "restart_alt"
    permission = DECIDES
    form_class = ChannelForm
    question = gettext_lazy(
        "The next worker sends one notice by it. If that goes, the channel is in use again; if not, it rests for longer."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return ChannelCircuit.objects.filter(rests_until__isnull=False).exists()

    def why_not(self, request: StaffRequest, row: None) -> Any:
        return _("No channel rests: there is nothing to try.")

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        resting_now = ChannelCircuit.objects.filter(rests_until__isnull=False)
        channels = [(each.channel, each.get_channel_display()) for each in resting_now]
        initial = {"channel": request.GET["channel"]} if "channel" in request.GET else {}
        return {"channels": channels, "initial": initial}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        resting.try_now(data["channel"], by=request.user)
        first = Notice.objects.owed(timezone.now()).filter(channel=data["channel"]).values_list("pk", flat=True)[:1]
        if ids := list(first):
            wake_the_worker(ids)
            words = _("It is being tried with the notice that has waited for longest.")
        else:
            words = _("It is tried with the next notice that goes by it.")
        return Done(words, reverse("admin:notifications_notice_sendings"))
