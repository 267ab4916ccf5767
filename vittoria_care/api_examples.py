"""Examples in the OpenAPI schema, made of the schema itself: none is forgotten, and none can differ from what it shows."""

from typing import Any

BY_NAME: dict[str, Any] = {
    "address": "Via Ignazio Gardella 2",
    "amount": "480.00",
    "app_version": "5.2.0",
    "changes": "WyI3NzEzNTUi…",
    "city": "Milano",
    "email": "maria.rossi@posta.example",
    "next": None,
    "number": "P00012345",
    "phone": "+390248219001",
    "plate": "AB123CD",
    "policy_number": "P00012345",
    "postal_code": "20149",
    "premium": "480.00",
    "product": "Strada Classic",
    "province": "MI",
    "state_label": "in vigore",
    "tax_code": "RSSMRA80A41H501Y",
    "title": "Certificato di rischio",
    "total": "12500.00",
}
BY_FORMAT: dict[str, Any] = {
    "date": "2026-12-31",
    "date-time": "2026-11-29T10:30:00Z",
    "decimal": "480.00",
    "time": "10:30:00",
    "uuid": "0b0f5a0e-3f0e-4d0c-9a55-0f6f2c1f7f10",
    "uri-reference": "/api/v1/me/…/17/",
}
BY_TYPE: dict[str, Any] = {"string": "…", "integer": 17, "number": 1.0, "boolean": True, "null": None}
OF_THE_APP = ("/api/v1/me/", "/api/v1/enrolment/")


def with_examples(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add an example to each body that the app sends or gets as JSON."""
    schemas = result.get("components", {}).get("schemas", {})
    for path, operations in result["paths"].items():
        if not path.startswith(OF_THE_APP):
            continue
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (body.get("content", {}).get("application/json", {}) for body in bodies):
                if "schema" in content and "example" not in content:
                    content["example"] = example_of(content["schema"], schemas)
    return result


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """A value that the schema allows; of a list one entry."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for together in ("allOf", "oneOf", "anyOf"):
        if together in schema:
            return example_of(schema[together][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        named = schema.get("properties", {})
        return {each: example_of(inner, schemas, each) for each, inner in named.items()}
    if kind == "array":
        return [example_of(schema["items"], schemas, name)]
    if name in BY_NAME and kind == "string":
        return BY_NAME[name]
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[kind])
