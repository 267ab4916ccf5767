"""System checks that refuse to start in production with a setting that is only meant for a developer's machine."""

import re
import sys
from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from foundation.encryption import keys
from notifications.channels.pec.trusted import Unusable, trusted_certificates
from notifications.channels.push.configured import providers

from .embedded import servers

RETURNS_ADDRESS = re.compile(r"[A-Za-z0-9._-]{1,20}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+[1-9][0-9]{4,14}")


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
    try:
        keys()
    except ImproperlyConfigured as fault:
        found.append(("E018", str(fault), "Put the keys right: what they encrypted cannot be read without them."))
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
    if settings.SMS_PROVIDER not in ("", "twilio"):
        found.append(
            (
                "E017",
                f"SMS_PROVIDER is {settings.SMS_PROVIDER!r}, which sends nothing: “file” keeps messages on this machine.",
                "Set it to twilio, or leave it empty: numbers are then changed by a person, and nothing goes by SMS.",
            )
        )
    elif settings.SMS_PROVIDER and not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN):
        found.append(
            (
                "E021",
                "SMS_PROVIDER is twilio, and TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set.",
                "Set both: they send texts, and the second proves who reports what became of them.",
            )
        )
    elif settings.SMS_PROVIDER and not settings.TWILIO_API_URL.startswith("https://"):
        found.append(("E022", "TWILIO_API_URL is not an https:// address.", "Remove it."))
    elif settings.SMS_PROVIDER and not SMS_SENDER.fullmatch(settings.SMS_SENDER):
        found.append(
            (
                "E023",
                "SMS_SENDER is no sender of a text.",
                "Set it to up to eleven letters, figures and blanks, a letter among them, or to a number such as +39….",
            )
        )
    if settings.PEC_BACKEND and not settings.PEC_BACKEND.endswith("smtp.EmailBackend"):
        found.append(("E024", "PEC_SMTP_URL sends nothing.", "Set it to your manager's server, or remove it."))
    elif settings.PEC_BACKEND and not (
        settings.PEC_SMTP.get("EMAIL_USE_SSL") or settings.PEC_SMTP.get("EMAIL_USE_TLS")
    ):
        found.append(
            ("E025", "PEC_SMTP_URL sends the password in the clear.", "Begin it with smtp+ssl:// or smtp+tls://.")
        )
    elif settings.PEC_BACKEND and not (settings.PEC_IMAP_URL.startswith("imaps://") and settings.PEC_ADDRESS):
        found.append(
            (
                "E026",
                "PEC_SMTP_URL is set, and PEC_ADDRESS or PEC_IMAP_URL (imaps://…) is not.",
                "Set both: the sender, and the mailbox whose receipts prove the delivery.",
            )
        )
    elif settings.PEC_BACKEND and not settings.PEC_RECEIPTS_MUST_VERIFY:
        found.append(
            (
                "E060",
                "PEC_RECEIPTS_MUST_VERIFY lets a receipt prove a delivery though nobody knows who signed it.",
                "Remove it: it is for trials.",
            )
        )
    elif settings.PEC_BACKEND and (problem := _problem_of_certificates()):
        found.append(
            (
                "E061",
                f"PEC_TRUSTED_CERTIFICATES: {problem}",
                "Set it to a file (PEM) or folder with the certificates of the managers, or of who signs theirs "
                "(docs/operations.md).",
            )
        )
    if settings.RETURNS_ADDRESS and not RETURNS_ADDRESS.fullmatch(settings.RETURNS_ADDRESS):
        found.append(
            (
                "E027",
                "RETURNS_ADDRESS is no address that one of its own for each notice can be made of.",
                "Set it to a plain one such as returns@host, of a mailbox that takes returns+anything@host.",
            )
        )
    elif bool(settings.RETURNS_ADDRESS) != settings.RETURNS_IMAP_URL.startswith("imaps://"):
        found.append(
            (
                "E028",
                "RETURNS_ADDRESS and RETURNS_IMAP_URL (imaps://…) are not both set.",
                "Set both: where bounces and answers go, and the mailbox in which they are read; or neither.",
            )
        )
    found += _of_pushes()
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
    if settings.PROMOTIONS_AT_ALL_HOURS:
        found.append(
            (
                "E030",
                "PROMOTIONS_AT_ALL_HOURS sends advertising at night and on holidays.",
                "Remove it: it is for trials.",
            )
        )
    for provider in settings.OPENID_PROVIDERS:
        if not provider.server.startswith("https://"):
            text = f"OPENID_PROVIDERS: the server of {provider.id} is not an https:// address."
            found.append(("E020", text, "Set it to the provider's issuer, or remove the entry."))
    return found


def _problem_of_certificates() -> str:
    """Why no receipt of certified e-mail could be verified; "" where there is a certificate to do so."""
    try:
        return "" if trusted_certificates(settings.PEC_TRUSTED_CERTIFICATES) else "it is not set."
    except Unusable as error:
        return str(error)


def _of_pushes() -> list[tuple[str, str, str]]:
    """Whether what PUSH_PROVIDERS names is set up, keeps nothing on this machine and calls nobody in the clear."""
    if "file" in settings.PUSH_PROVIDERS:
        says = "PUSH_PROVIDERS names file, which keeps notifications on this machine instead of sending them."
        return [("E050", says, "Set it to web, fcm or both, or leave it empty: nobody is notified then.")]
    try:
        providers()
    except ImproperlyConfigured as error:
        return [("E051", str(error), "Correct it, or leave PUSH_PROVIDERS empty.")]
    addresses = [settings.FCM_API_URL, *(each for each in settings.WEB_PUSH_SERVICES if "://" in each)]
    if settings.PUSH_PROVIDERS and not all(each.startswith("https://") for each in addresses):
        return [("E052", "FCM_API_URL or WEB_PUSH_SERVICES calls a service in the clear.", "Remove it.")]
    return []
