"""A mail server that keeps what it is given, or only counts it, and can misbehave at each step of a conversation.

`with SmtpSink() as sink:` runs one in a thread, for tests; `python -m testbed.smtp_sink` runs one that only counts, in
a process of its own, for measurements: it prints its port, and how many messages it took when its input ends.
"""

import asyncio
import contextlib
import sys
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

CONNECT, EHLO, MAIL, RCPT, DATA, BODY, ACCEPT = "connect", "ehlo", "mail", "rcpt", "data", "body", "accept"
STEPS = (CONNECT, EHLO, MAIL, RCPT, DATA, BODY, ACCEPT)
DROP, HANG = "drop", "hang"  # close the connection instead of answering; never answer


@dataclass(frozen=True, slots=True)
class Fault:
    """At a step, instead of the right answer: DROP, HANG, or a line such as "550 5.1.1 no such user".

    Only when the recipient contains `recipient` (steps from RCPT on), after it went well `after` times, and only so many
    `times`. BODY is in the middle of the message; ACCEPT after its final dot, when the message has been kept.
    """

    step: str
    answer: str
    recipient: str = ""
    after: int = 0
    times: int = 1_000_000
    delay: float = 0.0


@dataclass(slots=True)
class Received:
    """A message as it came."""

    sender: str
    recipient: str
    body: bytes


@dataclass
class SmtpSink:
    """The server. `messages` are those it took; `connections` how many were opened."""

    faults: list[Fault] = field(default_factory=list)
    keep: bool = True
    pipelining: bool = True  # whether it takes several commands at once (RFC 2920), as most servers do
    messages: list[Received] = field(default_factory=list)
    taken: int = 0
    connections: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._writers: set[asyncio.StreamWriter] = set()

    # --- In a thread
    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="smtp-sink", daemon=True)
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await self.start()
        self._ready.set()
        await self._stop.wait()
        await self.stop(server)

    # --- The server itself
    async def start(self) -> asyncio.Server:
        """Listen on a free port of this machine."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def stop(self, server: asyncio.Server) -> None:
        """Take nobody any more and end every conversation."""
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await self._conversation(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side, or we, have had enough
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _conversation(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        await self._answer(writer, CONNECT, "220 sink ESMTP")
        while line := await reader.readline():
            verb, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            verb = verb.upper()
            if verb in ("EHLO", "HELO"):
                await self._answer(writer, EHLO, self._extensions)
            elif verb == "MAIL":
                sender = _between(rest)
                await self._answer(writer, MAIL, "250 2.1.0 ok")
            elif verb == "RCPT":
                recipient = _between(rest)
                await self._answer(writer, RCPT, "250 2.1.5 ok", recipient)
            elif verb == "DATA":
                if not await self._answer(writer, DATA, "354 go on", recipient):
                    continue
                if fault := self._fault(BODY, recipient):
                    await reader.readline()
                    await self._misbehave(writer, fault)
                body = await reader.readuntil(b"\r\n.\r\n")
                fault = self._fault(ACCEPT, recipient)
                if fault is None or fault.answer in (DROP, HANG) or fault.answer.startswith("2"):
                    self._take(Received(sender, recipient, body[:-3].replace(b"\r\n..", b"\r\n.")))
                if fault is not None:
                    await self._misbehave(writer, fault)
                else:
                    await self._say(writer, f"250 2.0.0 taken as {self.taken}")
            elif verb == "QUIT":
                await self._say(writer, "221 2.0.0 bye")
                return
            else:
                await self._say(writer, "250 2.0.0 ok")

    @property
    def _extensions(self) -> str:
        pipelining = "250-PIPELINING\r\n" if self.pipelining else ""
        return f"250-sink\r\n{pipelining}250-8BITMIME\r\n250 SIZE 50000000"

    def _take(self, received: Received) -> None:
        self.taken += 1
        if self.keep:
            self.messages.append(received)

    async def _answer(self, writer: asyncio.StreamWriter, step: str, right: str, recipient: str = "") -> bool:
        """Give the right answer, or the fault's; whether it was the right one."""
        if fault := self._fault(step, recipient):
            await self._misbehave(writer, fault)
            return False
        await self._say(writer, right)
        return True

    def _fault(self, step: str, recipient: str = "") -> Fault | None:
        for place, fault in enumerate(self.faults):
            if fault.step == step and fault.recipient in recipient:
                self._seen[place] = seen = self._seen.get(place, 0) + 1
                if fault.after < seen <= fault.after + fault.times:
                    return fault
        return None

    async def _misbehave(self, writer: asyncio.StreamWriter, fault: Fault) -> None:
        await asyncio.sleep(fault.delay)
        if fault.answer == HANG:
            await asyncio.sleep(3600)
        if fault.answer == DROP:
            writer.transport.abort()
            raise ConnectionAbortedError
        await self._say(writer, fault.answer)

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()


def _between(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]


async def _count_only() -> None:
    sink = SmtpSink(keep=False)
    server = await sink.start()
    print(sink.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(sink.taken, sink.connections, flush=True)
    await sink.stop(server)


if __name__ == "__main__":
    asyncio.run(_count_only())
