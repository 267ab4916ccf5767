"""What a page of the reserved area does, the app does: for every address of a page its operations, or why it stays a page.

docs/app.md tells the makers of the app what is opened in a browser; a page that is added is named here, or this fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from reserved_area import public_urls, root_urls
from reserved_area import urls as pages

# By the name of the page: the operations of the app that do what it does, looking and sending.
DONE_BY: dict[str, tuple[str, ...]] = {
    "reserved_area": ("get_home",),
    "enrolment": ("begin_enrolment",),
    "enrolment_terms": ("get_enrolment_terms",),
    "enrolment_finish": ("finish_enrolment",),
    # Claims that are reported
    "portal_report": ("list_policies_to_report", "list_claim_reports", "begin_claim_report"),
    "portal_report_draft": ("get_claim_report",),
    "portal_report_step": ("save_claim_report_step",),
    "portal_report_files": ("add_claim_report_file",),
    "portal_report_file": ("get_claim_report_file",),
    "portal_report_file_remove": ("remove_claim_report_file",),
    "portal_report_review": ("get_claim_report", "send_claim_report"),
    "portal_report_discard": ("discard_claim_report",),
    "portal_report_sent": ("get_claim",),
    "portal_claim_message": ("send_claim_message",),
    "portal_claim_document": ("send_claim_document",),
    "portal_claim_file": ("get_claim_file",),
    # Policies, claims, one's own data
    "portal_policies": ("list_policies",),
    "portal_policy": ("get_policy",),
    "portal_claims": ("list_claims",),
    "portal_claim": ("get_claim",),
    "portal_profile": ("get_profile",),
    "portal_language": ("change_language",),
    "portal_sign_in_address": ("change_sign_in_address",),
    "portal_sign_in_address_code": ("get_sign_in_address_change", "confirm_sign_in_address"),
    "portal_accesses": ("list_accesses",),
    "portal_my_data": ("list_data_exports", "get_erasure"),
    "portal_data_export_ask": ("ask_data_export",),
    "portal_data_export": ("get_data_export", "get_data_export_file"),
    "portal_data_export_end": ("end_data_export",),
    "portal_erasure": ("get_erasure", "ask_erasure"),
    "portal_erasure_withdraw": ("withdraw_erasure",),
    # Documents and the calendar
    "portal_documents": ("list_documents",),
    "portal_document": ("get_document",),
    "portal_document_file": ("get_document_file",),
    "portal_calendar": ("get_calendar",),
    "portal_calendar_make": ("make_calendar",),
    "portal_calendar_revoke": ("revoke_calendar",),
    # Payments
    "portal_payments": ("list_instalments", "list_payments"),
    "portal_payment": ("get_payment",),
    "portal_payment_check": ("check_payment",),
    "portal_payment_receipt": ("get_receipt",),
    "portal_pay": ("pay_instalment",),
    "portal_renewal": ("get_policy", "accept_renewal_offer"),
    # What we write and what we may
    "portal_notices": ("list_notices",),
    "portal_offers": ("list_notices",),
    "portal_sent_notices": ("list_notices",),
    "portal_preferences": ("get_notice_preferences", "change_notice_preferences"),
    "portal_notice": ("get_notice",),
    "portal_notice_read": ("mark_notice_read",),
    "portal_consents": ("get_consents", "list_consent_events"),
    "portal_consent_give": ("give_consent",),
    "portal_consent_withdraw": ("withdraw_consent",),
    # Requests, operations, call-backs, complaints
    "portal_requests": ("list_requests",),
    "portal_write": ("send_request", "list_topics"),
    "portal_write_guided": ("send_request", "list_topics"),
    "portal_answer": ("get_answers_beforehand", "record_answered_beforehand"),
    "portal_request": ("get_request", "get_attachment"),
    "portal_request_message": ("send_request_message",),
    "portal_request_survey": ("answer_survey",),
    "portal_operations": ("list_operations",),
    "portal_operation": ("get_operation",),
    "portal_operation_withdraw": ("withdraw_operation",),
    "portal_operation_code": ("send_operation_code", "use_operation_code"),
    "portal_own_operation": ("get_operation_form", "check_operation", "ask_operation"),
    "portal_policy_operation": ("get_operation_form", "check_operation", "ask_operation"),
    "portal_claim_operation": ("get_operation_form", "check_operation", "ask_operation"),
    "portal_call_backs": ("list_call_backs", "get_call_back_places", "book_call_back"),
    "portal_call_back_move": ("move_call_back",),
    "portal_call_back_cancel": ("cancel_call_back",),
    "portal_complaints": ("list_complaints",),
    "portal_complaint_form": ("send_complaint",),
    "portal_complaint": ("get_complaint",),
    "portal_complaint_add": ("add_to_complaint",),
    "portal_complaint_file": ("get_complaint_file",),
    "portal_complaint_letter": ("get_complaint_letter",),
    "portal_feedback": ("list_feedback",),
    "portal_feedback_form": ("send_feedback",),
    # Whom one acts for, and the people of a customer
    "portal_acting": ("list_accounts", "list_acting_requests"),
    "portal_acting_ask": ("ask_to_act",),
    "portal_acting_withdraw": ("withdraw_acting_request",),
    "portal_acting_leave": ("leave_account",),
    "portal_people": ("list_people", "list_invitations"),
    "portal_people_invite": ("invite_person",),
    "portal_people_withdraw": ("withdraw_invitation",),
    "portal_person": ("get_person", "change_person_rights"),
    "portal_person_end": ("end_person_access",),
    "people_join": ("open_invitation", "accept_invitation"),
}
# What stays a page, and why.
STAYS: dict[str, str] = {
    "portal_push": "the notifications of a browser: the app asks its telephone, and says so by `register_device`",
    "portal_push_on": "a browser hands over its own keys: the app registers by `register_device`",
    "portal_push_off": "the app ends its own by `forget_device`",
    "portal_more": "the menu of the pages: the app has one of its own",
    "enrolment_sent": "says what `begin_enrolment` answers",
    "portal_acting_choose": "the app names the account in each request (X-Acting-For) and remembers its choice itself",
    "calendar_feed": "read by programs of calendars, at the address that `get_calendar` gives",
    "consent_confirm": "the link of an e-mail, opened where the e-mail is read, by people who are not signed in too",
    "unsubscribe": "the link of an e-mail, pressed by mail programs too",
    "payment_confirmation": "called by the providers of payments",
    "app_manifest": "makes the pages installable: the app is installed by its store",
    "service_worker": "keeps files of the pages",
    "offline": "stands for pages without a network",
}


def names(patterns: list[Any]) -> Iterator[str]:
    """Names of all addresses, those of includes too."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield str(each.name)


PAGES = [name for module in (pages, public_urls, root_urls) for name in names(module.urlpatterns)]


@pytest.fixture(scope="module")
def operations():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {operation["operationId"] for item in paths.values() for operation in item.values()}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_operations_or_a_reason(name):
    assert (name in DONE_BY) != (name in STAYS), (
        f"name the operations that do what {name!r} does, or why it stays a page"
    )


def test_nothing_is_named_that_is_no_page():
    assert DONE_BY.keys() | STAYS.keys() == set(PAGES)


def test_every_operation_named_is_one_of_the_app(operations):
    assert {each for named in DONE_BY.values() for each in named} - operations == set()


def test_the_makers_of_the_app_read_what_stays_a_page_and_why():
    text = Path(settings.BASE_DIR, "docs", "app.md").read_text()
    table = text.partition("| page | why |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert table.split("\n") == [f"| `{address_of(name)}` | {why} |" for name, why in STAYS.items()]


def address_of(name):
    """The address of a page, with … for what varies."""
    ways = get_resolver(settings.ROOT_URLCONF).reverse_dict.getlist(name)
    return "/" + re.sub(r"%\(\w+\)s", "…", ways[0][0][0][0])
