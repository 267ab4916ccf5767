"""`import_policy_values` and `import_policy_people`: what a life policy is worth, and whom it names."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from customers.models import PolicyPerson, PolicyValue
from customers.tests.factories import LifePolicyFactory, PolicyFactory

pytestmark = pytest.mark.django_db

COUNTS = ("read", "created", "updated", "unchanged", "duplicates", "rejected")
VALUES, PEOPLE = "import_policy_values", "import_policy_people"
VALUE_HEADER = "policy,kind,fund,valued_on,amount,units,unit_price"
SURRENDER = "V1,surrender,,2026-05-31,12345.60,,"
POSITION = "V1,position,Fondo Azioni,2026-05-31,1000.00,100,10"
PERSON_HEADER = "key,policy,role,name,tax_code,email,as_of,removed_on"
PERSON = "B1,V1,beneficiary,Anna Bianchi,RSSMRA85T10A562S,Anna@Example.it,2026-05-31,"


@pytest.fixture(autouse=True)
def policy():
    PolicyFactory(number="P1")
    return LifePolicyFactory(number="V1")


@pytest.fixture
def load(tmp_path):
    """Import the lines on 10 June 2026; give back (exit code, counts by name, refused rows)."""

    def run(command: str, *lines: str, **options):
        source, errors, out = tmp_path / "in.csv", tmp_path / "errors.csv", StringIO()
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code: str | int | None = 0
        with time_machine.travel("2026-06-10 09:00Z", tick=False):
            try:
                call_command(command, str(source), errors=str(errors), stdout=out, **options)
            except SystemExit as end:
                code = end.code
        counts = dict(pair.split("=") for pair in out.getvalue().splitlines()[-1].split())
        with errors.open(encoding="utf-8-sig", newline="") as file:
            return code, {name: int(counts[name]) for name in COUNTS}, list(csv.DictReader(file))

    return run


def numbers(**given: int) -> dict[str, int]:
    return {name: given.get(name, 0) for name in COUNTS}


# --- Values ----------------------------------------------------------------------------------------------------------
def test_values_are_loaded_by_policy_kind_fund_and_day(load, policy):
    code, counts, _errors = load(VALUES, VALUE_HEADER, SURRENDER, POSITION, POSITION.replace("Azioni", "Bond"))
    assert (code, counts) == (0, numbers(read=3, created=3))
    position = PolicyValue.objects.get(fund="Fondo Azioni")
    assert (position.policy, position.kind, position.amount, position.units, position.valued_on) == (
        policy,
        "position",
        Decimal("1000.00"),
        Decimal(100),
        date(2026, 5, 31),
    )


def test_the_same_file_again_changes_nothing(load):
    load(VALUES, VALUE_HEADER, SURRENDER, POSITION)
    before = list(PolicyValue.objects.values())
    assert load(VALUES, VALUE_HEADER, SURRENDER, POSITION)[1] == numbers(read=2, unchanged=2)
    assert list(PolicyValue.objects.values()) == before


def test_a_day_is_corrected_and_another_day_stands_beside_it(load):
    load(VALUES, VALUE_HEADER, SURRENDER)
    corrected, later = SURRENDER.replace("12345.60", "12000"), SURRENDER.replace("2026-05-31", "30/04/2026")
    assert load(VALUES, VALUE_HEADER, corrected, later)[1] == numbers(read=2, created=1, updated=1)
    assert {each.amount for each in PolicyValue.objects.all()} == {Decimal(12000), Decimal("12345.60")}


def test_the_same_day_written_in_two_ways_is_one_value(load):
    load(VALUES, VALUE_HEADER, SURRENDER)
    assert load(VALUES, VALUE_HEADER, SURRENDER.replace("2026-05-31", "31/05/2026"))[1] == numbers(read=1, unchanged=1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (SURRENDER.replace("V1", ""), "policy"),
        (SURRENDER.replace("V1", "V404"), "policy"),
        (SURRENDER.replace("V1", "P1"), "policy"),  # motor
        (SURRENDER.replace("surrender", "moral"), "kind"),
        (SURRENDER.replace("2026-05-31", ""), "valued_on"),
        (SURRENDER.replace("2026-05-31", "2026-06-11"), "valued_on"),
        (SURRENDER.replace("2026-05-31", "31 maggio"), "valued_on"),
        (SURRENDER.replace("12345.60", ""), "amount"),
        (SURRENDER.replace("12345.60", "-1"), "amount"),
        (SURRENDER.replace("12345.60", "1e5"), "amount"),
        (SURRENDER.replace(",,", ",,3", 1).replace("12345.60,,", "12345.60,3,"), "valued_on"),
        (SURRENDER.replace("12345.60,,", "12345.60,3,"), "units"),
        (POSITION.replace(",100,", ",100.1234567,"), "units"),
        (POSITION.replace("Fondo Azioni", "F" * 121), "fund"),
    ],
)
def test_a_wrong_value_is_refused_by_its_cell_and_the_rest_is_loaded(load, row, column):
    code, counts, errors = load(VALUES, VALUE_HEADER, row, SURRENDER.replace("2026-05-31", "2026-01-31"))
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column


def test_a_file_without_the_columns_of_the_key_cannot_be_used(tmp_path):
    (tmp_path / "in.csv").write_text("policy,amount\nV1,3\n")
    with pytest.raises(CommandError) as refusal:
        call_command(VALUES, str(tmp_path / "in.csv"), stdout=StringIO())
    assert refusal.value.returncode == 2


def test_a_trial_run_stores_nothing(load):
    assert load(VALUES, VALUE_HEADER, SURRENDER, dry_run=True)[1] == numbers(read=1, created=1)
    assert not PolicyValue.objects.exists()


# --- People ----------------------------------------------------------------------------------------------------------
def test_people_are_loaded_with_what_the_law_asks_for(load, policy):
    code, counts, _errors = load(PEOPLE, PERSON_HEADER, PERSON)
    assert (code, counts) == (0, numbers(read=1, created=1))
    person = PolicyPerson.objects.get()
    assert (person.policy, person.role, person.name) == (policy, "beneficiary", "Anna Bianchi")
    assert (person.tax_code, person.email, person.as_of) == (
        "RSSMRA85T10A562S",
        "anna@example.it",
        date(2026, 5, 31),
    )


def test_the_same_people_again_change_nothing(load):
    load(PEOPLE, PERSON_HEADER, PERSON)
    assert load(PEOPLE, PERSON_HEADER, PERSON)[1] == numbers(read=1, unchanged=1)


def test_a_naming_that_was_taken_back_is_no_longer_among_the_named(load):
    load(PEOPLE, PERSON_HEADER, PERSON)
    load(PEOPLE, "key,as_of,removed_on", "B1,2026-06-08,2026-06-05")
    assert PolicyPerson.objects.get().removed_on == date(2026, 6, 5)
    assert not PolicyPerson.objects.named().exists()


def test_an_older_file_overwrites_nothing(load):
    load(PEOPLE, PERSON_HEADER, PERSON)
    code, counts, errors = load(PEOPLE, PERSON_HEADER, PERSON.replace("2026-05-31", "2026-05-01"))
    assert (code, counts, errors[0]["column"]) == (1, numbers(read=1, rejected=1), "as_of")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (PERSON.replace("B1", ""), "key"),
        (PERSON.replace("V1", "V404"), "policy"),
        (PERSON.replace("V1", "P1"), "policy"),
        (PERSON.replace("V1", ""), "policy"),
        (PERSON.replace("beneficiary", "friend"), "role"),
        (PERSON.replace("Anna Bianchi", ""), "name"),
        (PERSON.replace("Anna Bianchi", "x" * 10_000), "name"),
        (PERSON.replace("A562S", "A562T"), "tax_code"),
        (PERSON.replace("Anna@Example.it", "anna"), "email"),
        (PERSON.replace("2026-05-31", ""), "as_of"),
        (PERSON.replace("2026-05-31", "2026-06-11"), "as_of"),
    ],
)
def test_a_wrong_person_is_refused_by_its_cell_and_the_rest_is_loaded(load, row, column):
    code, counts, errors = load(PEOPLE, PERSON_HEADER, row, PERSON.replace("B1", "B9"))
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column


def test_a_key_is_not_moved_to_another_policy(load):
    LifePolicyFactory(number="V2")
    load(PEOPLE, PERSON_HEADER, PERSON)
    _code, _counts, errors = load(PEOPLE, PERSON_HEADER, PERSON.replace("V1", "V2"))
    assert errors[0]["column"] == "policy"


def test_an_emoji_and_a_name_from_right_to_left_are_kept_as_they_are(load):
    load(PEOPLE, PERSON_HEADER, PERSON.replace("Anna Bianchi", "שרה 🌻 Levi"))
    assert PolicyPerson.objects.get().name == "שרה 🌻 Levi"
