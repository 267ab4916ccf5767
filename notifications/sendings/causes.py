"""Rule: why a message did not get through, of the words that were kept of it, and whose fault it is.

The words are those of a mail server, of a provider, or ours. What is our fault never mutes an address: it is put right, and
the messages are tried again.
"""

import re
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Decision(Enum):
    """What a person does about all notices of a cause."""

    AGAIN = "again"
    SUPPRESS = "suppress"
    POST = "post"
    WITHHOLD = "withhold"


class Cause(Enum):
    """Why; with the words for people, whether the fault is ours, and what is usually done."""

    NO_MAILBOX = "no_mailbox"
    FULL = "full"
    POLICY = "policy"
    SIGN_IN = "sign_in"
    AWAY = "away"
    NAME = "name"
    TOO_LARGE = "too_large"
    DEVICE = "device"
    TEXT = "text"
    DOUBT = "doubt"
    OTHER = "other"

    @property
    def label(self) -> Any:
        """In words."""
        return LABELS[self]

    @property
    def is_ours(self) -> bool:
        """Whether our settings, or how the receivers see us, are at fault."""
        return self in (Cause.POLICY, Cause.SIGN_IN, Cause.AWAY, Cause.NAME, Cause.TEXT)

    @property
    def usual(self) -> Decision:
        """The one button that stands first."""
        if self is Cause.NO_MAILBOX:
            return Decision.SUPPRESS
        if self is Cause.TOO_LARGE:
            return Decision.POST
        return Decision.WITHHOLD if self is Cause.DEVICE else Decision.AGAIN


LABELS = {
    Cause.NO_MAILBOX: _("nobody is at the address"),
    Cause.FULL: _("the mailbox is full"),
    Cause.POLICY: _("refused by the receiver's rules: about us, not about the address"),
    Cause.SIGN_IN: _("our sign-in at the provider is refused"),
    Cause.AWAY: _("the server or provider did not answer"),
    Cause.NAME: _("a name could not be found: our DNS or theirs"),
    Cause.TOO_LARGE: _("too large, or too long"),
    Cause.DEVICE: _("the device is gone"),
    Cause.TEXT: _("the text cannot be made"),
    Cause.DOUBT: _("it may have gone: the line was lost"),
    Cause.OTHER: _("another reason"),
}
# In this order: the first that fits. 5.7.x is policy also where its words speak of a user.
PATTERNS: tuple[tuple[Cause, re.Pattern[str]], ...] = tuple(
    (cause, re.compile(pattern, re.IGNORECASE))
    for cause, pattern in (
        (
            Cause.SIGN_IN,
            r"\b(530|534|535)\b|[45]\.7\.(8|9|0)\b|20003|THIRD_PARTY_AUTH|SENDER_ID_MISMATCH|invalid_grant",
        ),
        (Cause.POLICY, r"\b[45]\.7\.\d+|spam|blacklist|blocklist|block list|dmarc|\bspf\b|reputation|listed"),
        (Cause.NO_MAILBOX, r"\b5\.1\.(1|2|3|6|10)\b|\b(21211|21614|30005|30006)\b"),
        (Cause.FULL, r"\b[45]\.2\.2\b|quota|mailbox (is )?full|casella piena"),
        (Cause.TOO_LARGE, r"\b552\b|\b5\.3\.4\b|segments; at most|413\b|at most \d+ bytes"),
        (Cause.DEVICE, r"UNREGISTERED|\b(404|410)\b.*|device was forgotten|message\.token"),
        (
            Cause.NAME,
            r"name or service|getaddrinfo|nodename|temporary failure in name|\b[45]\.4\.[34]\b|host not found",
        ),
        (
            Cause.AWAY,
            r"refused\b.*connection|connection|timed? ?out|timeout|did not answer|does not answer|could not be asked|\b421\b|unreachable",
        ),
    )
)


def cause_of(problem: str, *, in_doubt: bool = False) -> Cause:
    """Rule: the cause, of the words that were kept. What is in doubt is one cause, whatever the words: a person has to look."""
    if in_doubt:
        return Cause.DOUBT
    for cause, pattern in PATTERNS:
        if pattern.search(problem):
            return cause
    return Cause.TEXT if TEXT_CANNOT_BE_MADE.search(problem) else Cause.OTHER


TEXT_CANNOT_BE_MADE = re.compile(
    r"The text cannot be made|Il testo non può essere|which this kind of notice does not have"
)
