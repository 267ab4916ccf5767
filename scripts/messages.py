"""The message catalogues: the texts of the pages in Italian and in English.

    python scripts/messages.py compile   make the .mo files Django reads, where they are older than their .po
    python scripts/messages.py update    find the texts in the sources, and write both catalogues again (needs GNU gettext)
    python scripts/messages.py check     fail when `update` would change anything, or an entry is empty, fuzzy or wrong

The sources are written in English, so the English catalogue repeats them. Catalogues carry no line numbers and no
dates: only a changed text changes them. Exit code 0 done, 1 faults found, 2 cannot be done here.
"""

import ast
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("it", "en")
WITHOUT_TEXTS = (".venv", "var", "tests", "e2e", "benchmarks", "testbed", "scripts", "node_modules")
FINDERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
PLACEHOLDER = re.compile(r"%\([^)]*\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[sdifrxX%]|\{[^{}]*\}")
HEADER = "# The texts of Vittoria Care; `make messages` keeps them in step with the sources."
UNSAID = re.compile(
    r'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By).*\n',
    re.MULTILINE,
)


def main(arguments: list[str]) -> int:
    """Run the command named; returns the exit code."""
    commands = {"compile": compile_all, "update": update, "check": check}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    return commands[arguments[0]]()


def compile_all() -> int:
    """Write each .mo that is missing or older than its .po."""
    for path in sorted(ROOT.glob("locale/**/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            unfinished = target.with_suffix(".mo.unfinished")
            with unfinished.open("wb") as file:
                write_mo(file, read(path))
            unfinished.rename(target)
    return 0


def update() -> int:
    """Find the texts and write both catalogues."""
    if not shutil.which("xgettext") or not shutil.which("msgmerge"):
        print("GNU gettext is needed to find the texts in the sources: install it (Debian: gettext).", file=sys.stderr)
        return 2
    for language in LANGUAGES:
        (ROOT / "locale" / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--settings=vittoria_care.settings", "--verbosity=0"]
    command += [f"--locale={language}" for language in LANGUAGES]
    command += [
        "--no-location",
        "--no-wrap",
        "--no-obsolete",
        "--extension=html,txt,py",
    ]
    command += [f"--ignore={name}" for name in WITHOUT_TEXTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(f"The texts could not be found: {(done.stderr or done.stdout).strip()}", file=sys.stderr)
        return 2
    for language in LANGUAGES:
        path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
        if path.exists():
            write(path, read(path), fill=language == "en")
    return 0


def check() -> int:
    """Compare the catalogues with the sources and look at every entry; prints each fault in a line."""
    paths = [ROOT / "locale" / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES]
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        if code := update():
            return code
        found = [fault for path in sorted(ROOT.glob("locale/**/LC_MESSAGES/*.po")) for fault in faults(path)]
        found += [fault for path in sources() for fault in overlooked(path)]
        for path, kept in before.items():
            if path.exists() and path.read_bytes() != kept:
                found.append(f"{path.relative_to(ROOT)}: the sources have other texts; run `make messages`")
    finally:
        for path, kept in before.items():
            if kept is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != kept:
                path.write_bytes(kept)
    print("\n".join(found) or "The catalogues are complete.", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


def sources() -> Iterator[Path]:
    """Yield the modules whose texts people read."""
    for path in sorted(ROOT.rglob("*.py")):
        if not set(WITHOUT_TEXTS) & set(path.relative_to(ROOT).parts):
            yield path


def overlooked(path: Path) -> Iterator[str]:
    """Yield a line for each text that stands within an f-string, where xgettext does not look: nobody would translate it."""
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for whole in ast.walk(ast.parse(path.read_text())):
        if isinstance(whole, ast.JoinedStr):
            for part in ast.walk(whole):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in FINDERS:
                    yield f"{where}:{part.lineno}: not found by gettext within an f-string; give it a name before"


def faults(path: Path) -> Iterator[str]:
    """Yield a line for each entry that is empty, fuzzy, or whose placeholders are not those of its source."""
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for message in read(path):
        if not message.id:
            continue
        ids, texts = forms(message.id), forms(message.string)
        if message.fuzzy:
            yield f"{where}: guessed, not translated: {ids[0]!r}"
        elif not all(texts):
            yield f"{where}: not translated: {ids[0]!r}"
        else:
            for number, text in enumerate(texts):
                source = ids[min(number, len(ids) - 1)]
                # "one" may leave the number out ("one day"), but may not ask for anything the source does not give
                lacking = placeholders(source) - placeholders(text) if number or len(ids) == 1 else set()
                if lacking or placeholders(text) - placeholders(" ".join(ids)):
                    yield f"{where}: placeholders differ: {source!r} and {text!r}"


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the singular and the plural of an entry, or its one text."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    """Return what a text leaves open: %(name)s, %s, {name}."""
    return set(PLACEHOLDER.findall(text)) - {"%%"}


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def write(path: Path, catalog: Catalog, *, fill: bool) -> None:
    """Write a catalogue sorted and without dates; with `fill`, every text is that of the source."""
    written = Catalog(locale=path.parts[-3], header_comment=HEADER, fuzzy=False)
    for message in catalog:
        if message.id:
            message.user_comments.clear()  # an earlier wording, which the history of the project has
            if fill:
                repeat(message)
            written[message.id] = message
    buffer = io.BytesIO()
    write_po(buffer, written, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    path.write_text(UNSAID.sub("", buffer.getvalue().decode()).rstrip() + "\n")


def repeat(message: Message) -> None:
    """Give an English entry the text of its source."""
    message.string = message.id
    message.flags.discard("fuzzy")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
