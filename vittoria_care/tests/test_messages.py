"""What the check of the message catalogues finds wrong."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
assert _spec is not None
assert _spec.loader is not None
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


@pytest.fixture
def faults(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return the faults of an Italian catalogue with these entries, without its name."""

    def of(entries: str) -> list[str]:
        path = tmp_path / "it" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEAD + entries)
        return [line.removeprefix(f"{path}: ") for line in messages.faults(path)]

    return of


def test_a_translated_entry_is_right(faults):
    assert faults('msgid "%(n)s calls"\nmsgstr "%(n)s chiamate"\n') == []


def test_an_empty_entry_is_named(faults):
    assert faults('msgid "Calls"\nmsgstr ""\n') == ["not translated: 'Calls'"]


def test_a_guessed_entry_is_named(faults):
    assert faults('#, fuzzy\nmsgid "Calls"\nmsgstr "Chiamata"\n') == ["guessed, not translated: 'Calls'"]


def test_a_lost_placeholder_is_named(faults):
    assert faults('msgid "%(n)s calls"\nmsgstr "chiamate"\n') == ["placeholders differ: '%(n)s calls' and 'chiamate'"]


def test_an_invented_placeholder_is_named(faults):
    assert faults('msgid "{n} calls"\nmsgstr "{m} {n}"\n') == ["placeholders differ: '{n} calls' and '{m} {n}'"]


def test_one_may_do_without_the_number(faults):
    assert (
        faults(
            'msgid "%(n)s call"\nmsgid_plural "%(n)s calls"\nmsgstr[0] "una chiamata"\nmsgstr[1] "%(n)s chiamate"\n'
        )
        == []
    )


def test_many_may_not_do_without_the_number(faults):
    assert faults(
        'msgid "%(n)s call"\nmsgid_plural "%(n)s calls"\nmsgstr[0] "una chiamata"\nmsgstr[1] "chiamate"\n'
    ) == ["placeholders differ: '%(n)s calls' and 'chiamate'"]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("x = f\"{name}: {_('Calls')}\"", 1),
        ("x = f\"{ngettext('%(n)d call', '%(n)d calls', n) % {'n': n}}\"", 1),
        ('words = _("Calls")\nx = f"{name}: {words}"', 0),
    ],
)
def test_a_text_within_an_f_string_is_named(tmp_path, line, lines):
    """Of those xgettext finds none, and the catalogue would be complete without them."""
    (tmp_path / "page.py").write_text(line)
    assert len(list(messages.overlooked(tmp_path / "page.py"))) == lines


def test_no_text_of_the_project_stands_within_an_f_string():
    assert [line for path in messages.sources() for line in messages.overlooked(path)] == []
