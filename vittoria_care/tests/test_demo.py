"""The demonstration's own work: its port, its data loaded once, its children looked after and stopped."""

import signal
import socket
import subprocess
import sys
import time

import pytest
from django.db import OperationalError, connection

from vittoria_care.demonstration import preparation, unchanged
from vittoria_care.demonstration import run as demo
from vittoria_care.embedded import servers


@pytest.fixture
def loads(monkeypatch):
    """Replace the commands by notes of what would have been called."""
    called = []
    monkeypatch.setattr(
        preparation, "call_command", lambda name, **options: called.append((name, options.get("scale")))
    )
    return called


def test_a_taken_port_is_refused_with_another_proposed():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(
            demo.CannotBegin, match=f"Port {port} is taken: choose another, as in `make demo PORT={port + 1}`"
        ):
            demo.free_port(str(port))


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(demo.CannotBegin, match="is not a port"):
        demo.free_port(text)


@pytest.mark.django_db
def test_data_are_loaded_at_the_first_start(loads):
    preparation.prepare_database("small", reset=False)

    assert loads == [("migrate", None), ("load_demo", "small"), ("send_deadline_alerts", None)]


@pytest.mark.django_db
def test_data_are_not_loaded_twice(loads):
    preparation.prepare_database("small", reset=False)
    loads.clear()

    preparation.prepare_database("small", reset=False)

    assert loads == [("migrate", None)]


@pytest.mark.django_db
def test_another_scale_is_proposed_and_not_mixed_in(loads, capsys):
    preparation.prepare_database("small", reset=False)
    loads.clear()

    preparation.prepare_database("full", reset=False)

    assert loads == [("migrate", None)]
    assert "to load the other: make demo-reset SCALE=full" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_interrupted_loading_begins_again(loads, monkeypatch):
    dropped = []

    def drop() -> None:
        dropped.append(True)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {preparation.LOADED}")

    monkeypatch.setattr(preparation, "_drop_everything", drop)
    preparation._remember("small", "begun")

    preparation.prepare_database("small", reset=False)

    assert dropped == [True]
    assert loads == [("migrate", None), ("load_demo", "small"), ("send_deadline_alerts", None)]


def test_a_database_that_cannot_be_reached_is_refused(loads, monkeypatch):
    def refuse() -> None:
        raise OperationalError("connection refused\n\tIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    with pytest.raises(
        demo.CannotBegin, match=r"^The database cannot be reached: connection refused. Check DATABASE_URL.$"
    ):
        preparation.prepare_database("small", reset=False)
    assert loads == []


def test_an_unknown_scale_is_refused_with_exit_code_2(monkeypatch, capsys):
    monkeypatch.setenv("SCALE", "huge")

    assert demo.main([]) == 2
    assert capsys.readouterr().err == "SCALE=huge is unknown: choose small or full.\n"


def test_a_child_stops_when_its_parent_is_killed():
    if sys.platform != "linux":
        pytest.skip("the kernel signals the parent's end to children on Linux only")
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from vittoria_care.demonstration.run import Child; import sys, time\n"
            "child = Child('test', ['-c', 'import time; print(1, flush=True); time.sleep(60)']); child.start()\n"
            "while not child.process.stdout.read(1): time.sleep(0.01)\n"
            "print(child.process.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        child = int(parent.stdout.readline())
        parent.kill()

    deadline = time.monotonic() + 60
    while servers._is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not servers._is_alive(child)


def test_a_child_that_ends_is_started_again_and_stopped_in_the_end(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    show = demo.Demonstration(1)
    show.children = [demo.Child("test", ["-c", "import time; print('hello', flush=True); time.sleep(60)"])]
    show._start(show.children[0])
    first = show.children[0].process
    first.send_signal(signal.SIGKILL)
    first.wait()

    show._look_after_children()
    show.children[0].start_at = 0
    show._look_after_children()
    second = show.children[0].process
    show._stop_all()

    assert "test has ended (signal SIGKILL); again in 1 s" in capsys.readouterr().out
    assert second.pid != first.pid
    assert second.returncode == -signal.SIGTERM


def test_a_private_server_that_has_ended_is_started_again(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo.servers, "gone", lambda: ["postgres"])
    started = []
    monkeypatch.setattr(demo.servers, "ensure_running", lambda: started.append(True))

    demo.Demonstration(1)._look_after_servers()

    assert started == [True]
    assert "postgres has ended: starting again" in capsys.readouterr().out


def test_a_private_server_that_does_not_start_is_tried_again_later(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo.servers, "gone", lambda: ["redis"])
    started = []

    def refuse() -> None:
        started.append(True)
        raise demo.servers.CannotStart("No space left.")

    monkeypatch.setattr(demo.servers, "ensure_running", refuse)
    show = demo.Demonstration(1)

    show._look_after_servers()
    show._look_after_servers()

    assert started == [True]
    assert "No space left." in capsys.readouterr().out
    assert show.servers_at > time.monotonic()


def test_servers_that_run_are_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo.servers, "gone", list)
    monkeypatch.setattr(demo.servers, "ensure_running", lambda: pytest.fail("nothing has ended"))

    demo.Demonstration(1)._look_after_servers()


@pytest.fixture
def dropped(monkeypatch):
    """Keep the tables of the test database; return the list that notes each time they would have been dropped."""
    noted = []
    monkeypatch.setattr(preparation, "_drop_everything", lambda: noted.append(True))
    return noted


def applied_before(app, name):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [app, name])


@pytest.mark.django_db
def test_a_private_database_of_earlier_migrations_is_made_again(loads, dropped, monkeypatch, capsys):
    monkeypatch.setattr(servers, "is_given", lambda name: False)
    preparation._remember("small", "done")
    applied_before("complaints", "0031_of_an_earlier_version")

    preparation.prepare_database("small", reset=False)

    assert dropped == [True]
    assert loads == [("migrate", None), ("load_demo", "small"), ("send_deadline_alerts", None)]
    assert "the private database was made by an earlier version" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_private_database_whose_tables_no_migration_made_is_made_again(loads, dropped, monkeypatch):
    monkeypatch.setattr(servers, "is_given", lambda name: False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'complaints'")

    preparation.prepare_database("small", reset=False)

    assert dropped == [True]


@pytest.mark.django_db
def test_a_given_database_of_earlier_migrations_is_refused_and_left_as_it_is(loads, dropped, monkeypatch):
    monkeypatch.setattr(servers, "is_given", lambda name: name == "DATABASE_URL")
    applied_before("complaints", "0031_of_an_earlier_version")

    with pytest.raises(demo.CannotBegin, match=r"nothing was changed\. Set it to an empty database"):
        preparation.prepare_database("small", reset=False)
    assert (dropped, loads) == ([], [])


@pytest.mark.django_db
def test_migrations_of_packages_may_be_unknown(loads, dropped):
    applied_before("account", "0099_of_a_newer_package")

    preparation.prepare_database("small", reset=False)

    assert dropped == []


def test_routine_is_kept_in_the_log_and_what_matters_is_shown(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    lines = [
        "10:00:00 [info] request_finished [django_structlog] code=200",
        "10:00:01 [warning] request_slow [vittoria_care] seconds=3.1",
        "10:00:02 [error] task_failed [django_structlog]",
        "Traceback (most recent call last):",
    ]
    show = demo.Demonstration(1)
    show.children = [demo.Child("web", ["-c", f"print({chr(10).join(lines)!r}, flush=True)"])]
    show._start(show.children[0])
    show.children[0].process.wait()
    while show._read(show.children[0]):
        pass
    show._stop_all()

    assert (tmp_path / "log" / "web.log").read_text().splitlines() == lines
    assert capsys.readouterr().out.splitlines() == [f"web    | {line}" for line in lines[1:]]


@pytest.fixture
def sources(monkeypatch, tmp_path):
    """A project of one module, whose last start was careful and left its note about a private database."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text("")
    (tmp_path / ".made-from").touch()
    monkeypatch.setattr(servers, "ROOT", tmp_path)
    monkeypatch.setattr(servers, "is_given", lambda name: False)
    monkeypatch.setattr(unchanged, "NOTE", tmp_path / "demonstration.json")
    monkeypatch.setattr(unchanged, "STATIC", tmp_path / ".made-from")
    monkeypatch.setattr(unchanged, "_state", lambda: ("small", "done", 90, 90))
    unchanged.write_note(digest=unchanged.sources_digest(), scale="small", sign_ins=["  somebody"])
    return tmp_path


def test_a_start_without_changes_is_known_by_the_note_of_the_last(sources):
    assert unchanged.read_note("small").sign_ins == ["  somebody"]
    assert unchanged.is_still_loaded(unchanged.read_note("small"))


@pytest.mark.parametrize("name", ["app/models.py", "app/migrations.py", ".env", "requirements.lock"])
def test_a_changed_file_makes_the_start_a_careful_one(sources, name):
    (sources / name).write_text("changed = True")

    assert unchanged.read_note("small") is None


def test_another_scale_or_missing_static_files_make_the_start_a_careful_one(sources):
    assert unchanged.read_note("full") is None

    (sources / ".made-from").unlink()

    assert unchanged.read_note("small") is None


def test_a_database_of_somebodys_own_makes_every_start_a_careful_one(sources, monkeypatch):
    monkeypatch.setattr(servers, "is_given", lambda name: name == "DATABASE_URL")

    assert unchanged.read_note("small") is None


@pytest.mark.parametrize("state", [("small", "begun", 90, 90), ("full", "done", 90, 90), ("small", "done", 91, 91)])
def test_another_state_of_the_database_makes_the_start_a_careful_one(sources, monkeypatch, state):
    note = unchanged.read_note("small")
    monkeypatch.setattr(unchanged, "_state", lambda: state)

    assert not unchanged.is_still_loaded(note)


def test_a_note_is_left_only_about_data_that_were_loaded_whole(sources, monkeypatch):
    unchanged.NOTE.unlink()
    monkeypatch.setattr(unchanged, "_state", lambda: ("small", "begun", 90, 90))

    unchanged.write_note(digest="any", scale="small", sign_ins=[])

    assert not unchanged.NOTE.exists()


def test_an_early_web_server_is_stopped_when_the_database_is_another(sources, monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(servers, "ensure_running", lambda: None)
    monkeypatch.setattr(unchanged, "_state", lambda: ("small", "begun", 90, 90))
    started = []

    def start_web(show):
        show.web.command = ["-c", "import time; time.sleep(60)"]
        show._start(show.web)
        started.append(show.web.process)

    monkeypatch.setattr(demo.Demonstration, "start_web", start_web)

    assert demo.run_unchanged(1, "small") is False
    assert started[0].returncode == -signal.SIGTERM


def test_the_worker_and_beat_start_after_the_first_answer_and_the_web_server_then_grows(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(servers, "is_given", lambda name: False)
    show = demo.Demonstration(1)
    started, signals = [], []
    monkeypatch.setattr(
        show, "_start", lambda child: started.append((child.name, child.environment.get("WEB_CONCURRENCY")))
    )
    monkeypatch.setattr(show.web, "signal", signals.append)

    show._look_after_children()
    assert started == [("web", "1")]

    show._announce([])
    show._look_after_children()
    names = ("web", "worker", "urgent", "bulk", "promos", "beat")
    assert started[1:] == [(name, None) for name in names]
    assert signals == [signal.SIGTTIN]
