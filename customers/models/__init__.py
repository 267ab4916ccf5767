"""Who is insured, through whom and for what: the records that everything else is about."""

from .access import AccessLog, FileRestriction, UnusualAccess
from .account import ReservedAreaAccount, User
from .agency import Agency, AgencyMember, CampaignAgency
from .calendar_feed import CalendarFeed
from .care import CareNeed
from .claim import Claim
from .claim_report import AskedDocument, ClaimDraft, ClaimFile, ClaimReport, ReportYear
from .customer import Consent, ContactPoint, Customer
from .data_change import DataChange
from .data_export import DataExport, DataExportOpening
from .device import AppDevice
from .document import Document, DocumentOpening
from .enrolment import Enrolment
from .fed_value import FedValue
from .invitation import Invitation
from .joining import CustomerJoin, DuplicatePair
from .known_device import KnownDevice
from .mandate import Mandate
from .operation import Operation, OperationEvent
from .payment import Payment, PaymentEvent, PaymentIncident, RefundDue, RenewalOffer
from .policy import Instalment, Policy, PolicyAdherent
from .policy_person import PolicyPerson
from .policy_value import PolicyValue
from .privacy import ErasureRequest, LegalHold
from .proof_code import ProofCode
from .sign_in_address import SignInAddressChange
from .upload import Upload

__all__ = [
    "AccessLog",
    "Agency",
    "AgencyMember",
    "AppDevice",
    "AskedDocument",
    "CalendarFeed",
    "CampaignAgency",
    "CareNeed",
    "Claim",
    "ClaimDraft",
    "ClaimFile",
    "ClaimReport",
    "Consent",
    "ContactPoint",
    "Customer",
    "CustomerJoin",
    "DataChange",
    "DataExport",
    "DataExportOpening",
    "Document",
    "DocumentOpening",
    "DuplicatePair",
    "Enrolment",
    "ErasureRequest",
    "FedValue",
    "FileRestriction",
    "Instalment",
    "Invitation",
    "KnownDevice",
    "LegalHold",
    "Mandate",
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
    "SignInAddressChange",
    "UnusualAccess",
    "Upload",
    "User",
]
