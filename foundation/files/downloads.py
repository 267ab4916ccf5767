"""What is sent as a file: named, and stored by nobody on the way."""

from collections.abc import Iterable
from typing import IO, Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    content: bytes | Iterable[str] | IO[bytes], name: str, content_type: str, *, is_shown: bool = False
) -> HttpResponseBase:
    """The content as a file of this name: bytes, lines that are sent as they are made, or an open file, which is closed then.

    Browsers take it for the stated type and nothing else, and no cache stores it. `is_shown` lets the browser show it.
    """
    response: Any
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=content_type)
    elif hasattr(content, "read"):
        response = FileResponse(content, content_type=content_type)
    else:
        response = StreamingHttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(not is_shown, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
