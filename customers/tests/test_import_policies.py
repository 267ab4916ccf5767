"""`import_policies`: contracts and their instalment plans."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from customers.models import Agency, Customer, Instalment, Policy, PolicyAdherent

pytestmark = pytest.mark.django_db

COUNTS = ("read", "created", "updated", "unchanged", "duplicates", "rejected")
HEADER = "number,holder,ramo,product,plate,premium,starts_on,ends_on,tacit_renewal,instalments"
PLAN = "2026-01-15:240.50:paid=2026-01-10|2026-07-15:240.50"
AUTO = f"P1,C1,10,Auto,ab 123 cd,481.00,2026-01-15,2027-01-15,no,{PLAN}"


@pytest.fixture(autouse=True)
def holder() -> Customer:
    agency = Agency.objects.create(code="A01", name="Agenzia di Milano")
    return Customer.objects.create(code="C1", last_name="Rossi", agency=agency)


@pytest.fixture
def load(tmp_path):
    """Import the lines; give back (exit code, counts by name, refused rows)."""

    def run(*lines: str, **options):
        source, errors, out = tmp_path / "in.csv", tmp_path / "errors.csv", StringIO()
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code: str | int | None = 0
        try:
            call_command("import_policies", str(source), errors=str(errors), stdout=out, **options)
        except SystemExit as end:
            code = end.code
        counts = dict(pair.split("=") for pair in out.getvalue().splitlines()[-1].split())
        with errors.open(encoding="utf-8-sig", newline="") as file:
            return code, {name: int(counts[name]) for name in COUNTS}, list(csv.DictReader(file))

    return run


def numbers(**given: int) -> dict[str, int]:
    return {name: given.get(name, 0) for name in COUNTS}


def plan() -> list[tuple]:
    return list(Instalment.objects.order_by("due_on").values_list("due_on", "amount", "paid_on"))


JANUARY, JULY = date(2026, 1, 15), date(2026, 7, 15)
HALF = Decimal("240.50")


def test_a_policy_is_loaded_with_its_plan_and_its_holders_agency(load, holder):
    code, counts, _errors = load(HEADER, AUTO)
    assert (code, counts) == (0, numbers(read=1, created=1))
    policy = Policy.objects.get()
    assert (policy.holder, policy.agency, policy.ramo, policy.plate) == (holder, holder.agency, "10", "AB123CD")
    assert (policy.premium, policy.annual, policy.grace_days, policy.state) == (Decimal("481.00"), True, 15, "active")
    assert plan() == [(JANUARY, HALF, date(2026, 1, 10)), (JULY, HALF, None)]


def test_the_second_time_changes_nothing(load):
    load(HEADER, AUTO)
    before = Policy.objects.values().get()
    _code, counts, _errors = load(HEADER, AUTO)
    assert counts == numbers(read=1, unchanged=1)
    assert Policy.objects.values().get() == before


def test_a_payment_updates_the_plan(load):
    load(HEADER, AUTO)
    _code, counts, _errors = load("number,instalments", "P1,2026-01-15:240.50|2026-07-15:240.50:paid=2026-07-14")
    assert counts == numbers(read=1, updated=1)
    assert plan() == [(JANUARY, HALF, date(2026, 1, 10)), (JULY, HALF, date(2026, 7, 14))]


def test_a_payment_can_be_taken_back(load):
    load(HEADER, AUTO)
    load("number,instalments", "P1,2026-01-15:240.50:paid=-|2026-07-15:240.50")
    assert [paid_on for _due, _amount, paid_on in plan()] == [None, None]


def test_a_new_plan_replaces_what_is_unpaid_and_keeps_what_is_paid(load):
    load(HEADER, AUTO)
    load("number;instalments", 'P1;"2026-04-15:100;2026-08-15:140.5"')
    assert plan() == [
        (JANUARY, HALF, date(2026, 1, 10)),
        (date(2026, 4, 15), Decimal("100.00"), None),
        (date(2026, 8, 15), Decimal("140.50"), None),
    ]


def test_an_empty_cell_leaves_the_plan_and_a_dash_takes_away_the_unpaid(load):
    load(HEADER, AUTO)
    load("number,instalments", "P1,")
    assert len(plan()) == 2
    load("number,instalments", "P1,-")
    assert plan() == [(JANUARY, HALF, date(2026, 1, 10))]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (AUTO.replace("C1", "C404"), "holder"),
        (AUTO.replace(",C1,", ",,"), "holder"),
        (AUTO.replace(",10,", ",19,"), "ramo"),
        (AUTO.replace("Auto", ""), "product"),
        (AUTO.replace("481.00", "-481.00"), "premium"),
        (AUTO.replace("481.00", "481.001"), "premium"),
        (AUTO.replace("481.00", "€ 481"), "premium"),
        (AUTO.replace("2027-01-15", "2025-01-15"), "ends_on"),
        (AUTO.replace("2027-01-15", "2027-02-30"), "ends_on"),
        (AUTO.replace("2027-01-15", "01-15-2027"), "ends_on"),
        (AUTO.replace(",no,", ",yes,"), "tacit_renewal"),
        (AUTO.replace("ab 123 cd", "?"), "plate"),
        (AUTO.replace("2026-07-15:240.50", "2026-07-15"), "instalments"),
        (AUTO.replace("2026-07-15:240.50", "2026-01-15:1.00"), "instalments"),
        (AUTO.replace("2026-07-15:240.50", "2026-07-15:-5"), "instalments"),
        (AUTO.replace("2026-07-15:240.50", "2026-07-15:0"), "instalments"),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_the_rest_is_loaded(load, row, column):
    code, counts, errors = load(HEADER, row, AUTO.replace("P1", "P9"))
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column
    assert errors[0]["reason"]
    assert Policy.objects.get().number == "P9"


def test_an_unknown_agency_is_refused(load):
    _code, counts, errors = load(
        "number,holder,agency,ramo,product,starts_on,ends_on", "P1,C1,A99,8,Casa,2026-01-01,2027-01-01"
    )
    assert (counts, errors[0]["column"]) == (numbers(read=1, rejected=1), "agency")


def test_a_suspended_policy_shows_since_when(load):
    load(HEADER, AUTO)
    _code, counts, errors = load("number,state,suspended_on", "P1,suspended,")
    assert (counts, errors[0]["column"]) == (numbers(read=1, rejected=1), "suspended_on")
    _code, counts, _errors = load("number,state,suspended_on", "P1,suspended,2026-05-01")
    assert counts == numbers(read=1, updated=1)


@pytest.mark.parametrize(
    ("text", "premium"), [("1234.5", "1234.50"), ('"1234,50"', "1234.50"), ('"1.234,50"', "1234.50")]
)
def test_amounts_may_be_written_as_italians_do(load, text, premium):
    load(HEADER, AUTO.replace("481.00", text))
    assert Policy.objects.get().premium == Decimal(premium)


def adherents() -> list[tuple]:
    return list(
        PolicyAdherent.objects.order_by("customer__code").values_list("customer__code", "starts_on", "ends_on")
    )


def test_the_adherents_of_a_collective_contract_are_loaded_and_moved(load, holder):
    for code in ("C2", "C3"):
        Customer.objects.create(code=code, last_name="Verdi", agency=holder.agency)
    load(HEADER, AUTO)
    lines = ["number,adherents", "P1,C2|C3:2026-03-01"]
    assert load(*lines)[1] == numbers(read=1, updated=1)
    assert adherents() == [("C2", JANUARY, None), ("C3", date(2026, 3, 1), None)]
    assert load(*lines)[1] == numbers(read=1, unchanged=1)
    assert load("number,adherents", "P1,C2::2026-06-30")[1] == numbers(read=1, updated=1)
    assert adherents() == [("C2", JANUARY, date(2026, 6, 30)), ("C3", date(2026, 3, 1), None)]


@pytest.mark.parametrize("cell", ["C404", "C1:2026-03-01:2026-02-01", "C1:1:2:3", ":2026-01-01", "-"])
def test_wrong_adherents_are_refused(load, cell):
    load(HEADER, AUTO)
    _code, counts, errors = load("number,adherents", f"P1,{cell}")
    assert (counts, errors[0]["column"]) == (numbers(read=1, rejected=1), "adherents")
