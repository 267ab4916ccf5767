"""The public form: what is registered, what is asked again with nothing lost, and what machines get."""

import hashlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, ComplaintDocument, RegisterYear, Representation
from complaints.representation.entering import lacks_mandate
from complaints.tests.files import bytes_of, upload_pdf
from complaints.views import PER_HOUR
from customers.tests.factories import ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(client, clock):
    """The form as a browser has it after reading the page for a minute."""
    page = client.get(reverse("complaint_form"))
    form = page.context["form"]
    clock.shift(timedelta(minutes=1))
    return {name: form[name].value() or "" for name in form.fields} | {
        "complainant_name": "Anna Bianchi",
        "complainant_kind": "insured",
        "proposer_kind": "interested",
        "email": "Anna@Example.it",
        "subject": "Preventivo",
        "text": "Il premio non corrisponde al preventivo.",
    }


def send(client, form, **changed):
    return client.post(reverse("complaint_form"), form | changed)


def errors(answer) -> dict[str, list[str]]:
    return {name: [each.code for each in found.as_data()] for name, found in answer.context["form"].errors.items()}


def test_a_complaint_is_registered_and_its_number_given(client, opened):
    answer = send(client, opened)
    complaint = Complaint.objects.get()
    assert (complaint.number, complaint.address, complaint.complainant_kind) == (
        "2026/1",
        "anna@example.it",
        "insured",
    )
    assert complaint.events.get().details["privacy_version"]
    page = client.get(answer.url)
    assert (page.status_code, page.context["complaint"]) == (200, complaint)
    assert "2026/1" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_who_fills_in_the_english_form_is_written_to_in_english(client, opened):
    client.post(reverse("complaint_form"), opened, headers={"Accept-Language": "en"})
    complaint = Complaint.objects.get()
    assert (complaint.language, complaint.answer_language, Notice.objects.get().language) == ("en", "en", "en")


def test_the_page_of_the_number_leads_to_the_complaints_own_page(client, opened):
    page = client.get(send(client, opened).url).context
    assert client.get(page["tracking_url"]).context["complaint"] == Complaint.objects.get()


def test_the_page_of_the_number_names_neither_complainant_nor_matter(client, opened):
    page = Client().get(send(client, opened).url).content.decode()
    assert "Bianchi" not in page
    assert "Preventivo" not in page


def test_the_form_sent_twice_is_one_complaint(client, opened):
    assert send(client, opened).url == send(client, opened).url
    assert (Complaint.objects.count(), RegisterYear.objects.get().last_number, Notice.objects.count()) == (1, 1, 1)


def test_about_an_intermediary_says_which(client, opened):
    refused = send(client, opened, conduct="intermediary")
    assert errors(refused) == {"intermediary": ["no_intermediary"]}
    send(client, opened, conduct="intermediary", intermediary="Agenzia Alfa, Pavia")
    complaint = Complaint.objects.get()
    assert (complaint.about_conduct, complaint.intermediary_stated, complaint.agency) == (
        True,
        "Agenzia Alfa, Pavia",
        None,
    )


def test_by_post_a_postal_address_is_enough(client, opened):
    assert errors(send(client, opened, email="")) == {"email": ["no_address"]}
    answer = send(client, opened, email="", postal_address="Via Roma 1, 27100 Pavia")
    assert answer.status_code == 302
    assert (Complaint.objects.get().address, Notice.objects.count()) == ("Via Roma 1, 27100 Pavia", 0)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"complainant_name": " "}, "complainant_name"),
        ({"email": "anna.example.it"}, "email"),
        ({"tax_code": "ABC"}, "tax_code"),
        ({"phone": "12"}, "phone"),
        ({"text": ""}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"complainant_kind": "president"}, "complainant_kind"),
    ],
)
def test_what_is_wrong_is_asked_again_and_nothing_is_lost(client, opened, changed, wrong):
    answer = send(client, opened, **changed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [wrong])
    assert answer.context["form"]["subject"].value() == "Preventivo"
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("text", "stored"),
    [("a" * 10_000, "a" * 10_000), ("😀🏡", "😀🏡"), ("مرحبا \u202e txet", "مرحبا  txet")],
)
def test_any_text_is_taken(client, opened, text, stored):
    assert send(client, opened, text=text).status_code == 302
    assert Complaint.objects.get().text == stored


def test_line_breaks_in_a_name_do_not_reach_a_header(client, opened):
    send(client, opened, complainant_name="Anna\r\nBcc: tutti@example.it")
    assert Complaint.objects.get().complainant_name == "Anna Bcc: tutti@example.it"
    assert "\n" not in Notice.objects.get().subject


# --- Documents, and for whom one writes ------------------------------------------------------------------------------
def test_the_files_are_kept_with_their_checksum(client, opened):
    send(client, opened, files=[upload_pdf("perizia.pdf"), upload_pdf("foto.pdf")])
    kept = ComplaintDocument.objects.order_by("pk")
    assert [(each.name, each.giver, each.way) for each in kept] == [
        ("perizia.pdf", "complainant", "site"),
        ("foto.pdf", "complainant", "site"),
    ]
    assert all(each.sha256 == hashlib.sha256(bytes_of(each)).hexdigest() for each in kept)


def test_forty_files_are_refused_in_words_and_what_was_written_remains(client, opened):
    answer = send(client, opened, files=[upload_pdf(f"{number}.pdf") for number in range(40)])
    assert errors(answer) == {"files": ["too_many_files", "files_again"]}
    assert (answer.context["form"]["text"].value(), Complaint.objects.count()) == (opened["text"], 0)


def test_a_lawyer_says_for_whom_and_sends_the_mandate(client, opened):
    refused = send(client, opened, proposer_kind="lawyer")
    assert errors(refused) == {"represented_name": ["nobody_represented"]}
    given = {"represented_name": "Bruno Neri", "relation": "client", "mandate": upload_pdf("mandato.pdf")}
    send(client, opened, proposer_kind="lawyer", **given)
    known = Representation.objects.get()
    mandate = ComplaintDocument.objects.get()
    assert (known.name, known.mandate_key, mandate.name) == ("Bruno Neri", mandate.key, "mandato.pdf")


def test_without_a_mandate_the_complaint_is_taken_and_the_mandate_is_missing(client, opened):
    send(client, opened, proposer_kind="lawyer", represented_name="Bruno Neri")
    complaint = Complaint.objects.get()
    assert (lacks_mandate(complaint), complaint.customer) == (True, None)


# --- Whose complaint it is ------------------------------------------------------------------------------------------
def test_a_tax_code_and_an_address_of_ours_together_name_the_customer(client, opened):
    customer = ContactPointFactory(kind="email", value="anna@example.it").customer
    send(client, opened, tax_code=customer.tax_code)
    assert Complaint.objects.get().customer == customer


def test_a_tax_code_alone_names_nobody(client, opened):
    send(client, opened, tax_code=CustomerFactory().tax_code)
    assert Complaint.objects.get().customer is None


# --- Machines -------------------------------------------------------------------------------------------------------
def test_a_machine_sees_thanks_and_nothing_is_stored(client, opened):
    answer = send(client, opened, website="https://buy.example")
    assert answer.url == reverse("complaint_received")
    assert client.get(answer.url).status_code == 200
    assert not Complaint.objects.exists()


def test_a_form_sent_at_once_is_asked_again(client, opened, clock):
    clock.shift(timedelta(seconds=-59))
    assert errors(send(client, opened)) == {"__all__": ["form_too_fast"]}
    assert not Complaint.objects.exists()


def test_from_one_address_only_so_many_in_an_hour(client, opened):
    cache.set("form_guard:complaint:127.0.0.1", PER_HOUR)
    answer = send(client, opened)
    assert (answer.status_code, Complaint.objects.count()) == (429, 0)
    assert answer.context["form"]["text"].value() == opened["text"]


def test_the_form_is_open_to_everybody_and_only_asked_or_sent(client):
    assert client.get(reverse("complaint_form")).status_code == 200
    assert client.put(reverse("complaint_form")).status_code == 405


def test_a_complaint_costs_few_queries(client, opened, django_assert_max_num_queries):
    RegisterYear.locked_now()  # only the first complaint of a year makes its row
    with django_assert_max_num_queries(14):  # twelve, and the two by which the test's transaction holds ours
        send(client, opened)


def test_a_customer_who_has_signed_in_finds_their_name_written_and_the_complaint_among_their_own(client, clock):
    account = ReservedAreaAccountFactory()
    client.force_login(account.user)
    form = client.get(reverse("complaint_form")).context["form"]
    clock.shift(timedelta(minutes=1))
    sent = {name: form[name].value() or "" for name in form.fields} | {
        "complainant_kind": "insured",
        "proposer_kind": "interested",
        "subject": "Preventivo",
        "text": "Il premio non corrisponde.",
    }
    client.post(reverse("complaint_form"), sent)
    complaint = Complaint.objects.get()
    assert (complaint.customer, complaint.address) == (account.customer, account.user.email)


def test_a_customer_who_complains_for_somebody_else_is_not_taken_for_them(client, opened):
    client.force_login(ReservedAreaAccountFactory().user)
    send(client, opened, complainant_name="Bruno Neri", tax_code="")
    assert Complaint.objects.get().customer is None
