"""The notices about erasure: asked for, lengthened, granted, refused, taken back."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations

ERASURE_ASKED = NoticeKind(
    "erasure-asked",
    _("erasure asked for"),
    frozenset({"name", "due_on"}),
    parts=(obligations.DUE_ON,),
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
ERASURE_LENGTHENED = NoticeKind(
    "erasure-lengthened",
    _("answer about an erasure takes longer"),
    frozenset({"name", "due_on", "reason"}),
    is_personal=True,
    parts=obligations.ERASURE_LENGTHENED,
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
ERASURE_GRANTED = NoticeKind(
    "erasure-granted",
    _("erasure granted"),
    frozenset({"name", "goes", "stays", "waits", "reason"}),
    is_personal=True,
    parts=obligations.ERASURE_GRANTED,
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
ERASURE_REFUSED = NoticeKind(
    "erasure-refused",
    _("erasure refused"),
    frozenset({"name", "reason"}),
    is_personal=True,
    parts=obligations.ERASURE_REFUSED,
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
ERASURE_WITHDRAWN = NoticeKind(
    "erasure-withdrawn",
    _("erasure taken back"),
    frozenset({"name"}),
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
