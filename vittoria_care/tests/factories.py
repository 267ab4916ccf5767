"""The factories of every app in one table, and what belongs to one customer."""

import inspect

import factory
from django.contrib.auth.models import Group
from django.db import models

import complaints.tests.factories
import contact_center.tests.factories
import customers.tests.factories
import foundation.tests.factories
import insights.tests.factories
import notifications.tests.factories
import promotions.tests.factories
from complaints.models import (
    AddedFile,
    AnswerApproval,
    AnswerDraft,
    ArbitratorAppeal,
    Complaint,
    ComplaintDocument,
    ComplaintHint,
    ComplaintLetter,
    Enquiry,
    EnquiryFile,
    Feedback,
    Intermediary,
    LetterSending,
    Proceeding,
    RegulatorRequest,
)
from contact_center.models import Call, CallBack, Contact, IdentityEvent, KnownPerson, OutgoingCall, WebFormRequest
from customers.models import (
    AccessLog,
    Agency,
    AskedDocument,
    CareNeed,
    Claim,
    ClaimDraft,
    ClaimFile,
    ClaimReport,
    Consent,
    ContactPoint,
    Customer,
    CustomerJoin,
    DataChange,
    DataExport,
    Document,
    DuplicatePair,
    Instalment,
    Mandate,
    Operation,
    Payment,
    PaymentIncident,
    Policy,
    PolicyPerson,
    PolicyValue,
    RefundDue,
    RenewalOffer,
    SignInAddressChange,
    Upload,
)
from notifications.models import Notice, PreferenceChange, ReturnedMessage
from promotions.models import (
    CalledPerson,
    CallList,
    ContactPause,
    OppositionCheck,
    Promotion,
    PromotionOutcome,
    Recipient,
)

APPS = ("foundation", "customers", "notifications", "contact_center", "complaints", "promotions", "insights")
MODULES = (
    foundation.tests.factories,
    customers.tests.factories,
    notifications.tests.factories,
    contact_center.tests.factories,
    complaints.tests.factories,
    promotions.tests.factories,
    insights.tests.factories,
)
FACTORIES = {
    made._meta.model: made
    for module in MODULES
    for _name, made in inspect.getmembers(module, inspect.isclass)
    if issubclass(made, factory.django.DjangoModelFactory) and made is not factory.django.DjangoModelFactory
}


def make_row(model: type[models.Model]) -> models.Model:
    """One valid row of the model; a role for Group."""
    return Group.objects.earliest("pk") if model is Group else FACTORIES[model].create()


def _asked(customer: Customer) -> models.Model:
    """What the customer's agency was asked about a complaint of theirs."""
    row, _made = Intermediary.objects.get_or_create(agency=customer.agency, defaults={"kind": "agent"})
    return FACTORIES[Enquiry].create(complaint__customer=customer, intermediary=row)


def rows_about(customer: Customer) -> dict[type[models.Model], models.Model]:
    """A row of each model that belongs to a customer's file, all about this one."""
    policy = FACTORIES[Policy].create(holder=customer)
    contact = FACTORIES[Contact].create(customer=customer, by_phone=True)
    instalment = FACTORIES[Instalment].create(policy=policy)
    paid = FACTORIES[Payment].create(instalment=instalment, paid=True, settles=False)
    claim = FACTORIES[Claim].create(policy=policy)
    notice = FACTORIES[Notice].create(customer=customer)
    return {
        AccessLog: FACTORIES[AccessLog].create(customer=customer),
        Agency: customer.agency,
        Customer: customer,
        ContactPoint: FACTORIES[ContactPoint].create(customer=customer),
        CareNeed: FACTORIES[CareNeed].create(customer=customer),
        Consent: FACTORIES[Consent].create(customer=customer),
        Policy: policy,
        Instalment: instalment,
        Payment: paid,
        PaymentIncident: FACTORIES[PaymentIncident].create(payment=paid),
        RefundDue: FACTORIES[RefundDue].create(payment=paid),
        RenewalOffer: FACTORIES[RenewalOffer].create(policy=policy),
        Claim: claim,
        Operation: FACTORIES[Operation].create(policy=policy),
        Mandate: FACTORIES[Mandate].create(operation__customer=customer),
        SignInAddressChange: FACTORIES[SignInAddressChange].create(customer=customer),
        Document: FACTORIES[Document].create(policy=policy),
        DataChange: FACTORIES[DataChange].create(customer=customer),
        DataExport: FACTORIES[DataExport].create(customer=customer),
        DuplicatePair: FACTORIES[DuplicatePair].create(first=customer),
        CustomerJoin: FACTORIES[CustomerJoin].create(kept=customer),
        PolicyValue: FACTORIES[PolicyValue].create(policy=policy),
        PolicyPerson: FACTORIES[PolicyPerson].create(policy=policy),
        ClaimDraft: FACTORIES[ClaimDraft].create(policy=policy, channel="agency"),  # which the agency reads as well
        ClaimReport: FACTORIES[ClaimReport].create(claim=claim),
        AskedDocument: FACTORIES[AskedDocument].create(claim=claim),
        ClaimFile: FACTORIES[ClaimFile].create(claim=claim),
        Upload: FACTORIES[Upload].create(customer=customer),
        Notice: notice,
        ReturnedMessage: FACTORIES[ReturnedMessage].create(notice=notice, matched_by="token"),
        PreferenceChange: FACTORIES[PreferenceChange].create(customer=customer),
        Contact: contact,
        WebFormRequest: FACTORIES[WebFormRequest].create(contact=contact),
        Call: FACTORIES[Call].create(contact=contact),
        CallBack: FACTORIES[CallBack].create(customer=customer),
        KnownPerson: FACTORIES[KnownPerson].create(joined=True, customer=customer),
        IdentityEvent: FACTORIES[IdentityEvent].create(customer=customer),
        OutgoingCall: FACTORIES[OutgoingCall].create(contact__customer=customer),
        Complaint: FACTORIES[Complaint].create(customer=customer),
        ComplaintLetter: FACTORIES[ComplaintLetter].create(complaint__customer=customer),
        LetterSending: FACTORIES[LetterSending].create(complaint__customer=customer),
        RegulatorRequest: FACTORIES[RegulatorRequest].create(complaint__customer=customer),
        ArbitratorAppeal: FACTORIES[ArbitratorAppeal].create(complaint__customer=customer),
        AnswerDraft: FACTORIES[AnswerDraft].create(complaint__customer=customer),
        AddedFile: FACTORIES[AddedFile].create(addition__complaint__customer=customer),
        Enquiry: (asked := _asked(customer)),
        EnquiryFile: FACTORIES[EnquiryFile].create(enquiry=asked),
        AnswerApproval: FACTORIES[AnswerApproval].create(complaint__customer=customer),
        Proceeding: FACTORIES[Proceeding].create(complaint__customer=customer),
        ComplaintDocument: FACTORIES[ComplaintDocument].create(complaint__customer=customer),
        ComplaintHint: FACTORIES[ComplaintHint].create(message__contact=contact),
        Feedback: FACTORIES[Feedback].create(customer=customer),
        Promotion: FACTORIES[Promotion].create(agency=customer.agency),
        Recipient: FACTORIES[Recipient].create(customer=customer),
        ContactPause: FACTORIES[ContactPause].create(customer=customer),
        PromotionOutcome: FACTORIES[PromotionOutcome].create(promotion__agency=customer.agency),
        OppositionCheck: FACTORIES[OppositionCheck].create(promotion__agency=customer.agency),
        CallList: FACTORIES[CallList].create(promotion__agency=customer.agency),
        CalledPerson: FACTORIES[CalledPerson].create(customer=customer),
    }
