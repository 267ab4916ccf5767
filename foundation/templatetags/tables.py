"""The rows of a table of numbers, written at once: a page has hundreds of cells, and the template took most of its time."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def table_rows(rows: Iterable[dict[str, Any]]) -> SafeString:
    """The `<tr>` elements of rows {label, url, cells: [{text, url}], is_total}; everything in them is escaped."""
    parts = []
    for row in rows:
        parts.append('<tr class="is-total">' if row["is_total"] else "<tr>")
        parts.append(f'<th scope="row">{_linked(row["label"], row["url"])}</th>')
        parts.extend(f"<td>{_linked(cell['text'], cell['url'])}</td>" for cell in row["cells"])
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - each text and address went through escape()


def _linked(text: Any, url: str | None) -> str:
    shown = escape(str(text))
    return f'<a href="{escape(url)}">{shown}</a>' if url else shown
