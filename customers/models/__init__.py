"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember
from .api_key import ApiKey, Scope
from .claim import Claim
from .customer import Consent, ContactPoint, Customer
from .enrolment import Enrolment
from .operation import Attempt, Heartbeat, IdempotencyRecord
from .policy import Instalment, Policy, PolicyAdherent
from .retention import RetentionProof

__all__ = [
    "AccessLog",
    "Agency",
    "AgencyMember",
    "ApiKey",
    "Attempt",
    "Claim",
    "Consent",
    "ContactPoint",
    "Customer",
    "Enrolment",
    "Heartbeat",
    "IdempotencyRecord",
    "Instalment",
    "Policy",
    "PolicyAdherent",
    "ReservedAreaAccount",
    "RetentionProof",
    "Scope",
    "User",
]
