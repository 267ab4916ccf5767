"""Reading other systems' files: opening, counting, refusing row by row, and saying so. Apps above reuse it."""
