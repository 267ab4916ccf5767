"""The back office of restricted files, of values that are masked, and of accesses that are unusual."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.access import open_with_reason, opened_in_words
from customers.models import AccessLog, ContactPoint, Customer, FileRestriction, PolicyPerson, UnusualAccess
from customers.sensitive.commands import examine_access, lift_restriction, restrict_file
from customers.sensitive.forms import ExamineForm, LiftForm, ReasonForm, RestrictForm
from customers.sensitive.rules import EXPLAINED
from foundation.dates import ROME
from foundation.masking import Kind, may_see_whole
from foundation.office.base import OfficeAdmin, Panel, WorkFilter
from foundation.office.commands import Command
from foundation.office.tiles import Tile
from foundation.requests import StaffRequest

MOST = 99  # counted no further
MOST_LOOKS = 50  # accesses of a day on the page of what is unusual

MARKS = "customers.change_filerestriction"


class ShowWhole(Command[Customer]):
    """The masked values of one person, whole, on this one page; why is written down."""

    name = "per-intero"
    label = _("Show whole")
    icon = "visibility"
    permission = "customers.view_masked"
    form_class = ReasonForm
    changes_nothing = True
    question = _(
        "Name, tax code, date of birth and telephone numbers are shown whole once, on the next page. That you saw them, and why, is"
        " written down; the person can read it."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return not all(may_see_whole(request.user, kind) for kind in Kind)

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> HttpResponse:
        open_with_reason(row, by=request.user, what="values shown whole", **data)
        context = {
            **admin.site.each_context(request),
            "title": self.label,
            "subtitle": str(row),
            "customer": row,
            "points": ContactPoint.objects.filter(customer=row).order_by("kind", "pk"),
            "named": PolicyPerson.objects.filter(policy__holder=row).order_by("name", "pk"),
        }
        request.current_app = admin.site.name
        return TemplateResponse(request, "office/shown_whole.html", context)


class RestrictFile(Command[Customer]):
    """Mark the file: whoever opens it says why from now on."""

    name = "accesso-limitato"
    label = _("Restrict access")
    icon = "lock"
    permission = MARKS
    form_class = RestrictForm
    question = _("Whoever opens this file is asked why from now on, and lists show it without its contents.")

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return not row.restrictions.filter(lifted_at__isnull=True).exists()

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        restrict_file(row, by=request.user, **data)
        return gettext("The file asks a reason from now on.")


class LiftRestriction(Command[Customer]):
    """End the mark."""

    name = "fine-limite"
    label = _("Lift the restriction")
    icon = "lock_open"
    permission = MARKS
    form_class = LiftForm
    question = _("The file opens like any other again. The mark and its reasons remain in the history.")

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return not RestrictFile.offered(RESTRICT, request, row)

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        lift_restriction(row, by=request.user, **data)
        return gettext("The mark was lifted.")


RESTRICT = RestrictFile()
COMMANDS = (ShowWhole(), RESTRICT, LiftRestriction())


class RestrictionPanel(Panel):
    """The marks of the file, the newest first: who made them, why, and how they ended."""

    model = FileRestriction
    fields = ("ground", "reason", "marked_by", "marked_at", "lifted_by", "lifted_at", "lifted_reason")
    ordering = ("-marked_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("marked_by", "lifted_by")


class InForceFilter(WorkFilter[QuerySet[FileRestriction]]):
    """The marks in force at first."""

    title = _("marks shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("In force")), ("all", _("All")))

    def narrowed(
        self, request: HttpRequest, queryset: QuerySet[FileRestriction], chosen: str
    ) -> QuerySet[FileRestriction]:
        return queryset.filter(lifted_at__isnull=True) if chosen == "open" else queryset


@admin.register(FileRestriction)
class FileRestrictionAdmin(OfficeAdmin[FileRestriction]):
    """The files that ask a reason, for the data protection officer; a file is marked on its own page."""

    list_display = ("customer", "ground", "reason", "marked_by", "marked_at", "lifted_at")
    list_select_related = ("customer", "marked_by")
    list_filter = (InForceFilter,)
    ordering = ("-marked_at", "-pk")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer", "ground"),
                    "reason",
                    ("marked_by", "marked_at"),
                    ("lifted_by", "lifted_at"),
                    "lifted_reason",
                ]
            },
        ),
    )
    search_help_text = _("The customer's code")

    def find(self, queryset: QuerySet[FileRestriction], text: str) -> QuerySet[FileRestriction]:
        return queryset.filter(customer__code=text.upper())


# --- What is unusual ------------------------------------------------------------------------------------------------
class Examine(Command[UnusualAccess]):
    """Write down that somebody looked into it."""

    name = "esaminato"
    label = _("Examined")
    icon = "fact_check"
    tone = "primary"
    permission = "customers.change_unusualaccess"
    form_class = ExamineForm
    question = _("Say what you found: what explains it, or whom you asked.")

    def offered(self, request: StaffRequest, row: UnusualAccess) -> bool:
        return row.examined_at is None

    def run(self, request: StaffRequest, row: UnusualAccess, data: dict[str, Any]) -> str:
        examine_access(row, by=request.user, **data)
        return gettext("Written down.")


class ExaminedFilter(WorkFilter[QuerySet[UnusualAccess]]):
    """What nobody has examined at first."""

    title = _("accesses shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be examined")), ("all", _("All")))

    def narrowed(
        self, request: HttpRequest, queryset: QuerySet[UnusualAccess], chosen: str
    ) -> QuerySet[UnusualAccess]:
        return queryset.filter(examined_at__isnull=True) if chosen == "open" else queryset


@admin.register(UnusualAccess)
class UnusualAccessAdmin(OfficeAdmin[UnusualAccess]):
    """What the rules of the night found: its page explains the rule and shows the accesses."""

    own_commands = (Examine(),)
    list_display = ("rule", "user", "day", "number", "usual", "customer", "examined_by")
    list_select_related = ("user", "customer", "examined_by")
    list_filter = (ExaminedFilter, "rule")
    ordering = ("-day", "pk")
    search_help_text = _("The e-mail address of who opened, or the customer's code")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("rule", "day"),
                    "why_shown",
                    ("user", "customer"),
                    ("number", "usual"),
                    ("examined_by", "examined_at"),
                    "note",
                ]
            },
        ),
        (_("The accesses"), {"fields": ["accesses_shown"]}),
    )

    def find(self, queryset: QuerySet[UnusualAccess], text: str) -> QuerySet[UnusualAccess]:
        return queryset.filter(Q(user__email=text.lower()) | Q(customer__code=text.upper()))

    @display(description=_("why it is unusual"))
    def why_shown(self, unusual: UnusualAccess) -> str:
        return str(EXPLAINED[unusual.rule])

    @display(description=_("accesses of that day"))
    def accesses_shown(self, unusual: UnusualAccess) -> SafeString | str:
        """The newest of the day, each leading to its row; where the rule is about one customer, those to the file alone."""
        since = datetime.combine(unusual.day, time(), ROME)
        looks = AccessLog.objects.filter(user=unusual.user, at__gte=since, at__lt=since + timedelta(days=1))
        if unusual.customer_id is not None:
            looks = looks.filter(customer=unusual.customer_id)
        elif unusual.rule == UnusualAccess.Rule.DOWNLOADS:
            looks = looks.filter(customer__isnull=True)
        rows = (
            (
                reverse("admin:customers_accesslog_change", args=[look.pk]),
                formats.date_format(timezone.localtime(look.at), "H:i"),
                look.customer.code if look.customer else "–",
                opened_in_words(look.what),
                look.get_reason_kind_display(),
                look.reason,
            )
            for look in looks.select_related("customer").order_by("-at", "-pk")[:MOST_LOOKS]
        )
        return format_html_join(mark_safe("<br>"), '<a href="{}" class="underline">{}</a> {} · {} {} {}', rows) or "–"


def tiles(user: Any) -> list[Tile]:
    """What the data protection officer has not examined yet."""
    if not user.has_perm("customers.change_unusualaccess"):
        return []
    count = UnusualAccess.objects.filter(examined_at__isnull=True).order_by()[: MOST + 1].count()
    return [
        Tile(
            title=gettext("Unusual accesses to files"),
            value=f"{MOST}+" if count > MOST else str(count),
            hint=gettext("to be examined") if count else gettext("Nothing to examine"),
            url=reverse("admin:customers_unusualaccess_changelist"),
            tone="warn" if count else "good",
        )
    ]
