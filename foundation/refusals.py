"""How a command refuses: with a sentence for the person and a word for programs. Any other exception is a bug."""

from typing import Any


class Refused(Exception):
    """A command that was not carried out; nothing of it was. Doors show the sentence: pages as a message, the API as 409.

    `field` names the argument that the sentence is about, so that a form can mark it; "" where it is about none.
    """

    code = "refused"

    def __init__(self, sentence: Any, *, code: str = "", field: str = ""):
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.sentence)


class ChangedMeanwhile(Refused):
    """Somebody else changed the row between the reading and the command."""

    code = "changed_meanwhile"
