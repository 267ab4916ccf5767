"""System checks that refuse to start in production with a setting that is only meant for a developer's machine."""

import sys
from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from .embedded import servers


def production_is_safe(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Return one error for each unsafe setting when ENVIRONMENT is "production", and none otherwise."""
    if not settings.PRODUCTION:
        return []
    return [Error(text, hint=hint, id=f"vittoria_care.{number}") for number, text, hint in _unsafe_values()]


def refuse_unsafe_start() -> None:
    """Print each unsafe setting on stderr and end the process. The web server, which runs no checks, calls this.

    The exit code is 3: it tells gunicorn not to start the worker again.
    """
    errors = production_is_safe(None)
    if errors:
        lines = [f"{error.msg} {error.hint}" for error in errors]
        print("This system refuses to start in production:", *lines, sep="\n", file=sys.stderr)
        raise SystemExit(3)


def _unsafe_values() -> list[tuple[str, str, str]]:
    """Return the number, the fault and the hint of each unsafe setting."""
    found = []
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        found.append(("E001", "SECRET_KEY is not set.", "Set it to 50 or more random characters, and keep it secret."))
    elif key.startswith("development-only"):
        found.append(("E002", "SECRET_KEY is a development key.", "Set one of your own, and keep it secret."))
    elif len(key) < 50 or len(set(key)) < 5:
        found.append(("E003", "SECRET_KEY can be guessed.", "Set it to 50 or more random characters."))
    if settings.DEBUG:
        found.append(("E004", "DEBUG is on: error pages show code and settings.", "Remove DEBUG."))
    if not settings.ALLOWED_HOSTS:
        found.append(("E005", "ALLOWED_HOSTS is empty.", "Set it to the names this site answers to."))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(("E006", "ALLOWED_HOSTS accepts any name.", "Set it to the names this site answers to."))
    if not servers.is_given("DATABASE_URL"):
        found.append(
            ("E007", "DATABASE_URL is not set.", "The private PostgreSQL is for demonstration and tests only.")
        )
    if not servers.is_given("REDIS_URL"):
        found.append(("E008", "REDIS_URL is not set.", "The private Redis is for demonstration and tests only."))
    if not settings.SITE_URL.startswith("https://"):
        found.append(("E010", "SITE_URL is not an https:// address.", "Set it to where people reach the site."))
    if not settings.BEHIND_PROXY:
        found.append(
            (
                "E013",
                "BEHIND_PROXY is off.",
                "Put a proxy in front that handles HTTPS and slow clients (docs/operations.md), and set it to True.",
            )
        )
    backend = settings.EMAIL_BACKEND
    if any(kind in backend for kind in ("filebased", "console", "locmem", "dummy", "demonstration")):
        found.append(
            ("E009", "EMAIL_URL stores mail on this machine instead of sending it.", "Set it to your mail server.")
        )
    if settings.SMS_PROVIDER:
        found.append(
            (
                "E017",
                "SMS_PROVIDER names none that sends anything: “file” keeps messages on this machine.",
                "Leave it empty until a provider is connected: numbers are then changed by a person.",
            )
        )
    if settings.STAFF_SECOND_FACTOR != "required":
        found.append(
            (
                "E012",
                "STAFF_SECOND_FACTOR lets staff in with a password alone.",
                "Remove it, or set it to required.",
            )
        )
    if settings.PAYMENT_PROVIDER not in ("", "stripe"):
        found.append(
            (
                "E014",
                f"PAYMENT_PROVIDER is {settings.PAYMENT_PROVIDER!r}: no real money would be taken.",
                "Set it to stripe, or remove it: then nothing is paid online.",
            )
        )
    elif settings.PAYMENT_PROVIDER and not (settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET):
        found.append(
            (
                "E015",
                "PAYMENT_PROVIDER is stripe, and STRIPE_SECRET_KEY or STRIPE_WEBHOOK_SECRET is not set.",
                "Set both: the first opens payments, the second proves who confirms them.",
            )
        )
    elif settings.PAYMENT_PROVIDER and not settings.STRIPE_API_URL.startswith("https://"):
        found.append(("E016", "STRIPE_API_URL is not an https:// address.", "Remove it."))
    return found
