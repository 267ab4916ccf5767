"""What the working account and that of retention may do: tests become them by SET ROLE, as roles made for the test."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from customers.models import Consent, Customer
from customers.tests.factories import ConsentFactory, CustomerFactory
from foundation.guards import append_only_models, never_deleted_models
from foundation.models import RetentionProof
from foundation.retention import erasing
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory
from vittoria_care import grants
from vittoria_care.privacy.erasure import erase
from vittoria_care.running import doctor

from .privacy_world import person_known_everywhere

pytestmark = pytest.mark.django_db

WORKING, RETENTION = "test_working", "test_retention"


@pytest.fixture
def accounts(settings):
    """Two accounts that own nothing, with their rights; they go with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        owner, is_super = cursor.fetchone()
        if not is_super:
            pytest.skip("the account of this database may not become another")
        cursor.execute(f"CREATE ROLE {WORKING} LOGIN")
        cursor.execute(f"CREATE ROLE {RETENTION} LOGIN")
    settings.DATABASE_ACCOUNTS = {"owner": owner, "working": WORKING, "retention": RETENTION}
    grants.grant_rights()
    return settings.DATABASE_ACCOUNTS


@contextmanager
def working_as(account):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {account}")
        yield
        cursor.execute("RESET ROLE")


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement):
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        run(statement)
    return refusal.value.__cause__.pgcode


NO_RIGHT = "42501"


@pytest.mark.parametrize("model", append_only_models(), ids=lambda model: model._meta.db_table)
def test_the_working_account_neither_changes_nor_deletes_what_is_append_only(accounts, model):
    table, key = model._meta.db_table, model._meta.pk.column
    with working_as(WORKING):
        assert refused(f"UPDATE {table} SET {key} = {key}") == NO_RIGHT
        assert refused(f"DELETE FROM {table}") == NO_RIGHT
        assert refused(f"TRUNCATE {table}") == NO_RIGHT


@pytest.mark.parametrize("model", never_deleted_models(), ids=lambda model: model._meta.db_table)
def test_the_working_account_deletes_nothing_that_stays(accounts, model):
    with working_as(WORKING):
        assert refused(f"DELETE FROM {model._meta.db_table}") == NO_RIGHT


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE complaints_complaint DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "DROP TABLE complaints_complaintevent",
        "CREATE TABLE more (id int)",
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN "
        "AS 'SELECT true' LANGUAGE sql",
        "INSERT INTO foundation_retentionproof (rule, \"table\", rows, details, at) VALUES ('r', 't', 1, '{}', now())",
        "UPDATE django_migrations SET name = name",
    ],
)
def test_the_working_account_cannot_switch_a_guard_off(accounts, statement):
    with working_as(WORKING):
        assert refused(statement) == NO_RIGHT


@pytest.mark.parametrize("setting", ["pgtrigger.ignore", "vittoria_care.retention"])
def test_no_setting_lets_the_working_account_pass_a_guard(accounts, setting):
    ComplaintFactory(
        state="answered", outcome="rejected", answer="No.", reasons="Perché.", answered_at="2026-05-04T10:00Z"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgrelid = 'complaints_complaint'::regclass"
        )
        value = cursor.fetchone()[0] if setting == "pgtrigger.ignore" else "on"
        with working_as(WORKING):
            cursor.execute("SELECT set_config(%s, %s, TRUE)", [setting, value])
            with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
                cursor.execute("UPDATE complaints_complaint SET answer = 'falso'")


def test_the_working_account_cannot_keep_a_change_out_of_the_history(accounts):
    customer = CustomerFactory(last_name="Rossi")
    with connection.cursor() as cursor, working_as(WORKING):
        cursor.execute("SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgrelid = 'customers_customer'::regclass")
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, TRUE)", [cursor.fetchone()[0]])
        Customer.objects.filter(pk=customer.pk).update(last_name="Bianchi")
    assert [row.last_name for row in customer.history.all()] == ["Rossi"]


def test_the_working_account_does_its_work(accounts):
    with working_as(WORKING):
        consent = ConsentFactory()
        Customer.objects.filter(pk=consent.customer_id).update(first_name="Ada")
        notice = NoticeFactory(customer=consent.customer)
        Notice.objects.filter(pk=notice.pk).update(problem="tardi")
        run("CREATE TEMPORARY TABLE staging (id int) ON COMMIT DROP")
    assert consent.customer.history.count() == 1


def test_the_retention_account_removes_with_a_proof(accounts):
    consent = ConsentFactory()
    with working_as(RETENTION), erasing() as erase:
        erase.delete(Consent.objects.filter(pk=consent.pk), rule="asked")
    assert list(RetentionProof.objects.values_list("rule", "table", "rows")) == [("asked", "customers_consent", 1)]


def test_the_retention_account_removes_nothing_outside_its_block(accounts):
    ConsentFactory()
    with working_as(RETENTION), pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        run("DELETE FROM customers_consent")


@pytest.mark.parametrize("statement", ["TRUNCATE customers_consent", "DELETE FROM foundation_retentionproof"])
def test_the_retention_account_takes_back_no_proof_and_empties_nothing(accounts, statement):
    with working_as(RETENTION):
        assert refused(statement) == NO_RIGHT


def test_granting_again_changes_nothing(accounts):
    def rights():
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            return dict(cursor.fetchall())

    before = rights()
    grants.grant_rights()
    assert rights() == before


def test_an_account_that_is_not_there_is_named(settings):
    settings.DATABASE_ACCOUNTS = {"owner": "someone", "working": "nobody_at_all"}
    with pytest.raises(grants.CannotGrant, match="There is no account nobody_at_all"):
        grants.grant_rights()


def test_with_one_account_nothing_is_granted_to_others(settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        statements = grants.statements(cursor, working=owner, retention="")
    assert [each for each in statements if each.startswith("GRANT")] == []


# --- What the doctor says -------------------------------------------------------------------------------------------
def test_the_working_account_has_no_right_too_many(accounts):
    with working_as(WORKING):
        assert grants.excess() == []


def test_a_right_too_many_is_named(accounts):
    run(f"GRANT DELETE ON customers_consent TO {WORKING}")
    run(f"GRANT TRUNCATE ON customers_agency TO {WORKING}")
    with working_as(WORKING):
        assert grants.excess() == ["may empty customers_agency", "may delete from customers_consent"]


def test_the_doctor_warns_of_an_account_with_more_rights_than_it_needs(accounts):
    run(f"GRANT UPDATE ON customers_accesslog TO {WORKING}")
    with working_as(WORKING):
        (finding,) = doctor._account()
    assert (finding.level, finding.says) == (
        "warn",
        f"The account {WORKING} has more rights than it needs: it may change customers_accesslog.",
    )


def test_the_doctor_is_content_with_the_rights_that_were_granted(accounts):
    with working_as(WORKING):
        assert [finding.level for finding in doctor._account()] == ["OK"]


def test_the_doctor_names_a_right_that_is_missing(accounts):
    run(f"REVOKE SELECT ON django_migrations FROM {WORKING}")
    with working_as(WORKING), transaction.atomic():
        found = list(doctor._asked("database", doctor._database))
        transaction.set_rollback(True)
    assert [(each.level, each.says, each.hint) for each in found] == [
        ("bad", "Permission denied for table django_migrations.", "Run manage.py migrate, or manage.py grant_rights.")
    ]


def test_the_doctor_asks_for_an_account_that_may_remove_what_has_to_go(accounts, settings):
    settings.DATABASE_ACCOUNTS = {**accounts, "retention": ""}
    with working_as(WORKING):
        (finding,) = doctor._account()
    assert (finding.level, finding.hint) == ("warn", "Set DATABASE_RETENTION_URL where workers run.")


def test_the_retention_account_may_do_all_that_an_erasure_does(accounts, settings, tmp_path):
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")
    customer = person_known_everywhere()
    with working_as(RETENTION):
        result = erase(customer, now=timezone.now() + timedelta(days=12 * 365))
    assert result.numbers["customers.Policy"] == 1
