"""Command: enter that somebody has dealt with a feedback, under which theme it counts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Feedback
from customers.models import User
from foundation.refusals import Refused


@transaction.atomic
def handle_feedback(feedback: Feedback, *, theme: str = "", by: User) -> Feedback:
    """Enter that the feedback was read and dealt with, now and by whom. Refused when it was dealt with before."""
    feedback = Feedback.objects.select_for_update().get(pk=feedback.pk)
    if feedback.handled_at is not None:
        raise Refused(_("This was dealt with already."), code="handled_already")
    if theme not in Feedback.Theme.values:
        raise Refused(_("There is no such theme."), code="no_theme")
    feedback.theme, feedback.handled_at, feedback.handled_by = theme, timezone.now(), by
    feedback.save(update_fields=["theme", "handled_at", "handled_by"])
    return feedback
