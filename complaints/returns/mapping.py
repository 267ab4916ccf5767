"""The mapping of the return to XML: one file that can be replaced (COMPLAINTS_RETURN_MAPPING), read and checked here."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.refusals import Refused

OURS = Path(__file__).parent / "mapping.toml"
_NAMES = (
    *("root", "version_attribute", "half_attribute", "starts_attribute", "ends_attribute", "company_attribute"),
    *("table", "table_attribute", "line", "line_attribute", "line_name_attribute", "cell", "cell_attribute"),
    *("whole", "not_done_attribute"),
)
_TEXTS = ("namespace", "schema_version", "company", "not_done")
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class XmlMapping:
    """The names of the XML file. A table or measure without a name is not written."""

    names: Mapping[str, str]
    tables: Mapping[str, str]
    measures: Mapping[str, str]
    measure_prefixes: Mapping[str, str]
    lines: Mapping[str, Mapping[str, str]]

    def measure(self, key: str) -> str | None:
        """The name of a measure; None where it is not written."""
        if (name := self.measures.get(key)) is not None:
            return name
        for prefix, written in self.measure_prefixes.items():
            if key.startswith(prefix):
                return written + key.removeprefix(prefix)
        return None

    def line(self, table: str, key: str) -> str:
        """The code of a line."""
        return self.lines.get(table, {}).get(key, key)


def current_mapping() -> XmlMapping:
    """The mapping in use: the file that the setting names, or ours."""
    return read_mapping(Path(settings.COMPLAINTS_RETURN_MAPPING or OURS))


def read_mapping(path: Path) -> XmlMapping:
    """Read a mapping; Refused with the file, the key and what is wrong with it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(path, _("the file cannot be read (%(why)s)") % {"why": error.strerror}) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(path, _("this is no TOML in UTF-8 (%(why)s)") % {"why": error}) from error
    for key in _NAMES:
        if not isinstance(given.get(key), str) or not _XML_NAME.fullmatch(given[key]):
            raise _refused(path, _("“%(key)s” must be a name of XML, such as reclami") % {"key": key})
    for key in _TEXTS:
        if not isinstance(given.get(key), str):
            raise _refused(path, _("“%(key)s” must be a text, which may be empty") % {"key": key})
    parts = {key: _words(path, key, given.get(key, {})) for key in ("tables", "measures", "measure_prefixes")}
    lines = given.get("lines", {})
    if not isinstance(lines, dict):
        raise _refused(path, _("“%(key)s” must be a table of texts") % {"key": "lines"})
    by_table = {key: _words(path, f"lines.{key}", table) for key, table in lines.items()}
    names = {key: given[key] for key in (*_NAMES, *_TEXTS)}
    return XmlMapping(names=names, lines=by_table, **parts)


def _words(path: Path, key: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(each, str) and each for each in table.values()):
        raise _refused(path, _("“%(key)s” must be a table of texts") % {"key": key})
    return table


def _refused(path: Path, why: str) -> Refused:
    words = {"path": path, "why": why}
    return Refused(_("The mapping of the return, %(path)s, cannot be used: %(why)s.") % words, code="bad_mapping")
