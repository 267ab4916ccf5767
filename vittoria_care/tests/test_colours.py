"""Light and dark: a rule of the dark scheme says so, and lays nothing out."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# The words of the house's scale of greys that can be read on a dark ground alone.
PALE = re.compile(r"(?<![-\w])color:\s*var\(--color-base-(?:50|100|200)\)")
LAYOUT = re.compile(r"^(?:display|flex|flex-wrap|gap|grid[-\w]*|margin[-\w]*|padding[-\w]*|width|height)$")


def rules(sheet: Path) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    return [(selector.strip(), body) for selector, body in RULE.findall(text)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_pale_words_are_of_the_dark_scheme_alone_or_stand_on_a_ground_of_their_own(sheet):
    pale = [
        selector
        for selector, body in rules(sheet)
        if PALE.search(body) and ".dark" not in selector and "background" not in body
    ]
    assert pale == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_dark_scheme_changes_colours_and_no_layout(sheet):
    laid_out = [
        selector
        for selector, body in rules(sheet)
        if selector.startswith(".dark ")
        and (names := [line.split(":")[0].strip() for line in body.split(";") if line.strip()])
        and all(LAYOUT.match(name) for name in names)
    ]
    assert laid_out == []
