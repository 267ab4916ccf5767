"""Rule: what of a stranger's words may be quoted in an e-mail of ours: nothing that a mail program makes a link of."""

import re

# An address of a page or a mailbox, with or without its scheme: “https://…”, “www.…”, “premio.example.com/x”, “a@b.it”.
ADDRESS = re.compile(r"://|www\.|@|\w\.[a-z]{2,}", re.IGNORECASE)


def quotable(text: str) -> str:
    """The words as they are; nothing when they hold an address."""
    return "" if ADDRESS.search(text) else text
