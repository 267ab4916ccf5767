"""The back office of copies of customers' data: the list, the copies of a file, and the button for a person who asked by letter."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from customers.data_exports.commands import ask_data_export
from customers.data_exports.handing_out import hand_out
from customers.models import Customer, DataExport, DataExportOpening, ReservedAreaAccount
from customers.models.account import Capacity, Right
from customers.models.data_export import REASON_LENGTH
from customers.search import found_ids
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.office.commands import Command
from foundation.refusals import Refused
from foundation.requests import StaffRequest

MOST_FOUND = 200  # rows of a search
MAKES = "customers.add_dataexport"
TONES = {
    DataExport.State.WAITING: "warning",
    DataExport.State.MAKING: "info",
    DataExport.State.READY: "success",
}


def opens_the_reserved_area(customer: Customer) -> bool:
    """Whether somebody who may take the customer's data can open the reserved area today."""
    accounts = ReservedAreaAccount.objects.filter(customer=customer, user__is_active=True)
    may = Q(capacity=Capacity.SELF) | Q(rights__contains=[Right.PEOPLE.value])
    return accounts.open_on(timezone.localdate()).filter(may).exists()


# --- Asking for a person -------------------------------------------------------------------------------------------------
class AskDataExportForm(forms.Form):
    """Why, and how the copy reaches the person. Without a sign-in there is one way only."""

    reason = forms.CharField(
        label=gettext_lazy("How and when the person asked, and how you made sure who they are"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    handing = forms.ChoiceField(
        label=gettext_lazy("How the copy reaches the person"),
        choices=DataExport.Handing.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "In the reserved area nobody but the person opens it, and we write to them. A file that you hand over is "
            "opened under your name: to their own hands, or by registered post to the address that we know."
        ),
    )

    def __init__(self, *args: Any, is_enrolled: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_enrolled:
            field = self.fields["handing"]
            assert isinstance(field, forms.ChoiceField), "it is declared so"
            field.choices = [(DataExport.Handing.FILE.value, DataExport.Handing.FILE.label)]
            field.initial = DataExport.Handing.FILE
            field.help_text = _("The person has no sign-in to the reserved area, so the copy can only be handed over.")


class AskDataExport(Command[Customer]):
    """Have a copy made for a person who asked by letter, by certified mail or at the desk."""

    name = "copia-dei-dati"
    label = gettext_lazy("Make a copy of their data")
    icon = "folder_zip"
    permission = MAKES
    form_class = AskDataExportForm
    question = gettext_lazy(
        "Everything that is about the person is put together: a document to read, a file for programs, their own files. "
        "The request and each opening are written down, and the person sees them."
    )

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"is_enrolled": opens_the_reserved_area(row)}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        export = ask_data_export(
            row,
            by=request.user,
            channel=DataExport.Channel.OFFICE,
            reason=data["reason"],
            handing=data["handing"],
        )
        if export.state == DataExport.State.READY:
            return _(
                "A copy less than a day old is there already: it is in the file, under Copies of customers’ data."
            )
        if export.handing == DataExport.Handing.FILE:
            return _("The copy is being made: in some minutes it is in the file, for you to hand over.")
        return _("The copy is being made: the person is written to when it is ready.")


# --- The copies of a file, and all of them --------------------------------------------------------------------------------
class DataExportPanel(Panel):
    """Copies of the customer's data that were asked for."""

    model = DataExport
    fields = ("asked_at", "channel", "handing", "state_shown", "expires_at")
    ordering = ("-asked_at", "-pk")

    @badge(description=gettext_lazy("state"), tones=TONES)
    def state_shown(self, export: DataExport) -> tuple[str, str]:
        return export.state, export.get_state_display()


class DataExportOpeningPanel(Panel):
    """Who opened the copy, when, and where."""

    model = DataExportOpening
    fields = ("at", "user", "door")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")


@admin.register(DataExport)
class DataExportAdmin(OfficeAdmin[DataExport]):
    """Who asked for which copy, and what became of it. One that we hand over is opened here, which is written down."""

    list_display = ("customer", "asked_at", "channel", "handing", "state_shown", "ready_at", "expires_at")
    list_select_related = ("customer",)
    list_filter = ("state", "channel")
    search_help_text = gettext_lazy("The customer in any way")
    customer_path = "customer_id"
    inlines = (DataExportOpeningPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "customer",
                    ("channel", "asked_by"),
                    "reason",
                    ("handing", "language"),
                    ("state_shown", "problem"),
                    ("asked_at", "ready_at"),
                    ("expires_at", "ended_at"),
                    ("rows", "files"),
                    "file_shown",
                    "sha256",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[DataExport]:
        return super().get_queryset(request).select_related("customer", "asked_by")

    def find(self, queryset: QuerySet[DataExport], text: str) -> QuerySet[DataExport]:
        return queryset.filter(customer__in=found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False))

    @badge(description=gettext_lazy("state"), tones=TONES)
    def state_shown(self, export: DataExport) -> tuple[str, str]:
        return export.state, export.get_state_display()

    @display(description=gettext_lazy("file"))
    def file_shown(self, export: DataExport) -> SafeString | str:
        """Where a copy that we hand over is taken; the others are the person's alone."""
        if not export.is_open_at(timezone.now()):
            return "–"
        if export.handing == DataExport.Handing.LINK:
            return _("%(size)s; only the person opens it") % {"size": filesizeformat(export.size or 0)}
        address = reverse("admin:customers_dataexport_file", args=[export.pk])
        return format_html(
            '<a href="{}" class="vc-link">{}</a> {}', address, _("Save the file"), filesizeformat(export.size or 0)
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name="customers_dataexport_file"), *super().get_urls()]

    def file_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The file of a copy that we hand over; 403 without the permission, 404 for one that is the person's alone."""
        if not request.user.has_perm(MAKES):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        handed = DataExport.Handing.FILE
        if (export := self.get_queryset(request).filter(pk=pk, handing=handed).first()) is None:
            raise Http404
        self.write_down(request, export)
        try:
            return hand_out(
                export, by=request.user, door=DataExportOpening.Door.OFFICE, is_real=request.method == "GET"
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:customers_dataexport_change", pk)
