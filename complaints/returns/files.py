"""The return as files: CSV and XLSX of every number, XML by the mapping, PDF to print. Made once, when it is frozen.

`docs/formats/complaints-return.md` describes them. A line that the company does not do has an empty cell; none is 0.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl import Workbook

from complaints.letters import COMPANY
from complaints.returns.halves import Half, half_named
from complaints.returns.mapping import XmlMapping
from complaints.returns.naming import TABLE_NAMES, measure_name
from complaints.returns.queries import DAYS_MEASURES
from complaints.returns.rules import tables_in
from foundation.dates import written_day
from foundation.files.spreadsheets import bold_cell, cell_value, csv_lines
from foundation.pdf import printable, typeset

TEMPLATE = Path(__file__).parent / "return.typ"
COLUMNS = ("half", "revision", "table", "line", "name", "measure", "value")
WHOLE = "whole"


def measures_in(tables: Mapping[str, Any]) -> list[str]:
    """The keys of all numbers of a return, in their order."""
    return [*(each["key"] for each in tables["measures"]), *DAYS_MEASURES]


def rows_in(tables: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any] | None]]:
    """Yield the whole, then each line, as (table, line, Italian name, cells); None for the cells of what is not done."""
    yield WHOLE, "", "", tables["whole"]
    for table, lines in tables_in(tables):
        for line in lines:
            yield table, line["key"], line["name"], line["cells"]


def number_of(value: Any) -> Any:
    """A cell as a number: means are kept as texts."""
    return Decimal(value) if isinstance(value, str) else value


def csv_of(tables: Mapping[str, Any], *, revision: int) -> bytes:
    """A row for each number; an empty value where there is none."""
    rows = (
        [tables["half"], revision, table, key, name, measure, number_of(cells[measure]) if cells else None]
        for table, key, name, cells in rows_in(tables)
        for measure in measures_in(tables)
    )
    return "".join(csv_lines(COLUMNS, rows)).encode()


def xlsx_of(tables: Mapping[str, Any], *, revision: int) -> bytes:
    """A sheet for each table, with a line for each of its lines."""
    book = Workbook(write_only=True)
    measures = measures_in(tables)
    title = tables["half"] if revision == 1 else f"{tables['half']} ({revision})"
    with translation.override("it"):
        for table in (WHOLE, *(table for table, _lines in tables_in(tables))):
            sheet = book.create_sheet(table)
            sheet.freeze_panes = "B2"
            heads = [_("line"), _("name"), *(measure_name(tables, each) for each in measures)]
            sheet.append([bold_cell(sheet, each) for each in heads])
            for name, key, words, cells in rows_in(tables):
                if name == table:
                    values = [number_of(cells[each]) if cells else None for each in measures]
                    sheet.append([cell_value(key or title), cell_value(words), *values])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xml_of(tables: Mapping[str, Any], mapping: XmlMapping) -> bytes:
    """The numbers under the names of the mapping."""
    names, half = mapping.names, half_named(tables["half"])
    root = ElementTree.Element(names["root"])
    if names["namespace"]:
        root.set("xmlns", names["namespace"])
    for key, value in (
        ("version_attribute", names["schema_version"]),
        ("company_attribute", names["company"]),
        ("half_attribute", half.name),
        ("starts_attribute", half.starts_on.isoformat()),
        ("ends_attribute", half.ends_on.isoformat()),
    ):
        root.set(names[key], value)
    _write_cells(ElementTree.SubElement(root, names["whole"]), tables, tables["whole"], mapping)
    for table, lines in tables_in(tables):
        if table not in mapping.tables:
            continue
        element = ElementTree.SubElement(root, names["table"], {names["table_attribute"]: mapping.tables[table]})
        for line in lines:
            given = {names["line_attribute"]: mapping.line(table, line["key"])}
            given[names["line_name_attribute"]] = line["name"]
            if line["cells"] is None:
                given[names["not_done_attribute"]] = names["not_done"]
            row = ElementTree.SubElement(element, names["line"], given)
            if line["cells"] is not None:
                _write_cells(row, tables, line["cells"], mapping)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _write_cells(
    parent: ElementTree.Element, tables: Mapping[str, Any], cells: Mapping[str, Any], mapping: XmlMapping
) -> None:
    names = mapping.names
    for measure in measures_in(tables):
        if (name := mapping.measure(measure)) is None or cells[measure] is None:
            continue
        cell = ElementTree.SubElement(parent, names["cell"], {names["cell_attribute"]: name})
        cell.text = str(cells[measure])


# --- PDF ------------------------------------------------------------------------------------------------------------
# The columns of the printed tables, which must fit the width of a page.
PRINTED = ("open_at_start", "received", "closed", "open_at_end", "repeated", "not_treatable")
PRINTED_DAYS = ("days_mean", "days_p50", "days_p90")
NOT_DONE = "–"


def pdf_of(tables: Mapping[str, Any], *, revision: int, on: date, checksum: str) -> bytes:
    """The return to print, in Italian, on A4 across: the whole, then each table. The same values make the same bytes.

    Lines that counted nothing are named together under their table, so that the print remains short.
    """
    half: Half = half_named(tables["half"])
    columns = [*PRINTED, *(each["key"] for each in tables["measures"] if each["results"]), *PRINTED_DAYS]
    with translation.override("it"):
        values = {
            "language": "it",
            "title": f"Reclami: prospetto semestrale {half.name}",
            "company": COMPANY,
            "period": f"{written_day(half.starts_on, 'Dal')} {written_day(half.ends_on, 'al')}",
            "frozen": f"Revisione {revision}, fissata {written_day(on, 'il')}. Impronta SHA-256: {checksum}",
            "page": "pagina {page} di {pages}",
            "columns": [printable(measure_name(tables, each)) for each in columns],
            "whole_name": str(TABLE_NAMES[WHOLE]),
            "tables": [_printed(tables, table, columns) for table, _lines in tables_in(tables)],
            "whole": [written(tables["whole"][each]) for each in columns],
            "line": "Voce",
            "note": (
                "0: nessun reclamo. –: attività non svolta, o nessuna risposta su cui calcolare i giorni. Giorni: dal primo "
                "ricevimento all'invio della risposta, delle risposte inviate nel semestre. Esiti: dei reclami trattabili "
                "pervenuti, come alla fine del semestre."
            ),
        }
    return typeset(TEMPLATE, values, on=on)


def _printed(tables: Mapping[str, Any], table: str, columns: list[str]) -> dict[str, Any]:
    lines = tables["tables"][table]
    shown = [line for line in lines if line["cells"] and any(line["cells"][each] for each in PRINTED)]
    zero = [printable(line["name"]) for line in lines if line["cells"] and line not in shown]
    not_done = [printable(line["name"]) for line in lines if line["cells"] is None]
    return {
        "name": printable(str(TABLE_NAMES[table])),
        "rows": [[printable(line["name"]), *(written(line["cells"][each]) for each in columns)] for line in shown],
        "zero": f"Nessun reclamo (0): {'; '.join(zero)}." if zero else "",
        "not_done": f"Attività non svolta (–): {'; '.join(not_done)}." if not_done else "",
    }


def written(value: Any) -> str:
    """A number as people read it; a dash where there is none."""
    if value is None:
        return NOT_DONE
    return str(number_format(number_of(value), use_l10n=True, force_grouping=True))
