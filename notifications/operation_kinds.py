"""The notices of operations: each step, the codes that prove a number or address, and the word to the earlier one."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, SMS, NoticeKind

STEP = frozenset({"number", "what", "about"})

OPERATION_RECEIVED = NoticeKind("operation-received", _("operation received"), STEP | {"facts", "then", "withdraws"})
OPERATION_STARTED = NoticeKind("operation-started", _("operation in progress"), STEP)
OPERATION_DONE = NoticeKind("operation-done", _("operation carried out"), STEP | {"facts", "answer"})
OPERATION_REFUSED = NoticeKind("operation-refused", _("operation refused"), STEP | {"answer"})
OPERATION_WITHDRAWN = NoticeKind("operation-withdrawn", _("operation withdrawn"), STEP)
CODE_BY_SMS = NoticeKind(
    "code-sms", _("code by SMS"), frozenset({"code", "minutes"}), channels=(SMS,), is_confidential=True
)
CODE_BY_EMAIL = NoticeKind(
    "code-email", _("code by e-mail"), frozenset({"code", "minutes"}), channels=(EMAIL,), is_confidential=True
)
PHONE_CHANGED = NoticeKind(
    "phone-changed", _("telephone number changed"), frozenset({"number", "line"}), channels=(SMS,), to_former=True
)
EMAIL_CHANGED = NoticeKind(
    "email-changed", _("e-mail address changed"), frozenset({"number", "line"}), channels=(EMAIL,), to_former=True
)
