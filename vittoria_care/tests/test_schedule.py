"""Every entry of the timetable names a task that exists."""

import importlib

import pytest

from vittoria_care.schedule import SCHEDULE


@pytest.mark.parametrize("name", SCHEDULE)
def test_a_periodic_task_exists_and_is_registered_under_its_name(name):
    module, _dot, function = SCHEDULE[name]["task"].rpartition(".")
    assert getattr(importlib.import_module(module), function).name == SCHEDULE[name]["task"]
