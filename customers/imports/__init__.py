"""Reading other systems' files: opening, counting, refusing row by row, and reporting it. Apps above reuse it."""
