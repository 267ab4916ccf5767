"""One valid row of each model of `customers`, and no story. `UserFactory(role=roles.MANAGER)` gives a user their role."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from stdnum.it import codicefiscale

from customers import roles
from customers.models import (
    AccessLog,
    Agency,
    AgencyMember,
    AppDevice,
    AskedDocument,
    CalendarFeed,
    CampaignAgency,
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
    DataExportOpening,
    Document,
    DocumentOpening,
    DuplicatePair,
    Enrolment,
    ErasureRequest,
    FedValue,
    FileRestriction,
    Instalment,
    Invitation,
    KnownDevice,
    LegalHold,
    Mandate,
    Operation,
    OperationEvent,
    Payment,
    PaymentEvent,
    PaymentIncident,
    Policy,
    PolicyAdherent,
    PolicyPerson,
    PolicyValue,
    ProofCode,
    RefundDue,
    RenewalOffer,
    ReportYear,
    ReservedAreaAccount,
    SignInAddressChange,
    UnusualAccess,
    Upload,
    User,
)
from customers.models.account import Capacity, Right

PASSWORD = "una-parola-per-le-prove"


def tax_code(number: int) -> str:
    """The tax code of an invented Maria Rossi: valid, and different for each of the first 79,920 numbers."""
    year, place = divmod(number, 999)
    code = f"RSSMRA{20 + year % 80:02d}A41H{place + 1:03d}"
    return code + codicefiscale.calc_check_digit(code)


class UserFactory(factory.django.DjangoModelFactory):
    """A user who signs in with PASSWORD; `role` puts them in its group, and staff may enter the back office."""

    class Meta:
        model = User

    role: str | None = None
    email = factory.Sequence(lambda n: f"persona{n}@example.it")
    first_name = "Maria"
    last_name = factory.Sequence(lambda n: f"Rossi {n}")
    password = PASSWORD
    is_staff = factory.LazyAttribute(lambda user: user.role in roles.STAFF)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, role: str | None = None, **fields: Any) -> User:
        user = model_class.objects.create_user(*args, **fields)
        if role is not None:
            user.groups.add(Group.objects.get(name=role))
        return user

    @classmethod
    def _build(cls, model_class: type[User], *args: Any, role: str | None = None, **fields: Any) -> User:
        return model_class(**fields)


class AgencyFactory(factory.django.DjangoModelFactory):
    """An agency of the sales network."""

    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"A{n:04d}")
    name = factory.Sequence(lambda n: f"Agenzia di prova {n}")
    city = "Milano"
    province = "MI"


class AgencyMemberFactory(factory.django.DjangoModelFactory):
    """A person of an agency, with the role that lets them see its customers."""

    class Meta:
        model = AgencyMember

    user = factory.SubFactory(UserFactory, role=roles.AGENCY_MEMBER)
    agency = factory.SubFactory(AgencyFactory)


class CampaignAgencyFactory(factory.django.DjangoModelFactory):
    """An agency that a campaign author writes for."""

    class Meta:
        model = CampaignAgency

    user = factory.SubFactory(UserFactory, role=roles.CAMPAIGN_AUTHOR)
    agency = factory.SubFactory(AgencyFactory)


class CustomerFactory(factory.django.DjangoModelFactory):
    """A person; `CustomerFactory(company=True)` is a company."""

    class Meta:
        model = Customer

    class Params:
        company = factory.Trait(
            kind=Customer.Kind.COMPANY,
            first_name="",
            last_name="",
            company_name=factory.Sequence(lambda n: f"Officine Riunite {n} S.r.l."),
            tax_code="",
            birth_date=None,
            segment=Customer.Segment.BUSINESS,
        )

    code = factory.Sequence(lambda n: f"C{n:06d}")
    first_name = "Maria"
    last_name = "Rossi"
    tax_code = factory.Sequence(tax_code)
    birth_date = date(1980, 1, 1)
    agency = factory.SubFactory(AgencyFactory)
    city = "Milano"
    province = "MI"


class ReservedAreaAccountFactory(factory.django.DjangoModelFactory):
    """A customer's enrolment in the reserved area, with the user who signs in.

    `member=True` is a person of a company who may do everything, `by_document=True` a guardian.
    """

    class Meta:
        model = ReservedAreaAccount

    class Params:
        member = factory.Trait(
            capacity=Capacity.MEMBER,
            rights=[right.value for right in Right],
            customer=factory.SubFactory(CustomerFactory, company=True),
        )
        by_document = factory.Trait(
            capacity=Capacity.GUARDIAN,
            mandate=factory.SubFactory("customers.tests.factories.MandateFactory"),
        )

    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    customer = factory.SubFactory(CustomerFactory)
    valid_from = date(2020, 1, 1)
    last_used_at = factory.LazyFunction(timezone.now)
    terms_version = "2026-01"
    terms_accepted_at = datetime(2026, 1, 10, 9, tzinfo=UTC)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A request to enrol whose data matched nobody; `linked=True` has its link."""

    class Meta:
        model = Enrolment

    class Params:
        linked = factory.Trait(
            outcome=Enrolment.Outcome.LINK,
            customer=factory.SubFactory(CustomerFactory),
            digest=factory.Sequence(lambda n: f"{n:064x}"),
            expires_at=datetime(2026, 1, 11, 9, tzinfo=UTC),
        )

    email = "maria.rossi@example.it"
    outcome = Enrolment.Outcome.UNKNOWN
    submission_key = factory.LazyFunction(uuid4)


class ContactPointFactory(factory.django.DjangoModelFactory):
    """A mobile number of a customer; with `kind` and `value` any other way to reach them."""

    class Meta:
        model = ContactPoint

    customer = factory.SubFactory(CustomerFactory)
    kind = ContactPoint.Kind.PHONE
    value = factory.Sequence(lambda n: f"+39333{1_000_000 + n}")


class ConsentFactory(factory.django.DjangoModelFactory):
    """Consent given to the company's offers by e-mail."""

    class Meta:
        model = Consent

    customer = factory.SubFactory(CustomerFactory)
    purpose = Consent.Purpose.MARKETING
    channel = Consent.Channel.EMAIL
    event = Consent.Event.GIVEN
    text_version = "2026-01"
    source = Consent.Source.PORTAL


class PolicyFactory(factory.django.DjangoModelFactory):
    """A motor liability policy of 2026, in force, sold by the holder's agency."""

    class Meta:
        model = Policy

    number = factory.Sequence(lambda n: f"P{n:08d}")
    holder = factory.SubFactory(CustomerFactory)
    agency = factory.SelfAttribute("holder.agency")
    ramo = "10"
    product = "Auto"
    plate = factory.Sequence(lambda n: f"AB{n % 1000:03d}C{'ABCDEFGHJKLMNPRSTVWXYZ'[n // 1000 % 22]}")
    premium = Decimal("480.00")
    starts_on = date(2026, 1, 1)
    ends_on = date(2026, 12, 31)


class PolicyAdherentFactory(factory.django.DjangoModelFactory):
    """A person covered by somebody else's policy."""

    class Meta:
        model = PolicyAdherent

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SubFactory(CustomerFactory)
    starts_on = date(2026, 1, 1)


class InstalmentFactory(factory.django.DjangoModelFactory):
    """A premium still to be paid."""

    class Meta:
        model = Instalment

    policy = factory.SubFactory(PolicyFactory)
    due_on = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n % 3000))
    amount = Decimal("240.00")


class RenewalOfferFactory(factory.django.DjangoModelFactory):
    """What is offered for the year after a policy."""

    class Meta:
        model = RenewalOffer

    number = factory.Sequence(lambda n: f"R{n:08d}")
    policy = factory.SubFactory(PolicyFactory)
    premium = Decimal("495.00")
    terms = "Massimale di legge, guida libera, franchigia di 250 euro."
    starts_on = factory.LazyAttribute(lambda offer: offer.policy.ends_on + timedelta(days=1))
    ends_on = factory.LazyAttribute(lambda offer: offer.starts_on + timedelta(days=364))
    valid_until = factory.LazyAttribute(lambda offer: offer.policy.ends_on)


class PaymentFactory(factory.django.DjangoModelFactory):
    """An attempt to pay an instalment, not confirmed yet; `paid=True` came and settled it, in these rows alone."""

    class Meta:
        model = Payment

    class Params:
        paid = factory.Trait(
            state=Payment.State.PAID,
            settles=True,
            paid_at=datetime(2026, 6, 1, 9, tzinfo=UTC),
            ended_at=datetime(2026, 6, 1, 9, tzinfo=UTC),
        )

    key = factory.LazyFunction(uuid4)
    instalment: factory.declarations.BaseDeclaration | None = factory.SubFactory(InstalmentFactory)
    policy = factory.SelfAttribute("instalment.policy")
    customer = factory.SelfAttribute("policy.holder")
    due_on = factory.SelfAttribute("instalment.due_on")
    amount = factory.SelfAttribute("instalment.amount")
    payer_name = "Maria Rossi"
    provider = "sandbox"
    provider_reference = factory.LazyAttribute(lambda payment: f"sbx-{payment.key.hex}")
    begun_by = factory.SubFactory(UserFactory, role=roles.CUSTOMER)


class PaymentEventFactory(factory.django.DjangoModelFactory):
    """A confirmation of an attempt, of which nothing was made yet."""

    class Meta:
        model = PaymentEvent

    provider = "sandbox"
    event_id = factory.Sequence(lambda n: f"evt-{n}")
    source = PaymentEvent.Source.CONFIRMATION
    word = PaymentEvent.Word.PAID
    merchant = "vittoria-care"
    amount = Decimal("240.00")
    currency = "EUR"
    happened_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class PaymentIncidentFactory(factory.django.DjangoModelFactory):
    """A payment of another amount than was asked."""

    class Meta:
        model = PaymentIncident

    once = factory.Sequence(lambda n: f"amount:{n}")
    kind = PaymentIncident.Kind.AMOUNT
    payment = factory.SubFactory(PaymentFactory)
    expected = "240.00"
    stated = "2.40"


class RefundDueFactory(factory.django.DjangoModelFactory):
    """A payment of what had been paid at the agency."""

    class Meta:
        model = RefundDue

    payment = factory.SubFactory(PaymentFactory, paid=True, settles=False)
    reason = RefundDue.Reason.PAID_ELSEWHERE
    amount = factory.SelfAttribute("payment.amount")


class ClaimFactory(factory.django.DjangoModelFactory):
    """A claim reported by the holder of the policy."""

    class Meta:
        model = Claim

    number = factory.Sequence(lambda n: f"S{n:07d}")
    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.holder")
    occurred_on = date(2026, 5, 2)
    reported_on = date(2026, 5, 4)


class DocumentFactory(factory.django.DjangoModelFactory):
    """A letter to the holder of a policy; nothing is written to the folder of files unless `file` is a content."""

    class Meta:
        model = Document

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.holder")
    kind = Document.Kind.LETTER
    title = factory.Sequence(lambda n: f"Lettera di prova {n}")
    dated_on = date(2026, 5, 2)
    source = "company"
    external_key = factory.Sequence(lambda n: f"D{n:08d}")
    content_type = "application/pdf"
    size = 9
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = factory.Sequence(lambda n: f"documents/2026/05/{n:032x}")


class DocumentOpeningFactory(factory.django.DjangoModelFactory):
    """The holder opened the letter in the reserved area."""

    class Meta:
        model = DocumentOpening

    document = factory.SubFactory(DocumentFactory)
    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    door = DocumentOpening.Door.PORTAL


class DataExportFactory(factory.django.DjangoModelFactory):
    """A copy of a customer's data that waits to be made; `ready=True` has its archive, which is written nowhere."""

    class Meta:
        model = DataExport

    class Params:
        ready = factory.Trait(
            state=DataExport.State.READY,
            tries=1,
            file=factory.Sequence(lambda n: f"data-exports/2026/05/{n:032x}"),
            size=1_000,
            sha256="0" * 64,
            rows=10,
            files=1,
            ready_at=factory.SelfAttribute("asked_at"),
            expires_at=factory.LazyAttribute(lambda export: export.asked_at + timedelta(days=7)),
        )

    customer = factory.SubFactory(CustomerFactory)
    channel = DataExport.Channel.PORTAL
    asked_by = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    language = "it"
    asked_at = factory.LazyFunction(timezone.now)


class DataExportOpeningFactory(factory.django.DjangoModelFactory):
    """One opening of a copy in the reserved area."""

    class Meta:
        model = DataExportOpening

    export = factory.SubFactory(DataExportFactory, ready=True)
    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    door = DataExportOpening.Door.PORTAL


class CalendarFeedFactory(factory.django.DjangoModelFactory):
    """A calendar's address, of which nobody has the secret."""

    class Meta:
        model = CalendarFeed

    account = factory.SubFactory(ReservedAreaAccountFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")


class LifePolicyFactory(PolicyFactory):
    """A policy linked to funds, of ten years."""

    ramo = "III"
    product = "Orizzonte"
    plate: Any = ""
    annual = False
    starts_on = date(2020, 1, 1)
    ends_on = date(2030, 1, 1)


class PolicyValueFactory(factory.django.DjangoModelFactory):
    """The surrender value of a life policy on a day."""

    class Meta:
        model = PolicyValue

    key = factory.Sequence(lambda n: f"valore {n}")
    policy = factory.SubFactory(LifePolicyFactory)
    kind = PolicyValue.Kind.SURRENDER
    amount = Decimal("12345.60")
    valued_on = date(2026, 4, 30)


class PolicyPersonFactory(factory.django.DjangoModelFactory):
    """A beneficiary of a life policy."""

    class Meta:
        model = PolicyPerson

    key = factory.Sequence(lambda n: f"B{n:06d}")
    policy = factory.SubFactory(LifePolicyFactory)
    role = PolicyPerson.Role.BENEFICIARY
    name = "Anna Bianchi"
    as_of = date(2026, 4, 30)


class ReportYearFactory(factory.django.DjangoModelFactory):
    """The year of a report; the one there is, where there is one."""

    class Meta:
        model = ReportYear
        django_get_or_create = ("year",)

    year = 2026


class ClaimReportFactory(factory.django.DjangoModelFactory):
    """What was answered when a claim was reported."""

    class Meta:
        model = ClaimReport

    submission_key = factory.LazyFunction(uuid4)
    year = factory.SubFactory(ReportYearFactory)
    sequence = factory.Sequence(lambda n: n + 1)
    claim = factory.SubFactory(ClaimFactory)
    guide = "motor"
    answers: dict[str, Any] = {"evento": {"place": "Pavia"}}
    channel = ClaimReport.Channel.PORTAL
    sent_by = factory.SubFactory(UserFactory)


class ClaimDraftFactory(factory.django.DjangoModelFactory):
    """A report that the policy's holder has begun, without an answer yet."""

    class Meta:
        model = ClaimDraft

    key = factory.LazyFunction(uuid4)
    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.holder")
    begun_by = factory.SubFactory(UserFactory)
    saved_by = factory.SelfAttribute("begun_by")


class AskedDocumentFactory(factory.django.DjangoModelFactory):
    """A document that is waited for."""

    class Meta:
        model = AskedDocument

    claim = factory.SubFactory(ClaimFactory)
    name = factory.Sequence(lambda n: f"Preventivo {n}")
    due_on = date(2026, 6, 1)
    asked_by = factory.SubFactory(UserFactory, role=roles.AGENT)


class ClaimFileFactory(factory.django.DjangoModelFactory):
    """A photograph of a claim, whose file is nowhere; `draft` and `claim=None` make it one of a draft."""

    class Meta:
        model = ClaimFile

    claim = factory.SubFactory(ClaimFactory)
    name = factory.Sequence(lambda n: f"foto {n}.jpg")
    content_type = "image/jpeg"
    size = 20
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = "claims/2026/05/prova"
    given_by = factory.SubFactory(UserFactory)


class UploadFactory(factory.django.DjangoModelFactory):
    """A photograph that was sent ahead of its message, whose file is nowhere."""

    class Meta:
        model = Upload

    key = factory.LazyFunction(uuid4)
    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence(lambda n: f"foto {n}.jpg")
    content_type = "image/jpeg"
    size = 20
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = "uploads/2026/05/04/prova"
    given_by = factory.SubFactory(UserFactory)


class AccessLogFactory(factory.django.DjangoModelFactory):
    """One look of an agent at a customer's file."""

    class Meta:
        model = AccessLog

    user = factory.SubFactory(UserFactory, role=roles.AGENT)
    customer = factory.SubFactory(CustomerFactory)
    what = "customer"


class CareNeedFactory(factory.django.DjangoModelFactory):
    """Somebody who hears badly and asked us to write; for half a year from today."""

    class Meta:
        model = CareNeed

    customer = factory.SubFactory(CustomerFactory)
    kind = CareNeed.Kind.HEARING
    note = "Preferisce che le scriviamo"
    stated_by = CareNeed.StatedBy.PERSON
    recorded_by = factory.SubFactory(UserFactory, role=roles.AGENT)
    until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=180))


class FileRestrictionFactory(factory.django.DjangoModelFactory):
    """The mark of the data protection officer on the file of a public person."""

    class Meta:
        model = FileRestriction

    customer = factory.SubFactory(CustomerFactory)
    ground = FileRestriction.Ground.PUBLIC
    reason = "Sindaca della città"
    marked_by = factory.SubFactory(UserFactory, role=roles.DATA_OFFICER)


class UnusualAccessFactory(factory.django.DjangoModelFactory):
    """Many files in an hour, not yet examined."""

    class Meta:
        model = UnusualAccess

    day = date(2026, 5, 4)
    user = factory.SubFactory(UserFactory, role=roles.AGENT)
    rule = UnusualAccess.Rule.MANY
    number = 40
    usual = 8


class OperationFactory(factory.django.DjangoModelFactory):
    """The suspension of a policy, asked for in the reserved area."""

    class Meta:
        model = Operation

    class Params:
        done = factory.Trait(state=Operation.State.DONE, ended_at=factory.SelfAttribute("asked_at"))

    submission_key = factory.LazyFunction(uuid4)
    kind = Operation.Kind.SUSPENSION
    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.holder")
    facts = factory.LazyFunction(lambda: {"day": "2026-05-04", "understood": True})
    begun_by = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    asked_at = datetime(2026, 5, 4, 8, tzinfo=UTC)


class MandateFactory(factory.django.DjangoModelFactory):
    """The decree of a guardian, whose file is nowhere, with the operation that asks for it."""

    class Meta:
        model = Mandate

    operation = factory.SubFactory(
        OperationFactory,
        kind=Operation.Kind.REPRESENTATION,
        policy=None,
        customer=factory.SubFactory(CustomerFactory),
        facts={"capacity": "guardian", "person": "Ada Bruni", "tax_code": "BRNDAA40A41F205X"},
    )
    customer = factory.SubFactory(CustomerFactory)
    capacity = Capacity.GUARDIAN
    name = "decreto.pdf"
    content_type = "application/pdf"
    size = 20
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = "mandates/2026/05/prova"


class InvitationFactory(factory.django.DjangoModelFactory):
    """An invitation by somebody who decides for a company."""

    class Meta:
        model = Invitation

    class Params:
        inviting = factory.SubFactory(ReservedAreaAccountFactory, member=True)

    submission_key = factory.LazyFunction(uuid4)
    customer = factory.SelfAttribute("inviting.customer")
    invited_by = factory.SelfAttribute("inviting.user")
    email = factory.Sequence(lambda n: f"invitata{n}@example.it")
    rights = ["ask"]
    digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class OperationEventFactory(factory.django.DjangoModelFactory):
    """The first step of an operation."""

    class Meta:
        model = OperationEvent

    operation = factory.SubFactory(OperationFactory)
    new = Operation.State.ASKED


class ProofCodeFactory(factory.django.DjangoModelFactory):
    """A code to a new telephone number, not used yet."""

    class Meta:
        model = ProofCode

    key = factory.LazyFunction(uuid4)
    customer = factory.SubFactory(CustomerFactory)
    by = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    kind = Operation.Kind.PHONE
    value = "+393339998877"
    facts = factory.LazyAttribute(lambda proof: {proof.kind: proof.value})
    digest = "0" * 64
    created_at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    expires_at = datetime(2026, 5, 4, 8, 10, tzinfo=UTC)


class FedValueFactory(factory.django.DjangoModelFactory):
    """The address that the portfolio has, where ours is another."""

    class Meta:
        model = FedValue

    customer = factory.SubFactory(CustomerFactory)
    kind = FedValue.Kind.ADDRESS
    value = {"address": "Via Vecchia 1", "postal_code": "20121", "city": "Milano", "province": "MI", "country": "IT"}


class DataChangeFactory(factory.django.DjangoModelFactory):
    """A telephone number that a colleague added."""

    class Meta:
        model = DataChange

    key = factory.LazyFunction(uuid4)
    customer = factory.SubFactory(CustomerFactory)
    kind = DataChange.Kind.ADDED
    point_kind = "phone"
    about = 1
    new = "+393339998877"
    reason = DataChange.Reason.PHONE
    by = factory.SubFactory(UserFactory, role=roles.AGENT)


class DuplicatePairFactory(factory.django.DjangoModelFactory):
    """Two files with one name and one date of birth, of which the second has no tax code; `dismissed=True` was decided."""

    class Meta:
        model = DuplicatePair

    class Params:
        dismissed = factory.Trait(
            state=DuplicatePair.State.DISMISSED,
            decided_by=factory.SubFactory(UserFactory, role=roles.SPECIALIST),
            decided_at=factory.LazyFunction(timezone.now),
            decision_reason="Padre e figlio",
        )

    first = factory.SubFactory(CustomerFactory)
    second = factory.SubFactory(CustomerFactory, tax_code="")
    reasons = [DuplicatePair.Reason.BIRTH_DATE]


class CustomerJoinFactory(factory.django.DjangoModelFactory):
    """That two files were joined: the row of it alone; `parted=True` was undone."""

    class Meta:
        model = CustomerJoin

    class Params:
        parted = factory.Trait(
            parted_by=factory.SubFactory(UserFactory, role=roles.SPECIALIST),
            parted_at=factory.LazyFunction(timezone.now),
            part_reason="Due persone",
        )

    kept = factory.SubFactory(CustomerFactory)
    joined = factory.SubFactory(CustomerFactory, tax_code="")
    reason = "Stessa persona"
    by = factory.SubFactory(UserFactory, role=roles.SPECIALIST)


class AppDeviceFactory(factory.django.DjangoModelFactory):
    """A telephone with the app."""

    class Meta:
        model = AppDevice

    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    platform = AppDevice.Platform.IOS
    token = factory.Sequence(lambda n: f"token-{n}")
    app_version = "5.0.0"


class BrowserFactory(AppDeviceFactory):
    """A browser that was asked for notifications; the key is a real one."""

    platform = AppDevice.Platform.WEB
    token = factory.Sequence(lambda n: f"https://updates.push.services.mozilla.com/wpush/v2/{n}")
    p256dh = "BL6zF6k7BnIU8erHIaX97xlTF0TM0kbhqh9rKzD7I5yEYNp3r4FdLx0fxTwQvj4r-0QnR1nK0CYUkl1mAm5BQDc"
    auth = "AAAAAAAAAAAAAAAAAAAAAA"
    app_version = ""
    name = "Firefox su Linux"


class KnownDeviceFactory(factory.django.DjangoModelFactory):
    """A browser on which a person signed in, asked for a second factor each time."""

    class Meta:
        model = KnownDevice

    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    number = factory.Sequence(lambda n: f"{n:032x}")
    password_mark = "0" * 32
    user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    first_used_at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    last_used_at = datetime(2026, 5, 4, 8, tzinfo=UTC)


class ErasureRequestFactory(factory.django.DjangoModelFactory):
    """A request that nobody has decided yet."""

    class Meta:
        model = ErasureRequest

    customer = factory.SubFactory(CustomerFactory)
    asked_by = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    due_on = date(2026, 12, 10)


class LegalHoldFactory(factory.django.DjangoModelFactory):
    """A hold over the whole file of a customer, in force."""

    class Meta:
        model = LegalHold

    customer = factory.SubFactory(CustomerFactory)
    reason = "Causa civile davanti al Tribunale di Milano."
    set_by = factory.SubFactory(UserFactory, role=roles.DATA_OFFICER)


class SignInAddressChangeFactory(factory.django.DjangoModelFactory):
    """A change asked for in the reserved area, not proved yet."""

    class Meta:
        model = SignInAddressChange

    class Params:
        account = factory.SubFactory(ReservedAreaAccountFactory)

    key = factory.LazyFunction(uuid4)
    user = factory.SelfAttribute("account.user")
    customer = factory.SelfAttribute("account.customer")
    by = factory.SelfAttribute("account.user")
    channel = SignInAddressChange.Channel.PORTAL
    old = factory.LazyAttribute(lambda change: change.user.email)
    new = factory.Sequence(lambda n: f"nuova{n}@example.it")
    code_digest = "0" * 64
    created_at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    expires_at = datetime(2026, 5, 4, 8, 10, tzinfo=UTC)
