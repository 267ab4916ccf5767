"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember
from .calendar_feed import CalendarFeed
from .claim import Claim
from .claim_report import AskedDocument, ClaimDraft, ClaimFile, ClaimReport, ReportYear
from .customer import Consent, ContactPoint, Customer
from .document import Document, DocumentOpening
from .enrolment import Enrolment
from .operation import Operation, OperationEvent
from .payment import Payment, PaymentEvent, PaymentIncident, RefundDue, RenewalOffer
from .policy import Instalment, Policy, PolicyAdherent
from .policy_person import PolicyPerson
from .policy_value import PolicyValue
from .proof_code import ProofCode

__all__ = [
    "AccessLog",
    "Agency",
    "AgencyMember",
    "AskedDocument",
    "CalendarFeed",
    "Claim",
    "ClaimDraft",
    "ClaimFile",
    "ClaimReport",
    "Consent",
    "ContactPoint",
    "Customer",
    "Document",
    "DocumentOpening",
    "Enrolment",
    "Instalment",
    "Operation",
    "OperationEvent",
    "Payment",
    "PaymentEvent",
    "PaymentIncident",
    "Policy",
    "PolicyAdherent",
    "PolicyPerson",
    "PolicyValue",
    "ProofCode",
    "RefundDue",
    "RenewalOffer",
    "ReportYear",
    "ReservedAreaAccount",
    "User",
]
