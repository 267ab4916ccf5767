from customers.imports.agencies import AgencyLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load agencies from a CSV."""

    help = "Load agencies from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = AgencyLoader
