"""The options of a select that are written at once."""

from foundation.templatetags.choices import options


def test_one_option_is_selected_and_everything_is_escaped():
    written = options([("", "All"), ('a"b', "<A> & B"), ("c", 3)], 'a"b')
    assert written == (
        '<option value="">All</option><option value="a&quot;b" selected>&lt;A&gt; &amp; B</option>'
        '<option value="c">3</option>'
    )


def test_without_a_choice_the_empty_one_is_selected():
    assert (
        options([("", "All"), ("a", "A")], None)
        == '<option value="" selected>All</option><option value="a">A</option>'
    )
