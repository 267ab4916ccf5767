"""Commands: what a person decides about many notices that failed for one cause."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from foundation.refusals import Refused
from notifications import services
from notifications.climbing import by_post
from notifications.models import Notice, SuppressedAddress
from notifications.sendings.causes import Cause, Decision
from notifications.sendings.figures import failed_ids

MOST = 200  # decided at once


@dataclass
class Decided:
    """How many notices were decided, and how many were left for each reason."""

    number: int = 0
    left: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def decide_failures(
    cause: Cause, decision: Decision, *, reason: str, by: User, now: datetime | None = None
) -> Decided:
    """Do the same to the refused notices of the cause, oldest first, MOST at the most; returns how many, and what was not done.

    Refused to mute addresses for what is our own fault, and for what is in doubt, which has decisions of its own.
    """
    if cause is Cause.DOUBT:
        raise Refused(_("What may have gone is decided under “Decide those in doubt”."), code="in_doubt")
    if decision is Decision.SUPPRESS and cause is not Cause.NO_MAILBOX:
        raise Refused(
            _("Only an address at which nobody is gets nothing any more: this says nothing about the addresses."),
            code="not_about_the_address",
        )
    moment, decided = now or timezone.now(), Decided()
    ids = failed_ids(cause, moment, most=MOST)
    notices = Notice.objects.visible_to(by).filter(pk__in=ids, state=Notice.State.REFUSED)
    for notice in notices.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        try:
            _decide(notice, decision, reason=reason, by=by, now=moment)
        except (
            Refused
        ) as refused:  # it came to its end just now, is of no use any more, or has a file that is not printed
            decided.left[str(refused)] += 1
        else:
            decided.number += 1
    return decided


def _decide(notice: Notice, decision: Decision, *, reason: str, by: User, now: datetime) -> None:
    if decision is Decision.AGAIN:
        services.try_again(notice, by=by, reason=reason)
    elif decision is Decision.POST:
        by_post(notice, by=by, reason=reason, now=now)
    else:
        if decision is Decision.SUPPRESS and notice.address:
            services.suppress_address(
                channel=notice.channel,
                address=notice.address,
                reason=SuppressedAddress.Reason.BY_HAND,
                detail=reason or notice.problem,
                by=by,
            )
        services.withhold(notice, reason=reason or notice.problem or "–", by=by)
