"""A server that answers as Twilio's Messages resource does, for tests; and the signature of what Twilio posts to us."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

ACCOUNT, TOKEN = "AC123", "secret-token"


@dataclass
class TwilioServer:
    """Its address, and what it was sent; `fails_with` is the status and code that it answers to everything."""

    url: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)
    authorization: str = ""
    fails_with: tuple[int, int] | None = None
    hangs_up: bool = False


@contextmanager
def twilio_server() -> Iterator[TwilioServer]:
    """The server, running on this machine."""
    twilio = TwilioServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            given = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            twilio.authorization = self.headers["Authorization"]
            twilio.sent.append({"path": self.path, **given})
            if twilio.hangs_up:
                self.close_connection = True
                return
            if twilio.fails_with:
                status, code = twilio.fails_with
                answer = {"code": code, "message": "no", "status": status}
            else:
                status, answer = 201, {"sid": f"SM{len(twilio.sent)}", "status": "queued", "num_segments": "1"}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    twilio.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()


def signature(url: str, fields: Mapping[str, str], token: str = TOKEN) -> str:
    """As Twilio signs: the address, then each field's name and value in the order of the names."""
    text = url + "".join(f"{name}{value}" for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
