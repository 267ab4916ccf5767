"""The notices of complaints. Their texts are templates/notices/<code>/subject.txt and body.txt."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, PEC, POST, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations
from notifications.texts.parts import Part

# What the law asks of these texts; the paragraphs of the answer letter are in `letters/`, and come with the letter.
ANSWER_BY = Part(
    _("the day of our answer"),
    source="art. 8 Reg. ISVAP 24/2008",
    word="due_on",
    when=lambda facts: not facts["is_over"],
)
TERM_OF_45 = Part(
    _("that the term is 45 days"),
    source="art. 8 Reg. ISVAP 24/2008",
    phrases={"it": (r"45 giorni",), "en": (r"45 (calendar )?days",)},
)
SUSPENSION = (
    obligations.NUMBER,
    Part(_("the last day for our answer"), source="art. 10-ter Reg. ISVAP 24/2008", word="latest_on"),
    Part(
        _("that the term stands still for at most 15 days"),
        source="art. 10-ter Reg. ISVAP 24/2008",
        phrases={"it": (r"15 giorni",), "en": (r"15 days",)},
    ),
)
LETTER = Part(
    _("the answer letter, which carries what the law asks for: IVASS, the Insurance Arbiter, mediation"),
    source="art. 8 Reg. ISVAP 24/2008",
    word="letter",
)
ENQUIRED_BY = Part(_("by when the intermediary answers"), source="art. 10-ter Reg. ISVAP 24/2008", word="answer_by")
INVITED_BY = Part(_("by when the intermediary answers"), source="Reg. ISVAP 24/2008", word="answer_by")
REMEDIES = (
    Part(
        _("that the complainant may turn to IVASS"),
        source="art. 8 Reg. ISVAP 24/2008",
        phrases={"it": (r"IVASS",), "en": (r"IVASS",)},
        when=lambda facts: bool(facts["days_late"]),
    ),
    Part(
        _("that the complainant may turn to the Insurance Arbiter"),
        source="d.m. 215/2024; Provv. IVASS 163/2025",
        phrases={"it": (r"Arbitro Assicurativo",), "en": (r"Insurance Arbiter",)},
        when=lambda facts: bool(facts["days_late"]),
        since=date(2026, 1, 15),
    ),
)

# To the complainant
RECEIVED = NoticeKind(
    "complaint-received",
    _("complaint received"),
    frozenset({"number", "name", "subject", "received_on", "due_on", "is_over", "handler"}),
    parts=(obligations.NUMBER, ANSWER_BY, TERM_OF_45),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
FORWARDED = NoticeKind(
    "complaint-forwarded",
    _("complaint passed to the intermediary"),
    frozenset({"number", "name", "intermediary"}),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
SUSPENDED = NoticeKind(
    "complaint-suspended",
    _("term of a complaint suspended"),
    frozenset({"number", "name", "intermediary", "latest_on"}),
    still_owed="complaints.services.clock.no_longer_suspended",
    parts=SUSPENSION,
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
RESUMED = NoticeKind(
    "complaint-resumed",
    _("term of a complaint resumed"),
    frozenset({"number", "name", "days", "due_on", "is_over"}),
    parts=(obligations.NUMBER, ANSWER_BY),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
CORRECTED = NoticeKind(
    "complaint-corrected",
    _("receipt of a complaint corrected"),
    frozenset({"number", "name", "received_on", "due_on", "is_over"}),
    parts=(obligations.NUMBER, ANSWER_BY),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
ANSWERED = NoticeKind(
    "complaint-answered",
    _("complaint answered"),
    frozenset({"number", "name", "letter"}),
    is_personal=True,
    parts=(obligations.NUMBER, LETTER),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
ANSWER_BY_POST = NoticeKind(
    "complaint-letter",
    _("answer to a complaint by post"),
    frozenset({"number", "name"}),
    channels=(POST,),
    then=(),
    is_personal=True,
    parts=(obligations.NUMBER,),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
WITHDRAWN = NoticeKind(
    "complaint-withdrawn",
    _("complaint withdrawn"),
    frozenset({"number", "name", "withdrawn_on"}),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
CANCELLED = NoticeKind(
    "complaint-cancelled",
    _("entry of a complaint cancelled"),
    frozenset({"number", "name", "cause", "request", "other"}),
    parts=(obligations.NUMBER,),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
REINSTATED = NoticeKind(
    "complaint-reinstated",
    _("entry of a complaint reinstated"),
    frozenset({"number", "name", "due_on", "is_over"}),
    parts=(obligations.NUMBER, ANSWER_BY),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)
MANDATE = NoticeKind(
    "complaint-mandate",
    _("mandate asked for"),
    frozenset({"number", "name", "represented", "due_on"}),
    is_personal=True,
    parts=(obligations.NUMBER,),
    group=Group.COMPLAINTS,
    required_by=duties.COMPLAINT,
)

# To whoever gave an opinion
FEEDBACK_RECEIVED = NoticeKind(
    "feedback-received",
    _("opinion received"),
    frozenset({"day"}),
    then=(),
    group=Group.REQUESTS,
)
FEEDBACK_ANSWERED = NoticeKind(
    "feedback-answered",
    _("answer to an opinion"),
    frozenset({"day", "text"}),
    then=(),
    is_personal=True,
    parts=(obligations.TEXT,),
    group=Group.REQUESTS,
    required_by=duties.ANSWER,
)

# To the intermediary: to its certified address, by e-mail, or by post where nothing else is known
TO_INTERMEDIARY = (EMAIL, PEC, POST)
PASSED_ON = NoticeKind(
    "complaint-passed-on",
    _("complaint for the intermediary"),
    frozenset({"number", "complainant", "received_on", "text", "note"}),
    channels=TO_INTERMEDIARY,
    is_personal=True,
)
ENQUIRY = NoticeKind(
    "complaint-enquiry",
    _("enquiry to the intermediary"),
    frozenset({"number", "complainant", "received_on", "text", "enquiry", "answer_by"}),
    channels=TO_INTERMEDIARY,
    is_personal=True,
    still_owed="complaints.intermediaries.commands.no_longer_asked",
    parts=(obligations.NUMBER, ENQUIRED_BY),
)
INVITATION = NoticeKind(
    "complaint-invitation-to-position",
    _("invitation to the intermediary to give its position"),
    frozenset({"number", "complainant", "received_on", "text", "enquiry", "answer_by", "article"}),
    channels=TO_INTERMEDIARY,
    is_personal=True,
    still_owed="complaints.intermediaries.commands.no_longer_asked",
    parts=(obligations.NUMBER, INVITED_BY),
)
ENQUIRY_REMINDER = NoticeKind(
    "complaint-enquiry-reminder",
    _("reminder to the intermediary"),
    frozenset({"number", "complainant", "asked_on", "answer_by", "is_late"}),
    channels=TO_INTERMEDIARY,
    still_owed="complaints.intermediaries.commands.no_longer_asked",
    parts=(obligations.NUMBER, INVITED_BY),
)
ENQUIRY_CLOSED = NoticeKind(
    "complaint-enquiry-closed",
    _("enquiry to the intermediary closed"),
    frozenset({"number", "complainant", "asked_on"}),
    channels=TO_INTERMEDIARY,
)
COPY = NoticeKind(
    "complaint-copy",
    _("copy of an answer to the intermediary"),
    frozenset({"number", "complainant"}),
    channels=TO_INTERMEDIARY,
)

LETTER_COPY = NoticeKind(
    "complaint-letter-copy",
    _("copy of a letter to the intermediary"),
    frozenset({"number", "complainant", "title", "text"}),
    channels=TO_INTERMEDIARY,
)

# To the staff
ADDED = NoticeKind(
    "complaint-added",
    _("addition to a complaint"),
    frozenset({"number", "complainant", "files", "is_open"}),
    channels=(EMAIL,),
)
POSITION = NoticeKind(
    "complaint-position",
    _("position of an intermediary on a complaint"),
    frozenset({"number", "complainant", "intermediary", "files"}),
    channels=(EMAIL,),
)
POSITION_LATE = NoticeKind(
    "complaint-position-late",
    _("position of an intermediary overdue"),
    frozenset({"number", "complainant", "intermediary", "answer_by"}),
    channels=(EMAIL,),
    still_owed="complaints.intermediaries.commands.no_longer_asked",
)
TERM = NoticeKind(
    "complaint-term",
    _("alert about the term of a complaint"),
    frozenset({"number", "complainant", "subject", "due_on", "days_left", "days_late"}),
    channels=(EMAIL,),
    still_owed="complaints.services.alerts.no_longer_due",
    is_internal=True,
    parts=(obligations.NUMBER, *REMEDIES),
)
NOT_DELIVERED = NoticeKind(
    "complaint-not-delivered",
    _("an answer to a complaint did not arrive"),
    frozenset({"number", "complainant", "address", "problem"}),
    channels=(EMAIL,),
)
TO_APPROVE = NoticeKind(
    "complaint-to-approve",
    _("an answer to a complaint waits to be approved"),
    frozenset({"number", "writer", "due_on"}),
    channels=(EMAIL,),
    is_internal=True,
    parts=(obligations.NUMBER,),
)
SENT_BACK = NoticeKind(
    "complaint-sent-back",
    _("an answer to a complaint was sent back"),
    frozenset({"number", "reader", "remark", "due_on"}),
    channels=(EMAIL,),
    is_internal=True,
    parts=(obligations.NUMBER,),
)
