"""The back office of the service itself: when it works, by when it answers, how contacts are wrapped up."""

from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from contact_center.due.business_time import MIDNIGHT, PROVINCES, NeverOpen
from contact_center.due.targets import calendar_of, check_calendar, targets_changed
from contact_center.models import (
    Contact,
    OpeningPeriod,
    PauseReason,
    ServiceCalendar,
    ServiceTarget,
    SpecialDay,
    TermRung,
    WrapUpCode,
)
from foundation.dates import written_day
from foundation.office.base import OfficeAdmin, badge
from foundation.requests import StaffRequest


class RowsOfCalendar(TabularInline):
    """Rows that are added, changed and taken away with the calendar, or the line, they belong to."""

    extra = 0
    tab = False
    seen_by, kept_by = "contact_center.view_servicecalendar", "contact_center.change_servicecalendar"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(self.seen_by) or self._keeps(request)

    def _keeps(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.kept_by)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request)


class PeriodFormSet(BaseInlineFormSet):
    """Refuses a calendar that would never be open: nothing counted by it would ever be due."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not kept and not any(self.errors):
            raise ValidationError(
                _("Say when the service works: a calendar needs at least one period."), code="never_open"
            )


class OpeningPeriodRows(RowsOfCalendar):
    model = OpeningPeriod
    formset = PeriodFormSet
    fields = ("weekday", "opens", "closes")
    ordering = ("weekday", "opens")


class SpecialDayFormSet(BaseInlineFormSet):
    """Refuses a day that is closed and open at once, and periods of a day that overlap."""

    def clean(self) -> None:
        super().clean()
        rows: dict[Any, list[tuple[Any, Any]]] = {}
        for form in self.forms:
            given = form.cleaned_data if form.is_valid() else {}
            if given and not given.get("DELETE") and given.get("day"):
                rows.setdefault(given["day"], []).append((given.get("opens"), given.get("closes")))
        for day, periods in rows.items():
            if len(periods) > 1 and any(opens is None for opens, _closes in periods):
                raise ValidationError(
                    _("%(day)s is recorded as both closed and open: remove one of its rows."),
                    params={"day": written_day(day)},
                    code="closed_and_open",
                )
            timed = sorted((opens, closes) for opens, closes in periods if opens is not None)
            for (_opens, closes), (later, _closes) in pairwise(timed):
                if closes == MIDNIGHT or later < closes:
                    raise ValidationError(
                        _("The periods of %(day)s overlap."), params={"day": written_day(day, "del")}, code="overlap"
                    )


class SpecialDayRows(RowsOfCalendar):
    model = SpecialDay
    formset = SpecialDayFormSet
    fields = ("day", "name", "name_en", "opens", "closes")
    ordering = ("-day", "opens")


class CalendarForm(forms.ModelForm):
    """The province is one whose patron saint is known."""

    class Meta:
        model = ServiceCalendar
        fields = ("code", "name", "name_en", "province")

    def clean_province(self) -> str:
        province = self.cleaned_data["province"].strip().upper()
        if province and province not in PROVINCES:
            raise ValidationError(
                _("“%(province)s” is not a province whose patron saint is known: write two letters, such as MI."),
                params={"province": province},
                code="unknown_province",
            )
        return province


@admin.register(ServiceCalendar)
class ServiceCalendarAdmin(OfficeAdmin[ServiceCalendar]):
    """When the service works. A change moves what is due of all open contacts."""

    form = CalendarForm
    list_display = ("shown_name", "code", "province", "hours_shown")
    ordering = ("code",)
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "name_en", "province")
    fieldsets = ((None, {"fields": [("name", "name_en"), ("code", "province")]}),)
    inlines = (OpeningPeriodRows, SpecialDayRows)

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("periods")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))

    @display(description=_("hours"))
    def hours_shown(self, calendar: ServiceCalendar) -> str:
        """The week in one line: days with the same hours together."""
        week: dict[str, list[int]] = {}
        for day in range(7):
            hours = " ".join(f"{p.opens:%H:%M}–{p.closes:%H:%M}" for p in calendar.periods.all() if p.weekday == day)
            if hours:
                week.setdefault(hours, []).append(day)
        names = dict(OpeningPeriod.Weekday.choices)
        return "; ".join(f"{', '.join(str(names[day])[:3] for day in days)} {hours}" for hours, days in week.items())

    def save_related(self, request: StaffRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        targets_changed()


class TargetForm(forms.ModelForm):
    """A target that its calendar can keep."""

    class Meta:
        model = ServiceTarget
        fields = ("kind", "level", "calendar", "minutes", "valid_from", "valid_to")

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if (calendar := cleaned.get("calendar")) and (minutes := cleaned.get("minutes")):
            try:
                check_calendar(calendar_of(calendar), minutes)
            except NeverOpen as refusal:
                self.add_error("calendar", ValidationError(str(refusal), code=refusal.code))
        return cleaned


@admin.register(ServiceTarget)
class ServiceTargetAdmin(OfficeAdmin[ServiceTarget]):
    """Within how much time of service each kind of contact is dealt with. A new target begins on a day; the old one ends."""

    form = TargetForm
    list_display = ("kind", "level", "minutes_shown", "calendar", "valid_from", "valid_to")
    list_select_related = ("calendar",)
    ordering = ("kind", "level", "-valid_from")
    search_fields = ()
    addable = True
    editable = ("kind", "level", "calendar", "minutes", "valid_from", "valid_to")
    fieldsets = ((None, {"fields": [("kind", "level"), ("minutes", "calendar"), ("valid_from", "valid_to")]}),)

    @display(description=_("minutes of service"))
    def minutes_shown(self, target: ServiceTarget) -> str:
        return f"{target.minutes} ({target.minutes // 60} h {target.minutes % 60:02d})"

    def save_model(self, request: StaffRequest, obj: ServiceTarget, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        targets_changed()


class RungForm(forms.ModelForm):
    """A rung whose number fits when it is reached."""

    kinds = forms.MultipleChoiceField(
        label=capfirst(_("kinds")),
        choices=Contact.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all"),
    )

    class Meta:
        model = TermRung
        fields = (
            *("moment", "amount", "warns", "concerns", "kinds", "level"),
            *("valid_from", "valid_to", "is_active"),
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        moment, amount = cleaned.get("moment"), cleaned.get("amount")
        if moment is not None and amount is not None:
            least, most = TermRung.BETWEEN[TermRung.Moment(moment)]
            if not least <= amount <= most:
                words = (
                    _("At the term itself there is nothing to count: write 0.")
                    if most == 0
                    else _("Write a whole number from %(least)d to %(most)d.")
                )
                self.add_error(
                    "amount", ValidationError(words, params={"least": least, "most": most}, code="does_not_fit")
                )
        if moment == TermRung.Moment.SHARE_LEFT and cleaned.get("concerns") == TermRung.Concerns.CALL_BACKS:
            self.add_error(
                "concerns",
                ValidationError(
                    _("The hour of a call-back is agreed: no share of it is left. Choose minutes before the term."),
                    code="no_share",
                ),
            )
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", ValidationError(_("It ends before it begins."), code="ends_before"))
        return cleaned


@admin.register(TermRung)
class TermRungAdmin(OfficeAdmin[TermRung]):
    """When somebody is warned of the term of a contact, and whom. A rung is not deleted: it ends on a day, or is not active."""

    form = RungForm
    list_display = ("shown", "warns", "concerns", "kinds_shown", "level", "valid_from", "valid_to", "is_active")
    ordering = ("-is_active", "pk")
    search_fields = ()
    addable = True
    editable = ("moment", "amount", "warns", "concerns", "kinds", "level", "valid_from", "valid_to", "is_active")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("moment", "amount"),
                    ("warns", "is_active"),
                    ("concerns", "level"),
                    "kinds",
                    ("valid_from", "valid_to"),
                ]
            },
        ),
    )

    @display(description=_("when"))
    def shown(self, rung: TermRung) -> str:
        return rung.shown_moment

    @display(description=_("kinds"))
    def kinds_shown(self, rung: TermRung) -> str:
        names = dict(Contact.Kind.choices)
        return ", ".join(str(names[kind]) for kind in rung.kinds) or str(_("all"))


OUTCOME_TONES = {
    "resolved": "success",
    "unresolved": "warning",
    "wrong_number": "info",
    "dropped": "info",
    "joined": "info",
}


@admin.register(WrapUpCode)
class WrapUpCodeAdmin(OfficeAdmin[WrapUpCode]):
    """What can be recorded of a contact in the end. A code is not deleted but ends on a day."""

    list_display = ("shown_name", "key", "outcome_shown", "keeps_open", "hints_complaint", "needs_topic", "valid_to")
    ordering = ("position", "code")
    search_help_text = _("Name or code")
    addable = True
    editable = (
        "code",
        "name",
        "name_en",
        "key",
        "outcome",
        "keeps_open",
        "hints_complaint",
        "needs_topic",
        "lines",
        "position",
        "valid_from",
        "valid_to",
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("name", "name_en"),
                    "code",
                    ("key", "position"),
                    "outcome",
                    "keeps_open",
                    "hints_complaint",
                    "needs_topic",
                    "lines",
                    ("valid_from", "valid_to"),
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))

    @badge(description=_("outcome"), tones=OUTCOME_TONES)
    def outcome_shown(self, code: WrapUpCode) -> tuple[str, str]:
        return code.outcome, code.get_outcome_display()


@admin.register(PauseReason)
class PauseReasonAdmin(OfficeAdmin[PauseReason]):
    """Why an agent pauses. A reason is not deleted but ends on a day."""

    list_display = ("shown_name", "code", "position", "valid_from", "valid_to")
    ordering = ("position", "code")
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "name_en", "position", "valid_from", "valid_to")
    fieldsets = ((None, {"fields": [("name", "name_en"), ("code", "position"), ("valid_from", "valid_to")]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))
