"""What the app reads: every list and page, for the customer's own rows and nobody else's, at a price that does not grow."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from complaints.tests.factories import AddedFileFactory, ComplaintFactory, ComplaintLetterFactory, FeedbackFactory
from contact_center.models import CallBack
from contact_center.tests.factories import (
    CallBackFactory,
    ContactFactory,
    MessageAttachmentFactory,
    MessageFactory,
    TopicQuestionFactory,
)
from customers.models import DocumentOpening
from customers.tests.factories import (
    AccessLogFactory,
    AskedDocumentFactory,
    ClaimFactory,
    ClaimFileFactory,
    ConsentFactory,
    DocumentFactory,
    InstalmentFactory,
    OperationFactory,
    PaymentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from customers.tests.sign_in import signed_in
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def customer(account):
    return account.customer


@pytest.fixture
def app(account):
    """The app of somebody who has signed in."""
    return Client(headers=app_headers(account))


def app_headers(account):
    return {"X-Session-Token": signed_in(account.user).session.session_key, "Accept-Language": "en"}


def paper(customer):
    return DocumentFactory(policy__holder=customer, file=ContentFile(b"%PDF-1.7 %%EOF", name="foglio.pdf"), size=14)


def notice(customer):
    return NoticeFactory(customer=customer, channel="inbox", address="", state="sent", sent_at=timezone.now())


def asked(customer):
    """A request with a message that has a file."""
    contact = ContactFactory(customer=customer)
    file = ContentFile(b"prova", name="nota.txt")
    return MessageAttachmentFactory(message=MessageFactory(contact=contact), file=file).message.contact


def reported(customer):
    """A claim with a file and a document that is asked for."""
    claim = ClaimFactory(policy=PolicyFactory(holder=customer))
    ClaimFileFactory(claim=claim, file=ContentFile(b"prova", name="foto.jpg"))
    AskedDocumentFactory(claim=claim)
    return claim


def complained(customer):
    """A complaint to which a file was added."""
    complaint = ComplaintFactory(customer=customer)
    AddedFileFactory(addition__complaint=complaint, file=ContentFile(b"prova", name="ricevuta.txt"))
    return complaint


def called_back(customer):
    """A call-back in an hour of its own."""
    number = CallBack.objects.count() + 1
    return CallBackFactory(customer=customer, starts_at=timezone.now() + timedelta(days=number))


# Each list, and what puts one more row into it.
LISTS = {
    "me_policies": lambda customer: InstalmentFactory(policy=PolicyFactory(holder=customer)),
    "me_instalments": lambda customer: InstalmentFactory(policy__holder=customer),
    "me_payments": lambda customer: PaymentFactory(instalment__policy__holder=customer),
    "me_claims": reported,
    "me_documents": paper,
    "me_operations": lambda customer: OperationFactory(customer=customer),
    "me_requests": asked,
    "me_call_backs": called_back,
    "me_complaints": complained,
    "me_feedback": lambda customer: FeedbackFactory(customer=customer),
    "me_notices": notice,
    "me_consent_events": lambda customer: ConsentFactory(customer=customer),
    "me_accesses": lambda customer: AccessLogFactory(customer=customer),
}
ALONE = ["me", "me_topics", "me_call_back_places", "me_consents", "me_profile", "me_devices"]


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_list_is_answered_empty_and_filled_in_both_languages(app, customer, language):
    def answers():
        asked = {name: app.get(reverse(name), headers={"Accept-Language": language}) for name in [*LISTS, *ALONE]}
        assert {(each.status_code, each["Content-Language"]) for each in asked.values()} == {(200, language)}
        return {name: answer.json() for name, answer in asked.items() if name in LISTS}

    assert {name for name, answer in answers().items() if answer["results"]} == set()
    for fill in LISTS.values():
        fill(customer)
    assert {name for name, answer in answers().items() if not answer["results"]} == set()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_at_one_row_and_at_three(app, customer, name):
    LISTS[name](customer)
    app.get(reverse(name))
    with CaptureQueriesContext(connection) as at_one:
        app.get(reverse(name))
    LISTS[name](customer)
    LISTS[name](customer)
    with CaptureQueriesContext(connection) as at_three:
        app.get(reverse(name))
    assert len(at_three) == len(at_one) <= 12


def named_in(answer):
    """Every address of one's own that an answer names, wherever it stands."""
    if isinstance(answer, dict):
        return set().union(*map(named_in, answer.values())) if answer else set()
    if isinstance(answer, list):
        return set().union(*map(named_in, answer)) if answer else set()
    return {answer} if isinstance(answer, str) and answer.startswith("/api/v1/me/") else set()


def opened_by(client, addresses):
    """What each address answers; with what the answers name in turn."""
    answers, found = {}, set(addresses)
    while found - answers.keys():
        for address in found - answers.keys():
            answer = client.get(address)
            answers[address] = answer.status_code
            if answer.streaming:
                b"".join(answer.streaming_content)
            if answer["Content-Type"] == "application/json":
                found |= named_in(answer.json())
    return answers


def test_every_address_that_an_answer_names_opens_to_its_customer_and_to_nobody_else(
    app, customer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    for fill in LISTS.values():
        fill(customer)
    PaymentFactory(instalment__policy__holder=customer, paid=True)
    ComplaintLetterFactory(complaint__customer=customer)
    opened = opened_by(app, map(reverse, LISTS))
    of_rows = {
        address
        for address in opened
        if any(part.isdigit() or ("-" in part and len(part) == 36) for part in address.split("/"))
    }
    kinds = {resolve(address).url_name for address in of_rows}
    assert kinds == {
        *("me_policy", "me_payment", "me_receipt", "me_claim", "me_claim_file", "me_document", "me_document_file"),
        *("me_operation", "me_request", "me_attachment", "me_complaint", "me_complaint_letter", "me_complaint_file"),
        "me_notice",
    }
    assert {address: status for address, status in opened.items() if status != 200} == {}
    stranger = Client(headers=app_headers(ReservedAreaAccountFactory()))
    assert {stranger.get(address).status_code for address in of_rows} == {404}


# --- Files ----------------------------------------------------------------------------------------------------------
def test_the_opening_of_a_document_by_the_app_is_written_down_and_not_when_the_app_has_it(
    app, customer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    address = reverse("me_document_file", args=[paper(customer).pk])
    first = app.get(address)
    assert (b"".join(first.streaming_content), first["Content-Length"]) == (b"%PDF-1.7 %%EOF", "14")
    again = app.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert list(DocumentOpening.objects.values_list("door", flat=True)) == ["app"]


# --- Labels and filters -----------------------------------------------------------------------------------------------
def test_labels_are_in_the_language_that_is_asked_for_and_codes_are_the_same(app, customer):
    PolicyFactory(holder=customer)
    rows = [
        app.get(reverse("me_policies"), headers={"Accept-Language": each}).json()["results"][0]
        for each in ("it", "en")
    ]
    assert [row["state"] for row in rows] == ["active", "active"]
    assert [row["state_label"] for row in rows] == ["in vigore", "in force"]


def test_without_a_language_the_customers_own_is_used(account):
    account.customer.language = "en"
    account.customer.save()
    PolicyFactory(holder=account.customer)
    headers = {name: value for name, value in app_headers(account).items() if name != "Accept-Language"}
    answer = Client(headers=headers).get(reverse("me_policies"))
    assert answer.json()["results"][0]["state_label"] == "in force"


def test_documents_of_a_kind_and_of_a_policy(app, customer):
    letter, other = paper(customer), paper(customer)
    by_policy = app.get(reverse("me_documents"), {"policy": letter.policy_id}).json()["results"]
    assert [row["id"] for row in by_policy] == [letter.pk]
    assert len(app.get(reverse("me_documents"), {"kind": "letter"}).json()["results"]) == 2
    assert app.get(reverse("me_documents"), {"kind": "lettera"}).json()["errors"].keys() == {"kind"}
    assert other.kind == "letter"


def test_what_is_paid_elsewhere_is_among_the_instalments(app, customer):
    InstalmentFactory(policy__holder=customer, paid_on="2026-03-01")
    row = app.get(reverse("me_instalments")).json()["results"][0]
    assert (row["paid_on"], row["can_be_paid"], row["cover_until"]) == ("2026-03-01", False, None)


def test_the_form_of_an_operation_says_what_it_asks_and_why_not(app, customer):
    policy = PolicyFactory(holder=customer, tacit_renewal=False)
    refund = app.get(reverse("me_operation_form", args=["refund"]), {"policy": policy.pk}).json()
    assert refund["why_not"] == ""
    assert {fact["name"]: fact["kind"] for fact in refund["facts"]}["iban"] == "text"
    cancel = app.get(reverse("me_operation_form", args=["cancellation"]), {"policy": policy.pk}).json()
    assert cancel["why_not"]
    address = app.get(reverse("me_operation_form", args=["address"])).json()
    assert {fact["name"]: fact["initial"] for fact in address["facts"]}["city"] == customer.city


def test_there_is_no_form_of_an_unknown_kind_or_about_somebody_elses_policy(app):
    theirs = PolicyFactory()
    assert app.get(reverse("me_operation_form", args=["niente"])).status_code == 404
    assert app.get(reverse("me_operation_form", args=["refund"]), {"policy": theirs.pk}).status_code == 404


def test_a_guided_requests_questions_come_with_their_topic(app):
    TopicQuestionFactory(topic__is_public=True, topic__code="prova", code="targa", kind="plate")
    topics = {each["code"]: each for each in app.get(reverse("me_topics")).json()["results"]}
    assert [question["code"] for question in topics["prova"]["questions"]] == ["targa"]


def test_somebody_covered_by_anothers_contract_reads_nothing_of_its_payments(app, customer):
    adherence = PolicyAdherentFactory(customer=customer)
    InstalmentFactory(policy=adherence.policy)
    policy = app.get(reverse("me_policy", args=[adherence.policy_id])).json()
    assert (policy["is_mine"], policy["premium"], policy["instalments"], policy["offers"]) == (False, None, [], [])
    assert [each["name"] for each in policy["adherents"]] == [str(customer)]


def test_the_home_names_for_whom_one_acts_and_with_which_rights(app, account):
    home = app.get(reverse("me")).json()
    assert [(each["id"], each["is_current"], "pay" in each["rights"]) for each in home["accounts"]] == [
        (account.pk, True, True)
    ]


# --- Devices ------------------------------------------------------------------------------------------------------------
def register(app, number=1, **more):
    return app.post(
        reverse("me_devices"),
        {"token": f"device-{number}", "platform": "ios", **more},
        content_type="application/json",
    )


def test_a_device_is_registered_once_however_often_the_app_starts(app):
    assert [register(app).status_code, register(app).status_code] == [201, 200]
    assert [row["platform"] for row in app.get(reverse("me_devices")).json()["results"]] == ["ios"]


def test_a_token_that_moves_to_another_person_leaves_the_first(app):
    register(app)
    other = Client(headers=app_headers(ReservedAreaAccountFactory()))
    assert register(other).status_code == 201
    assert app.get(reverse("me_devices")).json()["results"] == []
    assert len(other.get(reverse("me_devices")).json()["results"]) == 1


def test_a_device_is_forgotten_by_its_person_alone(app):
    device = register(app).json()["id"]
    other = Client(headers=app_headers(ReservedAreaAccountFactory()))
    assert other.delete(reverse("me_device", args=[device])).status_code == 404
    assert app.delete(reverse("me_device", args=[device])).status_code == 204
    assert app.get(reverse("me_devices")).json()["results"] == []


def test_a_person_has_at_most_twenty_devices(app):
    for number in range(20):
        register(app, number)
    refused = register(app, 20)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_devices")


@pytest.mark.parametrize("wrong", [{"platform": "nokia"}, {"token": ""}, {"name": "il mio"}])
def test_a_device_that_is_not_whole_is_refused_by_the_name_of_its_field(app, wrong):
    answer = register(app, **wrong)
    assert (answer.status_code, answer.json()["errors"].keys()) == (400, wrong.keys())


@pytest.mark.parametrize(("event", "shown"), [(None, 0), ("given", 1), ("withdrawn", 0)])
def test_advertising_has_a_room_of_its_own_for_people_who_consented(app, customer, event, shown):
    inbox = {"channel": "inbox", "address": "", "state": "sent", "sent_at": timezone.now()}
    NoticeFactory(customer=customer, is_promotional=True, **inbox)
    if event:
        ConsentFactory(customer=customer, purpose="portal_advertising", channel="portal", event=event)
    rooms = {room: app.get(reverse("me_notices"), {"room": room}).json()["results"] for room in ("inbox", "offers")}
    assert {room: len(rows) for room, rows in rooms.items()} == {"inbox": 0, "offers": shown}
