"""The notices of complaints. Their texts are templates/notices/<code>/subject.txt and body.txt."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind, register

# To the complainant
RECEIVED = register(
    NoticeKind(
        "complaint-received",
        _("complaint received"),
        frozenset({"number", "name", "subject", "received_on", "due_on", "is_over", "handler"}),
    )
)
FORWARDED = register(
    NoticeKind(
        "complaint-forwarded",
        _("complaint passed to the intermediary"),
        frozenset({"number", "name", "intermediary"}),
    )
)
SUSPENDED = register(
    NoticeKind(
        "complaint-suspended",
        _("term of a complaint suspended"),
        frozenset({"number", "name", "intermediary", "latest_on"}),
        still_owed="complaints.services.clock.no_longer_suspended",
    )
)
RESUMED = register(
    NoticeKind(
        "complaint-resumed",
        _("term of a complaint resumed"),
        frozenset({"number", "name", "days", "due_on", "is_over"}),
    )
)
CORRECTED = register(
    NoticeKind(
        "complaint-corrected",
        _("receipt of a complaint corrected"),
        frozenset({"number", "name", "received_on", "due_on", "is_over"}),
    )
)
ANSWERED = register(
    NoticeKind(
        "complaint-answered", _("complaint answered"), frozenset({"number", "name", "letter"}), is_personal=True
    )
)
WITHDRAWN = register(
    NoticeKind("complaint-withdrawn", _("complaint withdrawn"), frozenset({"number", "name", "withdrawn_on"}))
)

# To the intermediary
PASSED_ON = register(
    NoticeKind(
        "complaint-passed-on",
        _("complaint for the intermediary"),
        frozenset({"number", "complainant", "received_on", "text", "note"}),
        channels=(EMAIL,),
        is_personal=True,
    )
)
ENQUIRY = register(
    NoticeKind(
        "complaint-enquiry",
        _("enquiry to the intermediary"),
        frozenset({"number", "complainant", "received_on", "text", "enquiry", "answer_by"}),
        channels=(EMAIL,),
        is_personal=True,
    )
)
COPY = register(
    NoticeKind(
        "complaint-copy",
        _("copy of an answer to the intermediary"),
        frozenset({"number", "complainant"}),
        channels=(EMAIL,),
    )
)

LETTER_COPY = register(
    NoticeKind(
        "complaint-letter-copy",
        _("copy of a letter to the intermediary"),
        frozenset({"number", "complainant", "title", "text"}),
        channels=(EMAIL,),
    )
)

# To the staff
ADDED = register(
    NoticeKind(
        "complaint-added",
        _("addition to a complaint"),
        frozenset({"number", "complainant", "files", "is_open"}),
        channels=(EMAIL,),
    )
)
TERM = register(
    NoticeKind(
        "complaint-term",
        _("alert about the term of a complaint"),
        frozenset({"number", "complainant", "subject", "due_on", "days_left", "days_late"}),
        channels=(EMAIL,),
        still_owed="complaints.services.alerts.no_longer_due",
        is_internal=True,
    )
)
NOT_DELIVERED = register(
    NoticeKind(
        "complaint-not-delivered",
        _("an answer to a complaint did not arrive"),
        frozenset({"number", "complainant", "address", "problem"}),
        channels=(EMAIL,),
    )
)
