"""`import_operations`: what the company's system reports goes through the same commands as the desk."""

import csv
import re
import uuid

import pytest
import time_machine
from django.core.management import CommandError, call_command

from contact_center.models import Contact
from contact_center.operations.commands import begin_operation
from customers.models import Operation, Policy
from customers.tests.factories import PolicyFactory, ReservedAreaAccountFactory
from notifications.models import Notice

pytestmark = pytest.mark.django_db
State = Operation.State


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-04T16:00:00+02:00", tick=False):
        yield


@pytest.fixture
def begun():
    account = ReservedAreaAccountFactory()
    with time_machine.travel("2026-05-02T10:00:00+02:00", tick=False):
        return begin_operation(
            Operation.Kind.SUSPENSION,
            customer=account.customer,
            policy=PolicyFactory(holder=account.customer),
            facts={"day": "2026-05-02", "understood": True},
            submission_key=uuid.uuid4(),
            by=account.user,
            channel="portal",
        )


@pytest.fixture
def load(tmp_path, capsys):
    def run(*rows, header="number,state,day,answer", **options):
        path = tmp_path / "operations.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        code = 0
        try:
            call_command("import_operations", str(path), errors=str(tmp_path / "errors.csv"), **options)
        except SystemExit as ended:
            code = ended.code
        except CommandError as error:
            code = error.returncode
        found = re.search(r"read=.*", capsys.readouterr().out)
        return code, dict(pair.split("=") for pair in found[0].split()) if found else {}

    run.errors = tmp_path / "errors.csv"
    return run


def test_a_row_carries_an_operation_out_with_its_contact(load, begun):
    code, counts = load(f"{begun.operation.number},done,2026-05-03,La copertura è sospesa.")
    operation = Operation.objects.get(pk=begun.operation.pk)
    contact = Contact.objects.get(pk=begun.contact.pk)
    assert (code, counts["updated"]) == (0, "1")
    assert (operation.state, operation.ended_by, operation.answer) == (State.DONE, None, "La copertura è sospesa.")
    assert operation.ended_at.date().isoformat() == "2026-05-03"
    assert Policy.objects.get(pk=operation.policy_id).state == Policy.State.SUSPENDED
    assert (contact.state, contact.outcome, contact.wrap_up.code) == ("closed", "resolved", "risolto")


def test_the_same_file_twice_changes_nothing(load, begun):
    row = f"{begun.operation.number},done,2026-05-03,Fatto"
    load(row)
    code, counts = load(row)
    assert (code, counts["unchanged"], counts["updated"]) == (0, "1", "0")
    assert Notice.objects.filter(kind="operation-done", channel="inbox").count() == 1
    assert begun.operation.events.count() == 2


def test_in_progress_then_refused(load, begun):
    assert load(f"{begun.operation.number},in_progress,,")[0] == 0
    assert Operation.objects.get(pk=begun.operation.pk).state == State.IN_PROGRESS
    assert load(f"{begun.operation.number},refused,04/05/2026,Il contratto non lo consente.")[0] == 0
    assert Operation.objects.get(pk=begun.operation.pk).state == State.REFUSED
    assert Contact.objects.get(pk=begun.contact.pk).state == "closed"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("O-99999999,done,,", "number"),
        ("pippo,done,,", "number"),
        ("{number},finished,,", "state"),
        ("{number},withdrawn,,", "state"),
        ("{number},,,", "state"),
        ("{number},refused,,", "answer"),
        ("{number},done,2026-05-05,", "day"),
        ("{number},done,2026-05-01,", "day"),
        ("{number},done,ieri,", "day"),
    ],
)
def test_a_row_that_cannot_be_applied_is_refused_with_its_column(load, begun, row, column):
    code, counts = load(row.format(number=begun.operation.number))
    assert (code, counts["rejected"]) == (1, "1")
    [refused] = csv.DictReader(load.errors.read_text(encoding="utf-8-sig").splitlines())
    assert column in refused.values()
    assert Operation.objects.get(pk=begun.operation.pk).state == State.ASKED


def test_a_refused_row_leaves_the_others(load, begun):
    code, counts = load("O-99999999,done,,", f"{begun.operation.number},done,,")
    assert (code, counts["rejected"], counts["updated"]) == (1, "1", "1")


def test_what_has_ended_otherwise_is_refused(load, begun):
    load(f"{begun.operation.number},refused,,No.")
    code, _counts = load(f"{begun.operation.number},done,,")
    assert code == 1
    assert Operation.objects.get(pk=begun.operation.pk).state == State.REFUSED


def test_a_dry_run_keeps_nothing(load, begun):
    code, counts = load(f"{begun.operation.number},done,,", dry_run=True)
    assert (code, counts["updated"]) == (0, "1")
    assert Operation.objects.get(pk=begun.operation.pk).state == State.ASKED
    assert not Notice.objects.filter(kind="operation-done").exists()


def test_a_file_without_its_columns_is_not_read(load, begun):
    assert load(f"{begun.operation.number}", header="number")[0] == 2
