"""Query: the number to call about a change that the customer did not ask for."""

from contact_center.models import TollFreeLine

CUSTOMERS = "customers"  # the line for all customers


def line_to_call() -> str:
    """The number of the line for all customers, or else of the first that is active, in E.164; "" for none."""
    active = list(
        TollFreeLine.objects.filter(is_active=True).order_by("position", "code").values_list("code", "number")
    )
    return next((number for code, number in active if code == CUSTOMERS), active[0][1] if active else "")
