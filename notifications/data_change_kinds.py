"""The notices about data that a colleague changed for a customer. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, SMS, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations

DATA_CHANGED = NoticeKind(
    "data-changed",
    _("data changed by the customer service"),
    frozenset({"number", "what", "line"}),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PHONE_RETIRED = NoticeKind(
    "phone-retired",
    _("telephone number used no more"),
    frozenset({"number", "line"}),
    channels=(SMS,),
    to_former=True,
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
EMAIL_RETIRED = NoticeKind(
    "email-retired",
    _("e-mail address used no more"),
    frozenset({"number", "line"}),
    channels=(EMAIL,),
    to_former=True,
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
DESK_CODE_BY_SMS = NoticeKind(
    "desk-code-sms",
    _("code by SMS, to read to a colleague"),
    frozenset({"code", "minutes"}),
    channels=(SMS,),
    is_confidential=True,
    parts=(obligations.CODE,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
DESK_CODE_BY_EMAIL = NoticeKind(
    "desk-code-email",
    _("code by e-mail, to read to a colleague"),
    frozenset({"code", "minutes"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.CODE,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ACCESS_SUSPENDED = NoticeKind(
    "access-suspended",
    _("reserved area suspended"),
    frozenset({"customer", "reason", "line"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ACCESS_REOPENED = NoticeKind(
    "access-reopened",
    _("reserved area open again"),
    frozenset({"customer", "line"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
