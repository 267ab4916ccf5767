"""The provider of a demonstration: each text is a file of JSON, which /demo/posta/sms/ shows."""

import json
import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from notifications.channels import Unavailable

from .providers import NotAuthentic, Report
from .segments import length_of


class FileProvider:
    """A provider (`providers.Provider`) that reports nothing. It keeps each message as a file of JSON under SMS_FILE_PATH; it appears whole or not at all. Names sort by time."""

    def send(self, number: str, text: str, *, key: str) -> str:
        folder, now = Path(settings.SMS_FILE_PATH), time.time()
        name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
        name += f"-{int(now % 1 * 1e6):06d}-{secrets.token_hex(4)}.json"
        length = length_of(text)
        kept = {
            "from": settings.SMS_SENDER,
            "to": number,
            "text": text,
            "key": key,
            "alphabet": length.alphabet,
            "segments": length.segments,
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

    def read_report(self, fields: Mapping[str, str], *, url: str, signature: str) -> Report | None:
        """Nobody reports what became of a file."""
        raise NotAuthentic("files report nothing")
