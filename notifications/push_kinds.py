"""The one kind of notification on a device: a few words that anybody may see who sees the screen."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel
from notifications.kinds import KINDS, NoticeKind


def _about(words: Mapping[str, Any]) -> dict[str, Any]:
    """What the notice is called; nothing for one whose words are its recipient's alone, or of a kind of the past."""
    kind = KINDS.get(words["kind"])
    return {"about": "" if kind is None or kind.is_confidential else str(kind.name)}


DEVICE_NOTIFICATION = NoticeKind(
    "device-notification",
    _("Notification on a device"),
    frozenset({"kind"}),
    channels=(Channel.PUSH,),
    then=(),
    derive=_about,
    still_owed="notifications.pushing.no_longer_owed",
)
