"""What the tests of the contact centre share."""

import pytest

from contact_center.calls import lines
from contact_center.tests.factories import TollFreeLineFactory


@pytest.fixture(autouse=True)
def _no_lines_remembered(monkeypatch):
    """Each test has lines of its own; a process in use has the same for years."""
    monkeypatch.setattr(lines, "_remembered", None)


@pytest.fixture
def three_lines(transactional_db):
    """The lines of every installation, which a test with real transactions does away with at its end."""
    known = lines.read_lines().by_code
    for number, code in enumerate(("customers", "claims", "campers")):
        if code not in known:
            TollFreeLineFactory(code=code, number=f"+3980000000{number}")
