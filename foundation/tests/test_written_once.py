"""A statement that is written once and asked with other values each time."""

import pytest
from django.contrib.auth.models import Group

from foundation.written_once import WrittenOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """How often the query was made."""
    return []


@pytest.fixture
def named(made):
    def make(name, among):
        made.append(name)
        return Group.objects.filter(name=name, pk__in=[among]).order_by().values_list("pk", "name")

    return WrittenOnce(make, "placeholder", -1)


def test_each_question_has_its_own_values(named):
    first, second = Group.objects.create(name="first"), Group.objects.create(name="second")
    assert named.rows("first", first.pk) == [(first.pk, "first")]
    assert named.rows("second", second.pk) == [(second.pk, "second")]
    assert named.rows("first", second.pk) == []


def test_the_query_is_made_once(named, made):
    named.rows("first", 1)
    named.rows("second", 2)
    assert made == ["placeholder"]


def test_a_value_is_never_read_as_sql(named):
    assert named.rows("' OR 1=1 --", 1) == []


@pytest.mark.parametrize("values", [(), ("first",), ("first", 1, 2)])
def test_another_number_of_values_is_refused(named, values):
    with pytest.raises(ValueError, match="zip"):
        named.rows(*values)
