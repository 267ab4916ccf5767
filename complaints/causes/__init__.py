"""Causes that complaints have in common: what changed and what is chance, and the actions that are opened from them."""
