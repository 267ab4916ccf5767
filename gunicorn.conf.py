"""How the web server runs: threads, because requests wait for the database; numbers come from the environment."""

import gc
import os
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from vittoria_care import places
from vittoria_care.running import logs, metric_files

environ.Env.read_env(Path(__file__).resolve().parent / ".env")

try:
    places.check(
        os.environ.get("ENVIRONMENT", "development"),
        is_given="ENVIRONMENT" in os.environ,
        bind=os.environ.get("BIND", ""),
    )
except ImproperlyConfigured as error:
    print(error, file=sys.stderr)
    sys.exit(3)

wsgi_app = "vittoria_care.wsgi"
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
control_socket_disable = True
logconfig_dict = logs.configuration(
    as_json=os.environ.get("ENVIRONMENT") == "production", level=os.environ.get("LOG_LEVEL", "INFO")
)


def on_starting(server: object) -> None:
    """Before the first worker: each worker's counts go to a file of its own."""
    metric_files.share("web")


def post_fork(server: object, worker: object) -> None:
    """Before a worker loads its modules: they stay for its whole life, so that looking for garbage among them is in vain."""
    gc.disable()


def post_worker_init(worker: object) -> None:
    """Before its first request."""
    gc.freeze()
    gc.enable()
