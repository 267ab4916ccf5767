"""The catalogue of figures: what is counted, and what every figure means. It knows no table: models and doors follow it.

`entries.py` has the figures, one entry each; `measures.py` what an entry is made of.
"""

from .entries import FIGURES, FORMULAS, PROVISIONAL, STORED, Escalation, lists
from .measures import Count, Figure, Parameters, Rows, Unit

__all__ = [
    "FIGURES",
    "FORMULAS",
    "PROVISIONAL",
    "STORED",
    "Count",
    "Escalation",
    "Figure",
    "Parameters",
    "Rows",
    "Unit",
    "lists",
]
