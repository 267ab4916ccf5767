"""The app asks for operations: looked at, sent once, taken back; and one's own data by a code."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from contact_center.models import Contact
from customers.models import Operation, ProofCode
from customers.models.account import Capacity
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    OperationFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from notifications.models import Notice
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

IBAN = "IT60X0542811101000000123456"


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, value="+393331112233")
    return account


@pytest.fixture
def app(account):
    return App(account, proved=True)


@pytest.fixture
def policy(account):
    return PolicyFactory(holder=account.customer)


@pytest.fixture
def offered(account):
    claim = ClaimFactory(policy__holder=account.customer, customer=account.customer, state="offered")
    claim.offered_amount, claim.offered_on = Decimal("1200.00"), date(2026, 5, 1)
    claim.save()
    return claim


def suspension(policy, **facts):
    return {"kind": "suspension", "policy": policy.pk, "facts": {"day": "2026-05-10", "understood": True, **facts}}


def acceptance(claim, account, amount="1200.00"):
    facts = {
        "offered_amount": amount,
        "offered_on": "2026-05-01",
        "iban": IBAN,
        "owner": account.customer.letter_name,
        "understood": True,
    }
    return {"kind": "offer_accepted", "claim": claim.pk, "facts": facts}


# --- Asking -----------------------------------------------------------------------------------------------------------
def test_what_is_asked_in_the_app_waits_in_the_first_level(app, policy):
    answer = app.send("operations/", suspension(policy))
    operation, contact = Operation.objects.get(), Contact.objects.get()
    assert answer.status_code == 201, answer.content
    assert (answer.json()["id"], answer.json()["number"], answer.json()["state"]) == (
        operation.pk,
        operation.number,
        "asked",
    )
    assert (operation.channel, contact.channel, contact.operation) == ("app", "app", operation)


def test_the_same_key_sent_again_asks_once_and_is_answered_the_same(app, policy):
    answers = [app.send("operations/", suspension(policy), key="k") for _twice in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Operation.objects.count() == 1


def test_the_same_key_after_the_kept_answer_was_forgotten_still_asks_once(app, policy):
    first = app.send("operations/", suspension(policy), key="k")
    with time_machine.travel("2026-05-08T10:00:00+02:00", tick=False):
        again = App(Operation.objects.get().customer.reserved_area_accounts.get())
        answer = again.send("operations/", suspension(policy), key="k")
    assert answer.json()["id"] == first.json()["id"]


def test_the_same_key_with_another_body_is_refused(app, policy):
    app.send("operations/", suspension(policy), key="k")
    answer = app.send("operations/", suspension(policy, day="2026-05-11"), key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_without_a_key_nothing_is_asked(app, policy):
    answer = app.client.post("/api/v1/me/operations/", suspension(policy), content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert not Operation.objects.exists()


def test_the_same_asked_twice_names_the_one_that_waits(app, policy):
    first = app.send("operations/", suspension(policy)).json()
    answer = app.send("operations/", suspension(policy))
    assert (answer.status_code, answer.json()["code"], answer.json()["operation"]) == (
        409,
        "asked_already",
        first["id"],
    )


def test_what_is_wrong_is_said_of_each_fact(app, policy):
    answer = app.send("operations/", suspension(policy, day="2027-01-01", understood=False))
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"facts.day", "facts.understood"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"day": "2026-05-10", "understood": "no"}, "facts.understood"),
        ({"day": True, "understood": True}, "facts.day"),
        ({"day": "2026-05-10", "understood": True, "giorno": "x"}, "facts.giorno"),
        ({"day": 7, "understood": True}, "facts.day"),
        ({"day": ["2026-05-10"], "understood": True}, "facts.day"),
        ([], "facts"),
        ("day", "facts"),
    ],
)
def test_a_fact_of_the_wrong_type_or_name_is_refused_by_name(app, policy, facts, field):
    answer = app.send("operations/", {"kind": "suspension", "policy": policy.pk, "facts": facts})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("text", ["a" * 2_001, "\u0000" * 10_000, "‮مرحبا 🚗 " * 10])
def test_a_long_or_strange_text_is_kept_or_refused_in_words(app, policy, text):
    facts = {"document": "contract", "text": text}
    answer = app.send("operations/", {"kind": "copy", "policy": policy.pk, "facts": facts})
    assert answer.status_code == (400 if len(text) == 2_001 else 201), answer.content


def test_an_offer_is_accepted_only_as_it_was_shown(app, account, offered):
    answer = app.send("operations/", acceptance(offered, account, amount="1500.00"))
    assert answer.status_code == 400
    assert not Operation.objects.exists()
    assert app.send("operations/", acceptance(offered, account)).status_code == 201
    offered.refresh_from_db()
    assert offered.state == "accepted"


def test_a_policy_and_a_claim_at_once_are_refused(app, policy, offered):
    answer = app.send("operations/", suspension(policy) | {"claim": offered.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["claim"])


def test_a_kind_about_something_else_is_refused(app, policy):
    answer = app.send("operations/", {"kind": "address", "policy": policy.pk, "facts": {}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["kind"])


def test_somebody_elses_policy_is_not_found(app):
    assert app.send("operations/", suspension(PolicyFactory())).status_code == 404


def test_an_address_is_changed_at_once(app, account):
    facts = {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "milano"}
    answer = app.send("operations/", {"kind": "address", "facts": facts})
    account.customer.refresh_from_db()
    assert (answer.json()["state"], account.customer.address) == ("done", "Via Nuova 3")


# --- Looking before it is sent ----------------------------------------------------------------------------------------
def test_it_can_be_looked_at_before_it_is_sent(app, account, offered):
    answer = app.send("operations/check/", acceptance(offered, account)).json()
    assert any("1,200.00" in each or "1.200,00" in each for each in answer["notes"])
    assert {"label", "value"} == set(answer["facts"][0])
    assert (answer["why_not"], answer["needs_code"]) == ("", False)
    assert not Operation.objects.exists()


def test_a_look_says_why_it_cannot_be_asked_for(app, account):
    policy = PolicyFactory(holder=account.customer, state="cancelled")
    answer = app.send("operations/check/", suspension(policy, day="2026-05-04"))
    assert answer.status_code == 200, answer.content
    assert answer.json()["why_not"]


def test_an_app_two_versions_old_goes_on_working_until_its_day(account, policy, settings):
    settings.APP_LEAST_VERSION, settings.APP_VERSIONS_END_ON = "4.12", date(2026, 7, 1)
    old = App(account, **{"X-App-Version": "4.10.2"})
    answer = old.send("operations/", suspension(policy))
    assert (answer.status_code, "Sunset" in answer.headers) == (201, True)
    with time_machine.travel("2026-07-01T10:00:00+02:00", tick=False):
        late = App(account, **{"X-App-Version": "4.10.2"}).send("operations/", suspension(policy))
    assert (late.status_code, late.json()["code"]) == (410, "app_too_old")


# --- Taking back ------------------------------------------------------------------------------------------------------
def test_what_was_asked_is_taken_back_once(app, policy):
    number = app.send("operations/", suspension(policy)).json()["id"]
    answers = [app.send(f"operations/{number}/withdraw/") for _twice in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in answers] == [(200, "withdrawn")] * 2


def test_an_accepted_offer_is_not_taken_back(app, account, offered):
    number = app.send("operations/", acceptance(offered, account)).json()["id"]
    answer = app.send(f"operations/{number}/withdraw/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_withdrawn")


def test_somebody_elses_operation_is_not_found(app):
    assert app.send(f"operations/{OperationFactory().pk}/withdraw/").status_code == 404


# --- By a code --------------------------------------------------------------------------------------------------------
PHONE = {"kind": "phone", "facts": {"phone": "333 999 8877", "replaces": "+393331112233"}}


def code_sent():
    return re.search(r"\b[0-9]{6}\b", Notice.objects.filter(channel="sms", kind="code-sms").latest("pk").body_text)[0]


def test_a_number_is_changed_by_the_code_sent_to_it(app, account):
    sent = app.send("operations/codes/", PHONE)
    assert (sent.status_code, sent.json()["sent_to"], sent.json()["tries_left"]) == (201, "+393339998877", 5)
    code = code_sent()
    answers = [
        app.send(f"operations/codes/{sent.json()['key']}/", {"code": f"{code[:3]} {code[3:]}"}) for _twice in range(2)
    ]
    assert [each.json()["id"] for each in answers] == [Operation.objects.get().pk] * 2
    assert list(account.customer.contact_points.values_list("value", flat=True)) == ["+393339998877"]


def test_the_same_key_sends_one_code(app):
    keys = [app.send("operations/codes/", PHONE, key="k").json()["key"] for _twice in range(2)]
    assert (len(set(keys)), ProofCode.objects.count()) == (1, 1)


def test_wrong_tries_are_counted_and_end(app):
    key = app.send("operations/codes/", PHONE).json()["key"]
    wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"
    codes = [app.send(f"operations/codes/{key}/", {"code": wrong}).json()["code"] for _each in range(5)]
    assert codes == ["code_wrong"] * 4 + ["code_tried_too_often"]
    assert app.send(f"operations/codes/{key}/", {"code": code_sent()}).status_code == 409


def test_too_many_codes_are_refused(app, settings):
    settings.PROOF_CODES_PER_HOUR = 1
    app.send("operations/codes/", PHONE)
    answer = app.send("operations/codes/", PHONE)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_codes")


def test_a_new_number_is_not_taken_without_its_code(app):
    answer = app.send("operations/", PHONE)
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_code")


def test_somebody_elses_code_is_not_found(app):
    assert app.send(f"operations/codes/{uuid.uuid4()}/", {"code": "123456"}).status_code == 404


# --- A telephone in the wrong hands -----------------------------------------------------------------------------------
def test_where_money_goes_and_how_we_reach_the_customer_want_a_fresh_proof(account, offered):
    unlocked = App(account)
    address = {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "MI"}
    answers = [
        unlocked.send("operations/", acceptance(offered, account), key="k"),
        unlocked.send("operations/", {"kind": "address", "facts": address}),
        unlocked.send("operations/codes/", PHONE),
    ]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(403, "fresh_proof_required")}
    assert not Operation.objects.exists()
    assert App(account, proved=True).send("operations/", acceptance(offered, account), key="k").status_code == 201


# --- Rights -----------------------------------------------------------------------------------------------------------
def test_who_may_only_look_for_a_customer_asks_for_nothing():
    company = CustomerFactory()
    looks = ReservedAreaAccountFactory(customer=company, capacity=Capacity.MEMBER, rights=["pay"])
    answer = App(looks).send("operations/", suspension(PolicyFactory(holder=company)))
    assert (answer.status_code, answer.json()["code"], answer.json()["right"]) == (403, "right_missing", "ask")


def test_a_key_used_for_one_customer_is_another_key_for_the_next(account, policy):
    company = CustomerFactory()
    other = ReservedAreaAccountFactory(user=account.user, customer=company, capacity=Capacity.MEMBER, rights=["ask"])
    app = App(account)
    body = {"kind": "language", "facts": {"language": "en"}}
    answers = [app.send("operations/", body, key="k", **{"X-Acting-For": str(each.pk)}) for each in (account, other)]
    assert [each.status_code for each in answers] == [201, 201]
    assert {each.customer for each in Operation.objects.all()} == {account.customer, company}
