"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember
from .claim import Claim
from .customer import Consent, ContactPoint, Customer
from .enrolment import Enrolment
from .operation import Operation, OperationEvent
from .payment import Payment, PaymentEvent, PaymentIncident, RefundDue, RenewalOffer
from .policy import Instalment, Policy, PolicyAdherent
from .policy_value import PolicyValue

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
    "Payment",
    "PaymentEvent",
    "PaymentIncident",
    "Policy",
    "PolicyAdherent",
    "PolicyValue",
    "RefundDue",
    "RenewalOffer",
    "ReservedAreaAccount",
    "User",
]
