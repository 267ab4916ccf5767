"""What the OpenAPI schema has for every operation: the errors it may answer with, all of one shape, and the limits of a batch."""

from typing import Any

from contact_center.calls.api import MOST_ROWS
from reserved_area.api.codes import CODES

OF_THE_APP = "/api/v1/me/"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "A word for programs. To the app: "
            + "; ".join(f"`{code}` ({when})" for code, when in CODES.items()),
            "x-codes": dict(CODES),  # for programs that make a client
        },
        "detail": {"type": "string", "description": "A sentence for people, in the language of the request."},
        "instance": {"type": "string", "format": "uri-reference", "description": "urn:request:<X-Request-ID>"},
        "errors": {
            "type": "object",
            "description": 'Sentences by field: "phone", "2.phone" for the third row, "" for the whole.',
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ANSWER = {
    "description": (
        "A problem: 400 not understood, 401 no key or token in force, 403 not allowed, 404 not found, 409 refused as things are, "
        "413 too large, 415 not JSON in UTF-8, 422 the Idempotency-Key was used for another body, 429 too many requests "
        "(Retry-After says when), 500 our fault."
    ),
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def with_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add to each operation the problems it may answer with."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", ANSWER)
                for status, answer in operation["responses"].items():
                    if status.isdigit() and int(status) >= 400:
                        answer.setdefault("content", ANSWER["content"])
    return result


def with_not_modified(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add to what the app reads that a caller who has the answer already gets none: If-None-Match and 304."""
    known = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "The ETag one has."}
    tag = {"ETag": {"schema": {"type": "string"}, "description": "Of this answer."}}
    for path, operations in result["paths"].items():
        if path.startswith(OF_THE_APP) and "get" in operations:
            reads = operations["get"]
            reads.setdefault("parameters", []).append(known)
            reads["responses"]["304"] = {"description": "The caller has it already", "headers": tag}
            reads["responses"]["200"]["headers"] = tag
    return result


def with_bounds(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Set the limits of each body that is one row or a list of rows: at least one row, at most MOST_ROWS."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        one, *others = schema.get("oneOf", [{}])
        for other in others:
            if other.get("type") == "array" and other.get("items") == one:
                other |= {"minItems": 1, "maxItems": MOST_ROWS}
    return result
