"""Rule: what of the address of the queue a view may keep. Plain values in, plain values out."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

WORDS = "q"  # what was searched for: it names people, so no shared view has it
ALLOWED = ("work", "team", "channel", "area", "level", "part", "priority", WORDS)
LONGEST = 200  # characters of one value


def kept_parameters(asked: Mapping[str, str]) -> dict[str, str]:
    """The parts of an address that a view keeps, in one order; everything else, and what is empty or endless, is left out."""
    return {name: value for name in ALLOWED if (value := asked.get(name, "").strip()) and len(value) <= LONGEST}


def parameters_of(written: str) -> dict[str, str]:
    """The same of the written part of an address, such as “work=mine&level=2”."""
    try:
        return kept_parameters(dict(parse_qsl(written[:2000], max_num_fields=20)))
    except ValueError:
        return {}


def as_written(parameters: Mapping[str, str]) -> str:
    """The part of an address that shows the view."""
    return urlencode(kept_parameters(parameters))
