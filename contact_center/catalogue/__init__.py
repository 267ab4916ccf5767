"""The catalogue of figures: what is counted, and what every figure means. It knows no table: models and doors follow it.

`entries.py` has the figures, one entry each; `measures.py` what an entry is made of.
"""

from .entries import FIGURES, FORMULAS, PROVISIONAL, STORED, Escalation, lists
from .measures import Column, Count, Figure, Formula, Group, Parameters, Part, Quantity, Rows, Split, Unit

__all__ = [
    "FIGURES",
    "FORMULAS",
    "PROVISIONAL",
    "STORED",
    "Column",
    "Count",
    "Escalation",
    "Figure",
    "Formula",
    "Group",
    "Parameters",
    "Part",
    "Quantity",
    "Rows",
    "Split",
    "Unit",
    "lists",
]
