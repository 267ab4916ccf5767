"""How a request goes out and its answer comes in: token, key of a write, another try, what is held already, problems.

Written by hand, with the standard library alone. The methods of `operations.py` stand on it.
"""

import hashlib
import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from .errors import NoAnswer, Problem, SignInRefused, VersionEnding
from .problems import BY_CODE

TRIES = 5
LONGEST_WAIT = 30.0  # seconds between two tries
TIME_OUT = 30.0  # seconds without a byte
HELD_AT_MOST = 200  # answers
BROKEN = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: Message
    content: bytes

    @property
    def is_good(self) -> bool:
        """Whether it is what was asked for, or that one has it already."""
        return self.status < 300 or self.status == 304

    def json(self) -> Any:
        """Its JSON; {} where it is none."""
        try:
            return json.loads(self.content or b"{}")
        except ValueError:
            return {}


@dataclass
class Sent:
    """A request, ready to be sent as often as it takes: the same key and the same bytes each time."""

    method: str
    url: str
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    is_sign_in: bool = False

    @property
    def can_be_repeated(self) -> bool:
        """Whether nothing is done twice where the first one arrived and its answer was lost."""
        return not self.is_sign_in and (self.key is not None or self.method in ("GET", "PUT", "DELETE"))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is sent to the address that the program was given, and to no other."""

    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


class Transport:
    """One person's connection to one installation.

    `acting_for` is the id of one of the accounts that `get_home` names, `language` "it" or "en", `app_version` such as "5.2.0".
    `prove` is called where the API wants a fresh proof; what was refused is then sent again. `session_token` is kept here: store it
    as you store a password, and give it back the next time.
    """

    def __init__(
        self,
        base_url: str,
        *,
        session_token: str | None = None,
        language: str | None = None,
        app_version: str | None = None,
        acting_for: int | None = None,
        prove: Callable[[], object] | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        place = urllib.parse.urlsplit(base_url)
        if place.scheme != "https" and place.hostname not in OWN_MACHINE:
            raise ValueError("Give an address that begins with https://: a token must not travel in the open.")
        self.base_url = base_url.rstrip("/")
        self.session_token = session_token
        self.language, self.app_version, self.acting_for = language, app_version, acting_for
        self.prove = prove
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._held: OrderedDict[tuple[str, int | None, str | None], tuple[str, bytes]] = OrderedDict()
        self._proving = False

    def forget(self) -> None:
        """Forget the token and all answers that are held."""
        self.session_token = None
        self._held.clear()

    # --- What the operations call -----------------------------------------------------------------------------------
    def _json(self, method: str, path: str, **parts: Any) -> Any:
        """The JSON of an answer; one that is held already where it has not changed."""
        sent = self._made(method, path, **parts)
        if method != "GET":
            return self._answered(sent).json()
        place = (sent.url, self.acting_for, self.language)
        tag, held = self._held.get(place, ("", b""))
        if tag:
            sent.headers["If-None-Match"] = tag
        answer = self._answered(sent)
        if answer.status == 304:
            self._held.move_to_end(place)
            return json.loads(held)
        if "ETag" in answer.headers:
            self._held[place] = answer.headers["ETag"], answer.content
            while len(self._held) > HELD_AT_MOST:
                self._held.popitem(last=False)
        return answer.json()

    def _bytes(self, method: str, path: str, **parts: Any) -> bytes:
        """The bytes of a file."""
        return self._answered(self._made(method, path, **parts)).content

    def _done(self, method: str, path: str, **parts: Any) -> None:
        """Nothing: it is done."""
        self._answered(self._made(method, path, **parts))

    def _signing_in(self, method: str, path: str, **parts: Any) -> Any:
        """Where the sign-in stands. 401 is an answer here: `data.flows` says what is missing. SignInRefused for the rest."""
        sent = self._made(method, path, **parts)
        sent.is_sign_in = True
        answer = self._tried(sent)
        found = answer.json()
        meta = found.get("meta") or {}
        if token := meta.get("session_token"):
            self.session_token = token
        if answer.status == 410:
            self.forget()
        if answer.status in (200, 401) or (answer.status == 404 and meta):
            return found
        if "code" in found:
            raise _problem(answer)
        raise SignInRefused(answer.status, found.get("errors", []))

    # --- Making a request -------------------------------------------------------------------------------------------
    def _made(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        name: str = "",
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        is_keyed: bool = False,
    ) -> Sent:
        sent = Sent(method, self.base_url + urllib.parse.quote(path, safe="/"))
        if asked := {word: value for word, value in (query or {}).items() if value is not None}:
            sent.url += "?" + urllib.parse.urlencode(asked)
        sent.headers = {"Accept": "*/*", **(headers or {})}
        if self.language:
            sent.headers["Accept-Language"] = self.language
        if self.app_version:
            sent.headers["X-App-Version"] = self.app_version
        if self.acting_for is not None:
            sent.headers["X-Acting-For"] = str(self.acting_for)
        if is_keyed:
            sent.key = key or str(uuid.uuid4())
            sent.headers["Idempotency-Key"] = sent.key
        if content is not None:
            sent.content, sent.headers["Content-Type"] = _form_with_file(content, name)
        elif method != "GET":
            given = {word: value for word, value in (body or {}).items() if value is not None}
            sent.content, sent.headers["Content-Type"] = json.dumps(given).encode(), JSON
        return sent

    # --- Sending it ---------------------------------------------------------------------------------------------------
    def _answered(self, sent: Sent) -> Answer:
        """The answer; Problem for a refusal. A fresh proof is asked of the person once, and the same is sent again."""
        answer = self._tried(sent)
        if answer.is_good:
            return answer
        problem = _problem(answer)
        if problem.code == "signed_out":
            self.forget()
        if problem.code == "fresh_proof_required" and self.prove is not None and not self._proving:
            self._proving = True
            try:
                self.prove()
            finally:
                self._proving = False
            answer = self._tried(sent)
            if answer.is_good:
                return answer
            problem = _problem(answer)
        raise problem

    def _tried(self, sent: Sent) -> Answer:
        """The answer, after as many tries as are worth it: what broke, and 429 and 503, are tried again."""
        for number in range(1, TRIES + 1):
            is_last = number == TRIES
            try:
                answer = self._once(sent)
            except BROKEN as error:
                if is_last or not sent.can_be_repeated:
                    raise NoAnswer(f"There is no answer from {self.base_url}: {error}", key=sent.key) from error
                self._sleep(_wait(number))
                continue
            _warn(answer)
            if is_last or sent.is_sign_in or answer.status not in (429, 503):
                return answer
            if answer.status == 503 and not sent.can_be_repeated:
                return answer
            self._sleep(_wait(number, answer.headers.get("Retry-After", "")))
        raise AssertionError("the last try answers or raises")

    def _once(self, sent: Sent) -> Answer:
        headers = dict(sent.headers)
        if self.session_token:
            headers["X-Session-Token"] = self.session_token
        request = urllib.request.Request(sent.url, sent.content, headers, method=sent.method)  # noqa: S310  # https, or this machine
        try:
            with self._opener.open(request, timeout=TIME_OUT) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read())


def _problem(answer: Answer) -> Problem:
    members = answer.json()
    members = members if isinstance(members, dict) else {}
    return BY_CODE.get(str(members.get("code")), Problem)(answer.status, members)


def _wait(number: int, asked: str = "") -> float:
    """Seconds before the next try: what the server asked for, else longer each time and never at one beat with others."""
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    return min(0.5 * 2**number * random.uniform(0.5, 1.0), LONGEST_WAIT)  # noqa: S311  # spreads calls, hides nothing


def _warn(answer: Answer) -> None:
    if "Sunset" in answer.headers:
        words = f"This version is answered until {answer.headers['Sunset']}: {answer.headers.get('Link', '')}"
        warnings.warn(words, VersionEnding, stacklevel=5)


def _form_with_file(content: bytes, name: str) -> tuple[bytes, str]:
    """A form with the file and, before it, its checksum: what arrives broken is not kept."""
    border = uuid.uuid4().hex
    safe = name.replace("\\", "_").replace('"', "_").replace("\r", " ").replace("\n", " ")
    before = (
        f'--{border}\r\nContent-Disposition: form-data; name="sha256"\r\n\r\n{hashlib.sha256(content).hexdigest()}\r\n'
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return before.encode() + content + f"\r\n--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"
