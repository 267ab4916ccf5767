"""Walks all that can be asked of the project: every address of every page, and every operation of the API.

For tests that say "each address is in the table": `addresses()` and `operations()` are the whole of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


@dataclass(frozen=True, order=True)
class Address:
    """One pattern of the project's addresses."""

    route: str  # as Django writes it: "backoffice/customers/customer/<path:object_id>/change/"
    name: str  # with its namespace, as `reverse` takes it; "" where it has none
    arguments: tuple[str, ...]  # the names of its variable parts

    def example(self, **values: Any) -> str:
        """The address with its variable parts filled from `values` ("1" for those not given)."""
        path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda part: str(values.get(part[1], 1)), self.route)
        return f"/{path}"


@dataclass(frozen=True, order=True)
class Operation:
    """One operation of the API as its schema describes it."""

    path: str  # with "1" in its variable parts
    method: str
    name: str
    scopes: tuple[str, ...]  # those that open it to a key


@cache
def addresses(urlconf: str | None = None) -> list[Address]:
    """Every pattern, in order; twice the same route and name is one."""
    return sorted(set(_walk(get_resolver(urlconf), "", "", ())))


@cache
def schema() -> dict[str, Any]:
    """The schema of the API, made once for all that reads it."""
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations() -> list[Operation]:
    """Every operation of the schema, which leaves out none of the API's views but the schema itself."""
    return sorted(
        Operation(re.sub(r"{[^{}]+}", "1", path), method, operation["operationId"], _scopes(operation))
        for path, item in schema()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    )


def _walk(resolver: URLResolver, route: str, namespace: str, arguments: tuple[str, ...]) -> Iterator[Address]:
    for each in resolver.url_patterns:
        here = route + _plain(str(each.pattern))
        names = arguments + tuple(each.pattern.regex.groupindex)
        if isinstance(each, URLPattern):
            name = f"{namespace}{each.name}" if each.name else ""
            yield Address(here, name, names)
        else:
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each, here, inner, names)


def _plain(pattern: str) -> str:
    """A pattern written as a regular expression, in the form of the others."""
    if "(?P<" not in pattern and not pattern.startswith("^"):
        return pattern
    return re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")


def _scopes(operation: dict[str, Any]) -> tuple[str, ...]:
    return tuple(scope for way in operation.get("security", ()) for scope in way.get("apiKey", ()))
