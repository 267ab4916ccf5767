"""Reviews and counted ratings of the stores, from the files that the stores let one download (docs/formats/feedback.md)."""
