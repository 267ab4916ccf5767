"""Everything that happened with a customer, in one order: places in it, what brings its rows, and its page."""
