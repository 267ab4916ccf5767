"""Control limits of the figures, alerts when one leaves them, and targets."""
