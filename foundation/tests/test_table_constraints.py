"""What the database refuses to hold in the tables of `foundation`, each refusal beside a row that it takes."""

from datetime import UTC, datetime

import pytest
from django.apps import apps

from foundation.tests import factories as make
from foundation.tests.database import constraint_names, refused_by

pytestmark = pytest.mark.django_db

# constraint, factory, the fields that are taken, the fields that are refused
CASES = [
    ("removal_names_its_rule", make.RetentionProofFactory, {"rule": "asked"}, {"rule": ""}),
    ("removal_names_its_table", make.RetentionProofFactory, {"table": "customers_consent"}, {"table": ""}),
    ("period_has_days", make.RetentionPeriodFactory, {"days": 1}, {"days": 0}),
    ("period_changed_says_why", make.RetentionPeriodFactory, {"reason": "1"}, {"reason": ""}),
    (
        "retention_ends_after_it_begins",
        make.RetentionRunFactory,
        {"ended_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"ended_at": datetime(2000, 1, 1, tzinfo=UTC)},
    ),
    ("file_to_remove_has_a_name", make.FileToRemoveFactory, {"name": "1"}, {"name": ""}),
    ("api_key_is_named", make.ApiKeyFactory, {"name": "1"}, {"name": ""}),
    ("api_key_is_named", make.ApiKeyFactory, {"source": "1"}, {"source": ""}),
    ("api_key_prefix_shape", make.ApiKeyFactory, {"prefix": "0a1b2c3d"}, {"prefix": "0A1B2C3D"}),
    ("api_key_digest_shape", make.ApiKeyFactory, {"digest": "f" * 64}, {"digest": "the secret itself"}),
    ("api_key_scopes_are_known", make.ApiKeyFactory, {"scopes": ["figures:read"]}, {"scopes": ["everything"]}),
    ("api_key_scopes_are_known", make.ApiKeyFactory, {}, {"scopes": []}),
    (
        "api_key_expires_after_it_begins",
        make.ApiKeyFactory,
        {"expires_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"expires_at": datetime(2000, 1, 1, tzinfo=UTC)},
    ),
    ("heartbeat_has_a_name", make.HeartbeatFactory, {"name": "beat"}, {"name": ""}),
    ("answer_kept_has_a_key", make.IdempotencyRecordFactory, {"key": "1"}, {"key": ""}),
]
# constraint, factory, the fields that repeat the first row, the fields of another row
UNIQUE = [
    (
        "one_answer_per_key",
        make.IdempotencyRecordFactory,
        lambda first: {"key": first.key},
        lambda first: {"key": first.key, "principal": "user:1"},
    ),
    (
        "one_api_key_in_force_per_name",
        make.ApiKeyFactory,
        lambda first: {"name": first.name},
        lambda first: {"name": first.name, "revoked_at": datetime(2026, 5, 4, tzinfo=UTC)},
    ),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, factory, good, bad):
    factory(**good)
    with refused_by(name):
        factory(**bad)


@pytest.mark.parametrize(("name", "factory", "again", "other"), UNIQUE, ids=[case[0] for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, factory, again, other):
    first = factory()
    factory(**other(first))
    with refused_by(name):
        factory(**again(first))


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("foundation").get_models() if not hasattr(model, "pgh_obj")]
    assert {case[0] for case in CASES} | {case[0] for case in UNIQUE} == constraint_names(*models)


def test_a_key_keeps_its_history():
    kept = {model.__name__ for model in apps.get_app_config("foundation").get_models() if hasattr(model, "history")}
    assert kept == {"ApiKey"}
