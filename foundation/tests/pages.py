"""Pages of the back office as tests ask for them: commands with what their page carries, and pages that are not drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.template.response import SimpleTemplateResponse
from django.test import Client

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as TestResponse  # with the context of its templates

CARRIED = ("seen_version", "seen_at", "page_token")


def carried_by(page: "TestResponse") -> dict[str, Any]:
    """The hidden fields of a command's page: which version of its row it showed, or its token where there is no row."""
    return {name: page.context[name] for name in CARRIED if page.context and page.context.get(name) is not None}


def send_command(client: Client, address: str, data: dict[str, Any] | None = None, **more: Any) -> "TestResponse":
    """Open the page of a command and send its form."""
    return client.post(address, {**carried_by(client.get(address)), **(data or {})}, **more)


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave the pages of the back office undrawn: who may open one, and which rows it has, are settled before.

    What a template makes of a value is looked at where a page is drawn.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleTemplateResponse, "rendered_content", "")
        yield
