"""An answer with all that goes with it, in one form: files, documents, the code, a copy to the agency."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands, enclosures
from contact_center.contacts.opening import digest_of, tracking_secret
from contact_center.models import Contact, ContactEvent, MessageAttachment, ReplyDraft
from contact_center.tests import factories as make
from customers import roles
from customers.models import Document, DocumentOpening
from customers.tests.factories import (
    AgencyFactory,
    ContactPointFactory,
    CustomerFactory,
    DocumentFactory,
    OperationFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
PDF, HERS, STRANGER = b"%PDF-1.7 prova", "maria.rossi@example.it", "altro@example.it"
PAGE, OTHER_PAGE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


@pytest.fixture
def customer():
    customer = CustomerFactory(agency=AgencyFactory(email="agenzia@example.it"))
    ContactPointFactory(customer=customer, kind="email", value=HERS)
    return customer


@pytest.fixture
def contact(customer):
    return make.WebFormRequestFactory(
        contact__customer=customer, contact__started_at=timezone.now(), email=HERS
    ).contact


@pytest.fixture
def document(customer):
    return DocumentFactory(
        policy=PolicyFactory(holder=customer),
        title="Attestato di rischio",
        size=len(PDF),
        file=ContentFile(PDF, name="a"),
    )


@pytest.fixture
def code():
    return make.WrapUpCodeFactory(needs_topic=False)


def upload(name="copia.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def page(contact):
    return reverse("admin:contact_center_contact_change", args=[contact.pk])


def send(client, contact, **data):
    contact.refresh_from_db()
    seen = {"seen_version": contact.version, "seen_at": timezone.now().isoformat()}
    given = {"text": "Ecco la copia.", "then": "", "page": PAGE, "draft_version": 0} | seen | data
    return client.post(reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"]), given)


def secret_of(form):
    """The secret of the tracking page, in the writer's mail."""
    secret = tracking_secret(form.submission_key)
    form.tracking_digest = digest_of(secret)
    form.save(update_fields=["tracking_digest"])
    return secret


def bytes_of(row):
    with row.file.open("rb") as content:
        return content.read()


def mail():
    return Notice.objects.get(kind="request-answered", channel="email")


# --- Files
def test_a_file_goes_with_the_message_and_with_the_e_mail(client, contact):
    assert send(client, contact, files=[upload()]).status_code == 302
    kept = MessageAttachment.objects.get(message__contact=contact)
    assert (kept.name, kept.message.direction, bytes_of(kept)) == ("copia.pdf", "outbound", PDF)
    assert [(each.name, bytes(each.content)) for each in mail().attachments.all()] == [("copia.pdf", PDF)]
    assert "Con questa risposta arriva un file." in mail().body_text


def test_the_writer_fetches_it_from_the_tracking_page(client, contact):
    send(client, contact, files=[upload()])
    secret, kept = secret_of(contact.web_form), MessageAttachment.objects.get()
    shown = Client().get(reverse("request_tracking", args=[contact.number, secret]), follow=True)
    assert "copia.pdf" in shown.content.decode()
    address = reverse("tracked_attachment", args=[contact.number, secret, kept.key])
    assert b"".join(Client().get(address)) == PDF


def test_an_answer_that_went_elsewhere_shows_neither_words_nor_files_on_the_tracking_page(client, customer):
    form = make.WebFormRequestFactory(contact__customer=customer, email=STRANGER, contact__address=STRANGER)
    send(client, form.contact, to=HERS, files=[upload()])
    secret = secret_of(form)
    shown = Client().get(reverse("request_tracking", args=[form.contact.number, secret]), follow=True).content.decode()
    assert "copia.pdf" not in shown
    address = reverse("tracked_attachment", args=[form.contact.number, secret, MessageAttachment.objects.get().key])
    assert Client().get(address).status_code == 404


def test_what_is_no_file_we_take_is_refused_and_nothing_is_sent(client, contact):
    answer = send(client, contact, files=[upload("virus.exe", b"MZ"), upload()])
    assert answer.status_code == 200
    assert "virus.exe" in answer.content.decode()
    assert not contact.messages.exists()


def test_more_files_than_go_with_a_message_are_refused(client, contact):
    files = [upload(f"{n}.txt", str(n).encode()) for n in range(6)]
    assert send(client, contact, files=files).status_code == 200
    assert not contact.messages.exists()


def test_files_too_large_for_an_e_mail_are_fetched_from_the_page_alone(client, contact, monkeypatch):
    monkeypatch.setattr(enclosures, "MAIL_AT_MOST", 5)
    send(client, contact, files=[upload()])
    assert MessageAttachment.objects.count() == 1
    assert not mail().attachments.exists()


def test_they_are_refused_where_there_is_no_page_to_fetch_them_from(client, monkeypatch):
    monkeypatch.setattr(enclosures, "MAIL_AT_MOST", 5)
    contact = make.ContactFactory(channel="email", address=STRANGER)
    assert send(client, contact, files=[upload()]).status_code == 409
    assert not contact.messages.exists()
    assert not MessageAttachment.objects.exists()


# --- Documents
def test_a_document_of_the_customers_goes_as_a_file_and_its_leaving_is_written_down(client, agent, contact, document):
    shown = client.get(page(contact)).context["reply"]["form"].fields["documents"].choices
    assert [pk for pk, _words in shown] == [str(document.pk)]
    send(client, contact, documents=[document.pk])
    assert bytes_of(MessageAttachment.objects.get()) == PDF
    assert DocumentOpening.objects.get().user == agent.user
    assert contact.events.get(kind="replied").details["files"] == 1


def test_another_customers_document_is_not_sent(client, contact):
    theirs = DocumentFactory()
    assert send(client, contact, documents=[theirs.pk]).status_code == 200
    assert not contact.messages.exists()


def test_a_document_that_was_replaced_is_not_sent(agent, contact, document):
    Document.objects.filter(pk=document.pk).update(replaced_at=timezone.now())
    with pytest.raises(Refused) as refused:
        commands.reply(contact, text="Ecco.", by=agent.user, documents=[document])
    assert refused.value.code == "document_not_found"


def test_documents_do_not_go_to_an_address_that_only_the_writer_stated(client, customer, document):
    form = make.WebFormRequestFactory(contact__customer=customer, email=STRANGER, contact__address=STRANGER)
    answer = send(client, form.contact, to=STRANGER, documents=[document.pk])
    assert "go to an address of the customer" in answer.content.decode()
    assert not form.contact.messages.exists()
    assert send(client, form.contact, to=HERS, documents=[document.pk], draft_version=9).status_code == 302


def test_who_may_see_no_documents_is_offered_none(contact, document):
    campaign = UserFactory(role=roles.CAMPAIGN_AUTHOR)
    assert not enclosures.documents_for(contact, campaign).exists()


def test_the_file_of_an_answer_is_in_the_reserved_area(client, contact, customer):
    account = ReservedAreaAccountFactory(customer=customer)
    send(client, contact, files=[upload()])
    theirs = Client()
    theirs.force_login(account.user)
    assert b"".join(theirs.get(MessageAttachment.objects.get().get_absolute_url())) == PDF


# --- Sending and wrapping up in one press
def test_it_is_sent_and_wrapped_up_by_one_press(client, contact, code):
    answer = send(client, contact, then="wrap_up", code=code.pk)
    assert (answer.status_code, answer.url) == (302, reverse("admin:contact_center_contact_changelist"))
    contact.refresh_from_db()
    assert (contact.state, contact.wrap_up, contact.messages.get().text) == ("closed", code, "Ecco la copia.")


def test_a_code_that_needs_a_topic_takes_it_from_the_same_form(client, contact):
    needy, topic = make.WrapUpCodeFactory(needs_topic=True), make.TopicFactory()
    assert send(client, contact, then="wrap_up", code=needy.pk).status_code == 200
    assert not contact.messages.exists()
    send(client, contact, then="wrap_up", code=needy.pk, topic=topic.pk)
    contact.refresh_from_db()
    assert (contact.state, contact.topic) == ("closed", topic)


def test_a_code_that_does_not_fit_is_refused_with_text_files_and_choices_kept(client, contact, document):
    line = make.TollFreeLineFactory()
    of_a_line = make.WrapUpCodeFactory(needs_topic=False)
    of_a_line.lines.add(line)
    answer = send(
        client,
        contact,
        then="wrap_up",
        code=of_a_line.pk,
        files=[upload()],
        documents=[document.pk],
        copies_agency="on",
    )
    assert answer.status_code == 200
    html = answer.content.decode()
    assert not contact.messages.exists()
    assert not Notice.objects.exists()
    assert all(word in html for word in ("Ecco la copia.", "copia.pdf"))
    draft = ReplyDraft.objects.get()
    assert (draft.text, draft.documents, draft.copies_agency) == ("Ecco la copia.", [document.pk], True)
    kept = [str(each.key) for each in draft.files.all()]
    again = send(client, contact, kept=kept, documents=[document.pk], draft_version=draft.version)
    assert again.status_code == 302
    assert sorted(MessageAttachment.objects.values_list("name", flat=True)) == [
        "attestato-di-rischio-2026-05-02.pdf",
        "copia.pdf",
    ]
    assert not ReplyDraft.objects.exists()


def test_a_refusal_of_the_wrapping_up_sends_nothing_and_keeps_no_file_of_a_message(agent, contact):
    ended = make.WrapUpCodeFactory(needs_topic=False, valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        commands.reply(contact, text="Ecco.", by=agent.user, code=ended)
    assert refused.value.field == "code"
    assert not contact.messages.exists()
    assert not Notice.objects.exists()
    contact.refresh_from_db()
    assert contact.state == "open"


def test_a_code_beside_another_button_is_no_accident_that_passes(client, contact, code):
    answer = send(client, contact, then="", code=code.pk)
    assert answer.status_code == 200
    assert "Send and wrap up" in answer.content.decode()
    assert not contact.messages.exists()


def test_pressed_twice_it_is_sent_once(client, contact, code):
    seen = {"seen_version": contact.version, "seen_at": timezone.now().isoformat(), "page": PAGE, "draft_version": 0}
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"])
    given = {"text": "Ecco.", "then": "wrap_up", "code": code.pk} | seen
    assert [client.post(address, given).status_code for _ in range(2)] == [302, 409]
    assert contact.messages.count() == 1


# --- The agency
def test_the_agency_gets_a_copy_of_the_words_where_somebody_chose_it(client, contact, customer):
    send(client, contact, files=[upload()], copies_agency="on")
    copy = Notice.objects.get(kind="request-agency-copy")
    assert (copy.address, copy.customer) == ("agenzia@example.it", None)
    assert "Ecco la copia." in copy.body_text
    assert not copy.attachments.exists()
    assert contact.events.get(kind="replied").details["copy_to"] == customer.agency.code


def test_without_the_choice_there_is_no_copy(client, contact):
    send(client, contact)
    assert not Notice.objects.filter(kind="request-agency-copy").exists()


def test_an_agency_without_an_address_is_not_offered(client):
    contact = make.WebFormRequestFactory(contact__customer=CustomerFactory(agency=AgencyFactory(email=""))).contact
    assert "copies_agency" not in client.get(page(contact)).context["reply"]["form"].fields


def test_what_was_asked_as_somebodys_own_affair_is_not_copied(agent, contact):
    Contact.objects.filter(pk=contact.pk).update(operation=OperationFactory(is_private=True))
    contact.refresh_from_db()
    with pytest.raises(Refused) as refused:
        commands.reply(contact, text="Ecco.", by=agent.user, copies_agency=True)
    assert refused.value.code == "no_agency"


# --- The language
def test_a_conversation_in_english_says_so(client, contact):
    assert not client.get(page(contact)).context["reply"]["language_hint"]
    contact.web_form.language = "en"
    contact.web_form.save()
    assert client.get(page(contact)).context["reply"]["language_hint"]


def test_the_history_says_how_many_files_went_and_to_whom_the_copy(client, contact, customer):
    send(client, contact, files=[upload()], copies_agency="on")
    details = next(
        each["details"]
        for each in client.get(page(contact)).context["events"]
        if each["what"] == str(ContactEvent.Kind.REPLIED.label)
    )
    assert details == f"with 1 file, copy to agency {customer.agency.code}"
