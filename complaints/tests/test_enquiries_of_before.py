"""What there was before enquiries: each suspension, and each complaint that was passed on, has its enquiry."""

from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

import complaints.migrations
from complaints.models import Complaint, ComplaintEvent, Enquiry, Suspension
from complaints.tests.factories import ComplaintFactory
from customers.tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db
FOLDER = Path(complaints.migrations.__file__).parent


def carry_over() -> None:
    name = next(FOLDER.glob("*_intermediaries.py")).stem
    with connection.schema_editor(atomic=False) as editor:
        import_module(f"complaints.migrations.{name}").enquiries_of_before(apps, editor)


def suspended_before(complaint, officer, *, ended_on: date | None) -> Suspension:
    """A suspension as it was stored before: it follows from nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE complaints_suspension ALTER COLUMN enquiry_id DROP NOT NULL")
        cursor.execute("ALTER TABLE complaints_suspension DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO complaints_suspension (complaint_id, started_on, ended_on, reason, by_id) "
            "VALUES (%s, %s, %s, %s, %s) RETURNING id",
            [complaint.pk, date(2026, 1, 20), ended_on, "Che cosa fu detto?", officer.pk],
        )
        (key,) = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Suspension.objects.get(pk=key)


@pytest.mark.parametrize(("ended_on", "state"), [(date(2026, 1, 25), "closed"), (None, "open")])
def test_a_suspension_follows_from_an_enquiry_to_its_agency(officer, ended_on, state):
    complaint = ComplaintFactory(agency=AgencyFactory(), about_conduct=True)
    apps.get_model("complaints", "Intermediary").objects.create(agency=complaint.agency, kind="agent")
    suspension = suspended_before(complaint, officer, ended_on=ended_on)
    carry_over()
    enquiry = Enquiry.objects.get(suspension=suspension)
    assert (enquiry.state, enquiry.asked, enquiry.by) == (state, "Che cosa fu detto?", officer)
    assert (enquiry.sent_on, enquiry.answer_due_on) == (date(2026, 1, 20), date(2026, 2, 4))
    assert enquiry.intermediary.agency == complaint.agency


def test_a_complaint_that_was_passed_on_keeps_to_whom(officer):
    complaint: Complaint = ComplaintFactory(
        intermediary_stated="Broker Rossi", intermediary_address="rossi@example.it"
    )
    ComplaintEvent.objects.create(
        complaint=complaint,
        kind="forwarded",
        by=officer,
        details={"intermediary": "Broker Rossi", "intermediary_told": "email"},
        at=datetime(2026, 1, 20, 9, tzinfo=UTC),
    )
    carry_over()
    enquiry = Enquiry.objects.get(complaint=complaint)
    assert (enquiry.kind, enquiry.state, enquiry.way) == ("forwarding", "passed", "email")
    assert (enquiry.intermediary.name, enquiry.intermediary.email) == ("Broker Rossi", "rossi@example.it")
