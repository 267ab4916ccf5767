from customers.imports.policy_values import PolicyValueLoader
from foundation.files.upserts import PortfolioCommand


class Command(PortfolioCommand):
    """Load values of life policies from a CSV."""

    help = "Load surrender values and positions from a CSV; columns in docs/formats/life.md."
    loader = PolicyValueLoader
