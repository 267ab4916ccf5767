"""Commands: write a promotion, submit it, approve it or send it back, schedule it, pause, resume and stop it.

Each locks the promotion's row, which the sender of its messages locks as well: a pause or a stop is in force as soon as
its command returns, and nothing is handed over afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Agency, User
from foundation.refusals import Refused
from notifications.models import Notice
from notifications.moves import move_notices
from promotions.models import Exclusion, Promotion, PromotionEvent, Recipient
from promotions.reach import writes_for

State = Promotion.State


@dataclass(frozen=True)
class Stopped:
    """What a stop came to: how many messages never leave, and how many had left before."""

    kept_back: int
    gone: int


@transaction.atomic
def write_promotion(*, by: User, agency: Agency | None, **facts: Any) -> Promotion:
    """Keep a draft. Refused for an agency that the writer does not write for."""
    _refuse_another_ground(by, agency)
    promotion = Promotion(writer=by, last_written_by=by, agency=agency, **facts)
    _check(promotion)
    promotion.save()
    return promotion


@transaction.atomic
def rewrite_promotion(promotion: Promotion, *, by: User, changes: Mapping[str, Any]) -> Promotion:
    """Write a draft anew. Refused once it was submitted: what was read must be what is approved."""
    promotion = locked(promotion)
    if promotion.state != State.DRAFT:
        raise Refused(_("Only a draft can be changed: have it sent back first."), code="wrong_state")
    _refuse_another_ground(by, promotion.agency)
    _refuse_another_ground(by, changes.get("agency", promotion.agency))
    for name, value in changes.items():
        setattr(promotion, name, value)
    promotion.last_written_by = by
    _check(promotion)
    _save(promotion)
    return promotion


def _refuse_another_ground(by: User, agency: Agency | None) -> None:
    ground = writes_for(by)
    if not ground.whole and (agency is None or agency.pk not in ground.agency_ids):
        raise Refused(_("You do not write promotions for this agency."), code="another_agency")


def _check(promotion: Promotion) -> None:
    """Refuse what the database would: in words, and before the page promises anything."""
    if promotion.agency is None and promotion.controller == Promotion.Controller.AGENCY:
        raise Refused(
            _("A promotion over all agencies is the company's own: it is the controller."),
            code="controller",
            field="controller",
        )
    if promotion.by_similarity and (
        promotion.controller != Promotion.Controller.COMPANY or "email" not in promotion.channels
    ):
        raise Refused(
            _("Without a consent only the company itself may write, and only by e-mail (art. 130(4))."),
            code="by_similarity",
            field="by_similarity",
        )
    if "sms" in promotion.channels and not promotion.sms_text:
        raise Refused(_("Write the text of the SMS too."), code="sms_text", field="sms_text")
    if promotion.must_be_by_profile and not promotion.by_profile:
        raise Refused(
            _("Claims and health products may decide only with the consent to profiling: tick “chosen by profile”."),
            code="by_profile",
            field="by_profile",
        )
    if promotion.by_profile and promotion.controller != Promotion.Controller.COMPANY:
        raise Refused(
            _("The consent to profiling is given to the company alone: it must be the controller."),
            code="profile_controller",
            field="controller",
        )


# --- Approval -------------------------------------------------------------------------------------------------------
@transaction.atomic
def submit_promotion(promotion: Promotion, *, by: User) -> Promotion:
    """Hand a draft to whoever approves; from here on it remains as it is."""
    promotion = locked(promotion)
    _refuse_another_ground(by, promotion.agency)
    return _move(promotion, State.SUBMITTED, by=by)


@transaction.atomic
def send_back(promotion: Promotion, *, words: str, by: User) -> Promotion:
    """Give it back to its writer as a draft, with what has to change."""
    promotion = locked(promotion)
    _refuse_own(promotion, by)
    return _move(promotion, State.DRAFT, by=by, words=words)


@transaction.atomic
def approve_promotion(promotion: Promotion, *, by: User) -> Promotion:
    """Approve it. Refused to whoever wrote any of it."""
    promotion = locked(promotion)
    _refuse_own(promotion, by)
    if promotion.can_become(State.APPROVED):
        promotion.approved_by, promotion.approved_at = by, timezone.now()
    return _move(promotion, State.APPROVED, by=by)


def _refuse_own(promotion: Promotion, by: User) -> None:
    if is_own(promotion, by):
        raise Refused(_("Somebody else approves what you wrote."), code="own_words")


def is_own(promotion: Promotion, user: User) -> bool:
    """Rule: whether the user wrote any of it."""
    return user.pk in (promotion.writer_id, promotion.last_written_by_id)


@transaction.atomic
def schedule_promotion(promotion: Promotion, *, send_from: datetime, not_after: datetime, by: User) -> Promotion:
    """Say from when it is sent, and after which moment nothing of it leaves any more. Until it begins it can be said again."""
    promotion = locked(promotion)
    _refuse_another_ground(by, promotion.agency)
    if promotion.state != State.APPROVED:
        raise Refused(_("It is scheduled once it is approved, and until it begins."), code="wrong_state")
    if not_after <= max(send_from, timezone.now()):
        raise Refused(
            _("Its last moment must be after its beginning, and ahead of us."), code="not_after", field="not_after"
        )
    promotion.send_from, promotion.not_after = send_from, not_after
    _save(promotion)
    return promotion


# --- While it is sent -----------------------------------------------------------------------------------------------
@transaction.atomic
def pause_promotion(promotion: Promotion, *, words: str, by: User) -> Promotion:
    """Let nothing more of it leave for now; what waits in the outbox waits there too."""
    return _move(locked(promotion), State.PAUSED, by=by, words=words)


@transaction.atomic
def resume_promotion(promotion: Promotion, *, by: User) -> Promotion:
    """Go on where it was: nobody is written to twice, and nobody is passed over. What the pause put off in the outbox leaves now."""
    promotion = _move(locked(promotion), State.SENDING, by=by)
    now = timezone.now()
    put_off = Notice.objects.filter(promotion_recipient__promotion=promotion, state=Notice.State.QUEUED, attempts=0)
    put_off.filter(send_after__gt=now).update(send_after=now)
    return promotion


@transaction.atomic
def stop_promotion(promotion: Promotion, *, words: str, by: User) -> Stopped:
    """End it for good. Whoever was not written to is left out with that reason; what waits in the outbox is withheld."""
    promotion = locked(promotion)
    promotion.ended_at = timezone.now()
    _move(promotion, State.STOPPED, by=by, words=words)
    return give_up(promotion, Exclusion.STOPPED, _("The promotion was stopped."))


def give_up(promotion: Promotion, reason: Exclusion, words: str) -> Stopped:
    """Leave out all who still wait, with a reason, and withhold what waits in the outbox. The caller holds the row."""
    waiting = Recipient.objects.filter(promotion=promotion, state=Recipient.State.WAITING)
    kept_back = waiting.update(state=Recipient.State.EXCLUDED, reason=reason)
    queued = Notice.objects.filter(promotion_recipient__promotion=promotion, state=Notice.State.QUEUED)
    ids = list(queued.values_list("pk", flat=True))
    withheld = move_notices(
        ids,
        old=Notice.State.QUEUED,
        new=Notice.State.WITHHELD,
        at=timezone.now(),
        detail=words,
        problem=words,
    )
    written = Recipient.objects.filter(promotion=promotion, state=Recipient.State.WRITTEN).count()
    return Stopped(kept_back + len(withheld), written - len(withheld))


# --- Moving ---------------------------------------------------------------------------------------------------------
def locked(promotion: Promotion) -> Promotion:
    """The promotion as it is now, locked until the end of the transaction."""
    return Promotion.objects.select_for_update(of=("self",)).select_related("agency").get(pk=promotion.pk)


def begin(promotion: Promotion, *, now: datetime) -> Promotion:
    """From approved to being sent, by itself at its moment. The caller holds the row."""
    promotion.begun_at = now
    return _move(promotion, State.SENDING, by=None, at=now)


def finish(promotion: Promotion, *, now: datetime, words: str = "") -> Promotion:
    """Nothing more is to be sent. The caller holds the row."""
    promotion.ended_at = now
    return _move(promotion, State.FINISHED, by=None, words=words, at=now)


def _move(promotion: Promotion, to: str, *, by: User | None, words: str = "", at: datetime | None = None) -> Promotion:
    """Change the state of a locked row as `NEXT` allows, with its event; Refused otherwise."""
    old = promotion.state
    if not promotion.can_become(to):
        raise Refused(
            _("The promotion is %(state)s: this cannot be done any more.") % {"state": promotion.get_state_display()},
            code="wrong_state",
        )
    promotion.state = to
    _save(promotion)
    PromotionEvent.objects.create(promotion=promotion, old=old, new=to, words=words, by=by, at=at or timezone.now())
    return promotion


def _save(promotion: Promotion) -> None:
    promotion.version += 1
    promotion.save()
