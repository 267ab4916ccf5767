"""Write the generated half of the Python client (clients/python/myvittoria) from the OpenAPI schema.

    python scripts/make_client.py            write it
    python scripts/make_client.py --check    exit code 1 where it is not what the schema says now

`models.py` has the bodies and answers, `operations.py` a method for each operation, `problems.py` an exception for each code
of a refusal. What sends and receives is written by hand, in `transport.py` and `client.py`.
"""

import keyword
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "clients" / "python" / "myvittoria"
OF_THE_APP = ("/api/v1/me/", "/api/v1/enrolment/", "/api/v1/service-notices/", "/accesso/app/v1/")
METHODS = ("get", "post", "put", "delete")
KEY = "Idempotency-Key"
MADE = "Made from the OpenAPI schema by scripts/make_client.py: change the schema, not this file."
WIDTH = 100  # characters of a line of words
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

Schema = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write the files, or with --check name those that are not current; returns the exit code."""
    files = files_of(schema_now())
    if "--check" not in arguments:
        for name, text in files.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    for name in stale(files):
        print(f"clients/python/myvittoria/{name} is not what the schema says: run scripts/make_client.py")
    return 1 if stale(files) else 0


def schema_now() -> Schema:
    """The schema of the installation, in English. It sets Django up."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings_test")
    import django  # noqa: PLC0415  # what is imported from here on needs its settings

    django.setup()
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415

    return SchemaGenerator().get_schema(request=None, public=True)


def stale(files: dict[str, str]) -> list[str]:
    """The files that are not there or differ from what they should be."""
    places = {name: FOLDER / name for name in files}
    return [n for n, at in places.items() if not at.exists() or at.read_text(encoding="utf-8") != files[n]]


def files_of(schema: Schema) -> dict[str, str]:
    """The generated files by name."""
    operations = list(operations_of(schema))
    schemas = schema["components"]["schemas"]
    methods = [written_method(*each, schemas) for each in operations]
    written = {
        "models.py": models(schemas, names_reached(schemas, [each for *_place, each in operations])),
        "operations.py": in_operations(methods, schemas),
        "problems.py": problems(schemas["Problem"]["properties"]["code"]["x-codes"]),
    }
    return {name: in_order(name, text) for name, text in written.items()}


def in_order(name: str, text: str) -> str:
    """The text as the project orders its imports and lays out its lines."""
    for way in (["check", "--quiet", "--fix-only", "--select", "I,UP"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *way, "--stdin-filename", str(FOLDER / name), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


# --- Reading the schema -----------------------------------------------------------------------------------------------
def operations_of(schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Path, method and description of each operation of the app, by name."""
    found = [
        (path, method, item[method])
        for path, item in schema["paths"].items()
        if path.startswith(OF_THE_APP)
        for method in METHODS
        if method in item
    ]
    yield from sorted(found, key=lambda each: (each[0].startswith("/accesso/"), each[2]["operationId"]))


def names_reached(schemas: Schema, roots: list[Any]) -> list[str]:
    """Names of the schemas that the operations use, and of those that these use."""
    seen: set[str] = set()
    left: list[Any] = list(roots)
    while left:
        part = left.pop()
        if isinstance(part, list):
            left.extend(part)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                left.append(schemas[name])
            left.extend(part.values())
    return sorted(seen)


def type_of(schema: Schema) -> str:
    """What Python calls a value of this schema."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for together in ("allOf", "oneOf", "anyOf"):
        if together in schema:
            return " | ".join(dict.fromkeys(type_of(each) for each in schema[together]))
    if "enum" in schema:
        return f"Literal[{', '.join(repr(each) for each in schema['enum'])}]"
    kinds = schema.get("type", "any")
    return " | ".join(_plain(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _plain(kind: str, schema: Schema) -> str:
    if kind == "string" and schema.get("format") == "binary":
        return "bytes"
    if kind == "array":
        return f"list[{type_of(schema['items']) if schema.get('items') else 'Any'}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {type_of(inner) if isinstance(inner, dict) and inner else 'Any'}]"
    return PLAIN.get(kind, "Any")


def words_of(schema: Schema) -> str:
    """What a schema says of itself, without the list of its words and their labels."""
    return re.split(r"\n*^\* `", str(schema.get("description", "")), maxsplit=1, flags=re.MULTILINE)[0].strip()


# --- Bodies and answers ------------------------------------------------------------------------------------------------
def models(schemas: Schema, names: list[str]) -> str:
    """A TypedDict for each object, and a Literal for each list of words."""
    lines = [
        f'"""Bodies and answers of the API, as JSON has them. {MADE}"""',
        "",
        "from typing import Any, Literal, NotRequired, TypedDict",
        "",
    ]
    for name in sorted(names, key=lambda name: ("enum" not in schemas[name], name)):
        schema = schemas[name]
        if "enum" in schema:
            lines.append(f"{name} = {type_of(schema)}")
            continue
        lines += ["", "", f"class {name}(TypedDict):", *docstring(words_of(schema) or f"`{name}`.", indent=4), ""]
        required = set(schema.get("required", ()))
        for field, inner in schema.get("properties", {}).items():
            if keyword.iskeyword(field):
                raise ValueError(f"{name}.{field}: a word of Python cannot be a field's name")
            lines += [f"    # {line}" for line in textwrap.wrap(words_of(inner), WIDTH)]
            kind = quoted(type_of(inner))
            lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
    return "\n".join(lines) + "\n"


def quoted(kind: str) -> str:
    """A type that may be named before it is written."""
    return kind if kind in {*PLAIN.values(), "Any"} or kind.startswith("Literal") else f'"{kind}"'


def docstring(text: str, *, indent: int) -> list[str]:
    """Lines of a docstring: a short one on one line."""
    blank = " " * indent
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if len(text) <= WIDTH and "\n" not in text:
        return [f'{blank}"""{text}{" " if text.endswith(chr(34)) else ""}"""']
    paragraphs = [textwrap.wrap(" ".join(part.split()), WIDTH) for part in text.split("\n\n")]
    body = [line for number, part in enumerate(paragraphs) for line in ([""] if number else []) + part]
    first, *others = body
    return [f'{blank}"""{first}', *(f"{blank}{line}".rstrip() for line in others), f'{blank}"""']


# --- Methods -----------------------------------------------------------------------------------------------------------
def in_operations(methods: list[str], schemas: Schema) -> str:
    """The class with all methods, and what it names."""
    words = set(re.findall(r"\w+", "\n".join(re.sub(r'""".*?"""', "", each, flags=re.DOTALL) for each in methods)))
    typing = ", ".join(sorted(words & {"Any", "Literal"}))
    head = f'''"""A method for each operation of the API. {MADE}"""

{f"from typing import {typing}" if typing else ""}

from .models import ({", ".join(sorted(words & set(schemas)))})
from .transport import Transport


class Operations(Transport):
    """What the app reads and does. Arguments that are None are not sent.

    A write takes a `key`, which names it for good: without one it gets a new key, and keeps it while it is tried again. Give your
    own where the write may be sent again after your program was ended.
    """
'''
    return head + "\n".join(methods)


def written_method(path: str, method: str, operation: Schema, schemas: Schema) -> str:
    """One method: its arguments, its words, its call."""
    parameters = operation.get("parameters", [])
    types = {each["name"]: type_of(each["schema"]) for each in parameters if each["in"] == "path"}
    in_path = {name: types[name] for name in re.findall(r"{(\w+)}", path)}
    in_query = {each["name"]: type_of(each["schema"]) for each in parameters if each["in"] == "query"}
    is_keyed = any(each["name"] == KEY for each in parameters)
    headers = {
        each["name"]: each["name"].removeprefix("X-").replace("-", "_").lower()
        for each in parameters
        if each["in"] == "header" and each.get("required") and each["name"] != KEY
    }
    content = operation.get("requestBody", {}).get("content", {})
    is_file = "multipart/form-data" in content
    body = {} if is_file else body_of(content, schemas)

    signature = ["self", *(f"{name}: {kind}" for name, kind in in_path.items())]
    by_name = [f"{variable}: str" for variable in headers.values()]
    by_name += ["content: bytes", "name: str"] if is_file else []
    by_name += [f"{name}: {kind}" for name, (kind, needed) in body.items() if needed]
    by_name += [f"{name}: {optional(kind)} = None" for name, (kind, needed) in body.items() if not needed]
    by_name += [f"{name}: {optional(kind)} = None" for name, kind in in_query.items()]
    by_name += ["key: str | None = None"] if is_keyed else []
    if by_name:
        signature += ["*", *by_name]

    call = [repr(method.upper()), f'f"{path}"' if in_path else f'"{path}"']
    call += [f"query={_pairs(in_query)}"] if in_query else []
    call += [f"body={_pairs(body)}"] if content and not is_file else []
    call += ["content=content", "name=name"] if is_file else []
    call += ["headers={" + ", ".join(f'"{name}": {variable}' for name, variable in headers.items()) + "}"] * bool(
        headers
    )
    call += ["key=key", "is_keyed=True"] if is_keyed else []
    way, answer = way_of(path, operation)
    text = "\n\n".join(filter(None, (operation.get("summary", "").rstrip(".") + ".", words_of(operation))))
    refusals = operation["responses"].get("409", {}).get("description", "")
    if refusals and not path.startswith("/accesso/"):
        text += f"\n\n{refusals}"
    lines = [
        f"    def {operation['operationId']}({', '.join(signature)}) -> {answer}:",
        *docstring(text, indent=8),
        f"        {'return ' if answer != 'None' else ''}self.{way}({', '.join(call)})",
        "",
    ]
    return "\n".join(lines)


def body_of(content: Schema, schemas: Schema) -> dict[str, tuple[str, bool]]:
    """The fields of a JSON body: type of each, and whether it is obligatory."""
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return {name: (type_of(inner), name in required) for name, inner in schema.get("properties", {}).items()}


def optional(kind: str) -> str:
    """The type with None, once."""
    return kind if "None" in kind.split(" | ") else f"{kind} | None"


def _pairs(names: Any) -> str:
    return "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"


def way_of(path: str, operation: Schema) -> tuple[str, str]:
    """By which method of the transport an operation goes, and the type of its answer."""
    if path.startswith("/accesso/"):
        return "_signing_in", "SignInAnswer"
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    content = good.get("content", {})
    if not content:
        return "_done", "None"
    if "application/json" in content:
        return "_json", type_of(content["application/json"]["schema"])
    return "_bytes", "bytes"


# --- Refusals ----------------------------------------------------------------------------------------------------------
def problems(codes: dict[str, str]) -> str:
    """An exception for each code, and the table of them."""
    lines = [
        f'"""An exception for each code by which the API refuses. {MADE}"""',
        "",
        "from .errors import Problem",
        "",
    ]
    for code, when in codes.items():
        lines += ["", f"class {class_of(code)}(Problem):", *docstring(f"{when}.", indent=4), ""]
    lines += ["", "BY_CODE: dict[str, type[Problem]] = {"]
    lines += [f'    "{code}": {class_of(code)},' for code in codes]
    return "\n".join([*lines, "}"]) + "\n"


def class_of(code: str) -> str:
    """`app_too_old` is AppTooOld."""
    return "".join(word.capitalize() for word in code.split("_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
