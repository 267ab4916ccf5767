"""The public forms: written once, never half, with everything typed kept where something is refused."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from contact_center.models import Contact, Message, WebFormRequest
from contact_center.tests.factories import TeamFactory
from contact_center.tests.public_forms import filled, guard
from customers import roles
from customers.tests.factories import ContactPointFactory, ReservedAreaAccountFactory, UserFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db

OPEN = "/contatti/richiesta/"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(client):
    """A visitor who reads English: sentences are those of the source."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def refused(client, **given):
    """The form as it is shown again, nothing having been written."""
    answer = client.post(OPEN, filled(**given))
    assert answer.status_code in {200, 429}
    assert not Contact.objects.exists()
    assert not Notice.objects.exists()
    return answer.context["form"]


# --- Ways to reach us
def test_the_page_offers_each_form_and_the_three_lines(client):
    page = client.get("/contatti/").content.decode()
    for name in ("open_request", "guided_request", "consideration"):
        assert f'href="{reverse(name)}"' in page
    assert "800 016 611" in page


def test_the_page_says_when_the_lines_are_open(client):
    hours = client.get("/contatti/").context["hours"]
    assert [(each.days, each.times) for each in hours] == [
        ("Monday to Friday", "08:30–13:00, 14:00–18:30"),
        ("Saturday", "08:30–13:00"),
    ]


@pytest.mark.parametrize(
    ("address", "most"),
    [("/contatti/", 4), (OPEN, 0), ("/contatti/considerazione/", 0), ("/contatti/richiesta-guidata/", 1)],
)
def test_an_anonymous_visitors_page_costs_little(client, address, most):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= most


# --- Sending
def test_a_request_is_opened_and_its_number_shown(client):
    answer = client.post(OPEN, filled(phone="333 1234567", policy_number=" 112.014 "), follow=True)
    form = WebFormRequest.objects.select_related("contact").get()
    assert (form.name, form.email, form.phone) == ("Anna Bianchi", "anna@example.it", "+393331234567")
    assert (form.policy_number, form.language, form.form) == ("112.014", "en", "open")
    assert (form.contact.channel, form.contact.customer) == ("site_form", None)
    page = answer.content.decode()
    assert form.contact.number in page
    assert answer.context["tracking_url"] in page
    assert "We will answer you by" in page


def test_a_consideration_is_promised_no_answer(client):
    answer = client.post("/contatti/considerazione/", filled(), follow=True)
    assert Contact.objects.get().kind == Contact.Kind.CONSIDERATION
    assert "We will answer you by" not in answer.content.decode()
    assert "consideration" in Notice.objects.get().subject


def test_a_form_sent_twice_shows_the_same_number_and_writes_nothing_twice(client):
    sent = filled()
    first, again = client.post(OPEN, sent), client.post(OPEN, sent)
    assert first.url == again.url
    assert Contact.objects.count() == Message.objects.count() == Notice.objects.count() == 1


def test_the_same_page_sent_again_with_other_words_adds_them_once(client):
    sent = filled()
    first = client.post(OPEN, sent)
    for _each in range(2):
        assert client.post(OPEN, sent | {"text": "Anzi, due copie."}).url == first.url
    assert [each.text for each in Message.objects.all()] == [sent["text"], "Anzi, due copie."]
    assert Contact.objects.count() == Notice.objects.count() == 1


@pytest.mark.parametrize("address", [OPEN, "/contatti/considerazione/", "/contatti/richiesta-guidata/"])
def test_a_form_is_not_kept_by_the_browser(client, address):
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_a_form_sent_costs_at_most_twelve_queries(client):
    TeamFactory()
    sent = filled()
    with CaptureQueriesContext(connection) as asked:
        assert client.post(OPEN, sent).status_code == 302
    assert len(asked) <= 12, "\n".join(each["sql"][:90] for each in asked)


def test_the_notice_is_in_the_language_of_the_page(client):
    client.post(OPEN, filled(), headers={"accept-language": "it"})
    assert Notice.objects.get().language == WebFormRequest.objects.get().language == "it"


# --- Who has signed in
def test_a_customer_finds_the_form_filled_in(client):
    account = ReservedAreaAccountFactory()
    phone = ContactPointFactory(customer=account.customer)
    client.force_login(account.user)
    form = client.get(OPEN).context["form"]
    assert form["name"].value() == "Maria Rossi"
    assert form["email"].value() == account.user.email
    assert (form["phone"].value(), form["tax_code"].value()) == (phone.value, account.customer.tax_code)


def test_a_suspended_account_is_nobodys(client):
    account = ReservedAreaAccountFactory(state="suspended")
    client.force_login(account.user)
    client.post(OPEN, filled())
    assert Contact.objects.get().customer is None


def test_staff_write_as_themselves(client):
    user = UserFactory(role=roles.AGENT)
    client.force_login(user)
    assert client.get(OPEN).context["form"]["email"].value() == user.email


# --- Bad input: a clear refusal, nothing half-done, everything kept
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "Anna\r\nBcc: tutti@example.it"),
        ("name", "a" * 201),
        ("email", "anna"),
        ("email", "anna@example.it\r\nBcc: tutti@example.it"),
        ("email", "anna@example.it, berta@example.it"),
        ("subject", "Copia\nBcc: tutti@example.it"),
        ("subject", "a" * 251),
        ("phone", "123"),
        ("tax_code", "RSSMRA80A01F205Y"),
        ("policy_number", "<script>"),
        ("text", " \n "),
        ("text", "a" * 10_001),
    ],
)
def test_a_wrong_answer_is_marked_and_the_others_are_kept(client, name, value):
    form = refused(client, **{name: value})
    assert list(form.errors) == [name]
    kept = "text" if name == "name" else "name"
    assert form[kept].value() == filled()[kept]


def test_too_long_a_text_says_how_long_it_is(client):
    [sentence] = refused(client, text="a" * 10_532).errors["text"]
    assert "10000" in sentence.replace(",", "").replace(".", "")
    assert "10532" in sentence.replace(",", "").replace(".", "")


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "a\r\n" * 5_000, "😀🏡👨‍👩‍👧", "مرحبا بكم", "<script>alert(1)</script>"]
)
def test_any_text_that_fits_is_taken_as_it_is(client, text):
    assert client.post(OPEN, filled(text=text)).status_code == 302
    assert Message.objects.get().text == text.replace("\r\n", "\n").strip()


def test_what_nobody_can_see_is_left_out(client):
    client.post(OPEN, filled(text="una\0 copia\u202e", name="Anna\u202e Bianchi\0"))
    assert Message.objects.get().text == "una copia"
    assert WebFormRequest.objects.get().name == "Anna Bianchi"


def test_another_version_of_the_privacy_notice_is_refused_and_the_one_in_force_shown(client, settings):
    form = refused(client, privacy_version="1999-01")
    assert form.non_field_errors().as_data()[0].code == "privacy_version"
    assert form["privacy_version"].value() == settings.PRIVACY_NOTICE_VERSION
    assert form["text"].value() == filled()["text"]


def test_a_form_sent_at_once_is_shown_again(client):
    assert refused(client, **guard(seconds=1)).non_field_errors().as_data()[0].code == "form_too_fast"


def test_a_machine_that_fills_in_the_trap_is_thanked_and_forgotten(client):
    answer = client.post(OPEN, filled(website="https://example.com"), follow=True)
    assert answer.status_code == 200
    assert not Contact.objects.exists()


def test_a_flood_from_one_address_is_asked_to_wait_and_keeps_what_it_wrote(client):
    cache.set("form_guard:request:127.0.0.1", 30, 60)
    assert "text" in refused(client).data


# --- Nothing is turned away unread
@pytest.mark.parametrize(
    ("given", "suspicion"),
    [
        ({}, ""),
        ({"text": "Vedi https://a.it e www.b.it"}, ""),
        ({"text": "https://a.it https://b.it www.c.it http://d.it"}, "links"),
        ({"name": "www.casino.example"}, "links"),
        ({"text": "Compra ora\n" * 5}, "repetition"),
        ({"text": "a" * 60}, "repetition"),
    ],
)
def test_strange_words_are_kept_and_marked_for_a_glance(client, given, suspicion):
    client.post(OPEN, filled(**given))
    assert WebFormRequest.objects.get().suspicion == suspicion


@pytest.mark.parametrize(("name", "kind"), [("email", "email"), ("phone", "tel")])
def test_a_telephone_shows_the_right_keys_for_a_field(client, name, kind):
    page = client.get(reverse("open_request")).content.decode()
    field = re.search(rf"<input[^>]*name=\"{name}\"[^>]*>", page)[0]
    assert re.findall(r"\btype=\"(\w+)\"", field) == [kind]  # of two the first would count


def test_a_long_subject_is_refused_with_a_sentence_and_not_cut_by_the_browser(client):
    page = client.get(reverse("open_request")).content.decode()
    assert "maxlength" not in re.search(r"<input[^>]*name=\"subject\"[^>]*>", page)[0]
    form = client.post(reverse("open_request"), filled(subject="x" * 251)).context["form"]
    assert [each.code for each in form.errors["subject"].as_data()] == ["max_length"]
    assert form["subject"].value() == "x" * 251
