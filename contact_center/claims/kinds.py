"""The notices about reported claims. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations
from notifications.texts.parts import Part

ASKED = (obligations.NUMBER, obligations.DUE_ON, Part(_("which document is asked for"), word="document"))

CLAIM_REPORTED = NoticeKind(
    "claim-reported",
    _("claim reported"),
    frozenset(
        {"number", "occurred_on", "policy", "product", "plate", "offer_days", "signed_by_both", "by_phone", "agency"}
    ),
    parts=(obligations.NUMBER,),
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
)
DOCUMENT_ASKED = NoticeKind(
    "claim-document-asked",
    _("document asked for"),
    frozenset({"number", "document", "why", "due_on"}),
    parts=ASKED,
    group=Group.CLAIMS,
    required_by=duties.CLAIM_FILE,
)
