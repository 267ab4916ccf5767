"""Documents of customers: who sees which, how one is kept, and how the company's system brings them."""
