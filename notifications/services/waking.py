"""Wake a worker, once the transaction is committed, for the notices that wait. A wake-up that is lost costs a minute at most.

The sweep (`notifications.delivery.sweep`) finds whatever no worker was woken for, so nothing here may fail or hold up
the command that owed the notice: a thread publishes, the command goes on at once, and a broker that did not answer
within a second is left alone for half a minute.
"""

import atexit
import contextvars
import logging
import os
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence

from celery import current_app
from django.db import connection, transaction

from foundation.chunks import in_chunks
from notifications.queues import SLOW, URGENT

log = logging.getLogger(__name__)

DELIVER = "notifications.tasks.deliver"  # by its name: the tasks import the services
CHUNK = 200  # ids in a message
PATIENCE_SECONDS = 1  # how long the broker is waited for
MOST_WAITING = 1_000  # wake-ups of this process that a slow broker has still to take; the sweep finds those beyond
LEFT_ALONE_SECONDS = 30  # after a failure, so that a broker that hangs does not slow every command down
EXPIRES_SECONDS = 60  # by then the sweep has published it again

_left_alone_until = 0.0


class _Publisher:
    """Publishes what the commits of this process hand over, one after the other, in a thread that begins with the first.

    To wait for it cost a request more than all its statements: two threads that wait for each other are woken late.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Nothing waits and no thread runs: at the start, and in a process that was forked."""
        self.waiting: queue.Queue[tuple[contextvars.Context, list[int], str]] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def take(self, notice_ids: list[int], to: str = URGENT) -> None:
        """Have the ids published soon, on this queue of the broker."""
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="wake-ups", daemon=True)
                self._thread.start()
        try:
            self.waiting.put_nowait((contextvars.copy_context(), notice_ids, to))  # the request's id goes with it
        except queue.Full:
            log.warning("No worker was woken, the sweep will find what waits: the broker is slow.")

    def finish(self) -> None:
        """Wait until all is published, but not longer than the broker deserves."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)

    def _work(self) -> None:
        while True:
            context, notice_ids, to = self.waiting.get()
            try:
                context.run(wake_the_worker, notice_ids, queue=to)
            finally:
                self.waiting.task_done()


publisher = _Publisher()
os.register_at_fork(after_in_child=publisher.reset)
atexit.register(publisher.finish)  # a command that ends just after its commit


class _WakeUp:
    """What runs after the commit: one for a transaction, however many notices it queues."""

    def __init__(self) -> None:
        self.notice_ids: dict[str, list[int]] = defaultdict(list)

    def __call__(self) -> None:
        for to, ids in self.notice_ids.items():
            publisher.take(ids, to)


def wake_after_commit(notice_id: int, *, queue: str = URGENT) -> None:
    """Wake a worker of the queue for the notice when the transaction commits, together with the others that it queues."""
    for registered in connection.run_on_commit:
        function = registered[1]
        if isinstance(function, _WakeUp):
            function.notice_ids[queue].append(
                notice_id
            )  # one of a savepoint that is undone later is not found: no harm
            return
    wake_up = _WakeUp()
    wake_up.notice_ids[queue].append(notice_id)
    transaction.on_commit(wake_up, robust=True)


def wake_soon(notice_ids: Iterable[int], *, queue: str) -> None:
    """Wake a worker of the queue for notices that are stored already; returns at once."""
    publisher.take(list(notice_ids), queue)


def wake_the_worker(notice_ids: Iterable[int], *, queue: str = URGENT) -> bool:
    """Publish the ids in chunks, on a queue (notifications/queues.py); False, and a line in the log, when the broker did not take them in time. Never raises.

    In a thread, because the client of the broker tries again by itself for longer than anybody should wait here; one
    that is late may still succeed, which does no harm.
    """
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return False
    problems: list[Exception] = []
    ids = list(notice_ids)
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_publish, ids, problems, queue), name="wake-up", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if thread.is_alive():
        problems.append(TimeoutError(f"no answer in {PATIENCE_SECONDS} s"))
    if problems:
        _left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        error = problems[-1]
        log.warning("No worker was woken, the sweep will find what waits: %s: %s", type(error).__name__, error)
    return not problems


def _publish(ids: Sequence[int], problems: list[Exception], queue: str) -> None:
    try:
        for chunk in in_chunks(ids, CHUNK):
            shown = f"({len(chunk)} notices from {chunk[0]})"  # in the logs, instead of all the ids
            current_app.send_task(
                DELIVER,
                (chunk,),
                argsrepr=shown,
                retry=False,
                ignore_result=True,
                expires=EXPIRES_SECONDS,
                queue=queue,
                kwargs={"patient": True} if queue == SLOW else {},
            )
    except Exception as error:  # whatever it is, the notices are in the outbox and the command is done
        problems.append(error)
