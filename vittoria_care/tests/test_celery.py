"""What every task may count on."""

import pytest
from django.db import OperationalError, connection

from notifications.tasks import sweep_notices


@pytest.mark.django_db(transaction=True)
def test_a_task_works_after_the_connection_was_lost():
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    sweep_notices.apply(throw=True)

    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_task_works_after_the_connection_was_lost_unnoticed():
    connection.ensure_connection()
    connection.connection.close()

    sweep_notices.apply(throw=True)

    assert connection.is_usable()
