"""The rows of the table of the week, written at once: it has hundreds of cells."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def week_rows(rows: Iterable[dict[str, Any]]) -> SafeString:
    """The `<tr>` elements of rows {label, cells: [Cell], is_total}; a cell has the class of its shade, and everything is escaped."""
    parts = []
    for row in rows:
        parts.append('<tr class="is-total">' if row["is_total"] else "<tr>")
        parts.append(f'<th scope="row">{escape(row["label"])}</th>')
        for cell in row["cells"]:
            shade = f' class="shade-{cell.shade}"' if cell.shade else ""
            text = escape(cell.text)
            parts.append(f"<td{shade}>" + (f'<a href="{escape(cell.url)}">{text}</a>' if cell.url else text) + "</td>")
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - each text and address went through escape()
