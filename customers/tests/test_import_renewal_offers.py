"""Loading renewal offers: what is needed, what is refused, and what was paid is changed by no file."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from customers.imports.policies import PolicyLoader
from customers.models import Instalment, Payment, RenewalOffer
from customers.tests.factories import InstalmentFactory, PaymentFactory, PolicyFactory, RenewalOfferFactory

pytestmark = pytest.mark.django_db

COLUMNS = "number,policy,premium,terms,starts_on,ends_on,valid_until"


@pytest.fixture
def policy():
    return PolicyFactory(number="P1", ends_on=date(2026, 12, 31))


def load(tmp_path, *rows, columns=COLUMNS, command="import_renewal_offers", **options):
    """Import the rows; the reasons of those refused, or "" where none was."""
    file, errors = tmp_path / "file.csv", tmp_path / "errors.csv"
    file.write_text("\n".join([columns, *rows]) + "\n")
    try:
        call_command(command, str(file), errors=str(errors), **options)
    except SystemExit:
        return errors.read_text()
    return ""


GOOD = "R1,P1,512.00,Guida libera 😀,2026-12-31,2027-12-31,2026-12-31"


def test_an_offer_is_loaded_and_the_same_file_again_changes_nothing(policy, tmp_path):
    for _time in range(2):
        assert load(tmp_path, GOOD) == ""
    offer = RenewalOffer.objects.get()
    assert (offer.number, offer.policy, offer.premium, offer.terms) == (
        "R1",
        policy,
        Decimal("512.00"),
        "Guida libera 😀",
    )
    assert offer.history.count() == 0


def test_a_trial_run_stores_nothing(policy, tmp_path):
    load(tmp_path, GOOD, dry_run=True)
    assert RenewalOffer.objects.count() == 0


def test_the_company_changes_and_withdraws_its_offer(policy, tmp_path):
    load(tmp_path, GOOD)
    load(tmp_path, "R1,530.00,2026-11-01", columns="number,premium,withdrawn_on")
    offer = RenewalOffer.objects.get()
    assert (offer.premium, offer.withdrawn_on) == (Decimal("530.00"), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("R1,P9,512.00,,2026-12-31,2027-12-31,2026-12-31", "policy"),
        ("R1,P1,,,2026-12-31,2027-12-31,2026-12-31", "premium"),
        ("R1,P1,0,,2026-12-31,2027-12-31,2026-12-31", "premium"),
        ("R1,P1,-5,,2026-12-31,2027-12-31,2026-12-31", "premium"),
        ("R1,P1,512.00,,2026-12-30,2027-12-31,2026-12-31", "starts_on"),
        ("R1,P1,512.00,,2026-12-31,2026-12-31,2026-12-31", "ends_on"),
        ("R1,P1,512.00,,2026-12-31,2027-12-31,", "valid_until"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_at_its_column(policy, tmp_path, row, column):
    assert f",{column}," in load(tmp_path, row)
    assert RenewalOffer.objects.count() == 0


def test_what_was_accepted_and_paid_is_not_changed_by_a_file(policy, tmp_path):
    RenewalOfferFactory(number="R1", policy=policy, premium=Decimal("512.00"), paid_on=date(2026, 12, 1))
    assert ",premium," in load(tmp_path, "R1,530.00", columns="number,premium")
    assert load(tmp_path, "R1,512.00", columns="number,premium") == ""


# --- The file of policies beside what is paid here -----------------------------------------------------------------------
def test_a_plan_that_leaves_an_instalment_out_leaves_the_attempt_to_pay_it_without_one(policy, tmp_path):
    attempt = PaymentFactory(instalment=InstalmentFactory(policy=policy, due_on=date(2026, 7, 1)))
    columns = "number,instalments"
    assert load(tmp_path, "P1,2026-09-01:240.00", columns=columns, command="import_policies") == ""
    attempt.refresh_from_db()
    assert (attempt.instalment, attempt.due_on) == (None, date(2026, 7, 1))
    assert Payment.objects.count() == 1


def test_a_file_does_not_take_back_what_was_paid_online(policy, tmp_path):
    paid = InstalmentFactory(policy=policy, due_on=date(2026, 7, 1), paid_on=date(2026, 6, 1))
    PaymentFactory(instalment=paid, paid=True)
    rows = ("P1,2026-07-01:240.00:paid=-", "P1,2026-07-01:240.00")
    columns, command = "number,instalments", "import_policies"
    assert ",instalments," in load(tmp_path, rows[0], columns=columns, command=command)
    assert load(tmp_path, rows[1], columns=columns, command=command) == ""
    paid.refresh_from_db()
    assert paid.paid_on == date(2026, 6, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cell", ["2026-07-01:250.00", "2026-09-01:240.00"])
def test_what_is_paid_online_while_a_file_is_read_remains_paid(tmp_path, cell, monkeypatch):
    """The chunk was read before the payment and is written after it: it starts again."""
    instalment = InstalmentFactory(policy=PolicyFactory(number="P1"), due_on=date(2026, 7, 1))
    settle = PolicyLoader._settle_plan

    def pay():
        Instalment.objects.filter(paid_on=None).update(paid_on=date(2026, 6, 1))
        connection.close()

    def paid_meanwhile(self, parsed, state, stored):
        payer = threading.Thread(target=pay)
        payer.start()
        payer.join()
        return settle(self, parsed, state, stored)

    monkeypatch.setattr(PolicyLoader, "_settle_plan", paid_meanwhile)
    assert load(tmp_path, f"P1,{cell}", columns="number,instalments", command="import_policies") == ""
    instalment.refresh_from_db()
    assert instalment.paid_on == date(2026, 6, 1)
