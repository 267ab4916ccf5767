"""The commands of complaints in the back office: buttons, pages, roles, reach, two officers at once, files."""

from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from complaints.models import Complaint, ComplaintLetter, LetterSending
from complaints.models.code import CodeList, codes_of
from complaints.services import answer_complaint
from complaints.tests.factories import ComplaintFactory, ComplaintLetterFactory, SuspensionFactory
from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory, MessageFactory
from customers import roles
from customers.models import AccessLog
from customers.tests.factories import (
    AgencyFactory,
    AgencyMemberFactory,
    CustomerFactory,
    PolicyFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from foundation.tests.pages import carried_by, send_command

pytestmark = pytest.mark.django_db
State = Complaint.State


@pytest.fixture
def client(officer, clock):
    return signed_in(officer)


def page_of(complaint) -> str:
    return reverse("admin:complaints_complaint_change", args=[complaint.pk])


def command(complaint, name) -> str:
    return reverse("admin:complaints_complaint_command", args=[complaint.pk, name])


def under_review(**changed) -> Complaint:
    given = {"state": State.UNDER_REVIEW, "ramo": "8", "received_on": date(2026, 4, 20), "address": "maria@example.it"}
    return ComplaintFactory.create(**(given | changed))


def about_an_agency(**changed) -> Complaint:
    return under_review(about_conduct=True, agency=AgencyFactory(email="agenzia@example.it"), **changed)


def buttons(client, complaint) -> set[str]:
    shown = client.get(page_of(complaint)).context["command_buttons"]
    return {button.url.rstrip("/").rsplit("/", 1)[-1] for button in shown}


# --- Buttons ----------------------------------------------------------------------------------------------------------
def test_the_buttons_are_what_the_table_of_states_allows(client):
    always = {"annota", "classifica", "correggi", "recapito", "procedimento", "documenti"}
    open_ones = always | {"assegna", "ritira", "annulla", "controlli"}
    assert buttons(client, ComplaintFactory()) == open_ones
    assert buttons(client, under_review()) == open_ones | {"rispondi"}
    assert buttons(client, about_an_agency()) == open_ones | {"rispondi", "sospendi", "inoltra"}
    suspended = about_an_agency(state=State.SUSPENDED)
    SuspensionFactory(complaint=suspended, started_on=date(2026, 5, 1), ended_on=None)
    assert buttons(client, suspended) == open_ones | {"posizione", "chiudi-richiesta", "inoltra"}
    assert buttons(client, ComplaintFactory(answered=True)) == always
    assert buttons(client, ComplaintLetterFactory().complaint) == always | {"spedita", "rispedisci"}
    assert buttons(client, ComplaintFactory(state=State.WITHDRAWN)) == always
    assert buttons(client, ComplaintFactory(cancelled=True)) == always | {"ripristina"}


@pytest.mark.parametrize("name", ["assegna", "classifica", "rispondi", "annota", "correggi", "ritira"])
@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_who_only_reads_gives_no_command(role, name):
    complaint = under_review()
    reader = signed_in(UserFactory(role=role))
    assert buttons(reader, complaint) == set()
    assert reader.get(command(complaint, name)).status_code == 403
    assert reader.post(command(complaint, name), {"text": "x"}).status_code == 403


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.AGENCY_MEMBER, roles.CAMPAIGN_AUTHOR])
def test_who_does_not_see_the_register_gets_nothing_of_it(role):
    letter = ComplaintLetterFactory()
    stranger = signed_in(UserFactory(role=role))
    addresses = [
        command(letter.complaint, "annota"),
        reverse("admin:complaints_complaint_letter", args=[letter.complaint_id]),
        reverse("admin:complaints_complaint_register", query={"year": 2026}),
    ]
    for address in addresses:
        assert stranger.get(address).status_code in {403, 404}
    assert stranger.post(reverse("admin:complaints_complaint_preview", args=[letter.complaint_id])).status_code in {
        403,
        404,
    }


# --- One after the other ------------------------------------------------------------------------------------------------
def test_a_complaint_from_receipt_to_answer(client, officer):
    complaint = ComplaintFactory(
        ramo="8", about_conduct=True, agency=AgencyFactory(email="agenzia@example.it"), received_on=date(2026, 4, 20)
    )
    send_command(client, command(complaint, "assegna"), {"handler": officer.pk})
    send_command(client, command(complaint, "inoltra"), {"note": ""})
    send_command(client, command(complaint, "sospendi"), {"reason": "Che cosa fu detto?"})
    given = {"position": "Tutto regolare.", "answered_on": "2026-05-04"}
    send_command(client, command(complaint, "posizione"), given)
    send_command(client, command(complaint, "annota"), {"text": "L'agenzia conferma."})
    answer = send_command(
        client,
        command(complaint, "rispondi"),
        {"outcome": "settled", "answer": "Accolto in parte.", "reasons": "Perché sì."},
    )
    assert answer.url == page_of(complaint)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.outcome, complaint.handler) == (State.ANSWERED, "settled", officer)
    kinds = ["assigned", "forwarded", "suspended", "position", "resumed", "noted", "answered"]
    assert list(complaint.events.values_list("kind", flat=True)) == kinds
    assert client.get(page_of(complaint)).status_code == 200
    assert client.get(reverse("admin:complaints_complaint_history", args=[complaint.pk])).status_code == 200


def test_a_complaint_is_withdrawn(client):
    complaint = under_review()
    send_command(client, command(complaint, "ritira"), {"reason": "Lettera del 3 maggio."})
    complaint.refresh_from_db()
    assert complaint.state == State.WITHDRAWN


def test_an_officer_corrects_the_day_of_receipt(client):
    complaint = under_review(registered_at=datetime(2026, 5, 4, 7, tzinfo=UTC))
    form = client.get(command(complaint, "correggi")).context["form"]
    assert form["received_on"].value() == date(2026, 4, 20)
    stated = {"received_on": "2026-04-10", "received_by_intermediary_on": "", "reason": "Timbro postale."}
    assert send_command(client, command(complaint, "correggi"), stated).url == page_of(complaint)
    complaint.refresh_from_db()
    assert complaint.received_on == date(2026, 4, 10)


def test_the_later_of_two_officers_is_refused_and_keeps_the_draft(client):
    complaint = under_review()
    other = signed_in(UserFactory(role=roles.COMPLAINT_OFFICER))
    seen = client.get(command(complaint, "rispondi")).context["seen_version"]
    draft = {"outcome": "upheld", "answer": "Bozza lunga. 😀", "reasons": "", "seen_version": seen}
    other.post(command(complaint, "rispondi"), draft | {"answer": "Il primo."})
    later = client.post(command(complaint, "rispondi"), draft)
    assert (later.status_code, later.context["form"]["answer"].value()) == (409, "Bozza lunga. 😀")
    complaint.refresh_from_db()
    assert (complaint.answer, ComplaintLetter.objects.count()) == ("Il primo.", 1)


def test_a_refusal_keeps_what_was_typed(client):
    complaint = under_review(ramo="")
    refused = send_command(
        client, command(complaint, "rispondi"), {"outcome": "upheld", "answer": "Testo.", "reasons": ""}
    )
    assert (refused.status_code, refused.context["form"]["answer"].value()) == (409, "Testo.")


# --- Registering ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", ["rejected", "settled"])
def test_the_form_asks_for_the_reasons_where_the_outcome_needs_them(client, outcome):
    complaint = under_review()
    answer = send_command(client, command(complaint, "rispondi"), {"outcome": outcome, "answer": "Testo."})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["reasons"])
    label = answer.content.decode().partition('<label for="id_reasons">')[2].partition("</label>")[0]
    assert "optional" not in label


def test_an_officer_registers_what_came_on_paper_once(client, officer):
    address = reverse("admin:complaints_complaint_list_command", args=["registra"])
    customer = CustomerFactory()
    policy = PolicyFactory(holder=customer, ramo="8")
    data = {
        **carried_by(client.get(address)),
        "received_on": "2026-05-02",
        "received_by": "post",
        "received_by_intermediary_on": "2026-04-30",
        "complainant_name": "Maria Rossi",
        "complainant_kind": "policyholder",
        "proposer_kind": "lawyer",
        "language": "it",
        "customer": customer.tax_code.lower(),
        "policy": policy.number,
        "subject": "Disdetta",
        "text": "Disdetta non recepita.",
        "about_conduct": "on",
        "address": "Via Roma 1, 27100 Pavia",
    }
    first, again = client.post(address, data), client.post(address, data)
    complaint = Complaint.objects.get()
    assert first.url == again.url == page_of(complaint)
    assert (complaint.customer, complaint.agency, complaint.due_on) == (customer, customer.agency, date(2026, 6, 14))
    assert (complaint.policy, complaint.ramo, complaint.province) == (policy, "8", "MI")
    assert (complaint.received_by, complaint.intermediary_kind) == ("post", "agent")
    assert complaint.events.get().by == officer


@pytest.mark.parametrize(
    "changed", [{"received_on": "2026-05-05"}, {"customer": "nessuno"}, {"follows": "2026/99"}, {"follows": "x"}]
)
def test_what_does_not_exist_is_asked_again(client, changed):
    address = reverse("admin:complaints_complaint_list_command", args=["registra"])
    data = {
        "received_on": "2026-05-02",
        "received_by": "post",
        "complainant_name": "Maria Rossi",
        "complainant_kind": "policyholder",
        "proposer_kind": "interested",
        "language": "it",
        "subject": "x",
        "text": "x",
    }
    answer = send_command(client, address, data | changed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, list(changed))


# --- From a contact -----------------------------------------------------------------------------------------------------
def from_contact(contact) -> str:
    return reverse("admin:contact_center_contact_command", args=[contact.pk, "reclamo"])


STATED = {"complainant_kind": "policyholder", "proposer_kind": "interested", "language": "it", "subject": "Premio"}


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST])
def test_an_agent_proposes_a_complaint_and_stays_on_the_contact(clock, role):
    agent = signed_in(UserFactory(role=role))
    contact = MessageFactory(contact__customer=CustomerFactory(), text="Reclamo.").contact
    form = agent.get(from_contact(contact)).context["form"]
    data = STATED | {name: form[name].value() for name in ("complainant_name", "address", "text")}
    answer = send_command(agent, from_contact(contact), data, follow=True)
    assert answer.redirect_chain == [(reverse("admin:contact_center_contact_change", args=[contact.pk]), 302)]
    assert answer.status_code == 200
    assert Complaint.objects.get().contact == contact
    assert from_contact(contact) not in [button.url for button in answer.context["command_buttons"]]


def test_an_officer_goes_on_to_the_complaint_and_a_second_click_too(client):
    contact = MessageFactory(contact__customer=CustomerFactory(), text="Reclamo.").contact
    data = STATED | {"complainant_name": "Maria Rossi", "address": "maria@example.it", "text": "Reclamo."}
    first, again = send_command(client, from_contact(contact), data), send_command(client, from_contact(contact), data)
    assert first.url == again.url == page_of(Complaint.objects.get())


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
def test_who_only_reads_does_not_register(role):
    contact = MessageFactory().contact
    assert signed_in(UserFactory(role=role)).get(from_contact(contact)).status_code == 403


def test_the_button_is_not_on_a_call_without_anything_in_writing(client):
    contact = ContactFactory(by_phone=True)
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert from_contact(contact) not in [button.url for button in page.context["command_buttons"]]
    assert client.get(from_contact(contact)).status_code == 409


def test_another_agencys_member_reaches_neither_contact_nor_complaint():
    contact = MessageFactory(contact__customer=CustomerFactory()).contact
    member = signed_in(AgencyMemberFactory().user)
    assert member.get(from_contact(contact)).status_code in {403, 404}
    assert member.get(command(ComplaintFactory(customer=contact.customer), "annota")).status_code in {403, 404}
    assert Contact.objects.count() == 1


# --- The letter -------------------------------------------------------------------------------------------------------
def test_the_letter_is_seen_before_it_goes_out_and_nothing_is_stored(client):
    complaint = under_review()
    address = reverse("admin:complaints_complaint_preview", args=[complaint.pk])
    seen = client.post(address, {"outcome": "rejected", "answer": "Testo.", "reasons": "Motivi."})
    assert (seen.status_code, seen.headers["Content-Type"]) == (200, "application/pdf")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.content.startswith(b"%PDF")
    assert (Complaint.objects.get().state, ComplaintLetter.objects.count()) == (State.UNDER_REVIEW, 0)
    lacking = client.post(address, {"outcome": "rejected", "answer": "Testo.", "reasons": ""})
    assert (lacking.status_code, lacking.context["form"].errors.keys()) == (409, {"reasons"})
    nothing = client.post(address, {})
    assert (nothing.status_code, nothing.context["form"].errors.keys()) == (409, {"outcome", "answer"})
    assert client.get(address).status_code == 403
    answered = ComplaintFactory(answered=True)
    assert client.post(reverse("admin:complaints_complaint_preview", args=[answered.pk])).status_code == 404


def test_the_letter_is_downloaded_as_it_was_sent_and_the_look_is_recorded(client, officer):
    complaint = answer_complaint(under_review(), outcome="upheld", answer="Accolto.", by=officer)
    answer = client.get(reverse("admin:complaints_complaint_letter", args=[complaint.pk]))
    assert answer.content == bytes(ComplaintLetter.objects.get().pdf)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="reclamo-2026-{complaint.sequence}.pdf"'
    assert AccessLog.objects.filter(user=officer, customer=complaint.customer).exists()


def test_without_a_letter_there_is_nothing_to_download(client):
    for pk in (ComplaintFactory().pk, 10**30):
        assert client.get(f"/backoffice/complaints/complaint/{pk}/lettera/").status_code == 404


# --- What a page costs ------------------------------------------------------------------------------------------------
def test_the_page_of_a_complaint_costs_the_same_at_one_event_and_at_three(client, officer, django_assert_num_queries):
    model_admin = admin.site._registry[Complaint]
    complaint = answer_complaint(about_an_agency(), outcome="upheld", answer="Accolto.", by=officer)
    request = RequestFactory().get("/")
    request.user = officer
    codes_of(CodeList.OUTCOME)  # read once for the page
    for inline in model_admin.inlines:
        panel = inline(Complaint, admin.site)
        queryset = panel.get_queryset(request).filter(complaint=complaint)
        with django_assert_num_queries(2 if panel.model is LetterSending else 1):  # with the receipts of all of them
            for row in queryset:
                [
                    str(getattr(panel, name)(row)) if hasattr(panel, name) else str(getattr(row, name))
                    for name in panel.fields
                ]
