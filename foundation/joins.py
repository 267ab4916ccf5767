"""Statements whose tables PostgreSQL joins in the order in which they are written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection

SETTING = "SELECT set_config('join_collapse_limit', '1', true); "


def joined_as_written() -> AbstractContextManager[None]:
    """Join the tables of what is asked inside in the order of the statement; not for one that searches in other tables.

    For a list with many small tables beside it, each found by its key, where any order is as good: to try them all took
    fourteen times as long as to read fifty rows. The setting goes with its statement, and ends
    with its transaction: at once, where none is open.
    """
    return connection.execute_wrapper(_ask)


def _ask(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    return execute(SETTING + sql, params, many, context)
