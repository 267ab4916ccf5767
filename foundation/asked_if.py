"""A field that is asked only with a certain answer to another: its label says so, and a script shows it in its time."""

from django import forms


def ask_only_if(field: forms.Field, other: str, value: str, *, words: str, required: bool) -> None:
    """Mark the field for its template (components/field.html) and for static/js/asked-if.js.

    `words` tell the condition beside the label, for a page without a script; with `required` it is not called optional. The
    form itself asks for it where the condition holds.
    """
    field.only_if, field.only_if_words = f"{other}={value}", words  # type: ignore[attr-defined]
    field.needed_sometimes = required  # type: ignore[attr-defined]
