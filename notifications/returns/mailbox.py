"""A mailbox over IMAP (`imaps://user:password@host:993/INBOX`), read by the numbers of its messages (RFC 3501, 4315).

Marks such as “seen” are not trusted: whoever opens the mailbox beside us would hide messages from us. What is removed is
removed by its number alone, and only from a server that can (UIDPLUS): a plain EXPUNGE would take what others marked.
"""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from notifications.channels import Unavailable

RETURNS, PEC = "returns", "pec"  # the mailboxes, as their places are called
TIMEOUT = 30  # seconds for one answer
LONGEST_VISIT = 240  # seconds for all of them: a server that sends a byte now and then holds up no worker
LARGEST = 40 * 1024 * 1024  # bytes of a message that is read whole: a complete receipt has the message inside
BEGINNING = 256 * 1024  # bytes that are read of a larger one
WINDOW = 20_000  # numbers asked for at once: the answer is one line, whose length imaplib limits
NUMBER = re.compile(rb"\d+")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as it lies there: all of its bytes, or the beginning of one that is too large; and how large it is."""

    raw: bytes
    size: int


class Mailbox:
    """An open mailbox: `validity` is what its numbers hold for, `removes` whether single messages can be removed."""

    def __init__(self, server: imaplib.IMAP4, *, validity: int, next_number: int, removes: bool):
        self._server, self.validity, self._next, self.removes = server, validity, next_number, removes

    def numbers_after(self, last: int, *, most: int = 1_000_000) -> list[int]:
        """The numbers of the messages that came after the one of this number, in order; at most so many and a window more."""
        if not self._next:
            return self._search(last, "*")
        found: list[int] = []
        for first in range(last + 1, self._next, WINDOW):
            found += self._search(last, str(first + WINDOW - 1), first=first)
            if len(found) > most:
                break
        return found

    def _search(self, last: int, until: str, *, first: int | None = None) -> list[int]:
        answer = self._ask("SEARCH", f"UID {first or last + 1}:{until}")
        found = {int(each) for line in answer if isinstance(line, bytes) for each in NUMBER.findall(line)}
        return sorted(
            number for number in found if number > last
        )  # "n:*" names the last one even where it is before n

    def message(self, number: int, *, largest: int = LARGEST) -> Fetched | None:
        """The message as it is; None where it has gone meanwhile."""
        answer = self._ask("FETCH", str(number), "(RFC822.SIZE)")
        found = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(each for each in answer if isinstance(each, bytes)))
        if found is None:
            return None
        size = int(found[1])
        part = "" if size <= largest else f"<0.{BEGINNING}>"
        answer = self._ask("FETCH", str(number), f"(BODY.PEEK[]{part})")
        raw = next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)
        # What a server states as the size may be another by a line end: what came is whole unless a part was asked for.
        return None if raw is None else Fetched(raw, size if part else len(raw))

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove the messages of these numbers, and no other."""
        if chosen := ",".join(map(str, numbers)):
            self._ask("STORE", chosen, "+FLAGS.SILENT", r"(\Deleted)")
            self._ask("EXPUNGE", chosen)

    def _ask(self, command: str, *arguments: str) -> list[object]:
        kind, answer = self._server.uid(command, *arguments)
        if kind != "OK":
            raise Unavailable(f"UID {command}: {b' '.join(each for each in answer if isinstance(each, bytes))!r}")
        return list(answer)


@contextmanager
def open_mailbox(
    url: str, *, writes: bool = False, timeout: float = TIMEOUT, longest: float = LONGEST_VISIT
) -> Iterator[Mailbox]:
    """The mailbox of the address (`imap://`: without TLS), to be read alone or, with `writes`, to remove from as well.

    Unavailable when it cannot be reached, refuses us, or is slower than the time-outs (seconds).
    """
    parts = urlsplit(url)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    server: imaplib.IMAP4 | None = None
    watch: threading.Timer | None = None
    try:
        if parts.scheme == "imaps":
            context = ssl.create_default_context()
            server = imaplib.IMAP4_SSL(parts.hostname or "", parts.port or 993, ssl_context=context, timeout=timeout)
        else:
            server = imaplib.IMAP4(parts.hostname or "", parts.port or 143, timeout=timeout)
        watch = threading.Timer(longest, _hang_up, [server])
        watch.daemon = True
        watch.start()
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        kind, _answer = server.select(f'"{folder}"', readonly=not writes)
        if kind != "OK":
            raise Unavailable(f"The folder {folder} cannot be opened.")
        stated = {name: _number(server.response(name)[1]) for name in ("UIDVALIDITY", "UIDNEXT")}
        removes = writes and "UIDPLUS" in _abilities(server)
        yield Mailbox(server, validity=stated["UIDVALIDITY"], next_number=stated["UIDNEXT"], removes=removes)
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise Unavailable(f"{type(error).__name__}: {error}") from error
    finally:
        if watch is not None:
            watch.cancel()
        if server is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
            with suppress(OSError):
                server.shutdown()  # also where the other side hung up


def _hang_up(server: imaplib.IMAP4) -> None:
    """End the connection under whoever reads from it: closing the file would wait for them."""
    with suppress(OSError):
        server.sock.shutdown(socket.SHUT_RDWR)


def _number(answer: list[object] | None) -> int:
    first = answer[0] if answer else None
    return int(first) if isinstance(first, bytes) and first.isdigit() else 0


def _abilities(server: imaplib.IMAP4) -> set[str]:
    """What the server can do for who has signed in: more than it says before."""
    kind, answer = server.capability()
    words = b" ".join(each for each in answer if isinstance(each, bytes)) if kind == "OK" else b""
    return set(words.decode("ascii", "replace").upper().split())
