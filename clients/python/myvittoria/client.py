"""The client: every operation of the API, and what takes more than one call to do."""

import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .models import ChangedShape, SignInAnswer
from .operations import Operations
from .problems import ChangesForgotten

SECOND_FACTOR = "mfa_authenticate"


@dataclass
class Copy:
    """A list as a device holds it: its rows by id, and the server's word for the moment of it. Store both together."""

    rows: dict[int, Any] = field(default_factory=dict)
    changes: str | None = None


class Client(Operations):
    """One person's app."""

    # --- Signing in -------------------------------------------------------------------------------------------------
    def sign_in(self, email: str, password: str, *, second_factor: Callable[[], str] | None = None) -> SignInAnswer:
        """Sign in by password; `second_factor` is called for a code where one is wanted.

        SignInRefused for a wrong password or code. Without `second_factor` the answer may say that it is pending: go on with
        `give_second_factor`.
        """
        return self._completed(self.sign_in_with_password(email=email, password=password), second_factor)

    def sign_in_by_mail(
        self, email: str, read_code: Callable[[], str], *, second_factor: Callable[[], str] | None = None
    ) -> SignInAnswer:
        """Sign in by a code that is sent by e-mail; `read_code` is called for it."""
        self.request_sign_in_code(email=email)
        return self._completed(self.sign_in_with_code(code=read_code()), second_factor)

    def _completed(self, answer: SignInAnswer, second_factor: Callable[[], str] | None) -> SignInAnswer:
        if second_factor is not None and pending(answer) == SECOND_FACTOR:
            return self.give_second_factor(code=second_factor())
        return answer

    def sign_out(self) -> SignInAnswer:
        """Sign out here: the token opens nothing any more, and nothing is held."""
        try:
            return super().sign_out()
        finally:
            self.forget()

    def confirm_sign_in_address(self, change: str, *, code: str) -> ChangedShape:
        """Change the address by its code; the token of the answer takes the place of the one that was held."""
        changed = super().confirm_sign_in_address(change, code=code)
        self.session_token = changed["session_token"]
        return changed

    # --- Acting for another -------------------------------------------------------------------------------------------
    @contextmanager
    def acting(self, account: int) -> Iterator[None]:
        """Within it every call is about the customer of this account (an `id` of `accounts` of `get_home`)."""
        before, self.acting_for = self.acting_for, account
        try:
            yield
        finally:
            self.acting_for = before

    # --- Lists --------------------------------------------------------------------------------------------------------
    def each(self, read: Callable[..., Any], **filters: Any) -> Iterator[Any]:
        """Every row of a list, page by page: `client.each(client.list_policies)`."""
        for page in _pages(read, filters):
            yield from page["results"]

    def refresh(self, read: Callable[..., Any], copy: Copy, **filters: Any) -> Copy:
        """A newer copy of a list: what has changed is asked for, and what has gone is left out.

        Where the server has forgotten the moment of the copy, the whole list is read.
        """
        try:
            return self._refreshed(read, copy, filters)
        except ChangesForgotten:
            return self._refreshed(read, Copy(), filters)

    @staticmethod
    def _refreshed(read: Callable[..., Any], copy: Copy, filters: Mapping[str, Any]) -> Copy:
        since = {} if copy.changes is None else {"changed_since": copy.changes}
        rows, changes = dict(copy.rows), None
        for page in _pages(read, {**filters, **since}):
            changes = changes or page["changes"]
            rows |= {row["id"]: row for row in page["results"]}
            if page["present"] is not None:
                rows = {pk: row for pk, row in rows.items() if pk in set(page["present"])}
        return Copy(rows, changes)


def _pages(read: Callable[..., Any], parameters: Mapping[str, Any]) -> Iterator[Any]:
    given = dict(parameters)
    while True:
        page = read(**given)
        yield page
        if not page["next"]:
            return
        following = urllib.parse.parse_qs(urllib.parse.urlsplit(page["next"]).query)
        given["cursor"] = following["cursor"][0]


def pending(answer: SignInAnswer) -> str | None:
    """What the sign-in waits for, such as `mfa_authenticate`; None where it is complete or nothing is under way."""
    data: Any = answer.get("data") or {}
    flows = data.get("flows", []) if isinstance(data, dict) else []
    return next((str(flow["id"]) for flow in flows if flow.get("is_pending")), None)
