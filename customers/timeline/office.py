"""The page of a customer's timeline in the back office."""

from typing import Any
from urllib.parse import urlencode

from customers.models import Customer
from customers.timeline.places import place_in
from customers.timeline.queries import sources_for, timeline_of
from foundation.requests import StaffRequest

KIND, BEFORE = "tipo", "prima"


def timeline_context(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """The page that the address asks for: of all kinds or of one, the newest rows or those before a place.

    A kind that the reader does not see, or none, is all; a place that is none is the newest.
    """
    sources = sources_for(request.user)
    asked = request.GET.get(KIND, "")
    kind = asked if asked in [each.code for each in sources] else ""
    before = place_in(request.GET.get(BEFORE, ""))
    timeline = timeline_of(customer.file_ids, reader=request.user, before=before, kind=kind)
    chosen = {KIND: kind} if kind else {}
    return {
        "timeline": timeline,
        "is_newest": before is None,
        "newest_url": f"?{urlencode(chosen)}",
        "older_url": f"?{urlencode({**chosen, BEFORE: timeline.older.written()})}" if timeline.older else "",
        "kinds": [
            {"name": each.name, "url": f"?{urlencode({KIND: each.code})}", "is_chosen": each.code == kind}
            for each in sources
        ],
        "kind": kind,
    }
