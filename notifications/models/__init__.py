"""The outbox, the rules of the alerts, letters, the texts of notices, how people want them, and how sending goes."""

from .alert_rule import AlertEvent, AlertRule, AlertSimulation
from .letter import Letter, LetterBatch
from .notice import (
    EMPTIED,
    HOW_IT_WENT,
    IN_TROUBLE,
    STRANGER,
    WHAT_GOES_OUT,
    DeliveryReport,
    MailboxPlace,
    Notice,
    NoticeAttachment,
    NoticeEvent,
    NoticeQuerySet,
    NoticeState,
    SuppressedAddress,
    SuppressedAddressQuerySet,
)
from .preference import NoticeHold, NoticePreference, PreferenceChange
from .returned import ReturnedMessage, ReturnedMessageQuerySet
from .sending import ChannelCircuit, SendingDay
from .text import NoticeText, NoticeTextEvent, NoticeTextQuerySet, TextState

__all__ = [
    "EMPTIED",
    "HOW_IT_WENT",
    "IN_TROUBLE",
    "STRANGER",
    "WHAT_GOES_OUT",
    "AlertEvent",
    "AlertRule",
    "AlertSimulation",
    "ChannelCircuit",
    "DeliveryReport",
    "Letter",
    "LetterBatch",
    "MailboxPlace",
    "Notice",
    "NoticeAttachment",
    "NoticeEvent",
    "NoticeHold",
    "NoticePreference",
    "NoticeQuerySet",
    "NoticeState",
    "NoticeText",
    "NoticeTextEvent",
    "NoticeTextQuerySet",
    "PreferenceChange",
    "ReturnedMessage",
    "ReturnedMessageQuerySet",
    "SendingDay",
    "SuppressedAddress",
    "SuppressedAddressQuerySet",
    "TextState",
]
