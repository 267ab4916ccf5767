"""What stands where is named once, in order, and known to every process whatever it imports."""

import json
import subprocess
import sys

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from complaints.tests.factories import ComplaintFactory, FeedbackFactory
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import ClaimFactory, CustomerFactory, InstalmentFactory, UserFactory
from foundation.office.base import OfficeAdmin
from vittoria_care import composition

ORDER = {
    "FIRST_PAGE": [
        "contact_center.office.second_level.on_first_page",
        "vittoria_care.running.first_page.on_first_page",
        "customers.agency_page.on_first_page",
        "customers.tiles.tiles",
        "contact_center.office.tiles.tiles",
        "contact_center.quality.tiles.tiles",
        "contact_center.operations.tiles.tiles",
        "complaints.tiles.tiles",
        "complaints.procedures.tiles.tiles",
        "complaints.intermediaries.tiles.on_first_page",
        "complaints.feedback.tiles.tiles",
        "customers.sensitive.office.tiles",
        "vittoria_care.privacy.office.tiles",
        "promotions.office.tiles",
        "customers.payments.tiles.tiles",
        "customers.data_exports.tiles.tiles",
        "notifications.tiles.tiles",
        "notifications.returns.tiles.tiles",
        "contact_center.office.tiles.day_tiles",
        "vittoria_care.running.heartbeat.tiles",
    ],
    "FINDERS": [
        "customers.finders._people",
        "customers.finders._policies",
        "customers.finders._claims",
        "contact_center.finders._known_people",
        "contact_center.finders._contacts",
        "complaints.finders._complaints",
        "notifications.finders._notices",
    ],
    "FILE_HEAD": [
        "contact_center.care.office.card_panel",
        "contact_center.desk.card.policies_panel",
        "contact_center.desk.card.claims_panel",
        "complaints.open_matters.card_panel",
        "contact_center.desk.card.call_backs_panel",
        "contact_center.desk.card.open_contacts_panel",
        "complaints.feedback.on_the_file.waiting_panel",
    ],
    "CUSTOMER_FILE": [
        "customers.admin.ContactPointPanel",
        "customers.contact_points.office.DataChangePanel",
        "customers.admin.PolicyPanel",
        "customers.admin.AdherencePanel",
        "customers.payments.office.PaymentPanel",
        "customers.admin.ClaimPanel",
        "customers.operations.office.OperationPanel",
        "customers.documents.office.DocumentPanel",
        "contact_center.admin.ContactPanel",
        "contact_center.care.office.CarePanel",
        "contact_center.office.identity.IdentityPanel",
        "complaints.admin.ComplaintPanel",
        "complaints.feedback.on_the_file.FeedbackPanel",
        "notifications.admin.NoticePanel",
        "notifications.preferences.office.PreferencePanel",
        "customers.admin.ConsentPanel",
        "promotions.admin.RecipientPanel",
        "promotions.admin.ContactPausePanel",
        "customers.people.office.AccountPanel",
        "notifications.sign_in_address_office.AddressChangePanel",
        "customers.sensitive.office.RestrictionPanel",
        "vittoria_care.privacy.office.ErasurePanel",
        "vittoria_care.privacy.office.HoldPanel",
        "customers.data_exports.office.DataExportPanel",
    ],
    "CLAIM_PAGE": [
        "customers.admin.AskedDocumentPanel",
        "customers.admin.ClaimFilePanel",
        "customers.documents.office.DocumentOfClaimPanel",
        "contact_center.claims.office.ConversationPanel",
    ],
    "DESK_CARD": [
        "contact_center.care.office.card_panel",
        "contact_center.desk.card.policies_panel",
        "contact_center.desk.card.claims_panel",
        "complaints.open_matters.card_panel",
        "contact_center.desk.card.call_backs_panel",
        "contact_center.desk.card.open_contacts_panel",
        "contact_center.desk.card.last_contacts_panel",
        "contact_center.desk.card.notices_panel",
        "contact_center.desk.card.consents_panel",
    ],
    "MATTERS": ["contact_center.office.contact_page.open_claims", "complaints.open_matters.matters_about"],
    "FOLLOWERS_OF_TROUBLE": [
        "complaints.services.sending.follow_notice",
        "complaints.procedures.sending.follow_notice",
    ],
    "FOLLOWERS_OF_ARRIVAL": ["complaints.services.sending.follow_notice"],
    "ADDRESSEES": ["complaints.services.sending.addressee_of"],
    "REMARKS": ["contact_center.care.office.remarks_on", "complaints.triage.office.remarks_on"],
    "checks": [
        "contact_center.figures.checks.check_call_settings",
        "contact_center.figures.checks.check_figures_settings",
        "vittoria_care.checks.production_is_safe",
    ],
    "LINE_TO_CALL": ["contact_center.operations.lines.line_to_call"],
    "WHAT_WE_HOLD": ["vittoria_care.privacy.holding.held_about"],
    "EXPLAIN": ["vittoria_care.privacy.explaining.explain"],
    "customer": [
        "contact_center.office.by_hand.EnterContactOf",
        "contact_center.office.call_backs.AgreeCallBackWith",
        "contact_center.office.outgoing.RecordCallTo",
        *(
            f"notifications.contact_points_office.{name}"
            for name in (
                "AddPoint",
                "CorrectPoint",
                "SendPointCode",
                "VerifyPoint",
                "VoidPointCode",
                "RemovePoint",
                "ChangeHome",
                "ChangeLanguage",
            )
        ),
        "contact_center.consents.office.GiveConsent",
        "contact_center.consents.office.WithdrawConsent",
        "contact_center.care.office.RecordCareNeed",
        "contact_center.care.office.EndCareNeed",
        "contact_center.claims.office.ReportClaim",
        "notifications.sign_in_address_office.ChangeSignInAddress",
        "notifications.sign_in_address_office.ConfirmSignInAddress",
        "notifications.preferences.office.ChangePreferences",
        "notifications.preferences.office.WhyNotWritten",
        "promotions.office.PausePromotions",
        "promotions.office.EndPause",
        "customers.data_exports.office.AskDataExport",
        "vittoria_care.privacy.office.AskErasure",
        "vittoria_care.privacy.office.SetHold",
    ],
    "complaint": ["vittoria_care.privacy.office.SetHold"],
    "claim": [
        "notifications.office.TakeInCharge",
        *(
            f"notifications.settling_office.{name}"
            for name in ("ChangePeople", "SetVisit", "RecordOffer", "RecordPayment", "RefuseClaim")
        ),
        "contact_center.claims.office.AskDocument",
        "contact_center.claims.office.DocumentReceived",
        "contact_center.claims.office.DocumentNotNeeded",
        "vittoria_care.privacy.office.SetHold",
    ],
    "operation": [
        "contact_center.acting.office.LetAct",
        "contact_center.operations.office.CarryOut",
        "contact_center.operations.office.Refuse",
    ],
    "reservedareaaccount": [
        "vittoria_care.sign_in.unlocking.UnlockSignIn",
        "notifications.people_office.SuspendAccess",
        "notifications.people_office.ReopenAccess",
        "notifications.people_office.EndAccess",
    ],
    "paymentincident": ["notifications.payment_office.CloseIncident"],
    "refunddue": ["notifications.payment_office.RefundDone"],
    "returnedmessage": ["contact_center.contacts.returned_office.OpenFromReturn"],
    "contact": [
        "contact_center.acting.office.LetAct",
        "contact_center.operations.office.CarryOut",
        "contact_center.operations.office.Refuse",
        "contact_center.claims.office.ReportClaimOfContact",
        "complaints.office.RegisterAsComplaint",
        "complaints.triage.office.NoComplaint",
    ],
    "feedback": ["complaints.triage.office.FeedbackNoComplaint"],
}
A_BARE_PROCESS = """
import django, json

django.setup()

from contact_center.desk import card
from contact_center.office import contact_page
from customers import admin
from customers.privacy import explaining
from foundation.office.commands import COMMANDS_FROM_ABOVE
from notifications import moves, operations
from notifications.letters import commands
from reserved_area import my_data
from vittoria_care.backoffice import find, site
from django.core.checks.registry import registry

own = ("vittoria_care.", "contact_center.")
named = lambda part: f"{part.__module__}.{part.__qualname__}"
slots = {
    "FIRST_PAGE": [part.count for part in site.FIRST_PAGE],
    "FINDERS": [finder.find for finder in find.FINDERS],
    "FILE_HEAD": card.FILE_HEAD,
    "CUSTOMER_FILE": admin.CUSTOMER_FILE,
    "CLAIM_PAGE": admin.CLAIM_PAGE,
    "DESK_CARD": card.DESK_CARD,
    "MATTERS": contact_page.MATTERS,
    "REMARKS": contact_page.REMARKS,
    "FOLLOWERS_OF_TROUBLE": moves.FOLLOWERS_OF_TROUBLE,
    "FOLLOWERS_OF_ARRIVAL": moves.FOLLOWERS_OF_ARRIVAL,
    "ADDRESSEES": commands.ADDRESSEES,
    "LINE_TO_CALL": operations.LINE_TO_CALL,
    "WHAT_WE_HOLD": my_data.WHAT_WE_HOLD,
    "EXPLAIN": explaining.EXPLAIN,
    "checks": sorted((each for each in registry.get_checks() if each.__module__.startswith(own)), key=named),
} | {model._meta.model_name: map(type, commands) for model, commands in COMMANDS_FROM_ABOVE.items()}
print(json.dumps({name: [named(part) for part in parts] for name, parts in slots.items()}))
"""


@pytest.fixture(scope="module")
def known_to_a_bare_process():
    run = subprocess.run(
        [sys.executable, "-c", A_BARE_PROCESS], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("place", ORDER)
def test_each_place_is_filled_in_its_order_in_a_process_that_imports_nothing(known_to_a_bare_process, place):
    assert known_to_a_bare_process[place] == ORDER[place]


def test_there_is_no_place_without_an_order(known_to_a_bare_process):
    assert known_to_a_bare_process.keys() == ORDER.keys()


def test_nothing_is_put_together_twice():
    with pytest.raises(ImproperlyConfigured, match="filled already"):
        composition.compose()


@pytest.mark.django_db
def test_the_head_of_a_file_says_what_is_due_and_open_in_this_order(client):
    customer = CustomerFactory()
    policy = InstalmentFactory(policy__holder=customer).policy
    ClaimFactory(policy=policy, customer=customer)
    ComplaintFactory(customer=customer)
    ContactFactory(customer=customer)
    FeedbackFactory(customer=customer)
    client.force_login(UserFactory(role=roles.MANAGER))
    page = client.get(
        reverse("admin:customers_customer_change", args=[customer.pk]), headers={"accept-language": "en"}
    )
    assert [card.title for card in page.context["head_cards"]] == [
        "Policies",
        "Open claims",
        "Open complaints",
        "Open contacts",
        "Feedback to be answered",
    ]


@pytest.mark.django_db
def test_a_command_from_above_stands_after_those_of_the_page(client):
    contact = ContactFactory()
    client.force_login(UserFactory(role=roles.MANAGER, is_superuser=True))
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    commands = page.context["adminform"].model_admin.commands
    assert [command.name for command in commands][-7:] == [
        "riapri",
        "autorizza",
        "esegui",
        "rifiuta",
        "sinistro",
        "reclamo",
        "non-reclamo",
    ]


@pytest.mark.parametrize("model", [EmailAddress, Authenticator])
def test_pages_that_other_packages_bring_are_left_out_of_the_back_office(model):
    assert not admin.site.is_registered(model)


def test_every_page_of_the_back_office_starts_from_what_its_reader_may_see():
    assert [each for each in admin.site._registry.values() if not isinstance(each, OfficeAdmin)] == []
