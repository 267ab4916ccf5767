"""Columns that are kept encrypted: what is stored, what is read, and how a key that is missing or wrong says so."""

import base64
from io import StringIO

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from customers.models import ClaimReport, Operation
from customers.tests.factories import ClaimReportFactory, OperationFactory
from foundation.encryption import KeyMissing, ValueDamaged, decrypt, encrypt, keys, mark_of_now
from foundation.models import RetentionProof
from foundation.reencrypting import encrypted_columns, sample

FIRST, SECOND = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
COLUMN = "prova.colonna"
FACTS = {"iban": "IT60X0542811101000000123456", "owner": "Maria Rossi"}


@pytest.fixture
def encrypted(settings):
    settings.ENCRYPTION_KEYS = [FIRST]


def stored(row, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}::text FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def rotate(*arguments):
    told = StringIO()
    call_command("rotate_encryption", *arguments, stdout=told)
    return told.getvalue()


# --- Values
def test_without_a_key_nothing_is_encrypted(settings):
    settings.ENCRYPTION_KEYS = []
    assert encrypt("IT60", column=COLUMN) == "IT60"


@pytest.mark.usefixtures("encrypted")
def test_the_same_text_is_never_stored_twice_the_same():
    one, other = (encrypt("IT60", column=COLUMN) for _each in range(2))
    assert (one == other, "IT60" in one, decrypt(one, column=COLUMN)) == (False, False, "IT60")


def test_an_earlier_key_still_reads_and_the_first_one_writes(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    value = encrypt("IT60", column=COLUMN)
    settings.ENCRYPTION_KEYS = [SECOND, FIRST]
    assert decrypt(value, column=COLUMN) == "IT60"
    assert encrypt("IT60", column=COLUMN).split(":")[1] == keys()[0].id


def test_a_missing_key_is_named(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    value, key_id = encrypt("IT60", column=COLUMN), keys()[0].id
    settings.ENCRYPTION_KEYS = [SECOND]
    with pytest.raises(KeyMissing, match=f"prova.colonna.*{key_id}"):
        decrypt(value, column=COLUMN)


@pytest.mark.usefixtures("encrypted")
def test_a_value_of_another_column_is_refused():
    with pytest.raises(ValueDamaged):
        decrypt(encrypt("IT60", column="altra.colonna"), column=COLUMN)


@pytest.mark.usefixtures("encrypted")
@pytest.mark.parametrize(
    "damage", [lambda value: value[:-4], lambda value: value[:-4] + "AAA=", lambda value: value + "!"]
)
def test_a_damaged_value_is_refused(damage):
    with pytest.raises(ValueDamaged):
        decrypt(damage(encrypt("IT60", column=COLUMN)), column=COLUMN)


@pytest.mark.parametrize("wrong", [["corta"], ["!!!"], [FIRST[:-8]], [FIRST, FIRST]])
def test_what_is_no_key_is_refused_at_once(settings, wrong):
    settings.ENCRYPTION_KEYS = wrong
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        keys()


# --- Columns
@pytest.mark.django_db
@pytest.mark.usefixtures("encrypted")
def test_the_database_holds_no_readable_value():
    operation = OperationFactory(facts=FACTS)
    assert stored(operation, "facts").startswith(f'"{mark_of_now()}')
    assert "IT60" not in stored(operation, "facts")
    assert Operation.objects.get().facts == FACTS


@pytest.mark.django_db
def test_what_was_written_before_the_key_is_read_after_it(settings):
    OperationFactory(facts=FACTS)
    settings.ENCRYPTION_KEYS = [FIRST]
    assert Operation.objects.get().facts == FACTS


@pytest.mark.django_db
@pytest.mark.parametrize("question", [{"facts__iban": "IT60"}, {"facts": FACTS}, {"facts__contains": {}}])
def test_nothing_can_be_asked_about_what_is_in_them(question):
    with pytest.raises(FieldError, match="encrypted"):
        Operation.objects.filter(**question)


def test_no_encrypted_column_is_copied_by_a_history_that_would_grow_with_each_rotation():
    assert [str(each) for each in encrypted_columns() if hasattr(each.model, "history")] == []


# --- Rotation
@pytest.mark.django_db
def test_rotation_encrypts_what_was_there_also_where_rows_are_guarded(settings):
    operation, report = OperationFactory(facts=FACTS), ClaimReportFactory(answers={"evento": {"injured": "yes"}})
    settings.ENCRYPTION_KEYS = [FIRST]
    rotate("--chunk", "1")
    assert [stored(operation, "facts")[:5], stored(report, "answers")[:5]] == ['"vc1:', '"vc1:']
    assert (Operation.objects.get().facts, ClaimReport.objects.get().answers["evento"]) == (FACTS, {"injured": "yes"})
    assert RetentionProof.objects.filter(rule="encryption", table="customers_operation", rows=1).exists()


@pytest.mark.django_db
def test_rotation_brings_values_to_the_new_key_and_a_second_run_finds_nothing(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    operation = OperationFactory(facts=FACTS)
    settings.ENCRYPTION_KEYS = [SECOND, FIRST]
    assert "1 would be written again in customers_operation.facts" in rotate("--dry-run")
    rotate()
    settings.ENCRYPTION_KEYS = [SECOND]
    assert Operation.objects.get().facts == FACTS
    assert "0 would be written again in customers_operation.facts" in rotate("--dry-run")
    assert stored(operation, "facts").startswith(f'"{mark_of_now()}')


@pytest.mark.django_db
def test_rotation_brings_values_out_of_encryption(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    operation = OperationFactory(facts=FACTS)
    settings.ENCRYPTION_KEYS = ["none", FIRST]
    rotate()
    settings.ENCRYPTION_KEYS = []
    assert "IT60" in stored(operation, "facts")
    assert Operation.objects.get().facts == FACTS


@pytest.mark.django_db
def test_rotation_stops_at_a_key_that_is_missing_and_changes_nothing(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    operation = OperationFactory(facts=FACTS)
    before = stored(operation, "facts")
    settings.ENCRYPTION_KEYS = []
    with pytest.raises(CommandError, match="is not among ENCRYPTION_KEYS"):
        rotate()
    assert stored(operation, "facts") == before


@pytest.mark.django_db
def test_the_doctor_s_sample_names_the_key_that_is_still_in_use(settings):
    settings.ENCRYPTION_KEYS = [FIRST]
    first = keys()[0].id
    OperationFactory(facts=FACTS)
    settings.ENCRYPTION_KEYS = [SECOND, FIRST]
    column = next(each for each in encrypted_columns() if each.model is Operation)
    assert sample(column) == first
    settings.ENCRYPTION_KEYS = [SECOND]
    with pytest.raises(KeyMissing):
        sample(column)
