"""The secret key of a folder where none is set: random, made once, readable by its owner alone.

Never used in production, which refuses to start without a key of its own (vittoria_care/checks.py).
"""

import base64
import hashlib
import os
import secrets
from pathlib import Path

NAME = "secret-key"


def of_this_folder(folder: Path) -> str:
    """Return the key kept in the folder; the first process makes it, and of two at once both use one."""
    path = folder / NAME
    try:
        if key := path.read_text().strip():
            return key
    except FileNotFoundError:
        pass
    folder.mkdir(exist_ok=True)
    made = folder / f"{NAME}.{os.getpid()}"
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(made, path)  # fails where another process was first
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text().strip()


def push_key(secret: str) -> str:
    """A key by which the services of browsers may know a demonstration: it follows from the secret key, as WEB_PUSH_PRIVATE_KEY is written."""
    digest = hashlib.sha256(b"vittoria_care.web_push" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
