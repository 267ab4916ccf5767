"""The same mailbox on a real server: Dovecot, where the machine has it; else left out."""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from notifications.models import ReturnedMessage
from notifications.returns import rounds
from notifications.returns.rounds import fetch_returns
from notifications.tests.return_samples import RETURNS, answer

PROGRAM = Path("/usr/sbin/dovecot")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PROGRAM.exists(), reason="there is no Dovecot on this machine"),
]

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
auth_mechanisms = plain login
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


class Server:
    """A Dovecot of this test, in a folder of its own, on loopback."""

    def __init__(self, folder: Path):
        self.folder, self.delivered = folder, 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        group = grp.getgrgid(account.pw_gid).gr_name
        words = {"uid": account.pw_uid, "gid": account.pw_gid, "user": account.pw_name, "group": group}
        for name in ("new", "cur", "tmp"):
            (folder / "mail" / name).mkdir(parents=True)
        config = CONFIG.format(folder=folder, port=self.port, **words)
        (folder / "dovecot.conf").write_text(config)
        for path in [folder, *folder.rglob("*")]:
            if os.getuid() == 0:
                os.chown(path, account.pw_uid, account.pw_gid)
        self.account = account

    @property
    def url(self) -> str:
        return f"imap://returns:secret@127.0.0.1:{self.port}/INBOX"

    def start(self) -> None:
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.folder / "dovecot.conf"], start_new_session=True)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as found:
                if found.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text() if (self.folder / "log").exists() else "no log")

    def kill(self) -> None:
        """Kill the server with all its processes, as a machine that loses its power does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for name in ("run", "state"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def deliver(self, raw: bytes) -> None:
        self.delivered += 1
        path = self.folder / "mail" / "new" / f"{self.delivered:06}.M{self.delivered}P1.test"
        path.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    @property
    def left(self) -> int:
        return sum(1 for name in ("new", "cur") for _each in (self.folder / "mail" / name).iterdir())


@pytest.fixture
def dovecot(settings):
    with tempfile.TemporaryDirectory(prefix="dove-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        settings.RETURNS_ADDRESS, settings.RETURNS_IMAP_URL, settings.PEC_IMAP_URL = RETURNS, server.url, ""
        try:
            server.start()
            yield server
        finally:
            server.kill()


def test_a_real_server_is_read_and_emptied(dovecot):
    for place in range(60):
        dovecot.deliver(answer(RETURNS, text=f"Domanda {place}"))
    [found] = fetch_returns()
    assert (found.new, found.removed, found.away) == ({"answer": 60}, 60, "")
    assert dovecot.left == 0
    assert fetch_returns()[0].new == {}


def test_a_real_server_that_is_killed_in_the_middle_loses_nothing(dovecot, monkeypatch):
    keep = rounds.keep_return
    kept = []

    def until_killed(raw, place, **given):
        kept.append(place.number)
        if len(kept) == 7:
            dovecot.kill()
        return keep(raw, place, **given)

    for place in range(20):
        dovecot.deliver(answer(RETURNS, text=f"Domanda {place}"))
    with monkeypatch.context() as patched:
        patched.setattr(rounds, "keep_return", until_killed)
        [found] = fetch_returns()
    assert (sum(found.new.values()), bool(found.away)) == (7, True)
    dovecot.start()
    [found] = fetch_returns()
    assert (ReturnedMessage.objects.count(), dovecot.left, found.away) == (20, 0, "")


def test_a_real_server_that_can_write_nothing_is_read_all_the_same(dovecot):
    """As where its disk is full: what came is kept here, and removed there once it can."""
    for place in range(3):
        dovecot.deliver(answer(RETURNS, text=f"Domanda {place}"))
    fetch_returns()
    dovecot.deliver(answer(RETURNS, text="La quarta"))
    folders = [dovecot.folder / "mail" / name for name in ("new", "cur")]
    for each in folders:
        each.chmod(0o500)
    [found] = fetch_returns()
    assert dovecot.left == 1
    for each in folders:
        each.chmod(0o700)
    for _round in range(2):
        [found] = fetch_returns()
    assert (ReturnedMessage.objects.count(), dovecot.left, found.away) == (4, 0, "")
