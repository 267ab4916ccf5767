"""The doors of an enquiry: the agency's page and the secret page, their roles, and what an officer does on a complaint."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.intermediaries.commands import row_of_agency
from complaints.intermediaries.secret import answer_place
from complaints.models import Complaint, Enquiry, EnquiryFile, Intermediary, IntermediaryRule
from complaints.tests.factories import ComplaintFactory, EnquiryFactory, EnquiryFileFactory, IntermediaryFactory
from contact_center.tests.public_forms import guard
from customers import roles
from customers.tests.factories import AgencyFactory, AgencyMemberFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
LIST = reverse("admin:complaints_enquiry_changelist")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, clock):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def agency():
    return AgencyFactory(email="agenzia@example.it")


@pytest.fixture
def enquiry(agency):
    return asked(row_of_agency(agency))


def asked(row, **more):
    complaint = ComplaintFactory(
        state="under_review", about_conduct=True, received_on=date(2026, 4, 24), subject="Franchigia", ramo="8"
    )
    given = {"kind": "invitation", "sent_on": date(2026, 5, 4), "answer_due_on": date(2026, 5, 19)}
    return EnquiryFactory(complaint=complaint, intermediary=row, **(given | more))


@pytest.fixture
def member(agency):
    return signed_in(AgencyMemberFactory(agency=agency).user)


def page_of(enquiry) -> str:
    return reverse("admin:complaints_enquiry_change", args=[enquiry.pk])


def command(enquiry, name) -> str:
    return reverse("admin:complaints_enquiry_command", args=[enquiry.pk, name])


def paper(name="proposta.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 prova")


# --- An agency ------------------------------------------------------------------------------------------------------
def test_a_member_reads_what_the_agency_was_asked_and_nothing_else_of_the_register(member, enquiry):
    asked(row_of_agency(AgencyFactory()))
    assert [row.pk for row in member.get(LIST).context["cl"].result_list] == [enquiry.pk]
    page = member.get(page_of(enquiry)).content.decode()
    for shown in (enquiry.complaint.text, enquiry.complaint.subject, enquiry.asked):
        assert shown in page
    assert str(enquiry.by) not in page
    assert member.get(reverse("admin:complaints_complaint_changelist")).status_code == 403
    assert member.get(reverse("admin:complaints_intermediary_changelist")).status_code == 403


def test_the_first_page_of_a_member_counts_what_waits(member, enquiry):
    def tile():
        tiles = member.get(reverse("admin:index")).context["tiles"]
        return next(((each.value, each.tone) for each in tiles if each.url == LIST), None)

    assert tile() == ("1", "warn")
    Enquiry.objects.filter(pk=enquiry.pk).update(state="closed", closed_at="2026-05-04T09:00Z", closed_why="Basta.")
    assert tile() is None


def test_a_member_of_another_agency_finds_nothing(enquiry):
    other = signed_in(AgencyMemberFactory(agency=AgencyFactory()).user)
    file = EnquiryFileFactory(enquiry__intermediary=enquiry.intermediary)
    for address in (
        page_of(enquiry),
        command(enquiry, "rispondi"),
        reverse("admin:complaints_enquiry_file", args=[file.enquiry_id, file.key]),
    ):
        assert other.get(address).status_code == 404
    assert other.post(command(enquiry, "rispondi"), {"position": "Nostra."}).status_code == 404


def test_a_member_gives_the_position_with_a_document(member, enquiry):
    answer = send_command(member, command(enquiry, "rispondi"), {"position": "Ecco.", "files": [paper()]})
    assert answer.status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.through, enquiry.position) == ("answered", "office", "Ecco.")
    file = EnquiryFile.objects.get(enquiry=enquiry)
    address = reverse("admin:complaints_enquiry_file", args=[enquiry.pk, file.key])
    assert b"".join(member.get(address).streaming_content) == b"%PDF-1.7 prova"


def test_a_draft_waits_for_the_position(member, enquiry):
    send_command(member, command(enquiry, "bozza"), {"position": "Da finire."})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.draft) == ("open", "Da finire.")
    assert "Da finire." in member.get(command(enquiry, "rispondi")).content.decode()


def test_a_file_of_another_kind_is_refused_and_the_words_remain(member, enquiry):
    bad = SimpleUploadedFile("pagina.html", b"<script></script>")
    page = send_command(member, command(enquiry, "rispondi"), {"position": "Ecco qui.", "files": [bad]})
    assert "Ecco qui." in page.content.decode()
    assert Enquiry.objects.get(pk=enquiry.pk).is_open


@pytest.mark.parametrize("role", [roles.COMPLAINT_OFFICER, roles.MANAGER, roles.AGENT])
def test_nobody_of_the_company_answers_for_an_agency(enquiry, role):
    assert signed_in(UserFactory(role=role)).get(command(enquiry, "rispondi")).status_code == 403


# --- The secret page ------------------------------------------------------------------------------------------------
@pytest.fixture
def broker_enquiry():
    return asked(IntermediaryFactory())


def secret_page(enquiry) -> str:
    return reverse("enquiry_answer", kwargs=answer_place(enquiry))


def test_a_broker_reads_what_is_asked_and_answers_with_a_document(broker_enquiry):
    client, address = Client(), secret_page(broker_enquiry)
    page = client.get(address)
    assert page.status_code == 200
    for shown in (broker_enquiry.asked, broker_enquiry.complaint.text):
        assert shown in page.content.decode()
    sent = client.post(address, {**guard(), "position": "Ecco.", "files": paper(), "give": "1"})
    assert sent.status_code == 302
    broker_enquiry.refresh_from_db()
    assert (broker_enquiry.through, broker_enquiry.answered_by) == ("page", None)
    assert broker_enquiry.files.count() == 1


def test_a_draft_is_kept_behind_the_same_address(broker_enquiry):
    client, address = Client(), secret_page(broker_enquiry)
    client.post(address, {**guard(), "position": "Da finire.", "keep": "1"})
    assert "Da finire." in client.get(address).content.decode()
    assert Enquiry.objects.get(pk=broker_enquiry.pk).is_open


@pytest.mark.parametrize(("state", "status"), [("answered", 200), ("closed", 410)])
def test_the_page_shows_nothing_of_the_complaint_once_nobody_waits(state, status):
    more = {"answered": True} if state == "answered" else {"state": "closed", "closed_why": "Basta."}
    day = {"answered_on": date(2026, 5, 4)} if state == "answered" else {"closed_at": "2026-05-04T09:00Z"}
    enquiry = asked(IntermediaryFactory(), **more, **day)
    client, address = Client(), secret_page(enquiry)
    page = client.get(address)
    assert page.status_code == status
    assert enquiry.complaint.text not in page.content.decode()
    client.post(address, {**guard(), "position": "Ancora.", "give": "1"})
    assert Enquiry.objects.get(pk=enquiry.pk).position != "Ancora."


def test_a_wrong_secret_and_a_wrong_number_are_not_found_alike(broker_enquiry):
    place, client = answer_place(broker_enquiry), Client()
    for wrong in ({"secret": "a" * 26}, {"pk": 999_999}, {"pk": 10**12}, {"secret": "è"}):
        assert client.get(reverse("enquiry_answer", kwargs=place | wrong)).status_code == 404
    passed = asked(IntermediaryFactory(), kind="forwarding", state="passed", answer_due_on=None)
    assert client.get(secret_page(passed)).status_code == 404


def test_the_page_is_kept_by_nobody_and_indexed_by_nobody(broker_enquiry):
    headers = Client().get(secret_page(broker_enquiry)).headers
    assert "no-store" in headers["Cache-Control"]
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


# --- An officer -----------------------------------------------------------------------------------------------------
def on_complaint(complaint, name) -> str:
    return reverse("admin:complaints_complaint_command", args=[complaint.pk, name])


def test_an_officer_finds_the_complaints_that_wait_for_an_intermediary(officer, enquiry):
    ComplaintFactory(state="under_review")
    client = signed_in(officer)
    found = client.get(reverse("admin:complaints_complaint_changelist"), {"work": "waits"}).context["cl"].result_list
    assert [row.pk for row in found] == [enquiry.complaint_id]
    page = client.get(reverse("admin:complaints_complaint_change", args=[enquiry.complaint_id]))
    assert enquiry.intermediary.known_as in page.content.decode()


def test_an_officer_enters_a_position_that_came_by_post(officer, enquiry):
    given = {"position": "Per lettera.", "answered_on": "2026-05-04", "files": [paper()]}
    answer = send_command(signed_in(officer), on_complaint(enquiry.complaint, "posizione"), given)
    assert answer.status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.through, enquiry.answered_by, enquiry.files.count()) == ("hand", officer, 1)


def test_an_officer_invites_a_broker_and_closes_the_enquiry(officer):
    broker = IntermediaryFactory()
    complaint = ComplaintFactory(
        state="under_review", about_conduct=True, intermediary_row=broker, received_on=date(2026, 5, 2)
    )
    client = signed_in(officer)
    send_command(client, on_complaint(complaint, "invita"), {"reason": "Che cosa fu detto?"})
    enquiry = Enquiry.objects.get(complaint=complaint)
    assert (enquiry.kind, enquiry.intermediary) == ("invitation", broker)
    send_command(client, on_complaint(complaint, "chiudi-richiesta"), {"reason": "Ha telefonato."})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.closed_by) == ("closed", officer)


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.AGENT])
def test_only_an_officer_asks_an_intermediary(role, enquiry):
    for name in ("invita", "sospendi", "posizione", "chiudi-richiesta"):
        assert signed_in(UserFactory(role=role)).get(on_complaint(enquiry.complaint, name)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(officer, rows, django_assert_max_num_queries):
    for _each in range(rows):
        asked(IntermediaryFactory())
    client = signed_in(officer)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        assert len(client.get(LIST).context["cl"].result_list) == rows


# --- The table and its rules ------------------------------------------------------------------------------------------
def test_an_officer_enters_a_broker(officer):
    page = reverse("admin:complaints_intermediary_add")
    given = {
        "name": "Broker Bianchi",
        "kind": "broker",
        "pec": "bianchi@pec.example.it",
        "is_active": "on",
        "seen_version": 1,
    }
    assert signed_in(officer).post(page, given).status_code == 302
    row = Intermediary.objects.get(name="Broker Bianchi")
    assert (row.kind, row.reached.pec) == ("broker", "bianchi@pec.example.it")


def test_an_intermediary_without_an_address_is_refused(officer):
    page = reverse("admin:complaints_intermediary_add")
    given = {"name": "Broker Bianchi", "kind": "broker", "is_active": "on", "seen_version": 1}
    assert signed_in(officer).post(page, given).status_code == 200
    assert not Intermediary.objects.filter(name="Broker Bianchi").exists()


def rule_page(rule) -> str:
    return reverse("admin:complaints_intermediaryrule_change", args=[rule.pk])


def test_an_administrator_dates_a_rule_and_two_of_one_day_are_refused():
    client = signed_in(UserFactory(role=roles.ADMINISTRATOR))
    rule = IntermediaryRule.objects.get(kind="broker")
    given = {
        "kind": "broker",
        "article": "art. 10-quater",
        "answer_days": 15,
        "remind_days": 3,
        "copies": ["complaint-answered"],
        "seen_version": rule.version,
    }
    assert client.post(rule_page(rule), given | {"valid_to": "2026-12-31"}).status_code == 302
    new = reverse("admin:complaints_intermediaryrule_add")
    for first, status in (("2026-12-31", 200), ("2027-01-01", 302)):
        answer = client.post(new, given | {"answer_days": 10, "valid_from": first, "seen_version": 1})
        assert answer.status_code == status
    assert IntermediaryRule.objects.get(kind="broker", valid_to=None).answer_days == 10


def test_an_officer_reads_the_rules_and_changes_none(officer):
    rule, client = IntermediaryRule.objects.get(kind="agent"), signed_in(officer)
    page = client.get(rule_page(rule))
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    assert client.post(rule_page(rule), {"article": "x"}).status_code == 403


def test_the_page_of_a_complaint_says_what_the_rule_asks(officer):
    complaint = ComplaintFactory(
        state="under_review", about_conduct=True, intermediary_row=IntermediaryFactory(), received_on=date(2026, 4, 20)
    )
    page = signed_in(officer).get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    assert "10-quater" in page
    assert Complaint.objects.get(pk=complaint.pk).concerned_kind == "broker"
