"""Appeals to the Arbiter: the terms with their stops, the counter-arguments on the portal, decision, compliance, publication."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from complaints.arbitrator.commands import (
    ask_completion,
    assign_appeal,
    cancel_appeal,
    correct_appeal,
    extend_decision,
    make_counter_arguments,
    record_complete_file,
    record_compliance,
    record_decision,
    register_appeal,
    save_draft,
)
from complaints.arbitrator.queries import hints_for
from complaints.models import ArbitratorAppeal, LegalFigure
from complaints.procedures.alerts import warn_of_procedures
from complaints.procedures.sending import record_handing
from complaints.tests.factories import ArbitratorAppealFactory, ComplaintFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
GIVEN = {
    "number": "AAS-2026-00017",
    "kind": "non_life",
    "asked": "Il rimborso.",
    "value": Decimal("1200.00"),
    "facts_on": date(2025, 11, 3),
    "filed_on": date(2026, 6, 15),
    "notified_on": date(2026, 6, 22),
}


@pytest.fixture(autouse=True)
def _july(clock):
    clock.move_to(datetime(2026, 7, 6, 8, tzinfo=UTC))
    return clock


def register(officer, **changes):
    return register_appeal(ComplaintFactory(answered=True), **(GIVEN | changes), by=officer)


def decided(officer, **changes):
    given = {
        "decision": "upheld",
        "decided_on": date(2026, 7, 1),
        "amount": Decimal("800.00"),
        "comply_by": date(2026, 7, 31),
    }
    return record_decision(register(officer), **(given | changes), by=officer)


def refusal_of(command, *arguments, **named) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        command(*arguments, **named)
    return refusal.value.code


# --- Terms ----------------------------------------------------------------------------------------------------------
def test_the_forty_days_run_from_the_complete_file_and_leave_august_out(officer):
    appeal = record_complete_file(register(officer), complete_on=date(2026, 7, 1), by=officer)
    assert (appeal.state, appeal.counter_due_on, appeal.due_on) == ("preparing", date(2026, 9, 10), date(2026, 9, 10))


def test_an_appeal_that_comes_with_a_complete_file_runs_at_once(officer):
    appeal = register(officer, complete_on=date(2026, 6, 22))
    assert (appeal.state, appeal.counter_due_on) == ("preparing", date(2026, 9, 1))


def test_the_applicant_has_ten_days_to_complete_the_file_and_ours_do_not_run(officer):
    appeal = ask_completion(register(officer), asked_on=date(2026, 6, 24), by=officer)
    assert (appeal.state, appeal.completion_due_on, appeal.due_on) == ("incomplete", date(2026, 7, 4), None)
    assert record_complete_file(appeal, complete_on=date(2026, 7, 3), by=officer).state == "preparing"


def test_the_decision_counts_from_the_filing_until_the_number_says_otherwise(officer):
    assert register(officer).decision_due_on == date(2027, 1, 27)
    LegalFigure.objects.create(
        kind="decision",
        amount=90,
        has_stops=True,
        counts_from="complete_file",
        valid_from=date(2026, 6, 1),
        source="Gazzetta",
    )
    other = register(officer, number="2")
    assert other.decision_due_on is None
    assert record_complete_file(other, complete_on=date(2026, 7, 1), by=officer).decision_due_on == date(2026, 10, 30)


def test_the_decision_is_extended_once(officer):
    appeal = extend_decision(register(officer), extended_on=date(2026, 7, 2), by=officer)
    assert appeal.decision_due_on == date(2027, 4, 27)
    assert refusal_of(extend_decision, appeal, extended_on=date(2026, 7, 2), by=officer) == "extended_already"


def test_a_corrected_day_works_the_terms_out_again(officer):
    appeal = register(officer, complete_on=date(2026, 7, 1))
    changes = {"complete_on": date(2026, 6, 20), "value": Decimal("30000.00")}
    corrected = correct_appeal(appeal, changes=changes, reason="Comunicazione della segreteria.", by=officer)
    assert (corrected.counter_due_on, corrected.value) == (date(2026, 7, 30), Decimal("30000.00"))
    assert refusal_of(correct_appeal, corrected, changes=changes, reason="Di nuovo.", by=officer) == "unchanged"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": ""}, "no_number"),
        ({"asked": " "}, "nothing_asked"),
        ({"filed_on": date(2026, 7, 7)}, "in_the_future"),
        ({"notified_on": date(2026, 6, 14)}, "before_filing"),
        ({"complete_on": date(2026, 6, 14)}, "before_filing"),
    ],
)
def test_an_appeal_without_what_it_needs_is_refused(officer, changes, code):
    assert refusal_of(register, officer, **changes) == code
    assert not ArbitratorAppeal.objects.exists()


def test_the_same_number_is_refused_unless_the_first_was_a_mistake(officer):
    first = register(officer)
    assert refusal_of(register, officer) == "known_already"
    cancel_appeal(first, reason="Altro reclamo.", by=officer)
    assert register(officer).state == "received"


# --- Admissibility --------------------------------------------------------------------------------------------------
def test_the_hints_are_those_of_the_kind_and_of_the_day_of_filing():
    appeal = ArbitratorAppealFactory(kind="injured", value=Decimal("2500.01"))
    verdicts = {hint.code: hint.verdict.value for hint in hints_for(appeal)}
    assert verdicts == {"after_complaint": "met", "complaint_age": "met", "facts_age": "met", "value": "not_met"}
    appeal.kind = "life"
    assert {hint.verdict.value for hint in hints_for(appeal)} == {"met"}


# --- Counter-arguments ----------------------------------------------------------------------------------------------
def test_counter_arguments_have_gone_once_the_receipt_of_the_portal_is_entered(officer):
    appeal = register(officer, complete_on=date(2026, 7, 1))
    save_draft(appeal, draft="Si chiede", by=officer)
    appeal = make_counter_arguments(appeal, text="Si chiede il rigetto.", by=officer)
    assert (appeal.state, appeal.draft, appeal.due_on) == ("waiting", "", date(2026, 9, 10))
    assert bytes(appeal.letter.pdf).startswith(b"%PDF")
    assert refusal_of(record_handing, appeal, sent_on=date(2026, 7, 6), by=officer) == "no_proof"
    record_handing(appeal, sent_on=date(2026, 7, 6), tracking="RIC-77", by=officer)
    appeal.refresh_from_db()
    assert (appeal.sent_on, appeal.due_on, appeal.letter.tracking) == (date(2026, 7, 6), None, "RIC-77")


def test_counter_arguments_wait_for_the_complete_file(officer):
    assert refusal_of(make_counter_arguments, register(officer), text="No.", by=officer) == "wrong_state"


def test_a_term_of_ours_is_warned_of_and_the_handler_first(officer):
    appeal = assign_appeal(register(officer, complete_on=date(2026, 7, 1)), handler=officer, by=officer)
    assert [warn_of_procedures(appeal.due_on - timedelta(days=7)) for _twice in range(2)] == [1, 0]
    assert Notice.objects.get(kind="arbiter-term").once == f"arbiter-rung:{appeal.pk}:7:2026-09-10"


# --- Decision and compliance ----------------------------------------------------------------------------------------
def test_an_upheld_appeal_is_due_by_the_day_of_compliance(officer):
    appeal = decided(officer)
    assert (appeal.state, appeal.due_on, appeal.amount) == ("decided", date(2026, 7, 31), Decimal("800.00"))
    done = record_compliance(appeal, compliance="full", complied_on=date(2026, 7, 5), by=officer)
    assert (done.due_on, done.published_on) == (None, None)
    assert refusal_of(record_compliance, done, compliance="none", by=officer) == "complied_already"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"decision": ""}, "no_decision"),
        ({"comply_by": None}, "no_compliance_day"),
        ({"decision": "rejected"}, "nothing_to_comply"),
        ({"decided_on": date(2026, 7, 7)}, "not_that_day"),
        ({"decided_on": date(2026, 6, 14)}, "not_that_day"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(officer, changes, code):
    assert refusal_of(decided, officer, **changes) == code


@pytest.mark.parametrize("decision", ["rejected", "inadmissible", "withdrawn", "settled"])
def test_what_asks_nothing_of_us_leaves_no_term(officer, decision):
    appeal = decided(officer, decision=decision, amount=None, comply_by=None)
    assert (appeal.decision, appeal.due_on) == (decision, None)
    assert refusal_of(record_compliance, appeal, compliance="none", by=officer) == "nothing_to_comply"


def test_a_decision_is_fixed(officer):
    appeal = decided(officer)
    for change in ({"decision": "rejected"}, {"amount": 1}, {"state": "waiting"}):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            ArbitratorAppeal.objects.filter(pk=appeal.pk).update(**change)


def test_a_decision_that_is_not_complied_with_stands_six_months_on_our_site(officer, clock, client):
    appeal = record_compliance(decided(officer), compliance="none", published_on=date(2026, 7, 6), by=officer)
    assert (appeal.published_by_us_until, appeal.published_by_arbiter_until) == (date(2027, 1, 5), date(2031, 7, 5))
    address = reverse("unfulfilled_decisions")
    assert appeal.number in client.get(address).content.decode()
    clock.move_to(datetime(2027, 1, 5, 22, tzinfo=UTC))
    assert appeal.number in client.get(address).content.decode()
    clock.move_to(datetime(2027, 1, 6, 8, tzinfo=UTC))
    assert appeal.number not in client.get(address).content.decode()


def test_complying_later_does_not_end_the_publication_and_the_page_says_it(officer, client):
    appeal = record_compliance(decided(officer), compliance="none", published_on=date(2026, 7, 5), by=officer)
    record_compliance(appeal, compliance="full", complied_on=date(2026, 7, 6), by=officer)
    page = client.get(reverse("unfulfilled_decisions")).content.decode()
    assert (appeal.number in page, "06/07/2026" in page) == (True, True)


def test_the_public_page_names_nobody(officer, client):
    appeal = record_compliance(decided(officer), compliance="none", published_on=date(2026, 7, 5), by=officer)
    page = client.get(reverse("unfulfilled_decisions")).content.decode()
    assert (appeal.complaint.complainant_name in page, appeal.asked in page) == (False, False)


def test_the_public_page_costs_the_same_at_one_decision_and_at_three(officer, client, django_assert_num_queries):
    def publish(number):
        made = record_decision(
            register(officer, number=number),
            decision="upheld",
            decided_on=date(2026, 7, 1),
            comply_by=date(2026, 7, 2),
            by=officer,
        )
        record_compliance(made, compliance="none", published_on=date(2026, 7, 5), by=officer)

    publish("1")
    address = reverse("unfulfilled_decisions")
    client.get(address)
    with django_assert_num_queries(2):
        client.get(address)
    publish("2")
    publish("3")
    with django_assert_num_queries(2):
        client.get(address)
