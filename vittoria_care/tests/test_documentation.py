"""What is written about the project agrees with it: settings, links, pictures."""

import re
from pathlib import Path

from django.conf import settings

from benchmarks import SUBJECTS
from reserved_area.api.codes import CODES

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SOURCES = [ROOT / "gunicorn.conf.py", *(ROOT / "vittoria_care").glob("*.py")]
READ = re.compile(r"""\b(?:env(?:\.\w+)?|environ\.get)\(\s*['"]([A-Z][A-Z0-9_]+)['"]""")
# Set by the machine, or by our own processes for themselves: not by the person who runs the product
NOT_OURS = {"PATH", "PYTEST_XDIST_WORKER", "DATABASE_AS_OWNER", "PROCESS_KIND"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
LARGEST_PICTURE = 260_000  # bytes


def links_of(page: Path) -> list[str]:
    """The relative links of a page, outside its blocks of code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [link for link in LINK.findall(text) if "://" not in link and not link.startswith(("#", "mailto:"))]


def test_every_variable_that_is_read_from_the_environment_is_in_the_readme():
    table = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    documented = {
        name for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    read = {name for source in SOURCES for name in READ.findall(source.read_text())}
    assert {"SECRET_KEY", "PORT"} <= read
    assert read - documented - NOT_OURS == set()


def test_every_relative_link_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in links_of(page)
        if not (page.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []


def test_every_link_to_a_heading_finds_it():
    def headings(page: Path) -> set[str]:
        titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}

    lost = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in links_of(page)
        if "#" in link and link.partition("#")[2] not in headings(page.parent / link.partition("#")[0])
    ]
    assert lost == []


def test_every_decision_and_every_format_is_in_its_list():
    for index, folder in (("docs/decisions/README.md", "docs/decisions"), ("docs/formats.md", "docs/formats")):
        listed = {(ROOT / index).parent / link for link in links_of(ROOT / index)}
        assert {page for page in (ROOT / folder).glob("*.md") if page.name != "README.md"} <= listed


def test_every_subject_of_the_benchmarks_is_explained_in_its_order():
    page = (ROOT / "docs" / "performance.md").read_text()
    assert tuple(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == SUBJECTS


def test_pictures_are_shown_somewhere_and_are_light():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links_of(page)}
    for picture in (ROOT / "docs" / "screenshots").iterdir():
        assert picture in shown, f"no page shows {picture.name}"
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name


def test_the_page_for_the_makers_of_the_app_says_what_to_do_at_every_code():
    page = (ROOT / "docs/app.md").read_text()
    table = page.split("## What goes wrong")[1].split("\n## ")[0]
    named = {
        code for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
    }
    assert named == set(CODES)
