"""What is a complaint and what is not: decisions, and the words that make one likely."""
