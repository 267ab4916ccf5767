"""What the demonstration says at the terminal."""

import contextlib


class CannotBegin(Exception):
    """The demonstration cannot go on; the message is one sentence for the person at the terminal."""


def say(sentence: str) -> None:
    """Show a line of the demonstration itself."""
    with contextlib.suppress(OSError):
        print(f"demo   | {sentence}", flush=True)
