"""A return is frozen once, remains as it was, and is corrected beside it."""

import hashlib
import io
import json
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InternalError, transaction
from openpyxl import load_workbook

from complaints.models import Code, Complaint, HalfYearReturn, PublicStatement
from complaints.models.code import KNOWN
from complaints.past.commands import complete_past
from complaints.returns import rules
from complaints.returns.files import csv_of, pdf_of, xml_of
from complaints.returns.freezing import checksum_of, faults_of, freeze_return, publish_statement, revise_return
from complaints.returns.halves import Half
from complaints.returns.mapping import OURS, current_mapping, read_mapping
from complaints.returns.page import first_words
from complaints.returns.queries import corrections_of, entries_now, entries_of, first_day_returned, halves_known
from complaints.services import cancel, classify, correct_receipt, withdraw
from complaints.tests.factories import BranchFigureFactory, ComplaintFactory, LetterSendingFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db

HALF = Half(2026, 1)
AFTER = datetime(2026, 7, 20, 8, tzinfo=UTC)
CLASSIFIED = {
    "ramo": "10",
    "area": "settlement",
    "reason_codes": ["settlement_delay"],
    "received_by": "site",
    "distribution": "agency",
    "registered_at": datetime(2026, 1, 12, 9, tzinfo=UTC),
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


def classified(**given) -> Complaint:
    return ComplaintFactory.create(customer=None, **{**CLASSIFIED, **given})


def cells(frozen, table, key):
    return next(line["cells"] for line in frozen.tables["tables"][table] if line["key"] == key)


# --- Freezing ---------------------------------------------------------------------------------------------------------
def test_a_return_is_frozen_with_its_rows_tables_files_and_checksum(manager):
    classified()
    classified(answered=True, received_on=date(2026, 1, 20))
    frozen = freeze_return(HALF, by=manager)
    whole = frozen.tables["whole"]
    assert (whole["received"], whole["closed"], whole["open_at_end"], whole["days_mean"]) == (2, 1, 1, "21.0")
    assert cells(frozen, "outcome", "respinto")["received"] == 1
    assert (frozen.rows_number, frozen.rows.count(), frozen.by, frozen.revision) == (2, 2, manager, 1)
    assert faults_of(frozen) == []


def test_nothing_is_frozen_before_the_half_ends(clock, manager):
    clock.move_to(datetime(2026, 6, 30, 12, tzinfo=UTC))
    with pytest.raises(Refused, match="30") as refused:
        freeze_return(HALF, by=manager)
    assert refused.value.code == "not_ended"


def test_a_return_is_frozen_once(manager):
    freeze_return(HALF, by=manager)
    with pytest.raises(Refused) as refused:
        freeze_return(HALF, by=manager)
    assert (refused.value.code, HalfYearReturn.objects.count()) == ("frozen_already", 1)


def test_a_complaint_that_is_not_classified_blocks_it(manager):
    complaint = classified(area="")
    with pytest.raises(Refused, match=complaint.number) as refused:
        freeze_return(HALF, by=manager)
    assert (refused.value.code, HalfYearReturn.objects.count()) == ("unclassified", 0)


def test_a_cancelled_entry_neither_blocks_nor_counts(manager):
    classified(area="", cancelled=True)
    assert freeze_return(HALF, by=manager).tables["whole"]["received"] == 0


def test_days_run_from_the_earlier_receipt_to_the_letter_that_went(manager):
    posted = classified(answered=True, received_on=date(2026, 1, 20), received_by_intermediary_on=date(2026, 1, 10))
    LetterSendingFactory(complaint=posted, gone_on=date(2026, 2, 14))
    frozen = freeze_return(HALF, by=manager)
    assert frozen.tables["whole"]["days_mean"] == "35.0"


def test_an_answer_whose_letter_has_not_gone_is_still_open(manager):
    LetterSendingFactory(complaint=classified(answered=True))
    whole = freeze_return(HALF, by=manager).tables["whole"]
    assert (whole["closed"], whole["open_at_end"], whole["result_open"]) == (0, 1, 1)


def test_a_withdrawal_closes_on_its_day_without_an_outcome(clock, officer):
    complaint = classified()
    clock.move_to(datetime(2026, 6, 30, 21, tzinfo=UTC))  # eleven at night in Italy: still in the half
    withdraw(complaint, reason="Ha cambiato idea.", by=officer)
    clock.move_to(AFTER)
    whole = freeze_return(HALF, by=None).tables["whole"]
    assert (whole["closed"], whole["result_withdrawn"], whole["answered"]) == (1, 1, 0)


def test_a_branch_that_is_not_carried_on_has_no_number_and_others_have_zero(manager):
    BranchFigureFactory(year=2025, ramo="12", is_carried_on=False, premium=None, contracts=None)
    frozen = freeze_return(HALF, by=manager)
    assert cells(frozen, "ramo", "12") is None
    assert cells(frozen, "ramo", "13")["received"] == 0


@pytest.mark.parametrize(("valid_to", "done"), [(date(2026, 3, 31), True), (date(2025, 12, 31), False)])
def test_a_code_retired_in_the_middle_of_a_half_still_has_its_line(manager, valid_to, done):
    Code.objects.filter(list="distribution", word="bank").update(valid_to=valid_to)
    KNOWN.forget()
    complaint = classified()
    frozen = freeze_return(HALF, by=manager)
    assert (cells(frozen, "distribution", "banche") is not None) is done
    assert cells(frozen, "distribution", "agenzie")["received"] == 1
    KNOWN.forget()
    assert complaint.distribution == "agency"


# --- Entries of past registers ------------------------------------------------------------------------------------------
def past(number="7", **given) -> Complaint:
    """A classified entry of a past register, open there unless it is said otherwise."""
    return classified(**{"past_open": True, "old_number": number, "received_on": date(2026, 2, 1), **given})


def closed_in_the_past(number="7", **given) -> Complaint:
    more = {"state": "answered", "outcome": "rejected", "answered_at": datetime(2026, 2, 21, 11, tzinfo=UTC)}
    return past(number, **(more | given))


def test_what_a_past_register_received_in_the_half_counts_like_all_others(manager):
    classified(answered=True, received_on=date(2026, 1, 20))  # closed on 10 February
    past("1")  # open
    closed_in_the_past("2")
    closed_in_the_past("2", outcome="upheld")  # a number given twice
    past("3", received_on=date(2019, 3, 1))  # open since then
    closed_in_the_past("4", received_on=date(2025, 12, 30))  # open at the beginning
    closed_in_the_past("5", received_on=date(2025, 3, 1), answered_at=datetime(2025, 4, 1, tzinfo=UTC))
    past("6", state="cancelled", cancelled_as="mistake")
    frozen = freeze_return(HALF, by=manager)
    whole = frozen.tables["whole"]
    assert (whole["open_at_start"], whole["received"], whole["closed"], whole["open_at_end"]) == (2, 4, 4, 2)
    assert (whole["answered"], whole["days"]) == (4, 21 + 20 + 20 + 53)
    assert [row.number for row in frozen.rows.order_by("year", "sequence", "complaint_id")][1:] == [
        f"prec. {number}" for number in (1, 2, 2, 3, 4)
    ]
    assert faults_of(frozen) == []


def test_an_entry_that_was_taken_over_and_answered_here_counts_by_its_letter(manager, officer):
    classified()
    taken = closed_in_the_past(handler=officer, answer="No.")
    LetterSendingFactory(complaint=taken, gone_on=date(2026, 3, 3))
    whole = freeze_return(HALF, by=manager).tables["whole"]
    assert (whole["closed"], whole["days_mean"]) == (1, "30.0")


def test_the_halves_before_the_first_complaint_of_ours_were_returned_by_the_register_before(manager):
    past("1", received_on=date(2025, 8, 1))
    assert halves_known(AFTER.date()) == [Half(2026, 2)]  # nothing of ours yet
    assert entries_now(Half(2025, 2)) == []
    classified(received_on=date(2026, 1, 11))
    assert halves_known(AFTER.date()) == [Half(2026, 2), HALF]
    assert [each.number for each in entries_now(HALF)][1:] == ["prec. 1"]
    assert entries_now(Half(2025, 2)) == []
    with pytest.raises(Refused, match="2026H1") as refused:
        freeze_return(Half(2025, 2), by=manager)
    assert refused.value.code == "returned_elsewhere"
    code, _out, err = run("--half", "2025H2")
    assert (code, "2026H1" in err) == (2, True)


def test_the_first_half_that_is_returned_here_is_a_setting(settings, manager):
    past("1", received_on=date(2025, 8, 1))
    classified(received_on=date(2025, 11, 1))
    assert len(entries_now(Half(2025, 2))) == 2
    settings.COMPLAINTS_RETURNED_SINCE = date(2026, 1, 1)
    assert halves_known(AFTER.date()) == [Half(2026, 2), HALF]
    assert [each.number for each in entries_now(HALF)][1:] == ["prec. 1"]
    assert "2026H1" in first_words(first_day_returned())
    assert "COMPLAINTS_RETURNED_SINCE" in first_words(first_day_returned())
    with pytest.raises(Refused):
        freeze_return(Half(2025, 2), by=manager)
    settings.COMPLAINTS_RETURNED_SINCE = date(2025, 3, 5)
    assert halves_known(AFTER.date())[-1] == Half(2025, 1)


def test_what_the_file_lacked_blocks_the_return_until_somebody_enters_it(manager, officer):
    classified()
    entry = closed_in_the_past(answered_at=None, outcome="", distribution="")
    withdrawn = past("8", state="withdrawn")
    closed_in_the_past("9", answered_at=None, received_on=date(2025, 3, 1))  # closed before, nobody knows when
    _code, _out, err = run("--half", "2026H1", "--draft")
    assert "prec. 7: distribution, closed_on, outcome" in err
    assert "prec. 8: closed_on" in err
    assert "prec. 9" not in err
    classify(entry, by=officer, changes={"distribution": "agency"})
    complete_past(entry, closed_on=date(2026, 2, 21), outcome="upheld", source="Lettera in archivio.", by=officer)
    complete_past(withdrawn, closed_on=date(2026, 3, 1), source="Nota in archivio.", by=officer)
    whole = freeze_return(HALF, by=manager).tables["whole"]
    assert (whole["received"], whole["closed"], whole["result_withdrawn"], whole["days_mean"]) == (3, 2, 1, "20.0")


def test_a_past_entry_is_completed_once_in_what_it_lacks(officer):
    entry = closed_in_the_past(answered_at=None)
    given = {"closed_on": date(2026, 2, 21), "source": "Lettera."}
    for wrong, code in (
        ({"outcome": "upheld"}, "known_already"),
        ({"source": " "}, "no_source"),
        ({"closed_on": None}, "nothing_said"),
        ({"closed_on": date(2026, 1, 31)}, "not_that_day"),
        ({"closed_on": date(2026, 7, 21)}, "not_that_day"),
    ):
        with pytest.raises(Refused) as refused:
            complete_past(entry, **(given | wrong), by=officer)
        assert refused.value.code == code
    complete_past(entry, **given, by=officer)
    details = entry.events.get().details
    assert (details["answered_at"], details["reason"]) == (["", "2026-02-21"], "Lettera.")
    for other in (entry, past("8"), classified(answered=True), closed_in_the_past("9", handler=officer, answer="No.")):
        with pytest.raises(Refused) as refused:
            complete_past(other, **given, by=officer)
        assert refused.value.code == "nothing_missing"


def test_an_entry_that_is_imported_after_the_return_is_a_correction_of_it(manager):
    classified()
    frozen = freeze_return(HALF, by=manager)
    closed_in_the_past()
    assert [(each.number, each.kind) for each in corrections_of(frozen)] == [("prec. 7", "added")]
    second = revise_return(frozen, reason="Importato il registro precedente.", by=manager)
    assert (second.rows_number, corrections_of(second), faults_of(second)) == (2, [], [])


def test_a_return_that_was_frozen_before_past_entries_were_counted_still_holds(manager):
    classified()
    frozen = freeze_return(HALF, by=manager)
    rows = "".join(
        json.dumps(
            [rules.plain(getattr(each, name)) for name in rules.FIELDS if name != "old_number"],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
        for each in entries_of(frozen)
    )
    assert hashlib.sha256(rows.encode()).hexdigest() == frozen.rows_checksum
    frozen.rules_version = "2026-11"
    frozen.checksum = checksum_of(frozen.tables, frozen.rows_checksum, "2026-11")
    assert faults_of(frozen) == []


# --- What remains -----------------------------------------------------------------------------------------------------
def test_a_frozen_return_is_the_same_after_years_of_later_changes(clock, manager, officer):
    complaint, gone = classified(), classified(received_on=date(2026, 2, 1))
    frozen = freeze_return(HALF, by=manager)
    before = {name: bytes(getattr(frozen, name)) for name in ("csv", "xlsx", "pdf", "xml")}
    digest = frozen.checksum
    clock.move_to(datetime(2029, 3, 1, 9, tzinfo=UTC))
    classify(complaint, by=officer, changes={"area": "commercial", "reason_codes": ["information"]})
    cancel(gone, cause="mistake", reason="Non era un reclamo.", by=officer)
    Code.objects.filter(list="area", word="settlement").update(name="altro nome", return_line="9")
    KNOWN.forget()
    again = HalfYearReturn.objects.get()
    assert faults_of(again) == []
    assert again.checksum == digest
    assert {name: bytes(getattr(again, name)) for name in before} == before
    KNOWN.forget()


def test_the_same_register_has_the_same_checksum_whenever_it_is_frozen(clock, manager):
    classified()
    with transaction.atomic():
        first = freeze_return(HALF, by=manager).checksum
        transaction.set_rollback(True)
    clock.move_to(datetime(2028, 5, 1, 9, tzinfo=UTC))
    assert freeze_return(HALF, by=None).checksum == first


def test_files_are_made_of_the_tables_to_the_byte(manager):
    classified()
    frozen = HalfYearReturn.objects.get(pk=freeze_return(HALF, by=manager).pk)  # as the database keeps it
    assert csv_of(frozen.tables, revision=1) == bytes(frozen.csv)
    assert xml_of(frozen.tables, current_mapping()) == bytes(frozen.xml)
    made = pdf_of(frozen.tables, revision=1, on=date(2026, 7, 20), checksum=frozen.checksum)
    assert made == bytes(frozen.pdf)
    assert made.startswith(b"%PDF")


@pytest.mark.parametrize("change", [{"checksum": "0" * 64}, {"tables": {}}])
def test_the_database_refuses_to_change_a_frozen_return(manager, change):
    freeze_return(HALF, by=manager)
    with pytest.raises(InternalError), transaction.atomic():
        HalfYearReturn.objects.update(**change)


def test_a_row_that_somebody_added_past_the_commands_is_found(manager):
    classified()
    frozen = freeze_return(HALF, by=manager)
    row = frozen.rows.get()
    row.pk, row.sequence = None, 9_999
    row.save(force_insert=True)
    assert len(faults_of(frozen)) == 2


# --- Corrections ------------------------------------------------------------------------------------------------------
def test_later_corrections_are_listed_apart(clock, manager, officer):
    moved = classified(received_on=date(2026, 1, 11))
    cancelled, other = classified(), classified()
    frozen = freeze_return(HALF, by=manager)
    clock.shift(86_400)
    correct_receipt(
        moved, received_on=date(2026, 1, 9), received_by_intermediary_on=None, reason="Timbro postale.", by=officer
    )
    cancel(cancelled, cause="mistake", reason="Era una richiesta.", by=officer)
    classify(other, by=officer, changes={"area": "commercial"})
    late = classified(registered_at=datetime(2026, 7, 21, tzinfo=UTC), received_on=date(2026, 6, 29))
    found = {each.number: (each.kind, each.changes) for each in corrections_of(frozen)}
    assert found == {
        moved.number: ("changed", (("received_on", date(2026, 1, 11), date(2026, 1, 9)),)),
        cancelled.number: ("removed", ()),
        other.number: ("changed", (("area", "settlement", "commercial"),)),
        late.number: ("added", ()),
    }


def test_an_answer_after_the_half_is_no_correction(clock, manager):
    complaint = classified()
    frozen = freeze_return(HALF, by=manager)
    Complaint.objects.filter(pk=complaint.pk).update(
        state="answered", answer="x", outcome="upheld", answered_at=datetime(2026, 7, 21, tzinfo=UTC)
    )
    assert corrections_of(frozen) == []


def test_a_revision_keeps_its_differences_and_leaves_the_first_alone(clock, manager, officer):
    complaint = classified()
    first = freeze_return(HALF, by=manager)
    classify(complaint, by=officer, changes={"area": "commercial"})
    second = revise_return(first, reason="Area errata.", by=manager)
    assert (second.revision, second.reason) == (2, "Area errata.")
    assert second.differences == [
        {
            "kind": "changed",
            "complaint": complaint.pk,
            "number": complaint.number,
            "changes": [["area", "settlement", "commercial"]],
        }
    ]
    assert (faults_of(first), faults_of(second)) == ([], [])
    assert second.checksum != first.checksum


@pytest.mark.parametrize(("reason", "code"), [(" ", "no_reason"), ("Così.", "nothing_changed")])
def test_a_revision_needs_a_reason_and_a_difference(manager, reason, code):
    frozen = freeze_return(HALF, by=manager)
    with pytest.raises(Refused) as refused:
        revise_return(frozen, reason=reason, by=manager)
    assert refused.value.code == code


def test_only_the_newest_revision_is_revised(manager, officer):
    complaint = classified()
    first = freeze_return(HALF, by=manager)
    classify(complaint, by=officer, changes={"area": "commercial"})
    revise_return(first, reason="Area errata.", by=manager)
    with pytest.raises(Refused) as refused:
        revise_return(first, reason="Di nuovo.", by=manager)
    assert refused.value.code == "not_the_newest"


# --- Files ------------------------------------------------------------------------------------------------------------
def test_csv_and_spreadsheet_have_every_number(manager):
    classified()
    frozen = freeze_return(HALF, by=manager)
    lines = bytes(frozen.csv).decode().splitlines()
    assert "2026H1,1,whole,,,received,1" in lines
    assert "2026H1,1,area,liquidativa,liquidativa,received,1" in lines
    book = load_workbook(io.BytesIO(bytes(frozen.xlsx)))
    assert book.sheetnames[:3] == ["whole", "business", "ramo"]
    assert [cell.value for cell in book["whole"][2]][:4] == ["2026H1", None, 0, 1]


def test_xml_writes_zero_and_marks_what_is_not_done(manager):
    BranchFigureFactory(year=2026, ramo="12", is_carried_on=False, premium=None, contracts=None)
    root = ElementTree.fromstring(bytes(freeze_return(HALF, by=manager).xml))  # noqa: S314 - our own file
    assert (root.tag, root.get("semestre"), root.get("al")) == ("reclami", "2026H1", "2026-06-30")
    branches = {line.get("codice"): line for line in root.find("tabella[@nome='ramo']")}
    assert branches["12"].get("non_esercitato") == "si"
    assert list(branches["12"]) == []
    assert branches["13"].find("valore[@voce='pervenuti']").text == "0"


def test_the_mapping_is_replaced_by_a_setting(settings, tmp_path, manager):
    other = tmp_path / "ivass.toml"
    other.write_text(OURS.read_text().replace('root = "reclami"', 'root = "REI"'))
    settings.COMPLAINTS_RETURN_MAPPING = str(other)
    assert bytes(freeze_return(HALF, by=manager).xml).count(b"<REI ") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("root = 'reclami", "TOML"),
        ("root = '1 2'", "root"),
        (OURS.read_text().replace('received = "pervenuti"', "received = 3"), "measures"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_what_is_wrong(tmp_path, text, words):
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(Refused, match=words):
        read_mapping(path)
    with pytest.raises(Refused, match=r"missing\.toml"):
        read_mapping(tmp_path / "missing.toml")


# --- The command ------------------------------------------------------------------------------------------------------
def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("complaints_return", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
        code = error.returncode
    return code, out.getvalue(), err.getvalue()


def test_the_command_freezes_prints_and_writes_the_files(tmp_path, manager):
    classified()
    code, out, _err = run("--half", "2026H1", "--by", manager.email, "--output", str(tmp_path))
    frozen = HalfYearReturn.objects.get()
    assert code == 0
    assert frozen.checksum in out
    assert frozen.by == manager
    assert (tmp_path / "reclami-2026H1-r1.pdf").read_bytes() == bytes(frozen.pdf)
    code, out, _err = run("--half", "2026H1")
    assert (code, HalfYearReturn.objects.count()) == (0, 1)
    assert "frozen already" in out
    assert run("--half", "2026H1", "--check")[0] == 0


def test_the_command_lists_what_blocks_with_exit_code_one():
    complaint = classified(area="", distribution="")
    for more in ((), ("--draft",)):
        code, _out, err = run("--half", "2026H1", *more)
        assert code == 1
        assert f"{complaint.number}: area, distribution" in err
    assert not HalfYearReturn.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--half", "2026H2"), "2026"),
        (("--half", "26"), "2026H1"),
        (("--half", "2026H1", "--by", "nessuno@example.org"), "nobody"),
        (("--half", "2026H1", "--revise", "perché"), "never frozen"),
        (("--half", "2026H1", "--check"), "never frozen"),
    ],
)
def test_the_command_refuses_with_exit_code_two(arguments, words):
    code, _out, err = run(*arguments)
    assert code == 2
    assert words in err


def test_the_draft_keeps_nothing():
    classified()
    code, out, _err = run("--half", "2026H2", "--draft")
    assert code == 0
    assert "open_at_start: 1" in out
    assert not HalfYearReturn.objects.exists()


def test_the_register_of_a_half_is_read_in_one_query(django_assert_num_queries):
    for _turn in range(3):
        classified(answered=True)
    with django_assert_num_queries(1):
        assert len(entries_now(HALF)) == 3


# --- The statement ----------------------------------------------------------------------------------------------------
def test_a_statement_needs_both_returns_and_is_published_once(clock, manager):
    classified()
    freeze_return(HALF, by=manager)
    with pytest.raises(Refused, match="2026H2"):
        publish_statement(2026, by=manager)
    clock.move_to(datetime(2027, 1, 10, 9, tzinfo=UTC))
    freeze_return(Half(2026, 2), by=manager)
    publish_statement(2026, by=manager)
    with pytest.raises(Refused) as refused:
        publish_statement(2026, by=manager)
    assert (refused.value.code, PublicStatement.objects.count()) == ("published_already", 1)
