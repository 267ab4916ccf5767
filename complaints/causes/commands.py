"""Commands: open an action from a cause, record that it is done or given up, measure what came of it."""

from datetime import date, timedelta
from math import isinf
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.causes.queries import cause_of, number_of
from complaints.models import CauseAction
from customers import roles
from customers.models import Agency, User
from foundation.chance import LEVEL, change
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text

State = CauseAction.State
FEWEST_DAYS, MOST_DAYS = 28, 365  # that an effect is measured over
FEWER, MORE, CHANCE = "fewer", "more", "chance"  # verdicts
OWNERS = (roles.COMPLAINT_OFFICER, roles.MANAGER)


@transaction.atomic
def open_action(
    *,
    title: str,
    plan: str,
    owner: User,
    due_on: date,
    by: User,
    area: str = "",
    reason: str = "",
    ramo: str = "",
    product: str = "",
    agency: Agency | None = None,
) -> CauseAction:
    """Open an action about a cause: complaints with all the values given.

    Refused without a cause, for a day that is past, and for an owner who neither follows complaints nor manages.
    """
    if not (area or reason or ramo or product or agency):
        raise Refused(_("Say which complaints it is about: a reason, a branch, an agency."), code="no_cause")
    if due_on < timezone.localdate():
        raise Refused(_("An action is due today or later."), code="past", field="due_on")
    if not owner.is_active or not owner.has_role(OWNERS):
        raise Refused(
            _("%(name)s neither follows complaints nor manages.") % {"name": owner}, code="no_owner", field="owner"
        )
    return CauseAction.objects.create(
        title=clean_line(title),
        plan=clean_text(plan),
        area=area,
        reason=reason,
        ramo=ramo,
        product=product,
        agency=agency,
        owner=owner,
        opened_by=by,
        opened_on=timezone.localdate(),
        due_on=due_on,
    )


def _locked(action: CauseAction, to: str) -> CauseAction:
    action = CauseAction.objects.select_for_update(of=("self",)).select_related("agency").get(pk=action.pk)
    if not action.can_become(to):
        raise Refused(
            _("This action is %(state)s: it cannot become %(wanted)s.")
            % {"state": action.get_state_display(), "wanted": State(to).label},
            code="wrong_state",
        )
    action.state = to
    action.version += 1
    return action


@transaction.atomic
def finish_action(action: CauseAction, *, done_on: date, words: str, by: User) -> CauseAction:
    """Record that an action is done, since which day, and what was done. Refused for a day before it opened or to come."""
    action = _locked(action, State.DONE)
    if not action.opened_on <= done_on <= timezone.localdate():
        raise Refused(
            _("It was done between the day on which it was opened and today."), code="wrong_day", field="done_on"
        )
    if not (words := clean_text(words)):
        raise Refused(_("Write what was done."), code="nothing_said", field="words")
    action.done_on, action.words = done_on, _signed(words, by)
    action.save()
    return action


@transaction.atomic
def drop_action(action: CauseAction, *, words: str, by: User) -> CauseAction:
    """Give an action up, with the reason."""
    action = _locked(action, State.DROPPED)
    if not (words := clean_text(words)):
        raise Refused(_("Write why it is given up."), code="nothing_said", field="words")
    action.words = "\n\n".join(each for each in (action.words, _signed(words, by)) if each)
    action.save()
    return action


def _signed(words: str, by: User) -> str:
    return f"{words} ({by}, {timezone.localdate():%d/%m/%Y})"


@transaction.atomic
def measure_action(action: CauseAction, *, by: User) -> CauseAction:
    """Measure what came of an action, once: complaints of its cause since it was done, against as many days before it opened.

    At most a year on both sides. Refused before 28 days have passed since it was done.
    """
    action = _locked(action, State.MEASURED)
    effect = effect_of(action, until=timezone.localdate() - timedelta(days=1))
    if effect is None:
        raise Refused(
            _("Too early: an effect is measured over %(days)d days at least.") % {"days": FEWEST_DAYS},
            code="too_early",
        )
    action.effect = effect | {"by": str(by)}
    action.measured_on = timezone.localdate()
    action.save()
    return action


def effect_of(action: CauseAction, *, until: date) -> dict[str, Any] | None:
    """What came of an action up to a day, with its uncertainty and what all other complaints did; None where it is too early.

    `verdict`: fewer or more where chance alone does as much in less than one case in twenty, else chance.
    """
    if action.done_on is None:
        return None
    days = min(MOST_DAYS, (until - action.done_on).days)
    if days < FEWEST_DAYS:
        return None
    after = (action.done_on + timedelta(days=1), action.done_on + timedelta(days=days))
    before = (action.opened_on - timedelta(days=days), action.opened_on - timedelta(days=1))
    cause = cause_of(action)
    found = change(number_of(cause, *before), number_of(cause, *after))
    others = [number_of({}, *span) - number_of(cause, *span) for span in (before, after)]
    verdict = CHANCE if found.chance > LEVEL else FEWER if (found.ratio or 2) < 1 else MORE
    return {
        "days": days,
        "before": found.before,
        "after": found.after,
        "ratio": found.ratio,
        "low": found.low,
        "high": None if isinf(found.high) else found.high,
        "chance": found.chance,
        "others_before": others[0],
        "others_after": others[1],
        "is_small": found.is_small,
        "verdict": verdict,
    }
