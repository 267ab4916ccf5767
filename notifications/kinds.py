"""Kinds of notice: what each is called, on which channels it goes out, and which words its text may use.

The texts are templates: `templates/notices/<code>/subject.txt` and `body.txt`, in Italian and English by gettext. Each
app keeps its kinds in a module of its own; `vittoria_care/composition.py` lists the modules, and `KINDS` is filled from them
when the program starts, so that every process knows the same kinds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import claim_terms, policy_terms
from customers.models import Consent
from customers.rami import MOTOR_LIABILITY, Business, ramo
from foundation.slots import KeyedSlot
from notifications.channels import Channel

EMAIL, INBOX, POST, SMS = Channel.EMAIL, Channel.INBOX, Channel.POST, Channel.SMS
LONGEST_CODE = 40  # as stored


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice. `code` is stored and names the folder of its texts; `needs` are the words these may use.

    Two more words may always be given: `action_url` and `action_label`, the button of the formatted e-mail.

    A plan over the whole portfolio stores the words as JSON and the text is made of them later: `dates` and `amounts`
    name those that are to be read back as a date or a sum of euro. `derive` works out further words by the rules.

    `still_owed` names the function that is asked just before notices of the kind are sent: (notices, now) in, the reasons
    why some of them are not owed any more out, by the id of the notice. Without one a notice stays true.
    """

    code: str
    name: Any
    needs: frozenset[str]
    channels: tuple[str, ...] = (EMAIL, INBOX)
    is_promotional: bool = False
    consent: str = Consent.Purpose.AGENCY_PROMOTIONS  # the purpose that a promotion needs
    still_owed: str = ""
    is_personal: bool = (
        False  # a person wrote its words: it must not look as if a machine had, or nobody may answer it
    )
    is_internal: bool = False  # to our own staff
    to_former: bool = False  # goes to an address that is the customer's no more, and to no other in its place
    is_confidential: bool = False  # holds a link that is the recipient's alone: colleagues do not see the text
    dates: frozenset[str] = field(default_factory=frozenset)
    amounts: frozenset[str] = field(default_factory=frozenset)
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None

    def read(self, words: Mapping[str, Any]) -> dict[str, Any]:
        """The words with dates and amounts in their own types, and those that follow from them."""
        given = dict(words)
        for name in self.dates & given.keys():
            if isinstance(given[name], str):
                given[name] = date.fromisoformat(given[name])
        for name in self.amounts & given.keys():
            if isinstance(given[name], str):
                given[name] = Decimal(given[name])
        return given | dict(self.derive(given)) if self.derive else given


KINDS: KeyedSlot[str, NoticeKind] = KeyedSlot("the kinds of notice")


def kinds_in(modules: Iterable[ModuleType]) -> dict[str, NoticeKind]:
    """The kinds that the modules describe, by their codes; ValueError for a code of two, or that a notice could not store."""
    found: dict[str, NoticeKind] = {}
    for kind in (each for module in modules for each in vars(module).values() if isinstance(each, NoticeKind)):
        if kind.code in found or not 0 < len(kind.code) <= LONGEST_CODE:
            raise ValueError(f"The kind {kind.code!r} is known already, or its code is not 1 to {LONGEST_CODE} long.")
        found[kind.code] = kind
    return found


def confidential_codes() -> frozenset[str]:
    """Codes of the kinds whose text is for nobody but the recipient."""
    return frozenset(kind.code for kind in KINDS.values() if kind.is_confidential)


def name_of(code: str) -> str:
    """What people call the kind; the code itself for a kind of the past."""
    return str(KINDS[code].name) if code in KINDS else code


# --- Policies and claims ------------------------------------------------------------------------------------------
STILL_OWED = "notifications.deadlines.no_longer_owed"
POLICY = frozenset({"policy", "product", "plate"})


def _expiry(words: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the cover lasts if nothing is done, and whether the law or the contract gives days of grace."""
    annual, line, ends_on = words["annual"], words["line"], words["ends_on"]
    last = policy_terms.cover_ends_on(ends_on, annual=annual, line=line, grace_days=words["grace_days"])
    return {
        "is_motor": line == MOTOR_LIABILITY,
        "has_grace": policy_terms.has_grace(annual=annual, line=line) and last > ends_on,
        "cover_ends_on": last,
    }


def _instalment(words: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the cover lasts while the instalment is unpaid, and by which article of the civil code."""
    terms = {"line": words["line"], "is_first": words["is_first"]}
    return {
        "is_life": ramo(words["line"]).business == Business.LIFE,
        "cover_ends_on": policy_terms.instalment_cover_ends_on(words["due_on"], **terms),
        "suspended_from": policy_terms.suspended_from(words["due_on"], **terms),
    }


def _claim_terms(words: Mapping[str, Any]) -> dict[str, Any]:
    """The legal term of the offer, for motor claims: how many days, and until when once the file is complete."""
    if words["line"] != MOTOR_LIABILITY:
        return {"offer_days": None, "offer_due_on": None}
    terms = {"kind": words["kind"], "signed_by_both": words["signed_by_both"]}
    complete_on = words["complete_on"]
    return {
        "offer_days": claim_terms.offer_days(**terms),
        "offer_due_on": claim_terms.offer_due_on(complete_on, **terms) if complete_on else None,
    }


POLICY_EXPIRING = NoticeKind(
    "policy-expiring",
    _("Policy about to expire"),
    POLICY | {"ends_on", "premium", "annual", "line", "grace_days"},
    dates=frozenset({"ends_on"}),
    amounts=frozenset({"premium"}),
    derive=_expiry,
    still_owed=STILL_OWED,
)
INSTALMENT_DUE = NoticeKind(
    "instalment-due",
    _("Instalment about to fall due"),
    POLICY | {"due_on", "amount", "line", "is_first"},
    dates=frozenset({"due_on"}),
    amounts=frozenset({"amount"}),
    derive=_instalment,
    still_owed=STILL_OWED,
)
INSTALMENT_OVERDUE = NoticeKind(
    "instalment-overdue",
    _("Instalment not paid"),
    POLICY | {"due_on", "amount", "line", "is_first"},
    dates=frozenset({"due_on"}),
    amounts=frozenset({"amount"}),
    derive=_instalment,
    still_owed=STILL_OWED,
)
CLAIM_TAKEN_IN_CHARGE = NoticeKind(
    "claim-taken-in-charge",
    _("Claim taken in charge"),
    POLICY
    | {"number", "occurred_on", "adjuster", "adjuster_phone", "assessor", "repairer"}
    | {"line", "kind", "signed_by_both", "complete_on"},
    dates=frozenset({"occurred_on", "complete_on"}),
    derive=_claim_terms,
    still_owed=STILL_OWED,
)
CLAIM_PEOPLE_CHANGED = NoticeKind(
    "claim-people-changed",
    _("Claim followed by somebody else"),
    POLICY | {"number", "occurred_on", "adjuster", "adjuster_phone", "assessor", "repairer", "line"},
    dates=frozenset({"occurred_on"}),
    still_owed=STILL_OWED,
)
CERTIFICATE_AVAILABLE = NoticeKind(
    "certificate-available",
    _("Risk certificate available"),
    POLICY | {"dated_on", "ends_on"},
    dates=frozenset({"dated_on", "ends_on"}),
)

# --- Payments -------------------------------------------------------------------------------------------------------
PAYMENT = POLICY | {"number", "amount", "paid_on"}
PAYMENT_RECEIVED = NoticeKind(
    "payment-received",
    _("Payment received"),
    PAYMENT | {"due_on", "renewal_until"},
    dates=frozenset({"paid_on", "due_on", "renewal_until"}),
    amounts=frozenset({"amount"}),
)
PAYMENT_TO_REFUND = NoticeKind(
    "payment-to-refund",
    _("Payment to be refunded"),
    PAYMENT | {"reason"},
    dates=frozenset({"paid_on"}),
    amounts=frozenset({"amount"}),
)
PAYMENT_NOT_RECEIVED = NoticeKind(
    "payment-not-received",
    _("Payment not received"),
    POLICY | {"number", "amount", "begun_on"},
    dates=frozenset({"begun_on"}),
    amounts=frozenset({"amount"}),
)
PAYMENT_REFUNDED = NoticeKind(
    "payment-refunded",
    _("Payment refunded"),
    PAYMENT | {"refunded_on", "way"},
    dates=frozenset({"paid_on", "refunded_on"}),
    amounts=frozenset({"amount"}),
)
