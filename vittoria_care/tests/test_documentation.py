"""What is written about the project agrees with it: settings, links, pictures."""

import re
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.conf import settings

from benchmarks import SUBJECTS
from foundation.guards import append_only_models, never_deleted_models
from reserved_area.api.codes import CODES

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SOURCES = [ROOT / "gunicorn.conf.py", *(ROOT / "vittoria_care").glob("*.py")]
READ = re.compile(r"""\b(?:env(?:\.\w+)?|environ\.get)\(\s*['"]([A-Z][A-Z0-9_]+)['"]""")
# Set by the machine, or by our own processes for themselves: not by the person who runs the product
NOT_OURS = {"PATH", "PYTEST_XDIST_WORKER", "DATABASE_AS_OWNER", "PROCESS_KIND"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
LARGEST_PICTURE = 260_000  # bytes
PATH = re.compile(r"`([a-z_0-9]+/[\w./-]*\.(?:py|html|txt|sql|toml|csv|md|typ|js|css|sh))`")
OURS = {path.parent.name for path in ROOT.glob("*/apps.py")}
RECORDS = (ROOT / "docs" / "data-model.md").read_text()


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


def test_every_file_that_a_page_names_is_there():
    lost = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for path in PATH.findall(page.read_text())
        if not re.search("[A-Z]{4}", path)  # CODE, NAME: whatever the reader adds
        and not (ROOT / path).exists()
        and not any(ROOT.glob(f"*/{path}"))
    ]
    assert lost == []


def test_no_page_describes_a_command_twice():
    page = (ROOT / "docs" / "operations.md").read_text()
    described = Counter(re.findall(r"^\| `(manage\.py [^`]+)` \|", page, re.MULTILINE))
    assert [command for command, times in described.items() if times > 1] == []


def test_every_target_of_make_is_in_the_list_of_commands():
    targets = set(re.findall(r"^([a-z0-9-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"help"}
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| (`make [^|]+) \|", page, re.MULTILINE)
    assert targets - {target for row in rows for target in re.findall(r"`make ([a-z0-9-]+)", row)} == set()


# --- The page of the records
def models():
    """Our own tables, without those that the triggers of history write."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model")
    ]


def test_every_table_is_explained_once():
    explained = Counter(re.findall(r"\*\*(\w+)\*\*", RECORDS.split("## What the database refuses")[0]))
    assert {model.__name__ for model in models()} - set(explained) == set()
    assert [name for name, times in explained.items() if times > 1] == []


def test_every_guarded_table_is_among_those_that_are_never_rewritten():
    table = RECORDS.split("## What is never rewritten")[1].split("\nWhat goes by itself")[0]
    listed = {name for row in re.findall(r"^\| ([\w, ]+) \|", table, re.MULTILINE) for name in row.split(", ")}
    guarded = {*append_only_models(), *never_deleted_models()} & set(models())
    assert {model.__name__ for model in guarded} - listed == set()


def test_every_table_with_earlier_rows_is_named():
    paragraph = RECORDS.split("keep every\nearlier row")[0].rpartition("\n\n")[2]
    kept = {model.pgh_tracked_model.__name__ for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    named = set(re.findall(r"[A-Z]\w+", paragraph))
    assert kept - named == set()
