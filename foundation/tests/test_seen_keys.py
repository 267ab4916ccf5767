from contextlib import closing

from foundation.chunks import in_chunks
from foundation.files.seen import SeenKeys


def test_keys_are_found_again_with_what_was_remembered():
    with closing(SeenKeys()) as seen:
        seen.remember({"a": ("digest", 1), "b": (17, 2)})
        assert seen.among(["b", "a", "c"]) == {"b": (17, 2), "a": ("digest", 1)}


def test_what_is_remembered_later_takes_the_place_of_the_earlier():
    with closing(SeenKeys()) as seen:
        seen.remember({"a": ("", 1)})
        seen.remember({"a": ("", 2)})
        assert seen.among(["a"]) == {"a": ("", 2)}


def test_chunks_keep_the_order_and_take_no_more_than_is_asked_for():
    numbers = iter(range(5))
    chunks = in_chunks(numbers, 2)
    assert next(chunks) == [0, 1]
    assert next(numbers) == 2
    assert list(chunks) == [[3, 4]]
