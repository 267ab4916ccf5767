"""A customer's own data, changed with a code: who is informed, and what becomes of a wrong, late or used one."""

import re
import uuid

import pytest
import time_machine

from customers.models import ContactPoint, Operation, ProofCode
from customers.tests.factories import ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.addresses import reasons_to_withhold
from notifications.models import Notice
from notifications.operations import change_own_data, change_proved, send_code

pytestmark = pytest.mark.django_db
NEW, NEW_MAIL = "+393339998877", "nuova@example.it"
Kind = Operation.Kind


@pytest.fixture(autouse=True)
def _sms(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, value="+393331112233")
    ContactPointFactory(customer=account.customer, kind="email", value="vecchia@example.it")
    return account


def ask_code(account, *, kind=Kind.PHONE, value=NEW, replaces="+393331112233", key=None):
    facts = {kind.value: value, "replaces": replaces}
    return send_code(kind, facts=facts, key=key or uuid.uuid4(), customer=account.customer, by=account.user)


def code_of(proof):
    return re.search(r"\b[0-9]{6}\b", Notice.objects.get(once=f"proof-code:{proof.pk}").body_text)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def use(proof, code, account):
    return change_proved(proof, code=code, by=account.user, channel="portal")


def numbers(account):
    return list(account.customer.contact_points.filter(kind="phone").values_list("value", flat=True))


def test_the_code_goes_to_the_new_number_and_nothing_else_holds_it(account):
    proof = ask_code(account)
    [notice] = Notice.objects.filter(channel="sms")
    assert (notice.address, notice.expires_at) == (NEW, proof.expires_at)
    assert code_of(proof) not in str(ProofCode.objects.values().get(pk=proof.pk))


def test_the_right_code_changes_the_number_and_informs_the_earlier_one(account):
    operation = use(proof := ask_code(account), code_of(proof), account)
    assert (operation.state, operation.is_self_service) == ("done", True)
    assert numbers(account) == [NEW]
    assert account.customer.contact_points.get(value=NEW).verified_at is not None
    to_earlier = Notice.objects.get(kind="phone-changed")
    assert (to_earlier.channel, to_earlier.address) == ("sms", "+393331112233")
    assert "800" in to_earlier.body_text
    assert Notice.objects.filter(kind="operation-done").exists()


def test_a_change_is_announced_to_the_earlier_address_and_to_no_other_in_its_place(account):
    proof = ask_code(account, kind=Kind.EMAIL, value=NEW_MAIL, replaces="vecchia@example.it")
    use(proof, code_of(proof), account)
    notice = Notice.objects.get(kind="email-changed")
    assert reasons_to_withhold([notice]) == {}
    notice.refresh_from_db()
    assert notice.address == "vecchia@example.it"
    assert list(account.customer.contact_points.filter(kind="email").values_list("value", flat=True)) == [NEW_MAIL]


def test_a_code_is_used_once(account):
    proof = ask_code(account)
    code = code_of(proof)
    first = use(proof, code, account)
    assert use(proof, code, account) == first
    assert Operation.objects.count() == 1
    assert Notice.objects.filter(kind="phone-changed").count() == 1


def test_a_used_code_whose_change_is_not_there_is_refused(account):
    proof = ask_code(account)
    ProofCode.objects.filter(pk=proof.pk).update(used_at=proof.created_at)
    with pytest.raises(Refused) as refusal:
        use(proof, code_of(proof), account)
    assert refusal.value.code == "code_used"


def test_a_code_of_ten_minutes_ago_is_too_late(account):
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        proof = ask_code(account)
    for moment, late in (("2026-05-04T10:09:59+02:00", False), ("2026-05-04T10:10:00+02:00", True)):
        with time_machine.travel(moment, tick=False), pytest.raises(Refused) as refusal:
            use(proof, wrong(code_of(proof)), account)
        assert (refusal.value.code == "code_too_late") is late


def test_five_wrong_tries_end_a_code(account):
    proof = ask_code(account)
    code = code_of(proof)
    refused = []
    for typed in [wrong(code)] * 5 + [code]:
        with pytest.raises(Refused) as refusal:
            use(proof, typed, account)
        refused.append(refusal.value.code)
    assert refused == ["code_wrong"] * 4 + ["code_tried_too_often"] * 2
    assert ProofCode.objects.get(pk=proof.pk).tries == 5
    assert numbers(account) == ["+393331112233"]


@pytest.mark.parametrize("typed", ["", "😀", "1" * 10_000, "١٢٣٤٥٦", "12 34 56"])
def test_what_is_no_code_is_a_wrong_one(account, typed):
    with pytest.raises(Refused) as refusal:
        use(ask_code(account), typed, account)
    assert refusal.value.code == "code_wrong"


def test_the_same_page_sends_one_code(account):
    key = uuid.uuid4()
    assert ask_code(account, key=key) == ask_code(account, key=key)
    assert Notice.objects.filter(channel="sms").count() == 1


def test_a_customer_has_five_codes_in_an_hour(account):
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        for number in range(5):
            ask_code(account, value=f"+39333000000{number}")
        with pytest.raises(Refused) as refusal:
            ask_code(account)
    assert refusal.value.code == "too_many_codes"
    with time_machine.travel("2026-05-04T11:00:01+02:00", tick=False):
        ask_code(account)


def test_a_number_gets_five_codes_in_an_hour_whoever_asks(settings):
    settings.PROOF_CODES_PER_HOUR = 1
    ask_code(ReservedAreaAccountFactory(), replaces="")
    with pytest.raises(Refused):
        ask_code(ReservedAreaAccountFactory(), replaces="")


def test_without_a_provider_no_number_is_changed_here(settings, account):
    settings.SMS_PROVIDER = ""
    with pytest.raises(Refused) as refusal:
        ask_code(account)
    assert refusal.value.code == "no_sms"
    ask_code(account, kind=Kind.EMAIL, value=NEW_MAIL, replaces="")


def test_what_an_agent_changes_informs_the_earlier_number_too(account):
    facts = {"phone": NEW, "replaces": "+393331112233"}
    change_own_data(
        Kind.PHONE, facts=facts, key=uuid.uuid4(), customer=account.customer, by=account.user, channel="phone"
    )
    assert Notice.objects.get(kind="phone-changed").address == "+393331112233"
    assert ContactPoint.objects.get(value=NEW).verified_at is None


def test_a_further_number_informs_nobody_of_a_change(account):
    use(proof := ask_code(account, replaces=""), code_of(proof), account)
    assert set(numbers(account)) == {"+393331112233", NEW}
    assert not Notice.objects.filter(kind="phone-changed").exists()


def test_what_we_write_is_in_the_customers_language():
    customer = CustomerFactory(language="en")
    account = ReservedAreaAccountFactory(customer=customer)
    change_own_data(
        Kind.LANGUAGE, facts={"language": "it"}, key=uuid.uuid4(), customer=customer, by=account.user, channel="portal"
    )
    customer.refresh_from_db()
    assert customer.language == "it"
