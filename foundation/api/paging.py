"""Lists of the API: pages that follow one another by a cursor, and what has changed since an earlier answer."""

from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from foundation.numbers import is_digits

SALT = "foundation.api.paging"
CURSOR, LIMIT = "cursor", "limit"
PAGE, LARGEST_PAGE = 20, 100


class CursorPages(CursorPagination):
    """Pages of 20, or of as many as `limit` says, up to 100. The cursor is signed: what is no cursor of ours is refused."""

    page_size = PAGE
    max_page_size = LARGEST_PAGE
    cursor_query_param = CURSOR
    page_size_query_param = LIMIT

    def read(self, rows: QuerySet, request: Request, order: tuple[str, ...]) -> tuple[list[Any], str | None]:
        """The rows of the page that is asked for, and the address of the next one. One query."""
        self.order = order
        found = self.paginate_queryset(rows, request) or []
        self.base_url = request.get_full_path()  # an address of ours, whatever name the request came to
        return found, self.get_next_link()

    def get_page_size(self, request: Request) -> int:
        """How many rows; ValidationError for what is no number of rows."""
        asked = request.query_params.get(LIMIT)
        if asked is None:
            return PAGE
        if not is_digits(asked) or not 1 <= int(asked[:6]) <= LARGEST_PAGE:
            sentence = _("Ask for 1 to %(most)d rows.") % {"most": LARGEST_PAGE}
            raise ValidationError({LIMIT: [sentence]})
        return int(asked)

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        """The order of the list, which is the same for everybody."""
        return self.order

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the request; ValidationError for one that was changed or invented."""
        if (encoded := request.query_params.get(CURSOR)) is None:
            return None
        try:
            offset, is_reverse, position = signing.loads(encoded, salt=SALT)
        except signing.BadSignature:
            sentence = _("Send the address that the page before gave as “next”, whole and unchanged.")
            raise ValidationError({CURSOR: [sentence]}, code="cursor_unknown") from None
        return Cursor(offset, is_reverse, position)

    def encode_cursor(self, cursor: Cursor) -> str:
        """The address of the page at a cursor."""
        word = signing.dumps([cursor.offset, cursor.reverse, cursor.position], salt=SALT)
        return replace_query_param(self.base_url or "", CURSOR, word)
