"""What the customer says after an answer: a "no" is somebody's work, and a "thank you" undoes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.contacts import commands, customer_messages, reopening
from contact_center.contacts.satisfaction import answer_survey, ask_satisfaction
from contact_center.models import Message, SatisfactionSurvey, WrapUpCode
from contact_center.tests.factories import AgentFactory, ContactFactory, TopicFactory, WebFormRequestFactory
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
ASKED = "satisfaction-asked"


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def contact():
    """Closed as resolved two hours after it began."""
    now = timezone.now()
    return ContactFactory(
        closed=True,
        started_at=now - timedelta(hours=2),
        closed_at=now,
        topic=TopicFactory(),
        wrap_up=code("risolto"),
    )


def code(name):
    return WrapUpCode.objects.get(code=name)


def write(contact, text="Grazie mille, anche da mia zia!"):
    customer_messages.add_customer_message(contact, text=text, key=uuid.uuid4())
    contact.refresh_from_db()


def counted(contact):
    contact.refresh_from_db()
    return contact.outcome, contact.first_level, contact.confirmed, contact.reopened_count


# --- "No"
def test_a_no_takes_the_contact_up_again_and_the_coded_figure_says_the_same(contact):
    answer_survey(ask_satisfaction(contact), resolved=False, rating=1, comment="Non ho la copia")
    assert counted(contact) == ("unresolved", False, False, 1)
    assert (contact.state, contact.owner, contact.satisfaction) == ("open", None, 1)
    assert contact.due_at is not None
    details = contact.events.latest("pk").details
    assert details == {"resolved": False, "rating": 1, "comment": "Non ho la copia"}


def test_a_no_is_again_with_whoever_had_it_and_with_the_team_where_they_left(agent):
    for left, owner in ((False, agent), (True, None)):
        contact = ContactFactory(closed=True, owner=agent, address=f"{left}@example.it", wrap_up=code("risolto"))
        survey = ask_satisfaction(contact)
        type(agent).objects.filter(pk=agent.pk).update(is_active=not left)
        answer_survey(survey, resolved=False)
        contact.refresh_from_db()
        assert (contact.state, contact.owner) == ("open", owner)


def test_a_no_is_a_tab_of_the_queue_a_mark_of_its_row_and_the_first_word_of_its_page(contact, agent):
    answer_survey(ask_satisfaction(contact), resolved=False, comment="Non ho la copia")
    ContactFactory(subject="Un’altra")
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    queue = client.get(reverse("admin:contact_center_contact_changelist"), {"work": "not_resolved"})
    assert [each.pk for each in queue.context["cl"].result_list] == [contact.pk]
    assert "the customer answered that it was not resolved" in queue.content.decode()
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert [(each.title, each.hint) for each in page.context["remarks"]] == [
        ("The customer answered that it was not resolved.", "“Non ho la copia”")
    ]


def test_after_a_no_it_is_asked_again_when_it_was_worked_on(contact, agent):
    answer_survey(ask_satisfaction(contact), resolved=False)
    commands.take(contact, by=agent.user)
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert Notice.objects.filter(kind=ASKED).count() == 2
    answer_survey(SatisfactionSurvey.objects.get(), resolved=True)
    assert counted(contact) == ("resolved", False, True, 1)


def test_a_yes_leaves_it_closed(contact):
    answer_survey(ask_satisfaction(contact), resolved=True, rating=5)
    assert counted(contact) == ("resolved", True, True, 0)
    assert contact.state == "closed"


# --- "Thank you"
def test_a_thank_you_is_closed_by_one_click_as_it_was(contact, agent):
    answer_survey(ask_satisfaction(contact), resolved=True, rating=5)
    closed_at = contact.closed_at
    write(contact)
    assert contact.state == "open"
    client = Client()
    client.force_login(agent.user)
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "grazie"])
    assert client.post(address, {"seen_version": contact.version}).status_code == 302
    assert counted(contact) == ("resolved", True, True, 0)
    assert (contact.state, contact.closed_at, contact.wrap_up) == ("closed", closed_at, code("risolto"))


def test_the_same_code_after_a_yes_leaves_it_counted_as_it_was(contact, agent):
    answer_survey(ask_satisfaction(contact), resolved=True, rating=5)
    write(contact)
    commands.take(contact, by=agent.user)
    commands.wrap_up(contact, code=code("informazione"), by=agent.user)
    assert counted(contact) == ("resolved", True, True, 0)


def test_who_comes_back_and_is_answered_came_back(contact, agent):
    WebFormRequestFactory(contact=contact)
    answer_survey(ask_satisfaction(contact), resolved=True, rating=5)
    write(contact, "Manca una pagina.")
    commands.reply(contact, text="Eccola.", by=agent.user)
    with pytest.raises(Refused) as refused:
        reopening.close_as_thanks(contact, by=agent.user)
    assert refused.value.code == "not_reopened_by_a_message"
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert counted(contact) == ("resolved", False, None, 1)


def test_without_a_yes_a_message_counts_as_coming_back(contact, agent):
    write(contact, "Non è arrivata.")
    commands.take(contact, by=agent.user)
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert counted(contact) == ("resolved", False, None, 1)


# --- Asking again, and not too often
def test_after_a_true_reopening_it_is_asked_again(contact, agent):
    survey = ask_satisfaction(contact)
    answer_survey(survey, resolved=True, rating=5)
    write(contact, "Manca una pagina.")
    commands.reply(contact, text="Eccola.", by=agent.user)
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert Notice.objects.filter(kind=ASKED).count() == 2
    survey = SatisfactionSurvey.objects.get()
    assert (survey.answered_at, survey.resolved, survey.rating) == (None, None, None)
    answer_survey(survey, resolved=True, rating=4)
    assert counted(contact) == ("resolved", False, True, 1)


def test_a_question_that_waits_for_its_answer_is_not_sent_twice(contact, agent):
    ask_satisfaction(contact)
    write(contact, "Manca una pagina.")
    commands.take(contact, by=agent.user)
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert Notice.objects.filter(kind=ASKED).count() == 1


@pytest.mark.parametrize("named", [False, True])
def test_four_requests_of_one_person_in_a_day_are_asked_about_once(agent, named):
    customer = CustomerFactory() if named else None
    for _ in range(4):
        contact = WebFormRequestFactory(email="anna@example.it", contact__address="anna@example.it").contact
        if named:
            commands.link_customer(contact, customer=customer, by=agent.user)
            customer.contact_points.get_or_create(kind="email", value="anna@example.it")
        commands.take(contact, by=agent.user)
        commands.wrap_up(contact, code=code("risolto"), by=agent.user, topic=TopicFactory())
    assert Notice.objects.filter(kind=ASKED).count() == SatisfactionSurvey.objects.count() == 1


def test_a_week_later_the_next_is_asked_about(agent, settings):
    first, second = (WebFormRequestFactory(email="anna@example.it").contact for _ in range(2))
    for contact in (first, second):
        commands.take(contact, by=agent.user)
    commands.wrap_up(first, code=code("risolto"), by=agent.user, topic=TopicFactory())
    SatisfactionSurvey.objects.update(asked_at=timezone.now() - timedelta(days=settings.SURVEY_EVERY_DAYS, minutes=1))
    commands.wrap_up(second, code=code("risolto"), by=agent.user, topic=TopicFactory())
    assert SatisfactionSurvey.objects.count() == 2


def test_the_words_of_a_thank_you_are_in_the_thread(contact):
    write(contact, "Grazie mille!")
    assert Message.objects.get(contact=contact).text == "Grazie mille!"
    assert contact.state == "closed"
