"""Alerts as rules: which events there are, how far before or after the day each is announced, and who may change that."""
