import pytest
from django.db import connection

from contact_center.models import Contact
from foundation.tests.database import as_new

from .factories import ContactFactory

pytestmark = pytest.mark.django_db


def test_all_but_the_closed_are_open():
    state = Contact.State
    waiting = [ContactFactory(state=each) for each in (state.OPEN, state.IN_PROGRESS, state.WAITING)]
    ContactFactory(closed=True)
    assert list(Contact.objects.open().order_by("pk")) == waiting


# For a team either index may be the cheaper one: on few rows the planner takes the first it finds.
@pytest.mark.parametrize(
    ("chosen", "indexes"), [({}, {"contact_due"}), ({"team": 1}, {"contact_queue", "contact_due"})]
)
def test_the_open_ones_come_from_a_partial_index(chosen, indexes):
    as_new(Contact)
    queue = Contact.objects.open().filter(**chosen).order_by("due_at", "pk")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = queue.explain()
    assert any(index in plan for index in indexes)
