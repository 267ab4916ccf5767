"""A claim that is reported: the contact in which it is worked, what the customer hears of it, and the conversation that follows."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from contact_center.claims.conversation import conversation_of, thread_about, write_about_claim
from contact_center.claims.reporting import send_claim_report
from contact_center.contacts.commands import reply, take
from contact_center.contacts.reopening import reopen
from contact_center.models import Contact, ContactEvent, Message
from contact_center.tests.factories import AgentFactory, ContactFactory, TeamFactory, TopicFactory
from customers import roles
from customers.models import Claim
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    ClaimDraftFactory,
    ClaimFactory,
    ContactPointFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may():
    with translation.override("en"), time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


def draft_of(account, **given):
    policy = PolicyFactory(holder=account.customer, **given)
    return ClaimDraftFactory(policy=policy, answers=CRASH, begun_by=account.user, saved_by=account.user)


def send(draft, by, **given):
    return send_claim_report(key=draft.key, customer=draft.customer, by=by, **given)


# --- On sending
def test_a_report_opens_a_contact_about_the_claim_in_the_queue_of_the_first_level(account):
    team, topic = TeamFactory(), TopicFactory(code="claims-report")
    claim = send(draft_of(account), account.user).claim
    contact = Contact.objects.get()
    assert (contact.kind, contact.channel, contact.claim, contact.customer) == (
        "claim_report",
        "portal",
        claim,
        account.customer,
    )
    assert (contact.team, contact.topic, contact.state, contact.level) == (team, topic, "open", 1)
    assert contact.due_at is not None
    assert claim.report_number in contact.subject
    assert "Tamponata al semaforo." in contact.messages.get().text


def test_it_is_opened_without_the_topic_where_there_is_none(account):
    send(draft_of(account), account.user)
    assert Contact.objects.get().topic is None


def test_the_customer_gets_the_number_the_legal_days_and_the_next_steps(account):
    account.customer.language = "en"
    account.customer.save()
    ContactPointFactory(customer=account.customer, kind="email", value="maria@example.it")
    claim = send(draft_of(account), account.user).claim
    assert {each.channel for each in Notice.objects.all()} == {"email", "inbox"}
    notice = Notice.objects.get(channel="email")
    for word in (claim.report_number, "30 days", "take the claim in charge", "2 May 2026"):
        assert word in notice.body_text
    assert f"/area-riservata/sinistri/{claim.pk}/" in notice.body_html


def test_a_line_without_a_term_of_the_law_promises_none(account):
    draft = draft_of(account, ramo="13")
    draft.answers = {
        "evento": CRASH["evento"],
        "danno": {"damage": "Vetrina", "injured": "no", "claimed": "no"},
    }
    draft.save()
    send(draft, account.user)
    assert "148" not in Notice.objects.get(channel="inbox").body_text


def test_the_same_report_sent_twice_opens_one_contact_and_owes_one_notice(account):
    draft = draft_of(account)
    for _press in range(2):
        send(draft, account.user)
    assert (Contact.objects.count(), Notice.objects.filter(channel="inbox").count(), Claim.objects.count()) == (
        1,
        1,
        1,
    )


def test_a_call_in_hand_is_about_the_claim_and_no_other_contact_is_opened(account):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT))
    call = ContactFactory(by_phone=True, customer=account.customer)
    draft = draft_of(account)
    draft.channel = "phone"
    draft.save()
    claim = send(draft, agent.user, contact=call).claim
    call.refresh_from_db()
    assert (call.claim, Contact.objects.count()) == (claim, 1)
    event = call.events.get(kind=ContactEvent.Kind.CLAIM)
    assert (event.by, event.details["claim"]) == (agent.user, claim.number)


def test_a_contact_of_somebody_else_is_refused_and_nothing_is_sent(account):
    draft = draft_of(account)
    with pytest.raises(Refused) as refusal:
        send(draft, account.user, contact=ContactFactory(by_phone=True))
    assert refusal.value.code == "contact_about_something_else"
    assert not Claim.objects.exists()


def test_a_letter_is_a_contact_of_its_channel(account):
    draft = draft_of(account)
    draft.channel = "post"
    draft.save()
    send(draft, UserFactory(role=roles.AGENT))
    contact = Contact.objects.get()
    assert (contact.channel, contact.address) == ("post", "")


# --- The conversation
def write(claim, by, text="Ecco la fattura.", key=None):
    return write_about_claim(claim, text=text, key=key or uuid.uuid4(), by=by)


@pytest.fixture
def claim(account):
    return send(draft_of(account), account.user).claim


def test_what_the_reporter_writes_goes_on_in_the_contact_of_the_report(account, claim):
    added = write(claim, account.user)
    assert (added.contact, Contact.objects.count()) == (conversation_of(claim), 1)


def test_the_same_message_twice_is_one(account, claim):
    key = uuid.uuid4()
    assert [write(claim, account.user, key=key).is_new for _press in range(2)] == [True, False]
    assert Message.objects.filter(text="Ecco la fattura.").count() == 1


def test_an_answer_of_ours_leads_back_to_the_claim(account, claim):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT))
    ContactPointFactory(customer=account.customer, kind="email", value=account.user.email)
    reply(conversation_of(claim), text="Grazie, è tutto.", by=agent.user)
    notice = Notice.objects.get(kind="request-answered", channel="email")
    assert f"/area-riservata/sinistri/{claim.pk}/" in notice.body_html


def test_a_claim_nobody_wrote_about_gets_its_conversation_with_the_first_message(account):
    claim = ClaimFactory(policy__holder=account.customer)
    assert conversation_of(claim) is None
    first, second = write(claim, account.user), write(claim, account.user, "Ancora.")
    assert (first.contact, first.contact.claim, first.contact.kind) == (second.contact, claim, "request")


def close(contact, days):
    at = timezone.now() - timedelta(days=days)
    Contact.objects.filter(pk=contact.pk).update(state="closed", closed_at=at, started_at=at - timedelta(hours=1))


@pytest.mark.parametrize(("days", "goes_on"), [(1, True), (100, False)])
def test_a_conversation_closed_lately_is_reopened_and_an_old_one_goes_on_in_a_new_contact(
    account, claim, days, goes_on
):
    before = conversation_of(claim)
    close(before, days)
    added = write(claim, account.user)
    assert (added.contact == before) is goes_on
    assert added.contact.state == "open"
    assert goes_on or added.contact.continues == before


def test_a_claim_has_one_open_conversation(account, claim):
    with pytest.raises(IntegrityError, match="one_open_conversation_per_claim"), transaction.atomic():
        ContactFactory(claim=claim, customer=account.customer)
    ContactFactory(claim=claim, customer=account.customer, by_phone=True)


def test_an_old_conversation_is_not_reopened_beside_the_one_that_goes_on(account, claim):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT))
    before = conversation_of(claim)
    close(before, 100)
    write(claim, account.user)
    with pytest.raises(Refused) as refusal:
        reopen(before, by=agent.user)
    assert refusal.value.code == "conversation_goes_on"


def test_the_thread_has_all_conversations_without_notes_and_without_the_report_itself(account, claim):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT))
    before = conversation_of(claim)
    take(before, by=agent.user)
    reply(before, text="Ci serve la fattura.", by=agent.user)
    Message.objects.create(contact=before, direction="note", text="Solo per noi.")
    close(before, 100)
    write(claim, account.user)
    assert [each.text for each in thread_about(claim)["thread"]] == ["Ci serve la fattura.", "Ecco la fattura."]


def test_the_thread_is_paged_with_the_newest_first_page(account, claim):
    for number in range(25):
        write(claim, account.user, f"Messaggio {number}")
    page = thread_about(claim)
    assert [len(page["thread"]), page["thread"][-1].text] == [20, "Messaggio 24"]
    assert [each.text for each in thread_about(claim, before=str(page["earlier"]))["thread"]] == [
        f"Messaggio {number}" for number in range(5)
    ]
