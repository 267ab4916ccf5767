"""Query: the number to call about a change that the customer did not ask for."""

from contact_center.models import TollFreeLine


def line_to_call() -> str:
    """The number of the first line that is active, in the order that the back office gives them, in E.164; "" for none."""
    lines = TollFreeLine.objects.filter(is_active=True).order_by("position", "code")
    return lines.values_list("number", flat=True).first() or ""
