"""Answers that a second person approves before they go out, as the rules say."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from complaints.approvals.commands import (
    add_rule,
    approve_answer,
    change_rule,
    send_answer_back,
    submit_answer,
    take_answer_back,
)
from complaints.approvals.rules import needs_approval
from complaints.models import AnswerApproval, ApprovalRule, Complaint, ComplaintEvent
from complaints.services import answer_complaint, classify
from complaints.tests.factories import AnswerApprovalFactory, ComplaintFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
State = AnswerApproval.State
REJECTED = {"outcome": "rejected", "answer": "Il conteggio è corretto.", "reasons": "Le condizioni lo prevedono."}


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def complaint(officer):
    """Of 12,000 euro: its rejection is read by a second person (the first rule)."""
    return ComplaintFactory(
        state="under_review", ramo="8", economic_value=Decimal("12000.00"), handler=officer, address="rossi@example.it"
    )


# --- The rule
@pytest.mark.parametrize(
    ("rule", "outcome", "area", "value", "is_asked"),
    [
        ({"outcome": "settled"}, "settled", "", None, True),
        ({"outcome": "settled"}, "upheld", "", None, False),
        ({"outcome": "settled", "area": "legal"}, "settled", "legal", None, True),
        ({"outcome": "settled", "area": "legal"}, "settled", "it", None, False),
        ({"outcome": "settled", "from_euro": 500}, "settled", "", None, False),
        ({"outcome": "settled", "from_euro": 500}, "settled", "", "499.99", False),
        ({"outcome": "settled", "from_euro": 500}, "settled", "", "500", True),
        ({"outcome": "settled", "valid_from": date(2026, 5, 5)}, "settled", "", None, False),
        ({"outcome": "settled", "valid_to": date(2026, 5, 4)}, "settled", "", None, True),
        ({"outcome": "settled", "valid_to": date(2026, 5, 3)}, "settled", "", None, False),
    ],
)
def test_a_rule_asks_for_a_second_person(officer, rule, outcome, area, value, is_asked):
    add_rule(by=officer, **rule)
    complaint = ComplaintFactory(area=area, economic_value=value and Decimal(value))
    assert needs_approval(complaint, outcome=outcome, on=date(2026, 5, 4)) is is_asked


def test_a_rule_that_ends_holds_no_more(officer):
    rule = ApprovalRule.objects.get()
    change_rule(rule, by=officer, changes={"valid_to": date(2026, 5, 3)})
    assert not needs_approval(ComplaintFactory(economic_value=99_999), outcome="rejected", on=date(2026, 5, 4))


# --- From the writer to the second person
def test_an_answer_that_a_second_person_reads_does_not_go_out_by_itself(complaint, officer):
    with pytest.raises(Refused) as refused:
        answer_complaint(complaint, **REJECTED, by=officer)
    assert refused.value.code == "needs_approval"


def test_a_submitted_answer_informs_whoever_may_approve_and_nobody_else(complaint, officer, manager):
    submit_answer(complaint, **REJECTED, by=officer)
    notices = Notice.objects.filter(kind="complaint-to-approve")
    assert [notice.user for notice in notices] == [manager]
    complaint.refresh_from_db()
    assert complaint.state == Complaint.State.UNDER_REVIEW


def test_an_approved_answer_goes_out_signed_by_its_writer(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    answered = approve_answer(submitted, by=manager)
    submitted.refresh_from_db()
    kinds = list(answered.events.order_by("pk").values_list("kind", "by"))
    assert (answered.state, answered.letter.by) == (Complaint.State.ANSWERED, officer)
    assert (submitted.state, submitted.decided_by) == (State.APPROVED, manager)
    assert kinds == [("submitted", officer.pk), ("approved", manager.pk), ("answered", officer.pk)]


def test_an_answer_that_is_sent_back_informs_its_writer_who_writes_another(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    send_answer_back(submitted, remark=" Manca l'articolo. ", by=manager)
    notice = Notice.objects.get(kind="complaint-sent-back")
    assert (notice.user, "Manca l’articolo." in notice.body_text or "Manca l'articolo." in notice.body_text) == (
        officer,
        True,
    )
    assert submit_answer(complaint, **REJECTED, by=officer).pk != submitted.pk


def test_the_writer_takes_an_answer_back(complaint, officer, manager):
    submitted = take_answer_back(submit_answer(complaint, **REJECTED, by=officer), by=officer)
    assert (submitted.state, submitted.decided_by) == (State.TAKEN_BACK, officer)
    assert complaint.events.filter(kind=ComplaintEvent.Kind.SENT_BACK, by=officer).exists()


# --- What is refused
def test_nobody_approves_what_they_wrote(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    with pytest.raises(Refused) as refused:
        approve_answer(submitted, by=officer)
    assert refused.value.code == "own_answer"


def test_an_answer_is_decided_once(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    send_answer_back(submitted, remark="No.", by=manager)
    with pytest.raises(Refused) as refused:
        approve_answer(submitted, by=manager)
    assert refused.value.code == "decided_already"


def test_only_one_answer_waits(complaint, officer, manager):
    submit_answer(complaint, **REJECTED, by=officer)
    with pytest.raises(Refused) as refused:
        submit_answer(complaint, **REJECTED, by=officer)
    assert refused.value.code == "waits_already"


def test_an_answer_is_submitted_only_where_somebody_else_may_approve(complaint, officer):
    with pytest.raises(Refused) as refused:
        submit_answer(complaint, **REJECTED, by=officer)
    assert refused.value.code == "no_approver"


def test_what_the_letter_lacks_by_now_refuses_the_approval_and_leaves_it_waiting(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    classify(complaint, by=officer, changes={"ramo": ""})
    with pytest.raises(Refused) as refused:
        approve_answer(submitted, by=manager)
    submitted.refresh_from_db()
    assert (refused.value.code, submitted.state) == ("not_classified", State.WAITING)


def test_another_person_than_the_writer_takes_nothing_back(complaint, officer, manager):
    submitted = submit_answer(complaint, **REJECTED, by=officer)
    with pytest.raises(Refused) as refused:
        take_answer_back(submitted, by=manager)
    assert refused.value.code == "not_the_writer"


# --- On the pages
def test_the_answer_page_submits_and_the_list_shows_it_to_whoever_may_approve(client, complaint, officer, manager):
    client.force_login(officer)
    page = reverse("admin:complaints_complaint_command", args=[complaint.pk, "rispondi"])
    client.post(page, {**REJECTED, "seen_version": complaint.version})
    assert complaint.approvals.waiting().count() == 1
    client.force_login(manager)
    listed = client.get(reverse("admin:complaints_complaint_changelist"), {"work": "approve"})
    assert list(listed.context["cl"].result_list) == [complaint]


def test_a_manager_approves_on_the_complaint_s_page(client, manager):
    submitted = AnswerApprovalFactory()
    client.force_login(manager)
    page = reverse("admin:complaints_complaint_command", args=[submitted.complaint_id, "approva"])
    assert submitted.answer in client.get(page).content.decode()
    client.post(page, {"seen_version": submitted.complaint.version})
    submitted.refresh_from_db()
    assert submitted.state == State.APPROVED
