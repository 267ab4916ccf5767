"""Requests of IVASS: entering, assigning, answering by PEC or post, the answer that does not arrive, the outcome."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import InternalError, transaction
from django.utils import timezone

from complaints.models import LegalFigure, ProcedureFile, RegulatorRequest
from complaints.procedures.alerts import warn_of_procedures
from complaints.procedures.files import add_documents
from complaints.procedures.sending import follow_letters, record_handing, send_again
from complaints.regulator.commands import (
    answer_request,
    assign_request,
    cancel_request,
    close_request,
    correct_request,
    register_request,
    save_draft,
)
from complaints.services import Statement
from complaints.tests.factories import ComplaintFactory, RegulatorRequestFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
GIVEN = {
    "protocol": "0042117/26",
    "received_on": date(2026, 5, 4),
    "channel": "pec",
    "is_halved": False,
    "asked": "Copia della polizza.",
}


@pytest.fixture(autouse=True)
def _now(clock):
    return clock


@pytest.fixture
def by_pec(settings):
    settings.PEC_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def register(officer, **changes):
    given = {"complaint": ComplaintFactory()} if not changes.keys() & {"complaint", "statement"} else {}
    return register_request(**(GIVEN | given | changes), by=officer)


def in_progress(officer, **changes):
    return assign_request(register(officer, **changes), handler=officer, by=officer)


def refusal_of(command, *arguments, **named) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        command(*arguments, **named)
    return refusal.value.code


def steps(row) -> list[str]:
    return [event.details["step"] for event in row.events.order_by("pk")]


def paper(name="polizza.pdf") -> CheckedFile:
    return CheckedFile(name, "application/pdf", 9, "a" * 64, ContentFile(b"%PDF-1.7\n"))


# --- Entering -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("is_halved", "due_on"), [(False, date(2026, 6, 3)), (True, date(2026, 5, 19))])
def test_a_request_is_due_in_thirty_days_and_in_fifteen_where_halved(officer, is_halved, due_on):
    made = register(officer, is_halved=is_halved)
    assert (made.due_on, made.state, steps(made)) == (due_on, "received", ["registered"])
    assert made.complaint.events.get().kind == "regulator"


def test_the_days_are_those_in_force_on_the_day_of_receipt(officer):
    LegalFigure.objects.create(
        kind="ivass_answer", amount=20, valid_from=date(2026, 5, 1), source="Gazzetta", is_verified=True
    )
    assert register(officer).due_on == date(2026, 5, 24)
    assert register(officer, protocol="2", received_on=date(2026, 4, 30)).due_on == date(2026, 5, 30)


def test_a_complaint_that_is_not_in_the_register_is_registered_with_it(officer):
    statement = Statement(
        complainant_name="Ada Neri", subject="Polizza negata", text="Rifiutano.", received_on=date(2026, 5, 4)
    )
    made = register(officer, statement=statement)
    assert (made.complaint.complainant_name, made.complaint.state) == ("Ada Neri", "received")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"protocol": " "}, "no_number"),
        ({"asked": ""}, "nothing_asked"),
        ({"received_on": date(2026, 5, 5)}, "in_the_future"),
        ({"complaint": None}, "no_complaint"),
    ],
)
def test_a_request_without_what_it_needs_is_refused_and_nothing_is_entered(officer, changes, code):
    assert refusal_of(register, officer, **changes) == code
    assert not RegulatorRequest.objects.exists()


def test_the_same_number_is_refused_unless_the_first_was_a_mistake(officer):
    first = register(officer)
    assert refusal_of(register, officer) == "known_already"
    cancel_request(first, reason="Altro reclamo.", by=officer)
    assert register(officer).state == "received"


def test_a_cancelled_complaint_takes_no_request(officer):
    complaint = ComplaintFactory(cancelled=True)
    assert refusal_of(register, officer, complaint=complaint) == "cancelled"


# --- Working on it --------------------------------------------------------------------------------------------------
def test_a_request_is_given_to_one_officer_at_a_time(officer):
    request = in_progress(officer)
    assert (request.state, request.handler) == ("in_progress", officer)
    assert refusal_of(assign_request, request, handler=officer, by=officer) == "assigned_already"
    assert refusal_of(assign_request, request, handler=UserFactory(role=roles.AGENT), by=officer) == "not_an_officer"


def test_a_draft_is_kept_until_the_answer(officer):
    request = save_draft(in_progress(officer), draft="Si precisa che", by=officer)
    assert (request.draft, request.state) == ("Si precisa che", "in_progress")
    assert answer_request(request, answer="Si precisa che…", way="post", by=officer).draft == ""


def test_a_corrected_day_of_receipt_moves_the_term(officer):
    request = correct_request(
        register(officer), received_on=date(2026, 5, 1), is_halved=True, reason="Ricevuta PEC.", by=officer
    )
    assert request.due_on == date(2026, 5, 16)
    same = {"received_on": date(2026, 5, 1), "is_halved": True, "by": officer}
    assert refusal_of(correct_request, request, **same, reason="Di nuovo.") == "unchanged"
    assert refusal_of(correct_request, request, **same, reason="") == "no_reason"


def test_documents_are_kept_with_their_checksum(officer):
    request = register(officer, files=[paper("richiesta.pdf")])
    add_documents(request, files=[paper()], direction="sent", by=officer)
    kept = ProcedureFile.objects.values_list("name", "direction", "sha256")
    assert list(kept) == [("richiesta.pdf", "received", "a" * 64), ("polizza.pdf", "sent", "a" * 64)]
    assert refusal_of(add_documents, request, files=[], direction="sent", by=officer) == "no_file"


# --- The answer -----------------------------------------------------------------------------------------------------
def test_an_answer_by_pec_carries_the_letter_and_what_is_sent_with_it(officer, by_pec):
    request = in_progress(officer)
    add_documents(request, files=[paper()], direction="sent", by=officer)
    answer_request(request, answer="Alleghiamo la polizza.", way="pec", address="Tutela@Pec.Ivass.it", by=officer)
    notice = Notice.objects.get(kind="ivass-answer")
    assert (notice.channel, notice.address) == ("pec", "tutela@pec.ivass.it")
    names = list(notice.attachments.order_by("pk").values_list("name", flat=True))
    assert names == [f"risposta-ivass-{request.pk}.pdf", "polizza.pdf"]
    request.refresh_from_db()
    assert (request.state, request.sent_on, request.is_owed) == ("answered", None, True)


def test_an_answer_has_gone_when_its_pec_was_taken(officer, by_pec):
    request = answer_request(in_progress(officer), answer="Ecco.", way="pec", address="a@pec.it", by=officer)
    Notice.objects.filter(kind="ivass-answer").update(state="sent", claimed_at=timezone.now(), sent_at=timezone.now())
    assert [follow_letters(), follow_letters()] == [1, 0]
    request.refresh_from_db()
    assert (request.sent_on, request.is_owed, steps(request)[-1]) == (date(2026, 5, 4), False, "gone")


def test_an_answer_that_did_not_arrive_is_none_and_is_sent_again(officer, by_pec):
    request = answer_request(in_progress(officer), answer="Ecco.", way="pec", address="a@pec.it", by=officer)
    Notice.objects.filter(kind="ivass-answer").update(state="refused", problem="casella inesistente")
    assert [follow_letters(), follow_letters()] == [1, 0]
    request.refresh_from_db()
    assert (request.letter.problem, request.is_owed) == ("casella inesistente", True)
    assert Notice.objects.get(kind="ivass-not-delivered").user == officer
    sent = bytes(request.letter.pdf)
    send_again(request, way="pec", address="b@pec.it", by=officer)
    again = Notice.objects.filter(kind="ivass-answer").latest("pk")
    assert (again.address, bytes(again.attachments.get().content)) == ("b@pec.it", sent)
    assert refusal_of(send_again, request, way="pec", address="c@pec.it", by=officer) == "on_its_way"


def test_an_answer_by_post_has_gone_on_the_day_that_is_entered(officer, clock):
    request = answer_request(in_progress(officer), answer="Ecco.", way="post", by=officer)
    assert not Notice.objects.filter(kind="ivass-answer").exists()
    clock.shift(timedelta(days=1))
    assert refusal_of(record_handing, request, sent_on=date(2026, 5, 3), post="receipt", by=officer) == "not_that_day"
    assert refusal_of(record_handing, request, sent_on=date(2026, 5, 5), by=officer) == "no_way"
    record_handing(request, sent_on=date(2026, 5, 5), post="receipt", tracking="RA 12345", by=officer)
    request.refresh_from_db()
    assert (request.sent_on, request.letter.tracking) == (date(2026, 5, 5), "RA 12345")
    assert refusal_of(record_handing, request, sent_on=date(2026, 5, 5), post="receipt", by=officer) == "gone_already"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"answer": " ", "way": "post"}, "nothing_said"),
        ({"answer": "Ecco.", "way": "pec", "address": "a@pec.it"}, "no_way"),  # no PEC is served here
        ({"answer": "Ecco.", "way": "portal"}, "no_way"),
    ],
)
def test_an_answer_without_words_or_way_is_refused(officer, settings, given, code):
    settings.PEC_BACKEND = ""
    request = in_progress(officer)
    assert refusal_of(answer_request, request, **given, by=officer) == code
    request.refresh_from_db()
    assert (request.state, request.answer) == ("in_progress", "")


def test_only_a_request_in_progress_is_answered_and_only_once(officer):
    request = register(officer)
    assert refusal_of(answer_request, request, answer="Ecco.", way="post", by=officer) == "wrong_state"
    assign_request(request, handler=officer, by=officer)
    answer_request(request, answer="Ecco.", way="post", by=officer)
    assert refusal_of(answer_request, request, answer="Ecco.", way="post", by=officer) == "wrong_state"


def test_what_was_answered_is_fixed(officer):
    request = answer_request(in_progress(officer), answer="Ecco.", way="post", by=officer)
    for change in ({"answer": "Altro."}, {"due_on": date(2026, 12, 1)}, {"protocol": "9"}):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            RegulatorRequest.objects.filter(pk=request.pk).update(**change)


def test_ivass_closes_a_request_once_its_answer_has_gone(officer):
    request = answer_request(in_progress(officer), answer="Ecco.", way="post", by=officer)
    given = {"outcome": "remarks", "outcome_text": "Si invita…", "closed_on": date(2026, 5, 4), "by": officer}
    assert refusal_of(close_request, request, **given) == "not_out"
    record_handing(request, sent_on=date(2026, 5, 4), post="receipt", by=officer)
    assert refusal_of(close_request, request, **(given | {"outcome": ""})) == "no_outcome"
    assert close_request(request, **given).state == "closed"
    assert refusal_of(close_request, request, **given) == "wrong_state"


# --- Warnings -------------------------------------------------------------------------------------------------------
def test_each_rung_is_warned_of_once_and_goes_up_past_the_term(officer):
    head = UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True)
    manager = UserFactory(role=roles.MANAGER)
    request = RegulatorRequestFactory(received_on=date(2026, 5, 4), due_on=date(2026, 6, 3), handler=officer)
    due, informed = request.due_on, {}
    for days in range(-16, 12):
        with time_machine.travel(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False):
            for _twice in range(2):
                if warn_of_procedures(due + timedelta(days=days)):
                    informed[days] = request.events.latest("pk").details["told"]
    assert list(informed) == [-15, -7, -3, -1, 0, 1, 6, 11]
    first, second, third = (str(each) for each in (officer, head, manager))
    assert (informed[0], informed[6], informed[11]) == ([first], [first, second], [first, second, third])
    assert Notice.objects.filter(once=f"ivass-rung:{request.pk}:7:{due}").count() == 1


def test_an_answer_that_has_not_gone_is_warned_of_and_one_that_has_is_not(officer):
    request = answer_request(in_progress(officer), answer="Ecco.", way="post", by=officer)
    assert warn_of_procedures(request.due_on) == 1
    record_handing(request, sent_on=date(2026, 5, 4), post="receipt", by=officer)
    assert warn_of_procedures(request.due_on + timedelta(days=1)) == 0


def test_looking_for_rungs_costs_the_same_at_one_request_and_at_three(officer, django_assert_num_queries):
    for number in (1, 3):
        while RegulatorRequest.objects.count() < number:
            RegulatorRequestFactory(due_on=date(2026, 6, 3), handler=officer)
        warn_of_procedures(date(2026, 6, 3))
        with django_assert_num_queries(3):
            warn_of_procedures(date(2026, 6, 3))
