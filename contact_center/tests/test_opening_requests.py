"""A written request: opened once, put in the queue with a due date, acknowledged by a notice."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from contact_center.contacts.opening import digest_of, open_request, tracking_secret, tracking_url
from contact_center.models import Contact, ContactEvent, Message, WebFormRequest
from contact_center.tests.factories import TeamFactory
from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from notifications.models import Notice
from notifications.services.queueing import TYPED_PER_DAY

KEY = uuid.UUID("8f6f1c1e-2d0a-4f0e-9a53-111111111111")


def send(**given):
    return open_request(
        **{
            "form": WebFormRequest.Form.OPEN,
            "submission_key": KEY,
            "name": "Anna Bianchi",
            "email": "anna@example.it",
            "text": "Vorrei una copia della polizza.",
            "subject": "Copia",
            "privacy_version": "1",
        }
        | given
    )


@pytest.mark.django_db
def test_a_request_waits_in_the_first_levels_queue_with_a_due_date():
    team = TeamFactory()
    contact = send().contact
    assert (contact.channel, contact.state, contact.team, contact.kind) == ("site_form", "open", team, "request")
    assert contact.due_at > contact.started_at
    assert Message.objects.get(contact=contact).text == "Vorrei una copia della polizza."
    assert ContactEvent.objects.get(contact=contact).kind == ContactEvent.Kind.OPENED


@pytest.mark.django_db
def test_a_request_is_acknowledged_with_its_number_and_its_tracking_address():
    opened = send()
    notice = Notice.objects.get()
    assert (notice.address, notice.state) == ("anna@example.it", "queued")
    assert opened.contact.number in notice.subject
    assert f"/contatti/seguito/{opened.contact.number}/{opened.secret}/" in notice.body_text


@pytest.mark.django_db
def test_an_acknowledgement_has_no_words_of_somebody_who_did_not_sign_in():
    send(name="Hai vinto: conferma su https://premio.example.com/x", subject="Rimborso: accesso.example.com/login")
    notice = Notice.objects.get()
    assert "example.com" not in notice.subject + notice.body_text + notice.body_html


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "is_quoted"), [("anna@example.it", True), ("altrove@example.it", False)])
def test_a_customer_who_signed_in_is_answered_in_their_words_at_their_own_address(email, is_quoted):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="email", value="anna@example.it")
    send(customer=customer, email=email)
    notice = Notice.objects.get(channel="email")
    assert ("Anna Bianchi" in notice.body_text) == is_quoted
    assert bool(notice.mailbox) != is_quoted


@pytest.mark.django_db
def test_the_requests_of_a_day_to_one_mailbox_are_kept_and_their_mail_is_withheld():
    for _place in range(TYPED_PER_DAY + 1):
        send(submission_key=uuid.uuid4(), form=WebFormRequest.Form.CONSIDERATION)
    assert Contact.objects.count() == TYPED_PER_DAY + 1
    assert Notice.objects.filter(state="withheld").count() == 1


@pytest.mark.django_db
def test_the_same_submission_opens_one_request():
    first, again = send(), send(text="altro")
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.contact, again.secret) == (first.contact, first.secret)
    assert Contact.objects.count() == Message.objects.count() == Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_submission_twice_at_the_same_moment_opens_one_request():
    ready = threading.Barrier(4)
    opened = []

    def work():
        try:
            ready.wait()
            opened.append(send())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.is_new for each in opened) == [False, False, False, True]
    assert Contact.objects.count() == Notice.objects.count() == 1


@pytest.mark.django_db
def test_nobody_is_presumed_to_be_a_customer():
    customer = CustomerFactory()
    assert send(tax_code=customer.tax_code).contact.customer is None


@pytest.mark.django_db
def test_a_customer_who_signed_in_is_known():
    customer = CustomerFactory()
    assert send(customer=customer, channel=Contact.Channel.PORTAL).contact.customer == customer


@pytest.mark.django_db
def test_only_a_digest_of_the_secret_is_stored():
    opened = send()
    form = opened.contact.web_form
    assert opened.secret == tracking_secret(KEY)
    assert len(opened.secret) == 26
    assert form.tracking_digest == digest_of(opened.secret) != opened.secret


@pytest.mark.django_db
def test_a_colleague_reads_the_acknowledgement_but_not_its_secret():
    opened = send()
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    page = client.get(reverse("admin:notifications_notice_change", args=[Notice.objects.get().pk])).content.decode()
    assert opened.contact.number in page
    assert opened.secret not in page


@pytest.mark.django_db
def test_a_tracking_address_outlives_a_change_of_the_secret_key(settings):
    opened = send()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-characters-and-more-0123456789"
    assert tracking_url(opened.contact.web_form).endswith(f"/{opened.secret}/")


@pytest.mark.django_db
def test_the_tracking_page_shows_the_thread_to_the_holder_of_the_secret(client):
    opened = send()
    assert "Vorrei una copia" in client.get(tracking_url(opened.contact.web_form)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["number", "secret"])
def test_a_wrong_number_or_secret_is_not_found(client, wrong):
    opened = send()
    number = "C-00000000" if wrong == "number" else opened.contact.number
    secret = "a" * 26 if wrong == "secret" else opened.secret
    assert client.get(f"/contatti/seguito/{number}/{secret}/").status_code == 404
