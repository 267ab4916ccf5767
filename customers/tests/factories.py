"""One valid row of each model of `customers`, and no story. `UserFactory(role=roles.MANAGER)` gives a user their role."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.contrib.auth.models import Group
from stdnum.it import codicefiscale

from customers import roles
from customers.models import (
    AccessLog,
    Agency,
    AgencyMember,
    CalendarFeed,
    Claim,
    Consent,
    ContactPoint,
    Customer,
    Document,
    DocumentOpening,
    Enrolment,
    Instalment,
    Policy,
    PolicyAdherent,
    PolicyPerson,
    PolicyValue,
    ReservedAreaAccount,
    User,
)

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
    """A customer's enrolment in the reserved area, with the user who signs in."""

    class Meta:
        model = ReservedAreaAccount

    user = factory.SubFactory(UserFactory, role=roles.CUSTOMER)
    customer = factory.SubFactory(CustomerFactory)
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


class AccessLogFactory(factory.django.DjangoModelFactory):
    """One look of an agent at a customer's file."""

    class Meta:
        model = AccessLog

    user = factory.SubFactory(UserFactory, role=roles.AGENT)
    customer = factory.SubFactory(CustomerFactory)
    what = "customer"
