from customers.imports.customers import CustomerLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load customers from a CSV."""

    help = "Load customers from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = CustomerLoader
