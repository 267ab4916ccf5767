"""What holds for promotions: `foundation.privacy` explains the words."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.privacy import periods
from foundation.privacy import Basis, Rule, Why
from promotions.models import Recipient

PROMOTIONS = _("Promotions")
OFFERED = _("to offer you what you allowed us to offer, and nothing else")
CONSENT_IS_PROVED = _("to prove that you had allowed each message")
LEFT_ALONE = _("to leave you alone while you are not to hear of promotions")
WORK = _("to know who wrote and approved what customers read")

OFFERING = Why(PROMOTIONS, OFFERED, Basis.CONSENT)
PROVING = Why(PROMOTIONS, CONSENT_IS_PROVED, Basis.LAW, "art. 7(1) GDPR; art. 28 l. 689/1981")
SPARING = Why(PROMOTIONS, LEFT_ALONE, Basis.INTEREST)
WRITING = Why(PROMOTIONS, WORK, Basis.INTEREST)

RULES = [
    Rule(
        "promotions.Visit",
        OFFERING,
        customer=("recipient__customer",),
        follows="recipient",
    ),
    Rule(
        "promotions.Recipient",
        PROVING,
        customer=("customer",),
        only=Q(state=Recipient.State.WRITTEN),
        part="written",
        plain=("channel", "reason"),
        secret=("key",),
        period=periods.CONSENT,
        since="written_at",
        needs_name=False,
    ),
    Rule(
        "promotions.Recipient",
        OFFERING,
        customer=("customer",),
        part="other",
        personal=("reason",),
        plain=("channel",),
        secret=("key",),
        period=periods.OWN_NOTICE,
        since="drawn_at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "promotions.CalledPerson",
        PROVING,
        customer=("customer",),
        actors=("result_by",),
        personal=("phone", "note", "result"),
        period=periods.CONSENT,
        since="listed_at",
        needs_name=False,
    ),
    Rule(
        "promotions.CheckedNumber",
        PROVING,
        customer=("customer",),
        personal=("phone",),
        period=periods.CONSENT,
        since="opposition_check__made_at",
        needs_name=False,
    ),
    Rule(
        "promotions.OppositionAnswer",
        WRITING,
        actors=("read_by",),
        plain=("sha256",),
    ),
    Rule(
        "promotions.OppositionCheck",
        WRITING,
        actors=("made_by",),
        plain=("sha256",),
    ),
    Rule(
        "promotions.CallList",
        WRITING,
        actors=("made_by",),
    ),
    Rule(
        "promotions.ContactPause",
        SPARING,
        customer=("customer",),
        actors=("set_by", "ended_by"),
        personal=("ground",),
        period=periods.OWN_NOTICE,
        since="until",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "promotions.PromotionEvent",
        WRITING,
        actors=("by",),
        plain=("old", "new", "words"),
    ),
    Rule(
        "promotions.PromotionOutcome",
        WRITING,
    ),
    Rule(
        "promotions.Promotion",
        WRITING,
        actors=("writer", "last_written_by", "approved_by"),
        plain=("name", "subject", "text", "sms_text", "ramo", "controller"),
    ),
]
