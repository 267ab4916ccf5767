"""The Python client does everything that a customer can, from enrolment to the sign-out: what the app has to be able to do.

One journey, over a real connection; mails and texts are read for their links and codes as a person reads them.
"""

import io
import json
import re
import time
import uuid
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.db.transaction import Atomic
from drf_spectacular.generators import SchemaGenerator
from examples.pay_what_is_due import confirm
from myvittoria import Client, Copy, SignInRefused, pending
from myvittoria.problems import BY_CODE, AskedAlready, AskFromOwnFile, LastPerson, NeedsCode, NotFound, SignedOut
from PIL import Image

from contact_center.tests.factories import SatisfactionSurveyFactory, TopicFactory
from customers.models import AskedDocument, Claim, Customer, User
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    AskedDocumentFactory,
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    DocumentFactory,
    InstalmentFactory,
    LifePolicyFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
)
from reserved_area.api.codes import CODES
from scripts import make_client
from vittoria_care.privacy.making import make_data_exports
from vittoria_care.wsgi import application

NOW = "2026-05-04T08:00:00Z"  # a Monday
EMAIL, PASSWORD = "maria@posta.example", "una-parola-tutta-nuova-7"
PHONE, IBAN = "+393331112233", "IT60X0542811101000000123456"


# --- An installation and its customer -----------------------------------------------------------------------------------
class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def committed(db, monkeypatch) -> None:
    """What waits for the end of a transaction is done at the end of each command, as outside a test's own transaction."""
    shared = connections["default"]
    leave: Any = Atomic.__exit__
    depth = len(shared.savepoint_ids)

    def left(self: Atomic, *error: Any) -> None:
        leave(self, *error)
        if len(shared.savepoint_ids) == depth:
            waiting, shared.run_on_commit = shared.run_on_commit, []
            for each in waiting:
                each[1]()

    monkeypatch.setattr(Atomic, "__exit__", left)


@pytest.fixture
def address(committed, settings, tmp_path, time_machine) -> Iterator[str]:
    """The project, served on a port of this machine; it sees what the test has written, and all is undone."""
    time_machine.move_to(NOW)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PAYMENT_PROVIDER, settings.PAYMENT_SANDBOX_PATH = "sandbox", tmp_path / "payments"
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path / "sms"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    shared = connections["default"]
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)

    def serve() -> None:
        connections["default"] = shared
        server.serve_forever(poll_interval=0.01)

    shared.inc_thread_sharing()
    thread = Thread(target=serve)
    thread.start()
    settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
    yield settings.SITE_URL
    server.shutdown()
    thread.join()
    server.server_close()
    shared.dec_thread_sharing()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def maria(db) -> Any:
    """A customer with policies, claims and dues, who has no sign-in yet."""
    customer = CustomerFactory(address="Via Po 1", postal_code="20121")
    ContactPointFactory(customer=customer, kind="email", value=EMAIL)
    ContactPointFactory(customer=customer, value=PHONE)
    policy = PolicyFactory(number="P1", holder=customer)
    InstalmentFactory(policy=policy, due_on=date(2026, 5, 9), amount=Decimal("1240.50"))
    DocumentFactory(policy=policy, file=ContentFile(b"%PDF-1.7\n", name="lettera.pdf"))
    return customer


def letters(settings: Any) -> tuple[str, str]:
    """The texts of the last mail and of the last SMS, once what waits has gone out."""
    call_command("deliver_notices", verbosity=0)
    texts = sorted(Path(settings.SMS_FILE_PATH).glob("*.json")) if Path(settings.SMS_FILE_PATH).exists() else []
    return str(mail.outbox[-1].body), json.loads(texts[-1].read_text())["text"] if texts else ""


def photograph() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "JPEG")
    return content.getvalue()


# --- What every kind of operation is asked about, with its facts ----------------------------------------------------------
PAID = {"iban": IBAN, "owner": "Maria Rossi"}
OFFER = {"offered_amount": "1200.00", "offered_on": "2026-05-01"}


def offered(customer: Customer) -> Any:
    return ClaimFactory(
        policy__holder=customer,
        customer=customer,
        state="offered",
        offered_amount=Decimal("1200.00"),
        offered_on=date(2026, 5, 1),
    )


def asked_for(customer: Customer) -> dict[Any, tuple[Any, dict[str, Any]]]:
    """By kind: the policy or claim, and the facts."""
    motor = lambda **given: PolicyFactory(holder=customer, **given)  # noqa: E731
    return {
        "address": (None, {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "MI"}),
        "language": (None, {"language": "en"}),
        "suspension": (motor(), {"day": "2026-05-10", "understood": True}),
        "reactivation": (motor(state="suspended", suspended_on=date(2026, 4, 1)), {"day": "2026-05-10"}),
        "settlement": (ClaimFactory(policy__holder=customer, customer=customer), PAID),
        "surrender": (LifePolicyFactory(holder=customer), PAID | {"extent": "whole"}),
        "frequency": (motor(), {"frequency": "quarterly"}),
        "offer_accepted": (offered(customer), PAID | OFFER | {"understood": True}),
        "offer_refused": (offered(customer), OFFER | {"text": "Il danno è maggiore."}),
        "withdrawal": (motor(starts_on=date(2026, 5, 1), ends_on=date(2027, 5, 1)), PAID),
        "cancellation": (motor(tacit_renewal=True), {"understood": True}),
        "refund": (motor(), PAID | {"reason": "sold", "amount": "120.00"}),
        "copy": (motor(), {"document": "contract"}),
    }


# --- The journey ------------------------------------------------------------------------------------------------------
def test_a_customer_does_everything_by_the_client_alone(address, maria, settings, time_machine):
    app = Client(address, language="en", app_version="5.2.0", sleep=lambda _seconds: None)
    enrols(app, maria, settings)
    codes = sets_up_a_second_factor(app, time_machine)
    signs_in_in_every_way(app, codes, settings)
    app.prove = lambda: app.prove_with_password(password=PASSWORD)
    reads(app, maria)
    holds_a_copy_of_a_list(app, maria)
    pays(app, maria)
    reports_a_claim_with_photographs(app)
    does_every_kind_of_operation(app, maria, settings)
    writes_and_is_answered(app, maria)
    is_called_back(app)
    complains_and_says_what_they_think(app)
    decides_on_consents(app)
    reads_notices(app)
    acts_for_a_company(app)
    asks_to_act_for_a_parent(app)
    decides_who_acts_for_a_company(app, settings)
    has_devices_and_sign_ins(app)
    has_a_calendar(app)
    takes_their_data_and_asks_for_erasure(app)
    changes_the_address_of_the_sign_in(app, settings)
    signs_out_for_good(app)


def enrols(app: Client, customer: Customer, settings: Any) -> None:
    """They ask with tax code, policy and address, follow the link of the mail, choose a password and sign in."""
    assert app.get_service_notices()["notices"] == []
    terms = app.get_enrolment_terms()
    who = {"tax_code": customer.tax_code, "policy_number": "P1", "email": EMAIL}
    app.begin_enrolment(**who, submission_key=str(uuid.uuid4()))
    secret = re.search(r"/area-riservata/iscrizione/([\w-]+)/", letters(settings)[0])
    assert secret is not None
    finish = {"secret": secret[1], "password": PASSWORD, "terms_version": terms["terms_version"]}
    assert app.finish_enrolment(**finish)["email"] == EMAIL
    with pytest.raises(SignInRefused):
        app.sign_in(EMAIL, "un’altra")
    app.sign_in(EMAIL, PASSWORD)
    assert app.get_home()["name"]


def sets_up_a_second_factor(app: Client, time_machine: Any) -> list[str]:
    """An authenticator app is set up with its secret, and recovery codes are kept."""
    secret = app.get_totp()["meta"]["secret"]
    time_machine.shift(31)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    app.activate_totp(code=code)
    data: Any = app.get_recovery_codes()["data"]
    return list(data["unused_codes"])


def signs_in_in_every_way(app: Client, codes: list[str], settings: Any) -> None:
    """By password and by a code of the mail; each time the second factor is wanted besides."""
    app.sign_out()
    assert pending(app.sign_in(EMAIL, PASSWORD)) == "mfa_authenticate"
    with pytest.raises(SignedOut):
        app.get_home()
    app.sign_in(EMAIL, PASSWORD, second_factor=codes.pop)
    assert app.get_home()["name"]
    app.sign_out()

    def read_code() -> str:
        found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", letters(settings)[0])
        assert found is not None
        return found[0]

    app.sign_in_by_mail(EMAIL, read_code, second_factor=codes.pop)
    assert app.get_sign_in()["meta"]["is_authenticated"]


def reads(app: Client, customer: Customer) -> None:
    """Home, policies, documents and their files, profile, accesses."""
    (policy,) = app.each(app.list_policies)
    assert app.get_policy(policy["id"])["number"] == "P1"
    (document,) = app.each(app.list_documents, policy=policy["id"])
    assert app.get_document(document["id"])["versions"] == []
    assert app.get_document_file(document["id"]).startswith(b"%PDF")
    assert app.get_profile()["sign_in_email"] == EMAIL
    assert list(app.each(app.list_accesses)) == []
    with pytest.raises(NotFound):
        app.get_policy(PolicyFactory.create().pk)


def holds_a_copy_of_a_list(app: Client, customer: Customer) -> None:
    """What the device holds is brought up to date by what has changed."""
    copy = app.refresh(app.list_policies, Copy(), limit=1)
    added = PolicyFactory.create(holder=customer)
    copy = app.refresh(app.list_policies, copy)
    assert added.pk in copy.rows
    assert len(copy.rows) == 2


def pays(app: Client, customer: Customer) -> None:
    """An instalment and a renewal are paid on the page of the provider, and their receipts are read."""
    due = next(row for row in app.each(app.list_instalments) if row["can_be_paid"])
    key = str(uuid.uuid4())
    begun = [app.pay_instalment(due["id"], key=key) for _twice in range(2)]
    assert begun[0]["id"] == begun[1]["id"]
    assert not app.check_payment(begun[0]["id"])["is_known"]
    confirms(app, begun[0])
    old = PolicyFactory.create(holder=customer, starts_on=date(2025, 5, 20), ends_on=date(2026, 5, 20))
    offer = RenewalOfferFactory.create(policy=old)
    confirms(app, app.accept_renewal_offer(offer.pk, accepted=True))
    for payment in app.each(app.list_payments):
        assert app.get_payment(payment["id"])["state"] == "paid"
        assert app.get_receipt(payment["id"]).startswith(b"%PDF")


def confirms(app: Client, begun: Any) -> None:
    """They pay on the page of the provider, and the app asks how it went."""
    confirm(app.base_url + begun["checkout_url"])
    assert app.check_payment(begun["id"])["state"] == "paid"


def reports_a_claim_with_photographs(app: Client) -> None:
    """Step by step; a photograph that is sent three times in a tunnel is one; then a message and a document asked for."""
    policy = app.list_policies_to_report()["results"][0]
    draft = app.begin_claim_report(policy=policy)
    for step, answers in CRASH.items():
        draft = app.save_claim_report_step(draft["key"], step, version=draft["version"], answers=answers)
    key = str(uuid.uuid4())
    sent = [app.add_claim_report_file(draft["key"], content=photograph(), name="urto.jpg", key=key) for _ in range(3)]
    assert len({each["key"] for each in sent}) == 1
    assert app.get_claim_report_file(draft["key"], sent[0]["key"])
    report = app.send_claim_report(draft["key"], declared=True)
    assert app.send_claim_report(draft["key"], declared=True)["claim"] == report["claim"]
    claim = app.get_claim(report["claim"])
    (photo,) = claim["files"]
    assert app.get_claim_file(claim["id"], photo["key"])
    assert app.send_claim_message(claim["id"], text="Quando viene il perito?")["id"]
    wanted = AskedDocumentFactory.create(claim=Claim.objects.get(pk=claim["id"]))
    upload = app.send_upload(content=b"%PDF-1.7 preventivo", name="preventivo.pdf")
    app.send_claim_document(claim["id"], wanted.pk, uploads=[upload["key"]])
    assert AskedDocument.objects.get(pk=wanted.pk).state == "received"
    given_up = app.begin_claim_report(policy=policy)
    app.discard_claim_report(given_up["key"])
    assert app.list_claim_reports()["results"] == []


def does_every_kind_of_operation(app: Client, customer: Customer, settings: Any) -> None:
    """Each kind is looked at and asked for once; a new number and a new address by the code that is sent to them."""
    done: set[str] = set()
    for kind, (subject, facts) in asked_for(customer).items():
        about: dict[str, Any] = {} if subject is None else {subject._meta.model_name: subject.pk}
        form = app.get_operation_form(kind, **about)
        assert form["why_not"] == "", (kind, form)
        looked_at = app.check_operation(kind=kind, facts=facts, **about)
        assert looked_at["why_not"] == "", (kind, looked_at)
        asked = app.ask_operation(kind=kind, facts=facts, **about)
        assert app.get_operation(asked["id"])["kind"] == kind
        done.add(kind)
    changes: dict[Any, dict[str, Any]] = {
        "phone": {"phone": "333 999 8877", "replaces": PHONE},
        "email": {"email": "maria.rossi@posta.example", "replaces": EMAIL},
    }
    for kind, facts in changes.items():
        with pytest.raises(NeedsCode):
            app.ask_operation(kind=kind, facts=facts)
        sent = app.send_operation_code(kind=kind, facts=facts)
        written, text = letters(settings)
        code = re.search(r"\b\d{6}\b", text if kind == "phone" else written)
        assert code is not None
        assert app.use_operation_code(sent["key"], code=code[0])["state"] == "done"
        done.add(kind)
    offered_kinds = set(app_kinds())
    assert done == offered_kinds
    waiting = next(row for row in app.each(app.list_operations) if row["kind"] == "copy")
    with pytest.raises(AskedAlready):
        app.ask_operation(kind="copy", policy=waiting["policy"], facts={"document": "contract"})
    assert app.withdraw_operation(waiting["id"])["state"] == "withdrawn"


def app_kinds() -> list[str]:
    """The kinds that the schema offers to ask for, those by a code among them."""
    schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    return [*schemas["OperationInputKindEnum"]["enum"]]


def writes_and_is_answered(app: Client, customer: Customer) -> None:
    """A request with a file, another message, and whether it was resolved."""
    TopicFactory.create(is_public=True)
    notice = app.list_topics()["privacy_version"]
    upload = app.send_upload(content=b"%PDF-1.7 lettera", name="lettera.pdf")
    asked = app.send_request(
        form="open", privacy_version=notice, subject="Copia", text="Vorrei una copia.", uploads=[upload["key"]]
    )
    app.send_request_message(asked["id"], text="Ancora una parola.")
    thread = app.get_request(asked["id"])["thread"]["messages"]
    assert [each["text"] for each in thread][-1] == "Ancora una parola."
    assert app.get_attachment(thread[0]["attachments"][0]["key"]).startswith(b"%PDF")
    app.remove_upload(upload["key"])
    assert upload["key"] not in {each["key"] for each in app.list_uploads()["results"]}
    survey = SatisfactionSurveyFactory.create(contact__customer=customer)
    assert app.answer_survey(survey.contact_id, resolved=True, rating=5)["message"]


def is_called_back(app: Client) -> None:
    """A call-back is booked, moved and called off."""
    first, second = [each["starts_at"] for each in app.get_call_back_places()["places"] if not each["is_taken"]][:2]
    booked = app.book_call_back(starts_at=first, phone="333 999 8877")
    assert app.move_call_back(booked["id"], starts_at=second)["id"] == booked["id"]
    app.cancel_call_back(booked["id"])
    (row,) = app.each(app.list_call_backs)
    assert row["cancelled_at"]


def complains_and_says_what_they_think(app: Client) -> None:
    """A complaint with something added to it, and an opinion."""
    complaint = app.send_complaint(subject="Ritardo", text="Aspetto da due mesi.")
    app.add_to_complaint(complaint["id"], text="Ecco la lettera.")
    assert app.get_complaint(complaint["id"])["number"] == complaint["number"]
    app.send_feedback(rating=4, text="Comoda.")
    assert [row["rating"] for row in app.each(app.list_feedback)] == [4]


def decides_on_consents(app: Client) -> None:
    """One is given as its text stands and waits for the link; it is withdrawn at once."""
    text = next(each for each in app.get_consents()["asked"] if each["purpose"] == "marketing")
    assert app.give_consent("marketing", "email", version=text["version"])["is_waiting"]
    assert app.withdraw_consent("marketing", "email")["event"] == "withdrawn"
    assert [row["event"] for row in app.each(app.list_consent_events)] == ["withdrawn", "given"]


def reads_notices(app: Client) -> None:
    """What was written to them is opened, and is read for good."""
    notice = next(app.each(app.list_notices))
    assert app.get_notice(notice["id"])["title"]
    app.mark_notice_read(notice["id"])
    assert app.get_notice(notice["id"])["read_at"]


def acts_for_a_company(app: Client) -> None:
    """They choose the company, read its policies, and find their own again afterwards."""
    user = User.objects.get(email=EMAIL)
    account = ReservedAreaAccountFactory.create(user=user, member=True)
    policy = PolicyFactory.create(holder=account.customer)
    company = next(each for each in app.get_home()["accounts"] if each["id"] == account.pk)
    with app.acting(company["id"]):
        assert [row["id"] for row in app.each(app.list_policies)] == [policy.pk]
    with pytest.raises(NotFound):
        app.get_policy(policy.pk)


def asks_to_act_for_a_parent(app: Client) -> None:
    """The decree goes ahead, and the request after it, from their own file; what was asked is read and taken back."""
    member = next(each for each in app.each(app.list_accounts) if each["capacity"] == "member")
    about: dict[str, Any] = {
        "capacity": "guardian",
        "person": "Ada Bruni",
        "tax_code": CustomerFactory.create().tax_code,
    }
    with app.acting(member["id"]):
        upload = app.send_upload(content=b"%PDF-1.7 decreto", name="decreto.pdf")
        with pytest.raises(AskFromOwnFile):
            app.ask_to_act(**about, uploads=[upload["key"]])
    upload = app.send_upload(content=b"%PDF-1.7 decreto", name="decreto.pdf")
    asked = app.ask_to_act(**about, uploads=[upload["key"]])
    (row,) = app.each(app.list_acting_requests)
    assert (row["id"], row["may_be_withdrawn"]) == (asked["id"], True)
    assert app.withdraw_acting_request(row["id"])["state"] == "withdrawn"


def decides_who_acts_for_a_company(app: Client, settings: Any) -> None:
    """A person is invited, joins by the link, gets other rights and is removed; the last who decides stays, a guardian goes."""
    user = User.objects.get(email=EMAIL)
    account = ReservedAreaAccountFactory.create(user=user, member=True)
    with app.acting(account.pk):
        app.invite_person(email="carla@posta.example", rights=["pay"])
        colleague = joins(app.base_url, settings)
        (row,) = [each for each in app.each(app.list_people) if not each["is_me"]]
        assert (row["id"], row["rights"]) == (colleague, ["pay"])
        app.change_person_rights(row["id"], rights=["people"])
        assert app.get_person(row["id"])["rights"] == ["people"]
        app.invite_person(email="dario@posta.example", rights=[])
        (waiting,) = app.each(app.list_invitations)
        assert app.withdraw_invitation(waiting["id"])["state"] == "withdrawn"
        assert app.end_person_access(row["id"])["state"] == "closed"
    with pytest.raises(LastPerson):
        app.leave_account(account.pk)
    guardian = ReservedAreaAccountFactory.create(user=user, by_document=True)
    assert app.leave_account(guardian.pk)["state"] == "closed"
    assert guardian.pk in {each["id"] for each in app.each(app.list_accounts, room="over")}


def joins(base_url: str, settings: Any) -> int:
    """The invited person opens the link in the app, chooses a password and signs in."""
    link = re.search(r"/area-riservata/invito/([\w-]+)/", letters(settings)[0])
    assert link is not None
    new = Client(base_url, sleep=lambda _seconds: None)
    offered_here = new.open_invitation(secret=link[1])
    assert not offered_here["has_sign_in"]
    joined = new.accept_invitation(
        secret=link[1],
        terms_version=offered_here["terms_version"],
        first_name="Carla",
        last_name="Neri",
        password=PASSWORD,
    )
    new.sign_in(joined["email"], PASSWORD)
    assert [each["id"] for each in new.get_home()["accounts"]] == [joined["account"]]
    return joined["account"]


def changes_the_address_of_the_sign_in(app: Client, settings: Any) -> None:
    """The code that comes to the new address changes it; the client goes on with the token of the answer."""
    change = app.change_sign_in_address(email="maria.nuova@posta.example")
    code = re.search(r"\b\d{6}\b", letters(settings)[0])
    assert code is not None
    assert not app.get_sign_in_address_change(change["key"])["is_over"]
    app.confirm_sign_in_address(change["key"], code=code[0])
    assert app.get_profile()["sign_in_email"] == "maria.nuova@posta.example"


def has_devices_and_sign_ins(app: Client) -> None:
    """The telephone is registered for push messages and forgotten; the sign-in of another device is ended."""
    device = app.register_device(token="t" * 40, platform="ios")
    assert app.register_device(token="t" * 40, platform="ios")["id"] == device["id"]
    app.forget_device(device["id"])
    assert list(app.each(app.list_devices)) == []
    app.end_other_sessions()
    assert [row["is_this"] for row in app.each(app.list_sessions)] == [True]


def has_a_calendar(app: Client) -> None:
    """The address of their deadlines is given out and taken back."""
    made = app.make_calendar()
    assert made["url"]
    assert made["id"] is not None
    assert app.revoke_calendar(id=made["id"])["url"] is None


def takes_their_data_and_asks_for_erasure(app: Client) -> None:
    """A copy is asked for, made, taken with a fresh proof and deleted; erasure is explained, asked for and taken back."""
    asked = app.ask_data_export()
    make_data_exports()
    ready = app.get_data_export(asked["key"])
    assert ready["state"] == "ready"
    with zipfile.ZipFile(io.BytesIO(app.get_data_export_file(asked["key"]))) as archive:
        assert archive.testzip() is None
    app.end_data_export(asked["key"])
    assert app.get_erasure()["stays"]
    erasure = app.ask_erasure(read=True)
    assert app.withdraw_erasure(erasure["id"])["state"] == "withdrawn"


def signs_out_for_good(app: Client) -> None:
    """The token opens nothing any more, wherever it was kept."""
    token = app.session_token
    app.sign_out()
    stolen = Client(app.base_url, session_token=token)
    with pytest.raises(SignedOut):
        stolen.get_home()


# --- Made from the schema -----------------------------------------------------------------------------------------------
def test_the_generated_files_are_what_the_schema_says():
    files = make_client.files_of(SchemaGenerator().get_schema(request=None, public=True))
    assert make_client.stale(files) == [], "run scripts/make_client.py"


def test_every_code_has_its_exception():
    assert set(BY_CODE) == set(CODES)
