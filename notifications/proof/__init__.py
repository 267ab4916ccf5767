"""The proof that motor policies were announced thirty days before they expired, by period."""
