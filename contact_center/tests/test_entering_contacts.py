"""Contacts that a person enters: letters, visits, mails read elsewhere, calls of ours."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands
from contact_center.contacts.by_hand import OLDEST, Course, Stated, enter_contact
from contact_center.figures.daily import refresh
from contact_center.figures.period import Period
from contact_center.figures.query import figures
from contact_center.models import Contact, ContactEntry, Message, MessageAttachment, SatisfactionSurvey, WrapUpCode
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    TeamFactory,
    TopicFactory,
    WebFormRequestFactory,
)
from customers import roles
from customers.models import AccessLog
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    FileRestrictionFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.files.accepted import check_file
from foundation.refusals import Refused
from foundation.tests.pages import carried_by, send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
NOW = "2026-05-06T10:00:00+02:00"  # a Wednesday
MONDAY = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
QUEUE = "admin:contact_center_contact_list_command"
Channel, Direction = Contact.Channel, Contact.Direction


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def agent(team):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@pytest.fixture
def code():
    return WrapUpCode.objects.get(code="risolto")


@pytest.fixture
def enter(agent):
    """Enter a letter of somebody unknown to the agent's own work; what is given differs."""

    def run(**given):
        arguments = {
            "submission_key": uuid.uuid4(),
            "channel": Channel.POST,
            "direction": Direction.INBOUND,
            "received_at": MONDAY,
            "subject": "Copia della polizza",
            "text": "Chiedo una copia della mia polizza.",
            "stated": Stated(name="Anna Bianchi", postal_address="Via Roma 1, 20121 Milano"),
            "course": Course(),
            "by": agent.user,
        }
        return enter_contact(**(arguments | given)).contact

    return run


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def refused_with(call, **given):
    with pytest.raises(Refused) as found:
        call(**given)
    return found.value.code


# --- The command
def test_a_letter_is_a_contact_of_the_moment_it_came_in_the_hands_of_whoever_enters_it(enter, agent):
    contact = enter()
    assert (contact.channel, contact.started_at, contact.owner, contact.state) == (
        "post",
        MONDAY,
        agent,
        "in_progress",
    )
    message = contact.messages.get()
    assert (message.direction, message.author, message.written_at) == (Message.Direction.INBOUND, None, MONDAY)
    assert (contact.entry.name, contact.entry.entered_by) == ("Anna Bianchi", agent.user)
    assert list(contact.events.order_by("pk").values_list("kind", flat=True)) == ["opened", "taken"]


def test_its_clock_runs_from_when_it_was_received_and_not_from_when_it_is_entered(enter):
    late, fresh = enter(), enter(received_at=timezone.now())
    form = ContactFactory(started_at=MONDAY)
    commands.take(form, by=late.entry.entered_by)
    form.refresh_from_db()
    assert late.due_at == form.due_at < fresh.due_at


def test_it_goes_to_a_team_and_waits_there(enter):
    other = TeamFactory()
    contact = enter(course=Course(team=other))
    assert (contact.team, contact.owner, contact.state) == (other, None, "open")


def test_to_the_second_level_it_goes_with_a_reason(enter):
    specialists = TeamFactory(level=2)
    assert refused_with(enter, course=Course(team=specialists)) == "no_reason"
    contact = enter(course=Course(team=specialists, reason="authority"))
    assert (contact.team, contact.level, contact.escalation) == (specialists, 2, "authority")


def test_what_is_settled_is_wrapped_up_at_once(enter, agent, code):
    contact = enter(channel=Channel.VISIT, topic=TopicFactory(), course=Course(code=code))
    assert (contact.state, contact.outcome, contact.wrap_up, contact.agent) == ("closed", "resolved", code, agent)


def test_the_files_are_kept_with_their_digest(enter):
    scan = check_file(SimpleUploadedFile("lettera.pdf", b"%PDF-1.7 prova"))
    kept = MessageAttachment.objects.get(message__contact=enter(files=[scan]))
    with kept.file.open() as file:
        assert (kept.name, kept.sha256, file.read()) == ("lettera.pdf", scan.sha256, b"%PDF-1.7 prova")


def test_it_goes_on_from_an_earlier_contact_of_the_same_person(enter):
    customer = CustomerFactory()
    before = ContactFactory(customer=customer, closed=True)
    assert enter(customer=customer, continues=before).continues == before
    assert refused_with(enter, customer=CustomerFactory(), continues=before) == "of_somebody_else"


def test_that_the_file_of_the_customer_was_opened_is_written_down(enter, agent):
    customer = CustomerFactory()
    enter(customer=customer)
    assert AccessLog.objects.get(customer=customer).user == agent.user


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"received_at": datetime(2026, 5, 6, 8, 1, tzinfo=UTC)}, "in_the_future"),
        ({"received_at": MONDAY - OLDEST}, "too_long_ago"),
        ({"channel": Channel.PHONE}, "not_by_hand"),
        ({"channel": Channel.VISIT, "direction": Direction.OUTBOUND}, "not_by_hand"),
        ({"channel": Channel.SITE_FORM}, "not_by_hand"),
        ({"stated": Stated()}, "nobody"),
        ({"acknowledge": True}, "no_known_address"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(enter, given, code):
    assert refused_with(enter, **given) == code
    assert not Contact.objects.exists()


def test_only_an_agent_takes_it_for_themselves(enter):
    officer = UserFactory(role=roles.MANAGER)
    assert refused_with(enter, by=officer) == "not_an_agent"
    assert not Contact.objects.exists()


def test_the_same_page_twice_is_one_contact_and_other_words_are_not_lost(enter):
    key = uuid.uuid4()
    first = enter(submission_key=key)
    assert enter(submission_key=key) == first
    assert refused_with(enter, submission_key=key, text="Un'altra lettera.") == "entered_already"
    assert Contact.objects.count() == 1


# --- To the customer
def test_nobody_is_written_to_unless_it_is_chosen(enter):
    customer = ContactPointFactory(kind="email", value="m@example.it").customer
    enter(customer=customer)
    assert not Notice.objects.exists()


def test_an_acknowledgement_goes_to_an_address_of_the_customer_and_to_none_that_the_letter_states(enter):
    customer = ContactPointFactory(kind="email", value="m@example.it").customer
    contact = enter(customer=customer, stated=Stated(email="altri@example.it"), acknowledge=True)
    notice = Notice.objects.get()
    assert (notice.kind, notice.address) == ("contact-entered", "m@example.it")
    assert contact.number in notice.subject
    assert "4 May 2026" in notice.body_text or "4 maggio 2026" in notice.body_text


def test_an_acknowledgement_leads_to_the_reserved_area_of_who_has_one(enter, settings):
    customer = ReservedAreaAccountFactory().customer
    contact = enter(customer=customer, acknowledge=True)
    page = settings.SITE_URL + reverse("portal_request", args=[contact.pk])
    assert page in Notice.objects.get(channel="inbox").body_text


# --- What we began
def test_a_call_of_ours_is_a_note_and_counts_in_no_figure(enter, code):
    customer = CustomerFactory()
    first = ContactFactory(customer=customer, closed=True, started_at=MONDAY - timedelta(hours=2))
    call = enter(
        channel=Channel.PHONE,
        direction=Direction.OUTBOUND,
        customer=customer,
        stated=Stated(phone="+393331234567"),
        topic=TopicFactory(),
        course=Course(code=code),
    )
    refresh()
    for contact in (first, call):
        contact.refresh_from_db()
    counts = figures(Period(MONDAY.date(), MONDAY.date())).totals
    assert (call.in_base, call.handled, call.first_level, first.repeated_on) == (False, False, False, None)
    assert (counts.handled, counts.first_level, counts.offered) == (1, 1, 0)
    assert (call.address, call.line, call.messages.get().direction) == ("+393331234567", None, "note")


def test_a_letter_counts_among_the_contacts_of_its_channel_on_the_day_it_came(enter, code):
    enter(topic=TopicFactory(), course=Course(code=code))
    enter(channel=Channel.VISIT)
    refresh()
    groups = figures(Period(MONDAY.date(), MONDAY.date()), by="channel").rows
    assert {group.key: group.counts.handled for group in groups} == {"post": 1}


def test_a_call_of_ours_does_not_wait_on_the_desk_and_asks_no_opinion(enter, code):
    customer = ContactPointFactory(kind="email", value="m@example.it").customer
    call = enter(channel=Channel.PHONE, direction=Direction.OUTBOUND, customer=customer, stated=Stated(phone="+39021"))
    assert not Contact.objects.to_code().exists()
    letter = enter(channel=Channel.POST, direction=Direction.OUTBOUND, customer=customer)
    for contact in (call, letter):
        commands.wrap_up(contact, code=code, topic=TopicFactory(), by=contact.entry.entered_by)
    assert not SatisfactionSurvey.objects.exists()


def test_what_was_said_at_an_office_is_a_note_and_no_complaint_follows_from_it_alone(enter, agent):
    visit = enter(channel=Channel.VISIT, stated=Stated(name="Anna Bianchi", place="Agenzia di Pavia"))
    message = visit.messages.get()
    assert (message.direction, message.author, visit.entry.place) == ("note", agent.user, "Agenzia di Pavia")
    assert not visit.began_in_writing
    assert enter().began_in_writing


# --- Answering
def test_an_answer_that_was_posted_is_recorded_and_nothing_is_sent(enter, agent):
    contact = enter()
    message = commands.record_reply(contact, text="Ecco la copia.", way="post", by=agent.user)
    assert (message.direction, message.author) == (Message.Direction.OUTBOUND, agent.user)
    assert contact.events.get(kind="replied").details == {"message": message.pk, "way": "post"}
    assert not Notice.objects.exists()


def test_an_answer_is_not_recorded_without_its_way_or_on_a_closed_contact(enter, agent):
    contact = enter()
    assert refused_with(commands.record_reply, contact=contact, text="Sì.", way="portal", by=agent.user) == "no_way"
    closed = ContactFactory(closed=True)
    assert refused_with(commands.record_reply, contact=closed, text="Sì.", way="post", by=agent.user) == "closed"


def test_without_an_address_the_page_says_how_to_answer(enter, agent):
    page = client_of(agent.user).get(reverse("admin:contact_center_contact_change", args=[enter().pk]))
    text = page.content.decode()
    assert "There is no e-mail address to answer to" in text
    assert "risposta-data" in text
    assert "Anna Bianchi" in text


def test_a_customer_whom_only_the_post_reaches_is_said_to_be_so(enter, agent):
    contact = enter(customer=CustomerFactory())
    page = client_of(agent.user).get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert "letters to be sent by post" in page.content.decode()
    commands.reply(contact, text="Ecco.", by=agent.user)
    assert Notice.objects.get().channel == "post"


def test_whoever_is_shown_no_names_is_shown_none_here(enter):
    contact = enter(text="Scrive Anna Bianchi, di Milano.")
    analyst = client_of(UserFactory(role=roles.MANAGER))
    text = analyst.get(reverse("admin:contact_center_contact_change", args=[contact.pk])).content.decode()
    assert "Via Roma 1" in text
    assert "Anna Bianchi" not in text


# --- The pages
@pytest.fixture
def client(agent):
    return client_of(agent.user)


LETTER = {
    "how": "post",
    "received_on": "2026-05-04",
    "received_at": "09:30",
    "name": "Anna Bianchi",
    "text": "Chiedo una copia della mia polizza.",
    "goes_to": "mine",
}


def test_from_the_queue_a_letter_is_entered_and_its_page_opens(client):
    answer = send_command(client, reverse(QUEUE, args=["registra"]), LETTER | {"submission_key": str(uuid.uuid4())})
    contact = Contact.objects.get()
    assert answer.url == reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert contact.started_at == MONDAY


def test_the_same_page_sent_twice_enters_one(client):
    address = reverse(QUEUE, args=["registra"])
    page = client.get(address)
    sent = LETTER | carried_by(page) | {"submission_key": page.context["form"]["submission_key"].value()}
    first, second = client.post(address, sent), client.post(address, sent)
    assert (first.url, Contact.objects.count()) == (second.url, 1)


def test_from_a_customers_file_the_person_is_known_and_twice_is_one(client):
    customer = CustomerFactory()
    address = reverse("admin:customers_customer_command", args=[customer.pk, "registra-contatto"])
    page = client.get(address)
    assert "name" not in page.context["form"].fields
    sent = LETTER | carried_by(page) | {"submission_key": page.context["form"]["submission_key"].value()}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.url == second.url
    assert Contact.objects.get().customer == customer
    other = client.post(address, sent | {"text": "Un'altra lettera."})
    assert other.status_code == 409
    assert "Un&#x27;altra lettera." in other.content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"received_on": "2026-05-07"}, "received_on"),
        ({"received_on": "2025-05-01"}, "received_on"),
        ({"received_on": "2026-03-29", "received_at": "02:30"}, "received_at"),
        ({"name": ""}, "name"),
        ({"customer": "nobody"}, "customer"),
        ({"continues": "C-99999999"}, "continues"),
        ({"how": "call"}, "phone"),
        ({"goes_to": "team"}, "team"),
        ({"acknowledge": "on"}, "acknowledge"),
        ({"email": "not an address"}, "email"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(client, given, field):
    answer = send_command(
        client, reverse(QUEUE, args=["registra"]), LETTER | {"submission_key": str(uuid.uuid4())} | given
    )
    assert list(answer.context["form"].errors) == [field]
    assert "Anna Bianchi" in answer.content.decode() or field == "name"
    assert not Contact.objects.exists()


def test_a_second_level_team_wants_a_reason_and_a_code_its_topic(client, code):
    specialists = TeamFactory(level=2)
    sent = LETTER | {"submission_key": str(uuid.uuid4()), "goes_to": "team", "team": specialists.pk, "code": code.pk}
    answer = send_command(client, reverse(QUEUE, args=["registra"]), sent)
    assert set(answer.context["form"].errors) == {"reason", "topic"}


def test_a_code_of_the_telephone_is_for_calls_alone(client):
    dropped = WrapUpCode.objects.filter(outcome="wrong_number", lines=None).first()
    sent = LETTER | {"submission_key": str(uuid.uuid4()), "code": dropped.pk, "topic": TopicFactory().pk}
    answer = send_command(client, reverse(QUEUE, args=["registra"]), sent)
    assert list(answer.context["form"].errors) == ["code"]


def test_files_are_to_be_chosen_again_after_another_mistake(client):
    scan = SimpleUploadedFile("lettera.pdf", b"%PDF-1.7 prova")
    sent = LETTER | {"submission_key": str(uuid.uuid4()), "text": "", "originals": scan}
    answer = send_command(client, reverse(QUEUE, args=["registra"]), sent)
    assert set(answer.context["form"].errors) == {"text", "originals"}


def test_a_file_that_asks_a_reason_is_not_opened_by_a_code_that_was_typed(client):
    customer = FileRestrictionFactory().customer
    sent = LETTER | {"submission_key": str(uuid.uuid4()), "customer": customer.code}
    answer = send_command(client, reverse(QUEUE, args=["registra"]), sent)
    assert list(answer.context["form"].errors) == ["customer"]


def test_whoever_works_no_contacts_enters_none():
    auditor = client_of(UserFactory(role=roles.AUDITOR))
    assert auditor.get(reverse(QUEUE, args=["registra"])).status_code == 403


def test_any_language_and_direction_is_kept_as_it_was_written(client):
    text = "مرحبا 😀\nגם בעברית"
    send_command(
        client, reverse(QUEUE, args=["registra"]), LETTER | {"submission_key": str(uuid.uuid4()), "text": text}
    )
    assert Message.objects.get().text == text


def test_the_queue_names_whoever_wrote_and_costs_the_same_for_three(client, django_assert_max_num_queries, enter):
    enter()
    listed = reverse("admin:contact_center_contact_changelist")
    with django_assert_max_num_queries(60) as one:
        text = client.get(listed).content.decode()
    assert "Anna Bianchi" in text
    enter()
    enter(channel=Channel.VISIT)
    with django_assert_max_num_queries(len(one)):
        client.get(listed)


def test_the_page_of_an_entry_costs_the_same_with_and_without_a_form(client, enter, django_assert_max_num_queries):
    entered, form = enter(), WebFormRequestFactory().contact
    page = reverse("admin:contact_center_contact_change", args=[form.pk])
    with django_assert_max_num_queries(40) as of_form:
        client.get(page)
    with django_assert_max_num_queries(len(of_form) + 1):
        client.get(reverse("admin:contact_center_contact_change", args=[entered.pk]))


def test_an_entry_is_of_one_contact_and_remains_as_it_was_entered(enter):
    entry = ContactEntry.objects.get(contact=enter())
    entry.entered_at = timezone.now() + timedelta(days=1)
    with pytest.raises(Exception, match="Cannot update"):
        entry.save()
