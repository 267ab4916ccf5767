"""What is wrong with an installation, and how to fix it: the questions of `manage.py doctor`, each bounded in time.

A finding is OK, warn (it works, but a person should look) or bad (something does not work). No question changes anything,
and one that fails is itself a finding.
"""

import shlex
import shutil
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import redis
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from contact_center.models import Call, StaleDay
from customers.models import Customer
from foundation.encryption import KeyMissing, ValueDamaged, writing_key
from foundation.network_address import unreadable_shape
from foundation.reencrypting import encrypted_columns, sample
from notifications import rates, resting
from notifications.channels import Channel
from notifications.channels.push.configured import providers as push_providers
from notifications.models import ChannelCircuit, Notice
from notifications.sendings.workers import deaf_queues
from vittoria_care import checks, grants
from vittoria_care.celery import app
from vittoria_care.demonstration.data.story import count_demo_customers
from vittoria_care.embedded import servers
from vittoria_care.sign_in.openid_connect import calls

from . import health
from .heartbeat import beat_age

Level = Literal["OK", "warn", "bad"]

LONG_CALL = timedelta(hours=4)
SKEW = timedelta(seconds=2)
STALE_DAYS = 60
ROOM = 1024**3  # bytes under var/
OLDEST_POSTGRESQL = 140_000
NO_RIGHT = "42501"  # PostgreSQL's code
OLDEST_REDIS = (6, 2)
ROOT = Path(servers.ROOT)
ASK_PROVIDER = "Ask whoever runs it."
UNTRUSTED = {  # of a provider's documents
    "other_issuer": (
        "its discovery document names another issuer than OPENID_PROVIDERS",
        "Set server to the issuer that the document names.",
    ),
    "discovery_not_whole": ("its discovery document lacks an address", ASK_PROVIDER),
    "no_keys": ("it publishes no keys", ASK_PROVIDER),
    "refused_by_provider": ("its discovery document is not found", "Check server in OPENID_PROVIDERS."),
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: its subject, what was found, and what to do about it."""

    level: Level
    about: str
    says: str
    hint: str = ""


def examine() -> Iterator[Finding]:
    """Every finding, in the order of the questions. Those to the database are asked only while it answers."""
    yield from _settings()
    yield from _asked("database", _database)
    try:
        health.bounded(lambda: None)
        if not health.pending_migrations():
            for question in (
                _account,
                _database_log,
                _encryption,
                _notices,
                _channels,
                _calls,
                _figures,
                _demonstration,
                _beat,
                _queues,
            ):
                yield from _asked(question.__name__.strip("_").replace("_", " "), question)
    except (DatabaseError, InterfaceError):
        pass  # reported above
    yield from _asked("redis", _redis)
    yield from _asked("visitors", _visitors)
    yield from _asked("worker", _worker)
    yield from _asked("mail", _mail)
    yield from _asked("openid connect", _openid_connect)
    yield from _asked("disk", _disk)
    yield from _asked("files", _files)


def _asked(about: str, question: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from list(question())
    except (DatabaseError, InterfaceError) as error:
        if getattr(error.__cause__, "pgcode", "") == NO_RIGHT:
            yield Finding(
                "bad",
                about,
                f"{_first_line(error).capitalize()}.",
                "Run manage.py migrate, or manage.py grant_rights.",
            )
            return
        yield Finding(
            "bad", about, f"The database does not answer: {_first_line(error)}.", "Start it; see DATABASE_URL."
        )
    except Exception as error:  # whatever went wrong with this question, the next one is asked
        yield Finding("bad", about, f"The check failed: {type(error).__name__}: {_first_line(error)}.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


# --- Configuration ------------------------------------------------------------------------------------------------
def _settings() -> Iterator[Finding]:
    about = "settings"
    for fault in checks.production_is_safe(None):
        yield Finding("bad", about, str(fault.msg), str(fault.hint))
    if not settings.PRODUCTION:
        yield Finding("OK", about, f"ENVIRONMENT is {settings.ENVIRONMENT}: a person's machine or a demonstration.")
        if settings.DEBUG:
            yield Finding("warn", about, "DEBUG is on: error pages show code and settings.", "Remove DEBUG.")
        return
    for issue in run_checks(include_deployment_checks=True):
        if not str(issue.id).startswith("vittoria_care"):
            yield Finding("warn", about, f"{issue.msg} ({issue.id})".replace("\n", " "), str(issue.hint or ""))
    if not settings.CSRF_TRUSTED_ORIGINS and settings.BEHIND_PROXY:
        yield Finding(
            "warn",
            about,
            "CSRF_TRUSTED_ORIGINS is empty behind a proxy.",
            "Set it to https:// and the name of the site.",
        )
    if not checks.production_is_safe(None):
        yield Finding("OK", about, "A production start is allowed.")


# --- Servers ------------------------------------------------------------------------------------------------------
def _database() -> Iterator[Finding]:
    about = "database"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), current_setting('max_connections')::int, "
            "current_setting('server_version_num')::int"
        )
        size, most, version = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL")
        used = cursor.fetchone()[0]
    summary = (
        f"PostgreSQL {version // 10_000}.{version % 10_000}, {size / 1024**2:,.0f} MB, {used} of {most} connections."
    )
    if version < OLDEST_POSTGRESQL:
        yield Finding("bad", about, summary, "Version 14 or later is needed.")
    elif used > most * 0.8:
        yield Finding("warn", about, summary, "Put a pooler in front, or raise max_connections.")
    else:
        yield Finding("OK", about, summary)
    seconds = abs(health.clock_apart_seconds())
    if seconds > SKEW.total_seconds():
        yield Finding(
            "warn", "clock", f"The clocks here and in the database differ by {seconds:.0f} s.", "Set both by NTP."
        )
    else:
        yield Finding("OK", "clock", "This machine and the database agree on the time.")
    if pending := health.pending_migrations():
        names = ", ".join(pending[:3]) + ("…" if len(pending) > 3 else "")
        yield Finding(
            "bad", "migrations", f"{len(pending)} migrations have not run: {names}.", "Run manage.py migrate."
        )
    else:
        yield Finding("OK", "migrations", "All migrations have run.")


def _account() -> Iterator[Finding]:
    about = "account"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        name = cursor.fetchone()[0]
    if too_many := grants.excess():
        yield Finding(
            "warn",
            about,
            f"The account {name} has more rights than it needs: it {', it '.join(too_many)}.",
            "Give the tables to an owner of their own (DATABASE_OWNER_URL) and run manage.py grant_rights.",
        )
    elif not settings.DATABASE_ACCOUNTS.get("retention"):
        yield Finding(
            "warn",
            about,
            f"The account {name} may not erase what the law says must be erased, and no other account is set that may.",
            "Set DATABASE_RETENTION_URL where workers run.",
        )
    else:
        yield Finding("OK", about, f"The account {name} has the rights that the application needs, and no more.")


def _database_log() -> Iterator[Finding]:
    about = "database log"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('log_min_error_statement'), current_setting('log_error_verbosity')")
        statements, words = cursor.fetchone()
    if statements in ("log", "fatal", "panic") and words == "terse":
        yield Finding("OK", about, "PostgreSQL writes no failed statement and no refused row into its log.")
    else:
        yield Finding(
            "warn",
            about,
            "PostgreSQL writes failed statements into its log, with the data in them.",
            "Set log_min_error_statement = panic, log_error_verbosity = terse and log_parameter_max_length_on_error = 0.",
        )


def _encryption() -> Iterator[Finding]:
    about = "encryption"
    others: set[str] = set()
    try:
        for column in encrypted_columns():
            if (other := sample(column)) is not None:
                others.add(other)
    except (ImproperlyConfigured, KeyMissing, ValueDamaged) as error:
        yield Finding("bad", about, str(error), "Set ENCRYPTION_KEYS as it was, the new key first.")
        return
    if others:
        says = f"Values of the key {', '.join(sorted(others))} are still stored."
        yield Finding("warn", about, says, "Run manage.py rotate_encryption before that key goes.")
    if (key := writing_key()) is not None:
        yield Finding("OK", about, f"Values are encrypted with the key {key.id}; samples of each column can be read.")
    elif settings.PRODUCTION:
        says = "ENCRYPTION_KEYS names no key that encrypts: bank accounts and answers about injuries are stored as they are."
        yield Finding("warn", about, says, "Make a key and run manage.py rotate_encryption (docs/operations.md).")
    else:
        yield Finding(
            "OK", about, "ENCRYPTION_KEYS names no key that encrypts: nothing is encrypted but second factors."
        )


def _redis() -> Iterator[Finding]:
    client = health.broker()
    try:
        if servers.has_stand_in() and client.ping():
            yield Finding(
                "OK", "redis", "A stand-in for Redis, for demonstrations and tests: it loses everything when it stops."
            )
            return
        version = client.info("server")["redis_version"]
    except (redis.RedisError, OSError) as error:
        yield Finding("bad", "redis", f"It does not answer: {_first_line(error)}.", "Start it; see REDIS_URL.")
        return
    finally:
        client.close()
    old = tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS
    yield Finding("bad" if old else "OK", "redis", f"Version {version}.", "6.2 or later is needed." if old else "")


def _visitors() -> Iterator[Finding]:
    about = "visitors"
    try:
        shape = unreadable_shape()
    except redis.RedisError:
        return  # already reported
    if shape is None:
        yield Finding("OK", about, "Every visitor's address could be read within the last hour.")
        return
    where = "X-Forwarded-For" if settings.BEHIND_PROXY else "the connection"
    yield Finding(
        "bad",
        about,
        f"A visitor's address could not be read: {where} had “{shape}”. All such visitors count as one for every limit.",
        "Let the proxy add the visitor's address to X-Forwarded-For, and set BEHIND_PROXY=True.",
    )


def _worker() -> Iterator[Finding]:
    about = "worker"
    hint = "Start `celery -A vittoria_care worker`."
    try:
        with app.connection_for_write(connect_timeout=health.PATIENCE) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=health.PATIENCE)
            answers = app.control.ping(timeout=1.0, connection=broker)
    except Exception as error:
        yield Finding("bad", about, f"Workers cannot be asked: {_first_line(error)}.", "Fix Redis first.")
        return
    names = [name for answer in answers for name in answer]
    if names:
        yield Finding("OK", about, f"{len(names)} answered: {', '.join(sorted(names))}.")
    else:
        yield Finding("bad", about, "No worker answered within a second.", hint)


def _beat() -> Iterator[Finding]:
    age = beat_age()
    if age is None or age > settings.READY_BEAT_SECONDS:
        last = "Beat has never run." if age is None else f"Beat last ran {timedelta(seconds=round(age))} ago."
        yield Finding("bad", "beat", last, "Start `celery -A vittoria_care beat` and a worker.")
    else:
        yield Finding("OK", "beat", f"Beat last ran {age:.0f} s ago.")


def _queues() -> Iterator[Finding]:
    about = "queues"
    if deaf := deaf_queues(timezone.now()):
        names = ",".join(deaf)
        yield Finding(
            "bad",
            about,
            f"Nobody takes from {', '.join(deaf)}.",
            f"Start `celery -A vittoria_care worker -Q {names}`, or a worker without -Q.",
        )
    else:
        yield Finding("OK", about, "Somebody takes from every queue.")


def _mail() -> Iterator[Finding]:
    about = "mail"
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Finding("OK", about, "Mail is not sent by SMTP here.")
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    hint = "Check EMAIL_URL, and that the mail server accepts this machine."
    try:
        if getattr(settings, "EMAIL_USE_SSL", False):
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=health.PATIENCE, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=health.PATIENCE)
        with server:
            code, _words = server.ehlo()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding("bad", about, f"{where} does not answer: {_first_line(error)}.", hint)
        return
    yield Finding(
        "OK" if code == 250 else "bad", about, f"{where} answered EHLO with {code}.", "" if code == 250 else hint
    )


def _openid_connect() -> Iterator[Finding]:
    about = "openid connect"
    for provider in settings.OPENID_PROVIDERS:
        try:
            keys = calls.examine(provider)
        except calls.Away:
            yield Finding(
                "bad", about, f"{provider.id}: {provider.server} does not answer.", "Check server in OPENID_PROVIDERS."
            )
        except calls.NotTrusted as error:
            says, hint = UNTRUSTED.get(error.code, (f"its answer is not to be used ({error.code})", ASK_PROVIDER))
            yield Finding("bad", about, f"{provider.id}: {says}.", hint)
        else:
            yield Finding("OK", about, f"{provider.id}: {provider.server} answers, with {keys} keys.")


# --- What waits ---------------------------------------------------------------------------------------------------
def _notices() -> Iterator[Finding]:
    owed = health.oldest_owed_seconds()
    late = owed > settings.READY_NOTICE_SECONDS
    yield Finding(
        "bad" if late else "OK",
        "notices",
        f"The oldest notice to send is {timedelta(seconds=round(owed))} late." if owed else "No notice is due.",
        "Check that a worker runs; `manage.py deliver_notices` sends them by hand." if late else "",
    )
    doubt = Notice.objects.filter(state=Notice.State.IN_DOUBT).order_by()[:1000].count()
    if doubt:
        summary = f"{doubt} in doubt: they may have been sent."
        yield Finding("warn", "notices", summary, "Decide about them in the back office, under Notices.")


def _channels() -> Iterator[Finding]:
    about = "channels"
    away = resting.resting(timezone.now())
    for circuit in ChannelCircuit.objects.filter(channel__in=away):
        yield Finding(
            "bad" if circuit.is_ours else "warn",
            about,
            f"{Channel(circuit.channel).name.lower()} rests after {circuit.failures} failures: {circuit.cause or 'no words'}.",
            "Put it right, then have it tried under Sending in the back office.",
        )
    for each in rates.reached():
        says = f"{each.number} notices in one {each.window} ({each.what}): the rest waits."
        yield Finding("warn", about, says, f"If the number is right, raise {each.setting} ({each.most}).")
    if settings.PUSH_PROVIDERS:
        try:
            push_providers()
        except ImproperlyConfigured as error:
            yield Finding("bad", about, str(error), "Correct it, or empty PUSH_PROVIDERS.")
            return
    if not away:
        yield Finding("OK", about, "No channel rests.")


def _calls() -> Iterator[Finding]:
    since = timezone.now() - LONG_CALL
    open_calls = Call.objects.filter(disposition="open", queued_at__lt=since).order_by()[:1000].count()
    if open_calls:
        summary = f"{open_calls} have been open for more than four hours: their end was lost."
        yield Finding("warn", "calls", summary, "Ask the telephone platform to send their records again.")
    else:
        yield Finding("OK", "calls", "No call has been open for more than four hours.")


def _figures() -> Iterator[Finding]:
    days = StaleDay.objects.order_by().values("day").distinct().count()  # marks, several of a day
    if days > STALE_DAYS:
        yield Finding("warn", "figures", f"{days} days wait to be counted.", "Check that a worker and beat run.")
    else:
        yield Finding("OK", "figures", f"{days} days wait to be counted." if days else "Every day is counted.")


def _demonstration() -> Iterator[Finding]:
    if not settings.PRODUCTION:
        return
    if Customer.objects.exists() and (count := count_demo_customers()):
        summary = f"{count} invented customers are in this production database."
        yield Finding("bad", "demonstration", summary, "Give the demonstration a database of its own.")
    else:
        yield Finding("OK", "demonstration", "No invented data.")


# --- This machine -------------------------------------------------------------------------------------------------
def _disk() -> Iterator[Finding]:
    folder = settings.VAR_DIR if settings.VAR_DIR.exists() else ROOT
    free = shutil.disk_usage(folder).free
    summary = f"{free / 1024**3:.1f} GB free for {folder.name}/ on {socket.gethostname()}."
    yield Finding("warn", "disk", summary, "Free some space.") if free < ROOM else Finding("OK", "disk", summary)


def _files() -> Iterator[Finding]:
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    behind = [path.parts[-3] for path in catalogues if not _is_newer(path.with_suffix(".mo"), path)]
    if behind:
        summary = f"Changed and not compiled: {', '.join(behind)}."
        yield Finding("warn", "catalogues", summary, "Run scripts/messages.py compile.")
    else:
        yield Finding("OK", "catalogues", "Compiled.")
    if settings.ATTACHMENT_SCANNER:
        program = shutil.which(shlex.split(settings.ATTACHMENT_SCANNER)[0])
        yield (
            Finding("OK", "scanner", "Files that people send are scanned for viruses.")
            if program
            else Finding(
                "bad",
                "scanner",
                "The program of ATTACHMENT_SCANNER was not found.",
                "Install it, or correct its path.",
            )
        )
    else:
        yield Finding(
            "warn" if settings.PRODUCTION else "OK",
            "scanner",
            "Files that people send are not scanned for viruses.",
            'Set ATTACHMENT_SCANNER, such as "clamdscan --no-summary --fdpass".',
        )
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"] and not manifest.is_file():
        yield Finding("bad", "static files", "Not collected: no page can be shown.", "Run manage.py collectstatic.")
    else:
        yield Finding("OK", "static files", "Collected.")


def _is_newer(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime >= source.stat().st_mtime


def worst(findings: list[Finding]) -> int:
    """The exit code: 0 all OK, 1 a person should look at something, 2 something does not work."""
    levels: dict[str, Any] = {"OK": 0, "warn": 1, "bad": 2}
    return max((levels[each.level] for each in findings), default=0)
