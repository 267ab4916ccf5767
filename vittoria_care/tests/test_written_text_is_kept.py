"""A text that somebody was writing outlives the end of their session, and typing counts as being there."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.test import Client
from django.urls import reverse

from contact_center.contacts import commands
from contact_center.tests.factories import AgentFactory, WebFormRequestFactory
from customers import roles
from customers.tests.factories import (
    ClaimDraftFactory,
    ClaimFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.office.drafts import FIELD

pytestmark = pytest.mark.django_db
DRAFT = "0123456789abcdef01234567"
BY_SCRIPT = {"Sec-Fetch-Mode": "cors"}


@pytest.fixture(autouse=True)
def an_hour(settings):
    settings.STAFF_IDLE_MINUTES = 60


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def contact(agent):
    return commands.take(WebFormRequestFactory().contact, by=agent.user)


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


def reply_address(contact):
    return reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"])


def page_of(contact):
    return reverse("admin:contact_center_contact_change", args=[contact.pk])


def wait(client, minutes):
    session = client.session
    session["staff_seen_at"] = int(time.time()) - minutes * 60
    session.save()


# --- What the server has taken
def test_only_what_was_done_is_named_as_taken(client, contact):
    asked = {"text": "Ecco la copia.", FIELD: DRAFT, "seen_version": contact.version}
    assert f"taken-{DRAFT}" in client.post(reply_address(contact), asked).cookies


@pytest.mark.parametrize("wrong", [{"seen_version": 99}, {"text": ""}])
def test_what_was_refused_is_not(client, contact, wrong):
    asked = {"text": "Ecco la copia.", FIELD: DRAFT, "seen_version": contact.version} | wrong
    assert f"taken-{DRAFT}" not in client.post(reply_address(contact), asked).cookies


@pytest.mark.parametrize("key", ["", "x", "a; Path=/", "A" * 20, "a" * 41])
def test_a_key_that_is_none_names_nothing(client, contact, key):
    asked = {"text": "Ecco la copia.", FIELD: key, "seen_version": contact.version}
    answer = client.post(reply_address(contact), asked)
    assert answer.status_code == 302
    assert not [name for name in answer.cookies if name.startswith("taken")]


# --- When the session ended
def test_after_the_sign_in_one_is_back_on_the_page_with_the_text(client, contact):
    page = page_of(contact)
    wait(client, settings.STAFF_IDLE_MINUTES + 1)
    answer = client.post(
        reply_address(contact), {"text": "Ecco."}, headers={"referer": f"http://testserver{page}?thread=2"}
    )
    assert answer.url == reverse("account_login", query={"next": f"{page}?thread=2"})


def test_the_same_without_any_session(contact):
    answer = Client().post(
        reply_address(contact), {"text": "Ecco."}, headers={"referer": f"http://testserver{page_of(contact)}"}
    )
    assert answer.url == reverse("account_login", query={"next": page_of(contact)})


@pytest.mark.parametrize("referer", ["https://altrove.example/backoffice/", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere(contact, referer):
    answer = Client().post(reply_address(contact), {"text": "Ecco."}, headers={"referer": referer})
    assert answer.url == reverse("account_login", query={"next": reply_address(contact)})


def test_a_lost_key_of_the_form_is_reported_by_the_back_offices_own_page(agent, contact):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(agent.user)
    answer = client.post(
        reply_address(contact), {"text": "Ecco."}, headers={"referer": f"http://testserver{page_of(contact)}"}
    )
    assert (answer.status_code, answer.templates[0].name) == (403, "office/form_key_lost.html")
    assert f'href="{page_of(contact)}"' in answer.content.decode()


def test_a_lost_key_leads_back_to_the_text_after_signing_in(contact):
    answer = Client(enforce_csrf_checks=True).post(
        reply_address(contact), {"text": "Ecco."}, headers={"referer": f"http://testserver{page_of(contact)}"}
    )
    assert (answer.status_code, answer.templates[0].name) == (403, "office/form_key_lost.html")
    assert f'href="{page_of(contact)}"' in answer.content.decode()


def test_a_customers_form_has_the_page_for_everybody():
    answer = Client(enforce_csrf_checks=True).post("/contatti/richiesta/", {})
    assert (answer.status_code, answer.templates[0].name) == (403, "403_csrf.html")


# --- In the reserved area
@pytest.fixture
def draft():
    account = ReservedAreaAccountFactory()
    policy = PolicyFactory(holder=account.customer)
    return ClaimDraftFactory(policy=policy, begun_by=account.user, saved_by=account.user)


@pytest.fixture
def customer(draft):
    client = Client(headers={"accept-language": "en"})
    client.force_login(draft.begun_by)
    return client


def step_of(draft):
    return reverse("portal_report_step", args=[draft.key, "evento"])


def test_the_forms_of_a_customer_are_kept_whole_under_their_own_name(customer, draft):
    pages = [
        step_of(draft),
        reverse("portal_report_files", args=[draft.key]),
        reverse("portal_own_operation", args=["address"]),
        reverse("portal_policy_operation", args=[draft.policy.pk, "suspension"]),
        reverse("portal_write"),
    ]
    shown = [customer.get(page).content.decode() for page in pages]
    account = draft.begun_by.reserved_area_accounts.get()
    assert [f'data-keep="{draft.begun_by.pk}-{account.pk}"' in each for each in shown] == [True] * len(pages)
    assert all("js/drafts.js" in each and "data-say-files=" in each for each in shown)


@pytest.mark.parametrize(("place", "is_taken"), [("Via Po 1, Pavia", True), ("", False)])
def test_a_customers_form_is_taken_when_its_answer_leads_on(customer, draft, place, is_taken):
    event = {"occurred_on": "2026-05-02", "place": place, "description": "Tamponata.", "seen_version": draft.version}
    answer = customer.post(step_of(draft), event | {FIELD: DRAFT})
    assert (f"taken-{DRAFT}" in answer.cookies) is is_taken


def test_a_customer_whose_session_ended_comes_back_to_the_page_of_the_form():
    claim = ClaimFactory()
    page = reverse("portal_claim", args=[claim.pk])
    answer = Client().post(
        reverse("portal_claim_message", args=[claim.pk]),
        {FIELD: DRAFT},
        headers={"referer": f"http://testserver{page}"},
    )
    assert answer.url == redirect_to_login(page).url
    assert not [name for name in answer.cookies if name.startswith("taken")]


# --- Being there
def test_typing_counts_as_being_there(client):
    wait(client, settings.STAFF_IDLE_MINUTES - 1)
    assert client.post(reverse("still_here"), headers=BY_SCRIPT).status_code == 204
    assert time.time() - client.session["staff_seen_at"] < 60


def test_what_a_page_asks_by_itself_does_not(client, contact):
    wait(client, settings.STAFF_IDLE_MINUTES - 1)
    seen = client.session["staff_seen_at"]
    presence = reverse("admin:contact_center_contact_presence", args=[contact.pk])
    assert client.post(presence, headers=BY_SCRIPT).status_code == 200
    assert client.get(reverse("desk_state"), headers=BY_SCRIPT).status_code == 200
    assert client.session["staff_seen_at"] == seen


def test_the_pages_know_how_long_one_may_be_away(client):
    page = client.get(reverse("admin:index")).content.decode()
    assert f'data-idle="{settings.STAFF_IDLE_MINUTES * 60}"' in page


# --- A call that arrives
def test_only_people_who_work_contacts_are_shown_calls_on_every_page(client):
    assert "data-rings" in client.get(reverse("admin:index")).content.decode()
    officer = Client()
    officer.force_login(UserFactory(role=roles.AUDITOR))
    assert "data-rings" not in officer.get(reverse("admin:index")).content.decode()


# --- Templates
def test_no_paragraph_holds_what_a_browser_would_put_behind_it():
    """A browser ends a paragraph where a list or a box begins: errors of a field are a list."""
    block = ("<ul", "<ol", "<div", "<fieldset", "<table", ".errors }}", "non_field_errors }}", "errors|")
    wrong = []
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        for piece in (
            path.read_text(encoding="utf-8").split("<p ")[1:] + path.read_text(encoding="utf-8").split("<p>")[1:]
        ):
            inside = piece.split("</p>")[0]
            if any(each in inside for each in block):
                wrong.append(f"{path.name}: {inside[:80]}")
    assert wrong == []
