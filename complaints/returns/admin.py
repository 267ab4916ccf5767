"""The back office of the half-year return: the halves and their returns, the yearly and market figures, the statements."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.models import BranchFigure, HalfYearReturn, MarketFigure, PublicStatement
from complaints.returns import page, views
from complaints.returns.halves import half_named
from complaints.returns.office import FreezeReturn, PublishStatement, ReviseReturn
from complaints.returns.queries import first_day_returned, halves_known, light, newest_of
from foundation.office.base import OfficeAdmin, VersionedAdmin
from foundation.requests import StaffRequest

HALVES_SHOWN = 8


@admin.register(HalfYearReturn)
class HalfYearReturnAdmin(OfficeAdmin[HalfYearReturn]):
    """Frozen returns, and over their list the halves with the day by which each is due."""

    list_display = ("half_shown", "revision", "frozen_at", "by", "rows_number", "reason")
    list_select_related = ("by",)
    search_help_text = _("Half year (2026H1)")
    list_commands = [FreezeReturn()]
    own_commands = [ReviseReturn()]
    list_before_template = "office/return_halves.html"
    change_form_outer_before_template = "office/return_head.html"
    empty_words = _("No return is frozen yet.")
    fieldsets = (
        (
            _("How it was frozen"),
            {
                "fields": [
                    ("half_shown", "revision"),
                    ("frozen_at", "by"),
                    "reason",
                    ("rows_number", "rules_version"),
                    "checksum",
                    "rows_checksum",
                    ("csv_sha256", "xlsx_sha256"),
                    ("pdf_sha256", "xml_sha256"),
                    "code_version",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[HalfYearReturn]:
        queryset = light(super().get_queryset(request))
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        return queryset.defer("tables", "differences", *views.KINDS) if is_list else queryset

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-half", "-revision")

    def find(self, queryset: QuerySet[HalfYearReturn], text: str) -> QuerySet[HalfYearReturn]:
        return queryset.filter(half__istartswith=text)

    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"complaints_halfyearreturn_{name}")

        return [
            named("bozza/<str:half>/", views.draft_view, "draft"),
            named("reclami/", views.rows_view, "rows"),
            named("<int:pk>/rettifiche/", views.corrections_view, "corrections"),
            named("<int:pk>/file/<str:kind>/", views.file_view, "file"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        today = timezone.localdate()
        halves = halves_known(today)[:HALVES_SHOWN]
        own = {
            "halves": page.half_lines(halves, newest_of(halves), today),
            "since": page.first_words(first_day_returned()),
        }
        return super().changelist_view(request, own | (extra_context or {}))

    def render_change_form(
        self,
        request: StaffRequest,
        context: dict[str, Any],
        *args: Any,
        obj: HalfYearReturn | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        if obj is not None:
            half = half_named(obj.half)
            context["frozen"] = obj
            context["heads"] = page.heads_of(obj.tables)
            context["tables"] = page.shown_tables(obj.tables, revision=obj.revision)
            context["differences"] = page.shown_differences(obj.differences)
            context["rates"] = page.shown_rates(obj.tables, half)
            context["market"] = page.market_lines()
            context["files"] = [
                (kind.upper(), reverse("admin:complaints_halfyearreturn_file", args=[obj.pk, kind]))
                for kind in views.KINDS
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @display(description=_("half year"))
    def half_shown(self, frozen: HalfYearReturn) -> str:
        return frozen.half


@admin.register(BranchFigure)
class BranchFigureAdmin(VersionedAdmin[BranchFigure]):
    """Premiums and contracts by branch and year, entered by hand with their source."""

    list_display = ("year", "ramo_shown", "is_carried_on", "premium", "contracts", "source")
    search_help_text = _("Year")
    addable = True
    editable = ("year", "ramo", "is_carried_on", "premium", "contracts", "source")
    empty_words = _("No figures are entered yet: rates of complaints need them.")
    fieldsets = ((None, {"fields": [("year", "ramo"), "is_carried_on", ("premium", "contracts"), "source"]}),)

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-year", "pk")

    def find(self, queryset: QuerySet[BranchFigure], text: str) -> QuerySet[BranchFigure]:
        return (
            queryset.filter(year=int(text))
            if text.isascii() and text.isdigit() and len(text) == 4
            else queryset.none()
        )

    @display(description=_("line of business (ramo)"))
    def ramo_shown(self, figure: BranchFigure) -> str:
        return f"{figure.ramo} – {figure.get_ramo_display()}"


@admin.register(MarketFigure)
class MarketFigureAdmin(VersionedAdmin[MarketFigure]):
    """What was published about the whole market, with its source."""

    list_display = ("period", "shown_name", "complaints", "mean_days", "per_contracts", "per_million", "source")
    search_help_text = _("Period (2022 or 2024H1)")
    addable = True
    editable = (
        *("period", "name", "name_en", "complaints", "motor_share", "other_share", "life_share", "upheld_share"),
        *("settled_share", "rejected_share", "open_share", "mean_days", "per_contracts", "per_million", "source"),
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "period",
                    ("name", "name_en"),
                    "complaints",
                    ("motor_share", "other_share"),
                    "life_share",
                    ("upheld_share", "settled_share"),
                    ("rejected_share", "open_share"),
                    "mean_days",
                    ("per_contracts", "per_million"),
                    "source",
                ]
            },
        ),
    )

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-period", "name")

    def find(self, queryset: QuerySet[MarketFigure], text: str) -> QuerySet[MarketFigure]:
        return queryset.filter(period__istartswith=text)


@admin.register(PublicStatement)
class PublicStatementAdmin(OfficeAdmin[PublicStatement]):
    """The yearly statements that were published, and from which returns."""

    list_display = ("year", "first", "second", "published_at", "by")
    list_select_related = ("first", "second", "by")
    search_fields: tuple[str, ...] = ()
    list_commands = [PublishStatement()]
    empty_words = _("No statement is published yet.")
    fieldsets = ((None, {"fields": ["year", ("first", "second"), ("published_at", "by")]}),)

    def get_queryset(self, request: StaffRequest) -> QuerySet[PublicStatement]:
        left_out = [
            f"{half}__{name}" for half in ("first", "second") for name in (*views.KINDS, "tables", "differences")
        ]
        return super().get_queryset(request).select_related("first", "second", "by").defer(*left_out)

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-year", "-pk")
