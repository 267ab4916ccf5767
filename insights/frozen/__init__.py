"""The page of the frozen periods: freeze a closed one, see what was corrected since, unfreeze it."""
