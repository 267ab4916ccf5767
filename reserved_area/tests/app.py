"""A telephone on which somebody has signed in, for the tests of the app's API."""

import hashlib
import json
import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client

from customers.models import ReservedAreaAccount
from customers.tests.sign_in import signed_in

ME = "/api/v1/me/"
PDF = b"%PDF-1.7 preventivo"


class App:
    """The app of an account, in English. Writes carry a new key unless one is given.

    With `proved`, the person has given their password again just now.
    """

    def __init__(self, account: ReservedAreaAccount, *, proved: bool = False, **headers: str) -> None:
        session = signed_in(account.user).session
        if proved:
            request = HttpRequest()
            request.session = session
            record_authentication(request, account.user, method="password", reauthenticated=True)
            session.save()
        token = session.session_key or ""
        self.client = Client(headers={"X-Session-Token": token, "Accept-Language": "en", **headers})

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer to a question."""
        return self.client.get(ME + path, parameters)

    def send(self, path: str, data: Any = None, *, key: str = "", method: str = "post", **headers: str) -> Any:
        """The answer to a write of JSON."""
        return self.client.generic(
            method.upper(),
            ME + path,
            json.dumps({} if data is None else data),
            content_type="application/json",
            headers={"Idempotency-Key": key or str(uuid.uuid4()), **headers},
        )

    def upload(
        self,
        path: str = "uploads/",
        content: bytes = PDF,
        *,
        name: str = "preventivo.pdf",
        key: str = "",
        sha256: str = "",
    ) -> Any:
        """The answer to a file, with its checksum unless another is given."""
        sent = {
            "sha256": sha256 or hashlib.sha256(content).hexdigest(),
            "file": SimpleUploadedFile(name, content),
        }
        return self.client.post(ME + path, sent, headers={"Idempotency-Key": key or str(uuid.uuid4())})
