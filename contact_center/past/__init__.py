"""What an earlier help desk had: its tickets become contacts, their events the events of these, and nobody hears of it."""
