"""How a query is carried out, for tests that a table which grows is not read whole."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet


def nodes_of(rows: QuerySet) -> list[dict[str, Any]]:
    """Every node of the plan by which the rows were read, the outermost first. It needs `as_new` and ANALYZE before."""
    found = json.loads(rows.explain(format="json", analyze=True))
    return list(_nodes(found[0]["Plan"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
