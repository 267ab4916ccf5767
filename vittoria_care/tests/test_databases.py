"""Under which account and with which limits each kind of process speaks to the database."""

import environ
import pytest

from vittoria_care import databases
from vittoria_care.embedded import servers

ACCOUNTS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RETENTION_URL")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in (*ACCOUNTS, *databases.VARIABLES.values()):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name) if name not in ACCOUNTS else None


@pytest.fixture
def three_accounts(monkeypatch):
    for name, account in zip(ACCOUNTS, ("care_app", "care", "care_retention"), strict=True):
        monkeypatch.setenv(name, f"postgres://{account}@db.example/care")


def users(*, as_owner=False):
    found = databases.connections_of(environ.Env(), "web", as_owner=as_owner)
    return {alias: config["USER"] for alias, config in found.items()}


def test_the_application_works_under_the_account_of_its_own(three_accounts):
    assert users() == {"default": "care_app", "retention": "care_retention"}


def test_what_makes_tables_runs_as_their_owner(three_accounts):
    assert users(as_owner=True) == {"default": "care", "retention": "care_retention"}


def test_one_address_is_one_account_for_everything(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://care@db.example/care")
    assert (users(), users(as_owner=True)) == ({"default": "care"}, {"default": "care"})
    assert databases.accounts(environ.Env()) == {"owner": "care", "working": "care"}


def test_the_private_server_has_three_accounts():
    assert databases.accounts(environ.Env()) == {
        "owner": servers.OWNER,
        "working": servers.WORKING,
        "retention": servers.RETENTION,
    }


@pytest.mark.parametrize(
    ("process", "options"),
    [
        ("web", "-c lock_timeout=4s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"),
        ("worker", "-c lock_timeout=60s -c statement_timeout=870s -c idle_in_transaction_session_timeout=870s"),
        ("command", "-c lock_timeout=300s -c statement_timeout=0s -c idle_in_transaction_session_timeout=0s"),
    ],
)
def test_each_kind_of_process_waits_so_long(process, options):
    found = databases.connections_of(environ.Env(), process, as_owner=False)
    assert {config["OPTIONS"]["options"] for config in found.values()} == {options}


def test_the_environment_sets_other_limits(monkeypatch):
    monkeypatch.setenv("DATABASE_LOCK_SECONDS", "7")
    assert databases.limits_of("web", environ.Env()).split(" -c ")[0] == "-c lock_timeout=7s"


def test_options_of_the_address_come_last(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://care@db.example/care?options=-c%20statement_timeout=5s")
    options = databases.connections_of(environ.Env(), "web", as_owner=False)["default"]["OPTIONS"]["options"]
    assert options.endswith(" -c statement_timeout=5s")


@pytest.mark.parametrize(
    ("arguments", "kind", "process"),
    [
        (["/srv/care/.venv/bin/celery", "worker"], "", "worker"),
        (["/usr/lib/python3/celery/__main__.py", "beat"], "", "worker"),
        (["manage.py", "import_calls"], "", "command"),
        (["manage.py", "runserver"], "", "web"),
        (["/srv/care/.venv/bin/gunicorn"], "web", "web"),
    ],
)
def test_a_process_knows_what_it_is(monkeypatch, arguments, kind, process):
    monkeypatch.setattr("sys.argv", arguments)
    monkeypatch.setenv("PROCESS_KIND", kind)
    assert databases.process_of_this() == process
