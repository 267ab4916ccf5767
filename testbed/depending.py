"""`pytest --depends-on-servers`: of the tests that are collected, those that another PostgreSQL or Redis could answer differently.

Another server can differ in what SQL of ours, locks, transactions, plans and Redis do. A test is kept that has transactions of
its own, or in which one of DEPENDING stands: in itself, in its fixtures, or in a function of the tests that they lead to.
"""

import inspect
import re
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

OPTION = "--depends-on-servers"
DEPENDING = re.compile(r"cursor\(|transactional_db|transaction=True|redis|explain\(|\.raw\(", re.IGNORECASE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        OPTION, action="store_true", help="only what another PostgreSQL or Redis could answer differently"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other tests, where that is asked for."""
    if not config.getoption(OPTION):
        return
    left_out = [item for item in items if not _depends(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _depends(item: pytest.Item) -> bool:
    if any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db")):
        return True
    if "transactional_db" in getattr(item, "fixturenames", ()):
        return True
    found: dict[FunctionType | type, bool] = {}
    return any(_leads_to_servers(function, found) for function in _functions_of(item))


def _functions_of(item: pytest.Item) -> Iterator[FunctionType]:
    """The test and its fixtures, as far as they are of the tests."""
    yield inspect.unwrap(item.function)  # type: ignore[attr-defined]  # of the functions that pytest collects
    fixtures = getattr(item, "_fixtureinfo", None)
    for definitions in fixtures.name2fixturedefs.values() if fixtures else ():
        function = inspect.unwrap(definitions[-1].func)
        if isinstance(function, FunctionType) and ".tests." in f"{function.__module__}.":
            yield function


def _leads_to_servers(one: FunctionType | type, found: dict[FunctionType | type, bool]) -> bool:
    """Whether DEPENDING stands in the function or class, or in one of the tests that the function names."""
    if one not in found:
        found[one] = False  # while it is being looked at: functions may name one another
        found[one] = bool(DEPENDING.search(inspect.getsource(one))) or any(
            _leads_to_servers(named, found) for named in _named(one)
        )
    return found[one]


def _named(one: FunctionType | type) -> Iterator[FunctionType | type]:
    if isinstance(one, type):
        return
    for name in _names(one.__code__):
        value: Any = one.__globals__.get(name)
        value = inspect.unwrap(value) if isinstance(value, FunctionType) else value
        if isinstance(value, FunctionType | type) and ".tests." in value.__module__:
            yield value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
