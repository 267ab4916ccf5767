"""Conversations: who takes them, how they came, what was written, and the counts kept of them."""

from .agent_state import AgentState, EndedState, PauseReason
from .answering import DraftFile, Mention, ReplyDraft
from .beforehand import AnsweredBeforehand
from .call import Call, CallLeg
from .call_back import CallBack
from .call_event import CallEvent
from .contact import Contact, ContactEvent, Message, MessageAttachment, WebFormRequest
from .entry import ContactEntry, PastContact
from .figures import DailyFigures, FiguresBasis, StaleDay, StalePerson
from .half_hours import HalfHourFigures
from .identity import IdentityEvent, IdentityQuestion
from .known_person import KnownPerson
from .link import ContactLink
from .mass_event import JoinedContact, MassAnswer, MassEvent
from .organisation import Agent, AgentLine, AgentSkill, Language, Skill, Team, TollFreeLine
from .outgoing import OutgoingCall
from .quality import QualityCriterion, QualityForm, QualityMark, QualityRemark, QualityReview, QualitySample
from .question import TopicQuestion
from .queue_view import QueueView
from .satisfaction import SatisfactionSurvey
from .service import LineTarget, OpeningPeriod, ServiceCalendar, ServiceTarget, SpecialDay, WrapUpCode
from .tally import QueueTally
from .term_rung import RaisedRung, TermRung
from .topic import Topic

__all__ = [
    "Agent",
    "AgentLine",
    "AgentSkill",
    "AgentState",
    "AnsweredBeforehand",
    "Call",
    "CallBack",
    "CallEvent",
    "CallLeg",
    "Contact",
    "ContactEntry",
    "ContactEvent",
    "ContactLink",
    "DailyFigures",
    "DraftFile",
    "EndedState",
    "FiguresBasis",
    "HalfHourFigures",
    "IdentityEvent",
    "IdentityQuestion",
    "JoinedContact",
    "KnownPerson",
    "Language",
    "LineTarget",
    "MassAnswer",
    "MassEvent",
    "Mention",
    "Message",
    "MessageAttachment",
    "OpeningPeriod",
    "OutgoingCall",
    "PastContact",
    "PauseReason",
    "QualityCriterion",
    "QualityForm",
    "QualityMark",
    "QualityRemark",
    "QualityReview",
    "QualitySample",
    "QueueTally",
    "QueueView",
    "RaisedRung",
    "ReplyDraft",
    "SatisfactionSurvey",
    "ServiceCalendar",
    "ServiceTarget",
    "Skill",
    "SpecialDay",
    "StaleDay",
    "StalePerson",
    "Team",
    "TermRung",
    "TollFreeLine",
    "Topic",
    "TopicQuestion",
    "WebFormRequest",
    "WrapUpCode",
]
