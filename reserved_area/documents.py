"""The reserved area's room about documents: the list, a document with its versions, and the files."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.models import ComplaintLetter
from customers.documents.handing_out import open_document
from customers.models import Document, DocumentOpening, Policy
from customers.requests import CustomerRequest
from foundation.numbers import whole_number
from reserved_area.records import customer_page, one_page

MOST_POLICIES = 100  # to choose from
MOST_ELSEWHERE = 5  # papers of other rooms that are named here; those rooms have the rest
MOST_VERSIONS = 20


@dataclass(frozen=True)
class PaperElsewhere:
    """A paper that another room keeps, named here so that nobody has to know which."""

    title: str
    on: date
    address: str


@customer_page(for_heirs=True)
@require_safe
def documents_view(request: CustomerRequest) -> HttpResponse:
    """Every document of one's own as it is now, newest first; `?polizza=` and `?tipo=` show those of a policy or a kind."""
    kind, policy, asked = _filters(request)
    rows = Document.objects.visible_to(request.user).current().for_list()
    if kind:
        rows = rows.filter(kind=kind)
    if policy is not None:
        rows = rows.filter(policy=policy)
    documents, pages = one_page(request, rows)
    for name in ("previous_url", "next_url"):
        if pages[name] and asked:
            pages[name] += "&" + urlencode(asked)
    policies = Policy.objects.visible_to(request.user).order_by("-ends_on", "-pk")[:MOST_POLICIES]
    is_whole = policy is None and not pages["previous_url"]
    return render(
        request,
        "reserved_area/documents.html",
        {
            "documents": documents,
            "page": pages,
            "kinds": Document.Kind.choices,
            "policies": policies,
            "chosen_kind": kind,
            "chosen_policy": policy,
            "elsewhere": papers_elsewhere(request) if is_whole and kind in ("", Document.Kind.LETTER) else [],
        },
    )


def _filters(request: HttpRequest) -> tuple[str, int | None, dict[str, str]]:
    """Kind and policy asked for, and both as the address has them; what is no kind and no number is passed over."""
    kind = request.GET.get("tipo", "")
    kind = kind if kind in Document.Kind.values else ""
    policy = whole_number(request.GET.get("polizza", ""), most_digits=18)
    asked = {name: str(value) for name, value in (("tipo", kind), ("polizza", policy)) if value}
    return kind, policy, asked


def papers_elsewhere(request: CustomerRequest) -> list[PaperElsewhere]:
    """The newest papers that other rooms keep: the answers to complaints."""
    letters = ComplaintLetter.objects.visible_to(request.user).select_related("complaint")
    letters = letters.defer("pdf").order_by("-made_at", "-pk")[:MOST_ELSEWHERE]
    return [
        PaperElsewhere(
            _("Answer to complaint %(number)s") % {"number": letter.complaint.number},
            letter.made_at,
            reverse("portal_complaint_letter", args=[letter.complaint_id]),
        )
        for letter in letters
    ]


@customer_page(for_heirs=True)
@require_safe
def document_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """What a document is, and the versions that it replaced."""
    document = get_object_or_404(Document.objects.visible_to(request.user).for_list(), pk=pk)
    versions = Document.objects.visible_to(request.user).exclude(pk=pk)
    versions = versions.filter(source=document.source, external_key=document.external_key).order_by("-version")
    return render(request, "reserved_area/document.html", {"document": document, "versions": versions[:MOST_VERSIONS]})


@customer_page(for_heirs=True)
@require_safe
def document_file_view(request: CustomerRequest, pk: int) -> HttpResponseBase:
    """The file, shown by the browser; with `?salva=1` as a download. The opening is written down.

    A browser that only thinks ahead (a prefetch) gets nothing: what it held would be opened without our knowing.
    """
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if is_prefetch(request):
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
    return open_document(
        document,
        by=request.user,
        door=DocumentOpening.Door.PORTAL,
        is_shown=request.GET.get("salva") != "1",
        is_real=request.method == "GET",
    )


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the browser asks before anybody has."""
    stated = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return any("prefetch" in each or "preview" in each for each in stated)
