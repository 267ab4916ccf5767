"""The notices of requests and appeals. Their texts are templates/notices/<code>/subject.txt and body.txt."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, PEC, NoticeKind

# To IVASS: the letter is attached
IVASS_ANSWER = NoticeKind(
    "ivass-answer",
    _("answer to IVASS"),
    frozenset({"protocol", "number"}),
    channels=(PEC,),
    is_personal=True,
)

# To the staff
IVASS_TERM = NoticeKind(
    "ivass-term",
    _("alert about the term of a request of IVASS"),
    frozenset({"protocol", "number", "due_on", "days_left", "days_late"}),
    channels=(EMAIL,),
    still_owed="complaints.procedures.alerts.no_longer_due_to_ivass",
    is_internal=True,
)
ARBITER_TERM = NoticeKind(
    "arbiter-term",
    _("alert about the term of an appeal to the Arbiter"),
    frozenset({"protocol", "number", "due_on", "days_left", "days_late", "is_compliance"}),
    channels=(EMAIL,),
    still_owed="complaints.procedures.alerts.no_longer_due_to_arbiter",
    is_internal=True,
)
IVASS_NOT_DELIVERED = NoticeKind(
    "ivass-not-delivered",
    _("an answer to IVASS did not arrive"),
    frozenset({"protocol", "number", "address", "problem"}),
    channels=(EMAIL,),
    is_internal=True,
)
