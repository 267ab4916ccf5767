"""What is offered, to whom it went and why not to others, and who is not to be written to for a while."""

from .outcome import PromotionOutcome
from .pause import ContactPause
from .promotion import Promotion, PromotionEvent
from .recipient import Exclusion, Recipient
from .telephone import CalledPerson, CallList, CallResult, CheckedNumber, OppositionAnswer, OppositionCheck
from .visit import Visit

__all__ = [
    "CallList",
    "CallResult",
    "CalledPerson",
    "CheckedNumber",
    "ContactPause",
    "Exclusion",
    "OppositionAnswer",
    "OppositionCheck",
    "Promotion",
    "PromotionEvent",
    "PromotionOutcome",
    "Recipient",
    "Visit",
]
