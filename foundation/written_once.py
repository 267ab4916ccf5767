"""A question to the database whose SQL the ORM writes once in a process, for what every request asks.

To write a statement takes the ORM several times as long as the database takes to answer a short one.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler


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


class ObjectsWrittenOnce:
    """The same of a query whose rows are objects of a model, with what is joined to them and annotated; none is prefetched."""

    def __init__(self, make: Callable[..., QuerySet], *placeholders: Any) -> None:
        self._make, self._placeholders = make, placeholders
        self._written: tuple[QuerySet, SQLCompiler, str, tuple[Any, ...]] | None = None

    def objects(self, *values: Any) -> list[Any]:
        """The objects, as the query would make them."""
        if self._written is None:
            rows = self._make(*self._placeholders)
            compiler = rows.query.get_compiler(connection=connection)
            self._written = (rows, compiler, *compiler.as_sql())
        rows, compiler, statement, params = self._written
        given = dict(zip(self._placeholders, values, strict=True))
        # Of its own for each time and thread: it knows what the columns are, and writes nothing any more.
        written = copy(compiler)
        written.connection = connection
        written.as_sql = lambda *args, **kwargs: (statement, tuple(_filled(each, given) for each in params))  # type: ignore[method-assign]
        rows = rows.all()
        rows.query.get_compiler = lambda *args, **kwargs: written  # type: ignore[method-assign]
        return list(rows)


def _filled(param: Any, given: dict[Any, Any]) -> Any:
    try:
        return given.get(param, param)
    except TypeError:  # a list among the parameters
        return param
