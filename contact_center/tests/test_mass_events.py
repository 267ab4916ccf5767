"""Something makes many turn to us at once: it is declared, contacts are joined to it, and it is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts.mass_events import (
    declare_event,
    end_event,
    end_past_events,
    join_suggested,
    join_to_event,
    part_from_event,
    suggested_contacts,
)
from contact_center.models import Contact, JoinedContact, MassEvent
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.refusals import Refused
from foundation.tests.database import refused_by_trigger

pytestmark = pytest.mark.django_db
EVENTS = "/backoffice/contact_center/massevent/"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(make.STARTED_AT + timedelta(hours=4), tick=False)
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT))


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def code_of(refused):
    return refused.value.code


# --- Declaring, and ending
def test_declared_it_says_by_whom_and_when():
    event, manager = make.MassEventFactory(draft=True), UserFactory(role=roles.MANAGER)
    declare_event(event, by=manager)
    event.refresh_from_db()
    assert (event.state, event.declared_by, event.declared_at) == ("active", manager, timezone.now())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"words_en": ""}, "no_english"),
        ({"name_en": " "}, "no_english"),
        ({"ends_at": make.STARTED_AT + timedelta(hours=1)}, "past_its_end"),
    ],
)
def test_it_is_not_declared_without_its_english_or_past_its_end(given, code):
    with pytest.raises(Refused) as refused:
        declare_event(make.MassEventFactory(draft=True, **given), by=UserFactory())
    assert code_of(refused) == code


def test_it_is_declared_once():
    with pytest.raises(Refused) as refused:
        declare_event(make.MassEventFactory(), by=UserFactory())
    assert code_of(refused) == "declared_already"


def test_one_that_is_over_never_comes_back():
    event = end_event(make.MassEventFactory())
    with pytest.raises(Refused):
        end_event(event)
    with refused_by_trigger():
        MassEvent.objects.filter(pk=event.pk).update(state="active", over_at=None)


def test_past_its_end_it_is_ended_by_itself(time_machine):
    event = make.MassEventFactory(ends_at=timezone.now() + timedelta(hours=1))
    make.MassEventFactory()
    assert end_past_events() == 0
    time_machine.shift(timedelta(hours=1))
    assert end_past_events() == 1
    assert end_past_events() == 0
    assert MassEvent.objects.get(pk=event.pk).state == "over"


# --- Joining, and parting
def test_a_contact_is_joined_once_and_its_history_says_so(agent):
    event, contact = make.MassEventFactory(), make.ContactFactory()
    joined = join_to_event(contact, event=event, by=agent.user)
    assert join_to_event(contact, event=event, by=agent.user) == joined
    assert [(each.kind, each.by) for each in contact.events.all()] == [("joined", agent.user)]


def test_a_contact_is_of_one_event_at_a_time(agent):
    joined = make.JoinedContactFactory()
    with pytest.raises(Refused) as refused:
        join_to_event(joined.contact, event=make.MassEventFactory(), by=agent.user)
    assert code_of(refused) == "of_another_event"


@pytest.mark.parametrize("trait", ["draft", "over"])
def test_nothing_is_joined_to_an_event_that_is_not_active(agent, trait):
    with pytest.raises(Refused) as refused:
        join_to_event(make.ContactFactory(), event=make.MassEventFactory(**{trait: True}), by=agent.user)
    assert code_of(refused) == "not_active"


def test_parted_it_says_by_whom_and_why_and_can_be_joined_again(agent):
    joined = make.JoinedContactFactory()
    parted = part_from_event(joined.contact, by=agent.user, why=" Danni da acqua ")
    assert (parted.parted_by, parted.why_parted) == (agent.user, "Danni da acqua")
    join_to_event(joined.contact, event=joined.event, by=agent.user)
    assert JoinedContact.objects.standing().filter(contact=joined.contact).count() == 1


@pytest.mark.parametrize(("joined", "why", "code"), [(True, " ", "no_reason"), (False, "x", "of_no_event")])
def test_it_is_not_parted_without_a_reason_or_from_nothing(agent, joined, why, code):
    contact = make.JoinedContactFactory().contact if joined else make.ContactFactory()
    with pytest.raises(Refused) as refused:
        part_from_event(contact, by=agent.user, why=why)
    assert code_of(refused) == code


# --- Suggesting
@pytest.fixture
def hail():
    event = make.MassEventFactory(provinces=["CN"], phrases=["grandine"])
    event.topics.add(make.TopicFactory(code="grandine"))
    return event


def suggested(event):
    return set(suggested_contacts(event, Contact.objects.all()))


def test_what_has_its_topic_or_its_words_is_suggested(hail):
    by_topic = make.ContactFactory(topic=hail.topics.get())
    by_subject = make.ContactFactory(subject="La GRANDINE di ieri")
    by_text = make.MessageFactory(text="Dopo la grandine il tetto perde", contact=make.ContactFactory()).contact
    make.ContactFactory()
    make.MessageFactory(text="grandine", direction="note", contact=make.ContactFactory())
    assert suggested(hail) == {by_topic, by_subject, by_text}


def test_a_person_known_to_live_elsewhere_is_not_suggested(hail):
    here, elsewhere = CustomerFactory(province="CN"), CustomerFactory(province="BA")
    found = [make.ContactFactory(subject="grandine", customer=each) for each in (here, elsewhere, None)]
    assert suggested(hail) == {found[0], found[2]}


def test_what_came_before_is_closed_joined_or_was_parted_from_it_is_not_suggested(hail, agent):
    make.ContactFactory(subject="grandine", started_at=hail.begins_at - timedelta(seconds=1))
    make.ContactFactory(subject="grandine", closed=True)
    make.JoinedContactFactory(contact=make.ContactFactory(subject="grandine"))
    parted = make.JoinedContactFactory(event=hail, contact=make.ContactFactory(subject="grandine"))
    part_from_event(parted.contact, by=agent.user, why="no")
    assert suggested(hail) == set()


def test_an_event_without_topics_and_words_suggests_nothing():
    event = make.MassEventFactory(provinces=["CN"])
    make.ContactFactory(customer=CustomerFactory(province="CN"))
    assert suggested(event) == set()


def test_all_that_is_suggested_is_joined_at_once(hail, agent):
    contacts = {make.ContactFactory(subject="grandine") for _n in range(3)}
    make.ContactFactory()
    assert join_suggested(hail, by=agent.user) == 3
    assert join_suggested(hail, by=agent.user) == 0
    assert {each.contact for each in hail.joined.all()} == contacts
    assert {each.events.get().kind for each in contacts} == {"joined"}


# --- The pages
def form_of(**changed):
    given = {
        "name": "Grandine nel cuneese",
        "name_en": "Hail around Cuneo",
        "words": "Rispondiamo a tutti.",
        "words_en": "We answer everybody.",
        "guidance": "Chiedere le fotografie.",
        "begins_at_0": "04/05/2026",
        "begins_at_1": "09:00:00",
        "ends_at_0": "",
        "ends_at_1": "",
        "provinces": "cn, AT",
        "phrases": "Grandine, chicchi",
        "seen_version": "1",
    }
    return given | changed


def test_a_manager_prepares_one_and_declares_it():
    client = client_of(UserFactory(role=roles.MANAGER))
    answer = client.post(f"{EVENTS}add/", form_of())
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    event = MassEvent.objects.get()
    assert (event.state, event.provinces, event.phrases) == ("draft", ["CN", "AT"], ["grandine", "chicchi"])
    client.post(f"{EVENTS}{event.pk}/comando/dichiara/", {"seen_version": event.version})
    event.refresh_from_db()
    assert event.state == "active"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"provinces": "XX"}, "provinces"),
        ({"phrases": "a"}, "phrases"),
        ({"ends_at_0": "04/05/2026", "ends_at_1": "08:00:00"}, "ends_at"),
        ({"words": ""}, "words"),
        ({"words": "x" * 2001}, "words"),
    ],
)
def test_a_bad_field_is_refused_with_its_name(changed, field):
    answer = client_of(UserFactory(role=roles.MANAGER)).post(f"{EVENTS}add/", form_of(**changed))
    assert list(answer.context["adminform"].form.errors) == [field]


def test_one_that_is_over_is_not_corrected_any_more():
    event = make.MassEventFactory(over=True)
    answer = client_of(UserFactory(role=roles.MANAGER)).post(f"{EVENTS}{event.pk}/change/", form_of(name="Altro"))
    assert answer.status_code == 403


def test_an_agent_reads_it_and_declares_nothing(agent):
    event = make.MassEventFactory(draft=True)
    client = client_of(agent.user)
    assert client.get(f"{EVENTS}{event.pk}/change/").status_code == 200
    assert client.get(f"{EVENTS}{event.pk}/comando/dichiara/").status_code == 403


def test_what_would_be_joined_is_counted_before_it_is(hail, agent):
    make.ContactFactory(subject="grandine")
    client, address = client_of(agent.user), f"{EVENTS}{hail.pk}/comando/collega-suggeriti/"
    assert "1 open contact would be joined" in client.get(address).content.decode()
    assert not hail.joined.exists()
    client.post(address, {"seen_version": hail.version})
    assert hail.joined.count() == 1


def test_where_nothing_is_suggested_there_is_nothing_to_press(agent):
    address = f"{EVENTS}{make.MassEventFactory().pk}/comando/collega-suggeriti/"
    page = client_of(agent.user).get(address).content.decode()
    assert "No open contact is suggested" in page
    assert "Join the suggested contacts</button>" not in page


def test_the_page_of_a_new_event_shows_no_figures_and_nobody_who_declared_it():
    page = client_of(UserFactory(role=roles.MANAGER)).get(f"{EVENTS}add/").content.decode()
    assert "The contacts about it" not in page
    assert "Declared by" not in page


def test_a_likely_contact_is_joined_by_one_press_on_its_page(hail, agent):
    contact, client = make.ContactFactory(subject="grandine"), client_of(agent.user)
    page = reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert "Perhaps it is about" in client.get(page).content.decode()
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "evento"])
    client.post(address, {"seen_version": contact.version, "event": hail.pk})
    shown = client.get(page).content.decode()
    assert "About the mass event" in shown
    assert hail.guidance in shown


def test_a_contact_is_parted_on_its_page(agent):
    joined = make.JoinedContactFactory()
    address = reverse("admin:contact_center_contact_command", args=[joined.contact_id, "evento-separa"])
    client_of(agent.user).post(address, {"seen_version": joined.contact.version, "why": "Altro danno"})
    joined.refresh_from_db()
    assert joined.why_parted == "Altro danno"


def test_the_page_of_an_event_counts_its_contacts_by_day_channel_and_state(agent):
    event = make.MassEventFactory()
    make.JoinedContactFactory(event=event)
    make.JoinedContactFactory(event=event, contact=make.ContactFactory(by_phone=True, closed=True))
    make.JoinedContactFactory(event=event, contact=make.ContactFactory(closed=True, outcome="wrong_number"))
    part_from_event(make.JoinedContactFactory(event=event).contact, by=agent.user, why="no")
    figures = client_of(agent.user).get(f"{EVENTS}{event.pk}/change/").context["figures"]
    assert figures["totals"] == {"joined": 3, "counting": 2, "dealt_with": 1, "at_first_level": 1}
    assert dict(figures["states"]) == {"to be taken": 1, "in progress": 0, "waiting for the customer": 0, "closed": 2}
    assert [(counts, total) for _day, counts, total in figures["days"]] == [([1, 2], 3)]


def test_the_queue_says_what_agents_should_know(agent):
    event = make.MassEventFactory()
    page = client_of(agent.user).get("/backoffice/contact_center/contact/").content.decode()
    assert event.guidance in page


# --- Visitors, and the app
def test_visitors_read_of_it_until_it_is_over():
    event = make.MassEventFactory()
    assert event.words_en in Client().get("/contatti/", headers={"accept-language": "en"}).content.decode()
    end_event(event)
    assert event.words_en not in Client().get("/contatti/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"draft": True},
        {"begins_at": make.STARTED_AT + timedelta(hours=5)},
        {"ends_at": make.STARTED_AT + timedelta(hours=3)},
    ],
)
def test_visitors_do_not_read_of_what_does_not_hold_now(given):
    make.MassEventFactory(**given)
    assert "mass-event" not in Client().get("/contatti/").content.decode()


def test_what_was_hidden_is_shown_again_when_its_words_change():
    event, client = make.MassEventFactory(), Client()
    answer = client.post(f"/contatti/avvisi/{event.pk}/nascondi/", {"next": "/contatti/"})
    assert answer["Location"] == "/contatti/"
    assert "mass-event" not in client.get("/contatti/").content.decode()
    MassEvent.objects.update(version=2)
    assert "mass-event" in client.get("/contatti/").content.decode()


@pytest.mark.parametrize("kept", ["", "x", "1.1-", "9" * 5000, "0.0"])
def test_a_cookie_that_is_none_hides_nothing(kept):
    make.MassEventFactory()
    client = Client()
    client.cookies["hidden_events"] = kept
    assert "mass-event" in client.get("/contatti/").content.decode()


@pytest.mark.parametrize("page", ["//elsewhere.example/", "https://elsewhere.example/", "", "x"])
def test_hiding_leads_to_no_other_site(page):
    event = make.MassEventFactory()
    answer = Client().post(f"/contatti/avvisi/{event.pk}/nascondi/", {"next": page})
    assert answer["Location"] == "/contatti/"


@pytest.mark.parametrize(("language", "detail"), [("it", "I dati inviati non sono validi."), ("en", "Invalid input.")])
def test_a_refusal_to_the_app_is_in_one_language(language, detail):
    answer = Client().get("/api/v1/service-notices/", {"x": 1}, headers={"accept-language": language})
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
    assert ("There is no parameter" in answer.json()["errors"]["x"][0]) == (language == "en")


@pytest.mark.parametrize(
    ("language", "begins"),
    [("it", "Troppe richieste in poco tempo. Riprovi tra"), ("en", "Request was throttled. Expected available in")],
)
def test_the_app_asks_so_often_and_no_more_and_reads_why_in_one_language(settings, time_machine, language, begins):
    settings.API_ADDRESS_PER_MINUTE = 2
    time_machine.move_to("2026-05-04 08:00:20Z", tick=False)
    client = Client(
        headers={"accept-language": language}, REMOTE_ADDR="198.51.100.7" if language == "it" else "198.51.100.8"
    )
    answers = [client.get("/api/v1/service-notices/") for _each in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].json()["detail"].startswith(begins)
    assert answers[-1].headers["Retry-After"] == "41"


def test_the_app_reads_it_in_the_language_of_its_reader():
    event = make.MassEventFactory()
    make.MassEventFactory(over=True)
    for language, title in (("it", event.name), ("en", event.name_en)):
        answer = Client().get("/api/v1/service-notices/", headers={"accept-language": language})
        (notice,) = answer.json()["notices"]
        assert (notice["id"], notice["version"], notice["title"], notice["ends_at"]) == (event.pk, 1, title, None)
