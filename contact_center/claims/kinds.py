"""The notices about reported claims. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import NoticeKind

CLAIM_REPORTED = NoticeKind(
    "claim-reported",
    _("claim reported"),
    frozenset({"number", "occurred_on", "policy", "product", "plate", "offer_days", "signed_by_both", "by_phone"}),
)
DOCUMENT_ASKED = NoticeKind(
    "claim-document-asked", _("document asked for"), frozenset({"number", "document", "why", "due_on"})
)
DOCUMENT_REMINDER = NoticeKind(
    "claim-document-reminder", _("document still missing"), frozenset({"number", "document", "why", "due_on"})
)
