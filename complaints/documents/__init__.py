"""The documents of a complaint: kept with who gave them, listed together whatever table holds them, and mails read."""
