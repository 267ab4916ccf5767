"""A passkey made of code, for the tests: it answers as a browser does, rightly or, where a test wants it, wrongly."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from customers.models import User

HOST = "localhost"
ORIGIN = f"http://{HOST}"


@dataclass
class SoftPasskey:
    """A key of a device; `verifies` says whether the device asks for a finger, a face or a PIN."""

    origin: str = ORIGIN
    verifies: bool = True
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    handle: str = ""  # whose it is, as the site said when it was made

    def _flags(self, *, is_new: bool) -> AuthenticatorData.FLAG:
        flags = AuthenticatorData.FLAG.UP
        if self.verifies:
            flags |= AuthenticatorData.FLAG.UV
        return flags | AuthenticatorData.FLAG.AT if is_new else flags

    def create(self, options: dict[str, Any]) -> str:
        """The browser's answer to the options of a new passkey."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        key = AttestedCredentialData.create(
            bytes(16), self.number, ES256.from_cryptography_key(self.secret.public_key())
        )
        data = AuthenticatorData.create(_hash(asked["rp"]["id"]), self._flags(is_new=True), 0, key)
        client = CollectedClientData.create("webauthn.create", asked["challenge"], self.origin)
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._answered(client, answer)

    def get(self, options: dict[str, Any]) -> str:
        """The browser's answer to the options of a sign-in."""
        asked = options["publicKey"]
        data = AuthenticatorData.create(_hash(asked["rpId"]), self._flags(is_new=False), 1)
        client = CollectedClientData.create("webauthn.get", asked["challenge"], self.origin)
        signature = self.secret.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        answer = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.handle,
        }
        return self._answered(client, answer)

    def _answered(self, client: CollectedClientData, response: dict[str, Any]) -> str:
        number = websafe_encode(self.number)
        return json.dumps(
            {
                "id": number,
                "rawId": number,
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(client), **response},
                "clientExtensionResults": {},
            }
        )


def _hash(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()


def add(client, key: SoftPasskey, name: str = "Il mio telefono"):
    """Add the passkey by the page, in a browser of somebody who has just signed in."""
    page = client.get(reverse("mfa_add_webauthn"), headers={"host": HOST})
    given = key.create(json.loads(json.dumps(page.context["js_data"]["creation_options"])))
    return client.post(reverse("mfa_add_webauthn"), {"name": name, "credential": given}, headers={"host": HOST})


def store(user: User, key: SoftPasskey) -> Authenticator:
    """Store the passkey past the page, whatever it is worth."""
    options = {
        "publicKey": {
            "rp": {"id": HOST},
            "user": {"id": websafe_encode(_base36(user.pk).encode())},
            "challenge": websafe_encode(secrets.token_bytes(32)),
        }
    }
    credential = json.loads(key.create(options))
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Chiave", "credential": credential}
    )


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (_base36(number // 36) if number >= 36 else "") + digits[number % 36]


def answer(client, key: SoftPasskey) -> str:
    """Ask the sign-in for its options, and return what the key answers."""
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json", "host": HOST})
    return key.get(asked.json()["request_options"])


def sign_in(client, key: SoftPasskey, **more: str):
    """Sign in with the key alone."""
    given = {"credential": answer(client, key), **more}
    return client.post(reverse("mfa_login_webauthn"), given, headers={"host": HOST})
