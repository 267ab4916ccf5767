"""What the pages, lists and files of the back office contain, by role: values whole or masked, nothing of rows that one may
not read, no link that refuses.

The walk of doors (test_rights.py) says who may open a page; this walk draws each page that a role opens, once, and reads it.
"""

import io
import re
import zipfile
from datetime import date

import pgtrigger
import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import client, override_settings
from django.urls import Resolver404, resolve

from complaints.models import Complaint, Feedback
from contact_center.models import Call, CallBack, Contact, Message, WebFormRequest
from customers import roles
from customers.models import (
    CareNeed,
    Claim,
    ContactPoint,
    Customer,
    Document,
    Operation,
    Payment,
    Policy,
    PolicyPerson,
    User,
)
from customers.tests import factories as people
from foundation.masking import Kind
from foundation.office.base import WorkFilter
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory
from vittoria_care import rights, views
from vittoria_care.permissions import PERMISSIONS
from vittoria_care.rights import Who
from vittoria_care.tests.rights_world import NAMES, OURS, THEIRS, make_world, written
from vittoria_care.tests.test_rights import (
    ADDRESSES,
    OPENED,
    QUERIES,
    WRITTEN_BY_A_LOOK,
    is_refused,
    places,
    working_account,
)

# Values that nobody else has, as they are kept and as people write them.
VALUES = {
    Kind.NAME: ["Smeraldoni", "SMERALDONI", "Ildegarda"],
    Kind.TAX_CODE: ["MTSNNA47S52F839Q"],
    Kind.BIRTH_DATE: ["1947-11-12", "12/11/1947", "12 novembre 1947", "12 November 1947"],
    Kind.TELEPHONE: ["+393471928374", "3471928374", "347 192 8374"],
    Kind.BANK_ACCOUNT: ["IT60X0542811101000000987654"],
}
MASKED_AS = {
    Kind.NAME: ["S•••"],
    Kind.TAX_CODE: ["•••839Q"],
    Kind.BIRTH_DATE: ["•••1947"],
    Kind.TELEPHONE: ["•••374"],
    Kind.BANK_ACCOUNT: ["IT•••7654", "IT•••0987", "IT•••4321", "IT•••"],
}
CODE, PHONE, ACCOUNT = VALUES[Kind.TAX_CODE][0], VALUES[Kind.TELEPHONE][0], VALUES[Kind.BANK_ACCOUNT][0]
# What each role sees on the pages, lists and files that it may open: whole, masked, or not at all (what is left out).
# Said once more here, in its own words: a change of the table of permissions must be meant.
ALL_WHOLE = dict.fromkeys(Kind, "whole")
BUT_THE_NAME = dict.fromkeys(Kind, "masked") | {Kind.NAME: "whole"}
SEEN = {
    roles.AGENT: ALL_WHOLE,
    roles.SPECIALIST: ALL_WHOLE,
    roles.COMPLAINT_OFFICER: ALL_WHOLE,
    roles.AGENCY_MEMBER: {
        Kind.NAME: "whole",
        Kind.TAX_CODE: "masked",
        Kind.BIRTH_DATE: "masked",
        Kind.TELEPHONE: "whole",
        Kind.BANK_ACCOUNT: "masked",  # in the words of a complaint on which their position is asked
    },
    roles.CAMPAIGN_AUTHOR: {},
    roles.MANAGER: dict.fromkeys(Kind, "masked"),
    roles.AUDITOR: BUT_THE_NAME,
    roles.DATA_OFFICER: BUT_THE_NAME,
    roles.ADMINISTRATOR: BUT_THE_NAME,
}
SENTENCE = f"Sono Ildegarda Smeraldoni, il mio codice fiscale è {CODE}, il conto {ACCOUNT}, il numero {PHONE}."

# A field of each model that pages print, and a word for it that stands nowhere else.
WORDS = {
    Complaint: ("subject", "Opalescenti"),
    Feedback: ("text", "Turmalinici"),
    Contact: ("subject", "Granatiferi"),
    WebFormRequest: ("policy_number", "Topaziali"),
    Call: ("external_id", "Malachitici"),
    Notice: ("subject", "Lapislazzuli"),
    Policy: ("number", "Corallini"),
    Claim: ("number", "Diasprini"),
    Document: ("title", "Agatati"),
    PolicyPerson: ("name", "Ambrati"),
    CareNeed: ("note", "Berillini"),
}
HREF = re.compile(r'href="(/[^"#]*)')
DOORS: dict[str, list[rights.Door]] = {}
for door in rights.all_doors():
    DOORS.setdefault(door.address, []).append(door)


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """In place of the database that each test has to itself: one for the module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module", autouse=True)
def refusals_say_nothing():
    """Draw no page that refuses, nor keep the contexts of those that are drawn: neither is read here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "_refused", lambda request, why, status: HttpResponse(status=status))
        patch.setattr(client, "store_rendered_templates", lambda *args, **kwargs: None)
        yield


@pytest.fixture(scope="module")
def world(db, tmp_path_factory):
    folders = {"EMAIL_FILE_PATH": "mail", "MEDIA_ROOT": "media", "PAYMENT_SANDBOX_PATH": "payments"}
    kept = {name: tmp_path_factory.mktemp(folder) for name, folder in folders.items()}
    with override_settings(EMAIL_BACKEND="vittoria_care.demonstration.mail.EmailBackend", **kept):
        world = make_world()
        _mark(world.rows[OURS])
        world.counted, world.account = written(), working_account()
        yield world


def _mark(rows):
    """Every value of our customer that may be masked is a marked one, and each model has its word."""
    customer = rows[Customer]
    ContactPoint.objects.filter(customer=customer).delete()
    ContactPoint.objects.create(customer=customer, kind="phone", value="+393470000000", stated=PHONE)
    ContactPoint.objects.filter(customer=customer).update(value=PHONE)  # the earlier one is in the history
    rows[ContactPoint] = ContactPoint.objects.get(customer=customer)
    Customer.objects.filter(pk=customer.pk).update(tax_code=CODE, birth_date=date(1947, 11, 12))
    Customer.objects.filter(pk=customer.pk).update(first_name="Ildegarda", last_name="Smeraldoni")
    User.objects.filter(reserved_area_accounts__customer=customer).update(
        first_name="Ildegarda", last_name="Smeraldoni"
    )
    rows[Payment] = people.PaymentFactory(
        customer=customer, policy=rows[Payment].policy, payer_name="Ildegarda Smeraldoni"
    )
    people.CareNeedFactory(customer=customer, kind="sight", note=SENTENCE)
    people.DataChangeFactory(customer=customer, new=PHONE, words=SENTENCE)
    Customer.objects.filter(pk=customer.pk).update(city="Trieste")  # a version with the marked values
    PolicyPerson.objects.filter(policy__holder=customer).update(phone=PHONE, name="Ildegarda Smeraldoni")
    Contact.objects.filter(customer=customer).update(address=PHONE)
    WebFormRequest.objects.filter(contact__customer=customer).update(
        phone=PHONE, tax_code=CODE, name="Ildegarda Smeraldoni"
    )
    Message.objects.filter(contact__customer=customer).update(text=SENTENCE)
    Call.objects.filter(contact__customer=customer).update(caller=PHONE, caller_stated=PHONE)
    CallBack.objects.filter(contact__customer=customer).update(phone=PHONE)
    named = {"complainant_name": "Ildegarda Smeraldoni", "text": SENTENCE}
    Complaint.objects.filter(customer=customer, answered_at__isnull=True).update(phone=PHONE, tax_code=CODE, **named)
    with pgtrigger.ignore("complaints.Feedback:given_is_fixed"):
        Feedback.objects.filter(customer=customer).update(text=SENTENCE)
    rows[Notice] = NoticeFactory(customer=customer, channel="sms", address=PHONE, body_text=SENTENCE)
    told = {"evento": {"description": SENTENCE}}
    rows[Claim] = people.ClaimReportFactory(claim__policy=rows[Claim].policy, answers=told).claim
    surrender = {"extent": "part", "amount": "100.00", "iban": ACCOUNT, "owner": "Ildegarda Smeraldoni"}
    rows[Operation] = people.OperationFactory(
        policy=rows[Operation].policy, kind=Operation.Kind.SURRENDER, facts=surrender
    )
    for model, (field, word) in WORDS.items():
        with pgtrigger.ignore(
            "notifications.Notice:what_went_is_fixed",
            "customers.Document:document_is_fixed",
            "complaints.Feedback:given_is_fixed",
            "customers.CareNeed:care_need_is_fixed",
        ):
            model._base_manager.filter(pk=rows[model].pk).update(**{field: word})


def _told(answer, body: bytes) -> str:
    """What an answer says, with what a spreadsheet has inside."""
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode(errors="replace")


def pages_of(world, label):
    """Every page, list and file with our rows that the person may open: (path, what it says).

    The doors that the table does not open to the person are tried in test_rights.py.
    """
    person = world.people[label]
    for name, whose, path, doors in places(world):
        about_a_row = bool(ADDRESSES[name].arguments)
        ways = [door for door in doors if door.who is Who.STAFF and "GET" in door.methods]
        if whose != OURS or not any(person.opens(door, whose, about_a_row=about_a_row) for door in ways):
            continue
        answer, body, written = world.ask(person, "GET", path, QUERIES.get(name) or _everything(name))
        assert answer.status_code in OPENED, f"{label}: {path} answered {answer.status_code}"
        assert not is_refused(answer), f"{label}: {path} sends to the sign-in page"
        assert not written - WRITTEN_BY_A_LOOK, f"{label}: {path} wrote to {written}"
        if answer.status_code in (200, 409):
            yield path, _told(answer, body)


def _everything(name: str) -> dict[str, str]:
    """What asks a list for all its rows, where it shows open work at first."""
    for model, office in admin.site._registry.items():
        if name == f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist":
            shown = (each for each in office.list_filter if isinstance(each, type))
            return {"work": "all"} if any(issubclass(each, WorkFilter) for each in shown) else {}
    return {}


def opens(person, path: str) -> bool:
    """Whether the table of doors lets the person look at the address of a link."""
    if path.startswith("/static/") or (settings.WHITENOISE_ROOT / path[1:]).is_file():
        return True
    try:
        match = resolve(path)
    except Resolver404:
        return False
    doors = [door for door in DOORS.get(match.view_name, ()) if "GET" in door.methods]
    if match.view_name.endswith(("_command", "_list_command")):
        doors = [door for door in doors if door.command == match.kwargs["name"]]
    return any(door.who is not Who.STAFF or person.may(door.needs) for door in doors)


@pytest.fixture(scope="module", params=sorted(SEEN))
def role(request):
    return request.param


@pytest.fixture(scope="module")
def pages(world, role):
    found = list(pages_of(world, role))
    assert len(found) > (5 if role == roles.CAMPAIGN_AUTHOR else 15)
    return found


def test_the_table_names_every_role_that_opens_pages():
    assert set(SEEN) == {role for role in roles.STAFF if PERMISSIONS[role]}


def test_each_role_sees_what_it_needs_whole_and_the_rest_masked(role, pages):
    whole = {
        kind: [f"{path}: {each}" for path, told in pages for each in VALUES[kind] if each in told] for kind in Kind
    }
    masked = {kind for kind in Kind if any(each in told for _path, told in pages for each in MASKED_AS[kind])}
    too_much = [each for kind in Kind if SEEN[role].get(kind) != "whole" for each in whole[kind]]
    assert not too_much, "\n".join(too_much)
    found = {kind: "whole" if whole[kind] else "masked" for kind in Kind if whole[kind] or kind in masked}
    assert found == SEEN[role]


def test_a_page_shows_nothing_of_rows_that_its_reader_may_not_read(world, role, pages):
    person = world.people[role]
    hidden = {
        word
        for model, (_field, word) in WORDS.items()
        if not person.may((f"{model._meta.app_label}.view_{model._meta.model_name}",))
    }
    hidden |= {NAMES[THEIRS]} - {NAMES[each] for each in person.reach}
    wrong = [f"{path} shows {word}" for path, told in pages for word in hidden if word.lower() in told.lower()]
    assert not wrong, "\n".join(wrong)


def test_a_page_leads_where_its_reader_may_go(world, role, pages):
    person = world.people[role]
    leads = {(path, link.partition("?")[0]) for path, told in pages for link in HREF.findall(told)}
    wrong = [f"{path} leads to {link}" for path, link in leads if not opens(person, link)]
    assert not wrong, "\n".join(sorted(wrong))


def test_the_words_are_printed_for_people_who_may_read_them(world):
    """Or the tests above would look for what is nowhere."""
    printed = "".join(told for _path, told in pages_of(world, "the superuser"))
    assert {word for _field, word in WORDS.values() if word not in printed} == set()
    assert NAMES[THEIRS] in printed
