"""Documents of a complaint: in one list, with who gave what and when, kept as they came."""

import hashlib
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.documents.commands import add_documents
from complaints.documents.queries import documents_of, find_document, find_own_document
from complaints.models import Complaint, ComplaintDocument
from complaints.services import add_to_complaint, register_from_contact
from complaints.tests.factories import (
    ComplaintDocumentFactory,
    ComplaintFactory,
    EnquiryFileFactory,
    ProcedureFileFactory,
)
from complaints.tests.files import PLAIN, bytes_of, pdf_file, pec
from complaints.tracking import tracking_place
from contact_center.contacts.attachments import keep_attachments
from contact_center.tests.factories import MessageFactory
from customers.tests.factories import CustomerFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
LIST = reverse("admin:complaints_complaint_list_command", args=["registra"])


@pytest.fixture
def at_work(clock, officer):
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def complaint(clock):
    return ComplaintFactory(customer=None, received_on=date(2026, 4, 20))


def add(complaint, officer, **changed):
    facts = {"files": [pdf_file("a.pdf")], "giver": "complainant", "way": "post", "given_on": date(2026, 4, 28)}
    return add_documents(complaint, **(facts | changed), by=officer)


def typed(**changed):
    return {
        "complainant_kind": "insured",
        "proposer_kind": "interested",
        "language": "it",
        "page_token": uuid4().hex,
        **changed,
    }


# --- From every source ----------------------------------------------------------------------------------------------
def test_documents_of_all_sources_stand_in_one_list_by_their_day(complaint, officer):
    add(
        complaint,
        officer,
        files=[pdf_file("perizia.pdf")],
        giver="intermediary",
        way="email",
        given_on=date(2026, 5, 2),
    )
    add(complaint, officer, files=[pdf_file("lettera.pdf")], given_on=date(2026, 4, 20))
    add_to_complaint(complaint, text="", files=[pdf_file("foto.pdf")], submission_key=uuid4())
    shown = [(each.name, each.giver, each.given_on, each.entered_by) for each in documents_of(complaint)]
    assert shown == [
        ("lettera.pdf", "il reclamante", date(2026, 4, 20), str(officer)),
        ("perizia.pdf", "l’intermediario", date(2026, 5, 2), str(officer)),
        ("foto.pdf", "il reclamante", date(2026, 5, 4), ""),
    ]


def test_files_of_an_intermediary_and_of_ivass_stand_in_the_same_list(complaint):
    position = EnquiryFileFactory(enquiry__complaint=complaint, name="posizione.pdf")
    asked = ProcedureFileFactory(request__complaint=complaint, name="richiesta.pdf")
    shown = {each.name: each.giver for each in documents_of(complaint)}
    assert shown == {"posizione.pdf": position.enquiry.intermediary.known_as, "richiesta.pdf": "IVASS"}
    assert [find_document(complaint, each.key) for each in (position, asked)] == [position, asked]
    assert documents_of(complaint, for_complainant=True) == []


def test_the_complainant_sees_what_they_gave_and_nothing_else(complaint, officer):
    (own,) = add(complaint, officer)
    (other,) = add(complaint, officer, giver="office", way="")
    assert [each.key for each in documents_of(complaint, for_complainant=True)] == [own.key]
    assert (find_own_document(complaint, own.key), find_own_document(complaint, other.key)) == (own, None)
    place = tracking_place(complaint)
    answers = [
        Client().get(reverse("complaint_tracked_file", kwargs={**place, "key": each.key})) for each in (own, other)
    ]
    assert [each.status_code for each in answers] == [200, 404]
    answers[0].close()


def test_files_of_the_contact_are_taken_over_as_copies_and_later_ones_are_listed_as_well(clock, officer):
    message = MessageFactory(contact__customer=CustomerFactory(), text="Reclamo.")
    (sent,) = keep_attachments(message, [pdf_file("prima.pdf")])
    complaint = register_from_contact(message.contact, by=officer)
    copy = ComplaintDocument.objects.get()
    assert (copy.taken_from, copy.sha256, copy.file.name != sent.file.name) == (sent.key, sent.sha256, True)
    assert hashlib.sha256(bytes_of(copy)).hexdigest() == sent.sha256
    keep_attachments(MessageFactory(contact=message.contact), [pdf_file("dopo.pdf")])
    assert [each.name for each in documents_of(complaint)] == ["prima.pdf", "dopo.pdf"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(complaint, django_assert_num_queries, number):
    ComplaintDocumentFactory.create_batch(number, complaint=complaint)
    documents_of(complaint)  # the codes are read once
    with django_assert_num_queries(4):  # each source one; there is no contact
        documents_of(complaint)


# --- Added by an officer --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"files": []}, "no_file"),
        ({"giver": "ghost"}, "no_giver"),
        ({"way": "pigeon"}, "unknown_code"),
        ({"given_on": date(2026, 5, 5)}, "in_the_future"),
        ({"given_on": date(1900, 1, 1)}, "before_the_complaint"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(complaint, officer, changed, code):
    with pytest.raises(Refused) as refusal:
        add(complaint, officer, **changed)
    assert (refusal.value.code, ComplaintDocument.objects.count(), complaint.events.count()) == (code, 0, 0)


def test_an_officer_adds_a_document_and_downloads_it_from_the_page(at_work, complaint):
    address = reverse("admin:complaints_complaint_command", args=[complaint.pk, "documenti"])
    sent = {"giver": "complainant", "way": "hand", "given_on": "2026-05-04"}
    file = SimpleUploadedFile("ricevuta.pdf", b"%PDF-1.7 x")
    assert send_command(at_work, address, {**sent, "documents": file}).status_code == 302
    document = ComplaintDocument.objects.get()
    page = at_work.get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    link = reverse("admin:complaints_complaint_file", args=[complaint.pk, document.key])
    assert link in page
    assert document.sha256 in page
    answer = at_work.get(link)
    assert (answer.getvalue(), answer.headers["Content-Disposition"]) == (
        b"%PDF-1.7 x",
        'attachment; filename="ricevuta.pdf"',
    )
    answer.close()


# --- Registered from a mail -----------------------------------------------------------------------------------------
def register(client, content, name="reclamo.eml", **changed):
    sent = typed(originals=SimpleUploadedFile(name, content), **changed)
    return client.post(LIST, sent)


def test_a_pec_is_kept_as_it_came_and_gives_what_was_left_empty(at_work):
    assert register(at_work, pec()).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.received_on, complaint.received_by, complaint.address) == (
        date(2026, 4, 28),
        "pec",
        "anna@example.it",
    )
    assert (complaint.complainant_name, complaint.text) == ("Anna Bianchi", "Il premio non corrisponde al preventivo.")
    kept = complaint.documents.get()
    assert (bytes_of(kept), kept.content_type, kept.way) == (pec(), "message/rfc822", "pec")


def test_what_the_officer_types_counts_before_what_the_mail_says(at_work):
    register(at_work, pec(), received_on="2026-04-27", received_by="email", complainant_name="Studio Bianchi")
    complaint = Complaint.objects.get()
    assert (complaint.received_on, complaint.received_by, complaint.complainant_name) == (
        date(2026, 4, 27),
        "email",
        "Studio Bianchi",
    )


def test_a_mail_that_nobody_can_read_is_kept_and_the_fields_are_asked_for(at_work):
    answer = register(at_work, b"\xff\xfe no mail")
    wrong = {name: [each.code for each in found.as_data()] for name, found in answer.context["form"].errors.items()}
    assert {"received_on", "received_by", "complainant_name", "subject", "text"} < wrong.keys()
    assert wrong["originals"] == ["files_again"]
    sent = {
        "received_on": "2026-05-01",
        "received_by": "email",
        "complainant_name": "Anna",
        "subject": "x",
        "text": "y",
    }
    assert register(at_work, b"\xff\xfe no mail", **sent).status_code == 302
    complaint = Complaint.objects.get()
    key = complaint.documents.get().key
    page = at_work.get(reverse("admin:complaints_complaint_mail", args=[complaint.pk, key]))
    assert (page.status_code, page.context["mail"].is_readable) == (200, False)


def test_a_pec_dated_tomorrow_gives_no_day(at_work):
    answer = register(at_work, pec(date="Fri, 01 Jan 2027 08:00:00 +0100"))
    assert [each.code for each in answer.context["form"].errors.as_data()["received_on"]] == ["required"]


def test_a_mail_is_read_on_its_page_and_its_attachment_downloaded(at_work):
    register(at_work, PLAIN)
    complaint = Complaint.objects.get()
    key = complaint.documents.get().key
    page = at_work.get(reverse("admin:complaints_complaint_mail", args=[complaint.pk, key]))
    assert "preventivo.pdf" in page.content.decode()
    part = at_work.get(reverse("admin:complaints_complaint_mail_part", args=[complaint.pk, key, 0]))
    assert (part.getvalue(), part.headers["Content-Type"]) == (b"%PDF-1.7 preventivo", "application/octet-stream")
    gone = reverse("admin:complaints_complaint_mail_part", args=[complaint.pk, key, 7])
    assert at_work.get(gone).status_code == 404


@pytest.mark.parametrize("name", ["mail", "file"])
def test_a_key_of_another_complaint_is_not_found(at_work, complaint, name):
    document = ComplaintDocumentFactory()
    address = reverse(f"admin:complaints_complaint_{name}", args=[complaint.pk, document.key])
    assert (at_work.get(address).status_code, find_own_document(complaint, UUID(int=0))) == (404, None)


def test_the_database_refuses_a_way_that_is_no_code():
    with pytest.raises(Exception, match="no such channel"):
        ComplaintDocumentFactory(way="pigeon")
