"""The catalogue of figures: what is counted, and what every figure means. It knows no table: models and doors follow it.

`entries.py` has the figures, one entry each; `bands.py` the waits in bands; `measures.py` what an entry is made of.
"""

from .bands import BANDS, Band
from .entries import FIGURES, FORMULAS, OF_HALF_HOURS, PROVISIONAL, STORED, Escalation, lists
from .measures import Count, Figure, Parameters, Rows, Unit

__all__ = [
    "BANDS",
    "FIGURES",
    "FORMULAS",
    "OF_HALF_HOURS",
    "PROVISIONAL",
    "STORED",
    "Band",
    "Count",
    "Escalation",
    "Figure",
    "Parameters",
    "Rows",
    "Unit",
    "lists",
]
