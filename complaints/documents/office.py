"""Documents of a complaint in the back office: the one list on its page, the command that adds some, and a mail's page."""

import uuid
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from complaints.documents.commands import add_documents
from complaints.documents.forms import AddDocumentsForm
from complaints.documents.mail import attachment_in, read_mail
from complaints.documents.queries import documents_of, find_document
from complaints.documents.sources import ShownDocument
from complaints.models import Complaint, Representation
from foundation.files.downloads import download
from foundation.masking import seen_text_of, show_to
from foundation.office.commands import Command
from foundation.requests import StaffRequest

ANYTHING = "application/octet-stream"


class AddDocuments(Command[Complaint]):
    """Documents that came by post, by PEC or by hand, or that the office adds."""

    name = "documenti"
    label = gettext_lazy("Add documents")
    icon = "attach_file"
    permission = "complaints.change_complaint"
    form_class = AddDocumentsForm
    question = gettext_lazy(
        "The files are kept as they are, with their checksum, and stand in the list of documents. The complainant sees on "
        "their page those that they gave."
    )

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        kept = add_documents(
            row,
            files=data["documents"],
            giver=data["giver"],
            way=data["way"],
            given_on=data["given_on"],
            is_mandate=data["is_mandate"],
            by=request.user,
        )
        return ngettext("%(n)d document added.", "%(n)d documents added.", len(kept)) % {"n": len(kept)}


def _place(complaint: Complaint, document: ShownDocument) -> dict[str, Any]:
    at = [complaint.pk, document.key]
    return {
        "document": document,
        "url": reverse("admin:complaints_complaint_file", args=at),
        "mail_url": reverse("admin:complaints_complaint_mail", args=at) if document.is_mail else "",
    }


def documents_context(complaint: Complaint) -> dict[str, Any]:
    """What the page of a complaint shows of its documents and of the represented person."""
    known = Representation.objects.select_related("asked_by").filter(complaint=complaint).first()
    for_another = complaint.proposer_kind != Complaint.Proposer.INTERESTED
    return {
        "documents": [_place(complaint, each) for each in documents_of(complaint)],
        "represented": known,
        "mandate_key": known.mandate_key if known else None,
        "lacks_mandate": (for_another or known is not None) and (known is None or not known.has_mandate),
    }


def mail_response(request: StaffRequest, complaint: Complaint, key: uuid.UUID, site: AdminSite) -> HttpResponseBase:
    """The page of a mail: its headers, its text, its attachments; or that it cannot be read. Http404 for other documents."""
    raw, name = _raw(complaint, key)
    mail = read_mail(raw)
    show_to(complaint, request.user)
    context = {
        **site.each_context(request),
        "title": name,
        "subtitle": complaint.number,
        "opts": Complaint._meta,
        "mail": mail,
        "text": seen_text_of(complaint, mail.text),
        "attachments": [
            (each, reverse("admin:complaints_complaint_mail_part", args=[complaint.pk, key, each.place]))
            for each in mail.attachments
        ],
        "file_url": reverse("admin:complaints_complaint_file", args=[complaint.pk, key]),
        "back_url": reverse("admin:complaints_complaint_change", args=[complaint.pk]),
    }
    return TemplateResponse(request, "office/complaint_mail.html", context)


def part_response(complaint: Complaint, key: uuid.UUID, place: int) -> HttpResponseBase:
    """An attachment of a mail, as a download that no browser opens by itself; Http404 where there is none."""
    raw, _name = _raw(complaint, key)
    found = attachment_in(raw, place)
    if found is None:
        raise Http404
    name, content = found
    response = download(content, name, ANYTHING)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _raw(complaint: Complaint, key: uuid.UUID) -> tuple[bytes, str]:
    if not any(each.key == key and each.is_mail for each in documents_of(complaint)):
        raise Http404
    file = find_document(complaint, key)
    if file is None:
        raise Http404
    try:
        with file.file.open("rb") as content:
            return content.read(), file.name
    except FileNotFoundError:
        raise Http404 from None
