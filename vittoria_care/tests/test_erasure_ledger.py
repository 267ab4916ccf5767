"""The ledger of erasures: outside the database, a chain, without names; and what a restored backup brought back."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from customers.models import Customer
from customers.tests.factories import ContactPointFactory, CustomerFactory, PolicyFactory
from vittoria_care.privacy import ledger
from vittoria_care.privacy.erasure import erase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(settings, tmp_path):
    settings.ERASURE_LEDGER = str(tmp_path / "var" / "erasures.jsonl")
    return Path(settings.ERASURE_LEDGER)


def replay(*arguments):
    out = StringIO()
    call_command("replay_erasures", *arguments, stdout=out)
    return out.getvalue()


def restored(customer):
    """As a backup of before brings the person back."""
    Customer.objects.filter(pk=customer.pk).update(
        code=customer.code, last_name=customer.last_name, first_name=customer.first_name, tax_code=customer.tax_code
    )
    ContactPointFactory(customer=customer)


def test_each_erasure_follows_from_the_one_before_it_and_names_nobody(book):
    people = [CustomerFactory(), CustomerFactory()]
    for each in people:
        erase(each)
    lines = [json.loads(line) for line in book.read_text().splitlines()]
    assert [line["before"] for line in lines] == [ledger.BEGINNING, lines[0]["digest"]]
    assert [entry.customer for entry in ledger.entries()] == [each.pk for each in people]
    assert not any(each.tax_code in book.read_text() or each.code in book.read_text() for each in people)
    assert stat.S_IMODE(book.stat().st_mode) == 0o600


def test_an_erasure_of_nothing_is_not_written(book):
    customer = CustomerFactory()
    erase(customer)
    erase(customer)
    assert len(book.read_text().splitlines()) == 1


def test_nothing_is_erased_when_the_ledger_cannot_be_written(book):
    customer = ContactPointFactory().customer
    book.parent.mkdir()
    book.mkdir()
    with pytest.raises(OSError, match="directory"), transaction.atomic():
        erase(customer)
    assert customer.contact_points.count() == 1


def test_what_a_restored_backup_brought_back_is_erased_again():
    customer = ContactPointFactory().customer
    erase(customer)
    restored(customer)
    assert "1 people in the ledger, 1 would be erased again" in replay("--dry-run")
    assert customer.contact_points.count() == 1
    assert "1 were erased again" in replay()
    assert (customer.contact_points.count(), Customer.objects.get(pk=customer.pk).last_name) == (0, "–")
    assert "0 were erased again" in replay()


def test_somebody_else_under_the_same_id_is_left_alone():
    customer = CustomerFactory()
    erase(customer)
    Customer.objects.filter(pk=customer.pk).update(code="C-NEW", last_name="Verdi")
    assert "0 were erased again" in replay()


def test_somebody_of_whom_a_contract_remains_is_brought_to_the_same_state_again():
    customer = ContactPointFactory().customer
    PolicyFactory(holder=customer, ends_on="2026-02-01")
    erase(customer)
    ContactPointFactory(customer=customer)
    replay()
    assert (customer.contact_points.count(), Customer.objects.get(pk=customer.pk).last_name) == (0, "Rossi")


BREAKS = {
    "a line was changed": lambda lines: [lines[0].replace('"customer": ', '"customer": 9'), lines[1]],
    "a line was taken out": lambda lines: lines[1:],
    "lines changed places": lambda lines: lines[::-1],
    "a line is no line": lambda lines: [*lines, "{"],
    "a line is something else": lambda lines: [*lines, "[]"],
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_chain_is_reported_and_nothing_is_erased(book, how):
    customer = ContactPointFactory().customer
    erase(customer)
    erase(CustomerFactory())
    restored(customer)
    book.write_text("\n".join(BREAKS[how](book.read_text().splitlines())) + "\n")
    with pytest.raises(CommandError, match="broken") as refusal:
        replay()
    assert (refusal.value.returncode, customer.contact_points.count()) == (2, 1)


def test_a_ledger_that_is_not_there_cannot_be_replayed_by_name(tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as refusal:
        replay("--ledger", str(tmp_path / "none.jsonl"))
    assert refusal.value.returncode == 2


def test_a_former_secret_key_still_recognises_people(settings):
    customer = CustomerFactory()
    erase(customer)
    restored(customer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    assert "1 would be erased again" in replay("--dry-run")
