"""How the apps are put together: what the higher ones give to the lower ones, listed once, at the start of every process."""

from complaints import kinds as complaint_kinds
from complaints import services as complaints
from complaints.procedures import kinds as procedure_kinds
from complaints.procedures import sending as procedures
from complaints.worked import complaints_worked
from contact_center.claims import kinds as claim_kinds
from contact_center.contacts import kinds as contact_kinds
from contact_center.contacts.worked import contacts_worked
from contact_center.operations import lines
from customers.joining.relations import RELATIONS
from customers.privacy.explaining import EXPLAIN
from customers.sensitive import unusual
from foundation import masking
from insights.watching import kinds as watching_kinds
from notifications import (
    account_kinds,
    alert_kinds,
    data_change_kinds,
    data_export_kinds,
    digest_kinds,
    erasure_kinds,
    kinds,
    moves,
    operation_kinds,
    operations,
    people_kinds,
    push_kinds,
)
from notifications.letters import commands as letters
from notifications.texts import kinds as text_kinds
from promotions import kinds as promotion_kinds
from reserved_area import my_data
from vittoria_care.backoffice import composition as backoffice
from vittoria_care.joined_files import JOINED_FILES
from vittoria_care.masking import MASKED
from vittoria_care.privacy.explaining import explain
from vittoria_care.privacy.holding import held_about

# The modules that describe the kinds of notice.
NOTICE_KINDS = [
    kinds,
    alert_kinds,
    digest_kinds,
    account_kinds,
    operation_kinds,
    data_change_kinds,
    people_kinds,
    erasure_kinds,
    data_export_kinds,
    text_kinds,
    push_kinds,
    contact_kinds,
    claim_kinds,
    complaint_kinds,
    procedure_kinds,
    promotion_kinds,
    watching_kinds,
]

# The functions that act on a notice that was refused, withheld or put in doubt.
FOLLOWERS_OF_TROUBLE = [complaints.follow_notice, procedures.follow_notice]
# The functions that act on what became of a notice after it was sent.
FOLLOWERS_OF_ARRIVAL = [complaints.follow_notice]
# The functions that know to which address a letter goes that is not to a customer's own.
ADDRESSEES = [complaints.addressee_of]


def compose() -> None:
    """Put everything in its place; ImproperlyConfigured the second time."""
    kinds.KINDS.fill(kinds.kinds_in(NOTICE_KINDS))
    moves.FOLLOWERS_OF_TROUBLE.fill(FOLLOWERS_OF_TROUBLE)
    moves.FOLLOWERS_OF_ARRIVAL.fill(FOLLOWERS_OF_ARRIVAL)
    letters.ADDRESSEES.fill(ADDRESSEES)
    masking.FIELDS.fill(MASKED)
    RELATIONS.fill(JOINED_FILES)
    unusual.WORK.fill([contacts_worked, complaints_worked, unusual.operations_worked])
    operations.LINE_TO_CALL.fill([lines.line_to_call])
    EXPLAIN.fill([explain])
    my_data.WHAT_WE_HOLD.fill([held_about])
    backoffice.compose()
