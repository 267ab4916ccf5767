"""Addresses of pages by name, worked out once: a page has dozens of links, and Django takes a while over each."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

STAND_IN = 7_348_915_620_000  # of an id, in an address that is kept: no part of a path is such a number


def address(name: str, *ids: int) -> str:
    """What `reverse` gives for a name without a namespace and some ids; NoReverseMatch where there is no such page."""
    return _kept(name, len(ids), get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()).format(*ids)


@lru_cache(maxsize=2_000)
def _kept(name: str, number: int, urlconf: str, _prefix: str) -> str:
    """The address with a place for each id. The prefix is one that `reverse` looks up by itself."""
    stand_ins = [STAND_IN + place for place in range(number)]
    found = reverse(name, urlconf, args=stand_ins)
    if any(found.count(str(each)) != 1 for each in stand_ins) or "{" in found:
        raise NoReverseMatch(f"{name} is not an address of plain ids.")
    for each in stand_ins:
        found = found.replace(str(each), "{}")
    return found
