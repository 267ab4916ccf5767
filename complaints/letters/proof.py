"""What proves that an answer letter went, and that it arrived: the channel's own facts, in words."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from complaints.models import LetterSending
from notifications.models import Notice


def proof_of(sending: LetterSending) -> list[str]:
    """The facts about a sending in their order: taken by the channel, each report or receipt, the batch, the posting.

    A receipt of certified e-mail is named with what its signature is worth.
    """
    facts: list[str] = []
    if sending.post:
        facts.append(" ".join(filter(None, [sending.get_post_display(), sending.tracking])))
    notice = sending.notice
    if notice is None:
        return facts
    if batch := _batch_of(notice):
        facts.append(batch)
    if notice.sent_at is not None:
        words = _("accepted at %(moment)s") if notice.channel != Notice.Channel.POST else _("posted at %(moment)s")
        facts.append(
            words % {"moment": formats.date_format(timezone.localtime(notice.sent_at), "SHORT_DATETIME_FORMAT")}
        )
    if notice.receipt:
        facts.append(notice.receipt)
    for report in notice.reports.all():
        words = f"{report.get_outcome_display()}, {formats.date_format(timezone.localtime(report.happened_at), 'SHORT_DATETIME_FORMAT')}"
        more = [
            report.detail,
            _("signature %(worth)s") % {"worth": report.get_signature_display()} if report.signature else "",
        ]
        facts.append(" – ".join(filter(None, [words, *more])))
    return facts


def _batch_of(notice: Notice) -> str:
    letter = getattr(notice, "letter", None)
    if letter is not None:
        return _("letter %(code)s in batch %(number)s") % {"code": letter.code, "number": letter.batch_id}
    if notice.channel == Notice.Channel.POST and notice.state == Notice.State.QUEUED:
        return _("waits in the print queue")
    return ""
