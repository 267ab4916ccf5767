"""How the apps are put together: what the higher ones give to the lower ones, listed once, at the start of every process."""

from complaints import kinds as complaint_kinds
from complaints import services as complaints
from contact_center.claims import kinds as claim_kinds
from contact_center.contacts import kinds as contact_kinds
from contact_center.operations import lines
from notifications import account_kinds, kinds, moves, operation_kinds, operations
from vittoria_care.backoffice import composition as backoffice

# The modules that describe the kinds of notice.
NOTICE_KINDS = [kinds, account_kinds, operation_kinds, contact_kinds, claim_kinds, complaint_kinds]

# The functions that act on a notice that was refused, withheld or put in doubt.
FOLLOWERS_OF_TROUBLE = [complaints.follow_notice]


def compose() -> None:
    """Put everything in its place; ImproperlyConfigured the second time."""
    kinds.KINDS.fill(kinds.kinds_in(NOTICE_KINDS))
    moves.FOLLOWERS_OF_TROUBLE.fill(FOLLOWERS_OF_TROUBLE)
    operations.LINE_TO_CALL.fill([lines.line_to_call])
    backoffice.compose()
