"""The doctor says what is wrong and how to fix it, whatever is wrong."""

import base64
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone

from contact_center.models import StaleDay
from contact_center.tests.factories import CallFactory
from customers.tests.factories import CustomerFactory, OperationFactory
from foundation.network_address import UNREADABLE, address_of
from foundation.tests.factories import HeartbeatFactory
from notifications import rates, resting
from notifications.models import Notice
from notifications.queues import MARK, QUEUES
from notifications.tests.factories import NoticeFactory
from testbed.openid_provider import openid_provider
from vittoria_care.demonstration.data.people import PREFIX
from vittoria_care.embedded import servers
from vittoria_care.running import doctor, health
from vittoria_care.running.heartbeat import PULSE
from vittoria_care.sign_in.openid_connect.providers import read_providers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_worker(monkeypatch):
    """A worker that answers, a beat that was seen, and files that were made."""
    monkeypatch.setattr(doctor.app.control, "ping", lambda **kwargs: [{"celery@trial": {"ok": "pong"}}])
    HeartbeatFactory(name=PULSE)
    for each in QUEUES:
        HeartbeatFactory(name=MARK + each.name)


def found(about):
    return [(each.level, each.says, each.hint) for each in doctor.examine() if each.about == about]


def level(about):
    return max((each[0] for each in found(about)), key=["OK", "warn", "bad"].index)


def test_a_healthy_installation_has_nothing_bad():
    findings = list(doctor.examine())
    assert [each for each in findings if each.level == "bad"] == []
    assert {"settings", "database", "clock", "migrations", "notices", "calls", "figures", "beat", "redis"} <= {
        each.about for each in findings
    }
    assert {"worker", "mail", "disk", "catalogues", "static files"} <= {each.about for each in findings}


def test_the_command_prints_a_line_for_each_and_ends_with_0(capsys, monkeypatch):
    monkeypatch.setattr(
        doctor, "examine", lambda: iter([doctor.Finding("OK", "database", "It answers.", "never shown")])
    )
    call_command("doctor", no_color=True)
    assert capsys.readouterr().out.split() == ["OK", "database", "It", "answers."]


@pytest.mark.parametrize(("levels", "code"), [(["OK", "warn"], 1), (["bad", "OK", "warn"], 2)])
def test_the_worst_is_the_exit_code(capsys, monkeypatch, levels, code):
    monkeypatch.setattr(
        doctor, "examine", lambda: (doctor.Finding(each, "x", "So it is.", "Fix it.") for each in levels)
    )
    with pytest.raises(SystemExit) as end:
        call_command("doctor", json=True)
    assert end.value.code == code
    assert [each["level"] for each in json.loads(capsys.readouterr().out)] == levels


def test_unsafe_settings_of_a_production_are_reported(settings):
    settings.PRODUCTION, settings.SECRET_KEY = True, "short"
    assert ("bad", "SECRET_KEY can be guessed.", "Set it to 50 or more random characters.") in found("settings")


def test_a_database_that_is_away_is_reported_and_the_rest_still_asked(monkeypatch):
    def away(*args):
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(doctor.connection, "cursor", away)
    monkeypatch.setattr(health, "bounded", away)
    assert found("database") == [
        ("bad", "The database does not answer: connection refused.", "Start it; see DATABASE_URL.")
    ]
    assert found("notices") == []
    assert level("redis") == "OK"


def test_migrations_that_have_not_run_are_named(monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: ["a.1", "b.2", "c.3", "d.4"])
    assert found("migrations") == [("bad", "4 migrations have not run: a.1, b.2, c.3….", "Run manage.py migrate.")]


def test_a_redis_that_is_away_is_reported(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert level("redis") == "bad"


def test_a_missing_worker_is_reported(monkeypatch):
    monkeypatch.setattr(doctor.app.control, "ping", lambda **kwargs: [])
    assert level("worker") == "bad"


def test_a_queue_that_nobody_takes_from_is_named_with_what_to_start():
    HeartbeatFactory._meta.model.objects.filter(name=f"{MARK}urgent").delete()
    [(found_level, says, hint)] = found("queues")
    assert (found_level, says) == ("bad", "Nobody takes from urgent.")
    assert "-Q urgent" in hint


def test_a_channel_that_rests_and_a_limit_that_is_reached_are_reported(settings):
    assert level("channels") == "OK"
    resting.leave_alone("email", timedelta(minutes=5), "530 sign in first", is_ours=True)
    assert level("channels") == "bad"
    assert "530 sign in first" in found("channels")[0][1]
    settings.NOTICES_PER_HOUR = 1
    rates.count([NoticeFactory()])
    assert "NOTICES_PER_HOUR" in found("channels")[1][2]


def test_providers_of_notifications_that_are_not_set_up_are_reported(settings):
    settings.PUSH_PROVIDERS, settings.FCM_CREDENTIALS = ["fcm"], ""
    assert "FCM_CREDENTIALS" in found("channels")[0][1]


def test_a_beat_not_seen_is_reported():
    HeartbeatFactory._meta.model.objects.update(began_at=timezone.now() - timedelta(hours=2))
    assert level("beat") == "bad"


def test_a_mail_server_that_does_not_answer_is_reported(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert level("mail") == "bad"


def test_a_late_notice_and_one_in_doubt_are_reported():
    NoticeFactory(send_after=timezone.now() - timedelta(hours=1))
    NoticeFactory(state=Notice.State.IN_DOUBT)
    assert [each[0] for each in found("notices")] == ["bad", "warn"]


@pytest.mark.parametrize(("hours", "expected"), [(3, "OK"), (5, "warn")])
def test_a_call_without_an_end_is_reported_after_four_hours(hours, expected):
    CallFactory(
        queued_at=timezone.now() - timedelta(hours=hours),
        disposition="open",
        answered_at=None,
        ended_at=None,
        agent=None,
        contact=None,
        wait_seconds=None,
        talk_seconds=0,
    )
    assert level("calls") == expected


def test_many_days_to_be_counted_are_reported(monkeypatch):
    monkeypatch.setattr(doctor, "STALE_DAYS", 0)
    StaleDay.objects.create(day=timezone.localdate())
    assert level("figures") == "warn"


def test_invented_data_in_a_production_is_reported(settings):
    CustomerFactory(code=f"{PREFIX}1")
    assert found("demonstration") == []
    settings.PRODUCTION = True
    assert level("demonstration") == "bad"


def test_a_full_disk_and_old_catalogues_are_reported(monkeypatch):
    monkeypatch.setattr(doctor, "ROOM", 10**18)
    monkeypatch.setattr(doctor, "_is_newer", lambda made, source: False)
    assert (level("disk"), level("catalogues")) == ("warn", "warn")


def test_static_files_not_collected_are_reported(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    assert level("static files") == "bad"


def test_a_check_that_fails_is_itself_reported(monkeypatch):
    def broken():
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "_disk", broken)
    assert found("disk") == [("bad", "The check failed: RuntimeError: no such thing.", "")]


def test_a_production_without_a_virus_scanner_is_looked_at(settings):
    settings.PRODUCTION, settings.ATTACHMENT_SCANNER = True, ""
    assert found("scanner") == [
        (
            "warn",
            "Files that people send are not scanned for viruses.",
            'Set ATTACHMENT_SCANNER, such as "clamdscan --no-summary --fdpass".',
        )
    ]


@pytest.mark.parametrize(("command", "expected"), [("true --quiet", "OK"), ("no-such-scanner", "bad")])
def test_the_program_of_the_scanner_is_looked_for(settings, command, expected):
    settings.ATTACHMENT_SCANNER = command
    assert level("scanner") == expected


def test_the_log_of_the_private_server_holds_no_statement_that_failed():
    assert level("database log") == "OK" if servers.retention_url() else level("database log") in ("OK", "warn")


def test_a_log_with_what_people_wrote_is_looked_at():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_min_error_statement = error")
    assert level("database log") == "warn"


def test_a_proxy_whose_address_cannot_be_read_is_reported(settings):
    settings.BEHIND_PROXY = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cache.delete(UNREADABLE)
    assert level("visitors") == "OK"
    address_of(RequestFactory().get("/", headers={"x-forwarded-for": "unknown"}))
    assert level("visitors") == "bad"
    cache.delete(UNREADABLE)


# --- Encrypted columns
def test_a_production_without_a_key_is_warned(settings):
    settings.PRODUCTION, settings.ENCRYPTION_KEYS = True, []
    assert level("encryption") == "warn"


def test_a_key_that_is_missing_is_named(settings):
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(bytes([1]) * 32).decode()]
    OperationFactory(facts={"iban": "IT60"})
    assert level("encryption") == "OK"
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(bytes([2]) * 32).decode()]
    [(worst, says, _hint)] = found("encryption")
    assert (worst, "not among ENCRYPTION_KEYS" in says) == ("bad", True)


def test_an_earlier_key_still_in_use_is_named(settings):
    one, other = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    settings.ENCRYPTION_KEYS = [one]
    OperationFactory(facts={"iban": "IT60"})
    settings.ENCRYPTION_KEYS = [other, one]
    assert [each[0] for each in found("encryption")] == ["warn", "OK"]


def openid(settings, server):
    settings.OPENID_PROVIDERS = read_providers(
        f'[{{"id": "spid", "name": "SPID", "serves": "customers", "acr_values": ["L2"], "server": "{server}", '
        '"client_id": "us", "client_secret": "x"}]'
    )
    return found("openid connect")


def test_a_provider_of_openid_connect_that_answers_is_fine(settings):
    with openid_provider() as provider:
        assert openid(settings, provider.url) == [("OK", f"spid: {provider.url} answers, with 1 keys.", "")]


def test_a_provider_that_cannot_be_reached_or_is_another_is_named(settings):
    with openid_provider() as provider:
        provider.faults.other_discovery = True
        [(level, says, hint)] = openid(settings, provider.url)
    assert (level, "names another issuer" in says, "Set server" in hint) == ("bad", True, True)
    [(level, says, _hint)] = openid(settings, provider.url)
    assert (level, says) == ("bad", f"spid: {provider.url} does not answer.")


def test_without_a_provider_nothing_is_said_of_it():
    assert found("openid connect") == []
