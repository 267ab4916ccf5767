"""The notices of operations: each step, the codes that prove a number or address, and the word to the earlier one."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, SMS, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations
from notifications.texts.parts import Part

STEP = frozenset({"number", "what", "about"})
REFUSED_WITH_REASON = (obligations.NUMBER, Part(_("why it was refused"), word="answer"))

OPERATION_RECEIVED = NoticeKind(
    "operation-received",
    _("operation received"),
    STEP | {"facts", "then", "withdraws"},
    parts=(obligations.NUMBER,),
    group=Group.REQUESTS,
)
OPERATION_STARTED = NoticeKind(
    "operation-started",
    _("operation in progress"),
    STEP,
    parts=(obligations.NUMBER,),
    group=Group.REQUESTS,
)
OPERATION_DONE = NoticeKind(
    "operation-done",
    _("operation carried out"),
    STEP | {"facts", "answer"},
    parts=(obligations.NUMBER,),
    group=Group.REQUESTS,
    required_by=duties.CONTRACT,
)
OPERATION_REFUSED = NoticeKind(
    "operation-refused",
    _("operation refused"),
    STEP | {"answer"},
    parts=REFUSED_WITH_REASON,
    group=Group.REQUESTS,
    required_by=duties.CONTRACT,
)
OPERATION_WITHDRAWN = NoticeKind(
    "operation-withdrawn",
    _("operation withdrawn"),
    STEP,
    parts=(obligations.NUMBER,),
    group=Group.REQUESTS,
)
CODE_BY_SMS = NoticeKind(
    "code-sms",
    _("code by SMS"),
    frozenset({"code", "minutes"}),
    channels=(SMS,),
    is_confidential=True,
    parts=(obligations.CODE,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
CODE_BY_EMAIL = NoticeKind(
    "code-email",
    _("code by e-mail"),
    frozenset({"code", "minutes"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.CODE,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PHONE_CHANGED = NoticeKind(
    "phone-changed",
    _("telephone number changed"),
    frozenset({"number", "line"}),
    channels=(SMS,),
    to_former=True,
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
EMAIL_CHANGED = NoticeKind(
    "email-changed",
    _("e-mail address changed"),
    frozenset({"number", "line"}),
    channels=(EMAIL,),
    to_former=True,
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
