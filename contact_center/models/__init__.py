"""Conversations: who takes them, how they came, what was said, and the counts kept of them."""

from .call import Call, CallLeg
from .contact import Contact, ContactEvent, Message, WebFormRequest
from .figures import DailyFigures, FiguresBasis, StaleDay, StalePerson
from .organisation import Agent, Team, TollFreeLine
from .topic import Topic

__all__ = [
    "Agent",
    "Call",
    "CallLeg",
    "Contact",
    "ContactEvent",
    "DailyFigures",
    "FiguresBasis",
    "Message",
    "StaleDay",
    "StalePerson",
    "Team",
    "TollFreeLine",
    "Topic",
    "WebFormRequest",
]
