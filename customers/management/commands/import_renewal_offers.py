from customers.imports.renewal_offers import RenewalOfferLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load renewal offers from a CSV."""

    help = "Load renewal offers from a CSV, updating those already stored; columns in docs/formats/portfolio.md."
    loader = RenewalOfferLoader
