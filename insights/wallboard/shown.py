"""The wallboard in the reader's language, as a screen shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.agents.words import NAMES, ON_DUTY, TONES
from contact_center.figures.definitions import Ratio
from foundation.dates import written_moment
from foundation.naming import in_language
from insights.figures_page import Numbers, minutes
from insights.wallboard.now import FIRST_LEVEL, Part, Wall
from insights.watching.wording import target_written


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its name, what stands below it, and how it is: good, warn, bad or nothing to say.

    `value` None: not known now. `lasts`: seconds that go on counting on the screen.
    """

    label: str
    value: str | None
    note: str = ""
    tone: str = ""
    lasts: int | None = None
    is_main: bool = False


def shown(wall: Wall, now: datetime, *, line: str = "") -> dict[str, Any]:
    """The parts of the screen: the whole service and each line, or one line alone where `line` is the code of one."""
    chosen = [part for part in wall.parts if part.line is not None and part.line.code == line]
    parts: Iterable[Part] = chosen or [wall.whole, *wall.parts]
    return {
        "made_at": wall.made_at,
        "age": max(0, int((now - wall.made_at).total_seconds())),
        "news": _news(wall),
        "is_silent": wall.is_silent,
        "parts": [_part(part, wall, now) for part in parts],
        "is_one": bool(chosen),
        "written": Numbers().whole(wall.written),
    }


def _news(wall: Wall) -> str:
    if not wall.is_silent:
        return ""
    if wall.news_at is None:
        return _("The telephone platform has never sent anything: what concerns calls is not known.")
    return _("No news from the telephone platform since %(moment)s: what concerns calls is not known.") % {
        "moment": written_moment(wall.news_at, "dal")
    }


def _part(part: Part, wall: Wall, now: datetime) -> dict[str, Any]:
    agents = part.agents
    return {
        "name": in_language(part.line.name, part.line.name_en) if part.line else _("The whole service"),
        "is_whole": part.line is None,
        "is_closed": part.line is not None and not part.line.is_open,
        "tiles": _tiles(part, wall, now),
        "people": agents.people,
        "states": [
            {"name": NAMES[state.value], "number": agents.by_state[state.value], "tone": TONES.get(state.value, "")}
            for state in ON_DUTY
        ]
        if agents.shows_counts
        else None,
    }


def _tiles(part: Part, wall: Wall, now: datetime) -> list[Tile]:
    numbers = Numbers()
    waits = int((now - part.first_waits_since).total_seconds()) if part.first_waits_since else 0
    seconds = part.line.seconds if part.line else None
    share = part.line.share if part.line else None
    tone = "good" if not part.waiting else "bad" if seconds is not None and waits > seconds else "warn"
    if wall.is_silent:
        tone = ""  # what is not known is neither good nor bad
    level, resolved = part.share("service_level", wall.formula), part.share(FIRST_LEVEL, wall.formula)
    return [
        Tile(_("Waiting"), _unless(wall.is_silent, numbers.whole(part.waiting)), _offered(part), tone, is_main=True),
        Tile(
            _("Longest wait"),
            _unless(wall.is_silent, minutes(max(0, waits)) if part.waiting else "0:00"),
            tone=tone,
            lasts=max(0, waits) if part.waiting and not wall.is_silent else None,
            is_main=True,
        ),
        Tile(
            _("Service level today"),
            _unless(wall.is_silent, _percent(level, numbers)),
            _target(share, seconds),
            "" if wall.is_silent else _against(level, share),
        ),
        Tile(
            _("First level today"),
            _percent(resolved, numbers),
            " · ".join(filter(None, (_of(resolved, numbers), _target_of_first_level(part.first_level_target)))),
            _against(resolved, part.first_level_target),
        ),
        Tile(
            _("Promised a call"),
            numbers.whole(part.promised),
            ngettext("%(number)d is late", "%(number)d are late", part.promised_late) % {"number": part.promised_late}
            if part.promised_late
            else "",
            "bad" if part.promised_late else "",
        ),
    ]


def _unless(is_unknown: bool, value: str | None) -> str | None:
    return None if is_unknown else value


def _offered(part: Part) -> str:
    words = {"offered": part.counts.offered or 0, "abandoned": part.counts.abandoned or 0}
    return _("today: offered %(offered)d, abandoned %(abandoned)d") % words


def _percent(ratio: Ratio | None, numbers: Numbers) -> str | None:
    value = ratio.value if ratio else None
    return None if value is None else f"{numbers.decimals(value * 100, 1)} %"


def _of(ratio: Ratio | None, numbers: Numbers) -> str:
    if ratio is None or not ratio.denominator:
        return _("nothing yet")
    words = {"number": numbers.whole(ratio.numerator), "of": numbers.whole(ratio.denominator)}
    return _("%(number)s of %(of)s") % words


def _target(share: int | None, seconds: int | None) -> str:
    if share is None:
        return ""
    return _("target %(share)d %% within %(seconds)d s") % {"share": share, "seconds": seconds}


def _target_of_first_level(wanted: Decimal | None) -> str:
    return "" if wanted is None else _("target %(target)s") % {"target": target_written(FIRST_LEVEL, wanted)}


def _against(ratio: Ratio | None, share: Decimal | int | None) -> str:
    """Good where the target (percent) is reached, bad where it is not, nothing where either is missing."""
    value = ratio.value if ratio else None
    if value is None or share is None:
        return ""
    return "good" if value * 100 >= Decimal(share) else "bad"
