"""A state in words: its name, how it is meant, since when, and from what it is known."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from contact_center.models import AgentState, PauseReason
from contact_center.models.agent_state import Cause, Reported, Telephone

# The words of `AgentState.state`, in the order in which tables show them
ON_DUTY = [
    Reported.READY,
    Telephone.ON_CALL,
    Telephone.AFTER_CALL,
    Reported.WRITTEN,
    Reported.PAUSE,
    Reported.SIGNED_IN,
]
NAMES = {each.value: each.label for each in (*ON_DUTY, Reported.OFF)}
TONES = {"ready": "good", "on_call": "live", "after_call": "warn", "pause": "warn", "written": "info"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as a page shows it. `seconds` is how long it has lasted by our clock."""

    state: str
    name: str
    tone: str
    began_at: datetime | None
    seconds: int


def shown_state(state: AgentState | None, now: datetime) -> Shown:
    """The state of now; off where nothing is known of the agent. The pause is read with it."""
    if state is None:
        return Shown("off", str(NAMES["off"]), "", None, 0)
    lasted = max(0, int((now - state.began_at).total_seconds()))
    return Shown(state.state, name_of(state.state, state.pause), TONES.get(state.state, ""), state.began_at, lasted)


def name_of(state: str, pause: PauseReason | None) -> str:
    """The name of a state; a pause is called by its reason."""
    if state == Reported.PAUSE and pause is not None:
        return _("pause: %(reason)s") % {"reason": pause.shown_name}
    return str(NAMES[state])


def cause_of(state: AgentState) -> str:
    """From what the state is known: the call, or who or what reported it. The contact is read with it."""
    if state.contact is not None:
        return _("call %(number)s") % {"number": state.contact.number}
    return str(Cause(state.cause).label)


def choices(reasons: list[PauseReason], state: AgentState | None) -> list[tuple[str, str, bool]]:
    """What an agent may report, as values of a form and their names, and whether it holds: a pause is chosen with its reason."""
    held = "off" if state is None else f"pause:{state.pause_id}" if state.pause_id else state.reported
    pauses = [(f"pause:{each.pk}", _("Pause: %(reason)s") % {"reason": each.shown_name}) for each in reasons]
    ways = [("ready", _("Ready")), *pauses, ("written", _("Written work")), ("off", _("Off duty"))]
    return [(value, name, value == held) for value, name in ways]


def as_json(shown: Shown) -> dict[str, Any]:
    """For the scripts of the pages."""
    return {"state": shown.state, "name": shown.name, "tone": shown.tone, "seconds": shown.seconds}
