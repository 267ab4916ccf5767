"""The notices about somebody's own sign-in and consents. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations

# What allauth writes (a new password, a changed second factor): its texts are templates/account/email and templates/mfa/email.
ACCOUNT_MAIL = NoticeKind(
    "account-mail",
    _("sign-in"),
    frozenset({"subject", "text"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.TEXT,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ENROLMENT_LINK = NoticeKind(
    "enrolment-link",
    _("enrolment: link"),
    frozenset({"name", "hours"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.LINK,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ENROLMENT_KNOWN = NoticeKind(
    "enrolment-known",
    _("enrolment: known already"),
    frozenset({"is_open", "sign_in_with"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ENROLMENT_UNKNOWN = NoticeKind(
    "enrolment-unknown",
    _("enrolment: data do not match"),
    frozenset({"contact_url"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
CONSENT_CONFIRM = NoticeKind(
    "consent-confirm",
    _("consent to confirm"),
    frozenset({"name", "purpose", "channel", "text", "days"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=obligations.CONSENT_CONFIRM,
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)

# --- Another address to sign in with (notifications/sign_in_address.py)
ADDRESS_CODE = NoticeKind(
    "address-code",
    _("code for a new sign-in address"),
    frozenset({"code", "minutes", "by_desk"}),
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.CODE,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_TAKEN = NoticeKind(
    "address-taken",
    _("sign-in address asked for by another"),
    frozenset(),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_ASKED = NoticeKind(
    "address-asked",
    _("change of sign-in address asked for"),
    frozenset({"line"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_CHANGED = NoticeKind(
    "address-changed",
    _("sign-in address changed: to the old one"),
    frozenset({"new", "until", "by_desk", "line"}),
    channels=(EMAIL,),
    to_former=True,
    is_confidential=True,
    parts=(obligations.LINK,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_NEW = NoticeKind(
    "address-new",
    _("sign-in address changed: to the new one"),
    frozenset({"old", "until"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_BACK = NoticeKind(
    "address-back",
    _("sign-in address put back: to the old one"),
    frozenset({"line"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ADDRESS_UNDONE = NoticeKind(
    "address-undone",
    _("sign-in address put back: to the other one"),
    frozenset({"line"}),
    channels=(EMAIL,),
    to_former=True,
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
