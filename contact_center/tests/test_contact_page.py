"""The page on which a contact is worked, and what can be done from it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands
from contact_center.models import Contact, Message, WrapUpCode
from contact_center.office.contact_commands import COMMANDS, Take
from contact_center.office.contact_page import MATTERS, Matter
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import (
    AgencyMemberFactory,
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    RenewalOfferFactory,
    UserFactory,
)
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_anywhere():
    cache.clear()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def team():
    return make.TeamFactory()


@pytest.fixture
def agent(team):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT, first_name="Ada", last_name="Moro"), team=team)


@pytest.fixture
def client(agent):
    return client_of(agent.user)


@pytest.fixture
def contact(team):
    return make.WebFormRequestFactory(contact__team=team, contact__started_at=timezone.now()).contact


def page(contact):
    return reverse("admin:contact_center_contact_change", args=[contact.pk])


def command(contact, name):
    return reverse("admin:contact_center_contact_command", args=[contact.pk, name])


def offered(client, contact):
    """The buttons of this app; those further up add their own."""
    ours = {command.name for command in COMMANDS}
    return [button.name for button in client.get(page(contact)).context["command_buttons"] if button.name in ours]


def test_the_page_has_the_forms_of_the_commands_that_say_so(client, contact, monkeypatch):
    on_page = {name: command(contact, name) for name in ("rispondi", "nota", "persona")}
    assert client.get(page(contact)).context["at_once"] == on_page
    monkeypatch.setattr(Take, "form_on_page", True)
    assert client.get(page(contact)).context["at_once"] == on_page | {"prendi": command(contact, "prendi")}


def seen(contact):
    contact.refresh_from_db()
    return {"seen_version": contact.version, "seen_at": timezone.now().isoformat()}


# --- What the page shows
def test_the_thread_is_in_the_order_of_time_with_notes_and_answers(client, agent, contact):
    start = timezone.now() - timedelta(hours=1)
    for minutes, direction in ((0, "inbound"), (5, "note"), (10, "outbound")):
        make.MessageFactory(contact=contact, direction=direction, written_at=start + timedelta(minutes=minutes))
    shown = client.get(page(contact)).context["thread"]
    assert [message.direction for message in shown] == ["inbound", "note", "outbound"]


def test_a_long_thread_is_paged_by_fifty(client, contact):
    start = timezone.now() - timedelta(days=2)
    Message.objects.bulk_create(
        Message(contact=contact, direction="inbound", text=str(n), written_at=start + timedelta(minutes=n))
        for n in range(60)
    )
    newest, oldest = (client.get(page(contact), {"thread": n}).context for n in (1, 2))
    assert [message.text for message in newest["thread"]] == [str(n) for n in range(10, 60)]
    assert (newest["thread_older"], newest["thread_newer"]) == (2, None)
    assert [message.text for message in oldest["thread"]] == [str(n) for n in range(10)]
    assert (oldest["thread_older"], oldest["thread_newer"]) == (None, 1)


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 30, "²", ""])
def test_a_page_of_the_thread_that_is_none_is_the_newest(client, contact, asked):
    make.MessageFactory(contact=contact)
    assert len(client.get(page(contact), {"thread": asked}).context["thread"]) == 1


def test_the_page_takes_fourteen_queries_whatever_its_history_mentions(client, agent, team):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="email", value="maria.rossi@example.it")
    ClaimFactory(policy=PolicyFactory(holder=customer))
    contact = make.WebFormRequestFactory(contact__team=team, contact__customer=customer).contact
    make.MessageAttachmentFactory(message__contact=contact)
    for kind, details in (
        ("escalated", {"team": team.code, "reason": "authority"}),
        ("coded", {"code": WrapUpCode.objects.first().code}),
        ("identified", {"customer": customer.pk, "earlier": None}),
    ):
        make.ContactEventFactory(contact=contact, kind=kind, details=details, by=agent.user)
    shown = client.get(page(contact))  # the first look is written into the access log
    details = " ".join(event["details"] for event in shown.context["events"])
    with translation.override("en"):
        assert all(word in details for word in (team.shown_name, WrapUpCode.objects.first().shown_name, customer.code))
    with CaptureQueriesContext(connection) as asked:
        client.get(page(contact))
    assert len(asked) <= 12


def test_the_form_is_drawn_where_it_is_asked_for(client, contact):
    assert 'id="contact_form"' not in client.get(page(contact)).content.decode()
    assert 'id="contact_form"' in client.get(page(contact), {"correggi": "1"}).content.decode()


def test_the_page_costs_the_same_for_a_long_thread_as_for_a_short_one(client, contact):
    make.MessageFactory(contact=contact, author=UserFactory())
    make.ContactEventFactory(contact=contact, by=UserFactory())
    client.get(page(contact))
    with CaptureQueriesContext(connection) as short:
        client.get(page(contact))
    for _ in range(30):
        make.MessageFactory(contact=contact, author=UserFactory())
        make.ContactEventFactory(contact=contact, by=UserFactory())
    with CaptureQueriesContext(connection) as long:
        client.get(page(contact))
    assert len(long) == len(short)


def test_the_person_is_shown_with_policies_open_matters_and_last_contacts(client, contact, monkeypatch):
    customer = CustomerFactory()
    contact.customer = customer
    contact.save()
    policy = PolicyFactory(holder=customer)
    claim = ClaimFactory(policy=policy, customer=customer)
    ClaimFactory(policy=policy, customer=customer, state="refused")
    earlier = make.ContactFactory(customer=customer, closed=True)
    monkeypatch.setattr(
        "contact_center.office.contact_page.MATTERS", [*MATTERS, lambda who, user: [Matter("R-1", "open")]]
    )
    until = policy.ends_on + timedelta(days=365)
    moment = timezone.now()
    RenewalOfferFactory(
        policy=policy, starts_on=policy.ends_on, ends_on=until, paid_on=moment.date(), accepted_at=moment
    )
    shown = client.get(page(contact)).context
    assert [(each, each.renewed_until) for each in shown["policies"]] == [(policy, until)]
    assert [matter.title for matter in shown["matters"]] == [f"Claim {claim.number}", "R-1"]
    assert shown["last_contacts"] == [earlier]


def test_what_the_writer_asks_to_have_changed_is_changed_from_the_contact_and_leads_back(client, contact):
    contact.customer = CustomerFactory()
    contact.save()
    address = reverse("admin:contact_center_contact_change", args=[contact.pk])
    page = client.get(address).content.decode()
    for name in ("aggiungi-recapito", "indirizzo-postale", "lingua", "consenso", "revoca-consenso"):
        assert f"/{name}/?contatto={contact.number}&amp;torna=%2Fbackoffice%2F" in page


def test_the_history_says_who_the_person_is_by_their_code(client, agent, contact):
    first, second = CustomerFactory(), CustomerFactory()
    commands.link_customer(contact, customer=first, by=agent.user)
    commands.link_customer(contact, customer=second, by=agent.user)
    before = {"customer": "CLI-VECCHIO", "instead_of": None}  # as it was written once
    make.ContactEventFactory(contact=contact, kind="corrected", details=before)
    events = client.get(page(contact)).context["events"]
    assert [event["details"] for event in events] == [second.code, first.code, "CLI-VECCHIO"]


def test_what_people_write_is_shown_as_they_wrote_it_and_runs_nothing(client, contact):
    text = "مرحبا 🚗 <script>alert(1)</script>\nè già l'ora"
    make.MessageFactory(contact=contact, text=text)
    content = client.get(page(contact)).content.decode()
    assert "مرحبا 🚗 &lt;script&gt;alert(1)&lt;/script&gt;\nè già l&#x27;ora" in content
    assert "<script>alert" not in content


@pytest.mark.parametrize(
    ("state", "due", "tone"),
    [
        ("in_progress", timedelta(days=9), "due"),
        ("in_progress", -timedelta(days=9), "late"),
        ("waiting", None, "paused"),
        ("in_progress", None, "none"),
    ],
)
def test_the_clock_says_how_it_stands(client, team, state, due, tone):
    contact = make.ContactFactory(team=team, state=state, due_at=timezone.now() + due if due else None)
    assert client.get(page(contact)).context["due"].tone == tone


def test_what_is_closed_is_done(client, team):
    assert client.get(page(make.ContactFactory(team=team, closed=True))).context["due"].tone == "done"


@pytest.mark.parametrize(
    ("caller", "stated", "shown"),
    [("+393471234567", "3471234567", "347 123 4567"), ("", "4101", "4101"), ("", "anonymous", "number withheld")],
)
def test_a_caller_is_shown_as_people_write_numbers(client, team, caller, stated, shown):
    contact = make.CallFactory(contact__team=team, caller=caller, caller_stated=stated).contact
    assert f"<dd>{shown}</dd>" in client.get(page(contact)).content.decode()


def test_a_page_shows_how_the_due_time_comes_about(client, contact):
    answer = client.get(reverse("admin:contact_center_contact_due", args=[contact.pk]))
    assert answer.context["steps"][-1]["step"].what == "due"
    assert answer.context["clock"].due_at == answer.context["steps"][-1]["step"].start


# --- What can be done
def test_what_nobody_has_is_taken_by_one_click(client, agent, contact):
    assert "prendi" in offered(client, contact)
    answer = client.post(command(contact, "prendi"), seen(contact))
    assert (answer.status_code, answer.url) == (302, page(contact))
    contact.refresh_from_db()
    assert contact.owner == agent
    assert "prendi" not in offered(client, contact)


def test_a_second_click_changes_nothing_more(client, contact):
    data = seen(contact)
    client.post(command(contact, "prendi"), data)
    assert client.post(command(contact, "prendi"), data).status_code == 409
    assert contact.events.filter(kind="taken").count() == 1


def test_buttons_are_those_that_would_not_be_refused(client, agent, contact):
    make.TeamFactory(level=2)
    assert offered(client, contact) == [
        *(
            "prendi",
            "rispondi",
            "esito",
            "promemoria",
            "richiamata",
            "priorita",
            "inoltra",
            "nota",
            "risposta-data",
            "persona",
            "scheda",
            "assegna",
            "collega",
        ),
    ]
    commands.take(contact, by=agent.user)
    assert "rimetti" in offered(client, contact)
    assert "attendi" in offered(client, contact)
    commands.wait(contact, by=agent.user)
    assert "riprendi" in offered(client, contact)
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(), topic=make.TopicFactory(), by=agent.user)
    assert offered(client, contact) == ["nota", "persona", "scheda", "correggi-esito", "riapri"]


def test_a_contact_without_an_address_is_not_answered_in_writing(client, team):
    contact = make.ContactFactory(by_phone=True, team=team)
    assert "rispondi" not in offered(client, contact)
    assert client.post(command(contact, "rispondi"), {"text": "Ecco"} | seen(contact)).status_code == 409


def test_an_answer_is_sent_from_the_page_and_waits(client, contact):
    answer = client.post(command(contact, "rispondi"), {"text": "Il numero?", "then": "waiting"} | seen(contact))
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert contact.state == "waiting"
    assert [message.text for message in contact.messages.filter(direction="outbound")] == ["Il numero?"]


def test_an_answer_that_ends_it_leads_to_the_wrapping_up(client, contact):
    answer = client.post(command(contact, "rispondi"), {"text": "Ecco.", "then": "wrap_up"} | seen(contact))
    assert answer.url == command(contact, "esito")
    contact.refresh_from_db()
    assert contact.state == "in_progress"


def test_an_answer_may_have_ten_thousand_characters_and_no_more(client, contact):
    assert client.post(command(contact, "rispondi"), {"text": "è" * 10_001} | seen(contact)).status_code == 200
    assert not contact.messages.exists()
    client.post(command(contact, "rispondi"), {"text": "è" * 10_000} | seen(contact))
    assert len(contact.messages.get().text) == 10_000


def test_a_note_that_nobody_signed_says_when_it_was_written_and_leaves_no_gap(client, contact):
    make.MessageFactory(contact=contact, direction="note", text="Ha rinunciato all’attesa.")
    assert "</span>Note · <time" in client.get(page(contact)).content.decode()


def test_a_note_never_leaves_the_house(client, contact):
    client.post(command(contact, "nota"), {"text": "Da verificare 🧐"} | seen(contact))
    assert contact.messages.get().direction == "note"


def test_escalating_offers_second_level_teams_alone_and_wants_a_reason(client, contact):
    second = make.TeamFactory(level=2)
    make.TeamFactory(level=2, is_active=False)
    form = client.get(command(contact, "inoltra")).context["form"]
    assert list(form.fields["team"].queryset) == [second]
    answer = client.post(command(contact, "inoltra"), {"team": second.pk} | seen(contact))
    assert list(answer.context["form"].errors) == ["reason"]
    client.post(
        command(contact, "inoltra"), {"team": second.pk, "reason": "knowledge", "text": "Si veda"} | seen(contact)
    )
    contact.refresh_from_db()
    assert (contact.level, contact.team, contact.escalation) == (2, second, "knowledge")
    assert contact.messages.get().direction == "note"


def test_wrapping_up_wants_a_code(client, contact):
    answer = client.post(command(contact, "esito"), {"then": "queue"} | seen(contact))
    assert list(answer.context["form"].errors) == ["code"]


def test_wrapping_up_wants_a_topic_where_the_code_does(client, contact):
    resolved, no_topic = WrapUpCode.objects.get(code="risolto"), make.WrapUpCodeFactory(needs_topic=False)
    answer = client.post(command(contact, "esito"), {"code": resolved.pk} | seen(contact))
    assert list(answer.context["form"].errors) == ["topic"]
    assert (
        client.post(command(contact, "esito"), {"code": no_topic.pk, "then": "queue"} | seen(contact)).status_code
        == 302
    )


def test_a_code_that_hints_at_a_complaint_shows_where_to_write_it(client, contact):
    code = make.WrapUpCodeFactory(hints_complaint=True, needs_topic=False)
    sent = client.post(command(contact, "esito"), {"code": code.pk, "then": "stay"} | seen(contact), follow=True)
    assert settings.SITE_URL + reverse("complaint_form") in str(next(iter(sent.context["messages"])))


def test_the_codes_are_those_of_the_line_with_their_keys(client, team):
    line, other = make.TollFreeLineFactory(), make.TollFreeLineFactory()
    mine, theirs = make.WrapUpCodeFactory(name="Mio"), make.WrapUpCodeFactory(name="Loro")
    mine.lines.set([line])
    theirs.lines.set([other])
    contact = make.ContactFactory(by_phone=True, line=line, team=team)
    answer = client.get(command(contact, "esito"))
    codes = list(answer.context["form"].fields["code"].queryset)
    assert mine in codes
    assert theirs not in codes
    assert 'data-key="1"' in answer.content.decode()


def test_after_wrapping_up_comes_the_next_or_the_queue(client, agent, team, contact):
    code, topic = make.WrapUpCodeFactory(), make.TopicFactory()
    following = make.ContactFactory(team=team)
    data = {"code": code.pk, "topic": topic.pk}
    answer = client.post(command(contact, "esito"), data | {"then": "next"} | seen(contact))
    assert answer.url == page(following)
    following.refresh_from_db()
    assert following.owner == agent
    answer = client.post(command(following, "esito"), data | {"then": "next"} | seen(following))
    assert answer.url == reverse("admin:contact_center_contact_changelist")


def test_a_call_closed_without_a_code_is_coded_afterwards(client, team):
    contact = make.CallFactory(contact__team=team).contact
    assert "esito" in offered(client, contact)
    code, topic = make.WrapUpCodeFactory(), make.TopicFactory()
    client.post(command(contact, "esito"), {"code": code.pk, "topic": topic.pk, "then": "stay"} | seen(contact))
    contact.refresh_from_db()
    assert (contact.state, contact.outcome, contact.wrap_up) == ("closed", "resolved", code)


def test_take_the_next_pressed_twice_takes_one(client, agent, team):
    for hours in (1, 2):
        make.ContactFactory(team=team, due_at=timezone.now() + timedelta(hours=hours))
    token = {"page_token": client.get(reverse("admin:contact_center_contact_changelist")).context["page_token"]}
    address = reverse("admin:contact_center_contact_list_command", args=["prossimo"])
    first, again = client.post(address, token), client.post(address, token)
    assert Contact.objects.filter(owner=agent).count() == 1
    assert first.url == again.url == page(Contact.objects.get(owner=agent))


def test_a_reply_that_does_not_say_what_it_answers_to_is_not_sent(client, agent, contact):
    for _time in range(2):
        assert client.post(command(contact, "rispondi"), {"text": "Ecco."}).status_code == 409
    assert not contact.messages.filter(direction="outbound").exists()


def test_the_next_is_taken_by_one_click_from_the_list(client, agent, team):
    later = make.ContactFactory(team=team, due_at=timezone.now() + timedelta(hours=5))
    sooner = make.ContactFactory(team=team, due_at=timezone.now() + timedelta(hours=1))
    address = reverse("admin:contact_center_contact_list_command", args=["prossimo"])
    assert send_command(client, address).url == page(sooner)
    assert send_command(client, address).url == page(later)
    answer = send_command(client, address, follow=True)
    assert answer.redirect_chain == [(reverse("admin:contact_center_contact_changelist"), 302)]
    assert [str(message) for message in answer.context["messages"]][-1] == "Nothing is waiting for your team."


def test_asking_for_the_next_takes_nothing(client, team):
    waiting = make.ContactFactory(team=team)
    client.get(reverse("admin:contact_center_contact_list_command", args=["prossimo"]))
    waiting.refresh_from_db()
    assert waiting.owner is None


# --- Who may
@pytest.mark.parametrize("name", ["prendi", "rispondi", "esito", "inoltra", "nota", "persona", "assegna", "attendi"])
def test_an_auditor_reads_and_does_nothing(contact, name):
    auditor = client_of(UserFactory(role=roles.AUDITOR))
    assert offered(auditor, contact) == []
    assert auditor.get(command(contact, name)).status_code == 403
    assert auditor.post(command(contact, name), seen(contact)).status_code == 403


def test_a_manager_reassigns_but_does_not_answer(agent, contact):
    commands.take(contact, by=agent.user)
    manager = client_of(UserFactory(role=roles.MANAGER))
    assert offered(manager, contact) == ["assegna"]
    other = make.AgentFactory(user=UserFactory(role=roles.AGENT))
    manager.post(command(contact, "assegna"), {"agent": other.pk} | seen(contact))
    contact.refresh_from_db()
    assert contact.owner == other
    assert manager.post(command(contact, "rispondi"), {"text": "Ecco"} | seen(contact)).status_code == 403


def test_who_is_gone_is_not_assigned_anything(client, contact):
    gone = make.AgentFactory(user=UserFactory(role=roles.AGENT), is_active=False)
    answer = client.post(command(contact, "assegna"), {"agent": gone.pk} | seen(contact))
    assert list(answer.context["form"].errors) == ["agent"]


# --- Two people on one contact
def test_who_comes_second_keeps_the_draft_and_sees_what_was_written_and_done(client, agent, team, contact):
    other = make.AgentFactory(user=UserFactory(role=roles.AGENT, first_name="Ugo", last_name="Neri"), team=team)
    first, second = client, client_of(other.user)
    shown_to_second = seen(contact)
    first.post(command(contact, "rispondi"), {"text": "Le mando la copia."} | seen(contact))
    answer = second.post(command(contact, "rispondi"), {"text": "La mia risposta."} | shown_to_second)
    assert answer.status_code == 409
    assert answer.context["form"]["text"].value() == "La mia risposta."
    changes = [(change.by, change.field, change.new) for change in answer.context["changes"]]
    assert ("Ada Moro", "to the customer", "Le mando la copia.") in changes
    assert ("Ada Moro", "event", f"taken: {agent.code}") in changes
    assert not any(field == "version" for _by, field, _new in changes)
    assert contact.messages.count() == 1
    again = {"text": "La mia risposta.", "seen_version": answer.context["seen_version"]}
    assert second.post(command(contact, "rispondi"), again).status_code == 302
    assert contact.messages.count() == 2


def test_the_second_person_sees_what_the_customer_wrote_meanwhile(client, contact):
    shown = seen(contact)
    make.MessageFactory(
        contact=contact, text="Ho trovato il numero.", written_at=timezone.now() + timedelta(seconds=1)
    )
    Contact.objects.filter(pk=contact.pk).update(version=contact.version + 1)
    answer = client.post(command(contact, "rispondi"), {"text": "Il numero?"} | shown)
    assert "Ho trovato il numero." in [change.new for change in answer.context["changes"]]


def test_each_sees_that_the_other_is_on_the_page(client, team, contact):
    other = make.AgentFactory(user=UserFactory(role=roles.AGENT, first_name="Ugo", last_name="Neri"), team=team)
    second = client_of(other.user)
    assert client.get(page(contact)).context["others_here"] == []
    assert second.get(page(contact)).context["others_here"] == ["Ada Moro"]
    presence = reverse("admin:contact_center_contact_presence", args=[contact.pk])
    assert client.post(presence).context["others_here"] == ["Ugo Neri"]
    second.post(presence, {"leaves": ""})
    assert client.post(presence).context["others_here"] == []


def test_a_page_that_asks_nothing_for_half_a_minute_has_been_left(client, team, contact, time_machine):
    other = make.AgentFactory(user=UserFactory(role=roles.AGENT), team=team)
    time_machine.move_to("2026-05-04T10:00:00Z", tick=False)
    client_of(other.user).get(page(contact))
    presence = reverse("admin:contact_center_contact_presence", args=[contact.pk])
    time_machine.move_to("2026-05-04T10:00:29Z", tick=False)
    assert len(client.post(presence).context["others_here"]) == 1
    time_machine.move_to("2026-05-04T10:00:31Z", tick=False)
    assert client.post(presence).context["others_here"] == []


def test_a_page_that_has_grown_old_says_so(client, contact):
    presence = reverse("admin:contact_center_contact_presence", args=[contact.pk])
    assert client.post(presence, {"seen_version": contact.version}).context["changed"] is False
    commands.add_note(contact, text="Nuova", by=UserFactory())
    assert client.post(presence, {"seen_version": contact.version}).context["changed"] is True


def test_reading_alone_is_not_shown_to_others_and_a_get_asks_nothing(client, contact):
    auditor = client_of(UserFactory(role=roles.AUDITOR))
    auditor.get(page(contact))
    presence = reverse("admin:contact_center_contact_presence", args=[contact.pk])
    assert client.get(presence).status_code == 405
    assert auditor.post(presence).status_code == 403
    assert client.post(presence).context["others_here"] == []


@pytest.mark.django_db(transaction=True)
def test_asking_who_is_there_holds_up_nobody():
    """As in life, where no transaction of a test surrounds the page: a row lock would fail here."""
    contact = make.ContactFactory()
    client = client_of(UserFactory(is_superuser=True, is_staff=True))
    assert client.post(reverse("admin:contact_center_contact_presence", args=[contact.pk])).status_code == 200


@pytest.mark.parametrize("name", ["due", "presence"])
def test_a_contact_that_is_none_is_not_found(client, name):
    for key in ("x", "999999", "9" * 40):
        address = reverse(f"admin:contact_center_contact_{name}", args=[key])
        assert (client.post if name == "presence" else client.get)(address).status_code == 404


def test_another_agencys_member_learns_nothing(contact):
    member = client_of(AgencyMemberFactory().user)
    for name in ("presence", "due"):
        address = reverse(f"admin:contact_center_contact_{name}", args=[contact.pk])
        assert member.post(address).status_code in {403, 404}
