"""Query: the notice that a message which came back is about: by its signed marks alone, never by what anybody can write."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from notifications.channels import Channel
from notifications.message_ids import notice_of_message_id
from notifications.models import Notice, ReturnedMessage
from notifications.returns.reading import ReadReturn
from notifications.returns.tokens import notice_id_of

MatchedBy = ReturnedMessage.MatchedBy
LATE = timedelta(days=14)  # a mail system tries for about five days


@dataclass(frozen=True, slots=True)
class Match:
    """The notice, how it was found, and what speaks against it."""

    notice: Notice | None = None
    matched_by: str = MatchedBy.NOTHING
    remark: str = ""


def match(read: ReadReturn, *, channel: str = Channel.EMAIL) -> Match:
    """The notice of the channel whose token, or else whose Message-ID, the message carries; nothing where none is really ours.

    The token comes first: a relay may write a Message-ID of its own, and cannot write a return path of ours.
    """
    for token in read.tokens:
        notice_id = notice_id_of(token)
        notice = Notice.objects.filter(pk=notice_id, channel=channel).first() if notice_id is not None else None
        if notice is not None:
            return Match(notice, MatchedBy.TOKEN)
    for message_id in read.message_ids:
        notice = notice_of_message_id(message_id)
        if notice is not None and notice.channel == channel:
            return Match(notice, MatchedBy.MESSAGE_ID)
    is_made_up = bool(read.tokens or read.message_ids)
    return Match(remark=_("It names a notice, and the signature is not ours.") if is_made_up else "")
