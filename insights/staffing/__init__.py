"""How many people answer the telephone: expected calls by half hour, the agents they take, and a rota of shifts."""
