from customers.imports.loading import PortfolioCommand
from customers.imports.policies import PolicyLoader


class Command(PortfolioCommand):
    """Load policies from a CSV."""

    help = "Load policies from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = PolicyLoader
