"""Complaints made for somebody else: the represented person, the mandate, and asking for it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from complaints.complainant_page import mandate_wanted
from complaints.documents.commands import add_documents
from complaints.models import Representation
from complaints.representation.commands import accept_mandate, ask_for_mandate, represent
from complaints.representation.entering import Represented, lacks_mandate
from complaints.tests.factories import ComplaintDocumentFactory, ComplaintFactory, RepresentationFactory
from complaints.tests.files import pdf_file
from complaints.tracking import tracking_place
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)


@pytest.fixture
def complaint(clock):
    return ComplaintFactory(
        customer=None,
        complainant_name="Avv. Carla Verdi",
        proposer_kind="lawyer",
        address="verdi@pec.example",
        received_on=date(2026, 4, 20),
    )


def test_the_represented_person_is_entered_and_corrected(complaint, officer):
    represent(complaint, represented=Represented(name="Bruno Neri"), by=officer)
    represent(complaint, represented=Represented(name="Bruno Neri Rossi", relation="family"), by=officer)
    known = Representation.objects.get()
    assert (known.name, known.relation) == ("Bruno Neri Rossi", "family")
    assert [each.details for each in complaint.events.order_by("pk")] == [
        {"represented": "Bruno Neri"},
        {"represented": "Bruno Neri Rossi", "before": "Bruno Neri"},
    ]


def test_the_mandate_is_asked_of_who_writes_and_the_day_is_kept(complaint, officer):
    RepresentationFactory(complaint=complaint)
    known = ask_for_mandate(complaint, by=officer)
    assert (known.asked_on, known.asked_by) == (DAY, officer)
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("complaint-mandate", "verdi@pec.example")
    assert "Bruno Neri" in notice.body_text
    assert mandate_wanted(complaint) == "Bruno Neri"


def test_by_post_the_fact_and_its_day_are_kept_and_no_notice_goes(complaint, officer):
    complaint.address = "Via Roma 1, 27100 Pavia"
    complaint.save()
    RepresentationFactory(complaint=complaint)
    ask_for_mandate(complaint, by=officer)
    assert (Notice.objects.count(), complaint.events.get().details["sent"]) == (0, "post")


def test_it_is_asked_for_again_on_another_day_only(complaint, officer, clock):
    RepresentationFactory(complaint=complaint)
    ask_for_mandate(complaint, by=officer)
    with pytest.raises(Refused) as refusal:
        ask_for_mandate(complaint, by=officer)
    assert refusal.value.code == "asked_today"
    clock.shift(timedelta(days=1))
    ask_for_mandate(complaint, by=officer)
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    ("represented", "mandate", "code"), [(False, None, "nobody_represented"), (True, UUID(int=1), "has_mandate")]
)
def test_nothing_is_asked_where_nothing_is_missing(complaint, officer, represented, mandate, code):
    if represented:
        RepresentationFactory(complaint=complaint, mandate_key=mandate, mandate_on=DAY)
    with pytest.raises(Refused) as refusal:
        ask_for_mandate(complaint, by=officer)
    assert refusal.value.code == code


def test_a_document_added_as_mandate_ends_the_lack(complaint, officer):
    RepresentationFactory(complaint=complaint)
    (document,) = add_documents(
        complaint,
        files=[pdf_file("mandato.pdf")],
        giver="complainant",
        way="pec",
        given_on=DAY,
        is_mandate=True,
        by=officer,
    )
    known = Representation.objects.get()
    assert (known.mandate_key, known.mandate_on, lacks_mandate(known.complaint)) == (document.key, DAY, False)


def test_only_a_document_of_the_complaint_is_its_mandate(complaint, officer):
    RepresentationFactory(complaint=complaint)
    with pytest.raises(Refused) as refusal:
        accept_mandate(complaint, key=ComplaintDocumentFactory().key, on=DAY, by=officer)
    assert refusal.value.code == "no_document"


def test_the_officer_enters_asks_and_accepts_in_the_back_office(complaint, officer):
    client = Client()
    client.force_login(officer)
    page = reverse("admin:complaints_complaint_change", args=[complaint.pk])
    assert client.get(page).context["lacks_mandate"]
    document = ComplaintDocumentFactory(complaint=complaint, given_on=date(2026, 4, 20))
    steps = {
        "rappresentato": {"name": "Bruno Neri", "relation": "client"},
        "chiedi-mandato": {},
        "mandato": {"document": str(document.key), "on": "2026-05-04"},
    }
    for name, sent in steps.items():
        address = reverse("admin:complaints_complaint_command", args=[complaint.pk, name])
        assert send_command(client, address, sent).status_code == 302, name
    context = client.get(page).context
    assert (context["mandate_key"], context["lacks_mandate"]) == (document.key, False)


def test_the_page_of_the_complaint_shows_that_the_mandate_is_awaited(complaint, officer):
    RepresentationFactory(complaint=complaint)
    ask_for_mandate(complaint, by=officer)
    answer = Client().get(reverse("complaint_tracking", kwargs=tracking_place(complaint)))
    assert answer.context["mandate_wanted"] == "Bruno Neri"
    assert [each.is_ours for each in answer.context["thread"]] == [False, True]
