"""Intermediaries: what the rule for their type asks, the enquiry that suspends the term, and the position they give."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from complaints.intermediaries.commands import (
    close_enquiry,
    give_position,
    invite_intermediary,
    keep_agencies,
    keep_draft,
    pass_on,
    remind_intermediaries,
    row_of_agency,
    send_enquiry,
)
from complaints.intermediaries.rules import pass_on_by, position_due_on, reached_at, reminder_due, rule_among
from complaints.intermediaries.secret import answer_url, enquiry_secret
from complaints.models import Complaint, ComplaintEvent, Enquiry, EnquiryFile, Intermediary, IntermediaryRule
from complaints.models.intermediary import Reached
from complaints.page.next_step import steps_of
from complaints.services import answer_complaint, classify, resume_lapsed, withdraw
from complaints.tests.factories import (
    ComplaintFactory,
    EnquiryFactory,
    IntermediaryFactory,
    IntermediaryRuleFactory,
    SuspensionFactory,
)
from customers.tests.factories import AgencyFactory, AgencyMemberFactory
from foundation.files.accepted import check_files
from foundation.refusals import Refused
from notifications.delivery import deliver_notices
from notifications.models import Notice

State, Kind = Complaint.State, Enquiry.Kind
Event = ComplaintEvent.Kind
database = pytest.mark.django_db
DAY = date(2026, 5, 4)


# --- The rules ------------------------------------------------------------------------------------------------------
def dated(kind, valid_from=None, valid_to=None):
    return SimpleNamespace(kind=kind, valid_from=valid_from, valid_to=valid_to)


@pytest.mark.parametrize(
    ("on", "place"),
    [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1), (date(2026, 12, 31), 1), (date(2027, 1, 1), None)],
)
def test_the_rule_is_that_of_the_type_and_the_day_both_ends_included(on, place):
    rules = [
        dated("agent", valid_to=date(2026, 6, 30)),
        dated("agent", date(2026, 7, 1), date(2026, 12, 31)),
        dated("broker"),
    ]
    assert rule_among(rules, "agent", on) is (None if place is None else rules[place])
    assert rule_among(rules, "broker", on) is rules[2]
    assert rule_among(rules, "bank", on) is None


def test_the_day_of_asking_is_not_counted():
    assert position_due_on(DAY, 15) == date(2026, 5, 19)
    assert position_due_on(date(2026, 12, 20), 15) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("today", "owed"),
    [
        (date(2026, 5, 15), ""),
        (date(2026, 5, 16), "before"),
        (date(2026, 5, 19), "before"),
        (date(2026, 5, 20), "after"),
        (date(2026, 9, 1), "after"),
    ],
)
def test_a_reminder_is_owed_three_days_before_and_after_the_last_day(today, owed):
    assert reminder_due(date(2026, 5, 19), 3, today) == owed


def test_without_delay_is_a_number_of_days_where_the_rule_asks_for_it():
    assert pass_on_by(DAY, 3) == date(2026, 5, 7)
    assert pass_on_by(DAY, None) is None


@pytest.mark.parametrize(
    ("stated", "reached"),
    [
        ("broker@pec.example.it", Reached(email="broker@pec.example.it")),
        ("Via Roma 1, 20121 Milano", Reached(postal="Via Roma 1, 20121 Milano")),
        ("", Reached()),
    ],
)
def test_an_address_is_electronic_or_postal(stated, reached):
    assert reached_at(stated) == reached


@database
def test_only_an_enquiry_to_an_agent_suspends_and_nothing_is_verified():
    rules = IntermediaryRule.objects.all()
    assert set(rules.filter(may_suspend=True).values_list("kind", flat=True)) == {"agent"}
    assert set(rules.values_list("answer_days", "is_verified")) == {(15, False)}


# --- An enquiry -----------------------------------------------------------------------------------------------------
@pytest.fixture
def about_an_agency(clock):
    return ComplaintFactory(
        state=State.UNDER_REVIEW,
        about_conduct=True,
        agency=AgencyFactory(email="agenzia@example.it"),
        customer=None,
        address="maria@example.it",
        received_on=date(2026, 4, 24),  # due on 8 June
        ramo="8",
    )


@pytest.fixture
def about_a_broker(clock):
    return ComplaintFactory(
        state=State.UNDER_REVIEW,
        about_conduct=True,
        intermediary_kind="broker",
        intermediary_stated="Broker Rossi, Milano",
        intermediary_address="broker@pec.example.it",
        customer=None,
        address="maria@example.it",
        received_on=date(2026, 5, 2),
        ramo="8",
    )


def kinds_to(address) -> list[str]:
    return list(Notice.objects.filter(address=address).order_by("pk").values_list("kind", flat=True))


def day(number, month=5):
    return datetime(2026, month, number, 9, tzinfo=UTC)


@database
def test_an_enquiry_keeps_what_was_asked_of_whom_and_until_when(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    assert (enquiry.kind, enquiry.state, enquiry.by) == (Kind.ENQUIRY, "open", officer)
    assert (enquiry.sent_on, enquiry.answer_due_on) == (DAY, date(2026, 5, 19))
    assert (enquiry.way, enquiry.address) == ("email", "agenzia@example.it")
    assert enquiry.intermediary == row_of_agency(about_an_agency.agency)
    assert enquiry.suspension.started_on == DAY


@database
def test_the_position_lets_the_clock_go_on_at_once(clock, about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    clock.move_to(day(10))
    give_position(enquiry, position="Abbiamo consegnato tutto.", through="page")
    about_an_agency.refresh_from_db()
    assert (about_an_agency.state, about_an_agency.suspended_days) == (State.UNDER_REVIEW, 6)
    assert "by_itself" not in about_an_agency.events.get(kind=Event.RESUMED).details


@database
def test_a_position_entered_later_ends_the_suspension_on_the_day_it_arrived(clock, about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    clock.move_to(day(12))
    give_position(enquiry, position="Sì.", answered_on=date(2026, 5, 8), through="hand", by=officer)
    about_an_agency.refresh_from_db()
    assert (about_an_agency.suspended_days, about_an_agency.suspensions.get().ended_on) == (4, date(2026, 5, 8))


@database
def test_after_15_days_the_clock_goes_on_and_the_enquiry_still_waits(clock, about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    clock.move_to(day(20))
    assert resume_lapsed(date(2026, 5, 20)) == 1
    give_position(enquiry, position="In ritardo.", through="page")
    about_an_agency.refresh_from_db()
    assert (about_an_agency.suspended_days, about_an_agency.enquiries.get().state) == (15, "answered")


@database
@pytest.mark.parametrize("ends", [withdraw, answer_complaint])
def test_nobody_waits_for_a_position_on_a_complaint_that_has_ended(about_an_agency, officer, ends):
    Complaint.objects.filter(pk=about_an_agency.pk).update(suspended_days=15)
    enquiry = invite_intermediary(about_an_agency, asked="Che cosa fu detto?", by=officer)
    given = {"reason": "Lettera."} if ends is withdraw else {"outcome": "upheld", "answer": "Accolto."}
    ends(about_an_agency, by=officer, **given)
    enquiry.refresh_from_db()
    assert (enquiry.state, bool(enquiry.closed_why)) == ("closed", True)


@database
def test_one_enquiry_waits_at_a_time(about_an_agency, officer):
    send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    with pytest.raises(Refused) as refusal:
        invite_intermediary(about_an_agency, asked="E poi?", by=officer)
    assert refusal.value.code == "asked_already"


@database
def test_while_an_enquiry_waits_the_intermediary_remains_the_one_it_is(about_a_broker, officer):
    invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    with pytest.raises(Refused):
        classify(about_a_broker, by=officer, changes={"intermediary_row": None})


# --- Other types ----------------------------------------------------------------------------------------------------
@database
def test_for_a_broker_the_term_is_not_suspended(about_a_broker, officer):
    with pytest.raises(Refused) as refusal:
        send_enquiry(about_a_broker, asked="Che cosa fu detto?", by=officer)
    assert refusal.value.code == "no_suspension"
    assert not about_a_broker.enquiries.exists()


@database
def test_a_rule_that_was_changed_holds_from_its_day(about_a_broker, officer):
    IntermediaryRule.objects.filter(kind="broker").update(valid_to=date(2026, 5, 3))
    IntermediaryRuleFactory(kind="broker", valid_from=DAY, may_suspend=True, answer_days=10)
    enquiry = send_enquiry(about_a_broker, asked="Che cosa fu detto?", by=officer)
    assert (enquiry.answer_due_on, enquiry.suspension.started_on) == (date(2026, 5, 14), DAY)


@database
def test_a_broker_is_invited_while_the_term_runs_and_the_complainant_is_informed(about_a_broker, officer):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    about_a_broker.refresh_from_db()
    assert (about_a_broker.state, about_a_broker.intermediary_row.name) == (State.UNDER_REVIEW, "Broker Rossi, Milano")
    assert kinds_to("broker@pec.example.it") == ["complaint-invitation-to-position"]
    assert kinds_to("maria@example.it") == ["complaint-forwarded"]
    text = Notice.objects.get(kind="complaint-invitation-to-position").body_text
    for shown in ("Che cosa fu detto?", about_a_broker.text, answer_url(enquiry), "10-quater"):
        assert shown in text


@database
def test_a_type_without_a_rule_is_refused_with_what_to_do(about_a_broker, officer):
    IntermediaryRule.objects.filter(kind="broker").update(valid_to=date(2026, 5, 3))
    with pytest.raises(Refused) as refusal:
        invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    assert refusal.value.code == "no_rule"


@database
def test_an_intermediary_of_no_known_type_is_not_asked(about_a_broker, officer):
    Complaint.objects.filter(pk=about_a_broker.pk).update(intermediary_kind="")
    with pytest.raises(Refused) as refusal:
        pass_on(about_a_broker, by=officer)
    assert refusal.value.code == "no_type"


# --- Passing on -----------------------------------------------------------------------------------------------------
@database
def test_a_complaint_is_passed_on_once_and_the_term_runs_on(about_a_broker, officer):
    enquiry = pass_on(about_a_broker, note="Per conoscenza.", by=officer)
    assert (enquiry.kind, enquiry.state, enquiry.answer_due_on) == (Kind.FORWARDING, "passed", None)
    text = Notice.objects.get(kind="complaint-passed-on", address="broker@pec.example.it").body_text
    assert "Per conoscenza." in text
    assert about_a_broker.text in text
    assert kinds_to("maria@example.it") == ["complaint-forwarded"]
    event = about_a_broker.events.get(kind=Event.FORWARDED)
    assert event.details == {"intermediary": "Broker Rossi, Milano", "intermediary_told": "email"}
    with pytest.raises(Refused) as refusal:
        pass_on(about_a_broker, by=officer)
    assert refusal.value.code == "forwarded_already"


@database
def test_without_an_intermediary_there_is_nobody_to_pass_it_to(officer):
    with pytest.raises(Refused) as refusal:
        pass_on(ComplaintFactory(), by=officer)
    assert refusal.value.code == "no_intermediary"


@database
def test_the_intermediary_that_was_stated_is_found_again_in_the_table(about_a_broker, officer):
    row = IntermediaryFactory(name="BROKER ROSSI – Milano", pec="rossi@pec.example.it")
    assert pass_on(about_a_broker, by=officer).intermediary == row
    assert Intermediary.objects.filter(kind="broker").count() == 1


# --- Copies ---------------------------------------------------------------------------------------------------------
@database
def test_an_agent_is_in_copy_of_every_letter_and_a_broker_of_what_its_rule_names(
    about_an_agency, about_a_broker, officer
):
    close_enquiry(send_enquiry(about_an_agency, asked="Che cosa?", by=officer), why="Basta così.", by=officer)
    for complaint in (about_an_agency, about_a_broker):
        answer_complaint(complaint, outcome="upheld", answer="Accolto.", by=officer)
    assert kinds_to("agenzia@example.it") == [
        "complaint-enquiry",
        "complaint-letter-copy",  # the term is suspended
        "complaint-enquiry-closed",
        "complaint-letter-copy",  # the term goes on
        "complaint-copy",
    ]
    assert kinds_to("broker@pec.example.it") == ["complaint-copy"]


@database
def test_the_letter_speaks_of_a_copy_only_where_there_is_one(about_a_broker, officer):
    IntermediaryRule.objects.filter(kind="broker").update(copies=[])
    complaint = answer_complaint(about_a_broker, outcome="upheld", answer="Accolto.", by=officer)
    assert not [each for each in complaint.letter.paragraphs if each.startswith("copy_to_intermediary")]
    assert "copy_to" not in complaint.events.get(kind=Event.ANSWERED).details
    assert kinds_to("broker@pec.example.it") == []


# --- The position ---------------------------------------------------------------------------------------------------
@database
def test_the_position_is_kept_with_its_documents_and_the_handler_informed(
    about_a_broker, officer, settings, tmp_path, pdf
):
    settings.MEDIA_ROOT = tmp_path
    Complaint.objects.filter(pk=about_a_broker.pk).update(handler=officer)
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    give_position(enquiry, position="Ecco.", files=check_files([pdf]), through="page")
    kept = EnquiryFile.objects.get(enquiry=enquiry)
    assert (kept.name, kept.content_type, len(kept.sha256)) == ("proposta.pdf", "application/pdf", 64)
    assert Notice.objects.get(kind="complaint-position").user == officer
    event = about_a_broker.events.get(kind=Event.POSITION)
    assert event.details["files"] == ["proposta.pdf"]


@pytest.fixture
def pdf():
    return SimpleUploadedFile("proposta.pdf", b"%PDF-1.7 prova")


@database
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"position": "  "}, "nothing_said"),
        ({"answered_on": date(2026, 5, 3)}, "not_that_day"),
        ({"answered_on": date(2026, 5, 5)}, "not_that_day"),
    ],
)
def test_a_position_has_words_and_arrives_after_it_was_asked_for(about_a_broker, officer, given, code):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    with pytest.raises(Refused) as refusal:
        give_position(enquiry, **{"position": "Ecco.", "through": "hand", "by": officer} | given)
    assert refusal.value.code == code
    enquiry.refresh_from_db()
    assert enquiry.is_open


@database
def test_a_second_position_is_refused_and_the_first_remains(about_a_broker, officer):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    give_position(enquiry, position="La prima.", through="page")
    for late in (
        lambda: give_position(enquiry, position="La seconda.", through="page"),
        lambda: keep_draft(enquiry, text="Una bozza.", seen_version=enquiry.version),
        lambda: close_enquiry(enquiry, why="Basta.", by=officer),
    ):
        with pytest.raises(Refused) as refusal:
            late()
        assert refusal.value.code == "answered_already"
    enquiry.refresh_from_db()
    assert (enquiry.position, enquiry.draft) == ("La prima.", "")


@database
def test_an_enquiry_is_closed_with_a_reason_and_the_intermediary_informed(about_a_broker, officer):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    with pytest.raises(Refused) as refusal:
        close_enquiry(enquiry, why=" ", by=officer)
    assert refusal.value.code == "no_reason"
    close_enquiry(enquiry, why="Ha telefonato.", by=officer)
    assert kinds_to("broker@pec.example.it")[-1] == "complaint-enquiry-closed"
    with pytest.raises(Refused) as refusal:
        give_position(enquiry, position="Tardi.", through="page")
    assert refusal.value.code == "closed"


# --- Reminders ------------------------------------------------------------------------------------------------------
@database
def test_each_reminder_goes_once_and_the_handler_learns_of_the_last_day(clock, about_a_broker, officer):
    Complaint.objects.filter(pk=about_a_broker.pk).update(handler=officer)
    invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    sent = {}
    for number in (15, 16, 17, 19, 20, 21):
        clock.move_to(day(number))
        sent[number] = remind_intermediaries(date(2026, 5, number))
    assert sent == {15: 0, 16: 1, 17: 0, 19: 0, 20: 1, 21: 0}
    assert kinds_to("broker@pec.example.it")[1:] == ["complaint-enquiry-reminder"] * 2
    assert Notice.objects.get(kind="complaint-position-late").user == officer
    assert about_a_broker.events.filter(kind=Event.REMINDED).count() == 2


@database
def test_nobody_is_reminded_of_a_position_that_was_given(clock, about_a_broker, officer):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    give_position(enquiry, position="Ecco.", through="page")
    clock.move_to(day(25))
    assert remind_intermediaries(date(2026, 5, 25)) == 0


@database
def test_a_reminder_does_not_leave_once_the_position_is_there(clock, about_a_broker, officer):
    enquiry = invite_intermediary(about_a_broker, asked="Che cosa fu detto?", by=officer)
    clock.move_to(day(16))
    remind_intermediaries(date(2026, 5, 16))
    give_position(enquiry, position="Ecco.", through="page")
    deliver_notices(Notice.objects.filter(kind="complaint-enquiry-reminder").values_list("pk", flat=True))
    assert Notice.objects.get(kind="complaint-enquiry-reminder").state == "withheld"


# --- Where it is answered -------------------------------------------------------------------------------------------
@database
def test_an_agency_whose_people_sign_in_answers_there_and_everybody_else_by_a_secret(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    assert answer_url(enquiry).endswith(f"/contatti/intermediario/{enquiry.pk}/{enquiry_secret(enquiry)}/")
    AgencyMemberFactory(agency=about_an_agency.agency)
    assert answer_url(enquiry).endswith(f"/complaints/enquiry/{enquiry.pk}/change/")


@database
def test_every_agency_has_its_row_once():
    agency = AgencyFactory(rui_number="A000000001")
    assert (keep_agencies() >= 1, keep_agencies()) == (True, 0)
    row = row_of_agency(agency)
    assert (row.kind, row.rui, row.known_as) == ("agent", "A000000001", agency.name)


# --- What the classification takes from the table --------------------------------------------------------------------
@database
def test_the_type_follows_the_row_that_was_chosen(officer):
    complaint = ComplaintFactory()
    bank = IntermediaryFactory(kind="bank", name="Banca di prova")
    complaint = classify(complaint, by=officer, changes={"intermediary_row": bank, "about_conduct": True})
    assert (complaint.intermediary_kind, complaint.intermediary) == ("bank", "Banca di prova")


@database
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (lambda: {"intermediary_row": IntermediaryFactory(), "agency": AgencyFactory()}, "two_intermediaries"),
        (lambda: {"intermediary_row": IntermediaryFactory(), "intermediary_kind": "bank"}, "other_type"),
    ],
)
def test_a_complaint_is_about_one_intermediary_of_one_type(officer, changes, code):
    with pytest.raises(Refused) as refusal:
        classify(ComplaintFactory(), by=officer, changes=changes())
    assert refusal.value.code == code


# --- What the database refuses --------------------------------------------------------------------------------------
def refused():
    return pytest.raises(IntegrityError)


@database
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            lambda: SuspensionFactory(enquiry=EnquiryFactory()),  # about another complaint
            SuspensionFactory,
        ),
        (
            lambda: _suspended_by(EnquiryFactory(kind="invitation")),
            lambda: _suspended_by(EnquiryFactory()),
        ),
        (lambda: _two_suspensions(date(2026, 1, 24)), lambda: _two_suspensions(date(2026, 1, 25))),
        (
            lambda: IntermediaryRuleFactory(kind="broker"),
            IntermediaryRuleFactory,
        ),
        (lambda: IntermediaryFactory(kind="wizard"), IntermediaryFactory),
    ],
    ids=["another complaint", "an invitation", "overlapping", "two rules", "unknown type"],
)
def test_the_database_refuses_what_must_never_be(wrong, right):
    with refused(), transaction.atomic():
        wrong()
    right()


def _suspended_by(enquiry):
    return SuspensionFactory(complaint=enquiry.complaint, enquiry=enquiry)


def _two_suspensions(second):
    first = SuspensionFactory()  # until 25 January
    return SuspensionFactory(complaint=first.complaint, started_on=second, ended_on=second + timedelta(days=2))


# --- The next step ----------------------------------------------------------------------------------------------------
@database
@pytest.mark.parametrize(("asked", "name"), [("", True), ("open", True), ("answered", False), ("passed", False)])
def test_the_intermediary_is_heard_next_until_its_position_is_there(asked, name):
    complaint = ComplaintFactory(
        state=State.UNDER_REVIEW, about_conduct=True, intermediary_row=IntermediaryFactory(), ramo="8"
    )
    steps = steps_of(complaint, ticked=0, items=0, waiting=None, has_gone=False, asked=asked)
    assert steps[3].is_done is not name
