"""Commands: what is reported of a notice after it was sent, by its channel or by a person who saw it come back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from foundation.refusals import Refused
from notifications.models import DeliveryReport, Notice, SuppressedAddress
from notifications.moves import FOLLOWERS_OF_ARRIVAL, move_notices
from notifications.services.decisions import suppress_address

State, Channel, Outcome = Notice.State, Notice.Channel, DeliveryReport.Outcome
WITH_AN_ADDRESS = (Channel.EMAIL, Channel.SMS, Channel.PEC)


@transaction.atomic
def report_delivery(
    notice: Notice,
    *,
    outcome: str,
    detail: str = "",
    source_key: str | None = None,
    happened_at: datetime | None = None,
    by: User | None = None,
    original: bytes | None = None,
    signature: str = "",
    signer: str = "",
) -> DeliveryReport | None:
    """Keep the report, and let the notice's arrival follow the newest one that is final; None where it was kept before.

    `original` is the report as it came, where that is a proof, with what its signature is worth and who signed. Reports may come twice, and in any order: `source_key` and `happened_at` tell. A notice in doubt that arrived has gone.
    """
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if source_key is not None and DeliveryReport.objects.filter(source_key=source_key).exists():
        return None
    report = DeliveryReport.objects.create(
        notice=notice,
        outcome=outcome,
        detail=detail[:500],
        source_key=source_key,
        happened_at=happened_at or timezone.now(),
        by=by,
        original=original,
        signature=signature,
        signer=signer,
    )
    arrival = _arrival_of(notice, is_disproof=signature == DeliveryReport.Signature.WRONG)
    if notice.arrival != arrival:
        Notice.objects.filter(pk=notice.pk).update(arrival=arrival)
        Notice.objects.filter(digest=notice.pk, state=State.SENT).update(arrival=arrival)
    if notice.state == State.IN_DOUBT and outcome == Outcome.DELIVERED:
        why = _("It arrived, by the channel's report.")
        at = report.happened_at
        move_notices([notice.pk], old=State.IN_DOUBT, new=State.SENT, at=timezone.now(), detail=why, sent_at=at)
    if notice.arrival != arrival:
        for follow in FOLLOWERS_OF_ARRIVAL:
            follow(notice.pk)
    return report


def _arrival_of(notice: Notice, *, is_disproof: bool) -> str:
    """What the newest final report says that no later look at its signature disproved; as it was where there is none."""
    disproved = notice.reports.filter(signature=DeliveryReport.Signature.WRONG, original=OuterRef("original"))
    final = notice.reports.exclude(outcome__in=[Outcome.ON_ITS_WAY, Outcome.UNPROVED]).exclude(Exists(disproved))
    newest = final.order_by("-happened_at", "-pk").values_list("outcome", flat=True).first()
    return newest or (Notice.Arrival.UNKNOWN if is_disproof else notice.arrival)


@transaction.atomic
def record_came_back(notice: Notice, *, detail: str, suppress: bool, by: User) -> Notice:
    """A person saw that it did not arrive. `suppress`: nothing goes to its address any more. Refused unless it was sent."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.state != State.SENT or notice.channel == Channel.INBOX:
        raise Refused(_("Only what was sent can come back."), code="not_sent")
    if notice.arrival == Notice.Arrival.FAILED:
        raise Refused(_("This was entered already."), code="came_back_already")
    report_delivery(notice, outcome=Outcome.FAILED, detail=detail, by=by)
    if suppress and notice.channel in WITH_AN_ADDRESS:
        reason = SuppressedAddress.Reason.BY_HAND
        suppress_address(channel=notice.channel, address=notice.address, reason=reason, detail=detail, by=by)
    notice.refresh_from_db()
    return notice
