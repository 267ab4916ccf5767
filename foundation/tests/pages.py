"""Commands of the back office as a person sends them: from the page that was opened, with what the page carries."""

from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as TestResponse  # with the context of its templates

CARRIED = ("seen_version", "seen_at", "page_token")


def carried_by(page: "TestResponse") -> dict[str, Any]:
    """The hidden fields of a command's page: which version of its row it showed, or its token where there is no row; and its form's."""
    if not page.context:
        return {}
    carried = {name: page.context[name] for name in CARRIED if page.context.get(name) is not None}
    form = page.context.get("form")
    hidden = form.hidden_fields() if form is not None else ()
    return carried | {each.html_name: each.value() for each in hidden if each.value() is not None}


def send_command(client: Client, address: str, data: dict[str, Any] | None = None, **more: Any) -> "TestResponse":
    """Open the page of a command and send its form."""
    return client.post(address, {**carried_by(client.get(address)), **(data or {})}, **more)
