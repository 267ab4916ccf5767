"""Data that a colleague changes: who is informed of it, and the code that shows that the customer answers from there."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers import roles
from customers.contact_points.commands import Why, home_of
from customers.contact_points.rules import seen_of
from customers.models import ContactPoint, DataChange, ProofCode
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from foundation.refusals import ChangedMeanwhile, Refused
from notifications.addresses import reasons_to_withhold
from notifications.contact_points import (
    add_point,
    change_home,
    change_language,
    correct_point,
    retire_point,
    send_code_to_point,
    verify_with_code,
    void_waiting_codes,
    waiting_code,
)
from notifications.models import Notice

pytestmark = pytest.mark.django_db
OLD, NEW, MAIL = "+393331112233", "+393339998877", "vecchia@example.it"
ASKED = Why("phone")


@pytest.fixture(autouse=True)
def _sms(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def customer():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="email", value=MAIL)
    return customer


@pytest.fixture
def phone(customer):
    return ContactPointFactory(customer=customer, value=OLD)


def seen(point):
    return seen_of(point.value, point.verified_at)


def send(point, by, **more):
    given = {"seen": seen(point), "key": uuid.uuid4()} | more
    return send_code_to_point(point.customer, point=point.pk, by=by, **given)


def code_of(proof):
    return re.search(r"\b[0-9]{6}\b", Notice.objects.get(once=f"proof-code:{proof.pk}").body_text)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


# --- Who is informed ------------------------------------------------------------------------------------------------
def test_of_a_number_that_is_added_the_customer_is_informed_where_we_wrote_before(customer, agent):
    change = add_point(customer, kind="email", value="nuova@example.it", why=ASKED, key=uuid.uuid4(), by=agent)
    notice = Notice.objects.get(kind="data-changed", channel="email")
    assert notice.address == MAIL
    assert change.number in notice.body_text
    assert "800" in notice.body_text


def test_a_notice_that_may_go_astray_has_the_number_in_part(customer, agent):
    add_point(customer, kind="phone", value=NEW, why=ASKED, key=uuid.uuid4(), by=agent)
    text = Notice.objects.get(kind="data-changed", channel="email").body_text
    assert "877" in text
    assert "9998877" not in text.replace(" ", "")


def test_the_number_that_was_corrected_is_informed_itself(customer, phone, agent):
    correct_point(customer, point=phone.pk, seen=seen(phone), value=NEW, why=ASKED, key=uuid.uuid4(), by=agent)
    notice = Notice.objects.get(kind="phone-changed")
    assert (notice.channel, notice.address) == ("sms", OLD)
    assert Notice.objects.filter(kind="data-changed").exists()


def test_the_address_that_was_removed_is_informed_and_no_other_in_its_place(customer, agent):
    email = customer.contact_points.get(kind="email")
    ContactPointFactory(customer=customer, kind="email", value="altra@example.it")
    retire_point(customer, point=email.pk, seen=seen(email), why=ASKED, key=uuid.uuid4(), by=agent)
    former = Notice.objects.get(kind="email-retired")
    assert reasons_to_withhold([former]) == {}
    assert former.address == MAIL
    assert Notice.objects.get(kind="data-changed", channel="email").address == "altra@example.it"


def test_a_certified_address_that_was_removed_is_informed_by_certified_mail(customer, agent, settings):
    settings.PEC_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    pec = ContactPointFactory(customer=customer, kind="pec", value="maria@pec.example.it")
    retire_point(customer, point=pec.pk, seen=seen(pec), why=ASKED, key=uuid.uuid4(), by=agent)
    former = Notice.objects.get(kind="email-retired")
    assert (former.channel, former.address) == ("pec", "maria@pec.example.it")
    assert reasons_to_withhold([former]) == {}


def test_a_code_goes_to_a_certified_address_by_certified_mail(customer, agent, settings):
    settings.PEC_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    pec = ContactPointFactory(customer=customer, kind="pec", value="maria@pec.example.it")
    proof = send(pec, agent)
    notice = Notice.objects.get(once=f"proof-code:{proof.pk}")
    assert (notice.channel, notice.address) == ("pec", "maria@pec.example.it")
    assert reasons_to_withhold([notice]) == {}
    assert verify_with_code(proof, code=code_of(proof), by=agent).point_kind == "pec"


def test_a_fixed_line_that_was_removed_gets_no_text(customer, agent):
    fixed = ContactPointFactory(customer=customer, value="+390248219001")
    retire_point(customer, point=fixed.pk, seen=seen(fixed), why=ASKED, key=uuid.uuid4(), by=agent)
    assert not Notice.objects.filter(channel="sms").exists()


def test_the_same_key_again_informs_nobody(customer, agent):
    key = uuid.uuid4()
    for _time in range(2):
        add_point(customer, kind="phone", value=NEW, why=ASKED, key=key, by=agent)
    assert Notice.objects.filter(kind="data-changed").count() == 1


def test_a_new_postal_address_is_confirmed(customer, agent):
    home = {"address": "Via Po 12", "postal_code": "10123", "city": "Torino", "province": "TO"}
    change_home(customer, home=home, seen=home_of(customer), why=Why("returned"), key=uuid.uuid4(), by=agent)
    assert "Via Po 12, 10123 Torino (TO)" in Notice.objects.get(kind="data-changed").body_text


def test_a_new_language_is_confirmed_in_it(customer, agent):
    change_language(customer, language="en", why=ASKED, key=uuid.uuid4(), by=agent)
    notice = Notice.objects.get(kind="data-changed")
    assert (notice.language, "Dear Customer" in notice.body_text) == ("en", True)


# --- The code -------------------------------------------------------------------------------------------------------
def test_the_right_code_verifies_the_number(phone, agent):
    proof = send(phone, agent)
    assert Notice.objects.get(once=f"proof-code:{proof.pk}").address == OLD
    change = verify_with_code(proof, code=f" {code_of(proof)[:3]} {code_of(proof)[3:]}", by=agent)
    phone.refresh_from_db()
    assert phone.verified_at is not None
    assert (change.kind, change.new, change.by) == ("verified", OLD, agent)


def test_the_right_code_twice_verifies_once(phone, agent):
    proof = send(phone, agent)
    first, again = (verify_with_code(proof, code=code_of(proof), by=agent) for _time in range(2))
    assert first == again
    assert DataChange.objects.count() == 1


def test_a_wrong_code_is_counted_and_the_fifth_ends_it(phone, agent):
    proof = send(phone, agent)
    for _time in range(5):
        assert isinstance(verify_with_code(proof, code=wrong(code_of(proof)), by=agent), Refused)
    assert verify_with_code(proof, code=code_of(proof), by=agent).code == "code_tried_too_often"
    assert ProofCode.objects.get().tries == 5
    assert waiting_code(phone.customer) is None


def test_a_code_that_is_too_old_is_not_taken(phone, agent):
    proof = send(phone, agent)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert verify_with_code(proof, code=code_of(proof), by=agent).code == "code_too_late"


def test_a_code_that_was_made_void_is_not_taken_and_another_one_can_be_sent(phone, agent):
    proof = send(phone, agent)
    assert void_waiting_codes(phone.customer) == 1
    assert verify_with_code(proof, code=code_of(proof), by=agent).code == "code_void"
    assert waiting_code(phone.customer) is None
    again = send(phone, agent)
    assert verify_with_code(again, code=code_of(again), by=agent).kind == "verified"


def test_another_code_makes_the_one_before_void(phone, agent):
    first, second = send(phone, agent), send(phone, agent)
    assert verify_with_code(first, code=code_of(first), by=agent).code == "code_void"
    assert waiting_code(phone.customer) == second


def test_a_code_is_never_right_for_another_number(phone, agent):
    proof = send(phone, agent)
    ContactPoint.objects.filter(pk=phone.pk).update(value=NEW)
    assert verify_with_code(proof, code=code_of(proof), by=agent).code == "code_void"
    phone.refresh_from_db()
    assert phone.verified_at is None


def test_a_correction_makes_the_code_void(phone, agent):
    send(phone, agent)
    correct_point(phone.customer, point=phone.pk, seen=seen(phone), value=NEW, why=ASKED, key=uuid.uuid4(), by=agent)
    assert waiting_code(phone.customer) is None


def test_the_same_key_again_sends_no_second_code(phone, agent):
    key = uuid.uuid4()
    assert send(phone, agent, key=key) == send(phone, agent, key=key)
    assert Notice.objects.filter(kind="desk-code-sms").count() == 1


def test_no_code_goes_to_what_the_page_did_not_show(phone, agent):
    before = seen(phone)
    ContactPoint.objects.filter(pk=phone.pk).update(value=NEW)
    with pytest.raises(ChangedMeanwhile):
        send(phone, agent, seen=before)


def test_no_code_goes_to_a_fixed_line(customer, agent):
    with pytest.raises(Refused, match="linea fissa"):
        send(ContactPointFactory(customer=customer, value="+390248219001"), agent)


def test_no_telephone_is_filled_with_codes(phone, agent, settings):
    settings.PROOF_CODES_PER_HOUR = 2
    send(phone, agent)
    send(phone, agent)
    with pytest.raises(Refused, match="troppi codici"):
        send(phone, agent)


def test_the_text_with_the_code_says_to_read_it_to_the_colleague(phone, agent):
    proof = send(phone, agent)
    assert "collega" in Notice.objects.get(once=f"proof-code:{proof.pk}").body_text
