"""The fields of a managers' filter, written at once: every one of these pages has up to a dozen, and the template took a while over each."""

from html import escape

from django import forms, template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def filter_fields(form: forms.BaseForm) -> SafeString:
    """All fields of a filter as components/field.html shows them; `by`, which the tabs choose, is hidden."""
    parts = [_hidden(field) if field.name == "by" else _field(field) for field in form]
    return mark_safe("\n".join(parts))  # noqa: S308 - each text and value went through escape() or a widget


def _hidden(field: forms.BoundField) -> str:
    value = field.value()
    shown = f' value="{escape(str(value))}"' if value else ""
    return f'<input type="hidden" name="{escape(field.html_name)}"{shown} id="{escape(field.auto_id)}">'


def _field(field: forms.BoundField) -> str:
    if (
        field.name in field.form.errors
        or field.help_text
        or not isinstance(field.field.widget, forms.Select | forms.DateInput)
    ):
        return render_to_string("components/field.html", {"field": field})
    word = _("(optional)")
    optional = "" if field.field.required else f' <span class="optional">{escape(word)}</span>'
    label = f'<label for="{escape(field.id_for_label)}">{escape(str(field.label))}{optional}</label>'
    return f'<div class="field">{label}{field}</div>'
