"""To which address and in which language we write: never to an address that only the writer stated, unless somebody chose it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contact_center.contacts import commands, correspondence, opening
from contact_center.contacts.candidates import candidates_for
from contact_center.contacts.correspondence import recipient_of
from contact_center.models import Contact, WrapUpCode
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    TopicFactory,
    WebFormRequestFactory,
)
from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
HERS, STRANGER = "vera@example.it", "altro@example.it"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def vera():
    customer = CustomerFactory(tax_code="RSSMRA80A01H501U", first_name="Vera", last_name="Neri")
    ContactPointFactory(customer=customer, kind="email", value=HERS)
    return customer


@pytest.fixture
def contact(agent, vera):
    """Somebody gave Vera's tax code and an address of their own, and an agent named her."""
    form = WebFormRequestFactory(email=STRANGER, tax_code=vera.tax_code, contact__address=STRANGER)
    return commands.link_customer(form.contact, customer=vera, by=agent.user)


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


def sent_to():
    return list(Notice.objects.filter(kind="request-answered", channel="email").values_list("address", flat=True))


# --- Where it goes
def test_an_answer_goes_to_the_customers_own_address(contact, agent):
    commands.reply(contact, text="Il premio è 350 euro.", by=agent.user)
    assert sent_to() == [HERS]


def test_it_goes_where_somebody_chose(contact, agent):
    commands.reply(contact, text="Chi scrive?", by=agent.user, to=STRANGER)
    assert sent_to() == [STRANGER]


def test_it_goes_nowhere_else(contact, agent):
    with pytest.raises(Refused) as refused:
        commands.reply(contact, text="Ecco.", by=agent.user, to="terzo@example.it")
    assert refused.value.code == "address_not_of_contact"
    assert sent_to() == []


def test_without_an_address_of_the_customers_the_stated_one_must_be_chosen(contact, vera, agent):
    vera.contact_points.all().delete()
    with pytest.raises(Refused) as refused:
        commands.reply(contact, text="Ecco.", by=agent.user)
    assert refused.value.code == "address_only_stated"
    commands.reply(contact, text="Chi scrive?", by=agent.user, to=STRANGER)
    assert sent_to() == [STRANGER]


def test_the_customers_own_address_needs_no_choice(agent, vera):
    form = WebFormRequestFactory(email="Vera@example.it", contact__address="Vera@example.it")
    contact = commands.link_customer(form.contact, customer=vera, by=agent.user)
    assert recipient_of(contact).address == HERS
    assert not correspondence.is_only_stated(contact)


def test_who_signed_in_to_write_is_answered_where_they_ask(vera):
    contact = ContactFactory(channel=Contact.Channel.PORTAL, customer=vera, address=STRANGER)
    assert recipient_of(contact).address == STRANGER


def test_the_question_afterwards_goes_where_the_answer_went(contact, agent):
    commands.reply(contact, text="Chi scrive?", by=agent.user, to=STRANGER)
    commands.wrap_up(contact, code=WrapUpCode.objects.get(code="risolto"), by=agent.user, topic=TopicFactory())
    assert Notice.objects.get(kind="satisfaction-asked").address == STRANGER


# --- What the writer reads by the link
def test_an_answer_to_the_customer_is_not_shown_to_whoever_has_the_writers_link(agent, vera, client):
    opened = opening.open_request(
        form="open",
        submission_key="8f6f1c1e-2d0a-4f0e-9a53-222222222222",
        name="Vera Neri",
        email=STRANGER,
        tax_code=vera.tax_code,
        text="Quanto pago?",
        privacy_version="1",
    )
    contact = commands.link_customer(opened.contact, customer=vera, by=agent.user)
    commands.reply(contact, text="Il premio è 350 euro.", by=agent.user)
    commands.reply(contact, text="Chi scrive?", by=agent.user, to=STRANGER)
    page = Client(headers={"accept-language": "en"}).get(
        reverse("request_tracking", args=[contact.number, opened.secret])
    )
    assert [message.text for message in page.context["thread"]] == [
        "Quanto pago?",
        "We answered by e-mail.",
        "Chi scrive?",
    ]
    assert "350" not in page.content.decode()
    notice = Notice.objects.get(kind="request-answered", address=HERS)
    assert opened.secret not in notice.body_text


# --- What the agent sees
def test_the_page_warns_and_asks_where_the_answer_goes(client, contact):
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert STRANGER in page.context["address_warning"]
    assert [address for address, _words in page.context["recipients"]] == [HERS, STRANGER]


def test_an_answer_without_the_choice_is_asked_for_it(client, contact):
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"])
    asked = {"text": "Ecco.", "seen_version": contact.version}
    assert list(client.post(address, asked).context["form"].errors) == ["to"]
    assert client.post(address, asked | {"to": HERS}).status_code == 302
    assert sent_to() == [HERS]


def test_who_is_known_by_the_address_is_not_asked_about(client, agent, vera):
    form = WebFormRequestFactory(email=HERS, contact__address=HERS)
    contact = commands.link_customer(form.contact, customer=vera, by=agent.user)
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert "address_warning" not in page.context
    assert (
        "to"
        not in client.get(reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"]))
        .context["form"]
        .fields
    )


def test_a_tax_code_alone_is_never_sure(vera):
    contact = WebFormRequestFactory(email=STRANGER, tax_code=vera.tax_code, contact__address=STRANGER).contact
    hers = WebFormRequestFactory(email=HERS, tax_code=vera.tax_code, contact__address=HERS).contact
    reader = UserFactory(role=roles.AGENT)
    assert [each.how for each in candidates_for(contact, reader)] == ["claimed"]
    assert [each.how for each in candidates_for(hers, reader)] != ["claimed"]


# --- In which language
def test_a_person_is_written_to_in_one_language(agent, vera):
    form = WebFormRequestFactory(email=HERS, contact__address=HERS, language="en")
    contact = commands.link_customer(form.contact, customer=vera, by=agent.user)
    commands.reply(contact, text="Here it is.", by=agent.user)
    commands.wrap_up(contact, code=WrapUpCode.objects.get(code="risolto"), by=agent.user, topic=TopicFactory())
    assert set(Notice.objects.filter(channel="email").values_list("language", flat=True)) == {"en"}
