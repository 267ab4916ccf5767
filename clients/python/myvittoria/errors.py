"""What goes wrong, as exceptions: a problem that the API answered with, a refusal of the sign-in, a line that is down."""

from collections.abc import Mapping
from typing import Any


class Failure(Exception):
    """Something did not come about; the message is a sentence for the person."""


class NoAnswer(Failure):
    """No answer came, however often it was tried. A write may have been done: send it again with the same key."""

    def __init__(self, message: str, *, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class Problem(Failure):
    """The API refused (RFC 9457). `code` is for programs; `members` has whatever else it said."""

    def __init__(self, status: int, members: Mapping[str, Any]) -> None:
        self.status = status
        self.members = dict(members)
        self.code = str(members.get("code", ""))
        self.detail = str(members.get("detail", ""))
        self.instance = str(members.get("instance", ""))
        self.errors: dict[str, list[str]] = dict(members.get("errors") or {})
        by_field = [f"{name}: {each}" for name, sentences in self.errors.items() for each in sentences]
        super().__init__(" ".join([self.detail or f"HTTP {status}", *by_field]))


class SignInRefused(Failure):
    """The sign-in refused what was sent. `errors` has a `message`, a `code` and perhaps a `param` each."""

    def __init__(self, status: int, errors: list[dict[str, str]]) -> None:
        self.status = status
        self.errors = errors
        super().__init__(" ".join(each.get("message", "") for each in errors) or f"HTTP {status}")


class VersionEnding(UserWarning):
    """This version of the app goes out of use; the message says when, and where there is a newer one."""
