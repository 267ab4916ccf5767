"""From an approved promotion to the outbox: by chunks, in working hours, asking again of each person."""
