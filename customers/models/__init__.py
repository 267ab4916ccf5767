"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember
from .claim import Claim
from .customer import Consent, ContactPoint, Customer
from .enrolment import Enrolment
from .operation import Operation, OperationEvent
from .policy import Instalment, Policy, PolicyAdherent
from .policy_value import PolicyValue
from .proof_code import ProofCode

__all__ = [
    "AccessLog",
    "Agency",
    "AgencyMember",
    "Claim",
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
    "ProofCode",
    "ReservedAreaAccount",
    "User",
]
