"""Intermediaries: what they are asked about a complaint, the position they give, and what the rule for their type asks."""
