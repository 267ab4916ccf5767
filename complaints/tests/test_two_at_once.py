"""Two officers at the same moment: one is done, the other refused, and nothing is sent twice."""

import threading
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from complaints.arbitrator.commands import register_appeal
from complaints.models import Complaint, ComplaintLetter, LegalFigure, ProcedureLetter
from complaints.regulator.commands import answer_request
from complaints.services import answer_complaint, warn_of_terms, withdraw
from complaints.tests.factories import ComplaintFactory, LegalFigureFactory, RegulatorRequestFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*commands) -> list[str]:
    """What became of each: "done", or the code of its refusal."""
    start, results = threading.Barrier(len(commands)), []

    def run(command) -> None:
        try:
            start.wait()
            command()
            results.append("done")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.fixture
def officer():
    Group.objects.get_or_create(name=roles.COMPLAINT_OFFICER)  # an earlier test of this kind emptied the tables
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def complaint(officer):
    return ComplaintFactory(state="under_review", ramo="8", customer=None, address="maria@example.it", handler=officer)


def test_a_complaint_is_answered_by_one_of_two(complaint, officer):
    def answer():
        answer_complaint(complaint, outcome="upheld", answer="Accolto.", by=officer)

    assert at_once(answer, answer) == ["done", "wrong_state"]
    assert (ComplaintLetter.objects.count(), Notice.objects.filter(kind="complaint-answered").count()) == (1, 1)


def test_a_complaint_is_answered_or_withdrawn(complaint, officer):
    results = at_once(
        lambda: answer_complaint(complaint, outcome="upheld", answer="Accolto.", by=officer),
        lambda: withdraw(complaint, reason="Lettera.", by=officer),
    )
    assert results == ["done", "wrong_state"]
    assert Complaint.objects.get().events.count() == 1


def test_a_request_of_ivass_is_answered_by_one_of_two(complaint, officer):
    request = RegulatorRequestFactory(complaint=complaint, state="in_progress", handler=officer)

    def answer():
        answer_request(request, answer="Ecco.", way="post", by=officer)

    assert at_once(answer, answer) == ["done", "wrong_state"]
    assert ProcedureLetter.objects.count() == 1


def test_an_appeal_of_the_same_number_is_entered_once(complaint, officer):
    if not LegalFigure.objects.filter(kind="decision").exists():  # an earlier test of this kind emptied the tables
        LegalFigureFactory(kind="decision", counts_from="filing", valid_from=date(2025, 1, 24))

    def enter():
        register_appeal(
            complaint,
            number="AAS-1",
            kind="life",
            asked="Il capitale.",
            filed_on=date(2026, 3, 1),
            notified_on=date(2026, 3, 1),
            by=officer,
        )

    assert at_once(enter, enter) == ["done", "known_already"]


def test_two_workers_warn_of_a_rung_once(complaint):
    complaint.refresh_from_db()
    assert at_once(*[lambda: warn_of_terms(complaint.due_on)] * 2) == ["done", "done"]
    assert (Notice.objects.count(), complaint.events.count()) == (1, 1)
