"""The guided request: a topic, its questions in the reader's language, answers of the right kind."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contact_center.models import Contact, Message, Topic, TopicQuestion, WebFormRequest
from contact_center.tests.factories import TeamFactory, TopicFactory, TopicQuestionFactory
from contact_center.tests.public_forms import filled

pytestmark = pytest.mark.django_db

GUIDED = "/contatti/richiesta-guidata/"
Kind = TopicQuestion.Kind
TWO = "uno | Uno | One\ndue | Due | Two"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def topic():
    return TopicFactory(is_public=True, name="Copia della polizza", name_en="Copy of a policy")


def ask(topic, kind, **given):
    choices = TWO if kind == Kind.CHOICE else ""
    return TopicQuestionFactory(
        **{"topic": topic, "code": "domanda", "kind": kind, "label": "Domanda", "choices": choices} | given
    )


def send(client, topic, **given):
    return client.post(f"{GUIDED}?argomento={topic.code}", filled(**given))


def answered(client, topic, value):
    """The answer as it was kept."""
    assert send(client, topic, **{"q-domanda": value}).status_code == 302
    [answer] = WebFormRequest.objects.get().answers
    return answer


# --- Topics
def test_an_installation_begins_with_topics_and_questions():
    assert Topic.objects.public().count() == 19
    for question in TopicQuestion.objects.all():
        question.full_clean()


def test_public_topics_in_force_are_offered(client, topic):
    for hidden in (
        {"is_public": False},
        {"is_public": True, "valid_to": datetime.date(2020, 1, 1)},
        {"is_public": True, "valid_from": datetime.date(2999, 1, 1)},
    ):
        TopicFactory(name="Nascosto", **hidden)
    page = client.get(GUIDED).content.decode()
    assert f"{GUIDED}?argomento={topic.code}" in page
    assert "Copy of a policy" in page
    assert "Nascosto" not in page


def test_a_topic_is_named_in_the_readers_language(client, topic):
    page = client.get(f"{GUIDED}?argomento={topic.code}", headers={"accept-language": "it"}).content.decode()
    assert "<h1>Copia della polizza</h1>" in page


@pytest.mark.parametrize("code", ["non-esiste", "%00", "x" * 500, "😀"])
def test_a_topic_that_is_none_leads_back_to_the_choice(client, code):
    assert client.get(f"{GUIDED}?argomento={code}", follow=True).context["areas"]
    assert client.post(f"{GUIDED}?argomento={code}", filled()).url == GUIDED


def test_a_topic_that_ended_is_refused_with_what_was_typed_kept(client, topic):
    ask(topic, Kind.TEXT)
    Topic.objects.filter(pk=topic.pk).update(valid_to=datetime.date(2020, 1, 1))
    form = send(client, topic, **{"q-domanda": "risposta"}).context["form"]
    assert form.non_field_errors().as_data()[0].code == "topic_ended"
    assert (form["q-domanda"].value(), form["text"].value()) == ("risposta", filled()["text"])
    assert not Contact.objects.exists()


def test_only_questions_in_force_are_asked_in_their_order(client, topic):
    ask(topic, Kind.TEXT, code="seconda", position=2)
    ask(topic, Kind.TEXT, code="prima", position=1)
    ask(topic, Kind.TEXT, code="finita", position=0, valid_to=datetime.date(2020, 1, 1))
    form = client.get(f"{GUIDED}?argomento={topic.code}").context["form"]
    assert [field.name for field in form.main_fields()] == ["q-prima", "q-seconda", "text"]


def test_a_topic_without_questions_needs_words(client, topic):
    form = send(client, topic, text="").context["form"]
    assert list(form.errors) == ["text"]


# --- Answers
def test_answers_are_kept_with_the_words_they_were_asked_in(client, topic):
    ask(topic, Kind.PLATE, label="Targa", label_en="Number plate")
    assert answered(client, topic, "ab 123 cd") == {
        "code": "domanda",
        "label": "Number plate",
        "kind": "plate",
        "value": "AB123CD",
        "text": "AB123CD",
    }
    contact = Contact.objects.get()
    assert (contact.topic, contact.subject, contact.web_form.form) == (topic, topic.name, "guided")
    assert Message.objects.get().text == "Number plate: AB123CD\n\nVorrei una copia della polizza."


@pytest.mark.parametrize(
    ("kind", "typed", "value", "text"),
    [
        (Kind.TEXT, " via Roma 1 ", "via Roma 1", "via Roma 1"),
        (Kind.LONG_TEXT, "una\r\ndue", "una\ndue", "una\ndue"),
        (Kind.DATE, "2027-01-31", "2027-01-31", "31/01/2027"),
        (Kind.DATE, "31/01/2027", "2027-01-31", "31/01/2027"),
        (Kind.PAST_DATE, "2026-11-24", "2026-11-24", "24/11/2026"),
        (Kind.CHOICE, "due", "due", "Two"),
        (Kind.YES_NO, "no", "no", "No"),
        (Kind.POLICY_NUMBER, "112.014 0000123456", "112.0140000123456", "112.0140000123456"),
        (Kind.CLAIM_NUMBER, "2026/123", "2026/123", "2026/123"),
        (Kind.PHONE, "02 48219001", "+390248219001", "+390248219001"),
        (Kind.AMOUNT, "1.250,5", "1250.50", "1,250.50 €"),
        (Kind.AMOUNT, "1,250.00 €", "1250.00", "1,250.00 €"),
        (Kind.AMOUNT, "1.250", "1250.00", "1,250.00 €"),
        (Kind.AMOUNT, "12", "12.00", "12.00 €"),
    ],
)
def test_each_kind_takes_what_people_write(client, topic, kind, typed, value, text):
    with time_machine.travel("2026-11-24T10:00Z", tick=False):
        ask(topic, kind)
        answer = answered(client, topic, typed)
    assert (answer["value"], answer["text"]) == (value, text)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.TEXT, ""),
        (Kind.TEXT, "una\nriga"),
        (Kind.TEXT, "a" * 251),
        (Kind.LONG_TEXT, "a" * 2_001),
        (Kind.DATE, "domani"),
        (Kind.DATE, "31/02/2026"),
        (Kind.DATE, "01/01/1066"),
        (Kind.DATE, "01/01/2226"),
        (Kind.PAST_DATE, "25/11/2026"),
        (Kind.CHOICE, "tre"),
        (Kind.YES_NO, "forse"),
        (Kind.PLATE, "!"),
        (Kind.PLATE, "AO123CD"),
        (Kind.POLICY_NUMBER, "non lo so"),
        (Kind.CLAIM_NUMBER, "12'; DROP"),
        (Kind.PHONE, "12"),
        (Kind.AMOUNT, "mille"),
        (Kind.AMOUNT, "0"),
        (Kind.AMOUNT, "-5"),
        (Kind.AMOUNT, "1e9"),
        (Kind.AMOUNT, "10.000.000,00"),
        (Kind.AMOUNT, "１２"),
    ],
)
def test_each_kind_refuses_what_cannot_be_meant(client, topic, kind, typed):
    with time_machine.travel("2026-11-24T10:00Z", tick=False):
        ask(topic, kind)
        answer = send(client, topic, **{"q-domanda": typed})
    assert list(answer.context["form"].errors) == ["q-domanda"]
    assert not Contact.objects.exists()


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.CHOICE, Kind.YES_NO, Kind.AMOUNT, Kind.TEXT])
def test_a_question_that_may_be_skipped_leaves_no_answer(client, topic, kind):
    ask(topic, kind, required=False)
    assert send(client, topic, **{"q-domanda": ""}).status_code == 302
    assert WebFormRequest.objects.get().answers == []


def test_a_guided_form_sent_costs_at_most_one_query_more(client, topic):
    TeamFactory()
    ask(topic, Kind.TEXT)
    sent = filled(**{"q-domanda": "risposta"})
    with CaptureQueriesContext(connection) as asked:
        assert client.post(f"{GUIDED}?argomento={topic.code}", sent).status_code == 302
    assert len(asked) <= 13, "\n".join(each["sql"][:90] for each in asked)


# --- The data
@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (Kind.CHOICE, ""),
        (Kind.CHOICE, "uno | Uno"),
        (Kind.CHOICE, "uno | Uno\nUno | Due"),
        (Kind.CHOICE, "uno | Uno\nuno | Due"),
        (Kind.CHOICE, "uno\ndue"),
        (Kind.TEXT, TWO),
    ],
)
def test_choices_that_cannot_be_read_are_refused_in_the_back_office(topic, kind, choices):
    question = TopicQuestionFactory.build(topic=topic, kind=kind, choices=choices)
    with pytest.raises(Exception, match="choice"):
        question.full_clean()


def test_a_policy_asked_by_the_topic_is_not_asked_again_and_is_the_writers(client, topic):
    ask(topic, Kind.POLICY_NUMBER)
    assert 'name="policy_number"' not in client.get(f"{GUIDED}?argomento={topic.code}").content.decode()
    send(client, topic, **{"q-domanda": "112.014.0000123456"})
    assert WebFormRequest.objects.get().policy_number == "112.014.0000123456"
