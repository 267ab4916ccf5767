"""The conversations that the supervisor regulates, and people's feedback."""

from .addition import AddedFile, ComplaintAddition
from .answer_draft import AnswerDraft
from .approval import AnswerApproval, ApprovalRule
from .arbitrator import ArbitratorAppeal
from .cause import CauseAction
from .checklist import ChecklistItem, ChecklistTick
from .code import Code
from .complaint import Complaint, ComplaintEvent, RegisterYear, Suspension, term_on
from .complaint_return import BranchFigure, HalfYearReturn, MarketFigure, PublicStatement, ReturnRow
from .document import ComplaintDocument
from .feedback import Feedback, FeedbackEvent, FeedbackTheme, StoreRatings, ThemeMeasure
from .intermediary import Enquiry, EnquiryFile, Intermediary, IntermediaryRule
from .letter import ComplaintLetter, LetterSending, answers_not_out
from .letter_text import LetterText, LetterTextEvent
from .past import PastEntry
from .procedure import LegalFigure, ProcedureFile, ProcedureLetter, TermStop
from .proceeding import Proceeding
from .regulator import RegulatorRequest
from .representation import Representation
from .triage import ComplaintHint, HintMeasurement, HintPhrase, TriageDecision

__all__ = [
    "AddedFile",
    "AnswerApproval",
    "AnswerDraft",
    "ApprovalRule",
    "ArbitratorAppeal",
    "BranchFigure",
    "CauseAction",
    "ChecklistItem",
    "ChecklistTick",
    "Code",
    "Complaint",
    "ComplaintAddition",
    "ComplaintDocument",
    "ComplaintEvent",
    "ComplaintHint",
    "ComplaintLetter",
    "Enquiry",
    "EnquiryFile",
    "Feedback",
    "FeedbackEvent",
    "FeedbackTheme",
    "HalfYearReturn",
    "HintMeasurement",
    "HintPhrase",
    "Intermediary",
    "IntermediaryRule",
    "LegalFigure",
    "LetterSending",
    "LetterText",
    "LetterTextEvent",
    "MarketFigure",
    "PastEntry",
    "ProcedureFile",
    "ProcedureLetter",
    "Proceeding",
    "PublicStatement",
    "RegisterYear",
    "RegulatorRequest",
    "Representation",
    "ReturnRow",
    "StoreRatings",
    "Suspension",
    "TermStop",
    "ThemeMeasure",
    "TriageDecision",
    "answers_not_out",
    "term_on",
]
