"""Names in the order of the alphabet, whatever the database's collation: Anna, álvaro, Èlia, Òscar, Zeno.

PostgreSQL sorts by bytes where it was built without ICU (the private server is), and then every accented or small letter
stands after Z. So names are sorted by what they are without accents and capitals: `OrderBy` in a model's `ordering`,
`folded_sql` in a query written by hand, `sort_key` in Python. It is for small tables, which are read whole; customers
have a stored key of their own (`Customer.search_key`).
"""

import unicodedata
from typing import Any

from django.db.models import CharField, Func

from foundation.text import fold

# Every Latin letter with an accent, and the letter it is sorted as.
_PAIRS = [
    (letter, base[0].lower())
    for letter in map(chr, range(0xC0, 0x250))
    if (base := unicodedata.normalize("NFD", letter))[0].isascii() and base[0] != letter
]
_ACCENTED = "".join(letter for letter, _base in _PAIRS) + "ØøŁłĐđ"
_PLAIN = "".join(base for _letter, base in _PAIRS) + "oolldd"


def folded_sql(column: str) -> str:
    """The SQL of a column without accents and capitals, to sort by. `column` is ours, never what somebody typed."""
    return f"translate(lower({column}), '{_ACCENTED}', '{_PLAIN}')"


class Folded(Func):
    """A column without accents and capitals, to sort by."""

    arity = 1
    template = folded_sql("%(expressions)s")
    output_field = CharField()


def sort_key(name: Any) -> str:
    """The same for a list that is sorted in Python."""
    return fold(str(name))
