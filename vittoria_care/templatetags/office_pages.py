"""The title of a page of the back office, and the links back from it."""

from dataclasses import dataclass

from django import template
from django.db.models import Model

from foundation.office.links import change_address
from vittoria_care.backoffice.site import list_address, list_name

register = template.Library()


@dataclass(frozen=True)
class Step:
    """A page above this one."""

    title: str
    url: str


@dataclass(frozen=True)
class Place:
    """The title of the page, and the pages above it, the nearest last."""

    title: str
    steps: list[Step]


@register.simple_tag(takes_context=True)
def place(context: template.Context) -> Place:
    """The title of a page of the back office, with a way back to its list, and to its row from a page about the row.

    Names are those of the menu; a row's own name is not changed.
    """
    opts = context.get("opts")
    title = str(context.get("content_title") or context.get("title") or "")
    if opts is None:
        return Place(title.strip(), [])
    name, address = list_name(opts.label_lower), list_address(opts.label_lower)
    if context.get("cl") is not None:
        return Place(name, [])
    steps = [Step(name, address)] if address else []
    row = context.get("original")
    if isinstance(row, Model):
        return Place(str(row), steps)
    row = context.get("object")
    if isinstance(row, Model) and row._meta == opts:
        steps.append(Step(str(row), change_address(row)))
    return Place(title.strip(), steps)
