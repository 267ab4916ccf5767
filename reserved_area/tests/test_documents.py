"""The room of documents: whose one sees, how a file leaves, that each opening is written down."""

from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.tests.factories import ComplaintLetterFactory
from customers import roles
from customers.models import AccessLog, Document, DocumentOpening
from customers.tests.factories import (
    ClaimFactory,
    CustomerFactory,
    DocumentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in

pytestmark = pytest.mark.django_db

ROOM = "portal_documents"
PDF = b"%PDF-1.7\nprova\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def customer(account):
    return account.customer


@pytest.fixture
def client(account):
    return signed_in(account.user)


@pytest.fixture
def document(customer):
    return DocumentFactory(
        policy=PolicyFactory(holder=customer),
        kind="certificate",
        title="Attestato di rischio",
        size=len(PDF),
        file=ContentFile(PDF, name="x"),
    )


def file_of(document: Document) -> str:
    return reverse("portal_document_file", args=[document.pk])


def fetch(client: Client, address: str, data: Any = None, **more: Any) -> Any:
    """The answer, with all of its bytes read into `body`."""
    answer: Any = client.get(address, data or {}, **more)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def shown(client: Client, **asked: Any) -> list[Document]:
    return client.get(reverse(ROOM), asked).context["documents"]


# --- The list --------------------------------------------------------------------------------------------------------
def test_documents_are_listed_newest_first_and_replaced_ones_left_out(client, customer):
    policy = PolicyFactory(holder=customer)
    old = DocumentFactory(policy=policy, dated_on=date(2025, 1, 1))
    new = DocumentFactory(policy=policy, dated_on=date(2026, 1, 1))
    DocumentFactory(policy=policy, replaced_at="2026-02-01 09:00Z")
    DocumentFactory()
    assert shown(client) == [new, old]


def test_the_list_is_narrowed_by_kind_and_policy(client, customer, document):
    other = DocumentFactory(policy=PolicyFactory(holder=customer), kind="policy")
    assert shown(client, tipo="certificate") == [document]
    assert shown(client, polizza=other.policy_id) == [other]
    assert shown(client, polizza=other.policy_id, tipo="certificate") == []


@pytest.mark.parametrize("asked", [{"tipo": "poem"}, {"polizza": "x"}, {"polizza": "9" * 30}, {"pagina": "\0"}])
def test_what_is_no_filter_is_passed_over(client, document, asked):
    assert shown(client, **asked) == [document]


def test_somebody_elses_policy_narrows_to_nothing(client, document):
    theirs = DocumentFactory()
    assert shown(client, polizza=theirs.policy_id) == []


def test_the_pages_keep_the_filter(client, customer):
    policy = PolicyFactory(holder=customer)
    for _document in range(21):
        DocumentFactory(policy=policy)
    page = client.get(reverse(ROOM), {"tipo": "letter", "polizza": policy.pk}).context["page"]
    assert page["next_url"] == f"?pagina=2&tipo=letter&polizza={policy.pk}"
    assert len(client.get(reverse(ROOM) + page["next_url"]).context["documents"]) == 1


def test_answers_to_complaints_are_named_here(client, customer):
    letter = ComplaintLetterFactory(complaint__customer=customer)
    ComplaintLetterFactory()
    address = reverse("portal_complaint_letter", args=[letter.complaint_id])
    page = client.get(reverse(ROOM))
    assert [paper.address for paper in page.context["elsewhere"]] == [address]
    assert address in page.content.decode()


def test_a_copy_is_asked_for_with_its_subject(client):
    page = client.get(reverse(ROOM)).content.decode()
    address = f"{reverse('portal_write')}?per=copia"
    assert address in page
    assert client.get(address).context["form"].initial["subject"] == "Copia di un documento"


# --- The file --------------------------------------------------------------------------------------------------------
def test_the_file_is_shown_by_the_browser_and_kept_by_no_cache(client, document):
    answer = fetch(client, file_of(document))
    assert answer.body == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="attestato-di-rischio-2026-05-02.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Length"] == str(len(PDF))
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_file_is_saved_where_that_is_asked(client, document):
    assert fetch(client, file_of(document), {"salva": "1"})["Content-Disposition"].startswith("attachment;")


def test_a_picture_is_shown_without_any_power(client, customer):
    picture = DocumentFactory(
        policy=PolicyFactory(holder=customer), content_type="image/png", file=ContentFile(b"\x89PNG", name="x")
    )
    assert "sandbox" in fetch(client, file_of(picture))["Content-Security-Policy"]


def test_each_opening_is_written_down(client, account, document):
    for _time in range(2):
        fetch(client, file_of(document))
    rows = DocumentOpening.objects.values_list("document", "user", "door")
    assert list(rows) == [(document.pk, account.user_id, "portal")] * 2


def test_a_look_at_the_head_opens_nothing(client, document):
    answer = client.head(file_of(document))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Length"] == str(len(PDF))
    assert not DocumentOpening.objects.exists()


@pytest.mark.parametrize(
    "header", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}]
)
def test_a_browser_that_thinks_ahead_gets_nothing(client, document, header):
    answer = fetch(client, file_of(document), headers=header)
    assert (answer.status_code, answer.content) == (503, b"")
    assert not DocumentOpening.objects.exists()


@pytest.mark.parametrize("name", ["portal_document", "portal_document_file"])
def test_somebody_elses_document_is_not_found(client, name):
    theirs = DocumentFactory(file=ContentFile(PDF, name="x"))
    for pk in (theirs.pk, 0, 10**30):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert not DocumentOpening.objects.exists()


def test_a_lost_file_is_not_found_and_not_opened(client, document):
    document.file.storage.delete(document.file.name)
    assert fetch(client, file_of(document)).status_code == 404
    assert not DocumentOpening.objects.exists()


def test_a_stranger_is_asked_to_sign_in(document):
    assert Client().get(file_of(document)).url.startswith(reverse("account_login"))


def test_nothing_is_sent_to_the_file(client, document):
    assert client.post(file_of(document)).status_code == 405


# --- A document and its versions ----------------------------------------------------------------------------------------
def test_a_document_leads_to_the_version_it_replaced(client, document, customer):
    Document.objects.filter(pk=document.pk).update(replaced_at="2026-06-01 09:00Z")
    later = DocumentFactory(
        policy=document.policy, external_key=document.external_key, version=2, replaces=document, title="Attestato"
    )
    page = client.get(reverse("portal_document", args=[later.pk]))
    assert list(page.context["versions"]) == [document]
    assert client.get(reverse("portal_document", args=[document.pk])).status_code == 200
    assert fetch(client, file_of(document)).status_code == 200


# --- On other pages --------------------------------------------------------------------------------------------------
def test_a_policy_shows_its_documents_to_its_holder(client, document):
    page = client.get(reverse("portal_policy", args=[document.policy_id])).content.decode()
    assert file_of(document) in page
    assert f"{reverse(ROOM)}?polizza={document.policy_id}" in page


def test_an_adherent_finds_the_conditions_and_no_other_paper_of_the_policy(client, customer):
    policy = PolicyFactory()
    PolicyAdherentFactory(policy=policy, customer=customer)
    conditions = DocumentFactory(policy=policy, kind="conditions", file=ContentFile(PDF, name="x"))
    letter = DocumentFactory(policy=policy)
    page = client.get(reverse("portal_policy", args=[policy.pk])).content.decode()
    assert file_of(conditions) in page
    assert file_of(letter) not in page
    assert fetch(client, file_of(conditions)).status_code == 200
    assert fetch(client, file_of(letter)).status_code == 404


def test_a_policy_without_papers_says_so_and_leads_to_a_copy(client, customer):
    policy = PolicyFactory(holder=customer)
    page = client.get(reverse("portal_policy", args=[policy.pk])).content.decode()
    assert f'{reverse("portal_policy_operation", args=[policy.pk, "copy"])}">Chiedere un documento' in page


def test_a_claim_shows_its_papers_to_the_person_who_reported_it_alone(client, customer):
    mine = ClaimFactory(policy__holder=customer)
    paper = DocumentFactory(policy=mine.policy, claim=mine)
    reported = ClaimFactory(policy=mine.policy, customer=CustomerFactory())
    theirs = DocumentFactory(policy=mine.policy, claim=reported, customer=reported.customer)
    assert file_of(paper) in client.get(reverse("portal_claim", args=[mine.pk])).content.decode()
    assert file_of(theirs) not in client.get(reverse("portal_claim", args=[reported.pk])).content.decode()


# --- Colleagues ------------------------------------------------------------------------------------------------------
def test_a_colleagues_opening_is_written_down_twice_over(document):
    user = UserFactory(role=roles.AGENT)
    answer = fetch(signed_in(user), reverse("admin:customers_document_file", args=[document.pk]))
    assert answer.body == PDF
    assert list(DocumentOpening.objects.values_list("user", "door")) == [(user.pk, "office")]
    assert AccessLog.objects.filter(user=user, customer=document.customer).exists()


@pytest.mark.parametrize("role", [roles.AGENCY_MEMBER, roles.CAMPAIGN_AUTHOR])
def test_who_may_not_read_documents_opens_none(document, role):
    answer = signed_in(UserFactory(role=role)).get(reverse("admin:customers_document_file", args=[document.pk]))
    assert answer.status_code == 403
    assert not DocumentOpening.objects.exists()


@pytest.mark.parametrize("asked", ["D-77", "P-77", "Bianchi"])
def test_a_document_is_found_by_its_key_its_policy_or_its_customer(asked):
    found = DocumentFactory(external_key="D-77", policy__number="P-77", policy__holder__last_name="Bianchi")
    DocumentFactory()
    page = signed_in(UserFactory(role=roles.AGENT)).get(reverse("admin:customers_document_changelist"), {"q": asked})
    assert list(page.context["cl"].result_list) == [found]


# --- Cost ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [ROOM, "portal_policy"])
def test_the_pages_cost_the_same_with_one_and_with_fifty_policies(client, customer, name):
    document = DocumentFactory(policy=PolicyFactory(holder=customer))
    address = reverse(name, args=[document.policy_id] if name == "portal_policy" else [])

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    one = cost()
    for _policy in range(49):
        for _document in range(2):
            DocumentFactory(policy=PolicyFactory(holder=customer))
        DocumentFactory(policy=document.policy)
    assert cost() == one
    assert one <= 20
