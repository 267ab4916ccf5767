"""The register as the database keeps it: the answer's last day, and that nothing in it is lost."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.apps import apps

from complaints.models import Complaint, ComplaintEvent, ComplaintLetter, RegisterYear, Suspension
from complaints.tests.factories import (
    ComplaintEventFactory,
    ComplaintFactory,
    ComplaintLetterFactory,
    RegisterYearFactory,
    SuspensionFactory,
)
from foundation.tests.database import refused_by_trigger

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("received_on", "by_intermediary_on", "suspended_days", "due_on"),
    [
        (date(2026, 1, 10), None, 0, date(2026, 2, 24)),
        (date(2026, 2, 1), None, 0, date(2026, 3, 18)),
        (date(2026, 7, 20), None, 0, date(2026, 9, 3)),
        (date(2024, 1, 16), None, 0, date(2024, 3, 1)),
        (date(2026, 1, 10), None, 15, date(2026, 3, 11)),
        (date(2026, 1, 20), date(2026, 1, 10), 0, date(2026, 2, 24)),  # the intermediary had it first
        (date(2026, 1, 10), date(2026, 1, 20), 0, date(2026, 2, 24)),
        (date(2026, 1, 20), date(2026, 1, 10), 15, date(2026, 3, 11)),
    ],
)
def test_the_answer_is_due_45_days_from_the_earlier_receipt(received_on, by_intermediary_on, suspended_days, due_on):
    complaint = ComplaintFactory(
        received_on=received_on, received_by_intermediary_on=by_intermediary_on, suspended_days=suspended_days
    )
    complaint.refresh_from_db()
    assert complaint.due_on == due_on


def test_the_last_day_moves_with_the_suspension():
    complaint = ComplaintFactory(received_on=date(2026, 1, 10))
    Complaint.objects.filter(pk=complaint.pk).update(suspended_days=5)
    assert Complaint.objects.get().due_on == date(2026, 3, 1)


def test_what_is_due_by_a_day_is_found_while_it_is_open():
    due = ComplaintFactory(received_on=date(2026, 1, 10))
    ComplaintFactory(received_on=date(2026, 1, 11))
    ComplaintFactory(received_on=date(2026, 1, 1), answered=True)
    assert list(Complaint.objects.open().due_by(date(2026, 2, 24))) == [due]


@pytest.mark.parametrize(
    ("factory", "model"),
    [
        (ComplaintFactory, Complaint),
        (SuspensionFactory, Suspension),
        (ComplaintEventFactory, ComplaintEvent),
        (ComplaintLetterFactory, ComplaintLetter),
        (RegisterYearFactory, RegisterYear),
    ],
)
def test_nothing_in_the_register_is_deleted(factory, model):
    row = factory()
    with refused_by_trigger():
        model.objects.filter(pk=row.pk)._raw_delete("default")
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("factory", "changed"),
    [
        (ComplaintEventFactory, {"details": {"by": "nobody"}}),
        (ComplaintLetterFactory, {"pdf": b"%PDF-other"}),
        (ComplaintLetterFactory, {"paragraphs": []}),
        (SuspensionFactory, {"ended_on": date(2026, 1, 26)}),
        (SuspensionFactory, {"reason": "Altro."}),
        (partial(SuspensionFactory, ended_on=None), {"started_on": date(2026, 1, 1)}),
        (partial(RegisterYearFactory, last_number=7), {"last_number": 6}),
        (partial(RegisterYearFactory, last_number=7), {"year": 2027}),
        (ComplaintFactory, {"sequence": 99_999}),
        (ComplaintFactory, {"registered_at": datetime(2020, 1, 1, tzinfo=UTC)}),
    ],
)
def test_what_was_written_is_not_rewritten(factory, changed):
    row = factory()
    with refused_by_trigger():
        type(row).objects.filter(pk=row.pk).update(**changed)


def test_what_must_go_on_goes_on():
    year = RegisterYearFactory(last_number=7)
    suspension = SuspensionFactory(ended_on=None)
    RegisterYear.objects.filter(pk=year.pk).update(last_number=8)
    Suspension.objects.filter(pk=suspension.pk).update(ended_on=date(2026, 1, 26))


def test_the_complaint_itself_and_the_rules_keep_a_history():
    models = apps.get_app_config("complaints").get_models()
    kept = {model.__name__ for model in models if hasattr(model, "history")}
    assert kept == {
        "ApprovalRule",
        "BranchFigure",
        "CauseAction",
        "ChecklistItem",
        "Code",
        "Complaint",
        "FeedbackTheme",
        "HintPhrase",
        "Intermediary",
        "IntermediaryRule",
        "LegalFigure",
        "MarketFigure",
        "Representation",
        "TermStop",
    }
    complaint = ComplaintFactory(subject="one")
    Complaint.objects.filter(pk=complaint.pk).update(subject="two", suspended_days=3)
    assert (complaint.history.get().subject, complaint.history.get().suspended_days) == ("one", 0)


def test_a_complaint_is_quoted_by_number():
    assert str(ComplaintFactory(sequence=17)) == "2026/17"
