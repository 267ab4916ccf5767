"""The back office of who acts for whom: the people of a customer, in its file, and the documents that say so."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, HttpResponseNotAllowed
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from customers.access import record_access
from customers.models import Customer, Mandate, ReservedAreaAccount
from customers.people.rules import in_words
from customers.search import found_ids
from foundation.files.keeping import attachment_response
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.office.read_only import may_read
from foundation.requests import StaffRequest

MOST_FOUND = 200
TONES = {ReservedAreaAccount.State.ENROLLED: "success", ReservedAreaAccount.State.SUSPENDED: "warning", "over": "info"}


def state_of(account: ReservedAreaAccount) -> tuple[str, str]:
    """The state as people read it: an access whose last day is past is over, whatever is stored."""
    if account.state == ReservedAreaAccount.State.ENROLLED and not account.is_open_on(timezone.localdate()):
        return "over", str(_("over"))
    return account.state, account.get_state_display()


def document_link(mandate: Mandate) -> SafeString:
    """Where the document is opened, which is written down."""
    address = reverse("admin:customers_mandate_file", args=[mandate.pk])
    return format_html(
        '<a href="{}" class="vc-link"><bdi>{}</bdi></a> {}', address, mandate.name, filesizeformat(mandate.size)
    )


class AccountPanel(Panel):
    """Who acts for the customer in the reserved area, as what, and until when."""

    model = ReservedAreaAccount
    fk_name = "customer"
    verbose_name_plural = _("who acts for the customer")
    fields = ("user", "capacity", "rights_shown", "valid_until", "state_shown", "last_used_at", "mandate_shown")
    ordering = ("state", "pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user", "mandate")

    @display(description=pgettext_lazy("rights", "may"))
    def rights_shown(self, account: ReservedAreaAccount) -> str:
        return in_words(account.rights, account.capacity)

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, account: ReservedAreaAccount) -> tuple[str, str]:
        return state_of(account)

    @display(description=_("document"))
    def mandate_shown(self, account: ReservedAreaAccount) -> SafeString | str:
        return document_link(account.mandate) if account.mandate is not None else "–"


@admin.register(Mandate)
class MandateAdmin(OfficeAdmin[Mandate]):
    """The documents by which people asked to act for others. Opening one is written into the log of the file it is about."""

    list_display = ("operation", "capacity", "customer", "valid_until", "file_shown")
    list_select_related = ("operation", "customer")
    search_help_text = _("The customer acted for, in any way")
    customer_path = "customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("operation", "capacity"),
                    ("customer", "valid_until"),
                    "file_shown",
                    "content_type",
                    "sha256",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Mandate]:
        return super().get_queryset(request).select_related("operation__customer", "customer")

    def find(self, queryset: QuerySet[Mandate], text: str) -> QuerySet[Mandate]:
        return queryset.filter(customer__in=found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False))

    @display(description=_("file"))
    def file_shown(self, mandate: Mandate) -> SafeString:
        return document_link(mandate)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name="customers_mandate_file"), *super().get_urls()]

    def file_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The document, as a download; 403 without the permission, 404 out of the person's reach."""
        if not may_read(request.user, Mandate):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if (mandate := self.get_queryset(request).filter(pk=pk).first()) is None:
            raise Http404
        asked = mandate.operation
        files = {mandate.customer_id, None if asked.is_private else asked.customer_id}
        for customer_id in (each for each in files if each is not None):
            record_access(request.user, customer_id, what=f"mandate {asked.number}")
        return attachment_response(mandate)
