"""Command: count what people did after a promotion, once, when its days are over."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from promotions.models import Promotion, PromotionOutcome
from promotions.results.query import AFTER_DAYS, groups_of

MOST = 500  # in one night; the next finds the others


def count_outcomes() -> int:
    """Keep the outcome of each finished promotion that began more than AFTER_DAYS ago and has none; returns how many.

    One that was stopped is left out: whom it did not reach would stand beside those whom it did. May run twice: each is kept once.
    """
    over = timezone.now() - timedelta(days=AFTER_DAYS)
    waiting = Promotion.objects.filter(state=Promotion.State.FINISHED, begun_at__lte=over, outcome__isnull=True)
    return sum(_count(each) for each in waiting.order_by("begun_at", "pk")[:MOST])


def _count(promotion: Promotion) -> bool:
    written, held_out = groups_of(promotion)
    try:
        with transaction.atomic():
            PromotionOutcome.objects.create(
                promotion=promotion,
                of_written=written.people,
                written_contacts=written.contacts,
                written_policies=written.policies,
                of_held_out=held_out.people,
                held_out_contacts=held_out.contacts,
                held_out_policies=held_out.policies,
            )
    except IntegrityError:  # another worker was faster
        return False
    return True
