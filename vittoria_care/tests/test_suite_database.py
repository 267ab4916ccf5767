"""What tests that commit leave behind is put right before the next one."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from customers.models import Customer
from customers.tests.factories import CustomerFactory
from vittoria_care.embedded.suite_database import SuiteDatabase

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database(django_db_blocker):
    """One of this test alone, copied from the database of the suite's worker; the connection returns to that one."""
    own = connection.settings_dict["NAME"]
    connection.close()
    database = SuiteDatabase(own, f"{own}_restored")
    yield database
    database.drop()
    SuiteDatabase.point_at(own)


def test_rows_that_were_committed_are_gone(database):
    CustomerFactory()
    database.restore()
    assert not Customer.objects.exists()


def test_rows_that_migrations_made_are_back(database):
    names = set(Group.objects.values_list("name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE auth_group CASCADE")
    database.restore()
    assert names
    assert set(Group.objects.values_list("name", flat=True)) == names


def test_rows_that_were_changed_are_as_they_were(database):
    names = set(Group.objects.values_list("name", flat=True))
    Group.objects.filter(name=min(names)).update(name="another")
    database.restore()
    assert set(Group.objects.values_list("name", flat=True)) == names


def test_a_table_that_was_made_is_gone(database):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (id int)")
    database.restore()
    assert "left_behind" not in connection.introspection.table_names()


def test_a_connection_that_was_left_open_holds_nothing_up(database):
    left = connection.copy()
    left.set_autocommit(False)
    with left.cursor() as cursor:
        cursor.execute("UPDATE auth_group SET name = name || '!'")
    database.restore()
    assert not Group.objects.filter(name__endswith="!").exists()
    left.close()


def test_what_the_planner_knew_of_the_rows_is_forgotten(database):
    with connection.cursor() as cursor:
        for _number in range(3):
            CustomerFactory()
        cursor.execute("ANALYZE customers_customer")
    database.restore()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpages, reltuples FROM pg_class WHERE relname = 'customers_customer'")
        assert cursor.fetchone() == (0, -1)
        cursor.execute("SELECT count(*) FROM pg_statistic WHERE starelid = 'customers_customer'::regclass")
        assert cursor.fetchone() == (0,)


def test_nothing_looks_at_the_tables_by_itself(database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND reloptions IS DISTINCT FROM ARRAY['autovacuum_enabled=off']"
        )
        assert cursor.fetchone() == (0,)
