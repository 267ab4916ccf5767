"""What is wrong with a form, in one list above it: each sentence leads to its field."""

from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm

register = template.Library()


class Wrong(NamedTuple):
    """One sentence, and where its field is; nowhere for what is wrong with the whole."""

    sentence: str
    place: str = ""


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The list of `form`'s errors, those of the whole first, then by the order of its fields."""
    general = [Wrong(str(each)) for each in form.non_field_errors()]
    wrong = [Wrong(str(each), _place_of(form, name)) for name in form.fields for each in form.errors.get(name, ())]
    has_others = any(each.name not in form.errors for each in form.visible_fields())
    return {"general": general, "wrong": wrong, "has_others": has_others}


def _place_of(form: BaseForm, name: str) -> str:
    """The id of a field's first control."""
    drawn = form[name]
    return drawn.subwidgets[0].id_for_label if drawn.use_fieldset and drawn.subwidgets else drawn.id_for_label
