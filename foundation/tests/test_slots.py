"""A place left open for the packages further up: filled once, read in order, and never read empty."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from foundation.slots import KeyedSlot, Slot

EACH_KIND = pytest.mark.parametrize(
    ("slot", "filling"), [(Slot("panels"), ["a"]), (KeyedSlot("kinds"), {"a": 1})], ids=["ordered", "keyed"]
)


def test_what_was_put_there_stands_in_the_order_in_which_it_was_named():
    slot = Slot("panels")
    slot.fill(["second by alphabet", "first by alphabet"])
    assert list(slot) == ["second by alphabet", "first by alphabet"]


def test_what_is_known_by_a_key_is_found_by_it():
    slot = KeyedSlot("kinds")
    slot.fill({"a": 1, "b": 2})
    assert (slot["b"], slot.get("c"), "a" in slot, list(slot)) == (2, None, True, ["a", "b"])


@EACH_KIND
def test_a_slot_that_nobody_filled_is_not_read(slot, filling):
    with pytest.raises(ImproperlyConfigured, match=slot.name):
        list(slot)
    with pytest.raises(ImproperlyConfigured, match=slot.name):
        bool(slot)


@EACH_KIND
@pytest.mark.parametrize("first_is_empty", [False, True])
def test_a_slot_is_not_filled_twice(slot, filling, first_is_empty):
    slot = type(slot)(slot.name)
    first = type(filling)() if first_is_empty else filling
    slot.fill(first)
    with pytest.raises(ImproperlyConfigured, match=slot.name):
        slot.fill(filling)
    assert len(slot) == len(first)


def test_what_was_filled_does_not_follow_the_list_it_was_filled_from():
    panels = ["a"]
    slot = Slot("panels")
    slot.fill(panels)
    panels.append("b")
    assert list(slot) == ["a"]
