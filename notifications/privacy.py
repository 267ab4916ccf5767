"""What holds for notices: `foundation.privacy` explains the words."""

from datetime import date
from functools import partial

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from customers.models import Policy
from customers.privacy import periods
from customers.privacy.rules import RESERVED_AREA
from foundation.privacy import NOBODY, Action, Basis, Rule, Why
from notifications import account_kinds, kinds, operation_kinds, push_kinds
from notifications.models import EMPTIED, STRANGER, Notice, SuppressedAddress

NOTICES = _("What we wrote to you")
WHO_DECIDES = _("to know who wrote and switched on the rules by which people are written to")
WRITTEN_AS_OWED = _("to write to you what we owe you, and to prove it")
NOT_WRITTEN_TO = _("to write nothing to an address that does not exist, or whose owner does not want it")
WRITTEN_BACK = _("to answer what you wrote to us, and to know which of our messages did not reach you")

AS_YOU_CHOSE = _("to write to you in the way you chose, and to show why something was not sent to you")

WITHOUT_PERSONS = _("it names nobody: the letters do")
ABOUT_NOBODY = _("it is a rule of ours, and about nobody")
ABOUT_A_CHANNEL = _("it is about a channel, and names nobody that was written to")

# About the sign-in, and codes: of no use once they are read.
OWN_KINDS = [
    *(each.code for each in kinds.kinds_in([account_kinds]).values()),
    operation_kinds.CODE_BY_SMS.code,
    operation_kinds.CODE_BY_EMAIL.code,
    push_kinds.DEVICE_NOTIFICATION.code,
]

# What came back about a notice proves what became of it, and goes with it. What a person wrote is a conversation of its own;
# but what belongs to a notice about a sign-in that nobody has goes with that one too.
PROOF_OR_STRANGER = Q(notice__isnull=False) & (
    Q(kind__in=["bounce", "delayed", "complaint", "receipt"])
    | Q(notice__customer__isnull=True, notice__user__isnull=True)
)
RETURNED = ("sender", "recipient", "subject", "words", "remark", "raw")
RETURNED_PLAIN = ("mailbox", "digest", "status")
RETURNED_LABELS = {"digest": "", "validity": "", "number": ""}

LABELS = {"user": _("user")}  # of the model: one of our people
PERSONAL = ("address", "words", "subject", "body_text", "body_html", "mailbox", "message_id", "problem", "receipt")
PLAIN = ("kind", "language", "once", "thread")
# A row without its words: it remains so that the same notice is not owed again. What waited to be sent is withheld.
BLANK = {
    "address": Case(When(address="", then=Value("")), default=Value(NOBODY)),
    "subject": NOBODY,
    "body_text": NOBODY,
    "state": Case(When(state=Notice.State.QUEUED, then=Value(Notice.State.WITHHELD)), default=F("state")),
}
ON_ITS_WAY = Q(state=Notice.State.SENDING)
ON_ITS_WAY_WHY = _("it is being sent this minute")


def _has_notices_to_come(today: date) -> Q:
    """Preferences of somebody whose policy is in force on the day, about which we write."""
    live = Policy.objects.filter(state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED], ends_on__gte=today)
    return Q(Exists(live.filter(holder=OuterRef("customer"))))


WRITING = Why(NOTICES, WRITTEN_AS_OWED, Basis.LAW)
DECIDING = Why(NOTICES, WHO_DECIDES, Basis.INTEREST)

TEXTS = Why(NOTICES, _("to show which words were approved, by whom and since when"), Basis.LAW)

with_notice = partial(Rule, why=WRITING, customer=("notice__customer",), user=("notice__user",), follows="notice")
emptied_notice = partial(
    Rule,
    "notifications.Notice",
    labels=LABELS,
    customer=("customer",),
    user=("user",),
    personal=PERSONAL,
    plain=PLAIN,
    action=Action.BLANK,
    blank_to=BLANK,
    blanked=EMPTIED,
    since="created_at",
    running=ON_ITS_WAY,
    running_why=ON_ITS_WAY_WHY,
)

RULES = [
    Rule(
        "notifications.AlertRule",
        DECIDING,
        actors=("created_by", "written_by", "submitted_by", "switched_on_by"),
        plain=("name", "name_en", "event", "kind", "lines", "claim_kinds", "ladder", "remark"),
        not_exported=ABOUT_NOBODY,
        action=Action.BLANK,
        blanked=Q(),
    ),
    Rule(
        "notifications.AlertSimulation",
        DECIDING,
        actors=("by",),
        plain=("by_channel",),
        not_exported=ABOUT_NOBODY,
        action=Action.BLANK,
        blanked=Q(),
    ),
    with_notice(
        "notifications.NoticeAttachment",
        personal=("name", "content"),
        plain=("content_type",),
    ),
    with_notice(
        "notifications.DeliveryReport",
        actors=("by",),
        personal=("detail", "original"),
        plain=("outcome", "source_key", "signature", "signer"),
    ),
    with_notice(
        "notifications.Letter",
        personal=("recipient",),
    ),
    Rule(
        "notifications.LetterBatch",
        WRITING,
        actors=("made_by", "ended_by"),
        plain=("sha256", "how"),
        not_exported=WITHOUT_PERSONS,
        action=Action.BLANK,
        blanked=Q(),
    ),
    Rule(
        "notifications.NoticeTextEvent",
        TEXTS,
        actors=("by",),
        plain=("old", "new", "words"),
    ),
    Rule(
        "notifications.NoticeText",
        TEXTS,
        actors=("written_by", "last_written_by", "approved_by"),
        plain=("kind", "medium", "language", "subject", "body", "change_note"),
    ),
    Rule(
        "notifications.ChannelCircuit",
        WRITING,
        actors=("asked_by",),
        plain=("cause",),
        not_exported=ABOUT_A_CHANNEL,
        action=Action.BLANK,
        blanked=Q(),
    ),
    with_notice(
        "notifications.NoticeHold",
    ),
    with_notice(
        "notifications.NoticeEvent",
        actors=("by",),
        personal=("detail",),
    ),
    Rule(
        "notifications.Notice",
        Why(NOTICES, RESERVED_AREA, Basis.INTEREST),
        labels=LABELS,
        found_by=lambda person: Q(customer__isnull=True, user__isnull=True, address__in=person.addresses),
        customer=("customer",),
        user=("user",),
        only=STRANGER,
        part="stranger",
        personal=PERSONAL,
        plain=PLAIN,
        period=periods.ENTERING,
        since="created_at",
        at_once=True,
        needs_name=False,
    ),
    emptied_notice(
        Why(NOTICES, RESERVED_AREA, Basis.CONTRACT),
        only=Q(is_promotional=True) | Q(kind__in=OWN_KINDS),
        part="own",
        period=periods.OWN_NOTICE,
        at_once=True,
        needs_name=False,
    ),
    emptied_notice(
        WRITING.citing("art. 2946 c.c.; Reg. IVASS 41/2018"),
        part="owed",
        period=periods.OBLIGATORY_NOTICE,
        beside=True,
    ),
    with_notice(
        "notifications.ReturnedMessage",
        only=PROOF_OR_STRANGER,
        part="proof",
        labels=RETURNED_LABELS,
        actors=("handled_by",),
        personal=RETURNED,
        plain=RETURNED_PLAIN,
    ),
    Rule(
        "notifications.ReturnedMessage",
        Why(NOTICES, WRITTEN_BACK, Basis.INTEREST),
        customer=("notice__customer",),
        user=("notice__user",),
        found_by=lambda person: Q(sender__in=person.addresses) | Q(recipient__in=person.addresses),
        labels=RETURNED_LABELS,
        actors=("handled_by",),
        part="written",
        personal=RETURNED,
        plain=RETURNED_PLAIN,
        period=periods.CONVERSATION,
        since="received_at",
        running=Q(state="open"),
        running_why=_("nobody has answered it yet"),
        needs_name=False,
    ),
    Rule(
        "notifications.NoticePreference",
        Why(NOTICES, AS_YOU_CHOSE, Basis.CONTRACT),
        customer=("customer",),
        plain=("off",),
        at_once=True,
        running=_has_notices_to_come,
        running_why=_("we write to you about the contract in force as you chose"),
        needs_name=False,
    ),
    Rule(
        "notifications.PreferenceChange",
        Why(NOTICES, AS_YOU_CHOSE, Basis.LAW, "art. 2946 c.c."),
        customer=("customer",),
        actors=("by",),
        personal=("reason", "before", "after"),
        period=periods.OBLIGATORY_NOTICE,
        since="at",
        beside=True,
        needs_name=False,
    ),
    Rule(
        "notifications.SuppressedAddress",
        Why(NOTICES, NOT_WRITTEN_TO, Basis.LAW, "art. 21 GDPR"),
        found_by=lambda person: Q(address__in=person.addresses),
        actors=("by", "lifted_by"),
        only=Q(reason=SuppressedAddress.Reason.ASKED, lifted_at__isnull=True),
        part="asked",
        personal=("address", "detail", "lifted_why"),
        period=periods.CONSENT,
        since="since",
        running=Q(lifted_at__isnull=True),
        running_why=_("you asked us not to write there: without it we would write again"),
        needs_name=False,
    ),
    Rule(
        "notifications.SuppressedAddress",
        Why(NOTICES, NOT_WRITTEN_TO, Basis.INTEREST),
        found_by=lambda person: Q(address__in=person.addresses),
        actors=("by", "lifted_by"),
        part="other",
        personal=("address", "detail", "lifted_why"),
        period=periods.OPINION,
        since="since",
        at_once=True,
        needs_name=False,
    ),
]
