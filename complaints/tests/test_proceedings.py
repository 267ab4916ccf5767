"""Court cases, mediations and assisted negotiations beside a complaint."""

from datetime import date

import pytest
from django.urls import reverse

from complaints.models import ComplaintEvent
from complaints.proceedings.commands import end_proceeding, enter_proceeding
from complaints.register import COLUMNS, register_of
from complaints.tests.factories import ComplaintFactory, ProceedingFactory
from foundation.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_what_began_is_kept_with_its_line_in_the_history_and_no_other_term(officer):
    complaint = ComplaintFactory()
    entered = enter_proceeding(
        complaint, kind="court", begun_on=date(2026, 4, 1), body=" Giudice di pace di  Pavia ", by=officer
    )
    event = complaint.events.get(kind=ComplaintEvent.Kind.PROCEEDING)
    assert (entered.body, event.details) == (
        "Giudice di pace di Pavia",
        {"proceeding": "court", "begun_on": "2026-04-01", "body": "Giudice di pace di Pavia"},
    )
    before = complaint.due_on
    complaint.refresh_from_db()
    assert complaint.due_on == before


def test_its_end_is_entered_once(officer):
    entered = ProceedingFactory()
    ended = end_proceeding(entered, ended_on=date(2026, 2, 1), result="Conciliata.", by=officer)
    assert (ended.ended_on, ended.result) == (date(2026, 2, 1), "Conciliata.")
    with pytest.raises(Refused) as refused:
        end_proceeding(entered, ended_on=date(2026, 2, 2), result="Altro.", by=officer)
    assert refused.value.code == "ended_already"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"begun_on": date(2026, 5, 5)}, "not_that_day"),
        ({"begun_on": date(1900, 1, 1)}, "not_that_day"),
        ({"kind": "mediation"}, "open_already"),
    ],
)
def test_what_cannot_have_begun_is_refused(officer, given, why):
    complaint = ProceedingFactory().complaint
    with pytest.raises(Refused) as refused:
        enter_proceeding(complaint, **{"kind": "court", "begun_on": date(2026, 4, 1), "by": officer, **given})
    assert refused.value.code == why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"ended_on": date(2026, 1, 14)}, "not_that_day"),
        ({"ended_on": date(2026, 5, 5)}, "not_that_day"),
        ({"result": " "}, "no_result"),
    ],
)
def test_what_cannot_have_ended_so_is_refused(officer, given, why):
    with pytest.raises(Refused) as refused:
        end_proceeding(
            ProceedingFactory(), **{"ended_on": date(2026, 2, 1), "result": "Conciliata.", "by": officer, **given}
        )
    assert refused.value.code == why


def test_an_officer_enters_begin_and_end_on_the_complaint_s_page(client, officer):
    client.force_login(officer)
    complaint = ComplaintFactory()
    page = {"seen_version": complaint.version}
    begin, end = (
        reverse("admin:complaints_complaint_command", args=[complaint.pk, name])
        for name in ("procedimento", "procedimento-concluso")
    )
    client.post(begin, {**page, "kind": "negotiation", "begun_on": "2026-04-01"})
    entered = complaint.proceedings.get()
    client.post(end, {**page, "proceeding": entered.pk, "ended_on": "2026-05-04", "result": "Accordo."})
    entered.refresh_from_db()
    assert (entered.kind, entered.ended_on, entered.result) == ("negotiation", date(2026, 5, 4), "Accordo.")


def test_the_register_shows_the_days_of_the_last_of_each_kind():
    complaint = ProceedingFactory(
        kind="court", begun_on=date(2026, 1, 1), ended_on=date(2026, 1, 2), result="x"
    ).complaint
    ProceedingFactory(complaint=complaint, kind="court", begun_on=date(2026, 3, 1))
    (row,) = (dict(zip(COLUMNS, each, strict=True)) for each in register_of(2026))
    assert (row["court_begun_on"], row["court_ended_on"], row["mediation_begun_on"]) == (date(2026, 3, 1), None, None)
