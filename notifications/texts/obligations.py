"""The obligatory parts of the notices about contracts, claims, payments, access and erasure; and those that many kinds share."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.texts.parts import Part

# --- What many kinds share -----------------------------------------------------------------------------------------
POLICY = Part(_("the number of the policy"), word="policy")
NUMBER = Part(_("the number to be quoted"), word="number")
AMOUNT = Part(_("the sum, with its cents"), word="amount")
DUE_ON = Part(_("the day on which it is due"), word="due_on")
LINK = Part(_("the address that leads on: without it nobody can do what the text asks"), word="action_url")
CODE = Part(_("the code"), word="code")
TEXT = Part(_("the text that a person, or the sign-in, wrote"), word="text")
COVER_UNTIL = Part(_("until when the cover lasts"), source="Reg. IVASS 41/2018", word="cover_ends_on")
AUTHORITIES = Part(
    _("that the person may turn to the data protection authority and to a court"),
    source="art. 12(4) GDPR",
    phrases={
        "it": (r"garante.*(autorità giudiziaria|tribunale|giudice)",),
        "en": (r"data protection authority.*court",),
    },
)
REASON = Part(_("the reason"), source="art. 12(4) GDPR", word="reason")


def _of(word: str, *, but: str = "") -> Any:
    """A condition: the facts say so, and `but` does not."""

    def holds(facts: Mapping[str, Any]) -> bool:
        return bool(facts.get(word)) and not (but and facts.get(but))

    return holds


def _is_motor(facts: Mapping[str, Any]) -> bool:
    return bool(facts["is_motor"])


def _is_suspended(facts: Mapping[str, Any]) -> bool:
    return not facts["is_life"] and not facts["is_first"]


# --- Contracts ------------------------------------------------------------------------------------------------------
EXPIRY = (
    POLICY,
    Part(_("the day of expiry"), source="art. 170-bis cod. ass.", word="ends_on"),
    Part(_("the yearly premium"), source="art. 42 Reg. IVASS 41/2018", word="premium"),
    Part(_("until when the cover lasts, grace included"), source="art. 170-bis cod. ass.", word="cover_ends_on"),
    Part(
        _("that a motor liability contract is not renewed tacitly"),
        source="art. 170-bis cod. ass.",
        phrases={
            "it": (r"non si rinnova (tacitamente|da sol[oa]|automaticamente)",),
            "en": (r"not renewed (tacitly|by itself|automatically)",),
        },
        when=_is_motor,
    ),
    Part(
        _("what happens after the last day of cover of a vehicle"),
        source="art. 193 cod. strada",
        phrases={
            "it": (r"non può circolare|priv[oa] di (assicurazione|copertura)",),
            "en": (r"may not be driven|not insured",),
        },
        when=_is_motor,
        only="message",
    ),
)
_WITHOUT_PAYMENT = Part(
    _("that the cover is suspended until the payment"),
    source="art. 1901 c.c.",
    phrases={"it": (r"sospes",), "en": (r"suspend",)},
    when=_is_suspended,
)
_LIFE_ENDS = Part(
    _("that the contract ends"),
    source="art. 1924 c.c.",
    phrases={"it": (r"contratto (si risolve|termina|cessa)",), "en": (r"contract ends",)},
    when=_of("is_life", but="is_first"),
)
INSTALMENT = (
    POLICY,
    AMOUNT,
    DUE_ON,
    Part(
        _("until when the cover lasts if it is not paid"),
        source="art. 1901 c.c.",
        word="cover_ends_on",
        when=lambda facts: not facts["is_first"],
    ),
    _WITHOUT_PAYMENT,
    _LIFE_ENDS,
)
FIRST_PREMIUM = Part(
    _("that there is no cover before the first premium is paid"),
    source="art. 1901 c.c.",
    phrases={
        "it": (r"copertura non opera|non c’è copertura|nessuna copertura",),
        "en": (r"no cover",),
    },
    when=_of("is_first"),
)
CLAIM_IN_CHARGE = (
    NUMBER,
    Part(_("who settles the claim"), word="adjuster"),
    Part(_("how to reach whoever settles the claim"), word="adjuster_phone", when=_of("adjuster")),
    Part(_("the days that the law gives for an offer"), source="art. 148 cod. ass.", word="offer_days"),
    Part(_("the last day for the offer"), source="art. 148 cod. ass.", word="offer_due_on"),
)
PAYMENT = (NUMBER, AMOUNT, POLICY)

# --- Access and erasure ---------------------------------------------------------------------------------------------
CONSENT_CONFIRM = (LINK, Part(_("the wording that was read"), source="art. 7 GDPR", word="text"))
ERASURE_REFUSED = (REASON, AUTHORITIES)
ERASURE_LENGTHENED = (
    REASON,
    Part(_("by when we answer"), source="art. 12(3) GDPR", word="due_on"),
    AUTHORITIES,
)
ERASURE_GRANTED = (
    Part(_("what is erased"), source="art. 17 GDPR", word="goes"),
    Part(_("what is kept"), source="art. 17(3) GDPR", word="stays"),
    AUTHORITIES,
)
