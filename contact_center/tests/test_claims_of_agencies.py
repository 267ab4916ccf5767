"""An agency reports a claim for a customer of its own: by the same guide and command, recorded as the agency's."""

import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory
from customers import agency_page, roles
from customers.models import AccessLog, Claim, ClaimDraft, ClaimReport
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    AgencyFactory,
    AgencyMemberFactory,
    ClaimDraftFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    UserFactory,
)
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield


def signed_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def member():
    return AgencyMemberFactory(agency__name="Agenzia di Pavia")


@pytest.fixture
def client(member):
    return signed_in(member.user)


@pytest.fixture
def policy(member):
    customer = CustomerFactory(agency=member.agency, last_name="Zanella", first_name="Ivo")
    ContactPointFactory(customer=customer, kind="email", value="ivo@example.it")
    return PolicyFactory(holder=customer, agency=member.agency, number="P900001", plate="GH123KL")


def address_for(customer):
    return reverse("admin:customers_customer_command", args=[customer.pk, "sinistro"])


def begin(client, customer, policy, **given):
    return send_command(client, address_for(customer), {"key": uuid.uuid4(), "policy": policy.pk} | given)


def sent_by(client, policy):
    """The claim, after the whole guide."""
    step = client.get(begin(client, policy.holder, policy).url).url
    draft = ClaimDraft.objects.get()
    for answers in CRASH.values():
        draft.refresh_from_db()
        step = client.post(step, answers | {"seen_version": draft.version}).url
    answer = client.post(reverse("office_report_review", args=[draft.key]), {"declared": "on"}, follow=True)
    assert answer.status_code == 200
    return Claim.objects.get()


def find(client, text):
    return client.post(reverse("admin:customers_claim_list_command", args=["denuncia"]), {"text": text})


# --- From the file of a customer
def test_a_member_begins_a_report_from_the_file_and_is_not_asked_how_it_came(client, policy, member):
    page = client.get(address_for(policy.holder)).content.decode()
    assert "P900001" in page
    assert 'name="channel"' not in page
    begin(client, policy.holder, policy)
    draft = ClaimDraft.objects.get()
    assert (draft.customer, draft.channel, draft.begun_by) == (policy.holder, "agency", member.user)


def test_the_source_of_the_report_is_the_agency_whatever_was_sent(client, policy):
    begin(client, policy.holder, policy, channel="phone")
    assert ClaimDraft.objects.get().channel == "agency"


def test_the_button_is_on_the_file_of_a_customer_with_a_policy_of_the_agency(client, policy, member):
    file = reverse("admin:customers_customer_change", args=[policy.holder_id])
    assert "/comando/sinistro/" in client.get(file).content.decode()
    without = CustomerFactory(agency=member.agency)
    PolicyFactory(holder=without, agency=AgencyFactory())
    file = reverse("admin:customers_customer_change", args=[without.pk])
    assert "/comando/sinistro/" not in client.get(file).content.decode()


def test_a_policy_that_another_agency_looks_after_cannot_be_chosen(client, policy):
    elsewhere = PolicyFactory(holder=policy.holder, agency=AgencyFactory(), number="P900002")
    assert "P900002" not in client.get(address_for(policy.holder)).content.decode()
    begin(client, policy.holder, elsewhere)
    assert not ClaimDraft.objects.exists()


def test_a_customer_of_another_agency_is_not_found(policy):
    other = signed_in(AgencyMemberFactory().user)
    assert other.get(address_for(policy.holder)).status_code == 404
    assert other.post(address_for(policy.holder), {"key": uuid.uuid4(), "policy": policy.pk}).status_code == 404
    assert not ClaimDraft.objects.exists()


# --- The guide
@pytest.mark.parametrize("page", ["draft", "files", "review", "discard"])
def test_a_report_begun_at_another_agency_is_not_found(policy, page):
    draft = ClaimDraftFactory(policy=policy, channel="agency")
    other = signed_in(AgencyMemberFactory().user)
    assert other.get(reverse(f"office_report_{page}", args=[draft.key])).status_code == 404


@pytest.mark.parametrize("channel", ["portal", "app", "phone", "email", "post"])
def test_a_report_that_the_customer_or_the_desk_began_is_not_read_by_the_agency(client, policy, channel):
    draft = ClaimDraftFactory(policy=policy, channel=channel)
    assert client.get(reverse("office_report_review", args=[draft.key])).status_code == 404


def test_the_claim_has_its_source_its_receipt_and_somebody_who_works_on_it(client, policy, member):
    claim = sent_by(client, policy)
    assert (claim.customer, claim.report.channel, claim.report.sent_by) == (policy.holder, "agency", member.user)
    contact = Contact.objects.get()
    assert (contact.claim, contact.kind, contact.state, contact.owner) == (claim, "claim_report", "open", None)
    assert contact.due_at is not None
    [message] = contact.messages.all()
    assert message.text.startswith(f"Denuncia raccolta per il cliente da {member.user}, agenzia Agenzia di Pavia")
    receipt = Notice.objects.get(kind="claim-reported", channel="email")
    assert "come ha chiesto alla Sua agenzia Agenzia di Pavia" in receipt.body_text
    assert claim.report_number in receipt.body_text


def test_the_same_report_sent_twice_is_one_claim(client, policy):
    claim = sent_by(client, policy)
    key = ClaimReport.objects.get().submission_key
    client.post(reverse("office_report_review", args=[key]), {"declared": "on"})
    assert Claim.objects.get() == claim
    assert Notice.objects.filter(kind="claim-reported", channel="email").count() == 1


def test_it_joins_no_contact_of_ours(client, policy):
    call = ContactFactory(by_phone=True, customer=policy.holder)
    draft = ClaimDraftFactory(policy=policy, channel="agency", answers=CRASH)
    address = reverse("office_report_review", args=[draft.key])
    client.post(f"{address}?contatto={call.pk}", {"declared": "on"})
    call.refresh_from_db()
    assert (call.claim, Claim.objects.count()) == (None, 1)


def test_that_the_file_was_opened_is_written_down(client, policy, member):
    draft = ClaimDraftFactory(policy=policy, channel="agency")
    client.get(reverse("office_report_files", args=[draft.key]))
    assert AccessLog.objects.filter(user=member.user, customer=policy.holder).exists()


# --- From the first page
def reports_of(member):
    """The last list of the first page but one, after the open claims."""
    return agency_page.on_first_page(member.user)[-2]


def test_the_first_page_leads_to_reporting_one(client):
    page = client.get(reverse("admin:index")).content.decode()
    assert reverse("admin:customers_claim_list_command", args=["denuncia"]) in page


@pytest.mark.parametrize("text", ["P900001", "gh 123 kl"])
def test_a_policy_or_a_plate_leads_to_its_customer_with_the_policy_chosen(client, policy, text):
    assert find(client, text).url == f"{address_for(policy.holder)}?polizza={policy.pk}"
    page = client.get(f"{address_for(policy.holder)}?polizza={policy.pk}").content.decode()
    assert page.count("checked") == 1


def test_a_name_leads_to_the_customer(client, policy):
    assert find(client, "zanella ivo").url == address_for(policy.holder)


def test_several_who_may_be_meant_are_shown_as_a_list(client, policy, member):
    CustomerFactory(agency=member.agency, last_name="Zanella", first_name="Ida")
    assert find(client, "zanella").url == f"{reverse('admin:customers_customer_changelist')}?q=zanella"


@pytest.mark.parametrize("text", ["P900001", "GH123KL", "Zanella", "ivo@example.it"])
def test_somebody_elses_customer_is_not_found_by_anything(policy, text):
    answer = find(signed_in(AgencyMemberFactory().user), text)
    assert answer.status_code == 409
    assert "Nobody was found" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_000])
def test_nothing_or_far_too_much_is_refused_in_words(client, text):
    answer = find(client, text)
    assert list(answer.context["form"].errors) == ["text"]


@pytest.mark.parametrize("text", ["🚗🚗🚗", "سيارة", "%_%", "'; drop"])
def test_strange_words_find_nobody(client, policy, text):
    assert find(client, text).status_code == 409


def test_what_was_begun_and_what_was_sent_is_on_the_first_page(client, policy, member):
    claim = sent_by(client, policy)
    draft = ClaimDraftFactory(policy=policy, channel="agency")
    ClaimDraftFactory(policy=policy, channel="portal")
    begun, sent = reports_of(member).rows
    assert begun.url == reverse("office_report_draft", args=[draft.key])
    assert (sent.label, sent.url) == (claim.number, reverse("admin:customers_claim_change", args=[claim.pk]))
    assert client.get(sent.url).status_code == 200


def test_reports_of_another_agency_are_on_no_other_first_page(client, policy, member):
    sent_by(client, policy)
    ClaimDraftFactory(policy=policy, channel="agency")
    assert reports_of(AgencyMemberFactory()).rows == ()


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_first_page_costs_the_same_at_one_report_and_at_three(
    client, policy, member, how_many, django_assert_num_queries
):
    for _each in range(how_many):
        ClaimDraftFactory(policy=PolicyFactory(holder=policy.holder, agency=member.agency), channel="agency")
    member.user.has_perm("customers.view_policy")
    agency_page.reach_of(member.user)
    with django_assert_num_queries(2):
        assert len(agency_page.reports(member.user).rows) == how_many


def test_people_who_may_not_report_claims_are_not_led_there():
    client = signed_in(UserFactory(role=roles.MANAGER))
    assert client.get(reverse("admin:customers_claim_list_command", args=["denuncia"])).status_code == 403
