"""docs/art-42.md names a page for each operation and each item of information that the law asks for; each is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from vittoria_care import rights
from vittoria_care.rights import Who

PAGE = Path(settings.BASE_DIR, "docs", "art-42.md").read_text()
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<where>[^|]+) \| `(?P<address>/[^`?]*)[^`]*` \|$", re.MULTILINE)


def rows(heading: str) -> list[tuple[str, str]]:
    part = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    return [(row["what"], row["address"]) for row in ROW.finditer(part)]


OPERATIONS, ITEMS = rows("Five operations"), rows("Eight items")


def test_there_are_five_operations_and_eight_items():
    assert (len(OPERATIONS), len(ITEMS)) == (5, 8)


@pytest.mark.parametrize(("what", "address"), OPERATIONS + ITEMS)
def test_each_is_given_by_a_page_of_the_reserved_area(what, address):
    try:
        name = resolve(address).view_name
    except Resolver404:
        pytest.fail(f"docs/art-42.md gives {address} for “{what}”, and there is no such page")
    assert {door.who for door in rights.all_doors() if door.address == name} == {Who.CUSTOMER}
