"""The order of the back office's parts: the one place that names the parts of all apps together.

Each app decides what its parts show and to whom; this file only puts them in order. `vittoria_care/composition.py`
puts the lists into the slots of the apps when the program starts, whatever else a process imports.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from complaints import office as complaints
from complaints import open_matters
from complaints import tiles as complaint_tiles
from complaints import timeline as complaint_timeline
from complaints.admin import ComplaintPanel
from complaints.feedback import on_the_file as feedback
from complaints.feedback import tiles as feedback_tiles
from complaints.finders import COMPLAINTS
from complaints.intermediaries import tiles as enquiry_tiles
from complaints.models import Complaint, Feedback
from complaints.procedures import tiles as procedure_tiles
from complaints.triage import office as triage
from contact_center import timeline as contact_timeline
from contact_center.acting import office as acting
from contact_center.admin import ContactPanel
from contact_center.care import office as care
from contact_center.claims import office as claims
from contact_center.consents import office as consents
from contact_center.contacts import returned_office
from contact_center.desk import card
from contact_center.finders import CONTACTS, KNOWN_PEOPLE
from contact_center.models import Contact
from contact_center.office import by_hand, call_backs, contact_page, identity, outgoing, second_level
from contact_center.office import tiles as contact_tiles
from contact_center.operations import office as operations
from contact_center.operations import tiles as operation_tiles
from contact_center.quality import tiles as quality
from customers import admin as customers
from customers import agency_page
from customers import finders as customers_found
from customers import tiles as customer_tiles
from customers.contact_points.office import DataChangePanel
from customers.data_exports import office as data_exports
from customers.data_exports import tiles as data_export_tiles
from customers.documents import office as documents
from customers.models import Claim, Customer, Operation, PaymentIncident, RefundDue, ReservedAreaAccount
from customers.operations.office import OperationPanel
from customers.payments import office as payments
from customers.payments import tiles as payment_tiles
from customers.people.office import AccountPanel
from customers.sensitive import office as sensitive
from customers.timeline import sources as customer_timeline
from customers.timeline.queries import TIMELINE as TIMELINE_SLOT
from customers.timeline.queries import TimelineSource
from foundation.office import commands
from foundation.office.finding import Finder
from notifications import contact_points_office as contact_points
from notifications import office as notifications
from notifications import payment_office, people_office
from notifications import settling_office as settling
from notifications import sign_in_address_office as sign_in_address
from notifications import tiles as notice_tiles
from notifications import timeline as notice_timeline
from notifications.admin import NoticePanel
from notifications.finders import NOTICES
from notifications.models import ReturnedMessage
from notifications.preferences import office as preferences
from notifications.returns import tiles as return_tiles
from notifications.sendings import figures as sendings
from promotions import office as promotions
from promotions import progress
from promotions.admin import ContactPausePanel, RecipientPanel
from vittoria_care.backoffice import find, site
from vittoria_care.backoffice.site import Part
from vittoria_care.privacy import office as privacy
from vittoria_care.running import first_page as running
from vittoria_care.running import heartbeat
from vittoria_care.sign_in import unlocking

# The first page: the work that waits, then how the day goes.
FIRST_PAGE = [
    Part(second_level.on_first_page, leads_for="customers.settle_claim"),
    Part(running.on_first_page, leads_for="customers.add_user"),
    Part(agency_page.on_first_page),
    Part(customer_tiles.tiles),
    Part(contact_tiles.tiles),
    Part(quality.tiles),
    Part(operation_tiles.tiles),
    Part(complaint_tiles.tiles, leads_for="complaints.change_complaint"),
    Part(procedure_tiles.tiles, leads_for="complaints.change_regulatorrequest"),
    Part(enquiry_tiles.on_first_page),
    Part(feedback_tiles.tiles),
    Part(sensitive.tiles, leads_for="customers.change_unusualaccess"),
    Part(privacy.tiles, leads_for="customers.change_erasurerequest"),
    Part(promotions.tiles),
    Part(payment_tiles.tiles),
    Part(data_export_tiles.tiles, leads_for=data_exports.MAKES),
    Part(notice_tiles.tiles),
    Part(return_tiles.tiles),
    Part(contact_tiles.day_tiles),
    Part(heartbeat.tiles),
]

# A customer's file: what is due and what is open at its head, then the rows of every app.
FILE_HEAD = [
    care.card_panel,
    card.policies_panel,
    card.claims_panel,
    open_matters.card_panel,
    card.call_backs_panel,
    card.open_contacts_panel,
    feedback.waiting_panel,
]
CUSTOMER_FILE = [
    customers.ContactPointPanel,
    DataChangePanel,
    customers.PolicyPanel,
    customers.AdherencePanel,
    payments.PaymentPanel,
    customers.ClaimPanel,
    OperationPanel,
    documents.DocumentPanel,
    ContactPanel,
    care.CarePanel,
    identity.IdentityPanel,
    ComplaintPanel,
    feedback.FeedbackPanel,
    NoticePanel,
    preferences.PreferencePanel,
    customers.ConsentPanel,
    RecipientPanel,
    ContactPausePanel,
    AccountPanel,
    sign_in_address.AddressChangePanel,
    sensitive.RestrictionPanel,
    privacy.ErasurePanel,
    privacy.HoldPanel,
    data_exports.DataExportPanel,
]

# What happens with a customer, in one order: of one moment the earlier kind stands first.
TIMELINE: list[TimelineSource] = [
    contact_timeline.CALLS,
    contact_timeline.REQUESTS,
    contact_timeline.MESSAGES,
    complaint_timeline.COMPLAINTS,
    customer_timeline.CLAIMS,
    customer_timeline.OPERATIONS,
    customer_timeline.PAYMENTS,
    customer_timeline.DOCUMENTS,
    notice_timeline.NOTICES,
    customer_timeline.DATA_CHANGES,
    customer_timeline.CONSENTS,
]

# The page of a claim: what was asked for and sent, our own papers about it, and what was written about it.
CLAIM_PAGE = [
    customers.AskedDocumentPanel,
    customers.ClaimFilePanel,
    documents.DocumentOfClaimPanel,
    claims.ConversationPanel,
]

# The card of the person at an agent's desk.
DESK_CARD = [
    care.card_panel,
    card.policies_panel,
    card.claims_panel,
    open_matters.card_panel,
    card.call_backs_panel,
    card.open_contacts_panel,
    card.last_contacts_panel,
    card.notices_panel,
    card.consents_panel,
]

# What is open about the person, beside a contact's thread.
MATTERS = [contact_page.open_claims, open_matters.matters_about]

# What is remarked about a contact, above its thread.
REMARKS = [care.remarks_on, triage.remarks_on]

# What can be done on the page of an app further down; it stands after the page's own commands.
COMMANDS_FROM_ABOVE: dict[type[Model], Sequence[commands.Command[Any]]] = {
    Customer: [
        by_hand.EnterContactOf(),
        call_backs.AgreeCallBackWith(),
        outgoing.RecordCallTo(),
        *contact_points.COMMANDS,
        *consents.COMMANDS,
        *care.COMMANDS,
        claims.ReportClaim(),
        sign_in_address.ChangeSignInAddress(),
        sign_in_address.ConfirmSignInAddress(),
        preferences.ChangePreferences(),
        preferences.WhyNotWritten(),
        promotions.PausePromotions(),
        promotions.EndPause(),
        data_exports.AskDataExport(),
        privacy.AskErasure(),
        privacy.SetHold(),
    ],
    Claim: [
        notifications.TakeInCharge(),
        settling.ChangePeople(),
        settling.SetVisit(),
        settling.RecordOffer(),
        settling.RecordPayment(),
        settling.RefuseClaim(),
        claims.AskDocument(),
        claims.DocumentReceived(),
        claims.DocumentNotNeeded(),
        privacy.SetHold(),
    ],
    Operation: [acting.LetAct(), operations.CarryOut(), operations.Refuse()],
    ReservedAreaAccount: [
        unlocking.UnlockSignIn(),
        people_office.SuspendAccess(),
        people_office.ReopenAccess(),
        people_office.EndAccess(),
    ],
    Complaint: [privacy.SetHold()],
    PaymentIncident: [payment_office.CloseIncident()],
    RefundDue: [payment_office.RefundDone()],
    ReturnedMessage: [returned_office.OpenFromReturn()],
    Contact: [
        acting.LetAct(),
        operations.CarryOut(),
        operations.Refuse(),
        claims.ReportClaimOfContact(),
        complaints.RegisterAsComplaint(),
        triage.NoComplaint(),
    ],
    Feedback: [triage.FeedbackNoComplaint()],
}


# What the search over everything looks through (Ctrl+K).
FINDERS: list[Finder[Any]] = [
    customers_found.PEOPLE,
    customers_found.POLICIES,
    customers_found.CLAIMS,
    KNOWN_PEOPLE,
    CONTACTS,
    COMPLAINTS,
    NOTICES,
]


def compose() -> None:
    """Put everything in its place; ImproperlyConfigured the second time."""
    site.FIRST_PAGE.fill(FIRST_PAGE)
    find.FINDERS.fill(FINDERS)
    card.FILE_HEAD.fill(FILE_HEAD)
    customers.FILE_CARDS.fill([card.head_of_file])
    customers.CUSTOMER_FILE.fill(CUSTOMER_FILE)
    customers.CLAIM_PAGE.fill(CLAIM_PAGE)
    TIMELINE_SLOT.fill(TIMELINE)
    card.DESK_CARD.fill(DESK_CARD)
    contact_page.MATTERS.fill(MATTERS)
    contact_page.REMARKS.fill(REMARKS)
    commands.COMMANDS_FROM_ABOVE.fill(COMMANDS_FROM_ABOVE)
    sendings.CAMPAIGNS.fill([progress.campaigns])
