"""Query: how a complaint was classified when a page showed it."""

from typing import Any

from complaints.models import Complaint
from complaints.services.handling import CLASSIFICATION


def classified_as_of(complaint: Complaint, version: int) -> dict[str, Any] | None:
    """The classification in that version, each value as a form begins with it; None where the history has none such."""
    earlier = complaint.history.filter(version=version).order_by("-pgh_id").first()  # type: ignore[attr-defined]
    if earlier is None:
        return None
    return {name: earlier._meta.get_field(name).value_from_object(earlier) for name in CLASSIFICATION}
