"""Why contacts are not resolved at first level, and what it costs."""
