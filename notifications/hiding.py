"""Rule: a text without the addresses that let in whoever has them, for readers who are not its recipient."""

import re

from django.utils.translation import gettext as _

# An address with a secret in its path, which lets in whoever has it; an ordinary word of an address is shorter.
SECRET_ADDRESS = re.compile(r"https?://\S+/[\w-]{20,}\S*")


def without_secret_addresses(text: str) -> str:
    """The text with words in the place of each such address."""
    words = _("address for the recipient alone")
    return SECRET_ADDRESS.sub(f"[{words}]", text)
