"""A provider of OpenID Connect for tests and trials: discovery, keys, authorization, tokens, userinfo, on this machine.

It checks what a real one checks (client, address to come back to, PKCE, a code used once), and can be told to misbehave:

    with openid_provider() as provider:
        provider.claims |= {"email": "a@example.it", "email_verified": True}
        provider.faults.other_audience = True

`python -m testbed.openid_provider --port 9000 --claims '{"acr": "…"}'` runs one for a look by hand.
"""

import argparse
import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "vittoria-care", "a-secret-of-the-testbed-and-of-nothing-else"
KEY_ID = "key-1"


@dataclass
class Faults:
    """What the provider does wrong; nothing at first."""

    late: dict[str, float] = field(default_factory=dict)  # seconds by the last part of an address
    down: frozenset[str] = frozenset()  # last parts of addresses that answer 500
    wrong_signature: bool = False
    other_audience: bool = False
    other_issuer: bool = False
    other_discovery: bool = False
    other_nonce: bool = False
    other_access_token: bool = False
    other_userinfo: bool = False
    expired: bool = False
    without: frozenset[str] = frozenset()  # claims left out of the id token
    algorithm: str = "RS256"
    key_id: str = KEY_ID
    error: str = ""  # comes back in place of a code
    no_id_token: bool = False
    nonsense: bool = False  # tokens that are no JSON


@dataclass
class OpenIDProvider:
    """The provider: its address, whom it vouches for, what it does wrong, and which addresses it was asked for."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1"})
    userinfo: dict[str, Any] = field(default_factory=dict)  # said there alone
    faults: Faults = field(default_factory=Faults)
    asked: list[str] = field(default_factory=list)
    authorization: dict[str, str] = field(default_factory=dict)  # the last request of a person's browser
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def setting(self) -> str:
        """OPENID_PROVIDERS with this provider, for customers at the level L2."""
        entry = {
            "id": "prova",
            "name": "Identità di prova",
            "server": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "serves": "customers",
            "acr_values": ["L2"],
        }
        return json.dumps([entry], ensure_ascii=False)

    # --- Addresses
    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": "https://another.example" if self.faults.other_discovery else self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [key | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def answer_to(self, asked: dict[str, str]) -> str:
        """Where the browser is sent after the person has agreed; "" for a request that is not ours to answer."""
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return ""
        back = {"state": asked["state"]}
        if self.faults.error:
            back["error"] = self.faults.error
        else:
            code = secrets.token_urlsafe(12)
            self.codes[code] = asked
            back["code"] = code
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], who: str) -> dict[str, Any] | None:
        """The tokens for a code; None where the client is another, the code unknown or used, or the verifier wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        wanted = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or who != wanted
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != challenge.rstrip(b"=").decode()
        ):
            return None
        token = secrets.token_urlsafe(12)
        self.tokens.add(token)
        found = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
        return found if self.faults.no_id_token else found | {"id_token": self.id_token(asked["nonce"], token)}

    def id_token(self, nonce: str, access_token: str) -> str:
        """The id token, with the faults in it."""
        faults, now = self.faults, int(time.time())
        half = hashlib.sha256((b"x" if faults.other_access_token else b"") + access_token.encode()).digest()[:16]
        claims = self.claims | {
            "iss": "https://another.example" if faults.other_issuer else self.url,
            "aud": "another-client" if faults.other_audience else CLIENT_ID,
            "iat": now - 7200 if faults.expired else now,
            "exp": now - 3600 if faults.expired else now + 300,
            "nonce": "another" if faults.other_nonce else nonce,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        claims = {name: value for name, value in claims.items() if name not in faults.without}
        key: Any = self.other_key if faults.wrong_signature else self.key
        if faults.algorithm == "none":
            key = None
        elif faults.algorithm.startswith("HS"):
            key = CLIENT_SECRET
        return jwt.encode(claims, key, algorithm=faults.algorithm, headers={"kid": faults.key_id})

    def person(self, who: str) -> dict[str, Any] | None:
        """What userinfo says to the bearer of an access token; None to anybody else."""
        if who.removeprefix("Bearer ") not in self.tokens:
            return None
        sub = "somebody-else" if self.faults.other_userinfo else self.claims["sub"]
        return self.userinfo | {"sub": sub}


def _handler(provider: OpenIDProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if not self._misbehaves(parts.path):
                who = self.headers.get("Authorization", "")
                pages = {
                    "/.well-known/openid-configuration": provider.discovery,
                    "/jwks": provider.jwks,
                    "/userinfo": lambda: provider.person(who),
                }
                if parts.path == "/authorize":
                    provider.authorization = asked
                    self._ask_person(asked)
                elif parts.path in pages:
                    self._json(pages[parts.path]())
                else:
                    self._send(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if not self._misbehaves(self.path):
                form = {name: values[0] for name, values in parse_qs(body).items()}
                found = provider.exchange(form, self.headers.get("Authorization", ""))
                if provider.faults.nonsense:
                    self._send(200, b"<html>", "application/json")
                else:
                    self._json(found)

        def _misbehaves(self, path: str) -> bool:
            name = path.rpartition("/")[2]
            provider.asked.append(name)
            time.sleep(provider.faults.late.get(name, 0))
            if name in provider.faults.down:
                self._send(500, b"", "text/plain")
                return True
            return False

        def _ask_person(self, asked: dict[str, str]) -> None:
            """A page with one link: the person agrees, and comes back."""
            if not (to := provider.answer_to(asked)):
                self._send(400, b"", "text/plain")
                return
            page = (
                "<!doctype html><html lang='it'><title>Identit&agrave; di prova</title>"
                f"<h1>Identit&agrave; di prova</h1><a id='agree' href='{html.escape(to)}'>Acconsento</a></html>"
            )
            self._send(200, page.encode(), "text/html; charset=utf-8")

        def _json(self, found: dict[str, Any] | None) -> None:
            self._send(
                400 if found is None else 200, json.dumps(found or {"error": "no"}).encode(), "application/json"
            )

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # who asked did not wait

        def log_message(self, *_words: object) -> None:
            """Nothing is printed."""

    return Handler


@contextmanager
def openid_provider(port: int = 0) -> Iterator[OpenIDProvider]:
    """The provider, running on this machine."""
    provider = OpenIDProvider()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(provider))
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Run one until it is interrupted, and print the setting that uses it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--claims", type=json.loads, default={}, help="what it says of the person, as JSON")
    given = parser.parse_args()
    with openid_provider(given.port) as provider:
        provider.claims |= given.claims
        print(f"OPENID_PROVIDERS='{provider.setting()}'", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
