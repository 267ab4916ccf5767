"""Writing a promotion, having it approved by somebody else, and saying when it is sent."""
