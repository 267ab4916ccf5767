"""Two people at the same moment about an enquiry to an intermediary: one is done, the other reads why, nothing happens twice."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints import kinds
from complaints.intermediaries.commands import (
    close_enquiry,
    give_position,
    invite_intermediary,
    keep_draft,
    send_enquiry,
)
from complaints.intermediaries.secret import answer_place
from complaints.models import Complaint, ComplaintEvent, Enquiry, EnquiryFile, Intermediary, Suspension
from complaints.services import answer_complaint, resume_lapsed
from complaints.tests.factories import ComplaintFactory
from complaints.tests.test_two_at_once import at_once
from contact_center.tests.public_forms import guard
from customers import roles
from customers.tests.factories import AgencyFactory, AgencyMemberFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.tests.pages import carried_by
from notifications.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)
State, Event = Complaint.State, ComplaintEvent.Kind
TODAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, clock):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def other():
    """Another officer."""
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def about_an_agency(officer):
    return ComplaintFactory(
        state=State.UNDER_REVIEW,
        about_conduct=True,
        agency=AgencyFactory(email="agenzia@example.it"),
        customer=None,
        address="maria@example.it",
        received_on=date(2026, 4, 24),  # due on 8 June
        ramo="8",
        handler=officer,
    )


def about_a_broker(**more):
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
        **more,
    )


# --- Two officers ---------------------------------------------------------------------------------------------------
def test_an_enquiry_goes_out_once_and_the_term_is_suspended_once(about_an_agency, officer, other):
    results = at_once(
        lambda: send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer),
        lambda: send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=other),
    )
    assert results == ["asked_already", "done"]
    assert (Enquiry.objects.count(), Suspension.objects.count()) == (1, 1)
    assert Notice.objects.filter(kind=kinds.ENQUIRY.code).count() == 1
    assert Notice.objects.filter(kind=kinds.SUSPENDED.code, address="maria@example.it").count() == 1


def test_of_an_enquiry_and_an_invitation_one_goes_out(about_an_agency, officer, other):
    results = at_once(
        lambda: send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer),
        lambda: invite_intermediary(about_an_agency, asked="Che cosa fu detto?", by=other),
    )
    assert results == ["asked_already", "done"]
    assert Suspension.objects.count() == Enquiry.objects.filter(kind=Enquiry.Kind.ENQUIRY).count()


@pytest.mark.parametrize("name", ["sospendi", "invita"])
def test_the_second_officer_reads_why_and_keeps_what_was_written(about_an_agency, officer, other, name):
    complaint = about_an_agency if name == "sospendi" else about_a_broker()
    address = reverse("admin:complaints_complaint_command", args=[complaint.pk, name])
    answers = []

    def send(user, words):
        client = signed_in(user)
        given = {**carried_by(client.get(address)), "reason": words}
        return lambda: answers.append((words, client.post(address, given)))

    assert at_once(send(officer, "La prima domanda."), send(other, "La seconda domanda.")) == ["done", "done"]
    assert sorted(answer.status_code for _words, answer in answers) == [302, 409]
    [(words, refused)] = [each for each in answers if each[1].status_code == 409]
    assert words in refused.content.decode()
    assert refused.context["refusal"]
    assert Enquiry.objects.count() == 1


def test_a_broker_that_two_complaints_name_is_entered_in_the_table_once(officer, other):
    first, second = about_a_broker(), about_a_broker()
    results = at_once(
        lambda: invite_intermediary(first, asked="Che cosa fu detto?", by=officer),
        lambda: invite_intermediary(second, asked="Che cosa fu detto?", by=other),
    )
    assert results == ["done", "done"]
    assert Intermediary.objects.filter(name="Broker Rossi, Milano").count() == 1


# --- The intermediary and an officer ---------------------------------------------------------------------------------
def test_a_position_arrives_or_the_enquiry_is_closed(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    results = at_once(
        lambda: give_position(enquiry, position="Abbiamo consegnato tutto.", through=Enquiry.Through.PAGE),
        lambda: close_enquiry(enquiry, why="Ha telefonato.", by=officer),
    )
    enquiry.refresh_from_db()
    assert results == sorted(["done", "answered_already" if enquiry.position else "closed"])
    assert bool(enquiry.position) != bool(enquiry.closed_why)
    about_an_agency.refresh_from_db()
    assert (about_an_agency.state, about_an_agency.suspensions.get().ended_on) == (State.UNDER_REVIEW, TODAY)
    assert about_an_agency.events.filter(kind=Event.RESUMED).count() == 1
    assert about_an_agency.events.filter(kind__in=[Event.POSITION, Event.UNASKED]).count() == 1
    assert Notice.objects.filter(kind=kinds.ENQUIRY_CLOSED.code).exists() is bool(enquiry.closed_why)


def test_a_position_arrives_while_the_complaint_is_answered(officer):
    complaint = about_a_broker(handler=officer)
    enquiry = invite_intermediary(complaint, asked="Che cosa fu detto?", by=officer)
    results = at_once(
        lambda: give_position(enquiry, position="Ecco.", through=Enquiry.Through.PAGE),
        lambda: answer_complaint(complaint, outcome="upheld", answer="Accolto.", by=officer),
    )
    enquiry.refresh_from_db()
    assert results == (["done", "done"] if enquiry.position else ["closed", "done"])
    assert Complaint.objects.get(pk=complaint.pk).state == State.ANSWERED


def test_a_position_arrives_at_the_moment_at_which_the_clock_goes_on_by_itself(about_an_agency, officer, clock):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    clock.shift(15 * 86_400)
    results = at_once(
        lambda: give_position(enquiry, position="Ecco.", through=Enquiry.Through.PAGE),
        lambda: resume_lapsed(date(2026, 5, 19)),
    )
    assert results == ["done", "done"]
    about_an_agency.refresh_from_db()
    assert (about_an_agency.state, about_an_agency.suspended_days) == (State.UNDER_REVIEW, 15)
    assert about_an_agency.events.filter(kind=Event.RESUMED).count() == 1


# --- Two of the intermediary's own ------------------------------------------------------------------------------------
def paper(name) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 prova")


def test_the_secret_page_and_the_sign_in_give_one_position(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    member = AgencyMemberFactory(agency=about_an_agency.agency).user
    results = at_once(
        lambda: give_position(enquiry, position="Fuori.", through=Enquiry.Through.PAGE),
        lambda: give_position(enquiry, position="Dentro.", through=Enquiry.Through.OFFICE, by=member),
    )
    assert results == ["answered_already", "done"]
    assert about_an_agency.events.filter(kind__in=[Event.POSITION, Event.RESUMED]).count() == 2
    assert Notice.objects.filter(kind=kinds.POSITION.code).count() == 1


def test_who_answers_second_reads_why_and_finds_their_own_words(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    member, stranger = signed_in(AgencyMemberFactory(agency=about_an_agency.agency).user), Client()
    inside = reverse("admin:complaints_enquiry_command", args=[enquiry.pk, "rispondi"])
    outside = reverse("enquiry_answer", kwargs=answer_place(enquiry))
    carried, guarded, answers = carried_by(member.get(inside)), guard(), {}

    def from_inside():
        given = {**carried, "position": "Dentro.", "files": [paper("dentro.pdf")]}
        answers["Dentro."] = member.post(inside, given)

    def from_outside():
        given = {**guarded, "position": "Fuori.", "files": paper("fuori.pdf"), "give": "1"}
        answers["Fuori."] = stranger.post(outside, given)

    assert at_once(from_inside, from_outside) == ["done", "done"]
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    [(words, refused)] = [each for each in answers.items() if each[1].status_code == 409]
    page = refused.content.decode()
    assert words in page
    enquiry.refresh_from_db()
    assert enquiry.position == {"Dentro.": "Fuori.", "Fuori.": "Dentro."}[words]
    assert [file.name for file in EnquiryFile.objects.all()] == [f"{enquiry.position.lower()}pdf"]
    if words == "Fuori.":  # nothing of the complaint is shown once the position was given
        assert about_an_agency.text not in page


def test_a_draft_is_not_written_over_another_of_the_same_moment(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    seen = Enquiry.objects.get(pk=enquiry.pk).version
    results = at_once(
        lambda: keep_draft(enquiry, text="La mia.", seen_version=seen),
        lambda: keep_draft(enquiry, text="La tua.", seen_version=seen),
    )
    assert results == ["changed_meanwhile", "done"]
    enquiry.refresh_from_db()
    assert (enquiry.draft in ("La mia.", "La tua."), enquiry.version) == (True, seen + 1)


def test_what_comes_by_the_secret_page_too_late_is_not_taken_and_stands_there_to_be_copied(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    close_enquiry(enquiry, why="Ha telefonato.", by=officer)
    address = reverse("enquiry_answer", kwargs=answer_place(enquiry))
    late = Client().post(address, {**guard(), "position": "Ecco la nostra.", "give": "1"})
    assert (late.status_code, late.context["unsent"]) == (409, "Ecco la nostra.")
    assert about_an_agency.text not in late.content.decode()


def test_a_draft_from_a_page_that_is_behind_is_refused_with_what_was_typed(about_an_agency, officer):
    enquiry = send_enquiry(about_an_agency, asked="Che cosa fu detto?", by=officer)
    address, client = reverse("enquiry_answer", kwargs=answer_place(enquiry)), Client()
    seen = client.get(address).context["seen_version"]
    sent = {"seen_version": seen, "keep": "1"}
    assert client.post(address, {**guard(), **sent, "position": "La prima."}).status_code == 302
    behind = client.post(address, {**guard(), **sent, "position": "La seconda."})
    assert (behind.status_code, behind.context["seen_version"]) == (409, seen)
    assert "La seconda." in behind.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.draft == "La prima."
