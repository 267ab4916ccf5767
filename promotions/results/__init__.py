"""What came of a promotion: whom it reached, what they did, and what they would have done without it."""
