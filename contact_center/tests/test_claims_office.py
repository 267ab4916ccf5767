"""Claims in the back office: reported for a caller by the same guide, documents asked for, answers and files shown."""

import re
import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact
from contact_center.tests.factories import AgentFactory, ContactFactory
from customers import roles
from customers.models import AccessLog, AskedDocument, Claim, ClaimDraft
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    AgencyMemberFactory,
    AskedDocumentFactory,
    ClaimDraftFactory,
    ClaimFactory,
    ClaimFileFactory,
    ClaimReportFactory,
    CustomerFactory,
    DocumentFactory,
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
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def policy():
    return PolicyFactory()


def begin(client, row, policy, **given):
    name = row._meta.model_name
    address = reverse(f"admin:{row._meta.app_label}_{name}_command", args=[row.pk, "sinistro"])
    return send_command(client, address, {"key": uuid.uuid4(), "policy": policy.pk, "channel": "phone"} | given)


# --- Reporting for somebody
def test_an_agent_begins_a_report_from_the_customers_file(client, policy, agent):
    answer = begin(client, policy.holder, policy)
    draft = ClaimDraft.objects.get()
    assert answer.url == reverse("office_report_draft", args=[draft.key])
    assert (draft.customer, draft.channel, draft.begun_by) == (policy.holder, "phone", agent.user)


def test_a_policy_of_somebody_else_cannot_be_chosen(client, policy):
    begin(client, CustomerFactory(), policy)
    assert not ClaimDraft.objects.exists()


def test_the_same_page_sent_twice_begins_one_report(client, policy):
    key = uuid.uuid4()
    for _press in range(2):
        begin(client, policy.holder, policy, key=key)
    assert ClaimDraft.objects.count() == 1


def test_the_guide_is_gone_through_and_the_call_is_about_the_claim(client, policy):
    call = ContactFactory(by_phone=True, customer=policy.holder)
    address = begin(client, call, policy).url
    assert address.endswith(f"?contatto={call.pk}")
    draft = ClaimDraft.objects.get()
    step = client.get(address).url
    for key, answers in CRASH.items():
        assert step == f"{reverse('office_report_step', args=[draft.key, key])}?contatto={call.pk}"
        assert client.get(step).status_code == 200
        draft.refresh_from_db()
        step = client.post(step, answers | {"seen_version": draft.version}).url
    files = client.post(step, {"files": [SimpleUploadedFile("cai.pdf", b"%PDF-1.7 cai")]}).url
    assert "cai.pdf" in client.get(files).content.decode()
    review = f"{reverse('office_report_review', args=[draft.key])}?contatto={call.pk}"
    sent = client.post(review, {"declared": "on"}, follow=True)
    claim = Claim.objects.get()
    assert sent.redirect_chain[-1][0] == reverse("admin:customers_claim_change", args=[claim.pk])
    assert claim.report_number in sent.content.decode()
    call.refresh_from_db()
    assert (call.claim, Contact.objects.count(), claim.files.count()) == (claim, 1, 1)
    assert Notice.objects.filter(kind="claim-reported").exists()


def test_the_button_is_on_a_contact_whose_person_is_known_and_that_is_about_no_claim(client, policy):
    page = reverse("admin:contact_center_contact_change", args=[ContactFactory().pk])
    assert "/comando/sinistro/" not in client.get(page).content.decode()
    known = ContactFactory(customer=policy.holder)
    page = reverse("admin:contact_center_contact_change", args=[known.pk])
    assert "/comando/sinistro/" in client.get(page).content.decode()


def test_that_the_file_was_opened_is_written_down(client, agent):
    draft = ClaimDraftFactory()
    client.get(reverse("office_report_files", args=[draft.key]))
    assert AccessLog.objects.filter(user=agent.user, customer=draft.customer).exists()


def test_a_customers_own_draft_is_found_by_an_agent_and_a_sent_one_is_not(client):
    draft = ClaimDraftFactory()
    assert client.get(reverse("office_report_review", args=[draft.key])).status_code == 200
    assert client.get(reverse("office_report_review", args=[uuid.uuid4()])).status_code == 404


# --- The page of a claim
@pytest.fixture
def claim(policy):
    claim = ClaimFactory(policy=policy, report_number="DEN-2026-000007")
    ClaimReportFactory(claim=claim, answers=CRASH, sequence=7)
    return claim


def page_of(client, claim):
    return client.get(reverse("admin:customers_claim_change", args=[claim.pk])).content.decode()


def test_answers_files_documents_and_conversation_are_on_the_page(client, claim):
    file = ClaimFileFactory(claim=claim)
    asked = AskedDocumentFactory(claim=claim)
    contact = ContactFactory(claim=claim, customer=claim.customer)
    letter = DocumentFactory(claim=claim, policy=claim.policy)
    others = DocumentFactory(policy=claim.policy)
    page = page_of(client, claim)
    answers = ("Via Po 1, Pavia", "Yes, and both drivers signed it")
    for word in (*answers, file.name, asked.name, contact.number, letter.title):
        assert word in page
    assert others.title not in page


def test_a_repertory_number_that_has_not_come_is_not_the_one_of_the_report(client, policy):
    waiting = ClaimFactory(policy=policy, number="DEN-2026-000008", report_number="DEN-2026-000008")
    assert "not given yet" in page_of(client, waiting)
    assert "not given yet" not in page_of(client, ClaimFactory(policy=policy))


@pytest.mark.parametrize(("ramo", "is_shown"), [("10", True), ("3", True), ("8", False)])
def test_signatures_of_drivers_are_shown_of_vehicles_alone(client, ramo, is_shown):
    claim = ClaimFactory(policy=PolicyFactory(ramo=ramo))
    assert ("signed by both drivers" in page_of(client, claim)) is is_shown


def test_questions_and_answers_of_a_report_are_told_apart(client, claim):
    assert "<dl class='vc-answers'>" in page_of(client, claim)


def test_what_a_reporter_wrote_is_shown_as_text(client, policy):
    claim = ClaimFactory(policy=policy)
    ClaimReportFactory(claim=claim, answers={"evento": {"place": "<script>alert(1)</script>"}})
    assert "<script>alert(1)</script>" not in page_of(client, claim)


def test_an_agency_reads_the_claim_and_nothing_of_its_report(claim):
    file = ClaimFileFactory(claim=claim)
    member = signed_in(AgencyMemberFactory(agency=claim.policy.agency).user)
    page = page_of(member, claim)
    assert (claim.number in page, "Paraurti posteriore" in page, file.name in page) == (True, False, False)
    assert member.get(reverse("admin:customers_claim_file", args=[claim.pk, file.key])).status_code == 403


def test_a_file_is_downloaded_and_that_is_written_down(client, claim, agent):
    file = ClaimFileFactory(claim=claim, file=SimpleUploadedFile("foto.jpg", b"prova"))
    answer = client.get(reverse("admin:customers_claim_file", args=[claim.pk, file.key]))
    assert (answer.status_code, answer.headers["Content-Disposition"].startswith("attachment")) == (200, True)
    assert b"".join(answer.streaming_content) == b"prova"
    assert AccessLog.objects.filter(user=agent.user, customer=claim.customer).exists()
    other = ClaimFactory()
    assert client.get(reverse("admin:customers_claim_file", args=[other.pk, file.key])).status_code == 404


def test_a_claim_is_found_by_the_number_of_its_report(client, claim):
    found = client.get(reverse("admin:customers_claim_changelist"), {"q": "den-2026-000007"})
    assert [each.pk for each in found.context["cl"].result_list] == [claim.pk]


def test_claims_that_wait_for_their_repertory_number_are_listed_by_themselves(client, claim):
    waiting = ClaimFactory(number="DEN-2026-000008", report_number="DEN-2026-000008")
    found = client.get(reverse("admin:customers_claim_changelist"), {"work": "unnumbered"})
    assert [each.pk for each in found.context["cl"].result_list] == [waiting.pk]


def command(client, claim, which, /, **data):
    return send_command(client, reverse("admin:customers_claim_command", args=[claim.pk, which]), data)


def test_a_document_is_asked_for_received_or_done_without(client, claim, agent):
    command(client, claim, "documento", name="Preventivo", why="Per la stima.", due_on="2026-05-20")
    asked = AskedDocument.objects.get()
    assert (asked.name, asked.why, asked.asked_by, asked.state) == ("Preventivo", "Per la stima.", agent.user, "asked")
    command(client, claim, "documento-ricevuto", asked=asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.ended_by) == ("received", agent.user)
    command(client, claim, "documento", name="Libretto", due_on="2026-05-20")
    other = AskedDocument.objects.get(name="Libretto")
    command(client, claim, "documento-superfluo", asked=other.pk)
    other.refresh_from_db()
    assert other.state == "withdrawn"


def test_what_is_about_a_waited_document_is_offered_only_where_there_is_one(client, claim):
    names = set(re.findall(r"/comando/([a-z-]+)/", page_of(client, claim)))
    assert names & {"documento", "documento-ricevuto", "documento-superfluo"} == {"documento"}
    AskedDocumentFactory(claim=claim)
    names = set(re.findall(r"/comando/([a-z-]+)/", page_of(client, claim)))
    assert {"documento-ricevuto", "documento-superfluo"} <= names


def test_a_day_in_the_past_comes_back_with_what_was_typed(client, claim):
    answer = command(client, claim, "documento", name="Preventivo", due_on="2026-05-03")
    assert (answer.status_code, "Preventivo" in answer.content.decode()) == (409, True)
    assert not AskedDocument.objects.exists()
