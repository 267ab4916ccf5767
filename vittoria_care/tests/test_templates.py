"""What every template keeps."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.*"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_comment_ends_on_its_line_or_people_would_read_it(path):
    text = path.read_text()
    assert [comment for comment in re.findall(r"\{#.*?#\}", text, re.DOTALL) if "\n" in comment] == []
    assert text.count("{#") == text.count("#}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_key_is_written_without_the_separator_of_thousands(path):
    """Or an address leads nowhere from the thousandth row on."""
    assert re.findall(r"\{\{ *[\w.]*\bpk *\}\}", path.read_text()) == []


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if "{% extends shell" in path.read_text()], ids=lambda path: path.name
)
def test_a_page_in_two_shells_keeps_what_each_has_in_its_head(path):
    """Or the reserved area's menu would stand there without its style."""
    assert "{% block head %}" not in path.read_text().replace("{% block head %}{{ block.super }}", "")
