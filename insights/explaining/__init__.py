"""What changed between two periods, and why: a share's change taken apart into mix and rate, with what chance does."""
