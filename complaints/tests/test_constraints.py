"""What the database refuses to hold in the register, each refusal beside a row that it takes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from complaints.tests import factories as make
from contact_center.tests.factories import ContactFactory
from foundation.tests.database import constraint_names, refused_by

pytestmark = pytest.mark.django_db

# constraint, factory, the fields that are taken, the fields that are refused
CASES = [
    ("complaint_numbers_begin_at_one", make.ComplaintFactory, {"sequence": 1}, {"sequence": 0}),
    ("complaint_suspended_at_most_15_days", make.ComplaintFactory, {"suspended_days": 15}, {"suspended_days": 16}),
    ("complaint_state_is_known", make.ComplaintFactory, {"state": "withdrawn"}, {"state": "forgotten"}),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "answer": ""},
    ),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "outcome": ""},
    ),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "answered_at": None},
    ),
    ("complaint_outcome_only_when_answered", make.ComplaintFactory, {}, {"outcome": "upheld"}),
    (
        "complaint_outcome_is_known",
        make.ComplaintFactory,
        {"answered": True, "outcome": "settled"},
        {"answered": True, "outcome": "perhaps"},
    ),
    (
        "complaint_not_treatable_says_why",
        make.ComplaintFactory,
        {"treatable": False, "not_treatable_reason": "Già davanti al giudice."},
        {"treatable": False},
    ),
    (
        "complaint_value_not_negative",
        make.ComplaintFactory,
        {"economic_value": Decimal(0)},
        {"economic_value": Decimal("-0.01")},
    ),
    (
        "suspension_ends_after_it_starts",
        make.SuspensionFactory,
        {"started_on": date(2026, 1, 20), "ended_on": date(2026, 1, 20)},
        {"started_on": date(2026, 1, 20), "ended_on": date(2026, 1, 19)},
    ),
    ("suspension_has_a_reason", make.SuspensionFactory, {"reason": "1"}, {"reason": ""}),
    ("sending_has_its_notice", make.LetterSendingFactory, {"way": "post"}, {"way": "email"}),
    ("sending_has_its_notice", make.LetterSendingFactory, {"way": "post"}, {"way": "fax"}),
    ("added_file_has_a_name", make.AddedFileFactory, {"name": "a.pdf"}, {"name": ""}),
    ("added_file_is_not_empty", make.AddedFileFactory, {"size": 1}, {"size": 0}),
    ("letter_is_not_empty", make.ComplaintLetterFactory, {}, {"pdf": b""}),
    ("feedback_rating_range", make.FeedbackFactory, {"rating": 1}, {"rating": 0}),
    ("feedback_rating_range", make.FeedbackFactory, {"rating": 5}, {"rating": 6}),
    (
        "feedback_handled_after",
        make.FeedbackFactory,
        {"handled_at": timezone.now() + timedelta(days=1)},
        {"handled_at": timezone.now() - timedelta(days=1)},
    ),
]
UNIQUE = [
    (
        "complaint_number_once",
        make.ComplaintFactory,
        {},
        lambda first: {"year": first.year, "sequence": first.sequence},
        lambda first: {"year": make.RegisterYearFactory(year=2027), "sequence": first.sequence},
    ),
    (
        "one_complaint_per_contact",
        lambda **given: make.ComplaintFactory(**{"contact": ContactFactory(), **given}),
        {},
        lambda first: {"contact": first.contact},
        lambda first: {"contact": first.contact, "state": "cancelled"},
    ),
    (
        "one_open_suspension_per_complaint",
        make.SuspensionFactory,
        {"ended_on": None},
        lambda first: {"complaint": first.complaint, "ended_on": None},
        lambda first: {"complaint": first.complaint, "ended_on": date(2026, 2, 1)},
    ),
    (
        "feedback_once_per_source",
        make.FeedbackFactory,
        {"external_id": "1"},
        lambda first: {"external_id": first.external_id},
        lambda first: {"external_id": first.external_id, "source": "portal"},
    ),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, factory, good, bad):
    factory(**good)
    with refused_by(name):
        factory(**bad)


@pytest.mark.parametrize(("name", "factory", "given", "again", "other"), UNIQUE, ids=[case[0] for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, factory, given, again, other):
    first = factory(**given)
    factory(**other(first))
    with refused_by(name):
        factory(**again(first))


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("complaints").get_models() if not hasattr(model, "pgh_obj")]
    assert {case[0] for case in CASES} | {case[0] for case in UNIQUE} == constraint_names(*models)
