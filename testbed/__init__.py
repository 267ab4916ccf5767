"""What tests, journeys and benchmarks stand on: a whole installation that runs, and a mail server that takes and refuses."""
