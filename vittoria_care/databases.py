"""The connections to PostgreSQL: under which account, and how long each kind of process waits.

Three accounts, so that what must not change cannot be changed by the application itself (`foundation/guards.py`):

- the owner (DATABASE_OWNER_URL) owns the tables and runs what makes or changes them, such as `migrate`;
- the working account (DATABASE_URL) is that of web, worker, beat and all other commands;
- the retention account (DATABASE_RETENTION_URL) is used by `foundation.retention.erasing` alone.

Where only DATABASE_URL is set, it is all three. What each may do is granted by `grants.py`.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import environ

from .embedded import servers

Process = Literal["web", "worker", "command"]

# Commands that make or change tables, or rewrite statistics of them: they run as the owner.
OWNER_COMMANDS = frozenset({"migrate", "grant_rights", "load_demo", "flush"})

# Seconds: for a lock that somebody else holds, for one statement, and between two statements of a transaction. 0: no limit.
# A page must answer, a task ends within the 15 minutes after which it is given out again, a command may take its time.
LIMITS: Mapping[Process, Mapping[str, int]] = {
    "web": {"lock": 4, "statement": 30, "idle_in_transaction_session": 60},
    "worker": {"lock": 60, "statement": 870, "idle_in_transaction_session": 870},
    "command": {"lock": 300, "statement": 0, "idle_in_transaction_session": 0},
}
VARIABLES = {
    "lock": "DATABASE_LOCK_SECONDS",
    "statement": "DATABASE_STATEMENT_SECONDS",
    "idle_in_transaction_session": "DATABASE_IDLE_SECONDS",
}


def process_of_this() -> Process:
    """Return the kind of this process: the web server and its children, a Celery process, or a command."""
    if os.environ.get("PROCESS_KIND") == "web" or "runserver" in sys.argv[1:2]:
        return "web"
    program = Path(sys.argv[0] if sys.argv else "")
    return "worker" if "celery" in (program.name, program.parent.name) else "command"


def limits_of(process: Process, env: environ.Env) -> str:
    """Return the limits as PostgreSQL reads them when a connection begins; the environment may set each."""
    seconds = {name: env.int(VARIABLES[name], default=value) for name, value in LIMITS[process].items()}
    return " ".join(f"-c {name}_timeout={value}s" for name, value in seconds.items())


def connections_of(env: environ.Env, process: Process, *, as_owner: bool) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES: "default", and "retention" where that account is another."""
    found = {"default": _connection(servers.owner_url() if as_owner else servers.database_url(), env, process)}
    if url := servers.retention_url():
        found["retention"] = _connection(url, env, process) | {"TEST": {"MIRROR": "default"}}
    return found


def accounts(env: environ.Env) -> dict[str, str]:
    """Return the names of the accounts "owner", "working" and, where there is one, "retention"."""
    urls = {
        "owner": servers.owner_url(),
        "working": servers.database_url(),
        "retention": servers.retention_url(),
    }
    return {name: env.db_url_config(url).get("USER") or "" for name, url in urls.items() if url}


def _connection(url: str, env: environ.Env, process: Process) -> dict[str, Any]:
    config = env.db_url_config(url)
    given = config.get("OPTIONS", {})
    config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    # A database that is away is reported as such, and soon; a connection that falls silent is given up.
    config["OPTIONS"] = {
        "connect_timeout": env.int("DATABASE_CONNECT_TIMEOUT", default=2),
        "tcp_user_timeout": 10_000,  # milliseconds
        **given,
        "options": f"{limits_of(process, env)} {given.get('options', '')}".strip(),
    }
    return config
