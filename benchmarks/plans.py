"""What the database does for a query: which statements were sent, how each is carried out, and what is read whole."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from .data import execute

CONTEXT = re.compile(r"^(SELECT set_config\('[^;]*; )+")  # what is set for a statement goes before it
MANY_ROWS = 10_000  # a table with fewer may well be read whole


def statements_of(action: Callable[[], object]) -> list[str]:
    """The statements that an action sends, with their values in place."""
    with CaptureQueriesContext(connection) as captured:
        action()
    return [CONTEXT.sub("", query["sql"]) for query in captured.captured_queries]


def explain(statement: str, *, analyze: bool = False) -> dict[str, Any]:
    """The plan of a statement, and with `analyze` its `Execution Time` in milliseconds: then it is carried out."""
    options = "ANALYZE, TIMING OFF, FORMAT JSON" if analyze else "FORMAT JSON"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}) " + statement)  # values are in place: a % is a %
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan, the outermost first."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def read_whole(statement: str) -> list[str]:
    """The big tables that a statement reads from one end to the other."""
    read = {node["Relation Name"] for node in nodes(explain(statement)["Plan"]) if node["Node Type"] == "Seq Scan"}
    big = execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%(names)s) AND reltuples >= %(many)s",
        {"names": list(read), "many": MANY_ROWS},
    )
    return [name for (name,) in big]
