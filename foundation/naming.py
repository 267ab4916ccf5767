"""Rows that people know by a name in two languages: Italian, and English where somebody wrote one."""

from django.contrib.admin import display
from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(italian: str, english: str) -> str:
    """The words in the reader's language, where they are known in it."""
    return (english if get_language() == "en" else "") or italian


def name_sql(table: str = "") -> str:
    """The SQL of the name in the reader's language, of a table that has `name` and `name_en`."""
    column = f"{table}." if table else ""
    return f"COALESCE(NULLIF({column}name_en, ''), {column}name)" if get_language() == "en" else f"{column}name"


def name_in_language() -> Combinable:
    """The same as an expression over the rows of such a model."""
    if get_language() != "en":
        return F("name")
    return Coalesce(NullIf("name_en", Value("")), "name", output_field=CharField())


class NamedInTwoLanguages:
    """Part of a model with `name` and `name_en`."""

    name: str
    name_en: str

    @property
    @display(description=_("name"))
    def shown_name(self) -> str:
        """The name in the reader's language, where it is known in it."""
        return in_language(self.name, self.name_en)
