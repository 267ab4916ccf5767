"""Rule: which texts a kind of notice has. One for all that is read at length, and a short one where it has a file `sms.txt`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel
from notifications.kinds import NoticeKind

LANGUAGES = ("it", "en")


class Medium(TextChoices):
    """How a text is read."""

    MESSAGE = "message", _("e-mail, reserved area, letter")
    SHORT = "short", _("SMS")


FILES = {Medium.MESSAGE: "body.txt", Medium.SHORT: "sms.txt"}


def has_short(kind: NoticeKind) -> bool:
    """Whether the kind has a short text: one that may go to a telephone after its first channels."""
    return Channel.SMS in kind.then


def mediums_of(kind: NoticeKind) -> list[Medium]:
    """The texts of the kind, in the order in which they are shown."""
    return [Medium.MESSAGE, Medium.SHORT] if has_short(kind) else [Medium.MESSAGE]


def medium_of(kind: NoticeKind, channel: str) -> Medium:
    """Which of the kind's texts goes by the channel: the short one to a telephone, where there is one."""
    is_short = channel in (Channel.SMS, Channel.PUSH) and has_short(kind)
    return Medium.SHORT if is_short else Medium.MESSAGE


def is_sms(kind: NoticeKind, medium: str) -> bool:
    """Whether the text goes to a telephone and nowhere else, so that its length and its letters are those of an SMS."""
    return medium == Medium.SHORT or tuple(kind.channels) == (Channel.SMS,)


def medium_name(kind: NoticeKind, medium: str) -> str:
    """What people call the text: an SMS is one, whichever file its words come from."""
    return str(Medium.SHORT.label if is_sms(kind, medium) else Medium(medium).label)
