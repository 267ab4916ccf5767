"""The preferences within the plan of alerts over the whole portfolio: conditions and values of its statement.

Few customers choose anything, so what they chose is one join with a small table; everything that costs more is asked of
their rows alone. The rules are those of `notifications.preferences.rules`.
"""

from typing import Any

from notifications.channels import Channel
from notifications.kinds import NoticeKind
from notifications.preferences.groups import SWITCHED, key_of

# Of the rows of `reachable`, which have their `known_email` and what is `off`: the e-mail that is left, and whether texts
# and letters may follow. What the law asks for goes by an e-mail or a text that was switched off where no other way is left
# but a letter.
CHOSEN = """
    SELECT reachable.*, CASE
            WHEN coalesce(%(off_email)s = ANY(off), false) AND (  -- or of whoever chose nothing all that follows is asked
                NOT %(is_required)s OR is_enrolled AND is_in_inbox IS NOT TRUE
                OR 'sms' = ANY(%(rungs)s) AND %(off_sms)s <> ALL(off) AND EXISTS (
                    SELECT FROM customers_contactpoint AS point
                    WHERE point.customer_id = reachable.customer_id AND point.kind = 'phone'
                      AND starts_with(point.value, %(mobile)s)
                      AND (refused_by IS NULL OR point.value <> ALL(refused_by))
                      AND NOT EXISTS (
                          SELECT FROM notifications_suppressedaddress AS suppressed
                          WHERE suppressed.address = point.value AND suppressed.channel = 'sms'
                            AND suppressed.lifted_at IS NULL
                      )
                )
            ) THEN '' ELSE known_email END AS email,
        coalesce(NOT %(is_required)s AND %(off_sms)s = ANY(off), false) AS is_sms_off,
        coalesce(NOT %(is_required)s AND off && %(off_any)s::varchar[], false) AS is_switched_off
    FROM reachable
"""


def planning_values(kind: NoticeKind) -> dict[str, Any]:
    """The values that `CHOSEN` asks for."""
    return {
        "off_email": key_of(kind.group, Channel.EMAIL),
        "off_sms": key_of(kind.group, Channel.SMS),
        "off_any": [key_of(kind.group, channel) for channel in SWITCHED],
        "is_required": bool(kind.required_by),
    }
