"""A change in words: sentences put together from whole clauses, each true of any numbers that lead to it."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from contact_center.figures.definitions import Ratio
from insights.figures_page import Numbers

from .decomposition import Base, in_units
from .explanation import Explanation, Group

NAMED = 3  # groups that a sentence names


def numbers() -> Numbers:
    """How the reader's language writes numbers."""
    return _numbers(get_language())


@lru_cache(maxsize=10)  # a page writes hundreds of them
def _numbers(_language: str | None) -> Numbers:
    return Numbers()


def points(hundredths: int) -> str:
    """−0,44: hundredths of a point with their sign."""
    return numbers().decimals(Decimal(hundredths) / 100, signed=True)


def plain_points(hundredths: int) -> str:
    """0,44: without a sign."""
    return numbers().decimals(Decimal(abs(hundredths)) / 100)


def limits(low: float, high: float) -> tuple[str, str]:
    """Both ends of an interval of shares, in points with their sign."""
    written = numbers()
    first, second = (Decimal(str(round(one * 100, 6))) for one in (low, high))
    return written.decimals(first, signed=True), written.decimals(second, signed=True)


def share(base: Base) -> str:
    """98,24 %, or n/a."""
    return numbers().percent_sign(Ratio(base.events, base.of) if base.of else Ratio(None, None))


def in_one_sentence(found: Explanation) -> str:
    """What changed, whether it is chance, and why."""
    if nothing := _nothing(found):
        return nothing
    sentence = _("%(what)s, %(chance)s: %(mix)s, %(rate)s; %(groups)s.")
    if found.points == 0 and not found.mix_points and not found.rate_points:
        sentence = _("%(what)s, %(chance)s; %(groups)s.")
    return sentence % {
        "what": _what(found),
        "chance": _chance(found),
        "mix": _mix(found),
        "rate": _rate_words()[found.by] % {"points": points(found.rate_points)},
        "groups": _groups(found),
    }


def _nothing(found: Explanation) -> str:
    if not found.before.of and not found.after.of:
        return _("In neither period is there anything to count: there is nothing to compare.")
    if not found.after.of:
        return _("In this period there is nothing to count: there is nothing to compare.")
    if not found.before.of:
        return _("In the period compared with there is nothing to count: there is nothing to compare.")
    return ""


def _what(found: Explanation) -> str:
    words = {
        "subject": _subject(found.figure.key),
        "points": plain_points(found.points),
        "before": share(found.before),
        "after": share(found.after),
    }
    if found.change == 0:
        return _("%(subject)s is the same in both periods (%(after)s)") % words
    if found.points == 0:
        least = {"least": plain_points(1)}
        return _("%(subject)s moved by less than %(least)s points (from %(before)s to %(after)s)") % {**words, **least}
    if found.points < 0:
        return _("%(subject)s fell by %(points)s points (from %(before)s to %(after)s)") % words
    return _("%(subject)s rose by %(points)s points (from %(before)s to %(after)s)") % words


def _subject(key: str) -> str:
    return {
        "first_level_coded": pgettext("subject of a sentence", "First level"),
        "first_level_corrected": pgettext("subject of a sentence", "First level corrected by repeats"),
        "abandonment": pgettext("subject of a sentence", "Abandonment"),
        "service_level": pgettext("subject of a sentence", "The service level"),
    }[key]


def _chance(found: Explanation) -> str:
    if found.moved is None:
        return _("and of so few nothing can be stated about chance")
    low, high = limits(found.moved.low, found.moved.high)
    if found.is_beyond:
        return _("more than chance (from %(low)s to %(high)s)") % {"low": low, "high": high}
    return _("within chance (from %(low)s to %(high)s)") % {"low": low, "high": high}


def _mix(found: Explanation) -> str:
    mix = {
        "topic": _("%(points)s from the mix of topics"),
        "line": _("%(points)s from the mix of lines"),
        "channel": _("%(points)s from the mix of channels"),
        "team": _("%(points)s from the mix of teams"),
        "agent": _("%(points)s from the mix of agents"),
    }[found.by] % {"points": points(found.mix_points)}
    cause = largest_of_mix(found)
    if cause is None:
        return mix
    words = {"mix": mix, "group": cause.label}
    if cause.is_new:
        return _("%(mix)s (above all “%(group)s”, which was not there before)") % words
    if cause.is_gone:
        return _("%(mix)s (above all “%(group)s”, which is no longer there)") % words
    if Fraction(cause.after.of, found.after.of) > Fraction(cause.before.of, found.before.of):
        return _("%(mix)s (above all a larger share of “%(group)s”)") % words
    return _("%(mix)s (above all a smaller share of “%(group)s”)") % words


def largest_of_mix(found: Explanation) -> Group | None:
    """The group that adds most to the mix part, in its direction; None where the mix adds nothing that is written."""
    same_way = [one for one in found.groups if found.mix_points * one.part.mix > 0 and one.mix_points]
    return max(same_way, key=lambda one: abs(one.part.mix), default=None)


def _rate_words() -> dict[str, str]:
    return {
        "topic": _("%(points)s from the results within the topics"),
        "line": _("%(points)s from the results within the lines"),
        "channel": _("%(points)s from the results within the channels"),
        "team": _("%(points)s from the results within the teams"),
        "agent": _("%(points)s from the results within the agents' own contacts"),
    }


def _groups(found: Explanation) -> str:
    if all(one.rate_moved is None for one in found.groups):
        return _("of the single groups there are too few to state more")
    moved = [one for one in found.groups if one.is_rate_beyond]
    worse = [one for one in moved if (one.part.rate > 0) != found.more_is_better]
    better = [one for one in moved if one not in worse]
    if not moved:
        return _("within no group did the result move more than chance")
    if len(moved) == 1:
        words = {"group": moved[0].label}
        if worse:
            return _("only in “%(group)s” did the result get worse more than chance") % words
        return _("only in “%(group)s” did the result get better more than chance") % words
    clauses = []
    if worse:
        clauses.append(_("worse more than chance: %(groups)s") % {"groups": _named(worse)})
    if better:
        clauses.append(_("better more than chance: %(groups)s") % {"groups": _named(better)})
    return "; ".join(clauses)


def _named(groups: list[Group]) -> str:
    names = ", ".join(f"“{one.label}”" for one in groups[:NAMED])
    more = len(groups) - NAMED
    if more <= 0:
        return names
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
        "names": names,
        "count": more,
    }


def cost(found: Explanation) -> str:
    """What the change costs or saves, against the share of the earlier period; empty where there is nothing to compare."""
    if found.change is None:
        return ""
    count = in_units(abs(found.off), unit=1)
    if count == 0:
        return _("At the earlier share the same number, give or take less than one, would have gone wrong.")
    wrong = _wrong(found.figure.key, count) % {"count": numbers().whole(count)}
    if found.off > 0:
        sentence = _("More than at the earlier share: %(wrong)s.") % {"wrong": wrong}
    else:
        sentence = _("Fewer than at the earlier share: %(wrong)s.") % {"wrong": wrong}
    seconds = found.seconds_off
    if seconds is None:
        return sentence
    minutes = in_units(abs(seconds) / 60, unit=1)
    time = f"{minutes // 60}:{minutes % 60:02d} h"
    aht = numbers().minutes(found.aht)
    if found.off > 0:
        return (
            sentence
            + " "
            + _("To handle as many once more takes %(time)s (%(aht)s for one).")
            % {
                "time": time,
                "aht": aht,
            }
        )
    return (
        sentence
        + " "
        + _("Not to handle them once more saves %(time)s (%(aht)s for one).")
        % {
            "time": time,
            "aht": aht,
        }
    )


def _wrong(key: str, count: int) -> str:
    return {
        "first_level_coded": ngettext(
            "%(count)s contact not resolved at first level", "%(count)s contacts not resolved at first level", count
        ),
        "first_level_corrected": ngettext(
            "%(count)s contact not resolved at first level, or repeated",
            "%(count)s contacts not resolved at first level, or repeated",
            count,
        ),
        "abandonment": ngettext("%(count)s call abandoned", "%(count)s calls abandoned", count),
        "service_level": ngettext("%(count)s call not served in time", "%(count)s calls not served in time", count),
    }[key]
