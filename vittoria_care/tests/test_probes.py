"""What machines ask: is it alive, can it work, how does it do."""

import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client import values
from prometheus_client.parser import text_string_to_metric_families

from contact_center.tests.factories import ContactFactory
from customers.tests.factories import ErasureRequestFactory, UserFactory
from foundation.tests.factories import HeartbeatFactory, RetentionRunFactory
from notifications.tests.factories import NoticeFactory
from vittoria_care.embedded import servers
from vittoria_care.running import health, metric_files, metrics
from vittoria_care.running.heartbeat import PULSE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Let no test find what an earlier one asked."""
    health.readiness.forget()
    metrics.standing.forget()


@pytest.fixture
def beating():
    HeartbeatFactory(name=PULSE)


def ready(client):
    answer = client.get("/readyz")
    body = answer.json()
    assert body["status"] == ("ready" if answer.status_code == 200 else "not ready")
    return answer.status_code, {name for name, check in body["checks"].items() if not check["ok"]}


# --- /healthz and /readyz -------------------------------------------------------------------------------------------
def test_a_healthy_system_is_ready(client, beating):
    assert ready(client) == (200, set())


def test_a_notice_long_owed_is_reported(client, beating, settings):
    NoticeFactory(send_after=timezone.now() - timedelta(seconds=settings.READY_NOTICE_SECONDS + 5))
    NoticeFactory(send_after=timezone.now() + timedelta(days=1))
    assert ready(client) == (503, {"notices"})
    check = client.get("/readyz").json()["checks"]["notices"]
    assert 905 <= check["oldest_owed_seconds"] < 960
    assert check["limit_seconds"] == 900


def test_a_notice_on_a_channel_that_nobody_serves_is_not_owed(client, beating):
    NoticeFactory(channel="sms", address="+393331234567", send_after=timezone.now() - timedelta(days=9))
    assert ready(client) == (200, set())


def test_a_beat_not_seen_is_reported(client, settings):
    assert ready(client) == (503, {"beat"})
    health.readiness.forget()
    HeartbeatFactory(name=PULSE, began_at=timezone.now() - timedelta(seconds=settings.READY_BEAT_SECONDS + 1))
    assert ready(client) == (503, {"beat"})


def test_a_broker_that_is_away_is_reported(client, beating, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert ready(client) == (503, {"broker"})


def test_a_database_that_is_away_is_reported_without_its_address(client, monkeypatch):
    def away(question):
        raise OperationalError("could not connect to server at database.example as care")

    monkeypatch.setattr(health, "bounded", away)
    assert ready(client) == (503, {"database", "migrations", "clock", "notices", "beat"})
    assert b"example" not in client.get("/readyz").content


def test_migrations_not_run_are_reported(client, beating, monkeypatch):
    monkeypatch.setattr(health, "_ours", lambda: {("customers", "0001_initial"), ("customers", "9999_later")})
    status, bad = ready(client)
    assert (status, "migrations" in bad) == (503, True)
    assert health.pending_migrations() == ["customers.9999_later"]


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_wrong_clock_is_named_and_not_taken_for_a_dead_beat(client, beating, ahead):
    with time_machine.travel(timezone.now() + ahead, tick=False):
        answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert (answer.status_code, [name for name in checks if not checks[name]["ok"]]) == (503, ["clock"])
    assert abs(checks["clock"]["seconds_ahead"] - ahead.total_seconds()) < 60


@pytest.mark.parametrize("headers", [{"x-forwarded-for": "203.0.113.5"}, {"via": "1.1 proxy"}])
def test_a_caller_through_a_proxy_learns_only_whether_it_is_ready(client, beating, settings, headers):
    assert client.get("/readyz", headers=headers).json() == {"status": "ready"}
    settings.METRICS_TOKEN = "let-me-look"
    shown = client.get("/readyz", headers={**headers, "authorization": "Bearer let-me-look"})
    assert "beat" in shown.json()["checks"]


def test_a_thousand_questions_cost_the_database_one(client, beating, django_assert_num_queries):
    ready(client)
    with django_assert_num_queries(0):
        for _each in range(50):
            client.get("/readyz")


def test_a_slow_database_is_given_up_after_two_seconds(beating):
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            return cursor.fetchone()[0]

    assert health.bounded(slow) == "2s"


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_probes_answer_under_any_name_and_without_https(address, settings, beating):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["care.example"]
    client = Client()
    assert client.get(address, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.post(address).status_code == 405


def test_being_alive_asks_nothing_of_the_database_even_for_a_person_who_has_signed_in(
    client, django_assert_num_queries
):
    client.force_login(UserFactory())
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


# --- /metrics -----------------------------------------------------------------------------------------------------
def read(client, **headers):
    """The samples, by name and labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for each in families for sample in each.samples
    }


def test_requests_are_counted_by_view_and_never_by_address(client):
    name = ("care_http_requests_total", ("method", "GET"), ("status", "2xx"), ("view", "home"))
    before = read(client).get(name, 0)
    client.get("/?email=maria@example.it")
    client.get("/maria@example.it/")
    after = read(client)
    assert after[name] == before + 1
    assert not [key for key in after if "maria" in str(key)]
    assert after[("care_http_request_seconds_count", ("view", "home"))] >= 1


def test_gauges_tell_how_things_stand(client, beating):
    NoticeFactory(send_after=timezone.now() - timedelta(seconds=30))
    ContactFactory()
    samples = read(client)
    assert samples[("care_notices", ("state", "queued"))] == 1
    assert samples[("care_database_up",)] == 1
    assert samples[("care_channels_resting", ("state", "email"))] == 0
    assert samples[("care_notice_limits_reached",)] == samples[("care_notices_held",)] == 0
    assert samples[("care_queues_deaf",)] == 6
    assert 30 <= samples[("care_oldest_owed_notice_seconds",)] < 60
    assert samples[("care_last_beat_age_seconds",)] < 60
    assert {("care_open_contacts",), ("care_overdue_contacts",), ("care_open_calls",), ("care_stale_days",)} <= set(
        samples
    )


def test_gauges_tell_how_erasure_and_retention_stand(client):
    ErasureRequestFactory(due_on=timezone.localdate() - timedelta(days=1))
    RetentionRunFactory(ended_at=timezone.now(), numbers={"customers.ProofCode": {"gone": 7, "held": 2}})
    samples = read(client)
    assert samples[("care_erasures", ("state", "overdue"))] == 1
    assert [samples[("care_retention_rows", ("state", each))] for each in ("gone", "held")] == [7, 2]
    assert (samples[("care_files_to_remove",)], samples[("care_last_retention_age_seconds",)] < 60) == (0, True)


def test_without_a_database_the_rest_is_still_reported(client, monkeypatch):
    def away(question):
        raise OperationalError

    monkeypatch.setattr(metrics, "bounded", away)
    samples = read(client)
    assert samples[("care_database_up",)] == 0
    assert ("care_open_contacts",) not in samples


def test_asking_costs_a_few_bounded_queries(client, beating, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as queries:
        read(client)
    counting = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert counting
    assert all("LIMIT" in sql for sql in counting)


def test_only_this_machine_reads_them(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    for elsewhere in ("192.0.2.1", "10.0.0.1", "", "nonsense"):
        assert client.get("/metrics", REMOTE_ADDR=elsewhere).status_code == 403


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "via", "x-forwarded-proto"])
def test_what_a_proxy_passes_on_is_not_from_this_machine(client, name):
    assert client.get("/metrics", headers={name: "192.0.2.1"}).status_code == 403


def test_behind_a_proxy_nobody_is_this_machine(client, settings):
    settings.BEHIND_PROXY = True
    assert client.get("/metrics").status_code == 403


def test_the_token_opens_them_to_others(client, settings):
    settings.METRICS_TOKEN = "a-long-word"
    right, wrong = ({"authorization": f"Bearer {word}"} for word in ("a-long-word", "another"))
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=right).status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=wrong).status_code == 403
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"authorization": "Bearer "}).status_code == 403


def test_several_processes_are_added_up(tmp_path, monkeypatch):
    """Two processes count, a third adds up; what the dead left goes at the next start."""
    count = (
        "import sys\nfrom pathlib import Path\nfrom vittoria_care.running import metric_files\n"
        "metric_files.FOLDER = Path(sys.argv[1])\nmetric_files.share(sys.argv[2])\n"
        "from prometheus_client import Counter\nCounter('care_trial', '').inc(2)\n"
    )
    for kind in ("web", "worker"):
        subprocess.run([sys.executable, "-c", count, tmp_path, kind], check=True, cwd=servers.ROOT, timeout=60)
    monkeypatch.setattr(metric_files, "FOLDER", tmp_path)
    (family,) = metrics.Files().collect()
    assert [sample.value for sample in family.samples if sample.name == "care_trial_total"] == [4]
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    metric_files.share("web")
    assert [path.parent.name for path in metric_files.all_files()] == ["worker"]
