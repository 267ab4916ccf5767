"""Whose rows each reader sees: every queryset with `visible_to`, every kind of reader."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

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
    LetterSending,
    Proceeding,
    RegulatorRequest,
)
from complaints.tests.factories import (
    AddedFileFactory,
    AnswerApprovalFactory,
    AnswerDraftFactory,
    ArbitratorAppealFactory,
    ComplaintDocumentFactory,
    ComplaintFactory,
    ComplaintHintFactory,
    ComplaintLetterFactory,
    FeedbackFactory,
    LetterSendingFactory,
    ProceedingFactory,
    RegulatorRequestFactory,
)
from contact_center.models import Call, CallBack, Contact, IdentityEvent, KnownPerson, OutgoingCall
from contact_center.tests.factories import CallFactory, ContactFactory, KnownPersonFactory
from customers import roles
from customers.models import (
    Agency,
    AgencyMember,
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
    Policy,
    PolicyPerson,
    PolicyValue,
    RefundDue,
    RenewalOffer,
    ReservedAreaAccount,
    SignInAddressChange,
    Upload,
    User,
)
from customers.tests import factories as make
from notifications.models import Notice, PreferenceChange, ReturnedMessage
from notifications.tests.factories import NoticeFactory, ReturnedMessageFactory
from promotions.models import (
    CalledPerson,
    CallList,
    ContactPause,
    OppositionCheck,
    Promotion,
    PromotionOutcome,
    Recipient,
)
from promotions.tests.factories import PromotionFactory
from vittoria_care.tests.factories import rows_about
from vittoria_care.tests.rights_world import undone

MODELS = [
    Agency,
    Customer,
    ContactPoint,
    Consent,
    Policy,
    Instalment,
    Payment,
    RefundDue,
    RenewalOffer,
    Claim,
    Operation,
    Mandate,
    SignInAddressChange,
    Document,
    DataChange,
    CareNeed,
    DataExport,
    DuplicatePair,
    CustomerJoin,
    PolicyValue,
    PolicyPerson,
    ClaimDraft,
    ClaimReport,
    ClaimFile,
    AskedDocument,
    Upload,
    Notice,
    ReturnedMessage,
    PreferenceChange,
    Contact,
    Call,
    CallBack,
    KnownPerson,
    IdentityEvent,
    OutgoingCall,
    Complaint,
    ComplaintLetter,
    LetterSending,
    RegulatorRequest,
    ArbitratorAppeal,
    AnswerDraft,
    AddedFile,
    Enquiry,
    EnquiryFile,
    AnswerApproval,
    Proceeding,
    ComplaintDocument,
    ComplaintHint,
    Feedback,
    Promotion,
    Recipient,
    ContactPause,
    PromotionOutcome,
    OppositionCheck,
    CallList,
    CalledPerson,
]
OF_PROMOTIONS = (Promotion, PromotionOutcome, OppositionCheck, CallList)
OF_INTERMEDIARIES = (Enquiry, EnquiryFile)
OF_JOINS = {DuplicatePair, CustomerJoin}  # the other file may be anybody's: the company alone compares
# A copy of everything goes beyond the agency's own work; a card, or what to mind, was confided to the company alone.
NOT_FOR_AGENCIES = {DataExport, KnownPerson, CareNeed} | OF_JOINS
OURS, OTHERS, NOBODYS = "ours", "others", "nobody's"


@dataclass
class World:
    """A row of each model about our customer, about another agency's, and (where it can be) about nobody known."""

    ours: Customer
    others: Customer
    rows: dict[type[models.Model], dict[str, int]]


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """In place of the database that each test has to itself: one for the module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone_again(world):
    """What a test does to the world is undone."""
    with undone():
        yield


@pytest.fixture(scope="module")
def world(db) -> World:
    ours, others = make.CustomerFactory.create(), make.CustomerFactory.create()
    nobodys: dict[type[models.Model], Any] = {
        Notice: NoticeFactory(customer=None, user=make.UserFactory()),
        ReturnedMessage: ReturnedMessageFactory(),
        Contact: ContactFactory(customer=None),
        Call: CallFactory(abandoned=True),
        KnownPerson: KnownPersonFactory(),
        Complaint: ComplaintFactory(customer=None),
        ComplaintLetter: ComplaintLetterFactory(complaint__customer=None),
        LetterSending: LetterSendingFactory(complaint__customer=None),
        RegulatorRequest: RegulatorRequestFactory(complaint__customer=None),
        ArbitratorAppeal: ArbitratorAppealFactory(complaint__customer=None),
        AnswerDraft: AnswerDraftFactory(complaint__customer=None),
        AddedFile: AddedFileFactory(addition__complaint__customer=None),
        AnswerApproval: AnswerApprovalFactory(complaint__customer=None),
        Proceeding: ProceedingFactory(complaint__customer=None),
        ComplaintDocument: ComplaintDocumentFactory(complaint__customer=None),
        ComplaintHint: ComplaintHintFactory(message__contact__customer=None),
        Feedback: FeedbackFactory(customer=None),
        Promotion: PromotionFactory(agency=None, controller="company"),
    }
    about: dict[str, dict[type[models.Model], Any]] = {
        OURS: rows_about(ours),
        OTHERS: rows_about(others),
        NOBODYS: nobodys,
    }
    return World(
        ours=ours,
        others=others,
        rows={model: {whose: rows[model].pk for whose, rows in about.items() if model in rows} for model in MODELS},
    )


def signed_in(customer: Customer, **fields) -> User:
    return make.ReservedAreaAccountFactory.create(customer=customer, **fields).user


def member(agency: Agency, **fields) -> User:
    return make.AgencyMemberFactory.create(agency=agency, **fields).user


def closed_agency(world: World) -> User:
    user = member(world.ours.agency)
    Agency.objects.filter(pk=world.ours.agency_id).update(is_active=False)
    return user


def member_without_the_role(world: World) -> User:
    return AgencyMember.objects.create(user=make.UserFactory.create(), agency=world.ours.agency).user


def user_of(role: str, world: World) -> User:
    return make.UserFactory.create(role=role)


ALL, NOTHING = frozenset({OURS, OTHERS, NOBODYS}), frozenset[str]()
READERS: dict[str, tuple[Callable[[World], Any], Set[str]]] = {
    "anonymous": (lambda world: AnonymousUser(), NOTHING),
    "nobody at all": (lambda world: None, NOTHING),
    "a user without a role": (lambda world: make.UserFactory(), NOTHING),
    "the customer": (lambda world: signed_in(world.ours), {OURS}),
    "another customer": (lambda world: signed_in(world.others), {OTHERS}),
    "a third customer": (lambda world: signed_in(make.CustomerFactory.create()), NOTHING),
    "the customer, suspended": (
        lambda world: signed_in(world.ours, state=ReservedAreaAccount.State.SUSPENDED),
        NOTHING,
    ),
    "the customer, closed": (lambda world: signed_in(world.ours, state=ReservedAreaAccount.State.CLOSED), NOTHING),
    "a member of the agency": (lambda world: member(world.ours.agency), {OURS}),
    "a member of the other agency": (lambda world: member(world.others.agency), {OTHERS}),
    "a member of a third agency": (lambda world: member(make.AgencyFactory.create()), NOTHING),
    "a former member": (lambda world: member(world.ours.agency, is_active=False), NOTHING),
    "a member of a closed agency": (closed_agency, NOTHING),
    "a member without the role": (member_without_the_role, NOTHING),
    "a campaign author": (lambda world: make.UserFactory(role=roles.CAMPAIGN_AUTHOR), NOTHING),
    "the superuser": (lambda world: make.UserFactory(is_superuser=True), ALL),
    "an inactive superuser": (lambda world: make.UserFactory(is_superuser=True, is_active=False), NOTHING),
    "an inactive agent": (lambda world: make.UserFactory(role=roles.AGENT, is_active=False), NOTHING),
    **{role: (partial(user_of, role), ALL) for role in sorted(roles.COMPANY_WIDE)},
}


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_sees_what_is_within_reach_and_nothing_else(world, reader):
    make_reader, expected = READERS[reader]
    user = make_reader(world)
    seen_by = User.objects.get(pk=user.pk) if isinstance(user, User) else user
    seen = {
        model: {
            whose
            for whose, pk in world.rows[model].items()
            if model.objects.visible_to(seen_by).filter(pk=pk).exists()
        }
        for model in MODELS
    }
    wanted = {model: {whose for whose in world.rows[model] if whose in expected} for model in MODELS}
    if reader in {"the customer", "another customer"}:
        wanted[Agency] = set()  # a customer reads the agency on the policy, not in the network's list
        wanted |= {model: set() for model in OF_PROMOTIONS}  # they read the message that reaches them
        wanted[CareNeed] = set()  # it is in the copy of their data
        wanted[KnownPerson] = set()  # their file is what counts for a customer
        wanted |= {model: set() for model in OF_JOINS}
        wanted |= {model: set() for model in OF_INTERMEDIARIES}  # they are informed of it, and read the answer
    if reader in {"a member of the agency", "a member of the other agency"}:
        wanted |= {model: set() for model in NOT_FOR_AGENCIES}
    assert seen == wanted


def test_every_queryset_with_a_reach_is_in_the_table():
    reaching = {
        model
        for model in apps.get_models()
        if hasattr(getattr(model, "objects", None), "visible_to") and not hasattr(model, "pgh_obj")
    }
    assert reaching == set(MODELS)


def test_an_adherent_sees_the_collective_policy_and_not_its_holder(world):
    adherent = make.PolicyAdherentFactory(
        policy=Policy.objects.get(pk=world.rows[Policy][OTHERS]), customer=world.ours
    )
    user = signed_in(world.ours)
    assert set(Policy.objects.visible_to(user).values_list("pk", flat=True)) == {
        world.rows[Policy][OURS],
        adherent.policy_id,
    }
    assert list(Customer.objects.visible_to(user)) == [world.ours]


def test_an_adherent_sees_the_conditions_and_nothing_else_of_the_policys_papers(world):
    policy = Policy.objects.get(pk=world.rows[Policy][OTHERS])
    make.PolicyAdherentFactory(policy=policy, customer=world.ours)
    conditions = make.DocumentFactory(policy=policy, kind=Document.Kind.CONDITIONS)
    user = signed_in(world.ours)
    seen = Document.objects.visible_to(user)
    assert set(seen.values_list("pk", flat=True)) == {conditions.pk, world.rows[Document][OURS]}
    assert not PolicyPerson.objects.visible_to(user).filter(policy=policy).exists()
    assert not PolicyValue.objects.visible_to(user).filter(policy=policy).exists()


def test_the_holder_does_not_see_what_was_written_to_an_adherent(world):
    policy = Policy.objects.get(pk=world.rows[Policy][OURS])
    letter = make.DocumentFactory(policy=policy, customer=world.others)
    assert letter not in Document.objects.visible_to(signed_in(world.ours))
    assert letter in Document.objects.visible_to(signed_in(world.others))


def test_a_claim_is_seen_by_the_holder_and_by_the_person_who_reported_it(world):
    claim = make.ClaimFactory(policy=Policy.objects.get(pk=world.rows[Policy][OURS]), customer=world.others)
    for customer in (world.ours, world.others):
        assert claim in Claim.objects.visible_to(signed_in(customer))


def test_the_holder_of_a_policy_sees_nothing_of_what_somebody_else_reported_under_it(world):
    claim = make.ClaimFactory(policy=Policy.objects.get(pk=world.rows[Policy][OURS]), customer=world.others)
    rows = [
        make.ClaimReportFactory(claim=claim),
        make.ClaimFileFactory(claim=claim),
        make.AskedDocumentFactory(claim=claim),
    ]
    holder, reporter = signed_in(world.ours), signed_in(world.others)
    for row in rows:
        assert row not in type(row).objects.visible_to(holder)
        assert row in type(row).objects.visible_to(reporter)


def test_the_file_of_a_draft_is_seen_by_its_customer(world):
    file = make.ClaimFileFactory(draft=ClaimDraft.objects.get(pk=world.rows[ClaimDraft][OURS]), claim=None)
    assert file in ClaimFile.objects.visible_to(signed_in(world.ours))
    assert file not in ClaimFile.objects.visible_to(signed_in(world.others))


def test_the_reach_is_found_once_and_rows_cost_one_query(world):
    user = User.objects.get(pk=member(world.ours.agency).pk)
    costs = {}
    for model in MODELS:
        list(model.objects.visible_to(user))
        with CaptureQueriesContext(connection) as queries:
            list(model.objects.visible_to(user))
        costs[model] = len(queries)
    assert costs == {model: 0 if model in NOT_FOR_AGENCIES else 1 for model in MODELS}


def test_a_reader_without_any_reach_costs_no_query_for_the_rows(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert [list(model.objects.visible_to(AnonymousUser())) for model in MODELS] == [[] for _model in MODELS]
