from customers.imports.policy_people import PolicyPersonLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load beneficiaries and referents of life policies from a CSV."""

    help = (
        "Load beneficiaries and referents from a CSV, updating those already stored; columns in docs/formats/life.md."
    )
    loader = PolicyPersonLoader
