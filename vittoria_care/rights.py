"""The one table of doors: for every address of the project who may open it, by which method, and onto which rows.

Only `permissions.py` gives permissions to roles; this table names the permissions that a door asks for.
The pages of the back office follow from the attributes of each admin. `manage.py rights` writes it all out in words
(docs/rights.md), and vittoria_care/tests/test_rights.py tries every door as everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib import admin
from django.db.models import Model

from contact_center.models import QueueView
from customers import roles
from customers.models.account import Right
from foundation.office.base import OfficeAdmin
from foundation.office.commands import Command

from .permissions import PERMISSIONS, WHOLE
from .sign_in import app_urls


class Who(StrEnum):
    """Who may open a door."""

    ANYBODY = "anybody"
    HOLDER = "anybody with the secret in the address"
    SIGNING_IN = "anybody whose sign-in is under way"
    SIGNED_IN = "anybody who has signed in"
    CUSTOMER = "customers enrolled in the reserved area"
    STAFF = "staff"
    KEY = "programs with a key"
    MACHINE = "this machine, or a caller with METRICS_TOKEN"
    NOBODY = "nobody"


class Rows(StrEnum):
    """Which rows are behind a door. Everything out of reach is not found."""

    NONE = "none"
    OWN = "their own"
    HELD = "those of the secret"
    ANSWERED = "the calls that they answered"
    LED = "their own, and those of the teams that they lead"
    ALL = "all"
    AGENCY = "all; for an agency member, those of the agency's customers; for a campaign author, those of the agencies named"


@dataclass(frozen=True)
class Door:
    """One way through one address. An address with two ways has two doors."""

    address: str  # its name, as `reverse` takes it; its route where it has no name
    who: Who
    rows: Rows = Rows.NONE
    methods: tuple[str, ...] = ("GET",)  # GET stands for HEAD too
    needs: tuple[str, ...] = ()  # of staff: each of these permissions, where "a|b" is either
    scope: str = ""  # of a key
    command: str = ""  # which of the commands behind the address
    right: Right | None = None  # of a customer's person: what they must be allowed to do for the customer
    right_to_send: Right | None = None  # the same, to send the form of a page that each of them sees
    for_heirs: bool = False  # whether an heir opens it

    @property
    def roles(self) -> frozenset[str]:
        """The roles that open it; a superuser opens every door that any staff could."""
        if self.who in (Who.ANYBODY, Who.HOLDER, Who.SIGNING_IN, Who.SIGNED_IN):
            return frozenset(roles.ALL)
        if self.who is Who.CUSTOMER:
            return frozenset({roles.CUSTOMER})
        if self.who is Who.STAFF:
            return frozenset(role for role in roles.STAFF if has_all(PERMISSIONS[role], self.needs))
        return frozenset()


def has_all(held: set[str], needs: tuple[str, ...]) -> bool:
    """Whether the permissions held are enough."""
    return all(held & set(need.split("|")) for need in needs)


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
PUT, DELETE = ("PUT",), ("DELETE",)
ANYBODY, HOLDER, SIGNED_IN, CUSTOMER, STAFF = Who.ANYBODY, Who.HOLDER, Who.SIGNED_IN, Who.CUSTOMER, Who.STAFF
SIGNING_IN = Who.SIGNING_IN

# --- What everybody sees ------------------------------------------------------------------------------------------
PUBLIC = (
    Door("home", ANYBODY),
    Door("privacy", ANYBODY),
    Door("accessibility", ANYBODY),
    Door("set_language", ANYBODY, methods=POST),
    Door("api_keys", ANYBODY),  # where they were before: leads to where they are
    Door("contacts", ANYBODY),
    Door("open_request", ANYBODY, methods=BOTH),
    Door("guided_request", ANYBODY, methods=BOTH),
    Door("consideration", ANYBODY, methods=BOTH),
    Door("request_thanks", ANYBODY),
    Door("hide_mass_event", ANYBODY, methods=POST),
    Door("complaint_form", ANYBODY, methods=BOTH),
    Door("complaint_received", ANYBODY),
    Door("opinion", ANYBODY, methods=BOTH),
    Door("opinion_thanks", ANYBODY),
    Door("unfulfilled_decisions", ANYBODY),
    Door("complaint_statement", ANYBODY),
    Door("complaint_statement_year", ANYBODY),
    Door("app_manifest", ANYBODY),
    Door("service_worker", ANYBODY),
    Door("offline", ANYBODY),
    Door("sms_report", ANYBODY, methods=POST),  # by a provider's signature: anything else is 400
    Door("payment_confirmation", ANYBODY, methods=POST),  # by a provider's signature: anything else is 400
)

# --- By a secret that we sent -------------------------------------------------------------------------------------
BY_SECRET = (
    Door("request_tracking", HOLDER, Rows.HELD, BOTH),
    Door("request_sent", HOLDER, Rows.HELD),
    Door("tracked_survey", HOLDER, Rows.HELD, BOTH),
    Door("tracked_attachment", HOLDER, Rows.HELD),
    Door("survey", HOLDER, Rows.HELD, BOTH),
    Door("complaint_tracking", HOLDER, Rows.HELD, BOTH),
    Door("complaint_registered", HOLDER, Rows.HELD),
    Door("complaint_tracked_letter", HOLDER, Rows.HELD),
    Door("complaint_tracked_file", HOLDER, Rows.HELD),
    Door("enquiry_answer", HOLDER, Rows.HELD, BOTH),
    Door("calendar_feed", HOLDER, Rows.HELD),
    Door("consent_confirm", HOLDER, Rows.HELD, BOTH),
    Door("unsubscribe", HOLDER, Rows.HELD, BOTH),
    Door("promotion_link", HOLDER, Rows.HELD),
    Door("promotion_offer", HOLDER, Rows.HELD, BOTH),
    Door("promotion_asked", HOLDER, Rows.HELD),
    Door("enrolment_finish", HOLDER, Rows.HELD, BOTH),
    Door("people_join", HOLDER, Rows.HELD, BOTH),
    Door("sign_in_address_confirm", HOLDER, Rows.HELD, BOTH),
    Door("sign_in_address_undo", HOLDER, Rows.HELD, BOTH),
    Door("account_reset_password_from_key", HOLDER, Rows.HELD, BOTH),
)

# --- Signing in ---------------------------------------------------------------------------------------------------
SIGN_IN = (
    Door("account_login", ANYBODY, methods=BOTH),
    Door("account_logout", ANYBODY, methods=BOTH),
    Door("account_signup", ANYBODY, methods=BOTH),  # answers that it is closed
    Door("account_inactive", ANYBODY),
    Door("account_confirm_login_code", ANYBODY, methods=BOTH),
    Door("account_email_verification_sent", ANYBODY),
    Door("account_confirm_email", ANYBODY),  # no such link is sent: answers that it is not valid
    Door("account_reset_password", ANYBODY, methods=BOTH),
    Door("account_reset_password_done", ANYBODY),
    Door("account_reset_password_from_key_done", ANYBODY),
    Door("mfa_authenticate", ANYBODY, methods=BOTH),
    Door("account_request_login_code", ANYBODY, methods=BOTH),
    Door("mfa_login_webauthn", ANYBODY, methods=BOTH),
    Door("enrolment", ANYBODY, methods=BOTH),
    Door("enrolment_sent", ANYBODY),
    Door("enrolment_terms", ANYBODY),
    Door("openid_connect_login", ANYBODY),  # of a provider of OPENID_PROVIDERS: any other is not found
    Door("openid_connect_callback", SIGNING_IN),
    Door(
        "identity_enrolment", ANYBODY, methods=BOTH
    ),  # of whom a provider vouched for; leads everybody else to the sign-in
    Door("identity_enrolment_code", ANYBODY, methods=BOTH),
    Door("identity_unlink", SIGNED_IN, Rows.OWN, POST),
    Door("after_sign_in", SIGNED_IN),
    Door("present", SIGNED_IN, methods=POST),
    Door("accesso/email/", SIGNED_IN),
    Door("account_email", SIGNED_IN),
    Door("account_reauthenticate", SIGNED_IN, Rows.OWN, BOTH),
    Door("account_change_password", SIGNED_IN, Rows.OWN, BOTH),
    Door("account_set_password", SIGNED_IN, Rows.OWN, BOTH),
    Door("devices", SIGNED_IN, Rows.OWN),
    Door("end_session", SIGNED_IN, Rows.OWN, POST),
    Door("end_other_sessions", SIGNED_IN, Rows.OWN, POST),
    Door("forget_device", SIGNED_IN, Rows.OWN, POST),
    Door("passkey_later", SIGNED_IN, Rows.OWN, POST),
    Door("mfa_index", SIGNED_IN, Rows.OWN),
    Door("mfa_list_webauthn", SIGNED_IN, Rows.OWN),
    Door("mfa_add_webauthn", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_reauthenticate_webauthn", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_edit_webauthn", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_remove_webauthn", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_reauthenticate", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_activate_totp", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_deactivate_totp", SIGNED_IN, Rows.OWN, BOTH),
    Door("mfa_view_recovery_codes", SIGNED_IN, Rows.OWN),
    Door("mfa_download_recovery_codes", SIGNED_IN, Rows.OWN),
    Door("mfa_generate_recovery_codes", SIGNED_IN, Rows.OWN, BOTH),
)

# --- The reserved area --------------------------------------------------------------------------------------------
PORTAL = (
    Door("reserved_area", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_more", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_policies", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_policy", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_pay", CUSTOMER, Rows.OWN, BOTH, right=Right.PAY),
    Door("portal_renewal", CUSTOMER, Rows.OWN, BOTH, right=Right.PAY),
    Door("portal_payments", CUSTOMER, Rows.OWN),
    Door("portal_payment", CUSTOMER, Rows.OWN),
    Door("portal_payment_check", CUSTOMER, Rows.OWN, POST, right=Right.PAY),
    Door("portal_payment_receipt", CUSTOMER, Rows.OWN),
    Door("portal_claims", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_claim", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_documents", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_document", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_document_file", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_calendar", CUSTOMER, Rows.OWN),
    Door("portal_calendar_make", CUSTOMER, Rows.OWN, POST),
    Door("portal_calendar_revoke", CUSTOMER, Rows.OWN, POST),
    Door("portal_claim_message", CUSTOMER, Rows.OWN, POST, right=Right.REPORT, for_heirs=True),
    Door("portal_claim_document", CUSTOMER, Rows.OWN, POST, right=Right.REPORT, for_heirs=True),
    Door("portal_claim_file", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_report", CUSTOMER, Rows.OWN, BOTH, right=Right.REPORT, for_heirs=True),
    Door("portal_report_draft", CUSTOMER, Rows.OWN, right=Right.REPORT, for_heirs=True),
    Door("portal_report_step", CUSTOMER, Rows.OWN, BOTH, right=Right.REPORT, for_heirs=True),
    Door("portal_report_files", CUSTOMER, Rows.OWN, BOTH, right=Right.REPORT, for_heirs=True),
    Door("portal_report_file", CUSTOMER, Rows.OWN, right=Right.REPORT, for_heirs=True),
    Door("portal_report_file_remove", CUSTOMER, Rows.OWN, POST, right=Right.REPORT, for_heirs=True),
    Door("portal_report_review", CUSTOMER, Rows.OWN, BOTH, right=Right.REPORT, for_heirs=True),
    Door("portal_report_discard", CUSTOMER, Rows.OWN, BOTH, right=Right.REPORT, for_heirs=True),
    Door("portal_report_sent", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_requests", CUSTOMER, Rows.OWN),
    Door("portal_write", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_write_guided", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_answer", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_request", CUSTOMER, Rows.OWN),
    Door("portal_request_message", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_request_survey", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_operations", CUSTOMER, Rows.OWN),
    Door("portal_operation", CUSTOMER, Rows.OWN),
    Door("portal_operation_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_operation_code", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_own_operation", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_policy_operation", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_claim_operation", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_call_backs", CUSTOMER, Rows.OWN, BOTH, right_to_send=Right.ASK),
    Door("portal_call_back_move", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_call_back_cancel", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_complaints", CUSTOMER, Rows.OWN),
    Door("portal_complaint_form", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_complaint", CUSTOMER, Rows.OWN),
    Door("portal_complaint_letter", CUSTOMER, Rows.OWN),
    Door("portal_complaint_add", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_complaint_file", CUSTOMER, Rows.OWN),
    Door("portal_feedback", CUSTOMER, Rows.OWN),
    Door("portal_feedback_form", CUSTOMER, Rows.OWN, BOTH, right=Right.ASK),
    Door("portal_notices", CUSTOMER, Rows.OWN),
    Door("portal_sent_notices", CUSTOMER, Rows.OWN),
    Door("portal_offers", CUSTOMER, Rows.OWN),
    Door("portal_preferences", CUSTOMER, Rows.OWN, BOTH, right_to_send=Right.ASK),
    Door("portal_notice", CUSTOMER, Rows.OWN),
    Door("portal_notice_read", CUSTOMER, Rows.OWN, POST),
    Door("portal_push", CUSTOMER, Rows.OWN),
    Door("portal_push_on", CUSTOMER, Rows.OWN, POST),
    Door("portal_push_off", CUSTOMER, Rows.OWN, POST),
    Door("portal_consents", CUSTOMER, Rows.OWN),
    Door("portal_consent_give", CUSTOMER, Rows.OWN, POST, right=Right.CONSENT),
    Door("portal_consent_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.CONSENT),
    Door("portal_profile", CUSTOMER, Rows.OWN),
    Door("portal_sign_in_address", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("portal_sign_in_address_code", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("portal_access", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_accesses", CUSTOMER, Rows.OWN),
    Door("portal_language", CUSTOMER, Rows.OWN, POST, right=Right.ASK),
    Door("portal_acting", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("portal_acting_choose", CUSTOMER, Rows.OWN, POST, for_heirs=True),
    Door("portal_acting_ask", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("portal_acting_withdraw", CUSTOMER, Rows.OWN, POST, for_heirs=True),
    Door("portal_acting_leave", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("portal_people", CUSTOMER, Rows.OWN, right=Right.PEOPLE),
    Door("portal_people_invite", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("portal_people_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("portal_person", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("portal_person_end", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("portal_my_data", CUSTOMER, Rows.OWN),
    Door("portal_data_export_ask", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("portal_data_export", CUSTOMER, Rows.OWN, right=Right.PEOPLE),
    Door("portal_data_export_end", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("portal_erasure", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("portal_erasure_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
)

# --- The app ------------------------------------------------------------------------------------------------------
ME = (
    Door("me", CUSTOMER, Rows.OWN),
    Door("me_policies", CUSTOMER, Rows.OWN),
    Door("me_policy", CUSTOMER, Rows.OWN),
    Door("me_instalments", CUSTOMER, Rows.OWN),
    Door("me_payments", CUSTOMER, Rows.OWN),
    Door("me_payment", CUSTOMER, Rows.OWN),
    Door("me_receipt", CUSTOMER, Rows.OWN),
    Door("me_claims", CUSTOMER, Rows.OWN),
    Door("me_claim", CUSTOMER, Rows.OWN),
    Door("me_claim_file", CUSTOMER, Rows.OWN),
    Door("me_documents", CUSTOMER, Rows.OWN),
    Door("me_document", CUSTOMER, Rows.OWN),
    Door("me_document_file", CUSTOMER, Rows.OWN),
    Door("me_operations", CUSTOMER, Rows.OWN),
    Door("me_operation", CUSTOMER, Rows.OWN),
    Door("me_operation_form", CUSTOMER, Rows.OWN),
    Door("me_requests", CUSTOMER, Rows.OWN),
    Door("me_request", CUSTOMER, Rows.OWN),
    Door("me_attachment", CUSTOMER, Rows.OWN),
    Door("me_topics", CUSTOMER, Rows.OWN),
    Door("me_call_backs", CUSTOMER, Rows.OWN),
    Door("me_call_back_places", CUSTOMER, Rows.OWN),
    Door("me_complaints", CUSTOMER, Rows.OWN),
    Door("me_complaint", CUSTOMER, Rows.OWN),
    Door("me_complaint_letter", CUSTOMER, Rows.OWN),
    Door("me_complaint_file", CUSTOMER, Rows.OWN),
    Door("me_feedback", CUSTOMER, Rows.OWN),
    Door("me_notices", CUSTOMER, Rows.OWN),
    Door("me_notice", CUSTOMER, Rows.OWN),
    Door("me_consents", CUSTOMER, Rows.OWN),
    Door("me_consent_events", CUSTOMER, Rows.OWN),
    Door("me_profile", CUSTOMER, Rows.OWN),
    Door("me_accesses", CUSTOMER, Rows.OWN),
    Door("me_accounts", CUSTOMER, Rows.OWN, for_heirs=True),
    Door("me_people", CUSTOMER, Rows.OWN, right=Right.PEOPLE),
    Door("me_person", CUSTOMER, Rows.OWN, right=Right.PEOPLE),
    Door("me_sessions", CUSTOMER, Rows.OWN, ("GET", "DELETE")),
    Door("me_session", CUSTOMER, Rows.OWN, DELETE),
    Door("me_devices", CUSTOMER, Rows.OWN, BOTH),
    Door("me_device", CUSTOMER, Rows.OWN, DELETE),
    Door("api_service_notices", ANYBODY),
    Door("api_enrolment", ANYBODY, methods=BOTH),
    Door("api_enrolment_finish", ANYBODY, methods=POST),
    Door("api_invitation", ANYBODY, methods=POST),  # by the secret that was sent: anything else is 410
    Door("api_invitation_accept", ANYBODY, methods=POST),
)
# What a setting turns off has no address.
APP_SIGN_IN = tuple(
    door
    for door in (
        Door("app_config", ANYBODY),
        Door("app_login", ANYBODY, methods=POST),
        Door("app_code_request", ANYBODY, methods=POST),
        Door("app_code_confirm", SIGNING_IN, methods=POST),
        Door("app_code_resend", SIGNING_IN, methods=POST),
        Door("app_second_factor", SIGNING_IN, methods=POST),
        Door("app_passkey_second_factor", SIGNING_IN, methods=BOTH),
        Door("app_passkey_login", ANYBODY, methods=BOTH),
        Door("app_password_request", ANYBODY, methods=POST),
        Door("app_password_reset", ANYBODY, methods=BOTH),  # by the secret that was sent: anything else is 400
        Door("app_session", SIGNED_IN, Rows.OWN, ("GET", "DELETE")),
        Door("app_reauthenticate", SIGNED_IN, Rows.OWN, POST),
        Door("app_second_factor_again", SIGNED_IN, Rows.OWN, POST),
        Door("app_passkey_again", SIGNED_IN, Rows.OWN, BOTH),
        Door("app_password_change", SIGNED_IN, Rows.OWN, POST),
        Door("app_authenticators", SIGNED_IN, Rows.OWN),
        Door("app_totp", SIGNED_IN, Rows.OWN, ("GET", "POST", "DELETE")),
        Door("app_recovery_codes", SIGNED_IN, Rows.OWN, BOTH),
        Door("app_passkeys", SIGNED_IN, Rows.OWN, ("GET", "POST", "PUT", "DELETE")),
    )
    if door.address in app_urls.NAMES
)

ME_DOES = (
    Door("me_operations", CUSTOMER, Rows.OWN, POST),
    Door("me_operation_check", CUSTOMER, Rows.OWN, POST),
    Door("me_operation_codes", CUSTOMER, Rows.OWN, POST),
    Door("me_operation_code", CUSTOMER, Rows.OWN, POST),
    Door("me_operation_withdraw", CUSTOMER, Rows.OWN, POST),
    Door("me_instalment_pay", CUSTOMER, Rows.OWN, POST),
    Door("me_renewal_offer_accept", CUSTOMER, Rows.OWN, POST),
    Door("me_payment_check", CUSTOMER, Rows.OWN, POST),
    Door("me_uploads", CUSTOMER, Rows.OWN, BOTH),
    Door("me_upload", CUSTOMER, Rows.OWN, DELETE),
    Door("me_claim_reports", CUSTOMER, Rows.OWN, BOTH),
    Door("me_policies_to_report", CUSTOMER, Rows.OWN),
    Door("me_claim_report", CUSTOMER, Rows.OWN, GET + DELETE),
    Door("me_claim_report_step", CUSTOMER, Rows.OWN, PUT),
    Door("me_claim_report_files", CUSTOMER, Rows.OWN, POST),
    Door("me_claim_report_file", CUSTOMER, Rows.OWN, GET + DELETE),
    Door("me_claim_report_send", CUSTOMER, Rows.OWN, POST),
    Door("me_claim_messages", CUSTOMER, Rows.OWN, POST),
    Door("me_claim_document", CUSTOMER, Rows.OWN, POST),
    Door("me_requests", CUSTOMER, Rows.OWN, POST),
    Door("me_beforehand", CUSTOMER, Rows.OWN, BOTH),
    Door("me_request_messages", CUSTOMER, Rows.OWN, POST),
    Door("me_request_survey", CUSTOMER, Rows.OWN, POST),
    Door("me_call_backs", CUSTOMER, Rows.OWN, POST),
    Door("me_call_back_move", CUSTOMER, Rows.OWN, POST),
    Door("me_call_back_cancel", CUSTOMER, Rows.OWN, POST),
    Door("me_complaints", CUSTOMER, Rows.OWN, POST),
    Door("me_complaint_additions", CUSTOMER, Rows.OWN, POST),
    Door("me_feedback", CUSTOMER, Rows.OWN, POST),
    Door("me_notice_read", CUSTOMER, Rows.OWN, POST),
    Door("me_consent_give", CUSTOMER, Rows.OWN, POST),
    Door("me_consent_withdraw", CUSTOMER, Rows.OWN, POST),
    Door("me_notice_preferences", CUSTOMER, Rows.OWN, BOTH),
    Door("me_language", CUSTOMER, Rows.OWN, POST),
    Door("me_account_leave", CUSTOMER, Rows.OWN, POST, for_heirs=True),
    Door("me_acting_requests", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("me_acting_request_withdraw", CUSTOMER, Rows.OWN, POST, for_heirs=True),
    Door("me_person_rights", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("me_person_end", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("me_invitations", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("me_invitation_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
    Door("me_sign_in_address", CUSTOMER, Rows.OWN, POST, for_heirs=True),
    Door("me_sign_in_address_change", CUSTOMER, Rows.OWN, BOTH, for_heirs=True),
    Door("me_calendar", CUSTOMER, Rows.OWN, BOTH),
    Door("me_calendar_revoke", CUSTOMER, Rows.OWN, POST),
    Door("me_data_exports", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("me_data_export", CUSTOMER, Rows.OWN, GET + DELETE, right=Right.PEOPLE),
    Door("me_data_export_file", CUSTOMER, Rows.OWN, right=Right.PEOPLE),
    Door("me_erasure", CUSTOMER, Rows.OWN, BOTH, right=Right.PEOPLE),
    Door("me_erasure_withdraw", CUSTOMER, Rows.OWN, POST, right=Right.PEOPLE),
)

# --- Files of conversations ---------------------------------------------------------------------------------------
FILES = (
    Door("attachment", CUSTOMER, Rows.OWN),
    Door("attachment", STAFF, Rows.ALL, needs=("contact_center.view_message",)),
)

# --- The desk of an agent, and the managers' pages ----------------------------------------------------------------
LOOKS, WORKS = "contact_center.view_contact", "contact_center.change_contact"
WATCHES = "contact_center.view_agentstate"
SAMPLES, SCORES = "contact_center.view_qualityreview", "contact_center.change_qualityreview"
FIGURES = "contact_center.view_dailyfigures"
CHARTS = "insights.view_watchalert"
DESK = (
    Door("desk", STAFF, Rows.ANSWERED, needs=(LOOKS,)),
    Door("desk_state", STAFF, Rows.ANSWERED, needs=(WORKS,)),
    Door("desk_person", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("desk_card", STAFF, Rows.ANSWERED, POST, needs=("contact_center.add_knownperson",)),
    Door("desk_reason", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("desk_identity", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("desk_join", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("desk_code", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("desk_pass_on", STAFF, Rows.ANSWERED, POST, needs=(WORKS,)),
    Door("own_state", STAFF, Rows.OWN, BOTH, needs=(WORKS,)),
    Door("states_board", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("states_now", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("states_day", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("states_of_agent", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("supervision", STAFF, Rows.LED, needs=(f"{WORKS}|{WATCHES}",)),
    *(
        way
        for name in ("supervision_give_out", "supervision_end_state")
        for way in (
            Door(name, STAFF, Rows.ALL, BOTH, needs=(WATCHES,)),
            Door(name, STAFF, Rows.LED, BOTH, needs=(WORKS,)),
        )
    ),
    Door("own_reviews", STAFF, Rows.OWN, needs=(WORKS,)),
    Door("quality_reviews", STAFF, Rows.LED, needs=(f"{WORKS}|{SAMPLES}",)),
    Door("quality_draw", STAFF, Rows.ALL, POST, needs=(SCORES,)),
    Door("quality_averages", STAFF, Rows.LED, needs=(f"{WORKS}|{SAMPLES}",)),
    *(
        way
        for name, methods, needs in (
            ("quality_review", GET, SAMPLES),
            ("quality_score", POST, SCORES),
            ("quality_answer", POST, SCORES),
            ("quality_second", POST, SCORES),
        )
        for way in (
            Door(name, STAFF, Rows.ALL, methods, needs=(needs,)),
            Door(name, STAFF, Rows.LED, methods, needs=(WORKS,)),
        )
    ),
    Door("begin_operation", STAFF, Rows.ALL, BOTH, needs=("customers.add_operation", "customers.view_customer")),
    Door("still_here", Who.SIGNED_IN, Rows.NONE, POST),
    Door("file_reason", STAFF, Rows.AGENCY, BOTH, needs=("customers.view_customer",)),
)
REPORTS = "customers.add_claimreport"
CLAIM_REPORTS = (
    Door("office_report_draft", STAFF, Rows.AGENCY, needs=(REPORTS,)),
    Door("office_report_step", STAFF, Rows.AGENCY, BOTH, needs=(REPORTS,)),
    Door("office_report_files", STAFF, Rows.AGENCY, BOTH, needs=(REPORTS,)),
    Door("office_report_file", STAFF, Rows.AGENCY, needs=(REPORTS,)),
    Door("office_report_file_remove", STAFF, Rows.AGENCY, POST, needs=(REPORTS,)),
    Door("office_report_review", STAFF, Rows.AGENCY, BOTH, needs=(REPORTS,)),
    Door("office_report_discard", STAFF, Rows.AGENCY, BOTH, needs=(REPORTS,)),
    Door("office_report_sent", STAFF, Rows.AGENCY, needs=(REPORTS,)),
)
DASHBOARD = (
    Door("figures", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("figures_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("service", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("service_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("service_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("hours", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("hours_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("hours_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("duty", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("duty_csv", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("duty_xlsx", STAFF, Rows.ALL, needs=(WATCHES,)),
    Door("figures_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("what_changed", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("changes_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("changes_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("self_service_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("calls", STAFF, Rows.ALL, needs=(FIGURES, "contact_center.view_call")),
    Door("wallboard", STAFF, Rows.ALL, needs=("contact_center.view_wallboard",)),
    Door("wallboard_now", STAFF, Rows.ALL, needs=("contact_center.view_wallboard",)),
    Door("wallscreens", STAFF, Rows.ALL, needs=("contact_center.keep_wallscreens",)),
    Door("wallscreen_keep", STAFF, Rows.ALL, POST, needs=("contact_center.keep_wallscreens",)),
    Door("wallscreen_end", STAFF, Rows.ALL, POST, needs=("contact_center.keep_wallscreens",)),
    Door("unresolved", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("unresolved_words", STAFF, Rows.ALL, needs=(FIGURES, "contact_center.view_satisfactionsurvey")),
    Door("unresolved_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("unresolved_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("measures", STAFF, Rows.ALL, needs=("insights.view_measure",)),
    Door("measures_csv", STAFF, Rows.ALL, needs=("insights.view_measure",)),
    Door("measure", STAFF, Rows.ALL, needs=("insights.view_measure",)),
    Door("measure_new", STAFF, Rows.ALL, BOTH, needs=("insights.add_measure",)),
    Door("measure_change", STAFF, Rows.ALL, BOTH, needs=("insights.change_measure",)),
    Door("measure_record", STAFF, Rows.ALL, POST, needs=("insights.change_measure",)),
    Door("measure_drop", STAFF, Rows.ALL, POST, needs=("insights.change_measure",)),
    Door("frozen_periods", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("frozen_period", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("frozen_period_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("freeze_period", STAFF, Rows.ALL, BOTH, needs=(FIGURES, "contact_center.add_frozenperiod")),
    Door("unfreeze_period", STAFF, Rows.ALL, BOTH, needs=(FIGURES, "contact_center.change_frozenperiod")),
    Door("watching", STAFF, Rows.ALL, needs=(CHARTS,)),
    Door("watching_csv", STAFF, Rows.ALL, needs=(CHARTS,)),
    Door("watching_note", STAFF, Rows.ALL, POST, needs=(CHARTS, "insights.add_alertnote")),
    Door("watching_mail", STAFF, methods=POST, needs=(CHARTS, "insights.add_watchsubscription")),
    Door("watching_targets", STAFF, Rows.ALL, needs=(CHARTS,)),
    Door("watching_targets", STAFF, Rows.ALL, POST, needs=(CHARTS, "insights.add_figuretarget")),
    Door("staffing", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("staffing_plan_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("staffing_plan_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("staffing_rota_csv", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("staffing_rota_xlsx", STAFF, Rows.ALL, needs=(FIGURES,)),
)

# --- Programs -----------------------------------------------------------------------------------------------------
API = (
    Door("api_figures", Who.KEY, Rows.ALL, scope="figures:read"),
    Door("api_figures", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("api_changes", Who.KEY, Rows.ALL, scope="figures:read"),
    Door("api_changes", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("api_unresolved", Who.KEY, Rows.ALL, scope="figures:read"),
    Door("api_unresolved", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("api_figures_watch", Who.KEY, Rows.ALL, scope="figures:read"),
    Door("api_figures_watch", STAFF, Rows.ALL, needs=(CHARTS,)),
    Door("api_staffing", Who.KEY, Rows.ALL, scope="figures:read"),
    Door("api_staffing", STAFF, Rows.ALL, needs=(FIGURES,)),
    Door("api_calls", Who.KEY, methods=POST, scope="calls:write"),
    Door("api_call_events", Who.KEY, methods=POST, scope="calls:write"),
    Door("api_agents_states", Who.KEY, Rows.ALL, scope="calls:write"),
    Door("api_requests", Who.KEY, methods=POST, scope="requests:write"),
    Door("api_feedback", Who.KEY, methods=POST, scope="feedback:write"),
    Door("schema", ANYBODY),
    Door("api_docs", ANYBODY),
    Door("api_docs_app", ANYBODY),
    Door("healthz", ANYBODY),
    Door("readyz", ANYBODY),
    Door("metrics", Who.MACHINE),
)

# --- Pages of a demonstration: where mail is sent for real and money is taken, as in production, these are not found ----
DEMO = (
    Door("demo_mail", ANYBODY),
    Door("demo_sms", ANYBODY),
    Door("demo_channels", ANYBODY),
    Door("demo_pushes", ANYBODY),
    Door("demo_mail_message", ANYBODY),
    Door("demo_mail_html", ANYBODY),
    Door("demo_payment", ANYBODY, methods=BOTH),
)

# --- The back office: what is about no model ----------------------------------------------------------------------
# Of the app by whose page it is tried: that of another app opens to people who see something of that one.
SEES_SOMETHING = "|".join(
    sorted({word for word in set().union(*PERMISSIONS.values()) - WHOLE if word.startswith("customers.view_")})
)
OFFICE = (
    Door("admin:index", STAFF),
    Door("admin:app_list", STAFF, needs=(SEES_SOMETHING,)),  # of an app of which they see something
    Door("admin:login", STAFF),  # leads everybody else to the sign-in
    Door("admin:logout", ANYBODY, methods=BOTH),
    Door("admin:password_change", STAFF),
    Door("admin:password_change_done", STAFF),
    Door("admin:jsi18n", STAFF),
    Door("find", STAFF, Rows.AGENCY),  # of the kinds of rows that they may read
    Door("admin:autocomplete", STAFF, Rows.AGENCY, needs=("customers.view_customer",)),
    Door("backoffice/<url>", Who.NOBODY),  # what is no page
)
READS_COMPLAINTS = "complaints.view_complaint|complaints.change_complaint"
OFFICE_FILES = (
    Door("admin:customers_customer_timeline", STAFF, Rows.AGENCY, needs=("customers.view_customer",)),
    Door("admin:customers_document_file", STAFF, Rows.ALL, needs=("customers.view_document",)),
    Door("admin:customers_dataexport_file", STAFF, Rows.ALL, needs=("customers.add_dataexport",)),
    Door("admin:notifications_notice_proof", STAFF, needs=("notifications.change_notice|customers.view_accesslog",)),
    Door("admin:promotions_promotion_results", STAFF, needs=("promotions.view_promotionoutcome",)),
    Door("admin:notifications_notice_sendings", STAFF, needs=("notifications.view_notice",)),
    Door("admin:notifications_notice_person", STAFF, Rows.ALL, needs=("notifications.view_notice",)),
    Door("admin:notifications_notice_report", STAFF, Rows.ALL, needs=("notifications.view_notice",)),
    Door("admin:notifications_noticetext_kinds", STAFF, Rows.ALL, needs=("notifications.view_noticetext",)),
    Door("admin:notifications_noticetext_kind", STAFF, Rows.ALL, needs=("notifications.view_noticetext",)),
    Door("admin:notifications_noticetext_preview", STAFF, Rows.ALL, POST, needs=("notifications.add_noticetext",)),
    Door("admin:notifications_noticetext_letter", STAFF, Rows.ALL, needs=("notifications.view_noticetext",)),
    Door("admin:notifications_letterbatch_document", STAFF, Rows.ALL, needs=("notifications.change_notice",)),
    Door("admin:notifications_letterbatch_manifest", STAFF, Rows.ALL, needs=("notifications.change_notice",)),
    Door(
        "admin:notifications_returnedmessage_message",
        STAFF,
        Rows.ALL,
        needs=("notifications.change_returnedmessage", *sorted(WHOLE)),
    ),
    Door("admin:complaints_halfyearreturn_draft", STAFF, Rows.ALL, needs=("complaints.view_halfyearreturn",)),
    Door("admin:complaints_halfyearreturn_rows", STAFF, Rows.ALL, needs=("complaints.view_halfyearreturn",)),
    Door("admin:complaints_halfyearreturn_corrections", STAFF, Rows.ALL, needs=("complaints.view_halfyearreturn",)),
    Door("admin:complaints_halfyearreturn_file", STAFF, Rows.ALL, needs=("complaints.view_halfyearreturn",)),
    Door("admin:complaints_causeaction_causes", STAFF, Rows.ALL, needs=("complaints.view_causeaction",)),
    Door("admin:complaints_causeaction_behind", STAFF, Rows.ALL, needs=("complaints.view_causeaction",)),
    Door("admin:complaints_complaint_register", STAFF, Rows.ALL, needs=(READS_COMPLAINTS,)),
    Door("admin:complaints_complaint_file", STAFF, Rows.ALL, needs=(READS_COMPLAINTS,)),
    Door("admin:complaints_enquiry_file", STAFF, Rows.AGENCY, needs=("complaints.view_enquiry",)),
    Door("admin:complaints_complaint_mail", STAFF, Rows.ALL, needs=(READS_COMPLAINTS,)),
    Door("admin:complaints_complaint_mail_part", STAFF, Rows.ALL, needs=(READS_COMPLAINTS,)),
    Door("admin:complaints_complaint_letter", STAFF, Rows.ALL, needs=(READS_COMPLAINTS,)),
    Door("admin:complaints_complaint_preview", STAFF, Rows.ALL, POST, needs=("complaints.change_complaint",)),
    Door("admin:complaints_feedback_figures", STAFF, Rows.ALL, needs=("complaints.view_feedback_figures",)),
    *(
        Door(f"admin:complaints_{model}_{page}", STAFF, Rows.ALL, needs=(needs.format(model),))
        for model in ("regulatorrequest", "arbitratorappeal")
        for page, needs in (
            ("file", "complaints.view_{0}|complaints.change_{0}"),
            ("letter", "complaints.view_{0}|complaints.change_{0}"),
            ("preview", "complaints.change_{0}"),
        )
    ),
    Door("admin:complaints_complaint_live", STAFF, Rows.ALL, POST, needs=("complaints.change_complaint",)),
    Door("admin:complaints_complaint_draft", STAFF, Rows.ALL, POST, needs=("complaints.change_complaint",)),
    Door("admin:complaints_lettertext_codes", STAFF, Rows.ALL, needs=("complaints.view_lettertext",)),
    Door("admin:complaints_lettertext_preview", STAFF, Rows.ALL, POST, needs=("complaints.add_lettertext",)),
    Door("admin:customers_mandate_file", STAFF, Rows.ALL, needs=("customers.view_mandate",)),
    Door("admin:customers_claim_file", STAFF, Rows.ALL, needs=("customers.view_claimfile",)),
    Door("admin:contact_center_contact_due", STAFF, Rows.ALL, needs=(f"{LOOKS}|{WORKS}",)),
    Door("admin:contact_center_contact_presence", STAFF, Rows.ALL, POST, needs=(WORKS,)),
    Door("admin:contact_center_contact_draft", STAFF, Rows.ALL, POST, needs=(WORKS,)),
    Door("admin:contact_center_contact_colleagues", STAFF, Rows.ALL, needs=(WORKS,)),
)


# --- The back office: each model's pages --------------------------------------------------------------------------
def model_doors(model: type[Model], office: OfficeAdmin) -> Iterator[Door]:
    """The doors that follow from an admin: its list, pages and history are read; with `editable`, its form is sent."""
    app, name = model._meta.app_label, model._meta.model_name
    stem, page = f"admin:{app}_{name}", f"backoffice/{app}/{name}/<path:object_id>/"
    reads = f"{app}.view_{name}|{app}.change_{name}"
    rows = Rows.AGENCY if has_all(PERMISSIONS[roles.AGENCY_MEMBER], (reads,)) else Rows.ALL
    if model is QueueView:
        rows = Rows.OWN
    for kind in ("changelist", "change", "history"):
        yield Door(f"{stem}_{kind}", STAFF, rows, needs=(reads,))
    if office.editable:
        yield Door(f"{stem}_change", STAFF, rows, POST, needs=(f"{app}.change_{name}",))
    adds = Door(f"{stem}_add", STAFF, methods=BOTH, needs=(f"{app}.add_{name}",))
    yield adds if office.addable else Door(f"{stem}_add", Who.NOBODY)
    yield Door(f"{stem}_delete", Who.NOBODY)
    yield Door(page, STAFF)  # an old form of the page's address: leads to it
    # A command of the list is about no row.
    for kind, commands, reached in (
        ("command", office.commands, rows),
        ("list_command", office.list_commands, Rows.NONE),
    ):
        yield from (_command_door(f"{stem}_{kind}", each, reads, reached) for each in commands)
        if not commands:
            yield Door(f"{stem}_{kind}", Who.NOBODY)


def _command_door(address: str, command: Command[Any], reads: str, rows: Rows) -> Door:
    return Door(address, STAFF, rows, BOTH, needs=(reads, command.permission), command=command.name)


def office_models() -> dict[type[Model], OfficeAdmin]:
    """What the back office shows, in the order of its addresses; its site registers `OfficeAdmin` pages alone."""
    shown = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label_lower)
    return {model: office for model, office in shown if isinstance(office, OfficeAdmin)}


PARTS: dict[str, tuple[Door, ...]] = {
    "What everybody sees": PUBLIC,
    "By a secret that we sent": BY_SECRET,
    "Signing in": SIGN_IN,
    "The reserved area": PORTAL,
    "The app": ME,
    "The app's sign-in": APP_SIGN_IN,
    "The app: what a customer does": ME_DOES,
    "Files of conversations": FILES,
    "The desk of an agent": DESK,
    "Reporting a claim for a customer": CLAIM_REPORTS,
    "The figures": DASHBOARD,
    "Programs": API,
    "The pages of a demonstration": DEMO,
    "The back office: what is about no model": OFFICE,
    "The back office: pages and files beside the models'": OFFICE_FILES,
}


def all_doors() -> list[Door]:
    """The whole table."""
    fixed = [door for part in PARTS.values() for door in part]
    return fixed + [door for model, office in office_models().items() for door in model_doors(model, office)]
