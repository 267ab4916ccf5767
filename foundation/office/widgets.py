"""The box of a form in which a row of another table is searched for."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

from foundation.numbers import whole_number


class RowSelect(AutocompleteSelect):
    """Django's own, which asks the database for whatever was sent as an id: what can be none is left out, and the field refuses it."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> list[Any]:
        """The chosen row alone; the others come with the search."""
        return super().optgroups(name, [each for each in value if whole_number(str(each)) is not None], attr)
