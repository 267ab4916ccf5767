"""A register of the past: read from a file by a mapping, kept under its own numbers, and what of it may still be done."""
