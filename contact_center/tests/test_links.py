"""Two contacts that are one matter: joined, the one follows the other; parted, each goes its own way again."""

import uuid
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from contact_center.contacts.commands import reply, wrap_up
from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.links import join_contacts, part_contacts
from contact_center.contacts.reopening import reopen
from contact_center.models import Contact, ContactLink
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import AgencyMemberFactory, ClaimFactory, CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(make.STARTED_AT + timedelta(hours=4), tick=False)
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def customer():
    return CustomerFactory()


def a_request(customer=None, email="maria.rossi@example.it", **fields):
    contact = make.ContactFactory(customer=customer, address=email, **fields)
    make.WebFormRequestFactory(contact=contact, email=email)
    return contact


@pytest.fixture
def joined(agent, customer):
    main, other = a_request(customer), a_request(customer)
    return join_contacts(other, main=main, by=agent.user)


def refreshed(contact):
    return Contact.objects.get(pk=contact.pk)


def test_what_follows_is_closed_and_counts_in_no_figure(joined):
    other = refreshed(joined.other)
    assert (other.state, other.outcome, other.in_base, other.handled) == ("closed", "joined", False, False)
    assert refreshed(joined.main).in_base
    assert [each.details["other_contact"] for each in other.events.filter(kind="joined")] == [joined.main.number]


def test_an_answer_is_sent_once_and_shown_to_what_follows(joined, agent):
    reply(joined.main, text="Ecco la copia.", by=agent.user, to="maria.rossi@example.it")
    shown = joined.other.messages.get(direction="outbound")
    assert (shown.text, shown.author, shown.sent_to) == ("Ecco la copia.", agent.user, "")
    assert Notice.objects.filter(kind="request-answered", channel="email").count() == 1


def test_an_answer_that_went_elsewhere_is_not_on_the_tracking_page_of_what_follows(agent, customer):
    main, other = a_request(customer), a_request(customer, email="vecchio@example.it")
    join_contacts(other, main=main, by=agent.user)
    reply(main, text="Ecco.", by=agent.user, to="maria.rossi@example.it")
    assert other.messages.get(direction="outbound").sent_to == "maria.rossi@example.it"


def test_what_the_customer_writes_goes_to_the_one_that_is_worked(joined):
    key = uuid.uuid4()
    for _again in range(2):
        added = add_customer_message(joined.other, text="C'è novità?", key=key)
    assert added.contact == joined.other
    assert [each.text for each in joined.main.messages.all()] == ["C'è novità?"]
    assert [each.text for each in joined.other.messages.all()] == ["C'è novità?"]
    assert refreshed(joined.other).state == "closed"


def test_a_message_takes_the_closed_main_contact_up_again(joined):
    Contact.objects.filter(pk=joined.main_id).update(
        state="closed", outcome="resolved", closed_at=make.STARTED_AT + timedelta(hours=3)
    )
    add_customer_message(joined.other, text="Non ho ricevuto nulla", key=uuid.uuid4())
    assert (refreshed(joined.main).state, refreshed(joined.other).state) == ("open", "closed")


def test_parted_what_was_closed_by_it_is_open_again(joined, agent):
    part_contacts(joined, by=agent.user, why="Altra polizza")
    other = refreshed(joined.other)
    assert (other.state, other.outcome, other.reopened_count, other.in_base) == ("open", "", 0, True)
    assert ContactLink.objects.get().why_parted == "Altra polizza"


def test_what_was_closed_before_remains_as_it_was(agent, customer):
    main, other = a_request(customer), a_request(customer, closed=True)
    link = join_contacts(other, main=main, by=agent.user)
    assert refreshed(other).outcome == "resolved"
    part_contacts(link, by=agent.user, why="x")
    assert refreshed(other).state == "closed"


def test_different_people_are_joined_with_a_reason_and_each_is_answered(agent):
    main, other = a_request(CustomerFactory()), a_request(CustomerFactory(), email="luca@example.it")
    with pytest.raises(Refused) as refused:
        join_contacts(other, main=main, by=agent.user)
    assert refused.value.code == "different_people"
    join_contacts(other, main=main, by=agent.user, why="Stesso sinistro")
    reply(main, text="Per Lei sola.", by=agent.user, to="maria.rossi@example.it")
    assert refreshed(other).state == "open"
    assert not other.messages.exists()


def test_somebody_else_who_was_named_since_is_shown_no_answer(joined, agent):
    Contact.objects.filter(pk=joined.other_id).update(customer=CustomerFactory())
    reply(joined.main, text="Ecco.", by=agent.user, to="maria.rossi@example.it")
    assert not joined.other.messages.exists()


def refused_join(other, main, user, **given):
    with pytest.raises(Refused) as refused:
        join_contacts(other, main=main, by=user, **given)
    return refused.value.code


def test_what_cannot_be_joined_is_refused(joined, agent, customer):
    alone, closed = a_request(customer), a_request(customer, closed=True)
    assert refused_join(alone, alone, agent.user) == "itself"
    assert refused_join(alone, closed, agent.user) == "main_is_closed"
    assert refused_join(alone, joined.other, agent.user) == "main_is_closed"
    assert refused_join(joined.other, alone, agent.user) == "joined_already"
    assert refused_join(joined.main, alone, agent.user) == "has_followers"
    call = make.ContactFactory(by_phone=True, customer=customer, state="in_progress")
    assert refused_join(call, alone, agent.user) == "to_code"
    assert refused_join(alone, joined.main, AgencyMemberFactory().user) == "not_found"


def test_what_follows_gets_no_code_of_its_own(joined, agent):
    with pytest.raises(Refused) as refused:
        wrap_up(joined.other, code=make.WrapUpCodeFactory(), by=agent.user)
    assert (refused.value.code, refreshed(joined.other).outcome) == ("joined", "joined")


def test_a_conversation_on_a_claim_that_goes_on_elsewhere_is_not_opened_by_parting(agent, customer):
    claim = ClaimFactory(customer=customer)
    link = join_contacts(a_request(customer, claim=claim), main=a_request(customer), by=agent.user)
    a_request(customer, claim=claim)
    with pytest.raises(Refused) as refused:
        part_contacts(link, by=agent.user, why="x")
    assert (refused.value.code, ContactLink.objects.standing().count()) == ("conversation_goes_on", 1)


def test_one_whose_person_is_to_be_called_back_is_not_closed_by_joining(agent, customer):
    owed = make.CallBackFactory(customer=customer).contact
    assert refused_join(owed, a_request(customer), agent.user) == "call_back_to_make"
    assert join_contacts(owed, main=a_request(), by=agent.user, why="La stessa grandine").is_same_person is False
    assert refreshed(owed).state == "open"


def test_a_main_contact_that_follows_is_refused(agent):
    link = make.ContactLinkFactory(is_same_person=False, why="x")
    assert refused_join(a_request(), link.other, agent.user) == "main_follows"


@pytest.mark.parametrize("side", ["main", "other"])
def test_the_database_holds_no_chain(side):
    first = make.ContactLinkFactory()
    fields = {"main": first.other} if side == "main" else {"other": first.main}
    with pytest.raises(InternalError, match="no_chains"), transaction.atomic():
        make.ContactLinkFactory(**fields)


@pytest.mark.parametrize("main_is_older", [True, False])
def test_a_message_locks_the_two_in_the_order_of_their_numbers(agent, customer, main_is_older):
    older, newer = a_request(customer), a_request(customer)
    main, other = (older, newer) if main_is_older else (newer, older)
    join_contacts(other, main=main, by=agent.user)
    with CaptureQueriesContext(connection) as queries:
        add_customer_message(other, text="Ancora nulla.", key=uuid.uuid4())
    first = next(each["sql"] for each in queries if "FOR UPDATE" in each["sql"])
    assert f"IN ({other.pk}, {main.pk})" in first or f"IN ({main.pk}, {other.pk})" in first
    assert 'ORDER BY "contact_center_contact"."id" ASC' in first


def test_what_follows_is_parted_and_not_reopened(joined, agent):
    with pytest.raises(Refused) as refused:
        reopen(joined.other, by=agent.user)
    assert refused.value.code == "joined"


@pytest.mark.parametrize(("why", "again", "code"), [(" ", False, "no_reason"), ("x", True, "parted_already")])
def test_it_is_parted_once_and_with_a_reason(joined, agent, why, again, code):
    if again:
        part_contacts(joined, by=agent.user, why="x")
    with pytest.raises(Refused) as refused:
        part_contacts(joined, by=agent.user, why=why)
    assert refused.value.code == code


# --- The page
def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def command(contact, name):
    return reverse("admin:contact_center_contact_command", args=[contact.pk, name])


def test_joined_and_parted_on_the_page(agent, customer):
    main, other = a_request(customer), a_request(customer)
    client, page = client_of(agent.user), reverse("admin:contact_center_contact_change", args=[main.pk])
    assert other.number in client.get(command(main, "collega")).content.decode()
    client.post(command(main, "collega"), {"seen_version": main.version, "number": other.number, "why": ""})
    link = ContactLink.objects.get()
    assert "follows this one" in client.get(page).content.decode()
    other_page = reverse("admin:contact_center_contact_change", args=[other.pk])
    assert "is worked in place of this one" in client.get(other_page).content.decode()
    version = refreshed(main).version
    client.post(command(main, "separa"), {"seen_version": version, "link": link.pk, "why": "Altra cosa"})
    assert not ContactLink.objects.standing().exists()


@pytest.mark.parametrize("number", ["C-99999999", "x", "😀", "9" * 20])
def test_a_number_that_is_none_is_refused_beside_its_field(agent, number):
    main = a_request()
    answer = client_of(agent.user).post(command(main, "collega"), {"seen_version": main.version, "number": number})
    assert list(answer.context["form"].errors) == ["number"]
