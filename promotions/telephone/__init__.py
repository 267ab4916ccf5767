"""Ringing people about a promotion: only with a fresh check of the register of oppositions."""
