"""Consents that a customer gives or withdraws by telephone or on paper, with what proves it."""
