"""What people read when they are asked for a consent: each wording with its version, kept for as long as it can be cited.

A row of the ledger names the version that was shown. A new wording is a new entry with its first day; the old one
remains.

A consent is asked for on the channels that this installation serves, and that the link by e-mail proves: one for SMS, phone
or post would be confirmed by a mailbox that proves nothing about the number. It is asked for only while something
looks at it: promotions that claims or health products decide about look at the one to offers chosen by profile.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Consent

Purpose, Channel = Consent.Purpose, Consent.Channel


@dataclass(frozen=True)
class ConsentText:
    """The question asked for a purpose: its version, since when, who would write and what for, and on which channels."""

    purpose: str
    version: str
    valid_from: date
    title: Any
    text: Any
    channels: tuple[str, ...]


TEXTS = (
    ConsentText(
        Purpose.MARKETING,
        "2026-01",
        date(2026, 1, 1),
        _("Offers of Vittoria Assicurazioni"),
        _(
            "Vittoria Assicurazioni S.p.A. may write to me about its own insurance products and initiatives. The "
            "policies I hold do not depend on it, and I can change my mind at any time."
        ),
        (Channel.EMAIL,),
    ),
    ConsentText(
        Purpose.AGENCY_PROMOTIONS,
        "2026-01",
        date(2026, 1, 1),
        _("Promotions of my agency"),
        _(
            "The agency that looks after me may send me its own promotions, which it decides by itself. The policies I "
            "hold do not depend on it, and I can change my mind at any time."
        ),
        (Channel.EMAIL,),
    ),
    ConsentText(
        Purpose.PROFILING,
        "2026-01",
        date(2026, 1, 1),
        _("Offers chosen by profile"),
        _(
            "Vittoria Assicurazioni S.p.A. may look at the policies and claims I have with it to choose which offers to "
            "show me, instead of showing everybody the same. No decision about my contracts is taken this way."
        ),
        (Channel.PORTAL,),
    ),
    ConsentText(
        Purpose.PORTAL_ADVERTISING,
        "2026-01",
        date(2026, 1, 1),
        _("Advertising in this reserved area"),
        _(
            "Advertising may be shown to me inside the reserved area, always marked as such and apart from my data. "
            "Without this consent there is none."
        ),
        (Channel.PORTAL,),
    ),
)


def texts_in_use(on: date) -> list[ConsentText]:
    """The wording of each purpose that is asked for on the day, in the order in which they are shown."""
    newest: dict[str, ConsentText] = {}
    for each in TEXTS:
        held = newest.get(each.purpose)
        if each.valid_from <= on and (held is None or each.valid_from > held.valid_from):
            newest[each.purpose] = each
    return list(newest.values())


def wording_of(purpose: str, version: str) -> ConsentText | None:
    """The wording that a row of the ledger names; None for one of an earlier system."""
    return next((each for each in TEXTS if (each.purpose, each.version) == (purpose, version)), None)
