"""The notices about somebody's own sign-in and consents. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind

# What allauth writes (a new password, a changed second factor): its texts are templates/account/email and templates/mfa/email.
ACCOUNT_MAIL = NoticeKind(
    "account-mail", _("sign-in"), frozenset({"subject", "text"}), channels=(EMAIL,), is_confidential=True
)
ENROLMENT_LINK = NoticeKind(
    "enrolment-link", _("enrolment: link"), frozenset({"name", "hours"}), channels=(EMAIL,), is_confidential=True
)
ENROLMENT_KNOWN = NoticeKind(
    "enrolment-known", _("enrolment: known already"), frozenset({"is_open", "sign_in_with"}), channels=(EMAIL,)
)
ENROLMENT_UNKNOWN = NoticeKind(
    "enrolment-unknown", _("enrolment: data do not match"), frozenset({"contact_url"}), channels=(EMAIL,)
)
CONSENT_CONFIRM = NoticeKind(
    "consent-confirm",
    _("consent to confirm"),
    frozenset({"name", "purpose", "channel", "text", "days"}),
    channels=(EMAIL,),
    is_confidential=True,
)
