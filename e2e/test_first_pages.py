"""Anybody opens the first pages."""


def test_a_visitor_finds_the_three_lines_and_the_ways_to_write(visitor, look):
    page = visitor()
    page.goto("/")
    assert page.get_by_text("800 016 611").count() >= 1
    look(page, "home")
