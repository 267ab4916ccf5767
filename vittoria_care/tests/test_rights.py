"""The table of doors (vittoria_care/rights.py) against the project: every address, every operation, everybody."""

import logging
import os
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import client, override_settings
from django.urls import reverse

from customers import roles
from testbed.openid_provider import openid_provider
from vittoria_care import grants, rights, views
from vittoria_care.rights import Rows, Who
from vittoria_care.sign_in.app_sessions import SIGN_IN as APP_SIGN_IN
from vittoria_care.sign_in.openid_connect.providers import read_providers
from vittoria_care.tests.rights_world import ENROLMENT, ME, NAMES, OURS, SERVICE_NOTICES, THEIRS, World, make_world
from vittoria_care.tests.walk import addresses, operations

KEY_GIVEN_BACK = {"foundation_idempotencyrecord"}  # of a write of the app that is refused
# What a look may write: that it was looked, that the link of an offer was followed, and the visit itself.
WRITTEN_BY_A_LOOK = {
    "promotions_visit",
    *("customers_accesslog", "customers_dataexportopening", "customers_documentopening"),
    *("django_session", "usersessions_usersession"),
}
REFUSED = {401, 403, 404, 410}
SIGN_IN = {reverse("account_login"), reverse("admin:login")}
OPENED = {200, 201, 204, 302, 400, 409, 422, 503}  # 503: a probe that says what is missing

EVERYBODYS = {Rows.ALL, Rows.AGENCY, Rows.NONE}  # of those who reach everybody
NONE_OF_ONES_OWN = (Who.SIGNED_IN, Rows.OWN)  # a second factor that was never set up, for one

NO_REDIS = {"default": {"BACKEND": "foundation.caching.Cache", "LOCATION": "redis://127.0.0.1:1"}}

ADDRESSES = {(address.name or address.route): address for address in addresses()}
TABLE = rights.all_doors()
QUERIES = {
    "admin:autocomplete": {"app_label": "contact_center", "model_name": "contact", "field_name": "customer"},
    "admin:complaints_complaint_register": {"year": 2026},
    "admin:complaints_halfyearreturn_rows": {"half": "2026H1", "measure": "received"},
    "find": {"q": "Coral"},
}


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """In place of the database that each test has to itself: one for the module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db, tmp_path_factory):
    """Made once; each request is undone."""
    folders = {"EMAIL_FILE_PATH": "mail", "MEDIA_ROOT": "media", "PAYMENT_SANDBOX_PATH": "payments"}
    kept = {name: tmp_path_factory.mktemp(folder) for name, folder in folders.items()}
    with openid_provider() as provider:
        kept["OPENID_PROVIDERS"] = read_providers(provider.setting())
        with override_settings(EMAIL_BACKEND="vittoria_care.demonstration.mail.EmailBackend", **kept):
            made = make_world()
            made.account = working_account()
            yield made


def working_account() -> str:
    """An account with the rights that the application works with, until the module's transaction ends.

    Accounts belong to the whole server, which other processes test with as well: this one has a name of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        accounts = {"owner": cursor.fetchone()[0], "working": f"test_working_{os.getpid()}", "retention": ""}
        cursor.execute(f"CREATE ROLE {accounts['working']} LOGIN")
    with override_settings(DATABASE_ACCOUNTS=accounts):
        grants.grant_rights()
    return accounts["working"]


# --- The table is whole -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_is_in_the_table(name):
    assert name in {door.address for door in TABLE}, f"say in vittoria_care/rights.py who may open {name!r}"


def test_every_door_of_the_table_is_an_address():
    assert {door.address for door in TABLE} == set(ADDRESSES)


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.name)
def test_every_operation_is_in_the_table_with_its_scope(operation):
    if operation.path.startswith(APP_SIGN_IN):
        return  # described, and no view of REST framework
    name = next(name for name, address in ADDRESSES.items() if address.example() == operation.path)
    doors = [door for door in TABLE if door.address == name and operation.method.upper() in door.methods]
    assert [door.scope for door in doors if door.who is Who.KEY] == list(operation.scopes)


def test_every_permission_of_the_table_is_one_that_a_role_has():
    granted = set().union(*rights.PERMISSIONS.values())
    asked = {word for door in TABLE for need in door.needs for word in need.split("|")}
    assert {word for word in asked - granted if ".view_" in word} == set()


def test_every_permission_that_changes_something_opens_a_door():
    """The rows within another's page (questions of a topic, criteria of a form, members of an agency, the agencies of an author) are written with that page."""
    rows_of_another = {
        f"{verb}_{model}"
        for verb in ("add", "change")
        for model in ("topicquestion", "agencymember", "campaignagency", "qualitycriterion")
    }
    granted = set().union(*rights.PERMISSIONS.values())
    asked = {word for door in TABLE for need in door.needs for word in need.split("|")}
    unused = {word for word in granted - asked if word.partition(".")[2] not in rows_of_another}
    assert {word for word in unused if ".view_" not in word} == set()


def test_the_page_of_rights_says_what_the_table_says():
    page = StringIO()
    call_command("rights", stdout=page)
    kept = Path(settings.BASE_DIR, "docs", "rights.md").read_text()
    assert kept == page.getvalue(), "run manage.py rights > docs/rights.md"


# --- Everybody at every door ----------------------------------------------------------------------------------------
PEOPLE = [
    "a visitor",
    "somebody without a role",
    "the customer",
    *sorted(roles.STAFF),
    "the superuser",
]
# What they once were. Whatever opened to nobody of that role before opens to them even less: those doors are left out.
ONCE = {
    "a customer whose account is suspended": roles.CUSTOMER,
    "a customer whose account is closed": roles.CUSTOMER,
    "a former agency member": roles.AGENCY_MEMBER,
    "a member of a closed agency": roles.AGENCY_MEMBER,
    "an inactive administrator": roles.ADMINISTRATOR,
    "an inactive agency_member": roles.AGENCY_MEMBER,
}
PEOPLE += ONCE
WALKED = sorted({(door.address, door.command) for door in TABLE})
# These people send a form to pages that take none as well: of each kind of person the one who gets furthest. All the
# others send one wherever somebody may.
SEND_EVERYWHERE = {"a visitor", "the customer", roles.AGENCY_MEMBER, "the superuser"}
# At the doors of customers alone, which ask whose account it is and for no role, staff are all alike: these try them for the others.
TRY_CUSTOMERS_DOORS = {roles.AGENCY_MEMBER, roles.ADMINISTRATOR}
# The pages of staff that are open to them are opened, and read as well, in test_page_contents.py.
READ_THERE = {role for role in roles.STAFF if rights.PERMISSIONS[role]}


def places(world: World):
    """Each address with our row in it, and with theirs: its name, whose, its path and the doors that it has."""
    for name, command in WALKED:
        doors = [door for door in TABLE if (door.address, door.command) == (name, command)]
        for whose in (OURS, THEIRS):
            values = world.values_for(name, whose)
            if ADDRESSES[name].arguments and values is None and whose == THEIRS:
                continue
            if not ADDRESSES[name].arguments and whose == THEIRS:
                continue
            values = {"name": command or "niente"} | (values or {})
            yield name, whose, ADDRESSES[name].example(**values), doors


def is_for_staff(ways) -> bool:
    return any(door.who is Who.STAFF for door in ways)


def is_refused(answer) -> bool:
    return answer.status_code in REFUSED or (answer.status_code == 302 and answer.url.partition("?")[0] in SIGN_IN)


def asks_for_proof(answer) -> bool:
    """Whether the app reads that the person, who is signed in, first proves again who they are (a page redirects there)."""
    if answer.status_code not in (401, 403) or not answer.headers.get("Content-Type", "").endswith("json"):
        return False
    said = answer.json()
    return said.get("code") == "fresh_proof_required" or said.get("meta", {}).get("is_authenticated") is True


def is_told_of_its_end(answer, person, path: str) -> bool:
    """Whether the app sent the token of an ended sign-in to the API, which says so even where none is needed."""
    return person.shut_out and path.startswith(ENROLMENT) and answer.status_code == 401


def walked(world: World, person, method: str, *, only_open: bool = False):
    """What is wrong at each door for this person, in a sentence each; and how many doors were tried.

    With `only_open`, only the doors that the table opens to the person, each with our row alone.
    """
    wrong, tried = [], 0
    for name, whose, path, doors in places(world):
        if whose == THEIRS and only_open:
            continue
        if whose == THEIRS and {OURS, THEIRS} <= person.reach and {door.rows for door in doors} <= EVERYBODYS:
            continue  # no other rows than ours
        if (
            {door.who for door in doors} == {Who.CUSTOMER}
            and person.label in roles.STAFF
            and person.label not in TRY_CUSTOMERS_DOORS
        ):
            continue
        ways = [door for door in doors if method in door.methods]
        about_a_row = bool(ADDRESSES[name].arguments)
        opens = any(person.opens(door, whose, about_a_row=about_a_row) for door in ways)
        public = any(door.who in (Who.ANYBODY, Who.HOLDER) for door in ways)
        if not opens and not public and whose == THEIRS and not person.reach:
            continue  # ours is somebody else's to them already
        if not opens and only_open:
            continue
        if opens and (method, whose) == ("GET", OURS) and person.label in READ_THERE and is_for_staff(ways):
            continue
        if (role := ONCE.get(person.label)) and not any(role in door.roles for door in ways):
            continue
        if method == "POST" and not ways and person.label not in SEND_EVERYWHERE:
            continue
        body = QUERIES.get(name) if method == "GET" else world.bodies.get(name)
        tried += 1
        try:
            answer, content, written = world.ask(person, method, path, body)
        except Exception as error:
            wrong.append(f"{person.label}: {method} {path} ({name}, {whose}) failed: {error!r}")
            continue
        answered = f"{person.label}: {method} {path} ({name}, {whose}) answered {answer.status_code}"
        nothing_there = answer.status_code == 404 and any((door.who, door.rows) == NONE_OF_ONES_OWN for door in ways)
        excused = nothing_there or asks_for_proof(answer) or is_told_of_its_end(answer, person, path)
        none_under_way = answer.status_code == 409 and {door.who for door in ways} == {Who.SIGNING_IN}
        if opens and not excused and (answer.status_code not in OPENED or (not public and is_refused(answer))):
            wrong.append(f"{answered}, and the table opens it")
        elif ways and not opens and not none_under_way and not is_refused(answer):
            wrong.append(f"{answered}, and the table does not open it")
        changes = written - WRITTEN_BY_A_LOOK - (KEY_GIVEN_BACK if method == "POST" else set())
        if changes and (method == "GET" or not opens):
            wrong.append(f"{answered} and wrote to {', '.join(sorted(changes))}")
        if not (opens and any(door.who is Who.HOLDER for door in doors)):
            wrong += [
                f"{answered} and shows {NAMES[each]}"
                for each in NAMES
                if each not in person.reach and NAMES[each].lower().encode() in content.lower()
            ]
        a_colleagues_call = opens and whose == THEIRS and any(door.rows is Rows.ANSWERED for door in ways)
        if a_colleagues_call and (answer.status_code not in (400, 409) or changes):
            wrong.append(f"{answered}: a colleague's call")
    return wrong, tried


@pytest.fixture(autouse=True)
def refusals_say_nothing(monkeypatch):
    """Draw no page that refuses: it is the same whatever was asked (test_office_frame.py looks at it)."""
    monkeypatch.setattr(views, "_refused", lambda request, why, status: HttpResponse(status=status))


@pytest.fixture(scope="module", autouse=True)
def nothing_else_is_done():
    """Leave out what a request does besides opening a door: its line in the log, the copies of its templates' contexts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", lambda *args, **kwargs: None)
        logging.disable(logging.CRITICAL)
        yield
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def nothing_of_the_office_is_drawn():
    """Who may open a page of the back office is decided before it is drawn; what is in it is read in test_page_contents.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleTemplateResponse, "rendered_content", "")
        yield


@pytest.mark.parametrize("label", PEOPLE)
def test_looking_opens_what_the_table_says_and_changes_nothing(world, label):
    wrong, tried = walked(world, world.people[label], "GET")
    assert tried > (60 if label in ONCE else 200)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("label", PEOPLE)
def test_sending_a_form_does_what_the_table_says_and_elsewhere_nothing(world, label):
    wrong, tried = walked(world, world.people[label], "POST")
    assert tried > (300 if label in SEND_EVERYWHERE else 30 if label in ONCE else 100)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("label", ["a visitor", "the customer", "the superuser"])
def test_no_door_fails_for_want_of_a_cache(world, label, method):
    with override_settings(CACHES=NO_REDIS):
        wrong, tried = walked(world, world.people[label], method, only_open=True)
    assert tried > 10
    assert not wrong, "\n".join(wrong)


def test_everybody_is_walked(world):
    assert set(world.people) == set(PEOPLE)
    assert {person.role for person in world.people.values()} >= set(roles.ALL)


# --- Programs -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.name)
def test_a_key_opens_what_its_scope_says(world, operation):
    """At the doors of who signs in or enrols, and at what everybody reads, a key changes nothing."""
    visitor = world.people["a visitor"]
    asks_for_no_key = operation.path.startswith((APP_SIGN_IN, ENROLMENT, SERVICE_NOTICES))
    without, _body, _written = world.ask(visitor, operation.method, operation.path)
    for held, secret in world.keys.items():
        key = {"Authorization": f"Bearer {secret}"}
        answer, _body, _written = world.ask(visitor, operation.method, operation.path, headers=key)
        expected = (
            {without.status_code}
            if asks_for_no_key
            else {401, 404}  # what stands for a row's key is none
            if operation.path.startswith(ME)
            else {401}
            if held == "revoked"
            else {200, 400, 415, 422}
            if held in operation.scopes
            else {403}
        )
        assert answer.status_code in expected, (held, answer.status_code)


def test_a_key_opens_no_page(world):
    visitor = world.people["a visitor"]
    for name in ("admin:index", "reserved_area", "figures", "desk"):
        for secret in world.keys.values():
            headers = {"Authorization": f"Bearer {secret}"}
            answer, _body, _written = world.ask(visitor, "GET", reverse(name), headers=headers)
            assert is_refused(answer)
