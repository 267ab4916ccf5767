"""Who complains follows the complaint by its secret page: state, term, answer, letter, and one more document."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import AddedFile, Complaint, ComplaintAddition, ComplaintEvent
from complaints.services.additions import MOST
from complaints.tests.factories import ComplaintAdditionFactory, ComplaintFactory, ComplaintLetterFactory
from complaints.tracking import tracking_place, tracking_secret, tracking_url
from contact_center.tests.public_forms import guard
from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 prova"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def complaint(officer):
    return ComplaintFactory(customer=None, address="anna@example.it", language="it")


def page_of(complaint, name="complaint_tracking", **more):
    return reverse(name, kwargs=tracking_place(complaint) | more)


def add(client, complaint, **given):
    return client.post(page_of(complaint), {**guard(), "text": "Aggiungo la ricevuta.", **given})


def receipt(name="ricevuta.pdf"):
    return SimpleUploadedFile(name, PDF)


# --- The page
def test_the_page_says_where_it_has_got_to_and_by_when_it_is_answered(client, complaint, clock):
    page = client.get(page_of(complaint))
    assert (page.status_code, page.context["complaint"], page.context["days_left"]) == (200, complaint, -69)
    for shown in (complaint.number, complaint.subject, complaint.text):
        assert shown in page.content.decode()


def test_the_page_shows_the_answer_with_its_letter(client):
    letter = ComplaintLetterFactory(complaint__customer=None)
    page = client.get(page_of(letter.complaint)).content.decode()
    assert letter.complaint.answer in page
    file = client.get(page_of(letter.complaint, "complaint_tracked_letter"))
    assert (file.content, file.headers["Content-Type"]) == (bytes(letter.pdf), "application/pdf")


def test_there_is_no_letter_before_the_answer(client, complaint):
    assert client.get(page_of(complaint, "complaint_tracked_letter")).status_code == 404


def test_the_page_is_kept_by_nobody_and_indexed_by_nobody(client, complaint):
    headers = client.get(page_of(complaint)).headers
    assert "no-store" in headers["Cache-Control"]
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "a" * 26}, {"sequence": 999}, {"year": 2025}, {"year": 10**12}, {"secret": "è"}],
    ids=lambda each: str(each)[:20],
)
def test_a_wrong_secret_and_a_wrong_number_are_not_found_alike(client, complaint, wrong):
    for name in ("complaint_tracking", "complaint_registered", "complaint_tracked_letter"):
        assert client.get(page_of(complaint, name, **wrong)).status_code == 404


def test_many_wrong_secrets_are_too_many(client, complaint, monkeypatch):
    monkeypatch.setattr("contact_center.requests.views.WRONG_PER_TEN_MINUTES", 1)
    answers = [client.get(page_of(complaint, secret="a" * 26)).status_code for _each in range(2)]
    assert answers == [404, 429]


def test_the_secret_is_another_for_each_complaint_and_survives_a_new_key(client, complaint, settings):
    assert tracking_secret(complaint) != tracking_secret(ComplaintFactory())
    before = page_of(complaint)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 8
    assert page_of(complaint) != before
    assert client.get(before).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(before).status_code == 404


# --- The link
def test_every_notice_to_the_complainant_has_the_link_in_text_and_button(complaint, officer):
    services.assign(complaint, handler=officer, by=officer)
    services.withdraw(complaint, reason="Per telefono, oggi.", by=officer)
    notice = Notice.objects.get(kind="complaint-withdrawn")
    assert tracking_url(complaint) in notice.body_text
    assert f'href="{tracking_url(complaint)}"' in notice.body_html


@pytest.mark.parametrize(
    "kind", ["received", "forwarded", "suspended", "resumed", "corrected", "answered", "withdrawn"]
)
def test_each_text_has_a_place_for_the_link(kind, settings):
    text = (settings.BASE_DIR / "templates" / "notices" / f"complaint-{kind}" / "body.txt").read_text()
    assert "{{ action_url }}" in text


# --- One more document
def test_words_and_files_are_kept_and_the_handler_hears_of_them(client, complaint, officer):
    services.assign(complaint, handler=officer, by=officer)
    answer = add(client, complaint, files=[receipt()])
    assert answer.url == page_of(complaint)
    addition = ComplaintAddition.objects.get()
    assert (addition.complaint, addition.text, addition.files.get().name) == (
        complaint,
        "Aggiungo la ricevuta.",
        "ricevuta.pdf",
    )
    notice = Notice.objects.get(kind="complaint-added")
    assert (notice.user, complaint.number in notice.subject) == (officer, True)
    event = complaint.events.get(kind=ComplaintEvent.Kind.ADDED)
    assert (event.details, event.notice) == ({"files": ["ricevuta.pdf"]}, notice)


def test_state_and_term_stay_as_they_are(client, complaint):
    before = Complaint.objects.values().get()
    add(client, complaint)
    assert Complaint.objects.values().get() == before


def test_without_a_handler_every_officer_hears_of_it(client, complaint, officer):
    UserFactory(role=roles.COMPLAINT_OFFICER)
    add(client, complaint)
    assert Notice.objects.filter(kind="complaint-added").count() == 2


def test_the_same_form_twice_adds_once(client, complaint):
    form = {**guard(), "text": "Una volta."}
    for _each in range(2):
        assert client.post(page_of(complaint), form).status_code == 302
    assert ComplaintAddition.objects.count() == 1


def test_nothing_at_all_is_refused_and_a_wrong_file_keeps_the_words(client, complaint):
    assert add(client, complaint, text=" ").status_code == 409
    answer = add(client, complaint, files=[receipt("programma.exe")])
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, "Aggiungo la ricevuta.")
    assert not ComplaintAddition.objects.exists()


def test_after_the_answer_something_may_be_added_and_nothing_opens_again(client, officer):
    complaint = ComplaintFactory(answered=True, customer=None)
    assert add(client, complaint).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == Complaint.State.ANSWERED
    assert "closed already" in Notice.objects.get(kind="complaint-added").body_text or "chius" in (
        Notice.objects.get(kind="complaint-added").body_text
    )


def test_there_is_an_end_to_what_may_be_added(client, complaint):
    ComplaintAdditionFactory.create_batch(MOST, complaint=complaint)
    assert add(client, complaint).status_code == 409


def test_who_holds_the_secret_fetches_the_files_of_that_complaint_alone(client, complaint):
    add(client, complaint, files=[receipt()])
    file = AddedFile.objects.get()
    got = client.get(page_of(complaint, "complaint_tracked_file", key=file.key))
    assert b"".join(got.streaming_content) == PDF
    assert got.headers["Content-Disposition"].startswith("attachment;")
    other = ComplaintFactory()
    assert client.get(page_of(other, "complaint_tracked_file", key=file.key)).status_code == 404


def test_the_customer_adds_in_the_reserved_area_too():
    account = ReservedAreaAccountFactory()
    complaint = ComplaintFactory(customer=account.customer)
    client = Client()
    client.force_login(account.user)
    page = reverse("portal_complaint", args=[complaint.pk])
    form = {**guard(), "text": "Ecco.", "files": [receipt()]}
    assert client.post(reverse("portal_complaint_add", args=[complaint.pk]), form).url == page
    link = re.search(r'href="(/area-riservata/reclami/\d+/file/[^"]+)"', client.get(page).content.decode())[1]
    assert b"".join(client.get(link).streaming_content) == PDF


def test_the_officer_reads_what_was_added_on_the_complaints_page(client, complaint, officer):
    add(client, complaint, files=[receipt()])
    staff = Client()
    staff.force_login(officer)
    page = staff.get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    assert "Aggiungo la ricevuta." in page
    address = reverse("admin:complaints_complaint_file", args=[complaint.pk, AddedFile.objects.get().key])
    assert address in page
    assert b"".join(staff.get(address).streaming_content) == PDF
