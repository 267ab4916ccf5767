"""Notices by e-mail to a mail server of this machine, against a bare smtplib loop that sends the same messages."""

import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail import EmailMultiAlternatives

from notifications.models import Notice

from . import data
from .measure import ROOT, Row, Scale, at_least, at_most, manage, say

NOTICES = 20_000  # of the rates, at full scale
TURNS = 3
MANY = 100_000  # of the memory, at full scale
FEW = 5_000
SENDER = "Vittoria Care <assistenza@vittoria-care.example>"
GROWTH_MB = 30


def measure(scale: Scale) -> Iterator[Row]:
    """The bare loop, one worker over the outbox, and the worker's memory at few and at many notices."""
    part = scale.customers / Scale().customers
    notices = max(1_000, round(NOTICES * part))
    bare, ours = [], []
    with server() as port:
        ready = bare_loop(port, notices, ready=True)
        for _turn in range(TURNS):  # they take turns, so that whatever else the machine does falls on both
            bare.append(bare_loop(port, notices))
            ours.append(_worker(notices)[0])
    limit = statistics.median(bare)
    yield Row("bare smtplib loop, messages made ready before", ready, "messages/s")
    yield Row("bare smtplib loop", limit, "messages/s")
    aim = "at least half of the bare loop"
    name = f"notices by e-mail, {notices:,}, one worker"
    yield at_least(name, statistics.median(ours), "messages/s", limit, 0.5, aim=aim)
    few, many = _worker(max(1_000, round(FEW * part))), _worker(max(2_000, round(MANY * part)))
    name = f"memory of the worker: {round(MANY * part):,} notices beside {round(FEW * part):,}"
    yield at_most(name, many[1], "MB", few[1] + GROWTH_MB, aim=f"at most {GROWTH_MB} MB more")


@contextmanager
def server() -> Iterator[int]:
    """A mail server in a process of its own, which counts; its port."""
    sink = subprocess.Popen(
        [sys.executable, "-m", "testbed.smtp_sink"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sink.stdin is not None  # pipes
    assert sink.stdout is not None
    try:
        yield int(sink.stdout.readline())
    finally:
        sink.stdin.close()
        sink.wait(10)


def _message(notice: Notice) -> bytes:
    mail = EmailMultiAlternatives(notice.subject, notice.body_text, SENDER, [notice.address])
    mail.attach_alternative(notice.body_html, "text/html")
    return mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own has it


def bare_loop(port: int, count: int, *, ready: bool = False) -> float:
    """Messages in a second: made of a text in memory and sent over one connection; no outbox, nothing remembered."""
    notice = Notice(subject="Prova", body_text=TEXT, body_html=HTML, address="anna@example.it")
    body = _message(notice)
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        began = time.perf_counter()
        for _number in range(count):
            content = body if ready else _message(notice)
            smtp.sendmail("assistenza@vittoria-care.example", ["anna@example.it"], content)
        return count / (time.perf_counter() - began)


def _worker(count: int) -> tuple[float, float]:
    """`deliver_notices` in a process of its own: messages in a second, start included, and peak memory in MB."""
    data.truncate("notifications_notice")
    data.execute(
        "INSERT INTO notifications_notice (kind, channel, once, address, language, subject, body_text, body_html, "
        "is_promotional, state, attempts, message_id, problem, created_at, send_after) "
        "SELECT 'bench', 'email', 'bench:' || n, 'cliente.' || n || '@example.it', 'it', 'Prova', %(text)s, %(html)s, "
        "false, 'queued', 0, '', '', now(), now() FROM generate_series(1, %(count)s) AS n",
        {"text": TEXT, "html": HTML, "count": count},
    )
    data.vacuum("notifications_notice")
    say(f"{count:,} notices by e-mail")
    with server() as port:
        environment = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "NOTICES_PER_HOUR": "0"}
        start = manage("deliver_notices", "--dry-run", environment=environment)
        run = manage("deliver_notices", environment=environment)
    left = Notice.objects.exclude(state=Notice.State.SENT).count()
    if left:
        raise RuntimeError(f"{left} of {count} notices were not sent: {run.output}")
    data.truncate("notifications_notice")
    return count / max(0.001, run.seconds - start.seconds), run.peak_mb


TEXT = (
    "Gentile Cliente,\n\n"
    "la Sua polizza P000123456 (Auto) scade alle ore 24 del 31 dicembre 2026.\nVeicolo targato: AB123CD.\n"
    "Premio annuo del contratto in scadenza: 1.240,50 euro.\n\n"
    "La copertura resta operante fino all'effetto della nuova polizza e comunque non oltre le ore 24 del "
    "15 gennaio 2027.\n\nVittoria Care\n"
)
HTML = (
    f"<!doctype html><html lang='it'><body><table><tr><td><p>{TEXT}</p></td></tr></table></body></html>" + " " * 2_000
)
