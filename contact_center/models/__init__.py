"""Conversations: who takes them, how they came, what was said, and the counts kept of them."""

from .call import Call, CallLeg
from .call_event import CallEvent
from .contact import Contact, ContactEvent, Message, WebFormRequest
from .figures import DailyFigures, FiguresBasis, StaleDay, StalePerson
from .organisation import Agent, Team, TollFreeLine
from .service import OpeningPeriod, ServiceCalendar, ServiceTarget, SpecialDay, WrapUpCode
from .topic import Topic

__all__ = [
    "Agent",
    "Call",
    "CallEvent",
    "CallLeg",
    "Contact",
    "ContactEvent",
    "DailyFigures",
    "FiguresBasis",
    "Message",
    "OpeningPeriod",
    "ServiceCalendar",
    "ServiceTarget",
    "SpecialDay",
    "StaleDay",
    "StalePerson",
    "Team",
    "TollFreeLine",
    "Topic",
    "WebFormRequest",
    "WrapUpCode",
]
