"""Consents that a customer gives or withdraws by telephone or on paper: what proves them, and from when they count."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contact_center.consents.commands import Proof, write_down_consent, write_down_withdrawal
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.consent_texts import texts_in_use
from customers.consents import counts_at_once
from customers.models import Consent, Document
from customers.tests.factories import AgencyMemberFactory, ContactPointFactory, CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in, signed_in_as
from foundation.files.accepted import check_file
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
PURPOSE, CHANNEL = "agency_promotions", "email"


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def customer():
    return ContactPointFactory(kind="email", value="maria@example.it", verified_at=timezone.now()).customer


@pytest.fixture
def call(customer):
    return Proof("call", contact=ContactFactory(customer=customer, by_phone=True))


def scan():
    return SimpleUploadedFile("modulo.pdf", b"%PDF-1.7\n%%EOF\n")


def version():
    return next(each.version for each in texts_in_use(timezone.localdate()) if each.purpose == PURPOSE)


def give(customer, proof, by, **more):
    given = {"purpose": PURPOSE, "channel": CHANNEL, "version": version(), "key": uuid.uuid4()} | more
    return write_down_consent(customer, proof=proof, by=by, **given)


def withdraw(customer, proof, by, **more):
    given = {"purpose": PURPOSE, "channel": CHANNEL, "key": uuid.uuid4()} | more
    return write_down_withdrawal(customer, proof=proof, by=by, **given)


@pytest.mark.parametrize(
    ("is_signed", "address_is_verified", "expected"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_what_is_signed_or_said_by_who_answered_from_the_address_counts_at_once(
    is_signed, address_is_verified, expected
):
    assert counts_at_once(is_signed=is_signed, address_is_verified=address_is_verified) is expected


def test_a_consent_by_telephone_names_the_contact_and_the_wording(customer, call, agent):
    consent = give(customer, call, agent)
    assert (consent.event, consent.source, consent.text_version) == ("confirmed", "call", version())
    assert (consent.evidence, consent.recorded_by) == (f"contatto {call.contact.number}", agent)


def test_the_customer_gets_a_confirmation_of_what_was_written_down(customer, call, agent):
    give(customer, call, agent)
    assert "Promozioni della mia agenzia" in Notice.objects.get(kind="data-changed", channel="email").body_text


def test_by_telephone_an_address_that_nobody_verified_decides_by_its_link(call, agent):
    customer = call.contact.customer
    customer.contact_points.update(verified_at=None)
    assert give(customer, call, agent).event == "given"
    assert Notice.objects.filter(kind="consent-confirm", address="maria@example.it").exists()


def test_what_was_signed_counts_at_once_and_its_scan_is_kept_with_its_digest(agent):
    customer, file = CustomerFactory(), check_file(scan())
    consent = give(customer, Proof("paper", scan=file), agent)
    document = Document.objects.get(customer=customer)
    assert (consent.event, document.sha256) == ("confirmed", file.sha256)
    assert str(document.pk) in consent.evidence
    assert file.sha256 in consent.evidence


def test_twice_is_once(customer, call, agent):
    assert give(customer, call, agent) == give(customer, call, agent)
    assert Consent.objects.filter(event="confirmed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"purpose": "astrology"}, "unknown"),
        ({"channel": "sms"}, "unknown"),
        ({"channel": "fax"}, "unknown"),
        ({"version": "1999-01"}, "outdated"),
    ],
)
def test_a_purpose_channel_or_wording_that_is_not_asked_for_is_refused(customer, call, agent, wrong, code):
    with pytest.raises(Refused) as refusal:
        give(customer, call, agent, **wrong)
    assert refusal.value.code == code
    assert not Consent.objects.exists()


@pytest.mark.parametrize("proof", [Proof("call"), Proof("paper"), Proof("portal")])
def test_nothing_is_written_down_without_a_proof(customer, agent, proof):
    with pytest.raises(Refused):
        give(customer, proof, agent)
    assert not Consent.objects.exists()


def test_a_contact_of_somebody_else_proves_nothing(customer, agent):
    with pytest.raises(Refused) as refusal:
        give(customer, Proof("call", contact=ContactFactory(by_phone=True)), agent)
    assert refusal.value.code == "not_this_person"


def test_a_withdrawal_counts_at_once(customer, call, agent):
    give(customer, call, agent)
    assert withdraw(customer, call, agent).event == "withdrawn"
    assert Consent.objects.filter(customer=customer).in_force().get().event == "withdrawn"


def test_who_never_consented_may_object(customer, call, agent):
    objection = withdraw(customer, call, agent, purpose="marketing", channel="phone")
    assert (objection.event, objection.recorded_by) == ("withdrawn", agent)


def test_a_withdrawal_for_a_channel_that_does_not_exist_is_refused(customer, call, agent):
    with pytest.raises(Refused):
        withdraw(customer, call, agent, channel="fax")


# --- The pages ------------------------------------------------------------------------------------------------------
def page(customer, name="consenso"):
    return reverse("admin:customers_customer_command", args=[customer.pk, name])


def what():
    return f"{PURPOSE}|{CHANNEL}|{version()}"


def test_the_page_shows_the_wording_to_be_read_out(customer):
    client = signed_in_as(roles.AGENT)
    assert "L’agenzia che mi segue" in client.get(page(customer)).content.decode().replace("&#x27;", "’")


def test_an_agent_writes_down_a_consent_of_the_call_in_hand(customer, call):
    client = signed_in_as(roles.AGENT)
    sent = {"what": what(), "source": "call", "contact": call.contact.number.lower(), "read": "on"}
    assert send_command(client, page(customer), sent).status_code == 302
    assert Consent.objects.filter(customer=customer, event="confirmed").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contact": ""}, "contact"),
        ({"contact": "C-99999999"}, "contact"),
        ({"contact": "😀"}, "contact"),
        ({"read": ""}, "read"),
        ({"what": "marketing|sms|2026-01"}, "what"),
        ({"source": "paper"}, "scan"),
    ],
)
def test_what_is_missing_is_marked_and_nothing_is_written_down(customer, call, change, field):
    client = signed_in_as(roles.AGENT)
    sent = {"what": what(), "source": "call", "contact": call.contact.number, "read": "on"} | change
    answer = send_command(client, page(customer), sent)
    assert field in answer.context["form"].errors
    assert not Consent.objects.exists()


def test_an_agency_writes_down_what_its_customer_signed(customer):
    client = signed_in(AgencyMemberFactory(agency=customer.agency).user)
    sent = {"what": what(), "source": "agency", "scan": scan(), "read": "on"}
    assert send_command(client, page(customer), sent).status_code == 302
    assert Consent.objects.get(event="confirmed").source == "agency"


def test_a_program_in_the_place_of_a_scan_is_refused(customer):
    client = signed_in_as(roles.AGENT)
    sent = {"what": what(), "source": "paper", "scan": SimpleUploadedFile("modulo.pdf", b"MZ"), "read": "on"}
    assert "scan" in send_command(client, page(customer), sent).context["form"].errors


def test_a_consent_is_withdrawn_on_the_page(customer, call):
    client = signed_in_as(roles.AGENT)
    give(customer, call, UserFactory(role=roles.AGENT))
    sent = {"what": f"{PURPOSE}|{CHANNEL}", "source": "call", "contact": call.contact.number}
    assert send_command(client, page(customer, "revoca-consenso"), sent).status_code == 302
    assert Consent.objects.filter(customer=customer).in_force().get().event == "withdrawn"
