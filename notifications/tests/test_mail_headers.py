"""The headers of an e-mail: who wrote it, which conversation it belongs to, how to end it, where to answer."""

import email
import email.policy

import pytest
from django.test import Client
from django.urls import reverse

from customers.consents import is_in_force
from customers.models import Consent
from customers.tests.factories import ConsentFactory, CustomerFactory
from notifications.channels import Message
from notifications.channels.email import _mail
from notifications.channels.email.mime import as_bytes
from notifications.delivery import deliver_notices
from notifications.kinds import EMAIL, INBOX, INSTALMENT_DUE
from notifications.message_ids import message_id_of
from notifications.models import Notice
from notifications.rendering import render
from notifications.tests.factories import NoticeFactory
from notifications.tests.mail import mail_server
from notifications.tests.test_kinds import INSTALMENT
from notifications.unsubscribing import unsubscribe_link, unsubscribe_url

pytestmark = pytest.mark.django_db

MACHINES = ("Auto-Submitted", "X-Auto-Response-Suppress")


def sent(*notices):
    with mail_server() as sink:
        deliver_notices([notice.pk for notice in notices])
    return [email.message_from_bytes(each.body, policy=email.policy.default) for each in sink.messages]


def test_an_answer_of_a_person_is_not_marked_as_a_machines():
    [by_a_person, by_us] = sent(NoticeFactory(kind="request-answered"), NoticeFactory(kind="request-received"))
    assert [by_a_person[name] for name in MACHINES] == [None, None]
    assert [by_us[name] for name in MACHINES] == ["auto-generated", "All"]


def test_the_later_emails_of_a_conversation_answer_the_first():
    first, second = NoticeFactory(thread="request:17"), NoticeFactory(thread="request:17")
    other = NoticeFactory(thread="request:18")
    messages = sent(first, second, other)
    wanted = message_id_of(first)
    assert [message["References"] for message in messages] == [None, wanted, None]
    assert messages[1]["In-Reply-To"] == wanted == messages[0]["Message-ID"]


def test_a_later_email_of_another_day_still_answers_the_first(settings):
    first, second = NoticeFactory(thread="request:17"), NoticeFactory(thread="request:17")
    [sent_first] = sent(first)
    settings.SECRET_KEY = "another" * 10
    [message] = sent(second)
    assert message["References"] == sent_first["Message-ID"]


# --- Where to answer, and how to end it
def test_an_email_states_that_nobody_reads_its_senders_mailbox(settings):
    settings.SITE_URL = "https://care.example"
    mailed = render(INSTALMENT_DUE, INSTALMENT, language="it", channel=EMAIL)
    assert "casella" in mailed.text
    assert mailed.text.rstrip().endswith("https://care.example/contatti/")
    assert 'href="https://care.example/contatti/"' in mailed.html
    assert "/contatti/" not in render(INSTALMENT_DUE, INSTALMENT, language="it", channel=INBOX).text


def test_an_email_states_that_answers_are_read_where_they_are(settings):
    settings.RETURNS_ADDRESS = "returns@care.example"
    mailed = render(INSTALMENT_DUE, INSTALMENT, language="it", channel=EMAIL)
    assert "Una risposta a questa e-mail viene letta da una persona, ma non subito." in mailed.text
    assert "casella del mittente" not in mailed.text


@pytest.fixture
def promotion():
    customer = CustomerFactory()
    for event in (Consent.Event.GIVEN, Consent.Event.CONFIRMED):
        ConsentFactory(customer=customer, purpose=Consent.Purpose.AGENCY_PROMOTIONS, event=event)
    return NoticeFactory(customer=customer, is_promotional=True)


def in_force(customer):
    own = Consent.objects.filter(customer=customer, purpose=Consent.Purpose.AGENCY_PROMOTIONS)
    last = own.latest_first().first()
    return is_in_force(last.event, purpose=last.purpose)


def test_a_promotion_is_ended_by_one_press_of_the_mail_program(promotion, settings):
    [message] = sent(promotion)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<> ")
    assert address.startswith(f"{settings.SITE_URL}/")
    client, path = Client(enforce_csrf_checks=True), address.removeprefix(settings.SITE_URL)
    assert (client.get(path).status_code, in_force(promotion.customer)) == (200, True)
    for _time in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not in_force(promotion.customer)


@pytest.mark.parametrize("link", ["x", "WzEsIm1hcmtldGluZyJd:1:abc"])
def test_a_link_that_is_not_ours_ends_nothing(promotion, link):
    assert Client().post(reverse("unsubscribe", args=[link])).status_code == 404
    assert in_force(promotion.customer)


@pytest.mark.parametrize(
    "altered",
    [
        lambda link, others: link[:-1],
        lambda link, others: link + "A",
        lambda link, others: link.swapcase(),
        lambda link, others: others.partition(":")[0] + ":" + link.partition(":")[2],
        lambda link, others: link.replace(":", "%3A%00", 1),
    ],
    ids=["shorter", "longer", "other letters", "another person's id", "a sign of no text"],
)
def test_a_link_of_ours_that_was_altered_ends_nothing(promotion, altered):
    other = ConsentFactory(purpose=Consent.Purpose.AGENCY_PROMOTIONS).customer
    purpose = Consent.Purpose.AGENCY_PROMOTIONS
    link = altered(unsubscribe_link(promotion.customer_id, purpose), unsubscribe_link(other.pk, purpose))
    path = reverse("unsubscribe", args=["x"]).replace("x", link)
    assert {Client().get(path).status_code, Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code} == {
        404
    }
    assert in_force(promotion.customer)
    assert not Consent.objects.filter(event=Consent.Event.WITHDRAWN).exists()


def test_the_link_of_a_purpose_is_its_own(promotion, settings):
    path = unsubscribe_url(promotion.customer_id, Consent.Purpose.MARKETING).removeprefix(settings.SITE_URL)
    assert Client().post(path).status_code == 200
    assert in_force(promotion.customer)


# --- The lines of a header
LONG = "La Sua polizza è in scadenza: perché è così lungo l'oggetto di questa lettera, che non sta in una riga"


@pytest.mark.parametrize("subject", ["Prova", "Perché: 12,50 €", LONG, LONG.encode("ascii", "ignore").decode()])
def test_a_subject_begins_on_its_first_line_and_no_line_is_too_long(subject):
    body = as_bytes(_mail(Message(address="anna@example.it", subject=subject, text="t", html="<p>t</p>")).message())
    head = body.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [
        line for line in head if len(line) > 78 or not line.partition(b":")[2 * line.startswith(b"Subject")].strip()
    ] == []
    assert email.message_from_bytes(body, policy=email.policy.default)["Subject"] == subject


def test_files_and_both_texts_are_separate_parts():
    message = Message(
        address="a@example.it",
        subject="s",
        text="é\n",
        html="<p>é</p>",
        attachments=[("l.pdf", "application/pdf", b"%P")],
    )
    read = email.message_from_bytes(as_bytes(_mail(message).message()), policy=email.policy.default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert read.get_body(("html",)).get_content().strip() == "<p>é</p>"
    assert Notice.objects.count() == 0
