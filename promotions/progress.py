"""How far the campaigns are: what the page of sending shows of promotions."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from foundation.requests import Reader
from notifications.sendings.figures import Campaign
from promotions.models import Promotion, Recipient
from promotions.models.recipient import RecipientState

LATELY = timedelta(days=30)


def campaigns(user: Reader, most: int) -> list[Campaign]:
    """The promotions that are being sent or were lately, as far as the user sees them, the last begun first.

    Two questions, however many there are; nothing for whoever may not see promotions.
    """
    if not user.has_perm("promotions.view_promotion"):
        return []
    begun = Promotion.objects.visible_to(user).filter(begun_at__isnull=False)
    lately = Q(ended_at__isnull=True) | Q(ended_at__gte=timezone.now() - LATELY)
    shown = list(begun.filter(lately).order_by("-begun_at", "-pk").defer("text", "sms_text")[:most])
    numbers: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Recipient.objects.filter(promotion__in=shown).order_by().values_list("promotion", "state")
    for promotion, state, number in rows.annotate(number=Count("pk")):
        numbers[promotion][state] = number
    State = RecipientState
    return [
        Campaign(
            name=each.name,
            url=reverse("admin:promotions_promotion_change", args=[each.pk]),
            state=each.get_state_display(),
            total=numbers[each.pk][State.WRITTEN] + numbers[each.pk][State.WAITING],
            done=numbers[each.pk][State.WRITTEN],
            waiting=numbers[each.pk][State.WAITING],
            left_out=numbers[each.pk][State.EXCLUDED] + numbers[each.pk][State.HELD_OUT],
            began_at=each.begun_at,
        )
        for each in shown
    ]
