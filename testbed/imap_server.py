"""A mailbox server on this machine, for tests: as much of IMAP as reads and empties one folder by numbers (RFC 3501, 4315).

It can hang up in the middle, answer slowly or not at all, refuse the sign-in or a change, and give its messages new numbers.
"""

import re
import socketserver
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

GREETING = b"* OK ready\r\n"


@dataclass
class ImapServer:
    """Open with `with`; `messages` are in the order of their numbers, which begin at `first`; what was removed is None.

    `hangs_up_at` is the number of the message that it is asked for last, `hangs_up_on` the beginning of a command that it
    does, and whose answer it keeps to itself; `refuses` the beginning of one that it refuses (a mailbox that is full).
    """

    user: str = "pec"
    password: str = "secret"  # noqa: S105 - of a server of the tests
    messages: list[Any] = field(default_factory=list)
    validity: int = 1
    first: int = 1
    hangs_up_at: int | None = None
    hangs_up_on: str = ""
    refuses: str = ""
    delay: float = 0.0  # seconds before each answer
    drips: float = 0.0  # seconds between the bytes of a message
    can: str = "IMAP4rev1 UIDPLUS"
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._marked: set[int] = set()
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(GREETING)
                while line := self.rfile.readline():
                    tag, _blank, command = line.decode().strip().partition(" ")
                    box.commands.append(command)
                    time.sleep(box.delay)
                    try:
                        if not box._answer(tag, command, self.wfile):
                            return
                    except OSError:
                        return  # the other side has had enough

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the mailbox is, as the settings name it."""
        return f"imap://{self.user}:{self.password}@127.0.0.1:{self.port}/INBOX"

    @property
    def left(self) -> list[bytes]:
        """The messages that are there still."""
        return [each for each in self.messages if each is not None]

    @property
    def _next(self) -> int:
        return self.first + len(self.messages)

    def _there(self, chosen: str) -> list[int]:
        """The numbers of a set such as `3:8,12`, as far as there are such messages."""
        found: set[int] = set()
        for part in chosen.split(","):
            first, _colon, last = part.partition(":")
            highest = self._next - 1 if last == "*" else int(last or first)
            found |= set(range(int(first), min(highest, self._next - 1) + 1))
            if last == "*" and self.messages:
                found.add(self._next - 1)
        return [each for each in sorted(found) if each >= self.first and self.messages[each - self.first] is not None]

    def _answer(self, tag: str, command: str, out: Any) -> bool:
        """Answer one command; False where the connection ends."""
        word = command.upper()
        if self.refuses and word.startswith(self.refuses):
            out.write(f"{tag} NO [OVERQUOTA] not now\r\n".encode())
            return True
        if word.startswith("CAPABILITY"):
            out.write(f"* CAPABILITY {self.can}\r\n".encode())
        elif word.startswith("LOGIN"):
            if command.replace('"', "") != f"LOGIN {self.user} {self.password}":
                out.write(f"{tag} NO wrong\r\n".encode())
                return True
        elif word.startswith(("SELECT", "EXAMINE")):
            out.write(f"* {len(self.left)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode())
            out.write(f"* OK [UIDNEXT {self._next}] next\r\n".encode())
        elif word.startswith("UID SEARCH"):
            found = self._there(command.split()[-1])
            out.write(f"* SEARCH {' '.join(map(str, found))}\r\n".encode())
        elif word.startswith("UID FETCH"):
            number = int(command.split()[2])
            if number == self.hangs_up_at:
                return False
            self._fetch(number, word, out)
        elif word.startswith("UID STORE"):
            self._marked |= set(self._there(command.split()[2]))
        elif word.startswith("UID EXPUNGE"):
            for number in self._marked & set(self._there(command.split()[2])):
                self.messages[number - self.first] = None
        elif word.startswith("LOGOUT"):
            out.write(f"* BYE\r\n{tag} OK bye\r\n".encode())
            return False
        else:
            out.write(f"{tag} BAD unknown\r\n".encode())
            return True
        if self.hangs_up_on and word.startswith(self.hangs_up_on):
            return False
        out.write(f"{tag} OK done\r\n".encode())
        return True

    def _fetch(self, number: int, word: str, out: Any) -> None:
        content = self.messages[number - self.first] if number in self._there(str(number)) else None
        if content is None:
            return
        if "SIZE" in word:
            out.write(f"* {number} FETCH (UID {number} RFC822.SIZE {len(content)})\r\n".encode())
            return
        if part := re.search(r"<0\.(\d+)>", word):
            content = content[: int(part[1])]
        out.write(f"* {number} FETCH (UID {number} BODY[] {{{len(content)}}}\r\n".encode())
        for each in [content[n : n + 1] for n in range(len(content))] if self.drips else [content]:
            out.write(each)
            time.sleep(self.drips)
        out.write(b")\r\n")
