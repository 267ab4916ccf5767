"""Measures: what was done so that more is resolved at first level, and whether it had an effect."""
