"""Kinds of notice: what each is called, on which channels it goes out, and which words its text may use.

The texts are templates: `templates/notices/<code>/subject.txt` and `body.txt`, in Italian and English by gettext. Each
app keeps its kinds in a `kinds.py` of its own and registers them here.
"""

from dataclasses import dataclass
from typing import Any

from notifications.models import Notice

EMAIL, INBOX = Notice.Channel.EMAIL, Notice.Channel.INBOX


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice. `code` is stored and names the folder of its texts; `needs` are the words these may use.

    Two more words may always be given: `action_url` and `action_label`, the button of the formatted e-mail.
    """

    code: str
    name: Any
    needs: frozenset[str]
    channels: tuple[str, ...] = (EMAIL, INBOX)
    is_promotional: bool = False
    is_confidential: bool = False  # holds a link that is the recipient's alone: colleagues do not see the text


KINDS: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> NoticeKind:
    """Make a kind known; ValueError for a code that another has, or that a notice could not store."""
    longest = Notice._meta.get_field("kind").max_length
    if kind.code in KINDS or not 0 < len(kind.code) <= longest:
        raise ValueError(f"The kind of notice {kind.code!r} is known already, or its code is not 1 to {longest} long.")
    KINDS[kind.code] = kind
    return kind


def confidential_codes() -> frozenset[str]:
    """Codes of the kinds whose text is for nobody but the recipient."""
    return frozenset(kind.code for kind in KINDS.values() if kind.is_confidential)


def name_of(code: str) -> str:
    """What people call the kind; the code itself for a kind of the past."""
    return str(KINDS[code].name) if code in KINDS else code
