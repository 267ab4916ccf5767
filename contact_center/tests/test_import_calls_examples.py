"""The worked examples of docs/formats/calls.md do what the page says."""

from pathlib import Path

import pytest
from django.core.management import call_command

from contact_center.models import Call, Contact

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
pytestmark = pytest.mark.django_db


def load(name, form, map_name):
    call_command("import_calls", str(EXAMPLES / name), format=form, map=str(EXAMPLES / map_name), source="example")


def test_csv_example():
    load("calls.csv", "csv", "calls-map.toml")
    calls = Call.objects.order_by("external_id")
    assert list(calls.values_list("line__code", "disposition", "wait_seconds", "talk_seconds", "caller")) == [
        ("customers", "answered", 12, 220, "+390248219001"),
        ("claims", "answered", 35, 422, ""),
        ("campers", "abandoned", 48, 0, "+393331234567"),
    ]
    assert list(Contact.objects.order_by("id").values_list("level", "first_level")) == [(1, True), (2, False)]


def test_queue_log_example():
    load("queue.log", "asterisk-queue-log", "queue-map.toml")
    answered, abandoned = Call.objects.order_by("external_id")
    assert (answered.agent.code, answered.talk_seconds, answered.transferred, answered.contact.level) == (
        "marta",
        220,
        True,
        2,
    )
    assert (abandoned.line.code, abandoned.disposition, abandoned.wait_seconds) == ("claims", "abandoned", 48)
