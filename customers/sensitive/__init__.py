"""Files that ask a reason before they are opened, values that are masked, and accesses that are unusual."""
