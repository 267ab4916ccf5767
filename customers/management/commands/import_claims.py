from customers.imports.claims import ClaimLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load claims from a CSV."""

    help = "Load claims from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = ClaimLoader
