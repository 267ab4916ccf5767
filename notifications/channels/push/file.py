"""The provider of a demonstration: each notification is a file of JSON, which /demo/posta/notifiche/ shows."""

import json
import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from notifications.channels import Device, Unavailable

from .providers import Push


class FileProvider:
    """A provider (`providers.Provider`) of every platform. A file appears whole or not at all; names sort by time."""

    def send(self, device: Device, push: Push) -> str:
        folder, now = Path(settings.PUSH_FILE_PATH), time.time()
        name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
        name += f"-{int(now % 1 * 1e6):06d}-{secrets.token_hex(4)}.json"
        kept = {
            "platform": device.platform,
            "title": push.title,
            "text": push.text,
            "link": push.link,
            "topic": push.topic,
            "sent_at": datetime.fromtimestamp(now, UTC).isoformat(),
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            partial = folder / f".{name}"
            partial.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            os.replace(partial, folder / name)
        except OSError as error:
            raise Unavailable(f"{type(error).__name__}: {error}", for_all=True, is_ours=True) from error
        return name

    def close(self) -> None:
        """Nothing is kept open."""
