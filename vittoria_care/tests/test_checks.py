"""A production start with an unsafe value is refused, in words."""

import pytest

from notifications.tests.pec_samples import trusted_in
from vittoria_care import checks
from vittoria_care.demonstration.mail import PATH_TO_US
from vittoria_care.sign_in.openid_connect.providers import read_providers

SAFE = {
    "PRODUCTION": True,
    "SECRET_KEY": "a-long-one-of-more-than-fifty-characters-0123456789",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["care.example"],
    "SITE_URL": "https://care.example",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "STAFF_SECOND_FACTOR": "required",
    "SMS_PROVIDER": "twilio",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "secret",
    "PEC_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "PEC_SMTP": {"EMAIL_USE_SSL": True},
    "PEC_IMAP_URL": "imaps://pec:secret@mail.example/INBOX",
    "PEC_ADDRESS": "care@pec.example",
    "RETURNS_ADDRESS": "returns@care.example",
    "RETURNS_IMAP_URL": "imaps://returns:secret@mail.example/INBOX",
    "BEHIND_PROXY": True,
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """Settings and environment of a production that may start."""
    for name, value in SAFE.items():
        setattr(settings, name, value)
    trusted_in(settings, tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgres://care@database.example/care")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")
    return settings


def faults() -> list[str]:
    return [str(error.id).partition(".")[2] for error in checks.production_is_safe(None)]


def test_safe_values_are_accepted(production):
    assert faults() == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SECRET_KEY", "", "E001"),
        ("SECRET_KEY", "development-only-never-in-production-" + "x" * 32, "E002"),
        ("SECRET_KEY", "short", "E003"),
        ("ENCRYPTION_KEYS", ["corta"], "E018"),
        ("SMS_PROVIDER", "file", "E017"),
        ("SMS_PROVIDER", "twillio", "E017"),
        ("TWILIO_ACCOUNT_SID", "", "E021"),
        ("TWILIO_AUTH_TOKEN", "", "E021"),
        ("RETURNS_ADDRESS", "returns+all@care.example", "E027"),
        ("RETURNS_ADDRESS", "Vittoria <returns@care.example>", "E027"),
        ("RETURNS_ADDRESS", "", "E028"),
        ("RETURNS_IMAP_URL", "", "E028"),
        ("RETURNS_IMAP_URL", "imap://returns:secret@mail.example/INBOX", "E028"),
        ("TWILIO_API_URL", "http://twilio.example", "E022"),
        ("SMS_SENDER", "Vittoria Assicurazioni", "E023"),
        ("SMS_SENDER", "12345", "E023"),
        ("SMS_SENDER", "Vittòria", "E023"),
        ("PEC_BACKEND", PATH_TO_US, "E024"),
        ("PEC_SMTP", {}, "E025"),
        ("PEC_IMAP_URL", "imap://pec:secret@mail.example/INBOX", "E026"),
        ("PEC_ADDRESS", "", "E026"),
        ("PEC_RECEIPTS_MUST_VERIFY", False, "E060"),
        ("PEC_TRUSTED_CERTIFICATES", "", "E061"),
        ("PEC_TRUSTED_CERTIFICATES", "/nowhere/managers.pem", "E061"),
        ("PROMOTIONS_AT_ALL_HOURS", True, "E030"),
        ("PUSH_PROVIDERS", ["file"], "E050"),
        ("PUSH_PROVIDERS", ["pigeon"], "E051"),
        ("PUSH_PROVIDERS", ["fcm"], "E051"),
        ("SECRET_KEY", "a" * 60, "E003"),
        ("DEBUG", True, "E004"),
        ("ALLOWED_HOSTS", [], "E005"),
        ("ALLOWED_HOSTS", ["*"], "E006"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "E009"),
        ("EMAIL_BACKEND", PATH_TO_US, "E009"),
        ("SITE_URL", "http://localhost:8000", "E010"),
        ("STAFF_SECOND_FACTOR", "optional", "E012"),
        ("STAFF_SECOND_FACTOR", "requierd", "E012"),
        ("BEHIND_PROXY", False, "E013"),
        ("PAYMENT_PROVIDER", "sandbox", "E014"),
        ("PAYMENT_PROVIDER", "strip", "E014"),
        ("STRIPE_SECRET_KEY", "", "E015"),
        ("STRIPE_WEBHOOK_SECRET", "", "E015"),
        ("STRIPE_API_URL", "http://stripe.example", "E016"),
    ],
)
def test_each_unsafe_setting_is_named(production, name, value, fault):
    setattr(production, name, value)

    assert faults() == [fault]


@pytest.mark.parametrize(("name", "fault"), [("DATABASE_URL", "E007"), ("REDIS_URL", "E008")])
def test_private_servers_are_no_production(production, monkeypatch, name, fault):
    monkeypatch.setenv(name, "")

    assert faults() == [fault]


def test_a_provider_of_openid_connect_is_reached_by_https(production):
    [provider] = read_providers(
        '[{"id": "azienda", "name": "Azienda", "serves": "staff", "domains": ["ditta.example"], "client_id": "us", '
        '"client_secret": "x", "server": "http://localhost:9000"}]'
    )
    production.OPENID_PROVIDERS = [provider]
    assert faults() == ["E020"]


def test_elsewhere_anything_goes(production):
    production.PRODUCTION = False
    production.SECRET_KEY = "short"

    assert faults() == []


def test_a_server_that_runs_no_checks_ends_with_the_reason(production, capsys):
    production.DEBUG = True

    with pytest.raises(SystemExit) as end:
        checks.refuse_unsafe_start()

    assert end.value.code == 3
    assert capsys.readouterr().err == (
        "This system refuses to start in production:\nDEBUG is on: error pages show code and settings. Remove DEBUG.\n"
    )


def test_a_production_where_nothing_is_paid_online_needs_no_secrets(production):
    production.PAYMENT_PROVIDER = production.STRIPE_SECRET_KEY = production.STRIPE_WEBHOOK_SECRET = ""
    assert faults() == []
