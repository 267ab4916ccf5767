"""Rules: until when a policy covers, and when its people must be informed. Dates in, dates out, no clock.

A last day is covered to its midnight (24:00); a first day without cover begins at that midnight. The day from which a
term runs is not counted (art. 2963 c.c.).
"""

from datetime import date, timedelta

from .rami import MOTOR_LIABILITY, Business, ramo

MOTOR_GRACE_DAYS = 15  # art. 170-bis, d.lgs. 209/2005 (CAP)
EXPIRY_NOTICE_DAYS = 30  # art. 170-bis CAP: the company warns at least thirty days before
INSTALMENT_GRACE_DAYS = 15  # art. 1901, second paragraph, c.c.
LIFE_GRACE_DAYS = 20  # art. 1924, second paragraph, c.c., where the contract has no other term


def cover_ends_on(
    ends_on: date, *, annual: bool, line: str, grace_days: int = MOTOR_GRACE_DAYS, replaced_from: date | None = None
) -> date:
    """The last day of cover of a policy that expires on `ends_on`.

    Art. 170-bis CAP: an annual motor liability contract keeps its cover until the fifteenth day after expiry, but not
    beyond the day the new policy takes effect (`replaced_from`). Contracts of less than a year, and every other line,
    end on their day. `line` is a code of `customers.rami`; `grace_days` is the contract's, if it grants other days.
    """
    if line != MOTOR_LIABILITY or not annual:
        return ends_on
    last = ends_on + timedelta(days=grace_days)
    if replaced_from is not None:
        last = max(ends_on, min(last, replaced_from))
    return last


def has_grace(*, annual: bool, line: str) -> bool:
    """Whether the law keeps the cover alive after expiry (art. 170-bis CAP)."""
    return annual and line == MOTOR_LIABILITY


def expiry_notice_due_on(ends_on: date) -> date:
    """The last day on which the notice of expiry, and the risk certificate, may reach the holder in time.

    Art. 170-bis CAP for the notice; art. 7 IVASS Reg. 9/2015 for the certificate (attestato): thirty days before.
    """
    return ends_on - timedelta(days=EXPIRY_NOTICE_DAYS)


def instalment_cover_ends_on(due_on: date, *, line: str, is_first: bool = False) -> date:
    """The last day of cover while the instalment due on `due_on` is unpaid.

    Art. 1901 c.c.: an unpaid first premium gives no cover at all, so the last day is the one before; for later ones
    the cover stops at midnight of the fifteenth day after the due day. Life (art. 1924 c.c.): the contract ends by
    law after twenty days.
    """
    if is_first:
        return due_on - timedelta(days=1)
    days = LIFE_GRACE_DAYS if ramo(line).business == Business.LIFE else INSTALMENT_GRACE_DAYS
    return due_on + timedelta(days=days)


def suspended_from(due_on: date, *, line: str, is_first: bool = False) -> date:
    """The first day without cover while the instalment due on `due_on` is unpaid (see above)."""
    return instalment_cover_ends_on(due_on, line=line, is_first=is_first) + timedelta(days=1)
