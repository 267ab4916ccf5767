"""A push service of browsers and a stand-in for Google's, for tests. The browser's side reads with another hand's library."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TOKEN = "token-of-an-hour"


def unpadded(raw: bytes) -> str:
    """As browsers write bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """A browser that subscribed: its keys, and what it reads of what was pushed to it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self._key, self._secret = endpoint, ec.generate_private_key(ec.SECP256R1()), b"s" * 16

    @property
    def subscription(self) -> dict[str, str]:
        """What it gives to the page that asked."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": unpadded(point), "auth": unpadded(self._secret)}

    def read(self, body: bytes) -> dict[str, Any]:
        """The message in the body; an error where it was not encrypted for this browser."""
        return json.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret))


@dataclass
class Server:
    """Its address, what it was sent, and what it answers to everything: status, headers, body."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: tuple[int, dict[str, str], Any] = (201, {"Location": "/message/1"}, "")
    hangs_up: bool = False

    @property
    def last(self) -> dict[str, Any]:
        """What came last."""
        return self.requests[-1]

    def claims(self, public_key: str) -> dict[str, Any]:
        """What the last request was signed for; an error unless the key signed it for this very server."""
        scheme, _space, rest = self.last["headers"]["authorization"].partition(" ")
        given = dict(each.strip().split("=", 1) for each in rest.split(","))
        assert (scheme, given["k"]) == ("vapid", public_key)
        raw = base64.urlsafe_b64decode(given["k"] + "=" * (-len(given["k"]) % 4))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        return jwt.decode(given["t"], key, algorithms=["ES256"], audience=self.url)


@contextmanager
def push_server() -> Iterator[Server]:
    """The server, running on this machine. `/token` answers as Google's does."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.requests.append({"path": self.path, "headers": headers, "body": body})
            if server.hangs_up:
                self.close_connection = True
                return
            status, more, said = server.answers
            if self.path == "/token" and status != 418:
                status, more = 200, {}
                said = {
                    "access_token": TOKEN,
                    "expires_in": 3600,
                    "asked": dict(parse_qsl(body.decode()))["grant_type"],
                }
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
