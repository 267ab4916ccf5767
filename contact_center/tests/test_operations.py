"""Operations that a person acts on: the contact that carries each, and that the two end together."""

import threading
import uuid
from datetime import date

import pytest
import time_machine
from django.db import connection

from contact_center.contacts import commands as contacts
from contact_center.models import Contact, ContactEvent, SatisfactionSurvey, WrapUpCode
from contact_center.operations import commands
from contact_center.operations.commands import begin_operation, contact_of
from contact_center.tests.factories import AgentFactory, ContactFactory, TeamFactory, WrapUpCodeFactory
from customers import roles
from customers.models import Operation, Policy
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
Kind, State = Operation.Kind, Operation.State
FACTS = {"day": "2026-05-04", "understood": True}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, kind="email", value="maria@example.it")
    return account


@pytest.fixture
def policy(account):
    return PolicyFactory(holder=account.customer)


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


def begin(account, policy=None, *, kind=Kind.SUSPENSION, facts=FACTS, key=None, by=None, channel="portal", **more):
    return begin_operation(
        kind,
        customer=account.customer,
        policy=policy,
        facts=facts,
        submission_key=key or uuid.uuid4(),
        by=by or account.user,
        channel=channel,
        **more,
    )


def state_of(row):
    return type(row).objects.get(pk=row.pk).state


def announced(operation):
    return set(Notice.objects.filter(once__contains=f":{operation.pk}:", kind__startswith="operation").values_list("kind", flat=True))  # fmt: skip


# --- Begin ------------------------------------------------------------------------------------------------------------
def test_what_a_person_must_act_on_opens_a_contact_of_its_topic(account, policy):
    begun = begin(account, policy)
    contact = begun.contact
    assert (contact.channel, contact.kind, contact.state) == ("portal", "request", "open")
    assert contact.topic.code == "policy-suspension"
    assert contact.due_at is not None
    assert (contact.operation, contact.customer) == (begun.operation, account.customer)
    [message] = contact.messages.all()
    assert message.direction == "inbound"
    assert "4 maggio 2026" in message.text
    assert begun.operation.number in message.text
    assert announced(begun.operation) == {"operation-received"}


def test_an_operation_about_a_claim_is_on_the_claims_contacts(account):
    claim = ClaimFactory(customer=account.customer, state="offered")
    begun = begin(account, kind=Kind.OFFER_REFUSED, claim=claim, facts={"text": "Troppo poco"})
    assert begun.contact.claim == claim


def test_the_same_submission_opens_one_contact(account, policy):
    key = uuid.uuid4()
    first, second = begin(account, policy, key=key), begin(account, policy, key=key)
    assert (first.is_new, second.is_new, first.contact) == (True, False, second.contact)
    assert Contact.objects.count() == 1
    assert Notice.objects.filter(kind="operation-received", channel="email").count() == 1


def test_what_needs_nobody_opens_none(account):
    facts = {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "MI"}
    begun = begin(account, kind=Kind.ADDRESS, facts=facts)
    assert (begun.contact, begun.operation.state) == (None, State.DONE)
    assert not Contact.objects.exists()
    assert announced(begun.operation) == {"operation-done"}


def test_a_call_carries_what_is_asked_in_it(account, policy, agent):
    call = ContactFactory(by_phone=True, customer=account.customer, owner=agent, agent=agent, state="in_progress")
    begun = begin(account, policy, by=agent.user, channel="phone", contact=call)
    call.refresh_from_db()
    assert (begun.contact, call.operation) == (call, begun.operation)
    assert Contact.objects.count() == 1
    assert begun.operation.state == State.IN_PROGRESS
    assert [message.direction for message in call.messages.all()] == ["note"]


@pytest.mark.parametrize("about", ["somebody else", "nobody"])
def test_a_contact_of_somebody_else_carries_nothing(account, policy, agent, about):
    contact = ContactFactory(customer=CustomerFactory() if about == "somebody else" else None)
    with pytest.raises(Refused) as refusal:
        begin(account, policy, by=agent.user, channel="phone", contact=contact)
    assert refusal.value.code == "not_this_person"
    assert not Operation.objects.exists()


def test_a_contact_carries_one_operation(account, policy, agent):
    contact = ContactFactory(customer=account.customer)
    begin(account, policy, by=agent.user, channel="written", contact=contact)
    with pytest.raises(Refused) as refusal:
        begin(account, policy, kind=Kind.COPY, facts={"document": "contract"}, by=agent.user, channel="written", contact=contact)  # fmt: skip
    assert refusal.value.code == "carries_one_already"


def test_a_closed_contact_carries_nothing_new(account, policy, agent):
    contact = ContactFactory(customer=account.customer, closed=True)
    with pytest.raises(Refused) as refusal:
        begin(account, policy, by=agent.user, channel="written", contact=contact)
    assert refusal.value.code == "closed"


# --- Work -------------------------------------------------------------------------------------------------------------
def test_to_take_the_contact_is_to_work_on_the_operation(account, policy, agent):
    begun = begin(account, policy)
    contacts.take(begun.contact, by=agent.user)
    assert state_of(begun.operation) == State.IN_PROGRESS
    assert announced(begun.operation) == {"operation-received"}


def test_where_it_takes_longer_the_customer_is_informed_that_somebody_began(account, policy, agent):
    facts = {"reason": "sold", "amount": "10.00", "iban": "IT60X0542811101000000123456", "owner": "Maria Rossi"}
    begun = begin(account, policy, kind=Kind.REFUND, facts=facts)
    contacts.take(begun.contact, by=agent.user)
    contacts.release(begun.contact, by=agent.user)
    contacts.take(begun.contact, by=agent.user)
    assert announced(begun.operation) == {"operation-received", "operation-started"}


def test_carried_out_it_ends_with_its_contact_at_first_level(account, policy, agent):
    begun = begin(account, policy)
    commands.carry_out(begun.operation, by=agent.user, answer="La copertura è sospesa.")
    contact = Contact.objects.get(pk=begun.contact.pk)
    policy.refresh_from_db()
    assert policy.state == Policy.State.SUSPENDED
    assert (state_of(begun.operation), contact.state, contact.outcome) == (State.DONE, "closed", "resolved")
    assert (contact.wrap_up.code, contact.first_level, contact.agent) == ("risolto", True, agent)
    assert contact.messages.filter(direction="outbound").get().text == "La copertura è sospesa."
    assert "operation-done" in announced(begun.operation)
    assert SatisfactionSurvey.objects.filter(contact=contact).exists()


def test_escalated_it_counts_for_the_second_level(account, policy, agent):
    begun = begin(account, policy)
    contacts.escalate(begun.contact, team=TeamFactory(level=2), reason="authority", by=agent.user)
    commands.carry_out(begun.operation, by=agent.user)
    contact = Contact.objects.get(pk=begun.contact.pk)
    assert (contact.level, contact.first_level) == (2, False)


def test_refused_it_ends_with_the_reason_and_its_contact(account, policy, agent):
    begun = begin(account, policy)
    commands.refuse(begun.operation, answer="Il contratto non lo consente.", by=agent.user)
    contact = Contact.objects.get(pk=begun.contact.pk)
    assert (state_of(begun.operation), contact.state, contact.wrap_up.code) == (
        State.REFUSED,
        "closed",
        "informazione",
    )
    text = Notice.objects.get(once=f"operation-refused:{begun.operation.pk}:email").body_text
    assert "Il contratto non lo consente." in text
    policy.refresh_from_db()
    assert policy.state == Policy.State.ACTIVE


def test_the_agent_chooses_the_code(account, policy, agent):
    begun, code = begin(account, policy), WrapUpCodeFactory(outcome="unresolved")
    commands.refuse(begun.operation, answer="No.", by=agent.user, code=code)
    assert Contact.objects.get(pk=begun.contact.pk).outcome == "unresolved"


def test_what_cannot_be_carried_out_leaves_both_open(account, policy, agent):
    begun = begin(account, policy)
    Policy.objects.filter(pk=policy.pk).update(state="cancelled")
    with pytest.raises(Refused):
        commands.carry_out(begun.operation, by=agent.user)
    assert (state_of(begun.operation), state_of(begun.contact)) == (State.ASKED, "open")


@pytest.mark.parametrize("command", ["carry_out", "refuse", "withdraw"])
def test_the_second_of_two_is_refused(account, policy, agent, command):
    begun = begin(account, policy)
    more = {"answer": "No."} if command == "refuse" else {}
    getattr(commands, command)(begun.operation, by=agent.user, **more)
    with pytest.raises(Refused) as refusal:
        commands.carry_out(begun.operation, by=agent.user)
    assert refusal.value.code == "ended"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("three_lines")
def test_of_two_agents_at_once_one_carries_it_out(account, policy):
    WrapUpCode.objects.get_or_create(
        code="risolto", defaults={"name": "Risolto", "outcome": "resolved", "needs_topic": False}
    )
    begun, results = begin(account, policy), []
    people = [AgentFactory(user=UserFactory(role=roles.AGENT)).user for _each in range(2)]

    def do(user):
        try:
            commands.carry_out(begun.operation, by=user)
            results.append("done")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "ended"]
    assert begun.operation.events.filter(new="done").count() == 1


# --- One end for both ---------------------------------------------------------------------------------------------------
def test_a_contact_is_not_closed_while_its_operation_is_open(account, policy, agent):
    begun = begin(account, policy)
    contacts.take(begun.contact, by=agent.user)
    for code in WrapUpCode.objects.filter(keeps_open=False):
        with pytest.raises(Refused) as refusal:
            contacts.wrap_up(begun.contact, code=code, by=agent.user)
        assert refusal.value.code == "operation_open"
    assert state_of(begun.contact) == "in_progress"


def test_a_contact_to_be_called_back_stays_open_with_its_operation(account, policy, agent):
    begun = begin(account, policy)
    contacts.take(begun.contact, by=agent.user)
    contacts.wrap_up(begun.contact, code=WrapUpCode.objects.get(keeps_open=True), by=agent.user)
    assert (state_of(begun.contact), state_of(begun.operation)) == ("in_progress", State.IN_PROGRESS)


def test_no_end_of_an_operation_leaves_its_contact_open(account, agent):
    ends = {
        "carry_out": {"by": agent.user},
        "refuse": {"by": agent.user, "answer": "No."},
        "withdraw": {"by": account.user},
    }
    for before in ("open", "in_progress", "waiting"):
        for command, given in ends.items():
            begun = begin(account, PolicyFactory(holder=account.customer))
            if before != "open":
                contacts.take(begun.contact, by=agent.user)
            if before == "waiting":
                contacts.wait(begun.contact, by=agent.user)
            getattr(commands, command)(begun.operation, **given)
            assert state_of(begun.contact) == "closed", (before, command)


# --- Withdrawn by the customer ------------------------------------------------------------------------------------------
def test_taken_back_by_the_customer_it_counts_in_no_figure(account, policy):
    begun = begin(account, policy)
    commands.withdraw(begun.operation, by=account.user)
    contact = Contact.objects.get(pk=begun.contact.pk)
    assert (state_of(begun.operation), contact.state, contact.outcome) == (State.WITHDRAWN, "closed", "withdrawn")
    assert (contact.in_base, contact.handled, contact.first_level) == (False, False, False)
    assert contact.events.last().kind == ContactEvent.Kind.CLOSED
    assert "operation-withdrawn" in announced(begun.operation)
    assert not SatisfactionSurvey.objects.exists()


def test_a_call_that_carried_it_was_served_all_the_same(account, policy, agent):
    call = ContactFactory(by_phone=True, customer=account.customer, owner=agent, agent=agent, state="in_progress")
    begun = begin(account, policy, by=agent.user, channel="phone", contact=call)
    commands.withdraw(begun.operation, by=account.user)
    call.refresh_from_db()
    assert (call.state, call.outcome, call.first_level) == ("closed", "resolved", True)


def test_it_can_be_asked_for_again(account, policy):
    commands.withdraw(begin(account, policy).operation, by=account.user)
    assert begin(account, policy).is_new


def test_the_contact_of_an_operation_is_found_from_it(account, policy):
    begun = begin(account, policy)
    assert contact_of(begun.operation) == begun.contact
    assert date.fromisoformat(begun.operation.facts["day"]) == date(2026, 5, 4)
