"""A mail server for the tests: the outbox's own settings, pointed at a sink that can misbehave."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from testbed.smtp_sink import Fault, SmtpSink


@contextmanager
def mail_server(*faults: Fault, timeout: float = 5, pipelining: bool = True) -> Iterator[SmtpSink]:
    """A sink that the e-mail channel sends to."""
    with (
        SmtpSink(faults=list(faults), pipelining=pipelining) as sink,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=sink.port,
            EMAIL_TIMEOUT=timeout,
        ),
    ):
        yield sink
