"""People who are no customers: their cards, known again at the next call, joined to a customer later."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.models import Contact, ContactEvent, KnownPerson
from contact_center.people.commands import Facts, change_card, join_to_customer, name_person, write_card
from contact_center.people.queries import cards_for, customers_like
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    KnownPersonFactory,
    WebFormRequestFactory,
)
from customers import roles
from customers.models import AccessLog
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    FileRestrictionFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from foundation.office.closed import RESTRICTED
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
NUMBER = "+393331234567"
DESK = "/backoffice/scrivania/"


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


def call(owner=None, number=NUMBER, **fields):
    """A call that was answered and has still to be coded."""
    return ContactFactory(
        by_phone=True, customer=None, address=number, state="in_progress", owner=owner, agent=owner, **fields
    )


def page_of(model, pk, command=""):
    stem = f"admin:contact_center_{model}"
    return reverse(f"{stem}_command", args=[pk, command]) if command else reverse(f"{stem}_change", args=[pk])


# --- The card -----------------------------------------------------------------------------------------------------
def test_a_card_names_the_person_of_its_contact(agent):
    contact, claim = call(), ClaimFactory()
    facts = Facts(name="Nora Ferri", phone=NUMBER, tie="altra parte del sinistro", claim=claim)
    person = write_card(facts, contact=contact, by=agent.user)
    contact.refresh_from_db()
    assert (contact.person, contact.customer, contact.stated_name) == (person, None, "Nora Ferri")
    assert (person.claim, person.last_contact_at, person.created_by) == (claim, contact.started_at, agent.user)
    event = ContactEvent.objects.get(contact=contact, kind="identified")
    assert (event.by, event.details) == (agent.user, {"person": person.number})


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        (Facts(name="", phone=NUMBER), "no_name", "name"),
        (Facts(name="Nora Ferri"), "no_address", "phone"),
        (Facts(name="Altra Persona", phone=NUMBER), "has_a_card", "phone"),
        (Facts(name="Altra Persona", email="NORA@example.it"), "has_a_card", "email"),
    ],
)
def test_a_card_is_refused_without_name_or_address_and_where_somebody_has_it(agent, facts, code, field):
    KnownPersonFactory(name="Nora Ferri", phone=NUMBER, email="nora@example.it")
    with pytest.raises(Refused) as refusal:
        write_card(facts, contact=call(), by=agent.user)
    assert (refusal.value.code, refusal.value.field, KnownPerson.objects.count()) == (code, field, 1)


def test_the_refusal_of_a_second_card_names_the_first(agent):
    first = KnownPersonFactory(name="Nora Ferri", phone=NUMBER)
    with pytest.raises(Refused, match=f"{first.number}, Nora Ferri"):
        write_card(Facts(name="Altra Persona", phone=NUMBER), contact=call(), by=agent.user)


def test_a_contact_with_a_customer_or_a_card_gets_no_other(agent):
    for contact, code in (
        (ContactFactory(customer=CustomerFactory()), "has_a_customer"),
        (call(person=KnownPersonFactory()), "has_a_card"),
    ):
        with pytest.raises(Refused) as refusal:
            name_person(contact, person=KnownPersonFactory(), by=agent.user)
        assert refusal.value.code == code


def test_the_database_refuses_a_card_without_an_address_and_two_open_ones_of_a_number():
    for fields in ({"phone": "", "email": ""}, {"name": ""}, {"phone": NUMBER}, {"customer": CustomerFactory()}):
        KnownPersonFactory.create(phone=NUMBER) if fields == {"phone": NUMBER} else None
        with pytest.raises(IntegrityError), transaction.atomic():
            KnownPersonFactory(**fields)


def test_other_facts_take_the_place_of_what_the_card_says_and_the_history_keeps_it(agent):
    person = KnownPersonFactory(name="Nora Feri", phone=NUMBER)
    change_card(person, Facts(name="Nora Ferri", phone=NUMBER, language="en"), by=agent.user)
    person.refresh_from_db()
    assert (person.name, person.language, person.search_key) == ("Nora Ferri", "en", "nora ferri")
    assert list(person.history.values_list("name", flat=True)) == ["Nora Feri"]


# --- Known again --------------------------------------------------------------------------------------------------
def test_the_next_call_from_the_number_knows_the_person(agent):
    person = KnownPersonFactory(phone=NUMBER)
    assert cards_for(call(), agent.user) == [person]
    assert cards_for(call(number="+393339999999"), agent.user) == []
    assert cards_for(call(), UserFactory(role=roles.MANAGER)) == []


def test_naming_a_person_again_changes_nothing_and_a_later_contact_moves_the_last_one(agent):
    person, contact = KnownPersonFactory(phone=NUMBER), call(started_at=timezone.now())
    for _time in (1, 2):
        name_person(contact, person=person, by=agent.user)
    person.refresh_from_db()
    assert person.last_contact_at == contact.started_at
    assert contact.events.filter(kind="identified").count() == 1


def test_a_card_that_has_been_joined_leads_to_its_customer(agent):
    person, contact = KnownPersonFactory(phone=NUMBER, joined=True), call()
    contact = name_person(contact, person=person, by=agent.user)
    assert contact.customer == person.customer


# --- Joined -------------------------------------------------------------------------------------------------------
def test_joining_gives_the_contacts_to_the_customer_and_keeps_what_happened(agent):
    person, customer = KnownPersonFactory(phone=NUMBER), CustomerFactory()
    contacts = [call(person=person) for _n in range(2)]
    join_to_customer(person, customer=customer, by=agent.user)
    person.refresh_from_db()
    assert (person.customer, person.joined_by, person.joined_at is not None) == (customer, agent.user, True)
    assert set(Contact.objects.filter(person=person).values_list("customer", flat=True)) == {customer.pk}
    for contact in contacts:
        assert contact.events.get(kind="identified").details == {"customer": customer.pk, "earlier": None}
    assert AccessLog.objects.filter(user=agent.user, customer=customer).count() == 1


def test_a_card_is_joined_once(agent):
    person = KnownPersonFactory()
    join_to_customer(person, customer=CustomerFactory(), by=agent.user)
    with pytest.raises(Refused) as refusal:
        join_to_customer(person, customer=CustomerFactory(), by=agent.user)
    assert refusal.value.code == "joined_already"


def test_the_number_of_a_joined_card_may_begin_another():
    KnownPersonFactory(phone=NUMBER, joined=True)
    assert KnownPersonFactory(phone=NUMBER).pk


def test_customers_with_the_number_or_the_stated_tax_code_are_suggested(agent):
    person = KnownPersonFactory(phone=NUMBER)
    by_number, by_code = CustomerFactory(), CustomerFactory(tax_code="RSSMRA85T10A562S")
    ContactPointFactory(customer=by_number, value=NUMBER)
    WebFormRequestFactory(contact=call(person=person), tax_code="RSSMRA85T10A562S")
    CustomerFactory()
    assert {each.customer for each in customers_like(person, agent.user)} == {by_number, by_code}


# --- Pages --------------------------------------------------------------------------------------------------------
def test_at_the_desk_a_caller_gets_a_card_in_one_step(client, agent):
    contact = call(agent)
    facts = {"name": "Nora Ferri", "phone": "333 123 4567", "language": "it", "tie": "chiede un preventivo"}
    page = client.post(reverse("desk_card", args=[contact.pk]), facts, follow=True)
    assert (page.status_code, "Nora Ferri" in page.content.decode()) == (200, True)
    assert KnownPerson.objects.get().phone == NUMBER


def test_the_desk_announces_a_known_caller_and_names_them_by_one_click(client, agent):
    person, contact = KnownPersonFactory(name="Nora Ferri", phone=NUMBER), call(agent)
    assert "Nora Ferri" in client.get(DESK).content.decode()
    client.post(reverse("desk_card", args=[contact.pk]), {"person": person.pk})
    contact.refresh_from_db()
    assert contact.person == person


def test_what_was_typed_at_the_desk_remains_beside_the_refusal(client, agent):
    KnownPersonFactory(phone=NUMBER)
    contact = call(agent)
    facts = {"name": "Altra Persona", "phone": NUMBER, "language": "it"}
    page = client.post(reverse("desk_card", args=[contact.pk]), facts)
    assert (page.status_code, "Altra Persona" in page.content.decode()) == (409, True)
    assert client.post(reverse("desk_card", args=[contact.pk]), {"name": ""}).status_code == 400


def test_a_colleagues_call_gets_no_card(client):
    page = client.post(
        reverse("desk_card", args=[call(AgentFactory()).pk]), {"name": "Nora", "phone": NUMBER, "language": "it"}
    )
    assert (page.status_code, KnownPerson.objects.exists()) == (409, False)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "x" * 10_000}, "name"),
        ({"phone": "non è un numero"}, "phone"),
        ({"email": "chiocciola"}, "email"),
        ({"claim": "S-NIENTE"}, "claim"),
        ({"related": "NIENTE"}, "related"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_wrong_fact_is_named_and_nothing_is_written(client, agent, wrong, field):
    contact = call(agent)
    facts = {"name": "Nora 🙂 שלום", "phone": NUMBER, "language": "it"} | wrong
    page = client.post(page_of("contact", contact.pk, "scheda"), {**facts, "seen_version": contact.version})
    assert (list(page.context["form"].errors), KnownPerson.objects.exists()) == ([field], False)


def test_on_the_page_of_a_contact_a_person_is_named_and_shown(client):
    contact = ContactFactory(customer=None, address="nora@example.it")
    person = KnownPersonFactory(name="Nora Ferri", email="Nora@example.it")
    assert "Nora Ferri" in client.get(page_of("contact", contact.pk)).content.decode()
    sent = {"person": person.pk, "seen_version": contact.version}
    client.post(page_of("contact", contact.pk, "scheda"), sent)
    page = client.get(page_of("contact", contact.pk)).content.decode()
    assert page_of("knownperson", person.pk) in page


def test_a_card_lists_its_contacts_and_joins_by_one_click(client):
    person, customer = KnownPersonFactory(phone=NUMBER), CustomerFactory(last_name="Ferri")
    ContactPointFactory(customer=customer, value=NUMBER)
    contact = call(person=person)
    page = client.get(page_of("knownperson", person.pk)).content.decode()
    assert (contact.number in page, "Ferri" in page) == (True, True)
    sent = {"customer": customer.pk, "seen_version": person.version}
    assert client.post(page_of("knownperson", person.pk, "cliente"), sent).status_code == 302
    contact.refresh_from_db()
    assert contact.customer == customer


def test_a_card_does_not_name_the_customer_of_a_file_that_asks_a_reason(client):
    mark = FileRestrictionFactory(customer__last_name="Celebri")
    page = client.get(page_of("knownperson", KnownPersonFactory(related=mark.customer).pk)).content.decode()
    assert "Celebri" not in page
    assert str(RESTRICTED) in page


def test_the_page_of_a_card_costs_the_same_with_one_contact_and_with_three(client):
    person = KnownPersonFactory(phone=NUMBER)
    counts = []
    for number in (1, 2):
        for _n in range(number):
            call(person=person)
        client.get(page_of("knownperson", person.pk))
        with CaptureQueriesContext(connection) as asked:
            client.get(page_of("knownperson", person.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_queue_names_the_people_with_cards_at_no_further_cost(client):
    address = reverse("admin:contact_center_contact_changelist")
    counts = []
    for number in (1, 2):
        for _n in range(number):
            ContactFactory(customer=None, person=KnownPersonFactory())
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address)
        counts.append(len(asked))
    assert "Nora Conoscente" in page.content.decode()
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", sorted(roles.STAFF))
def test_cards_are_for_those_who_answer_contacts(role):
    KnownPersonFactory()
    answer = signed_in(UserFactory(role=role)).get(reverse("admin:contact_center_knownperson_changelist"))
    assert answer.status_code == (200 if role in {roles.AGENT, roles.SPECIALIST} else 403)
