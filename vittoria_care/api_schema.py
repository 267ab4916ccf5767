"""What the OpenAPI schema says of every operation: the errors it may answer with, all of one shape."""

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A word for programs."},
        "detail": {"type": "string", "description": "A sentence for people, in the language of the request."},
        "instance": {"type": "string", "format": "uri-reference", "description": "urn:request:<X-Request-ID>"},
        "errors": {
            "type": "object",
            "description": 'Sentences by field: "phone", "2.phone" for the third row, "" for the whole.',
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ANY = {"400": "It cannot be understood", "401": "No key, or one that is not in force", "403": "Not allowed"}
ANY |= {
    "404": "Not found",
    "406": "Only JSON is sent",
    "429": "Too many requests: Retry-After says when",
    "500": "Our fault",
}
WRITES = {"409": "Refused as things are", "411": "Without Content-Length", "413": "Too large"}
WRITES |= {"415": "Not JSON in UTF-8", "422": "The Idempotency-Key was used for another body"}


def with_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add to each operation the problems it may answer with, where it does not describe them itself."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            for status, words in (ANY if method == "get" else ANY | WRITES).items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
    return result
