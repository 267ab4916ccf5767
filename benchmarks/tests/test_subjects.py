"""The subjects that run in one process work: at a small scale, each thing once."""

from importlib import import_module

import pytest

from benchmarks.measure import Scale, median_seconds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "name",
    [
        "lookups",
        "find",
        "one_person",
        "queue",
        "public_form",
        "portal",
        "payments",
        "claim_reports",
        "alerts",
        "watching",
    ],
)
def test_a_subject_measures_what_it_says(name, settings, monkeypatch):
    settings.ROOT_URLCONF, settings.STAFF_SECOND_FACTOR = "benchmarks.urls", "optional"
    subject = import_module(f"benchmarks.{name}")
    monkeypatch.setattr(
        subject, "median_seconds", lambda *actions, **given: median_seconds(*actions, runs=1, warm_up=0), raising=False
    )
    monkeypatch.setattr(subject, "SIGNED_IN", 10, raising=False)
    rows = list(subject.measure(Scale(calls=300, customers=1_000)))
    assert len(rows) >= 3
    # Queries, tables read whole, requests kept: the same at any scale.
    assert [(row.name, row.value) for row in rows if row.unit == "" and not row.ok] == []
