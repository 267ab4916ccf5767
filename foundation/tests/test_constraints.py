from django.db.models import CheckConstraint, Q, TextChoices

from foundation.constraints import is_among, one_of


class Colour(TextChoices):
    NONE = "", "none"
    RED = "red", "red"
    BLUE = "blue", "blue"


def test_a_column_may_hold_what_its_choices_name():
    expected = CheckConstraint(condition=Q(colour__in=["", "red", "blue"]), name="colour_is_known")
    assert one_of("colour", Colour, name="colour_is_known") == expected


def test_a_condition_may_name_some_of_the_choices():
    assert is_among("colour", (Colour.BLUE, Colour.RED)) == Q(colour__in=["blue", "red"])


def test_a_condition_holds_plain_values_as_migrations_write_them():
    assert [type(value) for value in is_among("colour", Colour).children[0][1]] == [str, str, str]
