from customers.imports.customers import CustomerLoader
from customers.imports.loading import PortfolioCommand


class Command(PortfolioCommand):
    """Load customers from a CSV."""

    help = "Load customers from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = CustomerLoader
