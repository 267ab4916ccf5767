"""What to mind with a person who asked for particular attention."""
