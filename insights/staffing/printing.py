"""The forecast's errors and a replayed week as lines of a terminal."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from insights.models import Replayed

from .making import Found


def forecast_lines(found: Iterable[Found]) -> Iterator[str]:
    """A line for each queue: its errors, the floor, skill and what was covered; or how many weeks are missing."""
    for each in found:
        name = each.line.code if each.line else "*"
        score = each.score
        if each.missing:
            yield _("%(line)s: %(weeks)d weeks of history are missing.") % {"line": name, "weeks": each.missing}
        elif score.model is None:
            yield _("%(line)s: no call in the weeks tested.") % {"line": name}
        else:
            yield _(
                "%(line)s: %(calls)d calls tested; error %(model)s, same weekday %(naive)s, mean of four weeks %(four)s, flat mean "
                "%(flat)s, least possible %(floor)s; skill %(skill)s; between the two numbers %(covered)s."
            ) % {
                "line": name,
                "calls": score.calls,
                "model": _percent(score.model),
                "naive": _percent(score.naive),
                "four": _percent(score.four_weeks),
                "flat": _percent(score.flat),
                "floor": _percent(score.floor),
                "skill": "–" if score.skill is None else f"{score.skill:.2f}",
                "covered": _percent(score.covered),
            }


def replay_lines(replays: Iterable[Replayed]) -> Iterator[str]:
    """A line for each way in which the week was replayed."""
    for each in replays:
        wait = _("without end") if each.mean_wait is None else f"{each.mean_wait:.1f} s"
        yield _("%(way)s: %(calls)d calls, in time %(level)s, given up %(lost)s, mean wait %(wait)s.") % {
            "way": each.get_way_display(),
            "calls": each.calls,
            "level": _percent(each.service_level),
            "lost": _percent(each.abandoned),
            "wait": wait,
        }


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"
