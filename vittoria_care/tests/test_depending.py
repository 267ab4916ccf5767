"""Which tests another PostgreSQL or Redis could answer differently (testbed/depending.py)."""

from types import FunctionType

import pytest
from django.db import connection

from testbed.depending import _depends


class Plan:
    """A helper of tests that asks the server."""

    def read(self) -> None:
        with connection.cursor():
            pass


def asks():
    Plan().read()


def leads_there():
    return [asks() for _each in range(2)]


def asks_nothing():
    return goes_round()


def goes_round():
    return asks_nothing()


@pytest.mark.django_db(transaction=True)
def has_transactions_of_its_own():
    return None


@pytest.mark.parametrize(
    ("function", "kept"),
    [
        (asks, True),
        (leads_there, True),
        (has_transactions_of_its_own, True),
        (asks_nothing, False),
    ],
)
def test_a_test_is_kept_that_leads_to_the_server(request: pytest.FixtureRequest, function: FunctionType, kept: bool):
    item = pytest.Function.from_parent(request.node.parent, name=function.__name__, callobj=function)
    item.own_markers += getattr(function, "pytestmark", [])
    assert _depends(item) is kept
