"""Journeys through the real product in a real browser: `make e2e`."""
