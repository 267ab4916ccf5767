"""What is held about a customer, counted by the rules that the copy of their data is made by."""

from django.db.models import Count, Value

from customers.models import Customer
from reserved_area.my_data import Held
from vittoria_care.privacy.exporting import person_of, pieces_of
from vittoria_care.privacy.rules import RULES


def held_about(customer: Customer) -> list[Held]:
    """How much there is under each heading, in the order of the copy; headings with nothing are left out. One query, and one
    for the sign-ins.
    """
    pieces = [each for each in pieces_of(person_of(customer), RULES) if not each.key.endswith(".history")]
    counted = [
        each.rows.order_by()
        .values(its_place=Value(place))
        .annotate(its_number=Count("pk"))
        .values_list("its_place", "its_number")
        for place, each in enumerate(pieces)
    ]
    if not counted:
        return []
    numbers = dict(counted[0].union(*counted[1:], all=True))
    found: dict[str, int] = {}
    for place, each in enumerate(pieces):
        if number := numbers.get(place, 0):
            found[each.heading] = found.get(each.heading, 0) + number
    return [Held(heading, number) for heading, number in found.items()]
