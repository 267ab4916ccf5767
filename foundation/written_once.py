"""A question to the database whose SQL the ORM writes once in a process, for what every request asks.

To write a statement takes the ORM several times as long as the database takes to answer a short one.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class WrittenOnce:
    """Asks a query of plain columns (`values_list`) with other values each time.

    `make` is given the placeholders and returns the query; these are values of the right types, different from each
    other and from everything else that the query compares with. No value may be None: that would be another statement.

        _TEAMS = WrittenOnce(lambda level: Team.objects.filter(level=level).order_by().values_list("pk"), -1)
        rows = _TEAMS.rows(2)
    """

    def __init__(self, make: Callable[..., QuerySet], *placeholders: Any) -> None:
        self._make, self._placeholders = make, placeholders
        self._written: tuple[str, tuple[Any, ...]] | None = None

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database gives them: a column that Django converts, such as JSON inside an array, is as it comes."""
        if self._written is None:
            self._written = self._make(*self._placeholders).query.sql_with_params()
        statement, params = self._written
        given = dict(zip(self._placeholders, values, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(statement, [_filled(param, given) for param in params])
            return cursor.fetchall()


def _filled(param: Any, given: dict[Any, Any]) -> Any:
    try:
        return given.get(param, param)
    except TypeError:  # a list among the parameters
        return param
