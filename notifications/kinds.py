"""Kinds of notice: what each is called, on which channels it goes out, and which words its text may use.

The texts are templates: `templates/notices/<code>/subject.txt` and `body.txt`, in Italian and English by gettext. Each
app keeps its kinds in a module of its own; `vittoria_care/composition.py` lists the modules, and `KINDS` is filled from them
when the program starts, so that every process knows the same kinds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers import claim_terms, policy_terms
from customers.models import Consent
from customers.rami import MOTOR_LIABILITY, Business, ramo
from foundation.slots import KeyedSlot
from notifications.channels import Channel
from notifications.preferences import duties
from notifications.preferences.groups import CHOOSABLE, Group
from notifications.texts import obligations
from notifications.texts.parts import Part

EMAIL, INBOX, PEC, POST, SMS = Channel.EMAIL, Channel.INBOX, Channel.PEC, Channel.POST, Channel.SMS
LONGEST_CODE = 40  # as stored


class Owes(Enum):
    """What we owe with a notice: that the person is informed, or that we can prove it."""

    INFORMED = "informed"  # any channel will do, and what was handed over counts
    PROVED = "proved"  # the person opened it, or a working address took it; what gives no sign in time does not count


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice. `code` is stored and names the folder of its texts; `needs` are the words these may use.

    `channels` are used at once, as far as they reach the person. Where none of them does, or not any more, those of `then`
    follow, one after the other (notifications/ladder.py). One that `owes` proof goes on to the next when what lies in the
    reserved area is not opened within `patience`.

    Two more words may always be given: `action_url` and `action_label`, the button of the formatted e-mail.

    A plan over the whole portfolio stores the words as JSON and the text is made of them later: `dates` and `amounts`
    name those that are to be read back as a date or a sum of euro. `derive` works out further words by the rules.

    `may` are further words that may be left out, for `derive`: what is to be paid, and so the address of its page.

    `still_owed` names the function that is asked just before notices of the kind are sent: (notices, now) in, the reasons
    why some of them are not owed any more out, by the id of the notice. Without one a notice stays true.
    """

    code: str
    name: Any
    needs: frozenset[str]
    channels: tuple[str, ...] = (EMAIL, INBOX)
    then: tuple[str, ...] = (PEC, POST)  # of kinds that go to the reserved area as well
    owes: Owes = Owes.INFORMED
    patience: timedelta = timedelta(days=3)
    is_promotional: bool = False
    consent: str = Consent.Purpose.AGENCY_PROMOTIONS  # the purpose that a promotion needs
    still_owed: str = ""
    asks_itself: bool = (
        False  # a promotion whose `still_owed` also asks for what allows it, and whose words name the purpose
    )
    is_personal: bool = (
        False  # a person wrote its words: it must not look as if a machine had, or nobody may answer it
    )
    is_internal: bool = False  # to our own staff
    to_former: bool = False  # goes to an address that is the customer's no more, and to no other in its place
    is_bulk: bool = False  # planned for a whole portfolio: it waits behind what one person waits for (queues.py)
    is_pushed: bool = True  # what goes to the reserved area is announced on the reader's devices (pushing.py)
    is_confidential: bool = False  # holds a link that is the recipient's alone: colleagues do not see the text
    group: str = ""  # in which people choose how they are written to; "" for what goes to others than customers
    required_by: Any = ""  # the law or contract that asks for it, in words: it cannot be switched off
    gathers: bool = False  # carries other notices, and asks for each of them
    nearest: str = ""  # the word by whose day it stands among several in one message; "" where it is never gathered
    unnamed: frozenset[str] = field(default_factory=frozenset)  # words that `derive` reads, and no text may name
    may: frozenset[str] = field(default_factory=frozenset)
    dates: frozenset[str] = field(default_factory=frozenset)
    amounts: frozenset[str] = field(default_factory=frozenset)
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    parts: tuple[Part, ...] = ()  # what no text of the kind may lack (notifications/texts/parts.py)

    @property
    def is_chosen(self) -> bool:
        """Whether people may say on which channels it reaches them; what a person answers goes where they wrote from."""
        is_given = self.is_personal or self.to_former or self.is_internal or self.is_promotional
        return self.group in CHOOSABLE and not is_given and not self.gathers

    @property
    def may_wait(self) -> bool:
        """Whether it may wait for the end of quiet hours: a code, or a warning about the sign-in, is for now."""
        return self.group != Group.ACCOUNT and not self.is_internal

    @property
    def rungs(self) -> tuple[str, ...]:
        """The channels that follow where the first do not reach the person."""
        return self.then if INBOX in self.channels and not self.is_promotional else ()

    @property
    def is_announced(self) -> bool:
        """Whether a notification on a device says that it lies in the reserved area: no advertising, nothing to our staff."""
        return self.is_pushed and INBOX in self.channels and not self.is_promotional and not self.is_internal

    @property
    def passes_limits(self) -> bool:
        """Whether it goes out however many others went to the same person (rates.py): what the law or the contract asks for,
        and what may carry that.
        """
        return bool(self.required_by) or self.gathers

    @property
    def climbs(self) -> bool:
        """Whether the next rung is taken by itself: not for what a person wrote, who is shown that it did not arrive."""
        is_for_one_address = self.is_confidential or self.to_former or self.is_personal
        return bool(self.rungs) and not self.is_internal and not is_for_one_address

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


def urgent_codes() -> frozenset[str]:
    """Codes of the kinds for which one person waits: neither alerts to many nor advertising."""
    return frozenset(kind.code for kind in KINDS.values() if not kind.is_bulk and not kind.is_promotional)


def name_of(code: str) -> str:
    """What people call the kind; the code itself for a kind of the past."""
    return str(KINDS[code].name) if code in KINDS else code


# --- Policies and claims ------------------------------------------------------------------------------------------
STILL_OWED = "notifications.deadlines.no_longer_owed"
POLICY = frozenset({"policy", "product", "plate"})
PAYS = frozenset({"instalment_id", "offer_id"})  # what is to be paid
TELEPHONE_FIRST = (SMS, PEC, POST)  # kinds that have a short text, in sms.txt


def pay_button(words: Mapping[str, Any]) -> dict[str, str]:
    """The button that leads to the page where the instalment or the renewal is paid; else to what is due."""
    if words.get("instalment_id"):
        return _button("portal_pay", words["instalment_id"], _("Pay the premium"))
    if words.get("offer_id"):
        return _button("portal_renewal", words["offer_id"], _("Renew and pay"))
    return _button("portal_payments", None, _("See what is due"))


def _button(page: str, pk: int | None, label: Any) -> dict[str, str]:
    address = reverse(page, args=[pk]) if pk is not None else reverse(page)
    return {"action_url": settings.SITE_URL + address, "action_label": str(label)}


def claim_button(words: Mapping[str, Any]) -> dict[str, str]:
    """The button that leads to the claim in the reserved area."""
    return _button("portal_claim", words["claim_id"], _("Open the claim"))


def expiry_terms(words: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the cover lasts if nothing is done, and whether the law or the contract gives days of grace."""
    annual, line, ends_on = words["annual"], words["line"], words["ends_on"]
    last = policy_terms.cover_ends_on(ends_on, annual=annual, line=line, grace_days=words["grace_days"])
    return {
        "is_motor": line == MOTOR_LIABILITY,
        "has_grace": policy_terms.has_grace(annual=annual, line=line) and last > ends_on,
        "cover_ends_on": last,
        **pay_button(words),
    }


def instalment_terms(words: Mapping[str, Any]) -> dict[str, Any]:
    """Until when the cover lasts while the instalment is unpaid, and by which article of the civil code."""
    terms = {"line": words["line"], "is_first": words["is_first"]}
    return {
        "is_life": ramo(words["line"]).business == Business.LIFE,
        "cover_ends_on": policy_terms.instalment_cover_ends_on(words["due_on"], **terms),
        "suspended_from": policy_terms.suspended_from(words["due_on"], **terms),
        **pay_button(words),
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
    derive=expiry_terms,
    then=TELEPHONE_FIRST,
    owes=Owes.PROVED,
    still_owed=STILL_OWED,
    parts=obligations.EXPIRY,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="ends_on",
    required_by=duties.EXPIRY,
)
INSTALMENT_DUE = NoticeKind(
    "instalment-due",
    _("Instalment about to fall due"),
    POLICY | {"due_on", "amount", "line", "is_first"},
    dates=frozenset({"due_on"}),
    amounts=frozenset({"amount"}),
    derive=instalment_terms,
    may=PAYS,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    parts=(*obligations.INSTALMENT, obligations.FIRST_PREMIUM),
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="due_on",
)
INSTALMENT_OVERDUE = NoticeKind(
    "instalment-overdue",
    _("Instalment not paid"),
    POLICY | {"due_on", "amount", "line", "is_first"},
    dates=frozenset({"due_on"}),
    amounts=frozenset({"amount"}),
    derive=instalment_terms,
    may=PAYS,
    then=TELEPHONE_FIRST,
    still_owed=STILL_OWED,
    parts=obligations.INSTALMENT,
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="due_on",
    required_by=duties.COVER_STOPS,
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
    parts=obligations.CLAIM_IN_CHARGE,
    group=Group.CLAIMS,
    required_by=duties.CLAIM,
)
CLAIM_PEOPLE_CHANGED = NoticeKind(
    "claim-people-changed",
    _("Claim followed by somebody else"),
    POLICY | {"number", "occurred_on", "adjuster", "adjuster_phone", "assessor", "repairer", "line"},
    dates=frozenset({"occurred_on"}),
    still_owed=STILL_OWED,
    group=Group.CLAIMS,
)
CERTIFICATE_AVAILABLE = NoticeKind(
    "certificate-available",
    _("Risk certificate available"),
    POLICY | {"dated_on", "ends_on"},
    dates=frozenset({"dated_on", "ends_on"}),
    is_bulk=True,
    group=Group.DEADLINES,
    nearest="ends_on",
    required_by=duties.CERTIFICATE,
)

# --- Payments -------------------------------------------------------------------------------------------------------
PAYMENT = POLICY | {"number", "amount", "paid_on"}
PAYMENT_RECEIVED = NoticeKind(
    "payment-received",
    _("Payment received"),
    PAYMENT | {"due_on", "renewal_until"},
    dates=frozenset({"paid_on", "due_on", "renewal_until"}),
    amounts=frozenset({"amount"}),
    parts=obligations.PAYMENT,
    group=Group.PAYMENTS,
    required_by=duties.RECEIPT,
)
PAYMENT_TO_REFUND = NoticeKind(
    "payment-to-refund",
    _("Payment to be refunded"),
    PAYMENT | {"reason"},
    dates=frozenset({"paid_on"}),
    amounts=frozenset({"amount"}),
    parts=obligations.PAYMENT,
    group=Group.PAYMENTS,
    required_by=duties.MONEY,
)
PAYMENT_NOT_RECEIVED = NoticeKind(
    "payment-not-received",
    _("Payment not received"),
    POLICY | {"number", "amount", "begun_on"},
    dates=frozenset({"begun_on"}),
    amounts=frozenset({"amount"}),
    parts=obligations.PAYMENT,
    group=Group.PAYMENTS,
)
PAYMENT_REFUNDED = NoticeKind(
    "payment-refunded",
    _("Payment refunded"),
    PAYMENT | {"refunded_on", "way"},
    dates=frozenset({"paid_on", "refunded_on"}),
    amounts=frozenset({"amount"}),
    parts=obligations.PAYMENT,
    group=Group.PAYMENTS,
    required_by=duties.MONEY,
)
