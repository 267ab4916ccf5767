import pytest
from django.db import connection

from contact_center.models import Call
from foundation.tests.database import as_new


@pytest.mark.django_db
@pytest.mark.parametrize("ending", [["abandoned"], ["timed_out", "key_exit", "no_agents"], ["turned_away"]])
def test_each_list_of_calls_not_answered_comes_from_the_one_index(ending):
    as_new(Call)
    newest = Call.objects.filter(disposition__in=ending).order_by("-queued_at", "-pk")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert "call_not_answered" in newest.explain()
