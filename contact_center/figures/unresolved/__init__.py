"""Why contacts are not resolved at first level: what is kept per day, and what is read from it."""
