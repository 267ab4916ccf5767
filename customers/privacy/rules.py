"""What holds for the rows of the customers' tables: `foundation.privacy` explains the words."""

from dataclasses import replace
from datetime import date
from functools import partial

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Claim, Consent, Instalment, Operation, Payment, Policy, RefundDue
from customers.models.payment import PaymentState
from customers.privacy import periods
from foundation.privacy import NOBODY, Action, Basis, Obstacle, Rule, Why

# --- Headings under which a person finds their data, and what they are for: said once
YOU = _("Who you are and how we reach you")
SIGN_IN = _("Your sign-in and reserved area")
CONTRACTS = _("Your policies")
PAYMENTS = _("Instalments and payments")
CLAIMS = _("Your claims")
DOCUMENTS = _("Your documents")
OPERATIONS = _("Operations that you asked for")
CONSENTS = _("Your consents")
OPENINGS = _("Who opened your data")
CARE = _("What you asked us to mind")
RIGHTS = _("Your requests about your data")
STAFF = _("People who work here")

CONTRACT_IS_RUN = _("to conclude, run and prove the contract")
PREMIUM_IS_COLLECTED = _("to collect the premium and keep the accounts")
CLAIM_IS_SETTLED = _("to assess and settle the claim")
RESERVED_AREA = _("to let you, and nobody else, into the reserved area")
ASKED_IS_DONE = _("to do what you asked, and to show what was done")
CONSENT_IS_PROVED = _("to write only to people who allowed it, and to prove it")
SEEN_BY = _("to show who saw the data")
RIGHTS_ARE_MET = _("to answer your requests about your data")
WORK_IS_ORGANISED = _("to organise the work and show who did it")

OTHERS_DATA = _("it is about another person")
NAMES_STAFF = _("it names who of our people did it")
LIKE_THE_CODE = _("it is a key of our systems and says nothing about you")

CODE_ACCOUNTS = "art. 2220 c.c.; art. 2952 c.c."
CODE_CLAIMS = "art. 2947, 2952 c.c."
ART_42 = "art. 42 Reg. IVASS 41/2018"
ERASED = "erased-"  # begins the code of a customer, and the address of a user, of whom nothing is known any more
ERASED_DOMAIN = "@erased.invalid"
CLAIM_WAY = "customers.Claim"
COMPLAINT_WAY = "complaints.Complaint"

_same_consent = Consent.objects.filter(
    customer=OuterRef("customer"), purpose=OuterRef("purpose"), channel=OuterRef("channel")
).latest_first()
LAST_EVENT = Subquery(_same_consent.values("recorded_at")[:1])  # what was given is proved for as long as what ended it

LAST_WORD = Subquery(_same_consent.values("event")[:1])
CONSENT_IN_FORCE = ~Q(Exact(LAST_WORD, Value(Consent.Event.WITHDRAWN.value)))


def _has_a_contract(today: date) -> Q:
    """Ways to reach somebody who holds a policy that covers on the day."""
    live = Policy.objects.filter(state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED], ends_on__gte=today)
    return Q(Exists(live.filter(holder=OuterRef("customer"))))


# --- What rules share: why, and for those that go with another row, with which
ANSWERING = Why(RIGHTS, RIGHTS_ARE_MET, Basis.LAW)
SIGNING_IN = Why(SIGN_IN, RESERVED_AREA, Basis.CONTRACT)
KNOWING_YOU = Why(YOU, CONTRACT_IS_RUN, Basis.CONTRACT)
CONTRACTING = Why(CONTRACTS, CONTRACT_IS_RUN, Basis.CONTRACT)
PROVING_CONTRACTS = Why(CONTRACTS, CONTRACT_IS_RUN, Basis.LAW, CODE_ACCOUNTS)
DOCUMENTING = PROVING_CONTRACTS.under(DOCUMENTS)
COLLECTING = Why(PAYMENTS, PREMIUM_IS_COLLECTED, Basis.LAW, CODE_ACCOUNTS)
SETTLING = Why(CLAIMS, CLAIM_IS_SETTLED, Basis.CONTRACT)
CARRYING_OUT = Why(OPERATIONS, ASKED_IS_DONE, Basis.CONTRACT)
PROVING_CONSENT = Why(CONSENTS, CONSENT_IS_PROVED, Basis.LAW, "art. 7(1) GDPR; art. 28 l. 689/1981")
MINDING_YOU = Why(CARE, _("to answer you as you asked us to"), Basis.CONSENT, "art. 9(2)(a) GDPR")
SHOWING_WHO_SAW = Why(OPENINGS, SEEN_BY, Basis.INTEREST, "art. 5(2), 32 GDPR")
WORKING = Why(STAFF, WORK_IS_ORGANISED, Basis.CONTRACT)

of_a_request = partial(Rule, customer=("customer",), period=periods.REQUEST, needs_name=False)
of_an_access = partial(Rule, why=SHOWING_WHO_SAW, customer=("customer",), period=periods.ACCESS, needs_name=False)
while_entering = partial(
    Rule, why=SIGNING_IN, period=periods.ENTERING, since="created_at", at_once=True, needs_name=False
)
with_user = partial(Rule, why=SIGNING_IN, user=("user",), follows="user")
with_claim = partial(Rule, why=SETTLING, customer=("claim__customer",), follows="claim")
with_operation = partial(Rule, why=CARRYING_OUT, customer=("operation__customer",), follows="operation")
with_private_operation = partial(
    Rule,
    why=CARRYING_OUT,
    user=("operation__begun_by",),
    only=Q(operation__is_private=True),
    part="private",
    follows="operation",
)
with_payment = partial(Rule, why=COLLECTING, customer=("payment__customer",), follows="payment")
with_policy = partial(Rule, customer=("policy__holder",), follows="policy")

CHANGED_ADDRESS = Rule(
    "customers.SignInAddressChange",
    SIGNING_IN,
    customer=("customer",),
    user=("user",),
    actors=("by",),
    personal=("old", "new", "reason"),
    plain=("questions",),
    secret=("code_digest", "link_digest", "undo_digest"),
    period=periods.ENROLLED,
    since="changed_at",
    at_once=True,
    needs_name=False,
)
OTHER_DOCUMENT = Rule(
    "customers.Document",
    DOCUMENTING,
    customer=("customer",),
    part="other",
    personal=("title", "file"),
    plain=("source", "external_key", "content_type", "sha256"),
    period=periods.CONTRACT,
    since="received_at",
)

RULES = [
    # --- What is asked about one's data
    of_a_request(
        "customers.ErasureRequest",
        ANSWERING.citing("art. 12, 17 GDPR"),
        actors=("asked_by", "decided_by", "lengthened_by"),
        personal=("reason", "lengthened_because"),
        plain=("outcome",),
        since="ended_at",
        running=Q(ended_at__isnull=True),
        running_why=periods.REQUEST.reason,
    ),
    of_a_request(
        "customers.LegalHold",
        ANSWERING.citing("art. 17(3)(e), 18 GDPR"),
        actors=("set_by", "lifted_by"),
        personal=("reason", "lifted_because"),
        plain=("matter",),
        since="lifted_at",
        running=Q(lifted_at__isnull=True),
        running_why=_("a legal hold is in force"),
    ),
    Rule(
        "customers.DataExportOpening",
        ANSWERING.citing("art. 15, 20 GDPR"),
        customer=("export__customer",),
        actors=("user",),
        follows="export",
    ),
    of_a_request(
        "customers.DataExport",
        ANSWERING.citing("art. 15, 20 GDPR"),
        actors=("asked_by",),
        personal=("reason", "problem", "file"),
        plain=("language", "sha256"),
        kept_back={"file": _("it is this copy, or one that was made before it")},
        since="ended_at",
        at_once=True,
    ),
    # --- The sign-in
    with_user(
        "customers.AppDevice",
        personal=("app_version", "name"),
        secret=("token", "p256dh", "auth"),
    ),
    with_user(
        "customers.KnownDevice",
        personal=("user_agent",),
        secret=("number", "password_mark"),
    ),
    Rule(
        "customers.Upload",
        SETTLING,
        customer=("customer",),
        actors=("given_by",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        at_once=True,
        needs_name=False,
        swept_elsewhere=_("a file that was sent ahead of its message is deleted after a day"),
    ),
    Rule(
        "customers.Invitation",
        SIGNING_IN,
        customer=("customer",),
        user=("account__user",),
        found_by=lambda person: Q(email__in=person.addresses),
        actors=("invited_by",),
        personal=("email",),
        plain=("rights",),
        secret=("digest",),
        period=periods.ENROLLED,
        since="created_at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.CalendarFeed",
        SIGNING_IN.citing(ART_42),
        labels={"created_at": _("created at")},
        customer=("account__customer",),
        user=("account__user",),
        secret=("digest", "key"),
        follows="account",
    ),
    Rule(
        "customers.ReservedAreaAccount",
        SIGNING_IN.citing(ART_42),
        labels={"given_by": _("access given by"), "ended_by": _("access ended by"), "ended_at": _("access ended on")},
        customer=("customer",),
        user=("user",),
        actors=("given_by", "ended_by"),
        personal=("end_reason",),
        plain=("rights", "terms_version"),
        at_once=True,
    ),
    while_entering(
        "customers.Enrolment",
        customer=("customer",),
        found_by=lambda person: Q(customer__isnull=True, email__in=person.addresses),
        only=Q(used_at__isnull=True),
        part="not-completed",
        personal=("email",),
        plain=("submission_key",),
        secret=("digest",),
    ),
    Rule(
        "customers.Enrolment",
        SIGNING_IN,
        customer=("customer",),
        part="completed",
        personal=("email",),
        secret=("digest",),
        period=periods.ENROLLED,
        since="used_at",
        at_once=True,
    ),
    while_entering(
        "customers.ProofCode",
        labels={"kind": "", "facts": ""},
        customer=("customer",),
        actors=("by",),
        personal=("value", "facts"),
        plain=("kind",),
        secret=("digest", "key"),
    ),
    replace(
        CHANGED_ADDRESS,
        part="unproved",
        only=Q(changed_at__isnull=True),
        period=periods.ENTERING,
        since="created_at",
    ),
    CHANGED_ADDRESS,
    # --- Claims
    Rule(
        "customers.ClaimDraft",
        SETTLING,
        customer=("customer",),
        actors=("begun_by", "saved_by"),
        personal=("answers",),
        at_once=True,
        swept_elsewhere=_("a draft that nobody touched for a month is deleted with its photographs, each night"),
    ),
    Rule(
        "customers.ClaimFile",
        SETTLING,
        customer=("draft__customer",),
        actors=("given_by",),
        only=Q(draft__isnull=False),
        part="draft",
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="draft",
    ),
    with_claim(
        "customers.ClaimFile",
        actors=("given_by",),
        part="claim",
        personal=("name", "file"),
        plain=("content_type", "sha256"),
    ),
    with_claim(
        "customers.AskedDocument",
        actors=("asked_by", "ended_by"),
        personal=("name", "why"),
    ),
    with_claim(
        "customers.ClaimReport",
        actors=("sent_by",),
        personal=("answers",),
        plain=("guide",),
    ),
    Rule(
        "customers.DocumentOpening",
        SHOWING_WHO_SAW,
        customer=("document__customer",),
        actors=("user",),
        follows="document",
    ),
    replace(
        OTHER_DOCUMENT,
        why=SETTLING.under(DOCUMENTS).citing(CODE_CLAIMS),
        part="claim",
        only=Q(claim__isnull=False),
        period=periods.CLAIM,
        since="claim__updated_at",
        running=Q(claim__state__in=Claim.OPEN_STATES),
        running_why=_("the claim is open"),
        matters={CLAIM_WAY: ("claim",), COMPLAINT_WAY: ("claim__complaints",)},
    ),
    replace(
        OTHER_DOCUMENT,
        part="policy",
        only=Q(policy__isnull=False),
        since="policy__ends_on",
        matters={CLAIM_WAY: ("policy__claims",), COMPLAINT_WAY: ("policy__complaints",)},
    ),
    OTHER_DOCUMENT,
    with_private_operation(
        "customers.Mandate",
        actors=("customer",),  # for whom they asked to act: that is another person, who may not know of it
        personal=("name", "file"),
        plain=("content_type", "sha256"),
    ),
    with_private_operation(
        "customers.OperationEvent",
        actors=("by",),
        personal=("detail",),
    ),
    Rule(
        "customers.Operation",
        CARRYING_OUT.citing("art. 2946, 2952 c.c."),
        user=("begun_by",),
        only=Q(is_private=True),
        part="private",
        actors=("customer", "ended_by"),  # the customer by whose file they came, whose affair it is not
        personal=("facts", "answer"),
        period=periods.OPERATION,
        since="ended_at",
        running=Q(state__in=Operation.OPEN_STATES),
        running_why=_("the operation is under way"),
    ),
    with_operation(
        "customers.Mandate",
        actors=("customer",),  # for whom they asked to act: that is another person, who may not know of it
        personal=("name", "file"),
        plain=("content_type", "sha256"),
    ),
    with_operation(
        "customers.OperationEvent",
        actors=("by",),
        personal=("detail",),
    ),
    Rule(
        "customers.Operation",
        CARRYING_OUT.citing("art. 2946, 2952 c.c."),
        customer=("customer",),
        actors=("begun_by", "ended_by"),
        personal=("facts", "answer"),
        period=periods.OPERATION,
        since="ended_at",
        running=Q(state__in=Operation.OPEN_STATES),
        running_why=_("the operation is under way"),
        matters={
            CLAIM_WAY: ("claim", "policy__claims"),
            COMPLAINT_WAY: ("claim__complaints", "policy__complaints"),
        },
    ),
    Rule(
        "customers.Claim",
        SETTLING.citing(CODE_CLAIMS),
        customer=("customer",),
        personal=("number", "report_number", "description", "place", "visit_place", "refusal_reason"),
        plain=("adjuster", "adjuster_phone", "assessor", "repairer"),
        period=periods.CLAIM,
        since="updated_at",
        running=Q(state__in=Claim.OPEN_STATES),
        running_why=_("the claim is open"),
        matters={CLAIM_WAY: ("pk",), COMPLAINT_WAY: ("complaints",)},
    ),
    # --- Payments and contracts
    Rule(
        "customers.PaymentIncident",
        COLLECTING,
        customer=("payment__customer", "event__payment__customer"),
        actors=("closed_by",),
        personal=("expected", "stated", "closed_because"),
        plain=("once",),
        follows="payment",
    ),
    with_payment(
        "customers.RefundDue",
        actors=("recorded_by",),
        personal=("way",),
    ),
    with_payment(
        "customers.PaymentEvent",
        personal=("body", "reason"),
        plain=("provider", "event_id", "reference", "provider_reference", "merchant", "currency"),
        kept_back={"body": LIKE_THE_CODE},
    ),
    Rule(
        "customers.Payment",
        COLLECTING,
        customer=("customer",),
        actors=("begun_by",),
        personal=("payer_name", "checkout_url", "reason"),
        plain=("currency", "provider", "provider_reference"),
        kept_back={"checkout_url": LIKE_THE_CODE},
        period=periods.PAYMENT,
        since="begun_at",
        running=Q(state=PaymentState.OPEN),
        running_why=_("the payment is not confirmed yet"),
        matters={CLAIM_WAY: ("policy__claims",), COMPLAINT_WAY: ("policy__complaints",)},
    ),
    with_policy(
        "customers.RenewalOffer",
        CONTRACTING.citing(CODE_ACCOUNTS),
        personal=("number", "terms"),
    ),
    with_policy(
        "customers.Instalment",
        COLLECTING,
    ),
    with_policy(
        "customers.PolicyValue",
        PROVING_CONTRACTS.citing(ART_42),
        plain=("key", "fund"),
    ),
    with_policy(
        "customers.PolicyPerson",
        CONTRACTING.citing("art. 1920 c.c."),
        personal=("name", "tax_code", "vat_number", "address", "phone", "email"),
        plain=("key",),
        kept_back=dict.fromkeys(("tax_code", "vat_number", "address", "phone", "email"), OTHERS_DATA),
    ),
    Rule(
        "customers.PolicyAdherent",
        CONTRACTING,
        customer=("customer",),
        follows="policy",
    ),
    Rule(
        "customers.Policy",
        PROVING_CONTRACTS,
        customer=("holder",),
        personal=("number", "plate"),
        plain=("ramo", "product"),
        period=periods.CONTRACT,
        since="ends_on",
        matters={CLAIM_WAY: ("claims",), COMPLAINT_WAY: ("complaints", "claims__complaints")},
    ),
    # --- The file itself
    Rule(
        "customers.Consent",
        PROVING_CONSENT,
        customer=("customer",),
        actors=("recorded_by",),
        personal=("evidence",),
        plain=("text_version",),
        period=periods.CONSENT,
        since=LAST_EVENT,
        running=CONSENT_IN_FORCE,
        running_why=_("the consent is in force"),
        ended_by_grant=_(
            "they are withdrawn the moment your request is granted, and you get no more offers; that you had given them "
            "remains as proof, as offences lapse in five years"
        ),
        needs_name=False,
    ),
    of_an_access(
        "customers.AccessLog",
        actors=("user",),
        personal=("reason",),
        plain=("what",),
        since="at",
    ),
    of_an_access(
        "customers.FileRestriction",
        actors=("marked_by", "lifted_by"),
        personal=("reason", "lifted_reason"),
        since="lifted_at",
        at_once=True,
    ),
    of_an_access(
        "customers.UnusualAccess",
        actors=("user", "examined_by"),
        personal=("note",),
        since="found_at",
    ),
    Rule(
        "customers.CareNeed",
        MINDING_YOU,
        called=_("What you asked us to mind"),
        customer=("customer",),
        actors=("recorded_by", "ended_by"),
        personal=("note", "ended_reason"),
        plain=("kind", "stated_by"),
        period=periods.CARE,
        since="until",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.DataChange",
        KNOWING_YOU,
        customer=("customer",),
        actors=("by",),
        personal=("old", "new", "words"),
        plain=("point_kind", "about"),
        period=periods.OFFICE,
        since="at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.FedValue",
        KNOWING_YOU,
        customer=("customer",),
        personal=("value",),
        period=periods.OFFICE,
        since="changed_at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.CustomerJoin",
        KNOWING_YOU,
        customer=("kept", "joined"),
        actors=("by", "parted_by"),
        personal=("reason", "fields", "points", "part_reason"),
        plain=("moved", "consents"),
        period=periods.OFFICE,
        since="at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.DuplicatePair",
        KNOWING_YOU,
        customer=("first", "second"),
        actors=("decided_by",),
        personal=("decision_reason",),
        period=periods.OFFICE,
        since="found_at",
        at_once=True,
        needs_name=False,
    ),
    Rule(
        "customers.ContactPoint",
        KNOWING_YOU,
        customer=("customer",),
        personal=("value", "stated"),
        at_once=True,
        running=_has_a_contract,
        running_why=_("we reach you there about the contract in force"),
    ),
    Rule(
        "customers.Customer",
        KNOWING_YOU,
        called=_("your file"),
        labels={"search_key": _("key of the search")},
        customer=("pk", "merged_into"),
        personal=(
            "code",
            "first_name",
            "last_name",
            "company_name",
            "tax_code",
            "vat_number",
            "address",
            "postal_code",
            "city",
            "province",
            "search_key",
        ),
        plain=("country",),
        kept_back={"search_key": LIKE_THE_CODE},
        action=Action.BLANK,
        blank_to={
            "code": Concat(Value(ERASED), F("pk"), output_field=CharField()),
            "last_name": Case(When(kind="person", then=Value(NOBODY)), default=Value("")),
            "company_name": Case(When(kind="company", then=Value(NOBODY)), default=Value("")),
            "birth_date": None,
        },
        blanked=Q(code__startswith=ERASED),
        period=periods.FILE,
        since="updated_at",
        at_once=True,
        last=True,
        matters={CLAIM_WAY: ("claims",), COMPLAINT_WAY: ("complaints",)},
    ),
    Rule(
        "customers.User",
        SIGNING_IN,
        user=("pk",),
        personal=("email", "first_name", "last_name"),
        secret=("password",),
        action=Action.BLANK,
        blank_to={
            "email": Concat(Value(ERASED), F("pk"), Value(ERASED_DOMAIN), output_field=CharField()),
            "password": "!",  # no password fits it
            "is_active": False,
            "last_login": None,
        },
        blanked=Q(email__endswith=ERASED_DOMAIN),
        at_once=True,
        running=Q(is_staff=True),
        running_why=_("the person works here: their sign-in as a colleague remains"),
        needs_name=False,
    ),
    # --- People who work here
    Rule(
        "customers.User_groups",
        WORKING.under(SIGN_IN),
        user=("user",),
        follows="user",
    ),
    Rule(
        "customers.User_user_permissions",
        WORKING.under(SIGN_IN),
        user=("user",),
        follows="user",
    ),
    Rule(
        "customers.AgencyMember",
        WORKING,
        user=("user",),
        follows="user",
    ),
    Rule(
        "customers.CampaignAgency",
        WORKING,
        user=("user",),
        follows="user",
    ),
]


def _owed(customer: int) -> QuerySet:
    """Instalments of the customer's policies that fell due and were not paid."""
    today = timezone.localdate()
    policies = Policy.objects.filter(holder=customer, state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED])
    return Instalment.objects.unpaid().filter(policy__in=policies, due_on__lte=today)


OBSTACLES = [
    Obstacle(
        "claim",
        _("a claim is open: it has to be settled first"),
        lambda customer: Claim.objects.open().filter(customer=customer),
    ),
    Obstacle(
        "operation",
        _("an operation that you asked for is under way: it has to be carried out or withdrawn first"),
        lambda customer: Operation.objects.open().filter(customer=customer, is_private=False),
    ),
    Obstacle("instalment", _("an instalment has fallen due and is not paid"), _owed),
    Obstacle(
        "payment",
        _("a payment is not confirmed yet"),
        lambda customer: Payment.objects.open().filter(customer=customer),
    ),
    Obstacle(
        "refund",
        _("an amount is still to be given back to you"),
        lambda customer: RefundDue.objects.open().filter(payment__customer=customer),
    ),
]
