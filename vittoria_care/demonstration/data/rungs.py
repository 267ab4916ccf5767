"""What the rungs of alert have raised of the open contacts: an hour before the term, and at it."""

from datetime import timedelta

from contact_center.models import Contact, RaisedRung, TermRung
from contact_center.models.term_rung import RungMoment, Warned

from .profiles import Plan

BACK = timedelta(days=5)
HOUR = timedelta(hours=1)


def make_raised_rungs(plan: Plan) -> int:
    """Write who was warned of what is due within the hour, or was due in the last days; returns how many warnings."""
    before = TermRung.objects.filter(moment=RungMoment.MINUTES_BEFORE, is_active=True).order_by("pk").first()
    at_term = TermRung.objects.filter(moment=RungMoment.AT_TERM, is_active=True).order_by("pk").first()
    running = Contact.objects.open().exclude(state=Contact.State.WAITING).filter(started_at__lt=plan.as_of - 2 * HOUR)
    due = running.filter(due_at__gt=plan.as_of - BACK, due_at__lte=plan.as_of + HOUR).order_by("pk")
    rows = []
    for contact in due:
        assert contact.due_at is not None, "as asked"
        if before is not None:
            warned = Warned.OWNER if contact.owner_id else Warned.TEAM
            rows.append(_raised(contact, before, warned, minutes=-60))
        if at_term is not None and contact.due_at <= plan.as_of - timedelta(minutes=5):
            rows.append(_raised(contact, at_term, Warned.TEAM, minutes=3))
    return len(RaisedRung.objects.bulk_create(rows))


def _raised(contact: Contact, rung: TermRung, warned: Warned, *, minutes: int) -> RaisedRung:
    assert contact.due_at is not None, "as asked"
    at = max(contact.due_at + timedelta(minutes=minutes), contact.started_at + timedelta(minutes=5))
    return RaisedRung(contact=contact, rung=rung, due_at=contact.due_at, warned=warned, raised_at=at)
