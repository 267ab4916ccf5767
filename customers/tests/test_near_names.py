"""Query: people whose name was typed with one letter wrong."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from customers import roles
from customers.models import Customer
from customers.near_names import near_ids, one_letter_away
from customers.sensitive.commands import restrict_file
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.masking import page_for
from foundation.tests.database import as_new

pytestmark = pytest.mark.django_db


def near(text, *, queryset=None, reader=None, limit=5, besides=()):
    queryset = Customer.objects.all() if queryset is None else queryset
    ids = near_ids(reader or AnonymousUser(), queryset, text, limit, besides=besides)
    names = {customer.pk: customer.sorted_name for customer in Customer.objects.filter(pk__in=ids)}
    return [names[pk] for pk in ids]


def person(last_name, first_name, **fields):
    return CustomerFactory(last_name=last_name, first_name=first_name, **fields)


@pytest.mark.parametrize(
    "typed",
    [
        "Bernrdi Lucia",  # missing
        "Bernarrdi Lucia",  # doubled
        "Bernadri Lucia",  # swapped
        "Bernurdi Lucia",  # wrong
        "Pernardi Lucia",  # the first one wrong
        "ernardi Lucia",  # the first one missing
        "Lucia Bernrdi",  # the other way round
        "Bernardi Luccia",  # in the first name
        "Bernardi Lcia",
        "Bernrdi",  # alone
        "Bernrdi Lu",  # not yet whole
        "bernardilucja",  # without the blank
        "BERNARDI  LÙCJA",
    ],
)
def test_a_person_is_found_with_one_letter_wrong(typed):
    person("Bernardi", "Lucia")
    person("Verdi", "Anna")
    assert near(typed) == ["Bernardi Lucia"]


@pytest.mark.parametrize("typed", ["dangelo anma", "d'angello anna", "angelo anna", "de angelo anna"])
def test_an_apostrophe_is_no_letter(typed):
    person("D’Angelo", "Anna")
    assert near(typed) == ["D’Angelo Anna"]


@pytest.mark.parametrize("typed", ["Rosi Anna", "Rosssi Anna", "Rossi Ana", "Rossi Anma", "Anna Rosi"])
def test_words_between_those_that_were_typed_do_no_harm(typed):
    person("Rossi Bianchi", "Maria Anna")
    assert near(typed) == ["Rossi Bianchi Maria Anna"]


@pytest.mark.parametrize(
    "typed", ["Bernrd Lxcia Zeta", "Brnrdi Lucia", "Bnr", "", "%", "_ernardi", "Bernardi 7", "b@rnardi.it", "贝尔纳迪"]
)
def test_nobody_is_found_by_what_is_further_away_or_no_name(typed):
    person("Bernardi", "Lucia")
    assert near(typed) in ([], ["Bernardi Lucia"] if typed == "_ernardi" else [])


def test_those_found_already_are_left_out():
    rosi, _rossi = person("Rosi", "Mario"), person("Rossi", "Mario")
    assert near("Rosi Mario", besides={rosi.pk}) == ["Rossi Mario"]


def test_names_that_begin_as_was_typed_come_first():
    person("Cerri", "Ada"), person("Ferro", "Ada")
    assert near("Ferri") == ["Ferro Ada", "Cerri Ada"]


def test_only_customers_of_the_queryset_are_found():
    ours, _theirs = person("Bernardi", "Lucia"), person("Bernardi", "Luisa")
    assert near("Bernrdi", queryset=Customer.objects.filter(agency=ours.agency)) == ["Bernardi Lucia"]


def test_a_reader_who_is_shown_no_names_finds_nobody():
    person("Bernardi", "Lucia")
    manager = UserFactory(role=roles.MANAGER)
    with page_for(manager):
        assert near("Bernrdi Lucia", reader=manager) == []


def test_files_that_ask_a_reason_are_the_last_whatever_their_name():
    agent = UserFactory(role=roles.AGENT)
    closed = person("Bernard", "Ada")
    restrict_file(closed, ground="public", reason="Volto noto", by=UserFactory(role=roles.DATA_OFFICER))
    person("Bernardi", "Lucia"), person("Bernardi", "Zoe")
    assert near("Bernrdi", reader=agent, limit=2) == ["Bernardi Lucia", "Bernardi Zoe"]
    assert near("Bernrd", reader=agent, limit=2) == ["Bernardi Lucia", "Bernardi Zoe", "Bernard Ada"]


def test_who_changed_their_name_is_found_by_the_new_one_at_once():
    customer = person("Bernardi", "Lucia")
    customer.last_name = "Colombo"
    customer.save()
    assert (near("Bernrdi"), near("Colomb"), near("Colmbo")) == ([], ["Colombo Lucia"], ["Colombo Lucia"])


def test_the_names_are_looked_up_in_an_index(django_assert_max_num_queries):
    as_new(Customer)
    agency = person("Bernardi", "Lucia").agency
    Customer.objects.bulk_create(
        Customer(code=f"N{n}", last_name=f"Nome{n}", first_name="Anna", search_key=f"nome{n} anna", agency=agency)
        for n in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    with django_assert_max_num_queries(12) as asked:
        assert near("Bernrdi Lucia") == ["Bernardi Lucia"]
    [probe] = [query["sql"] for query in asked.captured_queries if "unnest" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {probe}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "customer_search_joined" in plan
    assert "Seq Scan" not in plan


@given(st.text("abcdefghij", min_size=1, max_size=12))
def test_a_text_one_letter_away_is_as_long_or_one_longer_or_shorter(text):
    texts = one_letter_away(text)
    assert len(texts) == len(set(texts))
    assert text not in texts
    assert {len(each) - len(text) for each in texts} <= {-1, 0, 1}


@given(st.text("abcde", min_size=2, max_size=8))
def test_one_letter_away_goes_both_ways(text):
    assert all(text in one_letter_away(each) for each in one_letter_away(text)[:40])
