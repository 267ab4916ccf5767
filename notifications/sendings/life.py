"""The whole life of a notice as one line of time: written, held back, claimed, handed over, reported, read, and what followed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from notifications.channels import Channel
from notifications.kinds import name_of
from notifications.models import DeliveryReport, Notice


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the notice, or to another way of the same matter (`url`)."""

    at: datetime
    what: Any
    detail: str = ""
    by: str = ""
    url: str = ""
    tone: str = ""


def life_of(notice: Notice) -> list[Moment]:
    """Everything that is known of the notice, in the order in which it happened; five questions to the database."""
    moments = [Moment(notice.created_at, pgettext("moment", "written"), name_of(notice.kind))]
    if notice.send_after > notice.created_at:
        held = notice.get_held_display() if notice.held else ""
        moments.append(Moment(notice.send_after, _("not before"), held))
    if notice.claimed_at:
        attempts = _("attempt %(number)d") % {"number": notice.attempts}
        moments.append(Moment(notice.claimed_at, _("taken by a worker"), attempts))
    if notice.sent_at:
        moments.append(Moment(notice.sent_at, _("handed over"), notice.receipt, tone="good"))
    for event in notice.events.select_related("by"):
        tone = "bad" if event.new in (Notice.State.REFUSED, Notice.State.IN_DOUBT) else ""
        what = f"{event.get_old_display()} → {event.get_new_display()}"
        moments.append(Moment(event.at, what, event.detail, str(event.by or ""), tone=tone))
    for report in notice.reports.select_related("by").defer("original"):
        tone = {"delivered": "good", "failed": "bad", "unproved": "bad"}.get(report.outcome, "")
        what = _("report: %(outcome)s") % {"outcome": report.get_outcome_display()}
        detail = " · ".join(each for each in (report.detail, _signature_of(report)) if each)
        moments.append(Moment(report.happened_at, what, detail, str(report.by or ""), tone=tone))
    if notice.read_at:
        moments.append(Moment(notice.read_at, _("read"), tone="good"))
    moments += _others(notice)
    if notice.expires_at:
        moments.append(Moment(notice.expires_at, _("of no use after this moment")))
    return sorted(moments, key=lambda moment: moment.at)


def _signature_of(report: DeliveryReport) -> str:
    """What the signature of a receipt is worth, and whose it is; "" for a report that has none."""
    if not report.signature:
        return ""
    words = _("signature: %(state)s") % {"state": report.get_signature_display()}
    return f"{words} ({report.signer})" if report.signer else words


def _others(notice: Notice) -> list[Moment]:
    """The other ways of the same matter, and the notifications that announced this one or which one this announced."""
    found: list[tuple[Any, Notice]] = []
    if notice.matter != notice.once:
        same = Notice.objects.about(notice.matter).filter(kind=notice.kind, customer=notice.customer_id)
        found += [(_("also by %(channel)s"), way) for way in same.for_list() if way.pk != notice.pk]
    if notice.channel == Channel.INBOX:
        pushes = Notice.objects.filter(once__startswith=f"push:{notice.pk}:").for_list()
        found += [(_("announced by %(channel)s"), way) for way in pushes]
    elif notice.channel == Channel.PUSH:
        announced = Notice.objects.filter(pk=notice.about_id or 0).for_list()
        found += [(_("it announces what lies in: %(channel)s"), way) for way in announced]
    return [
        Moment(
            way.sent_at or way.created_at,
            what % {"channel": way.get_channel_display()},
            way.get_state_display(),
            url=reverse("admin:notifications_notice_change", args=[way.pk]),
        )
        for what, way in found
    ]
