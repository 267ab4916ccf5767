"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember
from .claim import Claim
from .claim_report import AskedDocument, ClaimDraft, ClaimFile, ClaimReport, ReportYear
from .customer import Consent, ContactPoint, Customer
from .enrolment import Enrolment
from .operation import Operation, OperationEvent
from .policy import Instalment, Policy, PolicyAdherent
from .policy_value import PolicyValue

__all__ = [
    "AccessLog",
    "Agency",
    "AgencyMember",
    "AskedDocument",
    "Claim",
    "ClaimDraft",
    "ClaimFile",
    "ClaimReport",
    "Consent",
    "ContactPoint",
    "Customer",
    "Enrolment",
    "Instalment",
    "Operation",
    "OperationEvent",
    "Policy",
    "PolicyAdherent",
    "PolicyValue",
    "ReportYear",
    "ReservedAreaAccount",
    "User",
]
