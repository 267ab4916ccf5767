"""`import_claims`: losses, the people who follow them, and the order of their days."""

import csv
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from customers.models import Agency, Claim, Customer, Policy
from customers.tests.factories import ClaimFactory

pytestmark = pytest.mark.django_db

COUNTS = ("read", "created", "updated", "unchanged", "duplicates", "rejected")
HEADER = "number,policy,customer,kind,occurred_on,reported_on,adjuster,assessor,repairer,state,paid_on,paid_amount"
CRASH = "S1,P1,,property,2026-03-01,2026-03-03,Anna Verdi,,Officina Blu,taken_in_charge,,"


@pytest.fixture(autouse=True)
def policy() -> Policy:
    agency = Agency.objects.create(code="A01", name="Agenzia di Milano")
    holder = Customer.objects.create(code="C1", last_name="Rossi", agency=agency)
    return Policy.objects.create(
        number="P1",
        holder=holder,
        agency=agency,
        ramo="10",
        product="Auto",
        starts_on="2026-01-01",
        ends_on="2027-01-01",
    )


@pytest.fixture
def load(tmp_path):
    """Import the lines on 10 June 2026; give back (exit code, counts by name, refused rows, everything printed)."""

    def run(*lines: str, **options):
        source, errors, out = tmp_path / "in.csv", tmp_path / "errors.csv", StringIO()
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code: str | int | None = 0
        with time_machine.travel("2026-06-10 09:00Z", tick=False):
            try:
                call_command("import_claims", str(source), errors=str(errors), stdout=out, **options)
            except SystemExit as end:
                code = end.code
        counts = dict(pair.split("=") for pair in out.getvalue().splitlines()[-1].split())
        with errors.open(encoding="utf-8-sig", newline="") as file:
            return code, {name: int(counts[name]) for name in COUNTS}, list(csv.DictReader(file)), out.getvalue()

    return run


def numbers(**given: int) -> dict[str, int]:
    return {name: given.get(name, 0) for name in COUNTS}


def test_a_claim_is_loaded_for_the_holder_of_its_policy(load, policy):
    code, counts, _errors, _said = load(HEADER, CRASH)
    assert (code, counts) == (0, numbers(read=1, created=1))
    claim = Claim.objects.get()
    assert (claim.policy, claim.customer, claim.adjuster, claim.state) == (
        policy,
        policy.holder,
        "Anna Verdi",
        "taken_in_charge",
    )


def test_the_second_time_changes_nothing(load):
    load(HEADER, CRASH)
    before = Claim.objects.values().get()
    _code, counts, _errors, _said = load(HEADER, CRASH)
    assert counts == numbers(read=1, unchanged=1)
    assert Claim.objects.values().get() == before


def test_a_payment_is_recorded(load):
    load(HEADER, CRASH)
    _code, counts, _errors, _said = load("number,state,paid_on,paid_amount", "S1,paid,2026-05-02,1500")
    assert counts == numbers(read=1, updated=1)
    assert str(Claim.objects.get().paid_amount) == "1500.00"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (CRASH.replace("P1", "P404"), "policy"),
        (CRASH.replace("P1,,", "P1,C404,"), "customer"),
        (CRASH.replace(",P1,", ",,"), "policy"),
        (CRASH.replace("property", "theft"), "kind"),
        (CRASH.replace("2026-03-03", "2026-02-03"), "reported_on"),
        (CRASH.replace("2026-03-03", "2026-07-03"), "reported_on"),
        (CRASH.replace("2026-03-01", "2027-03-01"), "occurred_on"),
        (CRASH.replace("taken_in_charge,,", "paid,,"), "paid_on"),
        (CRASH.replace("taken_in_charge,,", "paid,2026-04-01,"), "paid_amount"),
        (CRASH.replace("taken_in_charge,,", "paid,2026-04-01,-5"), "paid_amount"),
        (CRASH.replace("taken_in_charge", "lost"), "state"),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_the_rest_is_loaded(load, row, column):
    code, counts, errors, _said = load(HEADER, row, CRASH.replace("S1", "S9"))
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column
    assert Claim.objects.get().number == "S9"


def test_a_loss_outside_the_period_is_loaded_with_a_doubt(load):
    code, counts, _errors, printed = load(HEADER, CRASH.replace("2026-03-01", "2025-03-01"))
    assert (code, counts) == (0, numbers(read=1, created=1))
    assert " 1: " in printed


# --- Claims that were reported here
REPORT = "DEN-2026-000001"
JOINED = "number,report_number,policy,kind,occurred_on,reported_on,adjuster,state"


@pytest.fixture
def reported(policy):
    return ClaimFactory(
        number=REPORT,
        report_number=REPORT,
        policy=policy,
        occurred_on="2026-03-01",
        reported_on="2026-03-02",
        description="Tamponata al semaforo.",
    )


def test_a_reported_claim_gets_its_repertory_number_and_keeps_what_it_has(load, reported):
    code, counts, _errors, _said = load(
        JOINED, f"S1,{REPORT.lower()},P1,property,2026-03-01,2026-03-02,Anna Verdi,taken_in_charge"
    )
    assert (code, counts) == (0, numbers(read=1, updated=1))
    claim = Claim.objects.get()
    assert (claim.pk, claim.number, claim.report_number, claim.description, claim.adjuster) == (
        reported.pk,
        "S1",
        REPORT,
        "Tamponata al semaforo.",
        "Anna Verdi",
    )


@pytest.mark.parametrize("second", [f"S1,{REPORT}", "S1,"])
def test_the_next_file_finds_it_by_its_repertory_number_with_or_without_the_report(load, reported, second):
    load("number,report_number", f"S1,{REPORT}")
    _code, counts, _errors, _said = load("number,report_number", second)
    assert counts == numbers(read=1, unchanged=1)
    assert Claim.objects.get().report_number == REPORT


def test_a_dash_does_not_take_the_report_of_a_claim_away(load, reported):
    load("number,report_number", f"S1,{REPORT}")
    load("number,report_number", "S1,-")
    assert Claim.objects.get().report_number == REPORT


def test_a_row_of_the_same_policy_and_day_is_refused_instead_of_making_a_twin(load, reported):
    code, counts, errors, _said = load(HEADER, CRASH)
    assert (code, counts) == (1, numbers(read=1, rejected=1))
    assert errors[0]["column"] == "report_number"
    assert REPORT in errors[0]["hint"]
    assert Claim.objects.get() == reported


def test_a_row_that_says_it_was_not_reported_here_is_another_claim(load, reported):
    code, counts, _errors, _said = load(JOINED, "S1,-,P1,property,2026-03-01,2026-03-02,,reported")
    assert (code, counts) == (0, numbers(read=1, created=1))
    assert Claim.objects.count() == 2


def test_another_day_is_another_claim(load, reported):
    _code, counts, _errors, _said = load(HEADER, CRASH.replace("2026-03-01", "2026-03-02"))
    assert counts == numbers(read=1, created=1)


def test_once_it_has_its_number_a_row_of_the_same_day_is_another_claim(load, reported):
    load("number,report_number", f"S9,{REPORT}")
    _code, counts, _errors, _said = load(HEADER, CRASH)
    assert counts == numbers(read=1, created=1)


def test_a_report_that_does_not_exist_is_refused(load, reported):
    _code, counts, errors, _said = load(JOINED, "S1,DEN-2026-000404,P1,property,2026-03-01,2026-03-02,,reported")
    assert counts == numbers(read=1, rejected=1)
    assert errors[0]["column"] == "report_number"


def test_a_report_is_not_given_to_a_claim_that_has_another_number(load, reported):
    load("number,report_number", f"S1,{REPORT}")
    _code, counts, errors, _said = load("number,report_number", f"S2,{REPORT}")
    assert counts == numbers(read=1, rejected=1)
    assert "S1" in errors[0]["reason"]


def test_a_report_is_not_joined_to_a_claim_that_exists_already(load, reported):
    load(JOINED, "S1,-,P1,property,2026-03-01,2026-03-02,,reported")
    _code, counts, errors, _said = load("number,report_number", f"S1,{REPORT}")
    assert counts == numbers(read=1, rejected=1)
    assert errors[0]["column"] == "report_number"


def test_an_offer_has_its_amount(load):
    load(HEADER, CRASH)
    load("number,state,offered_on,offered_amount", "S1,offered,2026-05-02,1500.50")
    assert str(Claim.objects.get().offered_amount) == "1500.50"


def test_a_visit_and_a_refusal_come_with_the_file_and_go_when_they_are_over(load):
    load(HEADER, CRASH)
    load("number,visit_on,visit_place", "S1,2026-06-20,Officina Blu")
    assert (str(Claim.objects.get().visit_on), Claim.objects.get().visit_place) == ("2026-06-20", "Officina Blu")
    load("number,state,offered_on,refusal_reason", "S1,refused,2026-06-01,Fuori garanzia")
    assert Claim.objects.get().refusal_reason == "Fuori garanzia"
    load("number,visit_on", "S1,-")
    load("number,state", "S1,taken_in_charge")
    claim = Claim.objects.get()
    assert (claim.visit_on, claim.visit_place, claim.refusal_reason, claim.state) == (None, "", "", "taken_in_charge")


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("number,visit_place", "S1,Officina Blu", "visit_on"),
        ("number,refusal_reason", "S1,Fuori garanzia", "refusal_reason"),
    ],
)
def test_a_place_without_its_day_and_a_reason_without_a_refusal_are_refused(load, header, row, column):
    load(HEADER, CRASH)
    _code, counts, errors, _said = load(header, row)
    assert (counts, errors[0]["column"]) == (numbers(read=1, rejected=1), column)
