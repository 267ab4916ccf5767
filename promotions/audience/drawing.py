"""Command: draw the audience of a promotion: a row for each person it is meant for, and the lots of who is held out."""

from datetime import datetime

from django.db import connection, transaction

from promotions.audience.counting import held_out_of
from promotions.audience.query import audience_of
from promotions.models import Promotion, Recipient

# The lots are drawn among the people whom nothing excludes, so that both groups are alike.
DRAW = """
    INSERT INTO promotions_recipient (promotion_id, customer_id, state, reason, was_eligible, channel, consent_id, policy_id,
                                      profile_consent_id, key, drawn_at)
    SELECT %(promotion)s, customer_id, CASE reason WHEN '' THEN 'waiting' ELSE 'excluded' END, reason, reason = '',
           CASE reason WHEN '' THEN channel ELSE '' END, CASE reason WHEN '' THEN consent_id END,
           CASE reason WHEN '' THEN policy_id END, CASE reason WHEN '' THEN profile_consent_id END,
           gen_random_uuid(), %(now)s
    FROM ({audience}) AS found
    ON CONFLICT (promotion_id, customer_id) DO NOTHING
"""
HOLD_OUT = """
    UPDATE promotions_recipient SET state = 'held_out'
    WHERE id IN (
        SELECT id FROM promotions_recipient WHERE promotion_id = %(promotion)s AND state = 'waiting'
        ORDER BY random() LIMIT %(number)s
    )
"""


@transaction.atomic
def draw_audience(promotion: Promotion, *, now: datetime) -> int:
    """Write down whom it is meant for, once; returns how many are to be written to. The caller holds the promotion's row."""
    recipients = Recipient.objects.filter(promotion=promotion)
    if recipients.exists():
        return recipients.filter(state=Recipient.State.WAITING).count()
    audience, values = audience_of(promotion, now=now)
    with connection.cursor() as cursor:
        cursor.execute(DRAW.format(audience=audience), values | {"now": now})
        eligible = recipients.filter(state=Recipient.State.WAITING).count()
        number = held_out_of(eligible, promotion.holdout_percent)
        cursor.execute(HOLD_OUT, {"promotion": promotion.pk, "number": number})
    return eligible - number
