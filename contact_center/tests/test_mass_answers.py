"""One answer to all contacts of a mass event: each gets it once, by the commands by which an agent would have answered it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from contact_center.contacts import mass_answers
from contact_center.contacts.commands import reply
from contact_center.contacts.mass_answers import (
    answer_some,
    answers_under_way,
    filled_text,
    joined_to_code,
    joined_to_write_to,
    send_answer,
    text_for,
    unknown_places,
    withdraw_answer,
    write_answer,
)
from contact_center.contacts.mass_events import part_from_event
from contact_center.models import Contact, MassAnswer
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import FileRestrictionFactory, UserFactory
from foundation.refusals import Refused
from foundation.tests.database import refused_by_trigger
from notifications.models import Notice

pytestmark = pytest.mark.django_db
EVENTS = "/backoffice/contact_center/massevent/"
ANSWERS = "/backoffice/contact_center/massanswer/"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(make.STARTED_AT + timedelta(hours=4), tick=False)
    with translation.override("en"):
        yield


@pytest.fixture
def specialist():
    return make.AgentFactory(user=UserFactory(role=roles.SPECIALIST))


@pytest.fixture
def event():
    return make.MassEventFactory()


@pytest.fixture
def answer(event, specialist):
    code = make.WrapUpCodeFactory(needs_topic=False)
    return make.MassAnswerFactory(event=event, code=code, written_by=specialist.user)


def a_request(event, *, language="it", name="Maria Rossi", **fields):
    contact = make.ContactFactory(**fields)
    make.WebFormRequestFactory(contact=contact, language=language, name=name, email=contact.address)
    make.JoinedContactFactory(event=event, contact=contact)
    return contact


def a_call(event, **fields):
    call = make.CallFactory(ended_at=make.STARTED_AT + timedelta(minutes=4))
    Contact.objects.filter(pk=call.contact_id).update(**({"wrap_up": None, "outcome": ""} | fields))
    make.JoinedContactFactory(event=event, contact=call.contact)
    return call.contact


def refreshed(row):
    return type(row).objects.get(pk=row.pk)


def results(answer):
    return dict(answer.contacts.values_list("contact", "result"))


# --- The text
@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Gentile {name}, {number}", []),
        ("{iban} {name} {iban}", ["{iban}"]),
        ("{} {name.__class__}", ["{}", "{name.__class__}"]),
        ("{{name}}", []),
        ("{ una graffa sola", []),
    ],
)
def test_only_name_and_number_are_filled_in(text, unknown):
    assert unknown_places(text) == unknown


def test_a_name_with_braces_in_it_fills_in_nothing():
    assert filled_text("{name}: {number}", name="{number}", number="C-1") == "{number}: C-1"


def test_each_reads_it_in_the_language_of_the_conversation(event, answer):
    italian, english = a_request(event), a_request(event, language="en", name="")
    assert text_for(answer, italian) == f"Gentile Maria Rossi, abbiamo ricevuto {italian.number}."
    assert text_for(answer, english) == f"Dear customer, we have received {english.number}."


# --- Writing it
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "{iban}"}, "unknown_place"),
        ({"text_en": "{iban}"}, "unknown_place"),
        ({"keeps_open": True}, "code_keeps_open"),
    ],
)
def test_what_could_not_be_sent_is_not_written(event, specialist, given, code):
    wrap_up = (
        make.WrapUpCodeFactory(keeps_open=True, outcome="unresolved")
        if given.pop("keeps_open", False)
        else make.WrapUpCodeFactory()
    )
    with pytest.raises(Refused) as refused:
        write_answer(event, by=specialist.user, code=wrap_up, **({"text": "A", "text_en": "B"} | given))
    assert refused.value.code == code


def test_one_is_written_at_a_time(event, answer, specialist):
    given = {"text": "A", "text_en": "B", "code": answer.code, "by": specialist.user}
    with pytest.raises(Refused) as refused:
        write_answer(event, **given)
    assert refused.value.code == "answer_under_way"
    withdraw_answer(answer)
    assert write_answer(event, **given).state == "draft"


# --- Who gets it
def test_who_is_open_came_in_writing_and_was_never_answered_is_written_to(event, specialist):
    waiting = a_request(event)
    a_request(event, closed=True)
    make.MessageFactory(contact=a_request(event), direction="outbound")
    part_from_event(a_request(event), by=specialist.user, why="no")
    a_request(make.MassEventFactory())
    assert [each.contact for each in joined_to_write_to(event)] == [waiting]


def test_calls_that_are_over_and_not_coded_are_coded(event):
    over = a_call(event)
    a_call(event, wrap_up=make.WrapUpCodeFactory(), outcome="resolved")
    live = make.CallFactory(ended_at=None, disposition="open", contact=make.ContactFactory(by_phone=True))
    make.JoinedContactFactory(event=event, contact=live.contact)
    assert [each.contact for each in joined_to_code(event)] == [over]


def test_who_is_to_be_called_back_is_neither_written_to_nor_coded(event):
    written, called = make.ContactFactory(), make.ContactFactory(by_phone=True)
    for contact in (written, called):
        make.JoinedContactFactory(event=event, contact=contact)
        owed = make.ContactFactory(by_phone=contact is called)
        make.JoinedContactFactory(event=event, contact=owed)
        make.CallBackFactory(contact=owed)
    assert [each.contact for each in joined_to_write_to(event)] == [written]
    assert [each.contact for each in joined_to_code(event)] == [called]


# --- Sending it
def test_each_is_answered_once_and_closed_with_the_code(event, answer, specialist):
    written, called = a_request(event), a_call(event)
    assert send_answer(answer, by=specialist.user) == 2
    for _again in range(2):
        answer_some(answer.pk)
    message = written.messages.get(direction="outbound")
    assert (message.text, message.author) == (text_for(answer, written), specialist.user)
    assert [refreshed(each).wrap_up for each in (written, called)] == [answer.code, answer.code]
    assert refreshed(written).state == "closed"
    assert not called.messages.exists()
    assert results(answer) == {written.pk: "done", called.pk: "done"}
    assert Notice.objects.filter(kind="request-answered").count() == 1
    assert (refreshed(answer).state, answers_under_way()) == ("done", [])


def test_it_goes_on_where_a_worker_ended(event, answer, specialist):
    contacts = [a_request(event, address=f"n{n}@example.it") for n in range(3)]
    send_answer(answer, by=specialist.user)
    assert answer_some(answer.pk, most=2)
    assert answers_under_way() == [answer.pk]
    assert not answer_some(answer.pk)
    assert [each.messages.filter(direction="outbound").count() for each in contacts] == [1, 1, 1]


def test_what_changed_meanwhile_is_left_out_with_the_reason(event, answer, specialist):
    parted, answered, closed, promised = (a_request(event, address=f"n{n}@example.it") for n in range(4))
    send_answer(answer, by=specialist.user)
    part_from_event(parted, by=specialist.user, why="Altro")
    reply(answered, text="Già risposto", by=specialist.user)
    Contact.objects.filter(pk=closed.pk).update(state="closed", outcome="resolved", closed_at=make.STARTED_AT)
    make.CallBackFactory(contact=promised)
    answer_some(answer.pk)
    reasons = dict(answer.contacts.values_list("contact", "why_left_out"))
    assert reasons == {
        parted.pk: "It was parted from the event meanwhile.",
        answered.pk: "Somebody answered it meanwhile.",
        closed.pk: "It was closed meanwhile.",
        promised.pk: "A call-back was agreed on meanwhile.",
    }
    assert answered.messages.filter(direction="outbound").count() == 1


def test_one_that_is_refused_keeps_no_other_from_its_answer(event, answer, specialist):
    without_address = make.ContactFactory(channel="post", address="")
    make.JoinedContactFactory(event=event, contact=without_address)
    written = a_request(event)
    send_answer(answer, by=specialist.user)
    answer_some(answer.pk)
    assert results(answer) == {without_address.pk: "left_out", written.pk: "done"}
    assert "no address" in answer.contacts.get(contact=without_address).why_left_out


def test_an_error_of_ours_keeps_no_other_from_its_answer(event, answer, specialist, monkeypatch):
    broken, written = a_request(event), a_request(event, address="altra@example.it")
    real = mass_answers.reply

    def breaks(contact, **given):
        if contact.pk == broken.pk:
            raise RuntimeError
        return real(contact, **given)

    monkeypatch.setattr(mass_answers, "reply", breaks)
    send_answer(answer, by=specialist.user)
    answer_some(answer.pk)
    assert results(answer) == {broken.pk: "left_out", written.pk: "done"}


@pytest.mark.parametrize(
    ("is_agent", "joined", "code"), [(False, True, "not_an_agent"), (True, False, "nobody_gets_it")]
)
def test_it_is_not_sent_by_nobody_or_to_nobody(event, answer, specialist, is_agent, joined, code):
    if joined:
        a_request(event)
    with pytest.raises(Refused) as refused:
        send_answer(answer, by=specialist.user if is_agent else UserFactory(role=roles.MANAGER))
    assert refused.value.code == code


def test_sent_it_is_neither_sent_again_nor_withdrawn_nor_changed(event, answer, specialist):
    a_request(event)
    send_answer(answer, by=specialist.user)
    for again in (lambda: send_answer(answer, by=specialist.user), lambda: withdraw_answer(answer)):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "not_in_this_state"
    with refused_by_trigger():
        MassAnswer.objects.update(text="Altro")


def test_what_is_joined_later_gets_the_next_answer(event, answer, specialist):
    a_request(event)
    send_answer(answer, by=specialist.user)
    later = a_request(event, address="dopo@example.it")
    answer_some(answer.pk)
    assert not later.messages.filter(direction="outbound").exists()
    assert [each.contact for each in joined_to_write_to(event)] == [later]


# --- The pages
def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_written_looked_at_on_real_contacts_and_sent(event, specialist):
    contact, client = a_request(event, name="Ada Neri"), client_of(specialist.user)
    code = make.WrapUpCodeFactory(needs_topic=False)
    given = {"text": "Gentile {name}", "text_en": "Dear {name}", "code": code.pk, "seen_version": event.version}
    answer = client.post(f"{EVENTS}{event.pk}/comando/risposta/", given)
    written = MassAnswer.objects.get()
    assert answer["Location"] == f"{ANSWERS}{written.pk}/change/"
    (preview,) = client.get(answer["Location"]).context["previews"]
    assert (preview.contact, preview.text) == (contact, "Gentile Ada Neri")
    send = f"{ANSWERS}{written.pk}/comando/invia/"
    assert "1 person is written to. 0 calls are coded." in client.get(send).content.decode()
    for status in (302, 409):  # a second press is refused
        assert client.post(send, {"seen_version": written.version}).status_code == status
    answer_some(written.pk)
    assert dict(client.get(answer["Location"]).context["progress"]["counts"])["answered"] == 1


def test_a_text_with_an_unknown_place_is_refused_beside_its_field(event, specialist):
    given = {"text": "{iban}", "text_en": "B", "code": make.WrapUpCodeFactory(needs_topic=False).pk, "seen_version": 1}
    page = client_of(specialist.user).post(f"{EVENTS}{event.pk}/comando/risposta/", given)
    assert list(page.context["form"].errors) == ["text"]


def test_an_agent_of_the_first_level_answers_nobody_together(event, answer):
    client = client_of(make.AgentFactory(user=UserFactory(role=roles.AGENT)).user)
    assert client.get(f"{EVENTS}{event.pk}/comando/risposta/").status_code == 403
    assert client.get(f"{ANSWERS}{answer.pk}/comando/invia/").status_code == 403


def test_a_reader_who_is_shown_no_names_reads_it_without_them(event, answer):
    a_request(event, name="Ada Neri")
    MassAnswer.objects.filter(pk=answer.pk).update(text="Gentile {name}, risposto.")
    (preview,) = mass_answers.previews(refreshed(answer), reader=UserFactory(role=roles.MANAGER))
    assert "Neri" not in preview.text
    assert preview.text.endswith("risposto.")


def test_it_is_not_shown_on_a_contact_whose_file_asks_a_reason(event, answer, specialist):
    a_request(event, customer=FileRestrictionFactory().customer)
    shown = a_request(event, address="altra@example.it")
    assert [each.contact for each in mass_answers.previews(answer, reader=specialist.user)] == [shown]
