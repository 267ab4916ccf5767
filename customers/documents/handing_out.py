"""The one way by which a document's file leaves: every door uses it, and so every opening is written down."""

import logging

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponseBase

from customers.documents.commands import record_opening
from customers.models import Document, User
from foundation.files.downloads import download

log = logging.getLogger(__name__)

# A PDF is shown by the browser's own reader, in a page of its own: not sandboxed, as not every browser shows it then.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PICTURE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def open_document(
    document: Document, *, by: User, door: str, is_shown: bool, is_real: bool = True
) -> HttpResponseBase:
    """The file, to be shown by the browser or saved; every door hands it out by this, and so writes it down.

    With `is_real` False (a HEAD) nothing was opened. Http404 where the file is lost.
    """
    if not default_storage.exists(str(document.file.name)):
        log.error("document %s has lost its file", document.pk)
        raise Http404
    if is_real:
        record_opening(document, by=by, door=door)
    content = document.file.open("rb") if is_real else b""
    response = download(content, document.name, document.content_type, is_shown=is_shown)
    response.headers["Content-Length"] = str(document.size)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY if document.is_picture else PDF_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
