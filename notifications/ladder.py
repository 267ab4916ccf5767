"""The ladder of a notice: which ways of one matter count as having reached the person, and which rung comes next.

A notice goes by the first channels of its kind at once, as far as they reach the person. Where none of them does, or not
any more (refused, returned, or without a sign in time), the next rung is taken: a text to the telephone, a letter. What a
way is worth depends on what the kind owes (`kinds.Owes`):

- *informed*: what a channel took counts, until it is reported not to have arrived;
- *proved*: an e-mail that the server took and that did not come back, a letter that was posted and not returned; in the
  reserved area only what was opened, and a text to a telephone only what arrived. A sign is waited for: a person's for as
  long as the kind's `patience`, a machine's for a day.

`has_reached` is the rule for one notice, `reached_sql` the same for the statements that ask it of the whole portfolio.
"""

from datetime import datetime, timedelta
from typing import Any

from notifications.channels import Channel
from notifications.kinds import NoticeKind, Owes
from notifications.models import Notice

State, Arrival = Notice.State, Notice.Arrival
NEEDS_NO_SIGN = (Channel.EMAIL, Channel.POST)  # taken and not come back: it counts
SIGN_WITHIN = timedelta(days=1)  # in which a telephone or a certified mailbox answers
MOBILE = "+393"  # how the numbers begin that a text is sent to: abroad nobody can tell which are mobile telephones


def has_reached(notice: Notice, kind: NoticeKind, now: datetime) -> bool:
    """Rule: whether a notice that was sent counts, so that no other way need be taken."""
    if notice.state != State.SENT or notice.sent_at is None or notice.arrival == Arrival.FAILED:
        return False
    if kind.owes is Owes.INFORMED or notice.arrival == Arrival.DELIVERED or notice.channel in NEEDS_NO_SIGN:
        return True
    if notice.channel == Channel.INBOX:
        return notice.read_at is not None or notice.sent_at > now - kind.patience
    return notice.sent_at > now - SIGN_WITHIN


def reached_sql(alias: str) -> str:
    """`has_reached` as a condition on a notice that was sent, with the values of `reached_values`."""
    return f"""(
        {alias}.arrival <> 'failed' AND (
            NOT %(is_proved)s OR {alias}.arrival = 'delivered' OR {alias}.channel IN ('email', 'post')
            OR CASE WHEN {alias}.channel = 'inbox'
                    THEN {alias}.read_at IS NOT NULL OR {alias}.sent_at > %(patient_since)s
                    ELSE {alias}.sent_at > %(signs_since)s END
        )
    )"""


def reached_values(kind: NoticeKind, now: datetime, *, patience: timedelta | None = None) -> dict[str, Any]:
    """The values that `reached_sql` asks for; `patience` is the kind's unless another is given."""
    is_proved, patience = kind.owes is Owes.PROVED, kind.patience if patience is None else patience
    return {"is_proved": is_proved, "patient_since": now - patience, "signs_since": now - SIGN_WITHIN}
