"""A server that answers as Stripe's Checkout Sessions do, for tests: idempotent by key, asked by id, listed by page."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

PER_PAGE = 2  # so that a list has pages


@dataclass
class StripeServer:
    """Its address, the sessions it has, what it was sent; `fails_with` is a status that it answers to everything."""

    url: str = ""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    fails_with: int = 0

    def open_session(self, key: str, given: dict[str, str]) -> dict[str, Any]:
        """The session of the key, opened the first time."""
        if key not in self.by_key:
            number = f"cs_test_{len(self.sessions) + 1}"
            self.by_key[key] = number
            self.sessions[number] = {
                "id": number,
                "url": f"https://checkout.stripe.com/c/pay/{number}",
                "expires_at": int(given["expires_at"]),
                "created": int(given["expires_at"]) - 3600,
                "client_reference_id": given["client_reference_id"],
                "metadata": {"merchant": given["metadata[merchant]"]},
                "amount_total": int(given["line_items[0][price_data][unit_amount]"]),
                "currency": given["line_items[0][price_data][currency]"],
                "livemode": False,
                "status": "open",
                "payment_status": "unpaid",
            }
        return self.sessions[self.by_key[key]]


@contextmanager
def stripe_server() -> Iterator[StripeServer]:
    """The server, running on this machine."""
    stripe = StripeServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = dict(parse_qsl(body))
            stripe.sent.append((self.path, dict(self.headers), given))
            self._answer(stripe.open_session(self.headers["Idempotency-Key"], given))

        def do_GET(self) -> None:
            stripe.sent.append((self.path, dict(self.headers), {}))
            number = urlsplit(self.path).path.removeprefix("/v1/checkout/sessions").strip("/")
            if number:
                self._answer(stripe.sessions.get(number))
                return
            after = parse_qs(urlsplit(self.path).query).get("starting_after", [""])[0]
            rows = [each for each in stripe.sessions.values() if each["status"] == "complete"]
            first = next((place + 1 for place, each in enumerate(rows) if each["id"] == after), 0)
            self._answer({"data": rows[first : first + PER_PAGE], "has_more": len(rows) > first + PER_PAGE})

        def _answer(self, found: dict[str, Any] | None) -> None:
            status = stripe.fails_with or (200 if found is not None else 404)
            content = json.dumps(found if status == 200 else {"error": {"message": "no"}}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stripe.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
