"""The tracking page, and one more message from the writer: what it shows, what it wakes, what it opens."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contact_center.contacts import commands
from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.opening import digest_of, open_request
from contact_center.models import Contact, ContactEvent, Message, WebFormRequest, WrapUpCode
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    MessageFactory,
    TeamFactory,
    TopicFactory,
    WebFormRequestFactory,
)
from contact_center.tests.public_forms import filled, guard
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db

EVENTS = ContactEvent.Kind


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def opened():
    TeamFactory()
    return open_request(
        form=WebFormRequest.Form.OPEN,
        submission_key=uuid.uuid4(),
        name="Anna Bianchi",
        email="anna@example.it",
        subject="Copia",
        text="Vorrei una copia.",
        privacy_version="1",
    )


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


def page_of(opened):
    return f"/contatti/seguito/{opened.contact.number}/{opened.secret}/"


def kinds(contact):
    return list(contact.events.order_by("pk").values_list("kind", flat=True))


def wrap_up(contact, agent, code="risolto"):
    commands.take(contact, by=agent.user)
    return commands.wrap_up(contact, code=WrapUpCode.objects.get(code=code), by=agent.user, topic=TopicFactory())


def add(contact, text="Ancora una cosa.", key=None, **given):
    return add_customer_message(contact, text=text, key=key or uuid.uuid4(), **given)


def later(contact, **ago):
    """Move the closing of a contact into the past."""
    closed_at = timezone.now() - timedelta(**ago)
    Contact.objects.filter(pk=contact.pk).update(closed_at=closed_at, started_at=closed_at - timedelta(days=1))


# --- The page
def test_it_says_where_the_request_stands(client, opened, agent):
    def standing():
        return client.get(page_of(opened)).context["standing"].key

    contact = opened.contact
    assert standing() == "received"
    commands.take(contact, by=agent.user)
    assert standing() == "in_progress"
    commands.wait(contact, by=agent.user)
    assert standing() == "waiting"
    commands.escalate(contact, team=TeamFactory(level=2), reason="knowledge", by=agent.user)
    assert standing() == "in_progress"
    wrap_up(contact, agent)
    assert standing() == "answered"


def test_it_says_by_when_we_answer_and_owns_up_to_being_late(client, opened):
    assert "We will answer you by" in client.get(page_of(opened)).content.decode()
    Contact.objects.update(due_at=timezone.now() - timedelta(hours=1))
    page = client.get(page_of(opened))
    assert page.context["is_late"]
    assert "We will answer you by" not in page.content.decode()


def test_it_shows_the_thread_without_notes_and_without_agents_names(client, opened, agent):
    commands.reply(opened.contact, text="Eccola.", by=agent.user)
    commands.add_note(opened.contact, text="Segreto d'ufficio", by=agent.user)
    page = client.get(page_of(opened)).content.decode()
    assert "Eccola." in page
    assert "Segreto" not in page
    assert agent.user.last_name not in page


def test_what_was_written_is_shown_as_words_never_as_markup(client, opened):
    add(opened.contact, text="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(page_of(opened)).content.decode()


@pytest.mark.parametrize("part", ["", "inviata/"])
def test_it_is_kept_by_nobody(client, opened, part):
    headers = client.get(page_of(opened) + part).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "no-store" in headers["Cache-Control"]


def test_a_wrong_secret_or_number_is_not_found_and_guessing_is_stopped(client, opened):
    number = opened.contact.number
    assert client.get(f"/contatti/seguito/{number}/{'a' * 26}/").status_code == 404
    assert client.get(f"/contatti/seguito/C-00000000/{opened.secret}/").status_code == 404
    assert client.get(f"/contatti/seguito/C-é/{opened.secret}/").status_code == 404
    assert client.post(f"/contatti/seguito/{number}/{'a' * 26}/", filled()).status_code == 404
    cache.set("form_guard:secret:127.0.0.1", 60, 60)
    assert client.get(f"/contatti/seguito/{number}/{'a' * 26}/").status_code == 429
    assert client.get(page_of(opened)).status_code == 200, "who has the address is not shut out"


def test_the_thread_comes_in_pages_and_costs_the_same(client, opened):
    with CaptureQueriesContext(connection) as one:
        client.get(page_of(opened))
    for number in range(25):
        MessageFactory(contact=opened.contact, text=f"messaggio {number}", written_at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        last = client.get(page_of(opened))
    assert len(many) == len(one) <= 5
    assert (len(last.context["thread"]), last.context["thread"][-1].text) == (20, "messaggio 24")
    first = client.get(page_of(opened), {"prima": last.context["earlier"]})
    assert first.context["thread"][0].text == "Vorrei una copia."
    assert (len(first.context["thread"]), first.context["earlier"]) == (6, None)


@pytest.mark.parametrize("before", ["x", "-1", "²", "9" * 30, "0"])
def test_a_page_of_the_thread_that_is_none_is_the_last(client, opened, before):
    assert len(client.get(page_of(opened), {"prima": before}).context["thread"]) == 1


# --- One more message
def test_a_message_is_added_by_the_form_once(client, opened):
    sent = guard() | {"text": "Ancora una cosa."}
    for _each in range(2):
        assert client.post(page_of(opened), sent).url == page_of(opened)
    assert [each.text for each in opened.contact.messages.all()] == ["Vorrei una copia.", "Ancora una cosa."]
    assert kinds(opened.contact) == [EVENTS.OPENED, EVENTS.RECEIVED]


def test_a_refused_message_keeps_its_words_and_shows_the_thread(client, opened):
    answer = client.post(page_of(opened), guard(seconds=1) | {"text": "Ancora"})
    assert answer.context["form"]["text"].value() == "Ancora"
    assert len(answer.context["thread"]) == 1
    assert Message.objects.count() == 1


def test_a_machine_adds_nothing(client, opened):
    client.post(page_of(opened), guard() | {"text": "Ancora", "website": "x"})
    assert Message.objects.count() == 1


def test_a_form_from_elsewhere_is_refused(opened):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(page_of(opened), guard() | {"text": "Ancora"}).status_code == 403
    assert Message.objects.count() == 1


def test_a_message_makes_the_earlier_view_of_the_agent_stale(opened):
    version = Contact.objects.get().version
    assert add(opened.contact).contact.version > version


def test_nobody_is_notified_of_a_message_for_the_queue_shows_it(opened):
    before = Notice.objects.count()
    add(opened.contact)
    assert Notice.objects.count() == before


def test_an_answer_ends_the_wait(opened, agent):
    commands.take(opened.contact, by=agent.user)
    due_at = Contact.objects.get().due_at
    commands.wait(opened.contact, by=agent.user)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        contact = add(opened.contact).contact
    assert (contact.state, contact.owner) == ("in_progress", agent)
    assert contact.due_at >= due_at, "the customer's own time is not taken from ours"
    assert kinds(contact)[-2:] == [EVENTS.RESUMED, EVENTS.RECEIVED]


def test_an_answer_to_nobody_goes_back_to_the_queue():
    contact = ContactFactory(state=Contact.State.WAITING)
    assert add(contact).contact.state == Contact.State.OPEN


# --- After closing
def test_a_message_soon_after_reopens(opened, agent, settings):
    wrap_up(opened.contact, agent)
    later(opened.contact, days=settings.REOPEN_DAYS - 1)
    contact = add(opened.contact).contact
    assert contact == opened.contact
    assert (contact.state, contact.outcome, contact.reopened_count) == ("open", "unresolved", 1)
    assert kinds(contact)[-2:] == [EVENTS.REOPENED, EVENTS.RECEIVED]


def test_a_message_long_after_opens_a_contact_that_goes_on_from_it(opened, agent, settings):
    wrap_up(opened.contact, agent)
    later(opened.contact, days=settings.REOPEN_DAYS + 1)
    added = add(opened.contact)
    opened.contact.refresh_from_db()
    assert opened.contact.state == Contact.State.CLOSED
    assert (added.contact.continues, added.contact.subject) == (opened.contact, "Copia")
    assert added.contact.web_form.email == "anna@example.it"
    assert added.message.text == "Ancora una cosa."


def test_a_late_message_is_written_once_and_the_next_joins_it(opened, agent, settings):
    wrap_up(opened.contact, agent)
    later(opened.contact, days=settings.REOPEN_DAYS + 1)
    key = uuid.uuid4()
    first, again, next_one = add(opened.contact, key=key), add(opened.contact, key=key), add(opened.contact)
    assert (again.is_new, again.contact, next_one.contact) == (False, first.contact, first.contact)
    assert (Contact.objects.count(), first.contact.messages.count()) == (2, 2)


def test_the_page_says_that_a_late_message_opens_another_and_leads_there(client, opened, agent, settings):
    wrap_up(opened.contact, agent)
    later(opened.contact, days=settings.REOPEN_DAYS + 1)
    assert client.get(page_of(opened)).context["opens_another"]
    there = client.post(page_of(opened), guard() | {"text": "Ancora"}).url
    assert str(Contact.objects.latest("pk").number) in there
    assert client.get(there.removeprefix("http://localhost:8000")).status_code == 200


def test_a_call_that_a_customer_writes_about_later_goes_on_in_writing(settings):
    customer = CustomerFactory()
    call = ContactFactory(customer=customer, by_phone=True, closed=True)
    added = add(call)
    assert (added.contact.continues, added.contact.customer, added.contact.channel) == (call, customer, "portal")


@pytest.mark.django_db(transaction=True)
def test_the_same_message_twice_at_the_same_moment_is_written_once(opened):
    ready, key, found = threading.Barrier(3), uuid.uuid4(), []

    def work():
        try:
            ready.wait()
            found.append(add(opened.contact, key=key).is_new)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, True]
    assert Message.objects.count() == 2


def test_a_request_without_its_term_is_followed_all_the_same(client):
    form = WebFormRequestFactory(tracking_digest=digest_of("a" * 26))
    assert client.get(f"/contatti/seguito/{form.contact.number}/{'a' * 26}/").status_code == 200
