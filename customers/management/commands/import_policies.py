from customers.imports.policies import PolicyLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load policies from a CSV."""

    help = "Load policies from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = PolicyLoader
