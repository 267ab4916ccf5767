"""Hours at which customers asked to be called: which there are, booking one, moving it, calling it off."""
