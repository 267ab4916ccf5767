"""The back office of requests of IVASS and appeals: buttons, lists, roles, files, and the numbers of the law."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import ArbitratorAppeal, LegalFigure, ProcedureFile, RegulatorRequest, TermStop
from complaints.procedures.tiles import tiles
from complaints.tests.factories import (
    ArbitratorAppealFactory,
    ComplaintFactory,
    ProcedureLetterFactory,
    RegulatorRequestFactory,
)
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
REQUESTS, APPEALS = "regulatorrequest", "arbitratorappeal"


@pytest.fixture
def client(officer, clock):
    return signed_in(officer)


def page_of(row) -> str:
    return reverse(f"admin:complaints_{row._meta.model_name}_change", args=[row.pk])


def command(row, name) -> str:
    return reverse(f"admin:complaints_{row._meta.model_name}_command", args=[row.pk, name])


def the_list(model, **asked) -> str:
    return reverse(f"admin:complaints_{model}_changelist", query=asked)


def buttons(client, row) -> set[str]:
    return {
        button.url.rstrip("/").rsplit("/", 1)[-1] for button in client.get(page_of(row)).context["command_buttons"]
    }


def shown(client, model, **asked) -> set[str]:
    return {str(row) for row in client.get(the_list(model, **asked)).context["cl"].result_list}


# --- Buttons and roles ------------------------------------------------------------------------------------------------
def test_the_buttons_of_a_request_follow_its_state(client, officer):
    entered = {"assegna", "bozza", "documenti", "esito", "correggi", "annulla"}
    assert buttons(client, RegulatorRequestFactory()) == entered
    assert buttons(client, RegulatorRequestFactory(state="in_progress")) == entered | {"rispondi"}
    assert buttons(client, ProcedureLetterFactory().request) == {"documenti", "spedita", "rispedisci"}
    sent = RegulatorRequestFactory(answered=True, sent_on=date(2026, 3, 10))
    assert buttons(client, sent) == {"documenti", "esito"}
    assert buttons(client, RegulatorRequestFactory(state="cancelled")) == set()


def test_the_buttons_of_an_appeal_follow_its_state(client):
    always = {"assegna", "documenti", "correggi", "bozza"}
    received = ArbitratorAppealFactory(decision_due_on=date(2026, 9, 1))
    assert buttons(client, received) == always | {"integrazione", "fascicolo", "proroga", "decisione", "annulla"}
    preparing = ArbitratorAppealFactory(preparing=True)
    assert buttons(client, preparing) == always | {"controdeduzioni", "decisione", "annulla"}
    assert buttons(client, ArbitratorAppealFactory(upheld=True)) == {"assegna", "documenti", "adempimento"}


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
@pytest.mark.parametrize("factory", [RegulatorRequestFactory, ArbitratorAppealFactory])
def test_who_only_reads_gives_no_command(role, factory):
    row, reader = factory(), signed_in(UserFactory(role=role))
    assert buttons(reader, row) == set()
    assert reader.post(command(row, "annulla"), {"reason": "x", "seen_version": row.version}).status_code == 403


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.AGENCY_MEMBER])
@pytest.mark.parametrize("factory", [RegulatorRequestFactory, ArbitratorAppealFactory])
def test_others_see_nothing_of_it(role, factory):
    row, stranger = factory(), signed_in(UserFactory(role=role))
    assert stranger.get(page_of(row)).status_code in {403, 404}
    assert stranger.get(the_list(row._meta.model_name)).status_code == 403


# --- Entering -------------------------------------------------------------------------------------------------------
def test_a_request_is_entered_with_its_papers_and_shown_on_the_complaint(client):
    complaint = ComplaintFactory()
    given = {
        "protocol": "0042117/26",
        "channel": "pec",
        "received_on": "2026-05-04",
        "asked": "Copia della polizza.",
        "complaint": complaint.number,
        "files": SimpleUploadedFile("richiesta.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf"),
    }
    address = reverse("admin:complaints_regulatorrequest_list_command", args=["registra"])
    send_command(client, address, given)
    request = RegulatorRequest.objects.get()
    assert (request.complaint, request.due_on, request.files.get().name) == (
        complaint,
        date(2026, 6, 3),
        "richiesta.pdf",
    )
    page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    assert page_of(request) in page


def test_a_request_without_complaint_or_facts_is_shown_again_with_what_is_missing(client):
    given = {
        "protocol": "1",
        "channel": "pec",
        "received_on": "2026-05-04",
        "asked": "Perché?",
        "complaint": "2026/999",
    }
    address = reverse("admin:complaints_regulatorrequest_list_command", args=["registra"])
    answer = send_command(client, address, given)
    assert answer.context["form"].errors.keys() == {"complaint"}
    answer = send_command(client, address, given | {"complaint": ""})
    assert answer.context["form"].errors.keys() == {"complainant_name", "subject", "text"}
    assert not RegulatorRequest.objects.exists()


def test_an_appeal_is_entered_and_its_page_says_whether_it_seems_admissible(client):
    complaint = ComplaintFactory(answered=True)
    given = {
        "number": "AAS-1",
        "complaint": complaint.number,
        "kind": "injured",
        "value": "2.500,01",
        "facts_on": "2025-11-03",
        "filed_on": "2026-03-01",
        "notified_on": "2026-03-05",
        "complete_on": "2026-03-10",
        "asked": "Il rimborso.",
    }
    send_command(client, reverse("admin:complaints_arbitratorappeal_list_command", args=["registra"]), given)
    appeal = ArbitratorAppeal.objects.get()
    assert appeal.counter_due_on == date(2026, 4, 19)
    page = client.get(page_of(appeal)).content.decode()
    assert ("2.500,01" in page, "2.500,00" in page, "Non soddisfatta" in page) == (True, True, True)


# --- Lists ----------------------------------------------------------------------------------------------------------
def test_the_list_of_requests_has_its_parts(client, officer):
    RegulatorRequestFactory(protocol="late", due_on=date(2026, 5, 3), handler=officer)
    RegulatorRequestFactory(protocol="near", due_on=date(2026, 5, 8))
    RegulatorRequestFactory(protocol="far", due_on=date(2026, 6, 8))
    RegulatorRequestFactory(protocol="not out", answered=True, due_on=date(2026, 6, 9))
    RegulatorRequestFactory(protocol="sent", answered=True, sent_on=date(2026, 3, 10))
    parts = {part: shown(client, REQUESTS, work=part) for part in ("open", "late", "due", "mine", "not_out", "all")}
    assert parts == {
        "open": {"late", "near", "far", "not out"},
        "late": {"late"},
        "due": {"late", "near"},
        "mine": {"late"},
        "not_out": {"not out"},
        "all": {"late", "near", "far", "not out", "sent"},
    }
    assert shown(client, REQUESTS, q="sent") == {"sent"}


def test_the_list_of_appeals_has_its_parts(client, officer):
    ArbitratorAppealFactory(number="late", preparing=True, handler=officer)
    ArbitratorAppealFactory(number="new")
    ArbitratorAppealFactory(number="comply", upheld=True)
    published = {"published_on": date(2026, 5, 1), "published_by_us_until": date(2026, 10, 31)}
    published["published_by_arbiter_until"] = date(2031, 4, 30)
    ArbitratorAppealFactory(number="site", upheld=True, compliance="none", due_on=None, **published)
    parts = {part: shown(client, APPEALS, work=part) for part in ("open", "late", "due", "mine", "published", "all")}
    assert parts == {
        "open": {"late", "new", "comply"},
        "late": {"late"},
        "due": {"late"},
        "mine": {"late"},
        "published": {"site"},
        "all": {"late", "new", "comply", "site"},
    }


@pytest.mark.parametrize(
    ("model", "factory"), [(REQUESTS, RegulatorRequestFactory), (APPEALS, ArbitratorAppealFactory)]
)
def test_a_list_costs_the_same_at_one_row_and_at_three(client, officer, model, factory):
    costs = []
    for number in (1, 3):
        while factory._meta.model.objects.count() < number:
            factory(handler=officer)
        client.get(the_list(model))
        with CaptureQueriesContext(connection) as queries:
            client.get(the_list(model))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_tiles_count_what_is_near_and_what_is_late(officer, clock):
    RegulatorRequestFactory(due_on=date(2026, 5, 3))
    RegulatorRequestFactory(due_on=date(2026, 5, 11))
    ArbitratorAppealFactory(preparing=True, due_on=date(2026, 5, 12))
    assert [(tile.value, tile.tone) for tile in tiles(officer)] == [("2", "bad"), ("0", "good")]
    assert tiles(UserFactory(role=roles.AGENT)) == []


# --- Letters and files ----------------------------------------------------------------------------------------------
def test_a_draft_is_looked_at_as_a_letter_and_the_answer_is_downloaded(client, officer):
    request = RegulatorRequestFactory(state="in_progress", handler=officer)
    preview = reverse("admin:complaints_regulatorrequest_preview", args=[request.pk])
    assert client.get(preview).status_code == 404
    send_command(client, command(request, "bozza"), {"draft": "Si precisa quanto segue."})
    assert client.get(preview).content.startswith(b"%PDF")
    send_command(client, command(request, "rispondi"), {"answer": "Si precisa quanto segue.", "way": "post"})
    request.refresh_from_db()
    letter = client.get(reverse("admin:complaints_regulatorrequest_letter", args=[request.pk]))
    assert (letter["Content-Type"], letter.content) == ("application/pdf", bytes(request.letter.pdf))


def test_a_document_is_added_and_downloaded_and_not_from_another_page(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    appeal, other = ArbitratorAppealFactory(), ArbitratorAppealFactory()
    paper = SimpleUploadedFile("ricorso.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    send_command(client, command(appeal, "documenti"), {"direction": "received", "files": paper})
    kept = ProcedureFile.objects.get()
    answer = client.get(reverse("admin:complaints_arbitratorappeal_file", args=[appeal.pk, kept.key]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
    assert client.get(reverse("admin:complaints_arbitratorappeal_file", args=[other.pk, kept.key])).status_code == 404


# --- The numbers of the law -----------------------------------------------------------------------------------------
def test_an_administrator_enters_a_new_number_with_its_first_day(clock):
    keeper = signed_in(UserFactory(role=roles.ADMINISTRATOR))
    given = {"kind": "ivass_answer", "amount": "20", "valid_from": "2026-06-01", "source": "Gazzetta 1/2026"}
    keeper.post(reverse("admin:complaints_legalfigure_add"), given)
    assert LegalFigure.objects.filter(kind="ivass_answer").count() == 2
    wrong = given | {"kind": "cap_life", "has_stops": "on", "counts_from": "filing"}
    answer = keeper.post(reverse("admin:complaints_legalfigure_add"), wrong)
    assert answer.context["adminform"].form.errors.keys() == {"has_stops", "counts_from"}


def test_stops_that_take_most_of_the_year_are_not_saved(clock):
    keeper = signed_in(UserFactory(role=roles.ADMINISTRATOR))
    given = {"first_day": "1", "first_month": "1", "last_day": "30", "last_month": "6", "valid_from": "2026-06-01"}
    answer = keeper.post(reverse("admin:complaints_termstop_add"), given | {"source": "Prova"})
    assert answer.context["adminform"].form.non_field_errors()
    assert TermStop.objects.count() == 2


def test_an_officer_reads_the_numbers_and_does_not_change_them(client):
    figure = LegalFigure.objects.get(kind="ivass_answer")
    address = reverse("admin:complaints_legalfigure_change", args=[figure.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"amount": "1"}).status_code == 403
    assert client.get(reverse("admin:complaints_legalfigure_add")).status_code == 403
