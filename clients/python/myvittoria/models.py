"""Bodies and answers of the API, as JSON has them. Made from the OpenAPI schema by scripts/make_client.py: change the schema, not this file."""

from typing import Any, Literal, NotRequired, TypedDict

AccountCapacity = Literal["self", "member", "legal", "guardian", "attorney", "heir"]
AccountRight = Literal["ask", "pay", "report", "consent", "people"]
AccountState = Literal["enrolled", "suspended", "closed"]
ActingInputCapacityEnum = Literal["guardian", "attorney", "heir", "legal"]
AreaEnum = Literal[
    "claims", "policies", "payments", "reserved_area", "roadside", "commercial", "personal_data", "other"
]
AskedDocumentState = Literal["asked", "received", "withdrawn"]
CallBackRowStateEnum = Literal["booked", "made", "cancelled"]
ClaimKind = Literal["property", "injury", "mixed"]
ClaimState = Literal["reported", "taken_in_charge", "offered", "accepted", "paid", "refused", "closed"]
CodeInputKindEnum = Literal["phone", "email"]
ComplainantKindEnum = Literal["policyholder", "insured", "injured", "beneficiary", "association", "other"]
ComplaintState = Literal["received", "under_review", "suspended", "answered", "withdrawn", "cancelled"]
ConductEnum = Literal["company", "intermediary"]
ConsentChannel = Literal["email", "sms", "push", "phone", "post", "portal"]
ConsentEvent = Literal["given", "confirmed", "withdrawn"]
ConsentEventRowSourceEnum = Literal["portal", "app", "agency", "paper", "call", "import", "unsubscribe"]
ConsentPurpose = Literal["marketing", "agency_promotions", "profiling", "portal_advertising"]
ContactPointRowKindEnum = Literal["phone", "email", "pec"]
ContactState = Literal["open", "in_progress", "waiting", "closed"]
DataExportState = Literal["waiting", "making", "ready", "ended"]
DevicePlatform = Literal["ios", "android", "web"]
DocumentKind = Literal["conditions", "policy", "receipt", "certificate", "statement", "letter", "other"]
ErasureState = Literal["asked", "withdrawn", "refused", "granted", "carried_out", "finished"]
FactRowKindEnum = Literal["text", "long_text", "date", "amount", "choice", "tick"]
FeedbackSource = Literal["app", "portal", "site", "app_store", "google_play"]
FeedbackState = Literal["received", "acknowledged", "answered", "contact", "complaint", "closed"]
GroupEnum = Literal["deadlines", "payments", "claims", "requests", "complaints", "account", "promotions"]
LanguageEnum = Literal["it", "en"]
NoticeChannel = Literal["email", "sms", "push", "inbox", "pec", "post"]
NoticeState = Literal["queued", "sending", "sent", "refused", "in_doubt", "withheld"]
OperationInputKindEnum = Literal[
    "phone",
    "email",
    "address",
    "language",
    "suspension",
    "reactivation",
    "settlement",
    "surrender",
    "frequency",
    "offer_accepted",
    "offer_refused",
    "withdrawal",
    "cancellation",
    "refund",
    "copy",
]
OperationKind = Literal[
    "phone",
    "email",
    "address",
    "language",
    "suspension",
    "reactivation",
    "settlement",
    "surrender",
    "payment",
    "frequency",
    "offer_accepted",
    "offer_refused",
    "withdrawal",
    "cancellation",
    "refund",
    "copy",
    "representation",
]
OperationState = Literal["asked", "in_progress", "done", "refused", "withdrawn"]
OwnRequestInputFormEnum = Literal["open", "guided"]
PaymentState = Literal["open", "paid", "refused", "abandoned", "expired"]
PolicyState = Literal["active", "suspended", "expired", "cancelled"]
ProfileDetailKindEnum = Literal["person", "company"]
ProposerKindEnum = Literal["interested", "lawyer", "consultant", "association", "other"]
RefundShapeReasonEnum = Literal["paid_twice", "paid_elsewhere", "not_owed", "amount_changed", "not_as_asked"]
RelationEnum = Literal["client", "member", "family", "ward", "other"]
StandingShapeKeyEnum = Literal["received", "in_progress", "waiting", "answered"]
TopicQuestionRowKindEnum = Literal[
    "text",
    "long_text",
    "date",
    "past_date",
    "choice",
    "yes_no",
    "plate",
    "policy_number",
    "claim_number",
    "phone",
    "amount",
]


class AcceptInput(TypedDict):
    """That the terms of the renewal were read and are accepted."""

    accepted: bool


class AccessRow(TypedDict):
    """One of us opened the file."""

    id: int
    at: str
    # What the person does here, in words
    role: str


class AccessRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[AccessRow]"


class AccountRow(TypedDict):
    """Somebody for whom the person acts; `id` goes into X-Acting-For."""

    id: int
    name: str
    capacity: "AccountCapacity"
    capacity_label: str
    # What the person may do; to look is in each
    rights: "list[str]"
    valid_until: "str | None"
    # This answer is about it
    is_current: bool


class ActingInput(TypedDict):
    """For whom, as what, and the document that was sent ahead."""

    capacity: "ActingInputCapacityEnum"
    # Name of the person or company
    person: str
    # Theirs, or the VAT number of the company
    tax_code: str
    # The last day, if the document has one
    valid_until: NotRequired[str]
    # Anything to add
    text: NotRequired[str]
    # One file of at most 10 MB, with all pages of the document
    uploads: NotRequired["list[str]"]


class ActingRequestRow(TypedDict):
    """A request to act for somebody."""

    id: int
    number: str
    # For whom, as it was typed
    person: str
    # As what: one of `AccountCapacity`
    capacity: str
    # The word for the person.
    capacity_label: str
    state: "OperationState"
    state_label: str
    asked_at: str
    ended_at: "str | None"
    # Ours, of one that has ended
    answer: str
    # Whether it can still be taken back.
    may_be_withdrawn: bool


class ActingRequestRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[ActingRequestRow]"


class AddedFileRow(TypedDict):
    """A file that was sent with a complaint."""

    key: str
    name: str
    content_type: str
    # Bytes
    size: int
    # Where its bytes are.
    url: str


class AdditionInput(TypedDict):
    """Words, files or both."""

    text: NotRequired[str]
    # Up to five files of 10 MB, 20 MB together
    uploads: NotRequired["list[str]"]


class AdditionRow(TypedDict):
    """What was added to a complaint after it was sent."""

    text: str
    received_at: str
    files: "list[AddedFileRow]"


class AddressChangeShape(TypedDict):
    """A change that waits for its code, or was made."""

    # For `confirm_sign_in_address`
    key: str
    # Where the code went
    email: str
    expires_at: str
    # How often a code may be wrong still.
    tries_left: int
    # Its code is taken no more: ask again
    is_over: bool
    # Null before the code was given
    changed_at: "str | None"


class AdherentShape(TypedDict):
    """Somebody covered by the contract."""

    starts_on: str
    ends_on: "str | None"
    name: str


class AgencyShape(TypedDict):
    """The agency that follows a policy or a customer."""

    name: str
    address: str
    postal_code: str
    city: str
    province: str
    # E.164, or empty
    phone: str
    email: str


class AnswerShape(TypedDict):
    """What was answered to a question of the report."""

    label: str
    text: str


class AskInput(TypedDict):
    """What is compared with what we hold."""

    # Tax code, or VAT number of a company
    tax_code: str
    policy_number: str
    # An address that the customer gave us
    email: str
    # Made once for each asking: sent again, it does nothing
    submission_key: str


class AskOutput(TypedDict):
    """The same whatever was typed: only the mailbox learns more."""

    detail: str


class AskedDocumentRow(TypedDict):
    """A document that we need from the reporter."""

    id: int
    name: str
    why: str
    due_on: str
    state: "AskedDocumentState"
    state_label: str
    ended_at: "str | None"


class AttachmentRow(TypedDict):
    """A file of a message."""

    key: str
    name: str
    content_type: str
    # Bytes
    size: int
    url: str


class BeforehandAnswer(TypedDict):
    """An answer, and the row that it is about."""

    # policy, claim, document, request, data or nothing
    about: str
    title: str
    text: str
    id: "int | None"
    is_late: bool


class BeforehandShape(TypedDict):
    """What we can tell at once about a topic."""

    answers: "list[BeforehandAnswer]"
    # The answer is more exact with a policy
    asks_policy: bool


class BeginInput(TypedDict):
    """Under which policy."""

    # Held, or one that covers oneself
    policy: int


class BegunShape(TypedDict):
    """A payment that has begun, and where the money is taken."""

    id: int
    number: str
    state: str
    state_label: str
    # The provider's page; empty where this payment has ended
    checkout_url: str
    # Where that page leads back to
    return_url: str
    url: str


class CalendarShape(TypedDict):
    """The address of the calendar of deadlines; nulls where none was given out."""

    id: "int | None"
    # Secret: whoever has it reads the deadlines
    url: "str | None"
    # The same, as calendars subscribe to it
    webcal_url: "str | None"


class CallBackInput(TypedDict):
    """When, to which number, about what."""

    # When the hour begins
    starts_at: str
    # Any usual form
    phone: str
    # Code of a topic
    topic: NotRequired[str]
    # In a few words: up to 1,000 characters
    text: NotRequired[str]


class CallBackPlaces(TypedDict):
    """What is needed to book a call-back or to call."""

    places: "list[PlaceShape]"
    # One's own numbers, to choose from
    phones: "list[str]"
    hours: "list[HoursShape]"
    unlike_others: "list[UnlikeOthersShape]"
    lines: "list[LineShape]"


class CallBackRow(TypedDict):
    """A call that we owe, made or called off."""

    id: int
    number: str
    request: int
    topic: NotRequired[str]
    # E.164
    phone: str
    starts_at: str
    ends_at: str
    state: "CallBackRowStateEnum"
    cancelled_at: "str | None"
    # Moved, or called off
    can_be_changed: bool
    request_url: str


class CallBackRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[CallBackRow]"


class ChangedShape(TypedDict):
    """The address of now, and the token that goes on."""

    message: str
    # Sign in with it from now on
    email: str
    # Takes the place of the token that was sent; every other is over
    session_token: str


class CheckShape(TypedDict):
    """What a person reads before they confirm."""

    title: str
    # What it means
    text: str
    # Values, days and terms to know
    notes: "list[str]"
    facts: "list[LabelledValue]"
    # What happens next
    then: str
    # Why it cannot be asked for now; empty where it can
    why_not: str
    # A code is sent first: `send_operation_code`
    needs_code: bool


class CheckedShape(TypedDict):
    """How a payment stands, as far as it is known."""

    id: int
    number: str
    state: str
    state_label: str
    # False: we are still checking. It is not failed; ask again later
    is_known: bool
    url: str


class ChoiceRow(TypedDict):
    """An answer that can be chosen."""

    value: str
    label: str


class ChoiceShape(TypedDict):
    """What may be chosen."""

    value: str
    label: str


class ClaimDetail(TypedDict):
    """A claim with all that its page shows."""

    is_reporter: bool
    steps: "list[ClaimStepShape]"
    # Until `answer_by`; below 0: we are late
    days_left: "int | None"
    place: str
    description: str
    occurred_time: "str | None"
    assessor: str
    repairer: str
    complete_on: "str | None"
    offered_on: "str | None"
    offered_amount: "str | None"
    accepted_on: "str | None"
    paid_on: "str | None"
    paid_amount: "str | None"
    report: "list[ReportedStepShape]"
    files: "list[ClaimFileRow]"
    asked_documents: "list[AskedDocumentRow]"
    standing: "StandingShape | None"
    thread: "ThreadShape"
    documents: "list[PaperRow]"
    # What can be done about it, and why not
    offers: "list[OfferShape]"
    id: int
    # Repertory number; until it comes, that of the report
    number: str
    report_number: str
    waits_for_number: bool
    policy: int
    policy_number: str
    product: str
    kind: "ClaimKind"
    kind_label: str
    state: "ClaimState"
    state_label: str
    # Neither paid nor refused nor closed.
    is_open: bool
    occurred_on: str
    reported_on: str
    # Day by which the law wants an offer or reasons
    answer_by: "str | None"
    adjuster: str
    adjuster_phone: str
    url: str


class ClaimFileRow(TypedDict):
    """A photograph or document that was sent with the claim."""

    key: str
    name: str
    content_type: str
    # Bytes
    size: int
    sha256: str
    received_at: str
    # Where its bytes are.
    url: str


class ClaimRow(TypedDict):
    """A claim in the list."""

    id: int
    # Repertory number; until it comes, that of the report
    number: str
    report_number: str
    waits_for_number: bool
    policy: int
    policy_number: str
    product: str
    kind: "ClaimKind"
    kind_label: str
    state: "ClaimState"
    state_label: str
    # Neither paid nor refused nor closed.
    is_open: bool
    occurred_on: str
    reported_on: str
    # Day by which the law wants an offer or reasons
    answer_by: "str | None"
    adjuster: str
    adjuster_phone: str
    url: str


class ClaimRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[ClaimRow]"


class ClaimStepShape(TypedDict):
    """A step of a claim."""

    name: str
    is_done: bool
    is_now: bool
    on: "str | None"
    # Day that the law sets
    by: "str | None"


class CodeInput(TypedDict):
    """The new number or address, and which one it takes the place of."""

    kind: "CodeInputKindEnum"
    # `phone` or `email`, and `replaces`
    facts: "dict[str, str | bool]"


class CodeShape(TypedDict):
    """A code that is on its way."""

    # Of the code: for `use_operation_code`
    key: str
    kind: str
    sent_to: str
    expires_at: str
    tries_left: int


class CodeTryInput(TypedDict):
    """The code as the person typed it."""

    # Blanks do not matter
    code: str


class ComplaintDetail(TypedDict):
    """A complaint with what was written, and the answer."""

    id: int
    number: str
    subject: str
    state: "ComplaintState"
    state_label: str
    # How far it has come
    in_words: str
    policy: "int | None"
    claim: "int | None"
    received_on: str
    # Day by which we must answer, as it stands today
    answer_by: str
    answered_at: "str | None"
    is_open: bool
    url: str
    text: str
    answer: str
    # Until `answer_by`, while it is open
    days_left: "int | None"
    # The answer as a PDF
    letter_url: "str | None"
    additions: "list[AdditionRow]"
    # All that one gave, also by post or with a request
    documents: "list[DocumentRow]"
    # The person whose mandate we asked for and await; else empty
    mandate_wanted: str


class ComplaintInput(TypedDict):
    """A complaint as its form takes it. Who complains is known, unless another name is given."""

    # Up to 250 characters
    subject: str
    # Facts with their dates: up to 20,000 characters
    text: str
    # Whose conduct it is about
    conduct: NotRequired["ConductEnum"]
    # Which one, where the conduct is an intermediary's
    intermediary: NotRequired[str]
    # Number of a policy or claim, or a plate
    reference: NotRequired[str]
    complainant_name: NotRequired[str]
    complainant_kind: NotRequired["ComplainantKindEnum"]
    # As what one writes; the interested party, if for oneself
    proposer_kind: NotRequired["ProposerKindEnum"]
    # For whom one writes, where that is somebody else
    represented_name: NotRequired[str]
    represented_tax_code: NotRequired[str]
    # What that person is to the writer
    relation: NotRequired["RelationEnum"]
    tax_code: NotRequired[str]
    # For the answer; that of the sign-in, if not given
    email: NotRequired[str]
    # For an answer by post, with an empty e-mail address
    postal_address: NotRequired[str]
    phone: NotRequired[str]
    # Up to five files of 10 MB, 20 MB together, the mandate among them
    uploads: NotRequired["list[str]"]
    # Which of the uploads is the mandate, where one writes for somebody else
    mandate: NotRequired[str]


class ComplaintRow(TypedDict):
    """A complaint in the list."""

    id: int
    number: str
    subject: str
    state: "ComplaintState"
    state_label: str
    # How far it has come
    in_words: str
    policy: "int | None"
    claim: "int | None"
    received_on: str
    # Day by which we must answer, as it stands today
    answer_by: str
    answered_at: "str | None"
    is_open: bool
    url: str


class ComplaintRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[ComplaintRow]"


class ComplaintShape(TypedDict):
    """A complaint as it was registered."""

    id: int
    # What a person quotes; empty where it has none
    number: str
    # Empty where it has none
    state: str
    # The state in words
    state_label: str
    # What happened, in a sentence for the person
    message: str
    # Where it is read; empty where it is not
    url: str
    # By when the law has us answer
    due_on: str
    # Page of a complaint for somebody else, which is not among one's own; else empty
    tracking_url: str


class ConditionShape(TypedDict):
    """The earlier question of the step, and the answer with which this one is asked at all."""

    question: str
    value: str


class ConsentEventRow(TypedDict):
    """A consent given, confirmed or withdrawn."""

    id: int
    purpose: "ConsentPurpose"
    channel: "ConsentChannel"
    event: "ConsentEvent"
    event_label: str
    # The text's title.
    title: str
    text_version: str
    source: "ConsentEventRowSourceEnum"
    source_label: str
    recorded_at: str


class ConsentEventRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[ConsentEventRow]"


class ConsentShape(TypedDict):
    """How a consent stands now."""

    purpose: str
    channel: str
    event: "ConsentEvent"
    # It counts once it is confirmed by the link of an e-mail
    is_waiting: bool
    message: str


class ConsentStanding(TypedDict):
    """How a purpose stands on a channel."""

    purpose: "ConsentPurpose"
    channel: "ConsentChannel"
    channel_label: str
    # Of the text that was decided on; empty where nothing was
    title: str
    is_in_force: bool
    # Given, and not confirmed by the link yet
    is_waiting: bool
    decided_at: NotRequired["str | None"]


class ConsentTextShape(TypedDict):
    """What is asked for a purpose."""

    purpose: "ConsentPurpose"
    # Sent back with a yes: a text that changed meanwhile is not agreed to
    version: str
    title: str
    text: str
    channels: "list[ConsentStanding]"


class ConsentsShape(TypedDict):
    """Every purpose that is asked for, and consents of the past that are still in force."""

    asked: "list[ConsentTextShape]"
    others: "list[ConsentStanding]"


class ContactPointRow(TypedDict):
    """A number or address at which we reach the customer."""

    id: int
    kind: "ContactPointRowKindEnum"
    kind_label: str
    value: str
    # Whether the customer answered from it.
    is_verified: bool


class ContactRow(TypedDict):
    """A request or a call in a list."""

    id: int
    number: str
    channel: str
    channel_label: str
    # Its subject, else the topic, else what it is.
    title: str
    state: "ContactState"
    state_label: str
    started_at: str
    # By when we answer
    due_at: "str | None"
    closed_at: "str | None"
    operation: "int | None"
    claim: "int | None"
    url: str


class ContactRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[ContactRow]"


class DataExportRow(TypedDict):
    """A copy of the customer's data, and how far it is."""

    id: int
    key: str
    state: "DataExportState"
    state_label: str
    asked_at: str
    ready_at: "str | None"
    # Until when it can be taken
    expires_at: "str | None"
    # Bytes
    size: "int | None"
    # Of the archive's bytes; empty before it is made
    sha256: str
    url: str
    # Where it is taken now; else null
    file_url: "str | None"


class DataExportRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[DataExportRow]"


class DeviceInput(TypedDict):
    """What the app knows of its device."""

    # As the platform gave it
    token: str
    platform: "DevicePlatform"


class DeviceRow(TypedDict):
    """A device. Its token is never given back."""

    id: int
    platform: "DevicePlatform"
    platform_label: str
    app_version: str
    registered_at: str
    seen_at: str


class DeviceRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[DeviceRow]"


class DocumentInput(TypedDict):
    """The files of a document that was asked for."""

    # Files sent ahead: at least one, up to 20 of 20 MB, 60 MB together
    uploads: NotRequired["list[str]"]


class DocumentRow(TypedDict):
    """A document of a complaint that one gave, by whichever way."""

    key: str
    name: str
    content_type: str
    # Bytes
    size: int
    given_on: str
    # By which way it came; may be empty
    way: str
    # Where its bytes are.
    url: str


class DocumentShape(TypedDict):
    """A document that came, and the files that could not be kept with it."""

    id: int
    # What a person quotes; empty where it has none
    number: str
    # Empty where it has none
    state: str
    # The state in words
    state_label: str
    # What happened, in a sentence for the person
    message: str
    # Where it is read; empty where it is not
    url: str
    # A sentence for each file left out
    refused: "list[str]"


class DraftRow(TypedDict):
    """A report under way."""

    key: str
    policy: int
    policy_number: str
    product: str
    # Send it with the next step that you save
    version: int
    begun_at: str
    saved_at: str
    url: str


class DraftShape(TypedDict):
    """A report under way, with its guide and what was answered."""

    key: str
    policy: int
    policy_number: str
    product: str
    # Send it with the next step that you save
    version: int
    begun_at: str
    saved_at: str
    url: str
    guide: str
    guide_label: str
    # What is good to have photographs of
    photographs: str
    steps: "list[StepShape]"
    files: "list[FileShape]"
    # It can be sent
    is_complete: bool
    # On that day the policy did not cover: `outside` is to be confirmed
    is_outside: bool
    # A claim of the same policy and day: `another` is to be confirmed
    twin: "int | None"
    # Answers that rule each other out, in words
    clashes: "dict[str, str]"


class DraftShort(TypedDict):
    """A claim report that was begun."""

    key: str
    policy: int
    policy_number: str
    saved_at: str


class DraftsShape(TypedDict):
    """The reports under way, the latest first: at most ten."""

    results: "list[DraftRow]"


class DueShape(TypedDict):
    """What is to be paid, or a contract that comes to its end."""

    # Instalment or expiry.
    kind: str
    policy: int
    policy_number: str
    product: str
    on: str
    amount: "str | None"
    # Last day of cover if nothing is paid
    cover_until: str
    is_covered: bool
    # Below 0: it is late
    days_left: int
    instalment: NotRequired["int | None"]
    # Renewal offer that can be paid
    offer: "int | None"
    # Payment not confirmed yet
    payment: "int | None"
    policy_url: str


class EnoughInput(TypedDict):
    """Whether what was answered beforehand was enough."""

    topic: str
    policy: NotRequired[int]
    helped: bool


class EnrolmentTerms(TypedDict):
    """The terms that are accepted by enrolling."""

    terms_version: str
    # Their page
    terms_url: str


class ErasureInput(TypedDict):
    """That the person has read what goes and what stays."""

    # True: what is erased cannot be brought back
    read: bool


class ErasureRequestShape(TypedDict):
    """The last request for erasure."""

    id: int
    state: "ErasureState"
    state_label: str
    asked_at: str
    # By when we answer: a month, or three where we said within the first why
    due_on: str
    # When we said that we need longer; else null
    lengthened_at: "str | None"
    # Why we need longer; else empty
    lengthened_because: str
    decided_at: "str | None"
    # Why it was refused; else empty
    reason: str


class ErasureShape(TypedDict):
    """What an erasure would do now, and the request where one was made."""

    goes: "list[GoingShape]"
    stays: "list[StayingShape]"
    # What has to end before anything goes
    waits: "list[str]"
    # The sign-in stays: the person acts for others by it
    keeps_sign_in: bool
    request: "ErasureRequestShape | None"


class FactRow(TypedDict):
    """What an operation asks: `name` is its word in `facts`."""

    name: str
    kind: "FactRowKindEnum"
    label: str
    help: str
    is_required: bool
    # Most characters
    longest: "int | None"
    choices: "list[ChoiceRow]"
    # What is known already, or the usual answer
    initial: "str | None"


class FeedbackInput(TypedDict):
    """A rating, and words if they like."""

    # 5 is very satisfied
    rating: int
    # Up to 2,000 characters
    text: NotRequired[str]
    # Of the telephone
    platform: NotRequired[str]


class FeedbackRow(TypedDict):
    """Stars and perhaps words."""

    id: int
    source: "FeedbackSource"
    source_label: str
    rating: int
    text: str
    app_version: str
    received_at: str
    state: "FeedbackState"
    state_label: str
    # When a notice thanked for it
    acknowledged_at: "str | None"
    # Ours; empty while there is none
    answer: str
    answered_at: "str | None"
    # The request that it became
    request: "int | None"
    # The complaint it became
    complaint: "int | None"


class FeedbackRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[FeedbackRow]"


class FileInput(TypedDict):
    """One file with its checksum. Send the checksum first, so that it is here if the line breaks."""

    # SHA-256 of the file's bytes as sent, in hexadecimal: what arrived otherwise is not kept
    sha256: str
    file: "bytes"


class FileShape(TypedDict):
    """A photograph or document of a report."""

    key: str
    name: str
    content_type: str
    size: int
    url: str


class FinishInput(TypedDict):
    """The secret of the link, and what is chosen."""

    # The last part of the link's address
    secret: str
    # Of a new sign-in; none for one that there is
    password: NotRequired[str]
    # Of the terms that were shown and accepted
    terms_version: str


class FinishOutput(TypedDict):
    """The sign-in that was made."""

    # Sign in with it and the password chosen
    email: str


class GoingShape(TypedDict):
    """Rows of one heading that go."""

    heading: str
    number: int


class HoldingShape(TypedDict):
    """What is held in one fund or index."""

    fund: str
    amount: str
    # As people read it; empty where it is not known
    units: str
    unit_price: str


class HomeShape(TypedDict):
    """What a customer came for: at most five of each, the lists have the rest."""

    name: str
    # Those for whom the person acts
    accounts: "list[AccountRow]"
    dues: "list[DueShape]"
    can_pay_online: bool
    # Open
    claims: "list[ClaimRow]"
    # Begun and not sent
    claim_reports: "list[DraftShort]"
    # Open
    requests: "list[ContactRow]"
    # Open
    complaints: "list[ComplaintRow]"
    # Unread
    notices: "list[NoticeRow]"
    # At most 100 are counted
    unread_notices: int
    agency: "AgencyShape"


class HourInput(TypedDict):
    """An hour of `get_call_back_places`."""

    # When the hour begins
    starts_at: str


class HoursShape(TypedDict):
    """Days of the week with their hours, in words."""

    days: str
    times: str


class InstalmentRow(TypedDict):
    """A premium due on a day."""

    id: int
    policy: int
    policy_number: str
    product: str
    due_on: str
    amount: str
    paid_on: "str | None"
    # Of one that is not paid
    cover_until: "str | None"
    # Here and now
    can_be_paid: bool
    # Payment not confirmed yet
    payment: "int | None"
    policy_url: str


class InstalmentRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[InstalmentRow]"


class InvitationAcceptInput(TypedDict):
    """The terms that were accepted; and who the person is and a password, where there is no sign-in."""

    # The last part of the link's address
    secret: str
    # Of the terms that were shown and accepted
    terms_version: str
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    # Of a new sign-in; none for one that there is
    password: NotRequired[str]


class InvitationAcceptOutput(TypedDict):
    """How the person signs in, and the account that was given."""

    # Sign in with it
    email: str
    # For X-Acting-For
    account: int
    message: str


class InvitationInput(TypedDict):
    """Whom to invite, and what they may do."""

    rights: "list[AccountRight]"
    # Only whoever reads this mailbox can accept
    email: str


class InvitationRow(TypedDict):
    """An invitation that nobody has accepted yet."""

    id: int
    email: str
    rights: "list[AccountRight]"
    # The same in words
    rights_label: str
    invited_by: str
    created_at: str
    expires_at: str
    # Its link opens nothing any more: invite again
    is_over: bool


class InvitationRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[InvitationRow]"


class InvitationShape(TypedDict):
    """What is offered, by whom, and what it takes to accept."""

    # The company
    customer: str
    invited_by: str
    # What the person may do then, in words
    rights_label: str
    # The mailbox, of which a part is hidden
    sent_to: str
    # Its reader signs in first; else they choose a password
    has_sign_in: bool
    # It was accepted already: lead to the sign-in
    is_accepted: bool
    terms_version: str
    # Their page
    terms_url: str


class LabelledValue(TypedDict):
    """A fact in words."""

    label: str
    value: str


class LanguageInput(TypedDict):
    """The language of the pages and of what we write."""

    language: "LanguageEnum"


class LifeShape(TypedDict):
    """What the holder of a life policy reads (art. 42, paragraph 3, IVASS Reg. 41/2018). A value that has
    not come is null.
    """

    is_linked: bool
    surrender: "ValueShape | None"
    position: "PositionShape | None"
    people: "list[NamedPersonShape]"


class LineShape(TypedDict):
    """A toll-free line."""

    name: str
    number: str


class LinkInput(TypedDict):
    """The secret of the link."""

    # The last part of the link's address
    secret: str


class MessageInput(TypedDict):
    """One more message."""

    # Up to 10,000 characters
    text: str
    # Up to five files of 10 MB, 20 MB together
    uploads: NotRequired["list[str]"]


class MessageRow(TypedDict):
    """A message of a thread. Notes of ours among ourselves are in none."""

    id: int
    # Written by us; where false, by the customer
    is_ours: bool
    text: str
    written_at: str
    attachments: "list[AttachmentRow]"


class NamedPersonShape(TypedDict):
    """Somebody whom the holder of a life policy named."""

    role: str
    role_label: str
    name: str


class NewAddressInput(TypedDict):
    """The new address."""

    # A code goes there
    email: str


class NoticeDetail(TypedDict):
    """A notice with its text."""

    id: int
    kind: str
    # What people call it.
    kind_label: str
    title: str
    channel: "NoticeChannel"
    channel_label: str
    # Where to, of what was sent
    address: str
    state: "NoticeState"
    state_label: str
    # Advertising, which is marked as such wherever it is shown
    is_promotional: bool
    created_at: str
    read_at: "str | None"
    url: str
    # It has a link for its recipient alone: `text` is empty
    is_hidden: bool
    text: str
    # Why the person got it, or did not: one sentence
    why: str
    # The deadlines that went in this one message, each with its own text
    carried: "list[NoticeRow]"


class NoticePreferencesChanged(TypedDict):
    """What holds from now on."""

    groups: "list[PreferenceGroup]"
    # Groups and channels switched off
    off: "list[str]"
    quiet_from: "str | None"
    quiet_until: "str | None"
    # Holds for everybody besides
    company_quiet_from: "str | None"
    company_quiet_until: "str | None"
    # E-mails wait too
    quiet_email: bool
    # Several deadlines of a day come in one message
    digest: bool
    language: "LanguageEnum"
    message: str


class NoticePreferencesInput(TypedDict):
    """All of it as it is to be: what is not named in `off` is on."""

    off: "list[str]"
    quiet_from: "str | None"
    quiet_until: "str | None"
    quiet_email: bool
    digest: bool
    language: "LanguageEnum"


class NoticePreferencesShape(TypedDict):
    """What holds now. What is in the reserved area is always there, and rings nowhere."""

    groups: "list[PreferenceGroup]"
    # Groups and channels switched off
    off: "list[str]"
    quiet_from: "str | None"
    quiet_until: "str | None"
    # Holds for everybody besides
    company_quiet_from: "str | None"
    company_quiet_until: "str | None"
    # E-mails wait too
    quiet_email: bool
    # Several deadlines of a day come in one message
    digest: bool
    language: "LanguageEnum"


class NoticeRow(TypedDict):
    """A notice in a list."""

    id: int
    kind: str
    # What people call it.
    kind_label: str
    title: str
    channel: "NoticeChannel"
    channel_label: str
    # Where to, of what was sent
    address: str
    state: "NoticeState"
    state_label: str
    # Advertising, which is marked as such wherever it is shown
    is_promotional: bool
    created_at: str
    read_at: "str | None"
    url: str


class NoticeRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[NoticeRow]"


class OfferShape(TypedDict):
    """An operation that can be asked for; or that waits already (`waiting`); or cannot, and why
    (`why_not`).
    """

    kind: str
    kind_label: str
    # What the button says
    action: str
    # Whether it can be asked for now.
    can_be_asked: bool
    why_not: str
    # The operation that was asked for already
    waiting: NotRequired["int | None"]


class OperationDetail(TypedDict):
    """An operation with what was asked, its steps, and what happens next."""

    id: int
    number: str
    kind: "OperationKind"
    kind_label: str
    state: "OperationState"
    state_label: str
    policy: "int | None"
    policy_number: NotRequired["str | None"]
    claim: "int | None"
    claim_number: NotRequired["str | None"]
    asked_at: str
    ended_at: "str | None"
    # Whether it can still be taken back.
    may_be_withdrawn: bool
    url: str
    facts: "list[LabelledValue]"
    # What happens next, of one that is open
    then: str
    # Ours, of one that has ended
    answer: str
    steps: "list[OperationStepRow]"
    # Its conversation, where there is one
    request: "int | None"


class OperationForm(TypedDict):
    """The form of a kind of operation about a policy, a claim or one's own data, as it stands now."""

    kind: "OperationKind"
    # What the button says
    action: str
    # Read before sending
    text: str
    # What happens next
    then: str
    # What to know of this policy or claim before
    notes: "list[str]"
    # Why it cannot be asked now; empty where it can
    why_not: str
    # A code goes to the new number or address
    needs_proof: bool
    # The operation that was asked for already
    waiting: "int | None"
    facts: "list[FactRow]"


class OperationInput(TypedDict):
    """What is asked for, about what, with the facts of its kind."""

    kind: "OperationInputKindEnum"
    # Id of a policy held
    policy: NotRequired[int]
    # Id of a claim that one reported
    claim: NotRequired[int]
    # By the names of the kind's form. Days as YYYY-MM-DD, amounts as texts such as 1250.00, boxes as true
    facts: NotRequired["dict[str, str | bool]"]


class OperationRow(TypedDict):
    """Something that was asked to have done."""

    id: int
    number: str
    kind: "OperationKind"
    kind_label: str
    state: "OperationState"
    state_label: str
    policy: "int | None"
    policy_number: NotRequired["str | None"]
    claim: "int | None"
    claim_number: NotRequired["str | None"]
    asked_at: str
    ended_at: "str | None"
    # Whether it can still be taken back.
    may_be_withdrawn: bool
    url: str


class OperationRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[OperationRow]"


class OperationStepRow(TypedDict):
    """A step of an operation."""

    state: "OperationState"
    state_label: str
    at: str


class OwnAccountRow(TypedDict):
    """Somebody for whom the person acts, or acted."""

    id: int
    name: str
    capacity: "AccountCapacity"
    capacity_label: str
    # What the person may do; to look is in each
    rights: "list[str]"
    valid_until: "str | None"
    # This answer is about it
    is_current: bool
    state: "AccountState"
    state_label: str
    ended_at: "str | None"
    # Why it was ended from here; else empty
    end_reason: str
    # `leave_account` ends it; one’s own file stays
    can_be_left: bool


class OwnAccountRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[OwnAccountRow]"


class OwnRequestInput(TypedDict):
    """A written request as the pages take it. Who writes is known."""

    # In free words, or by the questions of a topic
    form: "OwnRequestInputFormEnum"
    # Of an open request
    subject: NotRequired[str]
    # Up to 10,000 characters
    text: NotRequired[str]
    # Code, of a guided request
    topic: NotRequired[str]
    # Of a guided request: question code to answer. Days as YYYY-MM-DD, choices by code, yes or no
    answers: NotRequired["dict[str, str]"]
    # Which it is about
    policy_number: NotRequired[str]
    # Where the answer goes, where not to the address of the sign-in
    email: NotRequired[str]
    phone: NotRequired[str]
    # Of the privacy notice that was shown: the one in force
    privacy_version: str
    # Up to five files of 10 MB, 20 MB together
    uploads: NotRequired["list[str]"]


class PaperDetail(TypedDict):
    """A document, with the versions that it replaced."""

    id: int
    kind: "DocumentKind"
    kind_label: str
    title: str
    dated_on: str
    valid_from: "str | None"
    valid_to: "str | None"
    policy: "int | None"
    claim: "int | None"
    version: int
    content_type: str
    # Bytes
    size: int
    # Of the bytes: what was loaded can be compared
    sha256: str
    # Of a saved copy
    name: str
    url: str
    file_url: str
    replaced_at: "str | None"
    versions: "list[PaperRow]"


class PaperRow(TypedDict):
    """A document in a list."""

    id: int
    kind: "DocumentKind"
    kind_label: str
    title: str
    dated_on: str
    valid_from: "str | None"
    valid_to: "str | None"
    policy: "int | None"
    claim: "int | None"
    version: int
    content_type: str
    # Bytes
    size: int
    # Of the bytes: what was loaded can be compared
    sha256: str
    # Of a saved copy
    name: str
    url: str
    file_url: str


class PaperRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[PaperRow]"


class PayInput(TypedDict):
    """Nothing: the address says what is paid."""


class PaymentRow(TypedDict):
    """An attempt to pay."""

    id: int
    number: str
    policy: int
    policy_number: str
    product: str
    instalment: "int | None"
    offer: "int | None"
    due_on: str
    amount: str
    currency: str
    state: "PaymentState"
    state_label: str
    # A person looks at it: its end is not known, and nothing more is paid
    is_looked_at: bool
    # It paid what was due
    settles: bool
    # Given by the provider for one that was refused
    reason: str
    begun_at: str
    paid_at: "str | None"
    refund: NotRequired["RefundShape | None"]
    url: str
    # Of a payment that came; else null
    receipt_url: "str | None"


class PaymentRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[PaymentRow]"


class PeriodShape(TypedDict):
    """Days of cover; without the last, it goes on."""

    starts_on: str
    ends_on: "str | None"


class PersonRow(TypedDict):
    """Somebody who acts for the customer."""

    id: int
    first_name: str
    last_name: str
    email: str
    # The person who asks
    is_me: bool
    capacity: "AccountCapacity"
    capacity_label: str
    # What the person may do; to look is in each
    rights: "list[str]"
    # The same in words
    rights_label: str
    state: "AccountState"
    state_label: str
    # Whether it opens the reserved area today
    is_open: bool
    valid_from: str
    # The last day; null for no end
    valid_until: "str | None"
    last_used_at: "str | None"
    # `change_person_rights`; else by a document
    can_be_changed: bool
    # `end_person_access`; else written to us about
    can_be_ended: bool


class PersonRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[PersonRow]"


class PlaceShape(TypedDict):
    """An hour that can be booked."""

    starts_at: str
    ends_at: str
    # You are called at it already
    is_taken: bool


class PoliciesToReportShape(TypedDict):
    """The policies that a claim can be reported under, those alive first."""

    results: "list[int]"


class PolicyClaimShape(TypedDict):
    """A claim on the policy."""

    id: int
    number: str
    occurred_on: str
    state: str
    state_label: str


class PolicyRow(TypedDict):
    """A contract in the list."""

    id: int
    number: str
    product: str
    # Line of business, art. 2 of the insurance code
    line: str
    line_label: str
    plate: str
    state: "PolicyState"
    state_label: str
    starts_on: str
    ends_on: str
    suspended_on: "str | None"
    # By a renewal that was paid
    renewed_until: "str | None"
    # Held; where false, only covered by it
    is_mine: bool
    # Of somebody who is covered by another's contract
    own_cover: "PeriodShape | None"
    next_due: "DueShape | None"
    url: str


class PolicyRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[PolicyRow]"


class PolicyShape(TypedDict):
    """A contract with all that its page shows."""

    holder: str
    sum_insured: "str | None"
    # Of a year
    premium: "str | None"
    tacit_renewal: bool
    has_grace: bool
    cover_until: str
    agency: "AgencyShape"
    instalments: "list[InstalmentRow]"
    adherents: "list[AdherentShape]"
    has_more_adherents: bool
    claims: "list[PolicyClaimShape]"
    expiry: "DueShape | None"
    suspensions: "list[SuspensionShape]"
    renewal_offer: "RenewalOfferShape | None"
    renewal_paid: "RenewalOfferShape | None"
    # Payment of the offer, not confirmed yet
    renewal_payment: "int | None"
    can_pay_online: bool
    life: "LifeShape | None"
    # What can be done about it, and why not
    offers: "list[OfferShape]"
    id: int
    number: str
    product: str
    # Line of business, art. 2 of the insurance code
    line: str
    line_label: str
    plate: str
    state: "PolicyState"
    state_label: str
    starts_on: str
    ends_on: str
    suspended_on: "str | None"
    # By a renewal that was paid
    renewed_until: "str | None"
    # Held; where false, only covered by it
    is_mine: bool
    # Of somebody who is covered by another's contract
    own_cover: "PeriodShape | None"
    next_due: "DueShape | None"
    url: str


class PositionShape(TypedDict):
    """What is held in funds or indices on a day."""

    on: str
    total: str
    rows: "list[HoldingShape]"


class PreferenceChannel(TypedDict):
    """A channel of a group."""

    # As `off` names it, such as `deadlines:sms`
    key: str
    # email, sms or push
    channel: str
    channel_label: str
    is_on: bool


class PreferenceDuty(TypedDict):
    """What cannot be switched off, and what asks for it: there the preference only chooses the channel."""

    # The law or the contract, in words; it ends a sentence with “because”
    reason: str
    kinds: "list[str]"


class PreferenceGroup(TypedDict):
    """What a group of notices is about."""

    group: "GroupEnum"
    group_label: str
    # Nothing of it can be chosen
    is_locked: bool
    channels: "list[PreferenceChannel]"
    # Names of what may be switched off
    optional: "list[str]"
    duties: "list[PreferenceDuty]"


class Problem(TypedDict):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    # A word for programs. To the app: `not_authenticated` (401: no token was sent); `signed_out` (401:
    # the token's sign-in has ended); `second_factor_required` (403: a colleague has no second factor yet,
    # or has not given it); `fresh_proof_required` (403: password or code are wanted again;
    # `reauthenticate` names the ways); `no_account` (403: the sign-in has no place in the reserved area);
    # `account_suspended` (403: the account is suspended); `account_closed` (403: the account is closed,
    # or past its last day); `right_missing` (403: the person may look, and not do this for whom they act;
    # `right` is what they lack); `not_for_heirs` (403: heirs do not open this); `acting_for_unknown`
    # (404: X-Acting-For names no account of theirs that is open); `not_found` (404: there is no such row,
    # or it is somebody else's); `app_too_old` (410: this version of the app is not answered any more;
    # `update_url` says where there is a newer one); `changes_forgotten` (410: `changed_since` is of no
    # use any more: read the whole list); `link_invalid` (410: the link of an enrolment or of an
    # invitation is over); `invalid` (400: `errors` says what is wrong with which field); `parse_error`
    # (400: the body is not JSON); `unknown_field` (400: a field that is not known, by its name);
    # `unknown_parameter` (400: a parameter that is not known, by its name); `cursor_unknown` (400:
    # `cursor` was changed: take `next` as it came); `changes_unknown` (400: `changed_since` was changed:
    # take `changes` as it came); `ask_from_own_file` (409: the person has a file of their own: `account`
    # is its id, for X-Acting-For); `last_person` (409: nobody else decides who has access to the
    # company); `asked_already` (409: the same operation is open; `operation` is its id); `needs_code`
    # (409: a new number or address wants a code: `send_operation_code`); `outdated` (409: the offer of
    # the claim is another one now); `looked_at` (409: a person is looking at a payment of this: nobody
    # pays again); `provider_away` (503: the provider of payments does not answer; nothing was charged);
    # `changed_meanwhile` (409: the step was saved from elsewhere, and `saved` and `version` are what
    # stands; of a change of the sign-in's address: it was changed another way); `draft_gone` (409: the
    # report was sent, and then `claim` is its claim, or given up); `same_day` (409: there is a claim of
    # that day, `claim`: confirm `another`); `outside_cover` (409: the policy did not cover on that day:
    # confirm `outside`); `not_complete` (409: obligatory answers are missing); `upload_broken` (409: the
    # bytes that arrived are not those of the checksum); `upload_gone` (409: a file that was sent ahead is
    # not here any more); `too_many_uploads` (409: many files wait already); `files_not_kept` (503: there
    # is no room for files just now); `too_many_data_exports` (409: so many copies of one's data were
    # asked for in a day already); `data_export_not_ready` (409: the copy is still being made);
    # `data_export_ended` (409: the copy was deleted at its end); `decided` (409: the request for erasure
    # was decided already); `text_changed` (409: the text of the consent is another version now);
    # `enrolled_already` (409: there is a sign-in already); `sign_in_first` (409: the address of an
    # enrolment or invitation signs in already: its owner signs in, then takes the place);
    # `too_many_devices` (409: twenty devices are registered); `idempotency_key_reused` (422: the
    # Idempotency-Key was used for another body); `throttled` (429: too many requests; Retry-After says
    # when to go on)
    code: str
    # A sentence for people, in the language of the request.
    detail: str
    # urn:request:<X-Request-ID>
    instance: NotRequired[str]
    # Sentences by field: "phone", "2.phone" for the third row, "" for the whole.
    errors: NotRequired["dict[str, list[str]]"]


class ProfileDetail(TypedDict):
    """One's own data."""

    contact_points: "list[ContactPointRow]"
    sign_in_email: str
    enrolled_at: str
    terms_version: str
    # What can be changed here
    offers: "list[OfferShape]"
    code: str
    kind: "ProfileDetailKindEnum"
    name: str
    first_name: str
    last_name: str
    company_name: str
    tax_code: str
    vat_number: str
    birth_date: "str | None"
    address: str
    postal_code: str
    city: str
    province: str
    country: str
    language: "LanguageEnum"
    agency: "AgencyShape"


class QuestionShape(TypedDict):
    """One question."""

    name: str
    label: str
    # line, text, day, time, yes_no, choice, phone or plate
    kind: str
    # Where it is asked at all
    required: bool
    hint: str
    # Characters
    most: int
    choices: "list[ChoiceShape]"
    only_if: "ConditionShape | None"


class RefundShape(TypedDict):
    """Money that came and goes back."""

    amount: str
    reason: "RefundShapeReasonEnum"
    reason_label: str
    refunded_on: "str | None"


class RenewInput(TypedDict):
    """Which address the new one takes the place of; none for the first."""

    id: NotRequired[int]


class RenewalOfferShape(TypedDict):
    """The offer of the next period."""

    id: int
    premium: str
    starts_on: str
    ends_on: str
    valid_until: str
    paid_on: "str | None"


class ReportedStepShape(TypedDict):
    """A step of the report, with its answers."""

    title: str
    answers: "list[AnswerShape]"


class RequestDetail(TypedDict):
    """A conversation with its thread. A call has none: `standing` is null."""

    id: int
    number: str
    channel: str
    channel_label: str
    # Its subject, else the topic, else what it is.
    title: str
    state: "ContactState"
    state_label: str
    started_at: str
    # By when we answer
    due_at: "str | None"
    closed_at: "str | None"
    operation: "int | None"
    claim: "int | None"
    url: str
    standing: "StandingShape | None"
    is_late: bool
    thread: "ThreadShape"
    # We ask whether it was resolved
    survey_is_asked: bool
    # Closed so long ago that a message opens a new request
    opens_another: bool
    # The call-back that it is about
    call_back: "int | None"


class RightsInput(TypedDict):
    """What a person may do; nothing is to look alone."""

    rights: "list[AccountRight]"


class SaidShape(TypedDict):
    """A sentence for the person about what was done."""

    message: str


class SeenInput(TypedDict):
    """Which address was shown: another one that was made meanwhile remains."""

    id: int


class SendInput(TypedDict):
    """What has to be said yes to before it is sent; `another` and `outside` where the draft says that they
    apply.
    """

    # What I wrote is true and complete as far as I know
    declared: bool
    # This is another event than the one of the same day
    another: NotRequired[bool]
    # I know that the day is outside the period of the policy
    outside: NotRequired[bool]


class SentShape(TypedDict):
    """A report as it was sent."""

    claim: int
    # Of the report: what a person quotes
    number: str
    # Days that the law gives us from the complete file
    offer_days: "int | None"
    message: str
    url: str


class ServiceNotice(TypedDict):
    """Something that concerns many just now: show it above everything, until it is not in the list any
    more.
    """

    # The same while it lasts: remember what was hidden by id and version
    id: int
    # Higher after a correction of its words: show it again
    version: int
    # In the language of Accept-Language
    title: str
    # Plain text; line breaks are line breaks
    text: str
    begins_at: str
    # null: until it is over
    ends_at: "str | None"


class ServiceNotices(TypedDict):
    """Those that hold now, the newest first."""

    notices: "list[ServiceNotice]"


class SessionRow(TypedDict):
    """A sign-in that still opens something."""

    id: int
    # The one that asks
    is_this: bool
    # Of the app; where false, of a browser
    is_app: bool
    # In words, as far as it is known
    device: str
    # Network address; empty where it is not known
    address: str
    created_at: str
    last_seen_at: str


class SessionRowPage(TypedDict):
    """A page of a list."""

    # Address of the next page; null on the last
    next: "str | None"
    # Keep it until the last page has come, and send it as `changed_since` the next time. On the first
    # page alone
    changes: "str | None"
    # With `changed_since`: the ids of all that is in the list. What you hold beside them has gone
    present: "list[int] | None"
    results: "list[SessionRow]"


class SignInAnswer(TypedDict):
    """Where the sign-in stands. Keep `meta.session_token` whenever it is there: it takes the place of the
    one before. Signed in where `meta.is_authenticated`; otherwise `data.flows` says what is missing.
    """

    status: int
    data: NotRequired["dict[str, Any] | list[dict[str, Any]]"]
    meta: NotRequired["dict[str, Any]"]
    errors: NotRequired["list[SignInError]"]


class SignInError(TypedDict):
    """`SignInError`."""

    # A sentence for people.
    message: str
    code: str
    # The field at fault.
    param: NotRequired[str]


class StandingShape(TypedDict):
    """Where a conversation stands, in plain words."""

    key: "StandingShapeKeyEnum"
    title: str
    text: str


class StayingShape(TypedDict):
    """Rows of one heading that stay, and why."""

    heading: str
    number: int
    why: str
    # Null where nobody knows the day yet
    until: "str | None"


class StepInput(TypedDict):
    """The answers of a step, all of them; what is left out counts as not answered."""

    # Of the draft that the person saw
    version: int
    # By the names of the step's questions. Days as YYYY-MM-DD, times as HH:MM, choices by value
    answers: "dict[str, str]"


class StepShape(TypedDict):
    """Some questions that are saved together, with what was answered."""

    key: str
    title: str
    text: str
    is_saved: bool
    # Nothing obligatory is missing
    is_complete: bool
    questions: "list[QuestionShape]"
    # Days and times as ISO texts, phones as E.164
    answers: "dict[str, str]"


class SurveyInput(TypedDict):
    """Was it resolved, and how well."""

    resolved: bool
    # 5 is very satisfied
    rating: NotRequired[int]
    # Up to 2,000
    comment: NotRequired[str]


class SuspensionShape(TypedDict):
    """A time in which the cover was suspended."""

    since: str
    until: "str | None"
    was_reactivated: bool


class TextInput(TypedDict):
    """Which version of the text was shown."""

    version: str


class ThreadShape(TypedDict):
    """The newest messages, oldest first; `earlier` is the `before` with which to ask for those before
    them.
    """

    messages: "list[MessageRow]"
    earlier: "int | None"


class TopicList(TypedDict):
    """The topics of today, and the privacy notice in force, which a request names."""

    results: "list[TopicRow]"
    # Sent with a request
    privacy_version: str
    # Its page
    privacy_url: str


class TopicQuestionRow(TypedDict):
    """A question of a topic: `code` is its word in `answers`."""

    code: str
    kind: "TopicQuestionRowKindEnum"
    label: str
    help: str
    is_required: bool
    choices: "list[ChoiceRow]"


class TopicRow(TypedDict):
    """A topic that can be chosen."""

    code: str
    name: str
    area: "AreaEnum"
    area_label: str
    # What we can answer beforehand depends on the policy
    asks_policy: bool
    questions: "list[TopicQuestionRow]"


class UnlikeOthersShape(TypedDict):
    """A day of the coming weeks that is unlike its weekday; without times, closed."""

    day: str
    name: str
    times: str


class UploadShape(TypedDict):
    """A file that waits to be sent with a message."""

    key: str
    # As it was called, cleaned
    name: str
    # As found inside it
    content_type: str
    # Bytes kept: a picture loses what its camera wrote beside it
    size: int
    expires_at: str


class UploadsShape(TypedDict):
    """The files that wait."""

    results: "list[UploadShape]"


class ValueShape(TypedDict):
    """A value of a life policy on a day."""

    amount: str
    valued_on: str


class WrittenShape(TypedDict):
    """What a write made or changed: its number and state, and where it is read."""

    id: int
    # What a person quotes; empty where it has none
    number: str
    # Empty where it has none
    state: str
    # The state in words
    state_label: str
    # What happened, in a sentence for the person
    message: str
    # Where it is read; empty where it is not
    url: str
