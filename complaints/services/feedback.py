"""Commands: take what a customer thinks of the app, and enter that somebody has dealt with it, under which theme it counts."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Feedback
from customers.models import Customer, User
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text

LONGEST_FEEDBACK = 2_000
MOST_IN_A_DAY = 20  # of one customer


@dataclass(frozen=True)
class Given:
    """A feedback as it was given, and whether this call wrote it."""

    feedback: Feedback
    is_new: bool


@transaction.atomic
def send_feedback(
    *,
    customer: Customer,
    rating: int,
    text: str = "",
    submission_key: uuid.UUID,
    source: str = Feedback.Source.APP,
    platform: str = "",
    app_version: str = "",
) -> Given:
    """Keep what a customer thinks: a rating from 1 to 5 and, if they like, words. The same `submission_key` again keeps nothing.

    Refused beyond MOST_IN_A_DAY in a day, for another rating, and for a text beyond LONGEST_FEEDBACK characters.
    """
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    before = Feedback.objects.filter(source=source, external_id=str(submission_key)).first()
    if before is not None:
        return Given(before, is_new=False)
    if not 1 <= rating <= 5:
        raise Refused(_("Choose from 1 to 5."), code="no_rating", field="rating")
    text = clean_text(text)
    if len(text) > LONGEST_FEEDBACK:
        words = {"most": LONGEST_FEEDBACK, "n": len(text)}
        raise Refused(
            _("There is room for %(most)d characters, and you wrote %(n)d: send us a request for the rest.") % words,
            code="text_too_long",
            field="text",
        )
    lately = timezone.now() - timedelta(days=1)
    if Feedback.objects.filter(customer=customer, received_at__gt=lately).count() >= MOST_IN_A_DAY:
        raise Refused(
            _("Thank you: we have many opinions of yours of today. Write again tomorrow."), code="many_today"
        )
    feedback = Feedback.objects.create(
        source=source,
        external_id=str(submission_key),
        customer=customer,
        rating=rating,
        text=text,
        platform=clean_line(platform)[:30],
        app_version=clean_line(app_version)[:30],
    )
    return Given(feedback, is_new=True)


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
