"""What the suite leaves out because it costs much and proves nothing: a new version of a package must not bring it back."""

from django.urls import clear_url_caches, get_resolver
from hypothesis.internal.conjecture import providers


def test_the_resolver_of_all_addresses_outlives_a_test_with_addresses_of_its_own():
    resolver = get_resolver()
    clear_url_caches()
    assert get_resolver() is resolver


def test_no_example_is_drawn_from_the_words_of_the_sources():
    assert len(providers._get_local_constants()) == 0
