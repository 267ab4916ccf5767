"""The back office of documents, and of what life policies are worth and name: panels of files, and the documents' own pages."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.documents.handing_out import open_document
from customers.models import Customer, Document, DocumentOpening, Policy, PolicyPerson, PolicyValue
from customers.models.document import DocumentQuerySet
from customers.models.policy_person import PolicyPersonQuerySet
from customers.search import found_ids
from foundation.numbers import written_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter
from foundation.requests import StaffRequest

MOST_FOUND = 200  # rows of a search: more than anybody reads


def file_link(document: Document) -> SafeString:
    """Where the file is opened, which is written down."""
    address = reverse("admin:customers_document_file", args=[document.pk])
    return format_html(
        '<a href="{}" class="vc-link">{}</a> {}, {}',
        address,
        _("Open the file"),
        document.file_kind,
        filesizeformat(document.size),
    )


# --- Panels ---------------------------------------------------------------------------------------------------------
class DocumentPanel(Panel):
    """The customer's documents as they are now."""

    model = Document
    fields: tuple[str, ...] = ("title", "kind", "policy", "dated_on", "valid_to", "file_shown")
    ordering = ("-dated_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        documents = super().get_queryset(request)
        assert isinstance(documents, DocumentQuerySet)
        return documents.current().select_related("policy", "customer")

    @display(description=_("file"))
    def file_shown(self, document: Document) -> SafeString:
        return file_link(document)


class DocumentOfPolicyPanel(DocumentPanel):
    """Documents about the policy, whoever's they are."""

    fields: tuple[str, ...] = ("title", "kind", "customer", "dated_on", "valid_to", "file_shown")


class DocumentOfClaimPanel(DocumentOfPolicyPanel):
    """Documents about the claim."""

    fields = ("title", "kind", "customer", "dated_on", "file_shown")


class OpeningPanel(Panel):
    """Who opened the file, when, and where."""

    model = DocumentOpening
    fields = ("at", "user", "door")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")


class PolicyValuePanel(Panel):
    """What the policy is worth, newest first; of a policy without rows nothing is known."""

    model = PolicyValue
    fields = ("valued_on", "kind", "fund", "units_shown", "unit_price_shown", "amount")
    ordering = ("-valued_on", "kind", "fund")
    show_change_link = False

    @display(description=_("units"))
    def units_shown(self, value: PolicyValue) -> str:
        return _decimals(value.units)

    @display(description=_("price of a unit (euro)"))
    def unit_price_shown(self, value: PolicyValue) -> str:
        return _decimals(value.unit_price)


def _decimals(number: Decimal | None) -> str:
    """As many decimals as the number has; a dash where it is not known."""
    return "–" if number is None else written_number(number)


class PolicyPersonPanel(Panel):
    """Whom the policyholder named: beneficiaries and referents."""

    model = PolicyPerson
    fields = ("role", "name", "tax_code", "vat_number", "phone", "email", "as_of")
    ordering = ("role", "name", "pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        people = super().get_queryset(request)
        assert isinstance(people, PolicyPersonQuerySet)
        return people.named()


# --- Documents -------------------------------------------------------------------------------------------------------
class VersionFilter(WorkFilter[DocumentQuerySet]):
    """Documents as they are now at first."""

    title = _("versions")
    default = "current"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("current", _("In force")), ("all", _("All, with those replaced")))

    def narrowed(self, request: HttpRequest, queryset: DocumentQuerySet, chosen: str) -> DocumentQuerySet:
        return queryset.current() if chosen == "current" else queryset


@admin.register(Document)
class DocumentAdmin(OfficeAdmin[Document]):
    """Found by policy, by the key of its source, or by its customer in any way. Opening the file is written down."""

    list_display = ("title", "kind", "customer", "policy", "dated_on", "valid_to", "version")
    list_select_related = ("customer", "policy")
    list_filter = (VersionFilter,)
    search_help_text = _("Policy number, key at the source, or the customer in any way")
    customer_path = "customer_id"
    inlines = (OpeningPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "title",
                    ("kind", "file_shown"),
                    "customer",
                    ("policy", "claim"),
                    "dated_on",
                    ("valid_from", "valid_to"),
                    ("source", "external_key"),
                    ("version", "replaces"),
                    ("received_at", "replaced_at"),
                    "sha256",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Document]:
        return super().get_queryset(request).select_related("customer", "policy", "claim", "replaces")

    def find(self, queryset: QuerySet[Document], text: str) -> QuerySet[Document]:
        code = "".join(text.split()).upper()
        asked = (
            Q(policy__in=Policy.objects.filter(number__startswith=code).values("pk")),
            Q(external_key=text),
            Q(customer__in=found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False)),
        )
        ids: set[int] = set()
        for question in asked:
            ids.update(queryset.filter(question).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=ids)

    @display(description=_("file"))
    def file_shown(self, document: Document) -> SafeString:
        return file_link(document)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name="customers_document_file"), *super().get_urls()]

    def file_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The file; 403 without the permission, 404 out of the person's reach."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if (document := self.get_queryset(request).filter(pk=pk).first()) is None:
            raise Http404
        self.write_down(request, document)
        return open_document(
            document,
            by=request.user,
            door=DocumentOpening.Door.OFFICE,
            is_shown=True,
            is_real=request.method == "GET",
        )
