"""What the tests of complaints share: the day is a Monday of May 2026, and somebody follows complaints."""

from datetime import UTC, datetime

import pytest
import time_machine

from customers import roles
from customers.tests.factories import UserFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)  # ten o'clock in Italy


@pytest.fixture
def clock():
    """Time stands still at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)
