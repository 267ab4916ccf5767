"""Personal data: the rules of the customers' tables, erasure as it is asked and decided, legal holds."""
