"""The desk of an agent: the caller's card, the person confirmed, the call coded; only the agent's own calls."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from contact_center.calls import recording
from contact_center.calls.events import Event
from contact_center.contacts import commands
from contact_center.desk import card as desk
from contact_center.models import Call, Contact, ContactEvent, Topic
from contact_center.tests import factories as make
from customers import roles
from customers.models import AccessLog, Claim, UnusualAccess
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.dates import written_day
from foundation.telephones import shown_number
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db
NUMBER = "+393331234567"
PAGE, STATE = "/backoffice/scrivania/", "/backoffice/scrivania/stato/"


def an_agent(code="op1"):
    return make.AgentFactory(code=code, user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def agent():
    return an_agent()


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def answered(agent, django_capture_on_commit_callbacks):
    """Have the agent answer a call; returns its contact."""

    def answer(number=NUMBER, by=agent, line="customers", call_id="c1"):
        now = timezone.now()
        events = [
            (call_id, Event(f"{call_id}-q", "queued", now - timedelta(seconds=12), line=line, caller=number)),
            (call_id, Event(f"{call_id}-a", "answered", now, agent=by.code)),
        ]
        with django_capture_on_commit_callbacks(execute=True):
            recording.record_events(events, source="centralino")
        return Contact.objects.get(call__external_id=call_id)

    return answer


def ended(call_id="c1", after=60):
    at = Call.objects.get(external_id=call_id).answered_at + timedelta(seconds=after)
    recording.record_events([(call_id, Event(f"{call_id}-e", "ended", at, reason="completed"))], source="centralino")


def person(verified=False, **fields):
    customer = people.CustomerFactory(**fields)
    verified_at = timezone.now() if verified else None
    people.ContactPointFactory(customer=customer, kind="phone", value=NUMBER, verified_at=verified_at)
    return customer


# --- Who sees what ------------------------------------------------------------------------------------------------
def test_the_answer_shows_the_card_to_the_answering_agent_alone(client, answered):
    other = signed_in(an_agent("op2").user)
    contact = answered()
    assert client.get(PAGE).context["contact"] == contact
    page = other.get(PAGE)
    assert (page.context["contact"], page.context["calls"]) == (None, [])
    assert other.get(PAGE, {"contact": contact.pk}).context["contact"] is None


@pytest.mark.parametrize("role", [*sorted(roles.ALL), None])
def test_each_role_sees_its_desk_an_explanation_or_nothing(role):
    user = people.UserFactory(role=role)
    answer = signed_in(user).get(PAGE)
    staff_who_look = {
        roles.AGENT,
        roles.SPECIALIST,
        roles.COMPLAINT_OFFICER,
        roles.MANAGER,
        roles.AUDITOR,
        roles.DATA_OFFICER,
        roles.ADMINISTRATOR,
    }
    if role in staff_who_look:
        assert answer.status_code == 200
        assert answer.templates[0].name == "office/desk/none.html"
    else:
        assert answer.status_code in (302, 403)


def test_who_has_not_signed_in_is_asked_to():
    assert Client().get(PAGE).status_code == 302
    assert Client().get(STATE).status_code == 401


def test_the_menu_has_the_desk_for_those_who_work_contacts(client):
    assert PAGE in client.get(reverse("admin:index")).content.decode()
    manager = signed_in(people.UserFactory(role=roles.MANAGER))
    assert PAGE not in manager.get(reverse("admin:index")).content.decode()


# --- A caller whose file asks a reason -------------------------------------------------------------------------------
@pytest.fixture
def restricted():
    """A public person, known by the number."""
    customer = person(last_name="Celebri", first_name="Ada")
    people.FileRestrictionFactory(customer=customer)
    return customer


def test_the_card_of_a_restricted_file_asks_why_and_shows_nothing_else(client, answered, restricted):
    version = client.get(PAGE).context["version"]
    answered()
    assert "Celebri" not in client.get(STATE, {"v": version}).content.decode()
    page = client.get(PAGE)
    assert ("Celebri" in page.content.decode(), page.context["card"]) == (False, None)
    assert page.context["asks_reason"]
    assert not AccessLog.objects.exists()


def test_the_reason_opens_the_card(client, answered, restricted, agent):
    contact = answered()
    send = {"customer": restricted.pk, "kind": "calls"}
    page = client.post(reverse("desk_reason", args=[contact.pk]), send, follow=True)
    assert page.context["card"] is not None
    assert "Celebri" in page.content.decode()
    assert [(each.user, each.reason_kind) for each in AccessLog.objects.all()] == [(agent.user, "calls")]


def test_a_reason_refused_at_the_desk_keeps_what_was_typed(client, answered, restricted):
    contact = answered()
    page = client.post(
        reverse("desk_reason", args=[contact.pk]), {"customer": restricted.pk, "kind": "other", "words": "boh"}
    )
    assert (page.status_code, 'value="boh"' in page.content.decode()) == (409, True)
    assert "Celebri" not in page.content.decode()


def test_a_colleagues_call_is_no_reason_to_open_a_file(client, answered, restricted):
    contact = answered(by=an_agent("op2"))
    answer = client.post(reverse("desk_reason", args=[contact.pk]), {"customer": restricted.pk, "kind": "calls"})
    assert (answer.status_code, answer.context["refusal"].code) == (409, "not_yours")
    assert "Celebri" not in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_a_restricted_file_is_not_confirmed_before_the_reason(client, answered, restricted):
    contact = answered()
    answer = confirm(client, contact, restricted)
    contact.refresh_from_db()
    assert (answer.url.startswith(reverse("file_reason", args=[restricted.pk])), contact.customer) == (True, None)


# --- News ---------------------------------------------------------------------------------------------------------
def test_nothing_new_costs_one_query(client, django_assert_num_queries):
    version = client.get(PAGE).context["version"]
    with django_assert_num_queries(1):  # who asks; the session and the word are in the cache
        assert client.get(STATE, {"v": version}).status_code == 204


def test_an_answer_is_news_to_its_agent_alone(client, answered, agent):
    other = signed_in(an_agent("op2").user)
    version, others = client.get(PAGE).context["version"], other.get(PAGE).context["version"]
    contact = answered()
    news = client.get(STATE, {"v": version})
    assert news.status_code == 200
    body = news.json()
    assert (body["contact"], body["newest"], body["waiting"]) == (contact.pk, contact.pk, 1)
    assert "333 123 4567" in body["main"]
    assert "333 123 4567" in body["announce"]
    assert client.get(STATE, {"v": body["version"]}).status_code == 204
    assert other.get(STATE, {"v": others}).status_code == 204


def announced(client, page):
    """What the desk says of the newest call, or any other page."""
    asked = {"v": "", "brief": page} if page else {"v": ""}
    news = client.get(STATE, asked).json()
    return news["calls"][0]["words"] if page else news["announce"]


@pytest.mark.parametrize("page", ["", "1"], ids=["at the desk", "on another page"])
def test_a_call_is_announced_by_the_name_of_the_only_person_its_number_names(client, answered, page):
    who = person(verified=True)
    answered()
    assert str(who) in announced(client, page)


@pytest.mark.parametrize("page", ["", "1"], ids=["at the desk", "on another page"])
def test_a_call_that_two_people_may_have_made_is_announced_by_its_number(client, answered, page):
    person(), person()
    answered()
    assert "333 123 4567" in announced(client, page)


def test_an_empty_cache_loses_no_news(client, answered):
    version = client.get(PAGE).context["version"]
    answered()
    before = client.get(STATE, {"v": version}).json()["version"]
    cache.delete(f"desk:{Contact.objects.get().owner.user_id}")
    again = client.get(STATE, {"v": before}).json()["version"]
    assert again != version
    assert client.get(STATE, {"v": again}).status_code == 204


def test_a_new_call_leaves_the_one_in_hand_and_says_so(client, answered):
    first = answered()
    version = client.get(PAGE).context["version"]
    second = answered("+390248219001", call_id="c2")
    body = client.get(STATE, {"v": version, "contact": first.pk}).json()
    assert (body["contact"], body["newest"], body["waiting"]) == (first.pk, second.pk, 2)


def test_what_changed_between_reading_the_word_and_the_page_is_news(agent, answered):
    word = desk.version_of(agent.user)
    answered()
    assert desk.version_of(agent.user) != word


def test_a_transfer_takes_the_card_to_the_second_agent(client, answered, django_capture_on_commit_callbacks):
    second = an_agent("op2")
    contact = answered()
    with django_capture_on_commit_callbacks(execute=True):
        recording.record_events(
            [("c1", Event("t", "transferred", timezone.now(), to_agent="op2", attended=True))], source="centralino"
        )
    assert client.get(PAGE).context["contact"] is None
    assert signed_in(second.user).get(PAGE).context["contact"] == contact


OFF_THE_DESK = {
    "link": lambda contact, user: commands.link_customer(contact, customer=people.CustomerFactory.create(), by=user),
    "wrap up": lambda contact, user: commands.wrap_up(
        contact, code=make.WrapUpCodeFactory.create(needs_topic=False), by=user
    ),
    "assign": lambda contact, user: commands.assign(contact, to=an_agent("op2"), by=user),
    "release": lambda contact, user: commands.release(contact, by=user),
    "escalate": lambda contact, user: commands.escalate(
        contact, team=make.TeamFactory.create(level=2), reason=Contact.Escalation.AUTHORITY, by=user
    ),
    "wait": lambda contact, user: commands.wait(contact, by=user),
}


@pytest.mark.parametrize("what", OFF_THE_DESK)
def test_what_others_do_to_the_call_is_news(client, answered, what, django_capture_on_commit_callbacks):
    contact = answered()
    version = client.get(PAGE).context["version"]
    with django_capture_on_commit_callbacks(execute=True):
        OFF_THE_DESK[what](contact, people.UserFactory(role=roles.MANAGER))
    assert client.get(STATE, {"v": version}).status_code == 200


def test_a_call_assigned_is_news_to_the_agent_who_gets_it(answered, django_capture_on_commit_callbacks):
    contact, other = answered(), an_agent("op2")
    client = signed_in(other.user)
    version = client.get(PAGE).context["version"]
    with django_capture_on_commit_callbacks(execute=True):
        commands.assign(contact, to=other, by=people.UserFactory(role=roles.MANAGER))
    assert client.get(STATE, {"v": version}).json()["contact"] == contact.pk


def test_what_comes_in_writing_is_no_news_to_the_desk(agent, client, django_capture_on_commit_callbacks):
    contact = make.ContactFactory()
    version = client.get(PAGE).context["version"]
    with django_capture_on_commit_callbacks(execute=True):
        commands.take(contact, by=agent.user)
    assert client.get(STATE, {"v": version}).status_code == 204


# --- Who is calling -----------------------------------------------------------------------------------------------
def test_those_who_answered_from_the_number_come_before_those_who_only_stated_it(client, answered):
    stated, verified = person(), person(verified=True)
    answered()
    context = client.get(PAGE).context
    assert [(each.customer, each.how) for each in context["candidates"]] == [
        (verified, "verified"),
        (stated, "stated"),
    ]
    assert (context["person"], context["card"]) == (None, None)


def test_at_most_five_people_are_named(client, answered):
    for _each in range(7):
        person()
    answered()
    assert len(client.get(PAGE).context["candidates"]) == 5


def test_one_person_is_shown_but_not_presumed(client, answered, agent):
    customer = person()
    contact = answered()
    assert client.get(PAGE).context["person"] == customer
    contact.refresh_from_db()
    assert contact.customer is None
    assert [(each.user, each.customer) for each in AccessLog.objects.all()] == [(agent.user, customer)]


@pytest.mark.parametrize("number", ["", "anonymous", "+390248219001"])
def test_a_number_of_nobody_or_withheld_gets_a_light_card_with_a_search(client, answered, number):
    customer = people.CustomerFactory(last_name="Bianchi", first_name="Ada")
    contact = answered(number)
    page = client.get(PAGE)
    assert (page.context["candidates"], page.context["person"]) == ([], None)
    found = client.get(PAGE, {"contact": contact.pk, "q": "bianchi"}).context["found"]
    assert [each.customer for each in found] == [customer]
    assert client.get(PAGE, {"contact": contact.pk, "person": customer.pk}).context["person"] == customer


def test_a_search_at_the_desk_for_a_restricted_file_is_kept_for_the_officer(client, answered, agent):
    customer = people.FileRestrictionFactory(customer__last_name="Celebri").customer
    client.get(PAGE, {"contact": answered("").pk, "q": "celebri"})
    kept = UnusualAccess.objects.values_list("user", "customer", "rule", "number")
    assert list(kept) == [(agent.user.pk, customer.pk, "searched", 1)]
    assert not AccessLog.objects.filter(customer=customer).exists()


@pytest.mark.parametrize("text", ["x" * 10_000, "😀", "مرحبا ‮ txet", "%_'\"\\", "\0", " ", "9" * 60])
def test_the_search_takes_anything(client, answered, text):
    contact = answered()
    assert client.get(PAGE, {"contact": contact.pk, "q": text}).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 30, ""])
def test_an_address_that_is_none_shows_the_newest(client, answered, number):
    contact = answered()
    page = client.get(PAGE, {"contact": number, "person": number})
    assert (page.status_code, page.context["contact"]) == (200, contact)


# --- Confirmed ----------------------------------------------------------------------------------------------------
def confirm(client, contact, customer):
    return client.post(reverse("desk_person", args=[contact.pk]), {"customer": getattr(customer, "pk", customer)})


def test_the_agent_confirms_the_person(client, answered, agent):
    customer, contact = person(), answered()
    assert confirm(client, contact, customer).status_code == 302
    contact.refresh_from_db()
    assert contact.customer == customer
    event = ContactEvent.objects.get(kind="identified")
    assert (event.by, event.details) == (agent.user, {"customer": customer.pk, "earlier": None})
    assert AccessLog.objects.filter(user=agent.user, customer=customer).exists()
    assert confirm(client, contact, customer).status_code == 302
    assert ContactEvent.objects.filter(kind="identified").count() == 1, "the same again says nothing"


def test_another_agents_call_is_not_confirmed(answered):
    customer, contact = person(), answered()
    answer = confirm(signed_in(an_agent("op2").user), contact, customer)
    assert (answer.status_code, answer.context["refusal"].code) == (409, "not_yours")
    contact.refresh_from_db()
    assert contact.customer is None


@pytest.mark.parametrize("customer", ["", "0", "x", "²", "9" * 30])
def test_a_person_that_is_none_is_not_found(client, answered, customer):
    assert confirm(client, answered(), customer).status_code == 404


@pytest.mark.parametrize("role", sorted({*roles.ALL} - {roles.AGENT, roles.SPECIALIST}))
def test_no_other_role_changes_a_call(answered, role):
    customer, contact = person(), answered()
    assert confirm(signed_in(people.UserFactory(role=role)), contact, customer).status_code in (302, 403)
    contact.refresh_from_db()
    assert contact.customer is None


# --- The card -----------------------------------------------------------------------------------------------------
def panels_of(customer, contact, user):
    card = desk.card_of(customer, contact, user, timezone.localdate())
    return {panel.title: panel.rows for panel in card.panels}


def full_card(customer, rows):
    today = timezone.localdate()
    for _each in range(rows):
        policy = people.PolicyFactory(holder=customer, state="active", ends_on=today + timedelta(days=200))
        people.InstalmentFactory(policy=policy, due_on=today + timedelta(days=5), paid_on=None)
        people.ClaimFactory(policy=policy, customer=customer, state=Claim.State.TAKEN_IN_CHARGE)
        make.ContactFactory(customer=customer, topic=make.TopicFactory(), team=make.TeamFactory())
        Notice.objects.create(
            kind="x", channel="inbox", once=f"n{policy.pk}", customer=customer, subject="Scadenza", body_text="Scade"
        )


def test_the_card_shows_what_matters(answered, agent):
    customer, contact = person(), answered()
    full_card(customer, 1)
    panels = panels_of(customer, contact, agent.user)
    assert [(title, len(rows)) for title, rows in panels.items()] == [
        ("Polizze", 1),
        ("Sinistri aperti", 1),
        ("Contatti da lavorare", 1),
        ("Ultimi contatti", 1),
        ("Avvisi delle ultime due settimane", 1),
        ("Consensi", 0),
    ]
    assert panels["Polizze"][0].tone == "warn"


@pytest.mark.parametrize(
    ("ramo", "fields", "waits"),
    [
        ("10", {"state": "accepted", "offered_on": "2026-05-03", "accepted_on": "2026-05-04"}, "pagamento entro il 19/05/2026"),
        ("9", {"state": "accepted", "offered_on": "2026-05-03", "accepted_on": "2026-05-04"}, "offerta accettata il 04/05/2026"),
        ("10", {"state": "taken_in_charge", "complete_on": "2026-05-04"}, "offerta entro il 03/07/2026"),
        ("9", {"state": "taken_in_charge", "complete_on": "2026-05-04"}, ""),
        ("10", {"state": "taken_in_charge"}, "documentazione non ancora completa"),
        ("9", {"state": "taken_in_charge"}, ""),
    ],
)  # fmt: skip
def test_the_card_names_a_term_only_where_the_law_sets_it(answered, agent, ramo, fields, waits):
    claim = people.ClaimFactory(policy=people.PolicyFactory(ramo=ramo), **fields)
    [row] = panels_of(claim.customer, answered(), agent.user)["Sinistri aperti"]
    assert waits in row.hint
    assert row.hint.count(" · ") == (2 if waits else 1)


def test_the_card_says_until_when_a_paid_renewal_covers(answered, agent):
    customer, contact, today = person(), answered(), timezone.localdate()
    policy = people.PolicyFactory(holder=customer, ends_on=today + timedelta(days=10))
    until = policy.ends_on + timedelta(days=365)
    people.RenewalOfferFactory(
        policy=policy, starts_on=policy.ends_on, ends_on=until, paid_on=today, accepted_at=timezone.now()
    )
    [row] = panels_of(customer, contact, agent.user)["Polizze"]
    assert row.hint == f"rinnovo pagato, copertura fino {written_day(until, 'al')} · {policy.number}"
    assert row.tone == "good"


def test_an_alert_that_has_not_left_is_called_by_what_it_will_say(answered, agent):
    customer, contact = person(), answered()
    words = {
        "policy": "P1",
        "product": "Auto",
        "plate": "AB123CD",
        "line": "10",
        "due_on": "2026-12-31",
        "amount": "1240.50",
        "is_first": False,
    }
    NoticeFactory(customer=customer, kind="instalment-due", words=words, subject="", body_text="", language="it")
    [row] = panels_of(customer, contact, agent.user)["Avvisi delle ultime due settimane"]
    assert "1.240,50" in row.text


def test_a_panel_with_nothing_to_say_is_left_out(answered, agent, monkeypatch):
    shown, empty = desk.CardPanel("Reclami", [desk.CardRow("2026/1")]), desk.CardPanel("Sinistri", [])
    says = desk.CardPanel("Polizze", [], "Nessuna.")
    monkeypatch.setattr(desk, "DESK_CARD", [lambda _subject, made=made: made for made in (shown, None, empty, says)])
    assert panels_of(person(), answered(), agent.user) == {"Reclami": shown.rows, "Polizze": []}


def test_the_page_asks_as_many_questions_for_three_rows_as_for_one(client, answered):
    customer = person()
    answered()
    full_card(customer, 1)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    full_card(customer, 2)
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)
    assert len(three) == len(one)
    assert len(one) <= 33


def test_a_confirmed_person_s_numbers_have_what_can_be_done_to_them_and_lead_back(client, answered):
    customer, contact = person(), answered()
    assert "recapito=" not in client.get(PAGE).content.decode(), "nobody knows yet whether it is them"
    confirm(client, contact, customer)
    assert "recapito=" not in client.get(PAGE).content.decode(), "nobody has been identified yet"
    make.IdentityEventFactory(contact=contact, customer=customer)
    page = client.get(PAGE).content.decode()
    point = customer.contact_points.get()
    back = urlencode({"torna": f"{PAGE}?contact={contact.pk}"})
    for name in ("correggi-recapito", "togli-recapito"):
        assert f"{name}/?recapito={point.pk}&amp;{back}" in page
    assert f"consenso/?contatto={contact.number}&amp;{back}" in page


def test_the_suggestion_is_chosen_already(client, answered):
    Topic.objects.filter(area="claims").update(valid_to="2020-01-01")  # those of every installation
    topic = make.TopicFactory(area="claims")
    answered(line="claims")
    context = client.get(PAGE).context
    assert (context["guess"].topic, context["code_form"]["topic"].value()) == (topic, topic.pk)


# --- What came of it ----------------------------------------------------------------------------------------------
def code(client, contact, code, **fields):
    return client.post(reverse("desk_code", args=[contact.pk]), {"code": code.pk, **fields})


def test_a_coded_call_leaves_the_desk_with_its_note_and_after_call_work(client, answered, time_machine):
    contact = answered()
    ended(after=60)
    time_machine.move_to(contact.call.answered_at + timedelta(seconds=85), tick=False)
    topic = make.TopicFactory()
    assert code(client, contact, make.WrapUpCodeFactory(), topic=topic.pk, note="Richiama lunedì").status_code == 302
    contact.refresh_from_db()
    assert (contact.state, contact.outcome, contact.topic) == ("closed", "resolved", topic)
    assert contact.messages.get().text == "Richiama lunedì"
    assert Call.objects.get().wrap_seconds == 25
    assert client.get(PAGE).context["contact"] is None


def test_after_call_work_ends_where_the_next_call_is_answered(client, answered, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    contact = answered()
    ended(after=60)
    time_machine.move_to(start + timedelta(seconds=100), tick=False)
    answered(call_id="c2")
    time_machine.move_to(start + timedelta(seconds=400), tick=False)
    code(client, contact, make.WrapUpCodeFactory(needs_topic=False))
    assert Call.objects.get(external_id="c1").wrap_seconds == 40


def test_a_forgotten_code_is_no_day_of_after_call_work(client, answered, time_machine):
    contact = answered()
    ended(after=60)
    time_machine.move_to(timezone.now() + timedelta(hours=20))
    client.force_login(contact.owner.user)
    code(client, contact, make.WrapUpCodeFactory(needs_topic=False))
    assert Call.objects.get().wrap_seconds == 3600


def test_a_call_coded_before_its_end_keeps_its_code_when_the_end_comes(client, answered):
    contact = answered()
    code(client, contact, make.WrapUpCodeFactory(needs_topic=False))
    ended()
    contact.refresh_from_db()
    call = Call.objects.get()
    assert (contact.outcome, call.talk_seconds, call.wrap_seconds) == ("resolved", 60, 0)


def test_a_second_code_from_another_tab_is_refused_and_says_what_it_was(client, answered):
    contact, chosen = answered(), make.WrapUpCodeFactory(needs_topic=False, name="Risolto subito")
    code(client, contact, chosen)
    answer = code(client, contact, make.WrapUpCodeFactory(needs_topic=False), note="di nuovo")
    assert (answer.status_code, answer.context["refusal"].code) == (409, "coded_already")
    assert "Risolto subito" in answer.content.decode()
    assert contact.messages.count() == 0


def test_a_code_without_the_topic_it_needs_is_asked_again_with_what_was_typed(client, answered):
    answer = code(client, answered(), make.WrapUpCodeFactory(needs_topic=True), note="ha chiamato due volte")
    assert (answer.status_code, list(answer.context["code_form"].errors)) == (400, ["topic"])
    assert "ha chiamato due volte" in answer.content.decode()


def test_nothing_chosen_is_reported(client, answered):
    answer = client.post(reverse("desk_code", args=[answered().pk]), {})
    assert (answer.status_code, list(answer.context["code_form"].errors)) == (400, ["code"])


def test_a_code_of_another_line_is_none(client, answered):
    other = make.WrapUpCodeFactory(needs_topic=False)
    other.lines.set([make.TollFreeLineFactory()])
    assert code(client, answered(), other).status_code == 400


def test_anothers_call_is_not_coded(answered):
    contact = answered()
    answer = code(signed_in(an_agent("op2").user), contact, make.WrapUpCodeFactory(needs_topic=False))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "not_yours")


def test_a_long_note_is_refused_whole_and_odd_ones_are_kept(client, answered):
    contact, chosen = answered(), make.WrapUpCodeFactory(needs_topic=False)
    assert code(client, contact, chosen, note="x" * 10_001).status_code == 400
    assert code(client, contact, chosen, note="😀 مرحبا ‮ txet <b>").status_code == 302
    assert contact.messages.get().text == "😀 مرحبا  txet <b>"  # what reverses a line is taken out, whoever types it


def test_a_call_to_be_returned_is_coded_and_remains_open_elsewhere(client, answered):
    contact = answered()
    code(client, contact, make.WrapUpCodeFactory(needs_topic=False, outcome="unresolved", keeps_open=True))
    contact.refresh_from_db()
    assert contact.state == "in_progress"
    assert client.get(PAGE).context["contact"] is None


# --- Would be a complaint -----------------------------------------------------------------------------------------
@pytest.fixture
def complaint_code():
    return make.WrapUpCodeFactory(needs_topic=False, outcome="unresolved", hints_complaint=True)


def test_who_complains_is_sent_the_address_of_the_form_once(client, answered, complaint_code):
    customer, contact = person(), answered()
    people.ContactPointFactory(customer=customer, kind="email", value="ada@example.it")
    confirm(client, contact, customer)
    code(client, contact, complaint_code, invite="on")
    notice = Notice.objects.get(kind="complaint-invitation")
    assert (notice.channel, notice.address) == ("email", "ada@example.it")
    assert f"{settings.SITE_URL}{reverse('complaint_form')}\n" in notice.body_text


def test_the_desk_has_the_address_of_the_form_to_say(client, answered):
    answered()
    assert client.get(PAGE).context["complaint_form"] == settings.SITE_URL + reverse("complaint_form")


def test_nobody_is_written_to_unless_wanted_known_and_reachable(client, answered, complaint_code):
    customer = person()
    people.ContactPointFactory(customer=customer, kind="email", value="ada@example.it")
    unwanted, unknown = answered(), answered(call_id="c2")
    confirm(client, unwanted, customer)
    code(client, unwanted, complaint_code)
    code(client, unknown, complaint_code, invite="on")
    unreachable = answered(call_id="c3")
    confirm(client, unreachable, people.CustomerFactory())
    code(client, unreachable, complaint_code, invite="on")
    other = answered(call_id="c4")
    confirm(client, other, customer)
    code(client, other, make.WrapUpCodeFactory(needs_topic=False), invite="on")
    assert not Notice.objects.filter(kind="complaint-invitation").exists()


# --- To the second level ------------------------------------------------------------------------------------------
def test_a_call_is_handed_to_the_second_level(client, answered):
    contact, team = answered(), make.TeamFactory(level=2)
    answer = client.post(
        reverse("desk_pass_on", args=[contact.pk]), {"to-team": team.pk, "to-reason": "authority", "to-text": "Sconto"}
    )
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert (contact.team, contact.level, contact.escalation, contact.owner) == (team, 2, "authority", None)
    assert client.get(PAGE).context["contact"] is None


def test_handing_over_asks_for_team_and_reason(client, answered):
    answer = client.post(reverse("desk_pass_on", args=[answered().pk]), {"to-text": "Sconto"})
    assert (answer.status_code, set(answer.context["pass_form"].errors)) == (400, {"team", "reason"})
    assert "Sconto" in answer.content.decode()


# --- Between two calls --------------------------------------------------------------------------------------------
def test_the_last_calls_name_a_known_person_who_is_no_customer(client, answered, agent):
    contact = answered()
    contact.person = make.KnownPersonFactory(name="Nora Bellandi")
    contact.save()
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(needs_topic=False), by=agent.user)
    page = client.get(PAGE).content.decode()
    assert "<bdi>Nora Bellandi</bdi></a>" in page
    assert shown_number(NUMBER) not in page


def test_between_two_calls_the_desk_shows_the_agents_own_day(client, answered, agent):
    contact = answered()
    ended(after=60)
    code(client, contact, make.WrapUpCodeFactory(needs_topic=False))
    make.CallFactory(agent=an_agent("op2"), queued_at=timezone.now())
    day = client.get(PAGE).context["day"]
    assert (day.answered, day.talk_seconds, day.coded, day.first_level) == (1, 60, 1, 1)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+393331234567", "333 123 4567"),
        ("+390248219001", "02 4821 9001"),
        ("+442079460958", "+44 20 7946 0958"),
        ("4101", "4101"),
    ],
)
def test_numbers_are_written_as_people_write_them(number, shown):
    assert shown_number(number) == shown
