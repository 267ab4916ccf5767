"""What the app reads: a module for each room of the reserved area."""
