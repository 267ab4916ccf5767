"""A stand-in for Redis in pure Python, for machines on which there is none: `servers.py` starts it.

It speaks Redis's protocol on a unix socket (fakeredis' server) and keeps nothing on disk: enough for the wake-ups and
caches of a demonstration and of the tests, and never for production. Run as a script, under the account that the
servers run under; it gives up root's rights once it has read its packages, which may lie where only root can go.
"""

import os
import signal
import socket
import sys
from itertools import count
from pathlib import Path
from typing import Any

from fakeredis import TcpFakeServer


class UnixServer(TcpFakeServer):
    """fakeredis' server on a unix socket. It knows its clients by their address, and here they have none."""

    address_family = socket.AF_UNIX
    request_queue_size = 128

    def __init__(self, path: str) -> None:
        self.numbers = count(1)
        super().__init__(path, server_version=(7, 4))  # type: ignore[arg-type]  # a path in place of host and port
        self.daemon_threads = True

    def get_request(self) -> tuple[Any, Any]:
        """Accept a client, under a number in place of an address."""
        connection, _nothing = super().get_request()
        return connection, ("unix", next(self.numbers))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print one line about a client's error, which stops nothing else."""
        print(f"client {client_address[1]}: {sys.exc_info()[1]!r}", file=sys.stderr, flush=True)


def main(folder: str, path: str, uid: str, gid: str) -> None:
    """Serve on the socket `path` until SIGTERM, with the process number in `folder`, as the account of uid and gid."""
    os.umask(0o077)
    os.chdir(folder)
    Path(path).unlink(missing_ok=True)
    server = UnixServer(path)  # reads the list of commands among its packages
    if int(uid) != os.geteuid():
        os.chown(path, int(uid), int(gid), follow_symlinks=False)
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    Path("redis.pid").write_text(f"{os.getpid()}\n")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print("A stand-in for Redis, in Python: for demonstrations and tests.", flush=True)
    server.serve_forever(poll_interval=1.0)


if __name__ == "__main__":
    main(*sys.argv[1:])
