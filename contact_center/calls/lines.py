"""The toll-free lines as other systems name them. Few and lasting, so a process remembers them for a minute."""

import time
from dataclasses import dataclass, field

from contact_center.models import TollFreeLine

REMEMBERED_SECONDS = 60
_BETWEEN_DIGITS = str.maketrans("", "", ".-/()")


@dataclass(frozen=True, slots=True)
class Lines:
    """Each line by its code, and by number in the ways another system may write it: +39800…, 0039800…, 39800…, 800…."""

    by_name: dict[str, int]
    codes: dict[int, str]
    read_at: float = field(default_factory=time.monotonic)

    @property
    def by_code(self) -> dict[str, int]:
        """The id of each code."""
        return {code: pk for pk, code in self.codes.items()}

    def id_of(self, name: str) -> int | None:
        """The id of the line so named, whatever blanks, dots and dashes stand between the digits; None for none."""
        return self.by_name.get(name) or self.by_name.get("".join(name.translate(_BETWEEN_DIGITS).split()))

    def in_words(self) -> str:
        """The codes that there are, for the person who named another."""
        return ", ".join(self.codes.values())


def read_lines() -> Lines:
    """The lines as they are now."""
    by_name: dict[str, int] = {}
    codes: dict[int, str] = {}
    for pk, code, number in TollFreeLine.objects.values_list("pk", "code", "number"):
        national = number.removeprefix("+39")
        by_name |= dict.fromkeys((number, national, f"39{national}", f"0039{national}", code), pk)
        codes[pk] = code
    return Lines(by_name, codes)


_remembered: Lines | None = None


def lines_naming(*names: str) -> Lines:
    """The lines, read again where one of the names is not known or a minute has passed."""
    global _remembered
    known = _remembered
    if (
        known is None
        or time.monotonic() - known.read_at > REMEMBERED_SECONDS
        or any(known.id_of(name) is None for name in names)
    ):
        known = _remembered = read_lines()
    return known
