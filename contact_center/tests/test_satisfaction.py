"""Was it resolved? Asked once after an answer, answered once, counted by the figures."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from contact_center.contacts import commands, opening, reopening, satisfaction
from contact_center.contacts.satisfaction import digest_of
from contact_center.models import Contact, ContactEvent, SatisfactionSurvey, WrapUpCode
from contact_center.office import tiles
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    SatisfactionSurveyFactory,
    TeamFactory,
    TopicFactory,
    WebFormRequestFactory,
)
from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.tests.factories import NoticePreferenceFactory

pytestmark = pytest.mark.django_db

ASKED = "satisfaction-asked"
YES = {"resolved": "yes", "rating": "5", "comment": "Grazie"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


def close(contact, agent, code="risolto"):
    commands.take(contact, by=agent.user)
    return commands.wrap_up(contact, code=WrapUpCode.objects.get(code=code), by=agent.user, topic=TopicFactory())


@pytest.fixture
def link(agent):
    """The address in the notice of a request that was closed."""
    close(WebFormRequestFactory().contact, agent)
    text = Notice.objects.get(kind=ASKED).body_text
    return re.search(r"(/contatti/esito/\S+)", text)[1]


# --- Asking
@pytest.mark.parametrize("code", ["risolto", "informazione", "non-risolto"])
def test_it_is_asked_when_a_written_request_is_closed(agent, code):
    form = WebFormRequestFactory()
    close(form.contact, agent, code)
    notice = Notice.objects.get(kind=ASKED)
    assert (notice.address, notice.language) == (form.email, form.language)
    assert SatisfactionSurvey.objects.get().contact == form.contact
    assert form.contact.number in notice.subject


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ({"kind": Contact.Kind.CONSIDERATION}, "risolto"),
        ({"by_phone": True}, "risolto"),  # of somebody whose file nobody opened
        ({}, "numero-errato"),
        ({}, "richiamare"),
        ({"address": "", "channel": Contact.Channel.POST}, "risolto"),
    ],
)
def test_it_is_not_asked_of_what_no_figure_counts_or_nobody_can_be_asked_about(agent, contact, code):
    close(ContactFactory(**contact), agent, code)
    assert not SatisfactionSurvey.objects.exists()
    assert not Notice.objects.filter(kind=ASKED).exists()


def test_it_is_asked_once_in_a_contacts_life(agent):
    contact = close(WebFormRequestFactory().contact, agent)
    reopening.reopen(contact, by=None)
    close(contact, agent)
    assert Notice.objects.filter(kind=ASKED).count() == SatisfactionSurvey.objects.count() == 1


def test_a_request_that_was_taken_up_again_is_asked_about_when_it_is_closed_again(agent):
    contact = close(WebFormRequestFactory().contact, agent)
    reopening.reopen(contact, by=None)
    deliver_notices(Notice.objects.filter(kind=ASKED).values_list("pk", flat=True))
    assert [notice.state for notice in Notice.objects.filter(kind=ASKED)] == ["withheld"]
    close(contact, agent)
    assert sorted(Notice.objects.filter(kind=ASKED).values_list("state", flat=True)) == ["queued", "withheld"]
    assert SatisfactionSurvey.objects.count() == 1


def test_a_subject_with_an_address_is_not_quoted(agent):
    contact = WebFormRequestFactory().contact
    contact.subject = "accesso.example.com/login"
    contact.save()
    close(contact, agent)
    assert "example.com" not in Notice.objects.get(kind=ASKED).body_html


def test_a_customers_own_address_serves_where_the_contact_has_none(agent):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="email", value="anna@example.it")
    close(ContactFactory(customer=customer, address="", channel=Contact.Channel.POST), agent)
    assert Notice.objects.get(kind=ASKED).address == "anna@example.it"


# --- After a call
@pytest.fixture
def caller():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    return customer


def call_of(customer, agent, code="risolto"):
    return close(ContactFactory(by_phone=True, customer=customer, subject=""), agent, code)


def test_a_caller_with_a_mailbox_is_asked_by_mail_about_the_call(agent, caller):
    ContactPointFactory(customer=caller, kind="email", value="anna@example.it")
    contact = call_of(caller, agent)
    notice = Notice.objects.get(kind=ASKED)
    assert (notice.channel, notice.address) == ("email", "anna@example.it")
    assert notice.subject == f"La Sua telefonata {contact.number} è stata risolutiva?"
    assert "ci ha chiamato il 4 maggio 2026" in notice.body_text


def test_a_caller_without_a_mailbox_is_asked_by_a_text(agent, caller, settings):
    settings.SMS_PROVIDER = "file"
    contact = call_of(caller, agent)
    notice = Notice.objects.get(kind=ASKED)
    assert (notice.channel, notice.address) == ("sms", "+393331234567")
    assert contact.number in notice.body_text
    token = re.search(r"/contatti/esito/([^/\s]+)", notice.body_text)[1]
    assert SatisfactionSurvey.objects.get().token_digest == digest_of(token)


def test_a_caller_who_wants_no_mail_about_requests_gets_none(agent, caller):
    ContactPointFactory(customer=caller, kind="email", value="anna@example.it")
    NoticePreferenceFactory(customer=caller, off=["requests:email"])
    call_of(caller, agent)
    assert not SatisfactionSurvey.objects.exists()


def test_callers_are_not_asked_where_the_company_does_not_want_it(agent, caller, settings):
    settings.SURVEY_AFTER_CALLS = False
    ContactPointFactory(customer=caller, kind="email", value="anna@example.it")
    call_of(caller, agent)
    assert not SatisfactionSurvey.objects.exists()


def test_who_calls_and_writes_in_one_week_is_asked_once(agent, caller):
    ContactPointFactory(customer=caller, kind="email", value="anna@example.it")
    call_of(caller, agent)
    close(ContactFactory(customer=caller, address="anna@example.it"), agent)
    call_of(caller, agent)
    assert SatisfactionSurvey.objects.count() == 1


def test_a_callers_no_brings_the_call_back_to_the_agent(client, agent, caller):
    ContactPointFactory(customer=caller, kind="email", value="anna@example.it")
    contact = call_of(caller, agent)
    link = re.search(r"(/contatti/esito/\S+)", Notice.objects.get(kind=ASKED).body_text)[1]
    client.post(link, {"resolved": "no"})
    contact.refresh_from_db()
    assert (contact.state, contact.owner, contact.first_level) == ("open", agent, False)


def test_only_a_digest_of_the_link_is_stored(link):
    token = link.strip("/").rsplit("/", 1)[1]
    assert len(token) >= 26
    assert SatisfactionSurvey.objects.get().token_digest == digest_of(token)


# --- Answering
def test_opening_the_link_changes_nothing(client, link):
    version = Contact.objects.get().version
    for _each in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    survey = SatisfactionSurvey.objects.get()
    assert (survey.answered_at, Contact.objects.get().version) == (None, version)


def test_an_answer_reaches_the_contact_and_its_history(client, link):
    assert client.post(link, YES).status_code == 302
    survey, contact = SatisfactionSurvey.objects.get(), Contact.objects.get()
    assert (survey.resolved, survey.rating, survey.comment) == (True, 5, "Grazie")
    assert survey.answered_at is not None
    assert (contact.confirmed, contact.satisfaction) == (True, 5)
    event = ContactEvent.objects.latest("pk")
    assert (event.kind, event.details) == ("confirmed", {"resolved": True, "rating": 5, "comment": "Grazie"})


def test_stars_and_words_may_be_left_out(client, link):
    client.post(link, {"resolved": "no"})
    contact = Contact.objects.get()
    assert (contact.confirmed, contact.satisfaction) == (False, None)


def test_a_second_answer_is_refused_kindly_and_changes_nothing(client, link):
    client.post(link, YES)
    answer = client.post(link, {"resolved": "no", "rating": "1"})
    assert answer.status_code == 409
    assert answer.context["refusal"].code == "answered_already"
    assert Contact.objects.get().confirmed is True


@pytest.mark.parametrize(
    "given",
    [{}, {"resolved": "forse"}, {"resolved": "yes", "rating": "9"}, {"resolved": "yes", "comment": "a" * 2_001}],
)
def test_an_answer_that_is_none_is_asked_again(client, link, given):
    answer = client.post(link, given)
    assert answer.context["form"].errors
    assert SatisfactionSurvey.objects.get().answered_at is None


def test_who_was_not_helped_is_led_to_where_the_request_opens_again(client, link):
    page = client.post(link, {"resolved": "no"}, follow=True)
    assert f"{page.context['tracking_url']}#write" in page.content.decode()


def test_a_wrong_link_is_not_found_and_the_page_is_kept_by_nobody(client, link):
    assert client.get("/contatti/esito/sbagliato/").status_code == 404
    headers = client.get(link).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_it_is_asked_on_the_tracking_page_too(client, agent):
    opened = opening.open_request(
        form="open",
        submission_key="8f6f1c1e-2d0a-4f0e-9a53-111111111111",
        name="Anna",
        email="anna@example.it",
        text="Vorrei una copia.",
        privacy_version="1",
    )
    page = f"/contatti/seguito/{opened.contact.number}/{opened.secret}/"
    assert client.post(f"{page}esito/", YES).status_code == 404, "nothing was asked yet"
    close(opened.contact, agent)
    assert client.get(page).context["survey_form"] is not None
    assert client.post(f"{page}esito/", YES).url == page
    assert client.get(page).context["survey_form"] is None
    assert client.get(f"{page}esito/").url == page


def test_a_form_from_elsewhere_is_refused(link):
    assert Client(enforce_csrf_checks=True).post(link, YES).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_are_one():
    survey = SatisfactionSurveyFactory()
    ready, found = threading.Barrier(3), []

    def work():
        try:
            ready.wait()
            satisfaction.answer_survey(survey, resolved=True)
            found.append("done")
        except Refused as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["answered_already", "answered_already", "done"]
    assert ContactEvent.objects.filter(kind="confirmed").count() == 1


# --- The figure
def test_the_first_page_shows_the_share_with_its_base():
    user = UserFactory(role=roles.MANAGER)
    empty = tiles.day_tiles(user)[-1]
    assert empty.value == "–"
    for resolved in (True, False, None):
        survey = SatisfactionSurveyFactory(asked_at=timezone.now())
        if resolved is not None:
            satisfaction.answer_survey(survey, resolved=resolved)
    SatisfactionSurveyFactory()  # long ago: not counted
    shown = tiles.day_tiles(user)[-1]
    assert shown.value == "66.7 %"
    assert "2 answers to 3" in shown.hint
    assert "resolved for 1" in shown.hint
