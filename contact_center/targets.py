"""Query: by when a contact is due, from the targets and calendars in force."""

from datetime import datetime, timedelta

from contact_center.models import ServiceTarget


def due_at(*, kind: str, level: int, since: datetime) -> datetime | None:
    """The moment by which a contact of this kind is due at this level, counted from `since`; None without a target."""
    target = ServiceTarget.objects.valid_on(since.date()).filter(kind=kind, level=level).first()
    return since + timedelta(minutes=target.minutes) if target else None
