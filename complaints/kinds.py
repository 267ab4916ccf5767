"""The notices of complaints. Their texts are templates/notices/<code>/subject.txt and body.txt."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind

# To the complainant
RECEIVED = NoticeKind(
    "complaint-received",
    _("complaint received"),
    frozenset({"number", "name", "subject", "received_on", "due_on", "is_over", "handler"}),
)
FORWARDED = NoticeKind(
    "complaint-forwarded",
    _("complaint passed to the intermediary"),
    frozenset({"number", "name", "intermediary"}),
)
SUSPENDED = NoticeKind(
    "complaint-suspended",
    _("term of a complaint suspended"),
    frozenset({"number", "name", "intermediary", "latest_on"}),
    still_owed="complaints.services.clock.no_longer_suspended",
)
RESUMED = NoticeKind(
    "complaint-resumed",
    _("term of a complaint resumed"),
    frozenset({"number", "name", "days", "due_on", "is_over"}),
)
CORRECTED = NoticeKind(
    "complaint-corrected",
    _("receipt of a complaint corrected"),
    frozenset({"number", "name", "received_on", "due_on", "is_over"}),
)
ANSWERED = NoticeKind(
    "complaint-answered", _("complaint answered"), frozenset({"number", "name", "letter"}), is_personal=True
)
WITHDRAWN = NoticeKind("complaint-withdrawn", _("complaint withdrawn"), frozenset({"number", "name", "withdrawn_on"}))

# To the intermediary
PASSED_ON = NoticeKind(
    "complaint-passed-on",
    _("complaint for the intermediary"),
    frozenset({"number", "complainant", "received_on", "text", "note"}),
    channels=(EMAIL,),
    is_personal=True,
)
ENQUIRY = NoticeKind(
    "complaint-enquiry",
    _("enquiry to the intermediary"),
    frozenset({"number", "complainant", "received_on", "text", "enquiry", "answer_by"}),
    channels=(EMAIL,),
    is_personal=True,
)
COPY = NoticeKind(
    "complaint-copy",
    _("copy of an answer to the intermediary"),
    frozenset({"number", "complainant"}),
    channels=(EMAIL,),
)

LETTER_COPY = NoticeKind(
    "complaint-letter-copy",
    _("copy of a letter to the intermediary"),
    frozenset({"number", "complainant", "title", "text"}),
    channels=(EMAIL,),
)

# To the staff
ADDED = NoticeKind(
    "complaint-added",
    _("addition to a complaint"),
    frozenset({"number", "complainant", "files", "is_open"}),
    channels=(EMAIL,),
)
TERM = NoticeKind(
    "complaint-term",
    _("alert about the term of a complaint"),
    frozenset({"number", "complainant", "subject", "due_on", "days_left", "days_late"}),
    channels=(EMAIL,),
    still_owed="complaints.services.alerts.no_longer_due",
    is_internal=True,
)
NOT_DELIVERED = NoticeKind(
    "complaint-not-delivered",
    _("an answer to a complaint did not arrive"),
    frozenset({"number", "complainant", "address", "problem"}),
    channels=(EMAIL,),
)
