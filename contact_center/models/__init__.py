"""Conversations: who takes them, how they came, what was written, and the counts kept of them."""

from .agent_state import AgentState, PauseReason
from .answering import DraftFile, Mention, ReplyDraft
from .beforehand import AnsweredBeforehand
from .call import Call, CallLeg
from .call_back import CallBack
from .call_event import CallEvent
from .contact import Contact, ContactEvent, Message, MessageAttachment, WebFormRequest
from .entry import ContactEntry, PastContact
from .figures import DailyFigures, FiguresBasis, StaleDay, StalePerson
from .organisation import Agent, Team, TollFreeLine
from .question import TopicQuestion
from .queue_view import QueueView
from .satisfaction import SatisfactionSurvey
from .service import OpeningPeriod, ServiceCalendar, ServiceTarget, SpecialDay, WrapUpCode
from .tally import QueueTally
from .topic import Topic

__all__ = [
    "Agent",
    "AgentState",
    "AnsweredBeforehand",
    "Call",
    "CallBack",
    "CallEvent",
    "CallLeg",
    "Contact",
    "ContactEntry",
    "ContactEvent",
    "DailyFigures",
    "DraftFile",
    "FiguresBasis",
    "Mention",
    "Message",
    "MessageAttachment",
    "OpeningPeriod",
    "PastContact",
    "PauseReason",
    "QueueTally",
    "QueueView",
    "ReplyDraft",
    "SatisfactionSurvey",
    "ServiceCalendar",
    "ServiceTarget",
    "SpecialDay",
    "StaleDay",
    "StalePerson",
    "Team",
    "TollFreeLine",
    "Topic",
    "TopicQuestion",
    "WebFormRequest",
    "WrapUpCode",
]
