"""The notices that contacts send. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, SMS, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations
from notifications.texts.parts import Part

REQUEST_RECEIVED = NoticeKind(
    "request-received",
    _("request received"),
    frozenset({"number", "subject", "name", "due_at", "answers"}),
    parts=(obligations.NUMBER, obligations.LINK),
    group=Group.REQUESTS,
)
CONTACT_ENTERED = NoticeKind(
    "contact-entered",
    _("letter, visit or message received"),
    frozenset({"number", "subject", "name", "received_on", "due_at"}),
    parts=(obligations.NUMBER,),
    group=Group.REQUESTS,
)
REQUEST_ANSWERED = NoticeKind(
    "request-answered",
    _("answer to a request"),
    frozenset({"number", "subject", "text", "files"}),
    is_personal=True,
    parts=(obligations.NUMBER, obligations.TEXT),
    group=Group.REQUESTS,
    required_by=duties.ANSWER,
)
AGENCY_COPY = NoticeKind(
    "request-agency-copy",
    _("copy of an answer to the customer's agency"),
    frozenset({"number", "subject", "customer", "text"}),
    channels=(EMAIL,),
    parts=(obligations.NUMBER, obligations.TEXT),
)
SATISFACTION_ASKED = NoticeKind(
    "satisfaction-asked",
    _("was it resolved?"),
    frozenset({"number", "subject", "called_on"}),
    dates=frozenset({"called_on"}),
    channels=(EMAIL, SMS),
    is_confidential=True,  # its link answers for the customer
    still_owed="contact_center.contacts.satisfaction.no_longer_asked",
    parts=(obligations.LINK,),
    group=Group.REQUESTS,
)
CALL_BACK_BOOKED = NoticeKind(
    "call-back-booked",
    _("call-back booked"),
    frozenset({"number", "when", "until", "phone", "is_moved"}),
    group=Group.REQUESTS,
)
CALL_BACK_CANCELLED = NoticeKind(
    "call-back-cancelled",
    _("call-back called off"),
    frozenset({"number", "when"}),
    group=Group.REQUESTS,
    required_by=duties.ANSWER,
)
CALL_BACK_NOT_REACHED = NoticeKind(
    "call-back-not-reached",
    _("we called in vain"),
    frozenset({"number", "tries", "phone"}),
    group=Group.REQUESTS,
    required_by=duties.ANSWER,
)
COMPLAINT_INVITATION = NoticeKind(
    "complaint-invitation",
    _("how to write a complaint"),
    frozenset({"number"}),
    channels=(EMAIL,),
    parts=(obligations.LINK,),
    group=Group.REQUESTS,
    required_by=duties.COMPLAINT,
)
CONTACT_TERMS = NoticeKind(
    "contact-terms",
    _("alert about the terms of contacts"),
    frozenset({"warned_count", "late_count", "contacts"}),
    channels=(EMAIL,),
    still_owed="contact_center.contacts.rungs.no_longer_near",
    is_internal=True,
    parts=(Part(_("which contacts, and when they are due"), word="contacts"), obligations.LINK),
)
