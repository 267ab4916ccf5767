"""The app's sign-in in the OpenAPI schema: allauth's addresses that this project serves, beside the API's own.

A client is made from one schema. allauth describes its whole headless API itself; here stands what `app_urls` has, as it
answers here. Its errors are not problems: `errors` lists a sentence, a code and the field (`param`) of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from .app_urls import NAMES

TAG = "sign-in"
TEXT: dict[str, Any] = {"type": "string"}
CREDENTIAL: dict[str, Any] = {
    "type": "object",
    "description": "What the authenticator of the device answered (PublicKeyCredential as JSON).",
    "additionalProperties": True,
}
SCHEMAS: dict[str, Any] = {
    "SignInFlow": {
        "type": "object",
        "description": "A way to go on. `is_pending` is the one that the sign-in waits for.",
        "required": ["id"],
        "properties": {"id": TEXT, "is_pending": {"type": "boolean"}, "types": {"type": "array", "items": TEXT}},
    },
    "SignInError": {
        "type": "object",
        "required": ["message", "code"],
        "properties": {
            "message": {"type": "string", "description": "A sentence for people."},
            "code": TEXT,
            "param": {"type": "string", "description": "The field at fault."},
        },
    },
    "SignInAnswer": {
        "type": "object",
        "description": (
            "Where the sign-in stands. Keep `meta.session_token` whenever it is there: it takes the place of the one before. "
            "Signed in where `meta.is_authenticated`; otherwise `data.flows` says what is missing."
        ),
        "required": ["status"],
        "properties": {
            "status": {"type": "integer"},
            "data": {"type": ["object", "array"], "items": {"type": "object"}, "additionalProperties": True},
            "meta": {
                "type": "object",
                "properties": {
                    "is_authenticated": {"type": ["boolean", "null"]},
                    "session_token": TEXT,
                    "secret": {"type": "string", "description": "Of an authenticator app that is being set up."},
                    "totp_url": TEXT,
                },
                "additionalProperties": True,
            },
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/SignInError"}},
        },
    },
}
OUTCOMES = {
    "200": "Done",
    "400": "What was sent cannot be used: `errors` says why, by field",
    "401": "Something is missing still (`data.flows`): a code, a second factor, a fresh proof; or nobody is signed in",
    "409": "Not as things stand: signed in already, or nothing is under way",
    "410": "The token's sign-in has ended: forget the token and begin again",
    "429": "Too many attempts",
}


@dataclass(frozen=True)
class Described:
    """An operation of the sign-in: the name of its address, and what is sent."""

    address: str
    method: str
    operation: str
    summary: str
    sends: dict[str, Any] = field(default_factory=dict)
    needs_token: bool = True
    header: str = ""


DESCRIBED = (
    Described("app_config", "get", "get_sign_in_config", "Which ways of signing in there are", needs_token=False),
    Described(
        "app_login",
        "post",
        "sign_in_with_password",
        "Sign in with address and password",
        {"email": TEXT, "password": TEXT},
        needs_token=False,
    ),
    Described(
        "app_code_request",
        "post",
        "request_sign_in_code",
        "Have a code sent by e-mail",
        {"email": TEXT},
        needs_token=False,
    ),
    Described("app_code_confirm", "post", "sign_in_with_code", "Sign in with the code", {"code": TEXT}),
    Described("app_code_resend", "post", "resend_sign_in_code", "Have another code sent"),
    Described("app_second_factor", "post", "give_second_factor", "The second factor", {"code": TEXT}),
    Described(
        "app_passkey_second_factor", "get", "begin_passkey_second_factor", "What a passkey signs as second factor"
    ),
    Described(
        "app_passkey_second_factor",
        "post",
        "give_passkey_second_factor",
        "A passkey as second factor",
        {"credential": CREDENTIAL},
    ),
    Described(
        "app_passkey_login",
        "get",
        "begin_passkey_sign_in",
        "What a passkey signs. The answer has a token already: send it with the passkey, or it is not known",
        needs_token=False,
    ),
    Described(
        "app_passkey_login", "post", "sign_in_with_passkey", "Sign in with a passkey", {"credential": CREDENTIAL}
    ),
    Described(
        "app_password_request",
        "post",
        "request_password_reset",
        "Have a link for a new password sent",
        {"email": TEXT},
        needs_token=False,
    ),
    Described(
        "app_password_reset",
        "get",
        "check_password_reset",
        "Whether the link's key still holds",
        needs_token=False,
        header="X-Password-Reset-Key",
    ),
    Described(
        "app_password_reset",
        "post",
        "reset_password",
        "Choose a new password by the link's key (the last part of its address)",
        {"key": TEXT, "password": TEXT},
        needs_token=False,
    ),
    Described("app_session", "get", "get_sign_in", "Whether the token's person is signed in"),
    Described("app_session", "delete", "sign_out", "Sign out: the token ends at once, and the answer is 401"),
    Described("app_reauthenticate", "post", "prove_with_password", "A fresh proof by password", {"password": TEXT}),
    Described("app_second_factor_again", "post", "prove_with_code", "A fresh proof by code", {"code": TEXT}),
    Described("app_passkey_again", "get", "begin_passkey_proof", "What a passkey signs as fresh proof"),
    Described(
        "app_passkey_again", "post", "prove_with_passkey", "A fresh proof by passkey", {"credential": CREDENTIAL}
    ),
    Described(
        "app_password_change",
        "post",
        "change_password",
        "Choose another password; every other device is signed out",
        {"current_password": TEXT, "new_password": TEXT},
    ),
    Described("app_authenticators", "get", "list_authenticators", "Second factors and passkeys"),
    Described(
        "app_totp", "get", "get_totp", "The authenticator app; 404 with a new `meta.secret` where there is none"
    ),
    Described("app_totp", "post", "activate_totp", "Set it up with a code of it", {"code": TEXT}),
    Described("app_totp", "delete", "deactivate_totp", "Take it away"),
    Described("app_recovery_codes", "get", "get_recovery_codes", "Recovery codes"),
    Described("app_recovery_codes", "post", "renew_recovery_codes", "New recovery codes in place of the others"),
    Described("app_passkeys", "get", "begin_passkey", "What a new passkey is made of"),
    Described("app_passkeys", "post", "add_passkey", "Add a passkey", {"name": TEXT, "credential": CREDENTIAL}),
    Described("app_passkeys", "put", "rename_passkey", "Name a passkey", {"id": {"type": "integer"}, "name": TEXT}),
    Described(
        "app_passkeys",
        "delete",
        "remove_passkeys",
        "Take passkeys away",
        {"authenticators": {"type": "array", "items": {"type": "integer"}}},
    ),
)


def with_sign_in(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the app's sign-in to the schema."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(SCHEMAS)
    for path, method, operation in _operations():
        result["paths"].setdefault(path, {})[method] = operation
    return result


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for each in DESCRIBED:
        if each.address not in NAMES:
            continue
        operation: dict[str, Any] = {
            "operationId": each.operation,
            "summary": each.summary,
            "tags": [TAG],
            "security": [{"sessionToken": []}] if each.needs_token else [{}],
            "responses": {status: _answer(words) for status, words in OUTCOMES.items()},
        }
        if each.address == "app_totp" or each.address == "app_recovery_codes":
            operation["responses"]["404"] = _answer("There is none yet")
        if each.header:
            operation["parameters"] = [{"name": each.header, "in": "header", "required": True, "schema": TEXT}]
        if each.sends:
            schema = {"type": "object", "required": list(each.sends), "properties": each.sends}
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        yield reverse(each.address), each.method, operation


def _answer(words: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/SignInAnswer"}}}
    return {"description": words, "content": content}
